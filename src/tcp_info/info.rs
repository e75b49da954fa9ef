//! The values.

use serde::{Deserialize, Serialize};

/// The state of a socket, as `net/tcp_states.h` numbers them, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[expect(missing_docs, reason = "RFC 9293 section 3.3.2 has them by these names")]
pub enum SocketState {
    Established,
    SynSent,
    SynReceived,
    #[serde(rename = "FIN-WAIT-1")]
    FinWait1,
    #[serde(rename = "FIN-WAIT-2")]
    FinWait2,
    TimeWait,
    Closed,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

impl SocketState {
    const BY_NUMBER: [Self; 11] = [
        Self::Established,
        Self::SynSent,
        Self::SynReceived,
        Self::FinWait1,
        Self::FinWait2,
        Self::TimeWait,
        Self::Closed,
        Self::CloseWait,
        Self::LastAck,
        Self::Listen,
        Self::Closing,
    ];

    fn of(number: u8) -> Option<Self> {
        Self::BY_NUMBER.get(usize::from(number).checked_sub(1)?).copied()
    }
}

/// What congestion control is doing: `enum tcp_ca_state` of `linux/tcp.h`, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CongestionState {
    /// Nothing is amiss.
    Open,
    /// Duplicate acknowledgments or SACK blocks came, too few to conclude that something was lost.
    Disorder,
    /// The window is being reduced, because the network or the own interface said that it is congested.
    Cwr,
    /// Fast recovery: something was lost, and is sent again (RFC 6582, RFC 6675).
    Recovery,
    /// The retransmission timer ran out.
    Loss,
}

impl CongestionState {
    const BY_NUMBER: [Self; 5] = [Self::Open, Self::Disorder, Self::Cwr, Self::Recovery, Self::Loss];

    fn of(number: u8) -> Option<Self> {
        Self::BY_NUMBER.get(usize::from(number)).copied()
    }
}

/// What the kernel knows of a connection. Segments are counted as the kernel counts them; times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpInfo {
    /// The connection's state.
    pub state: SocketState,
    /// What congestion control is doing.
    pub congestion_state: CongestionState,
    /// How often in a row the timer has run out, without an acknowledgment between.
    pub retransmits: u8,
    /// How often the timeout has been doubled, in a row.
    pub backoff: u8,
    /// The retransmission timeout, backoff included.
    pub rto_us: u32,
    /// The smoothed round-trip time, `SRTT` of RFC 6298; 0 before the first sample.
    pub rtt_us: u32,
    /// Its mean deviation, `RTTVAR` of RFC 6298.
    pub rttvar_us: u32,
    /// The most data of a segment, in bytes, without options.
    pub snd_mss: u32,
    /// The congestion window, in segments.
    pub snd_cwnd: u32,
    /// The slow start threshold, in segments; absent before the first loss, when it is as good as infinite.
    pub snd_ssthresh: Option<u32>,
    /// Segments that are sent and not acknowledged.
    pub unacked: u32,
    /// Of those, how many SACK blocks report as arrived.
    pub sacked: u32,
    /// Of those, how many the kernel takes for lost.
    pub lost: u32,
    /// Of those, how many were sent again and are under way again.
    pub retrans: u32,
    /// How many segments were sent again in all.
    pub total_retrans: u32,
    /// Bytes that the program has handed over and that were not sent yet; absent before Linux 4.6.
    pub notsent_bytes: Option<u32>,
    /// The window that the other end has announced, in bytes; absent before Linux 5.4.
    pub snd_wnd: Option<u32>,
}

/// A threshold of this many segments or more means: none yet. `TCP_INFINITE_SSTHRESH` of `net/tcp.h`
const INFINITE: u32 = 0x7fff_ffff;

impl TcpInfo {
    /// Reads the kernel's structure, in this machine's byte order. A newer kernel's is longer, an older one's shorter; `None` where
    /// it lacks what all have had since Linux 2.6.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let byte = |at: usize| bytes.get(at).copied();
        let number = |at: usize| Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        Some(Self {
            state: SocketState::of(byte(0)?)?,
            congestion_state: CongestionState::of(byte(1)?)?,
            retransmits: byte(2)?,
            backoff: byte(4)?,
            rto_us: number(8)?,
            snd_mss: number(16)?,
            unacked: number(24)?,
            sacked: number(28)?,
            lost: number(32)?,
            retrans: number(36)?,
            rtt_us: number(68)?,
            rttvar_us: number(72)?,
            snd_ssthresh: Some(number(76)?).filter(|segments| *segments < INFINITE),
            snd_cwnd: number(80)?,
            total_retrans: number(100)?,
            notsent_bytes: number(144),
            snd_wnd: number(228),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{CongestionState, SocketState, TcpInfo};

    /// A structure in which each number is its own place, of a connection in this state.
    fn structure(length: usize, state: u8) -> Vec<u8> {
        let mut bytes: Vec<u8> = vec![state, 3, 1, 0, 2, 0, 0, 0];
        for at in (8..length).step_by(4) {
            bytes.extend(u32::try_from(at).unwrap().to_ne_bytes());
        }
        bytes
    }

    pub(crate) fn example() -> TcpInfo {
        TcpInfo::of(&structure(232, 1)).unwrap()
    }

    #[test]
    fn each_value_is_read_from_its_place() {
        let info = example();
        assert_eq!(
            (info.state, info.congestion_state),
            (SocketState::Established, CongestionState::Recovery)
        );
        assert_eq!((info.retransmits, info.backoff), (1, 2));
        let values = (info.rto_us, info.snd_mss, info.rtt_us, info.rttvar_us, info.snd_cwnd);
        assert_eq!(values, (8, 16, 68, 72, 80));
        assert_eq!((info.unacked, info.sacked, info.lost, info.retrans), (24, 28, 32, 36));
        assert_eq!((info.snd_ssthresh, info.total_retrans), (Some(76), 100));
        assert_eq!((info.notsent_bytes, info.snd_wnd), (Some(144), Some(228)));
    }

    #[test]
    fn an_older_kernels_structure_lacks_what_came_later_and_a_cut_one_is_refused() {
        let older = TcpInfo::of(&structure(104, 1)).unwrap();
        assert_eq!((older.notsent_bytes, older.snd_wnd), (None, None));
        assert_eq!(TcpInfo::of(&structure(104, 1)[..100]), None);
        assert_eq!(TcpInfo::of(&[]), None);
        assert_eq!([0, 12].map(|state| TcpInfo::of(&structure(232, state))), [None, None]);
    }

    #[test]
    fn no_threshold_yet_is_none() {
        let mut bytes = structure(232, 11);
        bytes[76..80].copy_from_slice(&0x7fff_ffff_u32.to_ne_bytes());
        let info = TcpInfo::of(&bytes).unwrap();
        assert_eq!((info.snd_ssthresh, info.state), (None, SocketState::Closing));
    }
}
