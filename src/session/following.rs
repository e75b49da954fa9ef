//! The conversations of a capture, followed frame by frame; fragments are put together before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::explain::count;
use crate::flow::conversation::Conversation;
use crate::flow::{PacketInFlow, Tracker};
use crate::frame::{Frame, Time};
use crate::wire::Packet;
use crate::wire::reassembly::{Losses, ReassembledDatagram, Reassembler, Reassembly};

/// Follows the conversations of a capture.
#[derive(Debug, Default)]
pub struct Follower {
    tracker: Tracker,
    reassembler: Reassembler,
    first: Option<Time>,
}

/// The facts about a frame that are not in its own bytes.
#[derive(Debug, Clone, Default)]
pub struct Followed {
    /// What it does in its conversation; `None` for a fragment: its datagram is followed as a whole.
    pub in_flow: Option<PacketInFlow>,
    /// The datagram that it completes, and what that does.
    pub whole: Option<FollowedDatagram>,
    /// The time of the capture's first packet that has one.
    pub first: Option<Time>,
}

/// The conversations of a capture, as far as they have been followed.
pub trait Conversations {
    /// The conversation of this number, from 1; `None` if there is none, or none that is remembered.
    fn conversation(&self, number: u64) -> Option<Conversation>;

    /// How many there are.
    fn seen(&self) -> u64;

    /// If the selected conversation does not exist: a line that says so.
    fn missing(&self, flow: Option<u64>) -> Option<String> {
        let there_are = self.seen();
        let wanted = flow.filter(|&flow| flow > there_are)?;
        Some(match there_are {
            0 => format!("there is no conversation {wanted}: the packets belong to none"),
            1 => format!("there is no conversation {wanted}: there is only one, --flow 1"),
            _ => format!(
                "there is no conversation {wanted}: there are {there_are}, and --view summary shows their numbers"
            ),
        })
    }
}

impl Followed {
    /// What the packet, or the datagram that it completes, does in its conversation.
    #[must_use]
    pub fn known(&self) -> Option<&PacketInFlow> {
        let whole = self.whole.as_ref();
        self.in_flow.as_ref().or_else(|| whole?.in_flow.as_ref())
    }
}

/// A datagram that was put together.
#[derive(Debug, Clone)]
pub struct FollowedDatagram {
    /// The datagram as a frame without a link layer, at the time of its last fragment.
    pub frame: Frame<'static>,
    /// In how many fragments it came.
    pub fragments: usize,
    /// What it does in its conversation.
    pub in_flow: Option<PacketInFlow>,
}

impl Follower {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is known of the conversations.
    #[must_use]
    pub const fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// Takes the next frame of the capture, which is to be shown.
    pub fn follow(&mut self, number: u64, frame: &Frame<'_>, packet: &Packet<'_>) -> Followed {
        self.first = self.first.or(frame.time);
        let time = frame.time.map_or(0, |time| time.0);
        let (in_flow, whole) = match self.reassembler.add(packet, time) {
            Reassembly::NotAFragment => (self.tracker.follow(number, frame.time, packet), None),
            Reassembly::Whole(datagram) => (None, Some(self.whole(number, frame, datagram))),
            Reassembly::Waiting | Reassembly::Repeated | Reassembly::Dropped(_) => (None, None),
        };
        Followed {
            in_flow,
            whole,
            first: self.first,
        }
    }

    fn whole(&mut self, number: u64, last: &Frame<'_>, datagram: ReassembledDatagram) -> FollowedDatagram {
        let frame = Frame {
            link: datagram.link,
            original_length: u32::try_from(datagram.bytes.len()).unwrap_or(u32::MAX),
            bytes: datagram.bytes.into(),
            comments: Vec::new(),
            time: last.time,
            interface: last.interface,
            direction: last.direction,
        };
        let packet = frame.decode();
        let in_flow = self.tracker.follow(number, frame.time, &packet);
        drop(packet);
        FollowedDatagram {
            in_flow,
            fragments: datagram.fragments,
            frame,
        }
    }

    /// Takes the next frame of the capture, which is not to be shown: what is shown later may refer to it. A fragment is left
    /// out, so that nothing is said at the end about datagrams that were not asked for.
    pub fn pass(&mut self, number: u64, frame: &Frame<'_>, packet: &Packet<'_>) {
        self.first = self.first.or(frame.time);
        if !is_fragment(packet) {
            self.tracker.follow(number, frame.time, packet);
        }
    }

    /// What to say at the end: what could not be put together, what had to be forgotten.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let forgotten = self.tracker.forgotten();
        let forgotten = (forgotten > 0).then(|| {
            let were = if forgotten == 1 {
                "conversation was"
            } else {
                "conversations were"
            };
            format!(
                "{forgotten} {were} forgotten to bound the memory, the least recently seen first; what came later in such a \
                 one counts as a new one"
            )
        });
        lost(self.reassembler.losses()).into_iter().chain(forgotten).collect()
    }
}

impl Conversations for Follower {
    fn conversation(&self, number: u64) -> Option<Conversation> {
        self.tracker.conversation(number)
    }

    fn seen(&self) -> u64 {
        self.tracker.seen()
    }
}

/// A follower that two threads use: one follows, the other asks for conversations, or follows itself. Neither holds it while it
/// waits for anything else.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedFollower(Arc<Mutex<Follower>>);

impl SharedFollower {
    /// The follower, for a moment.
    pub(super) fn lock(&self) -> MutexGuard<'_, Follower> {
        // A panic of the other thread does not make wrong what was followed before.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Conversations for SharedFollower {
    fn conversation(&self, number: u64) -> Option<Conversation> {
        self.lock().conversation(number)
    }

    fn seen(&self) -> u64 {
        self.lock().seen()
    }
}

/// For that many conversations there is no `thing`, because their tracker has forgotten them. `None` for no conversation.
pub(super) fn forgotten(conversations: u64, thing: &str) -> Option<String> {
    (conversations > 0).then(|| {
        format!(
            "no {thing} for {}: there were too many at once to remember all",
            count(conversations, "conversation")
        )
    })
}

fn is_fragment(packet: &Packet<'_>) -> bool {
    let by_extension = packet.layers().iter().any(|layer| layer.fragment().is_some());
    by_extension || packet.ipv4().is_some_and(|ip| ip.is_fragment())
}

fn lost(losses: Losses) -> Option<String> {
    let lost = losses.expired + losses.crowded_out + losses.overlapping + losses.unusable;
    (lost > 0).then(|| {
        format!(
            "not reassembled: {} whose fragments did not all come in time, {} with overlapping fragments, {} \
             to bound the memory; cut or malformed: {}",
            count(losses.expired, "datagram"),
            losses.overlapping,
            losses.crowded_out,
            count(losses.unusable, "fragment")
        )
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Followed, Follower};
    use crate::flow::Tracker;
    use crate::frame::{Frame, Time};
    use crate::wire::LinkType;

    /// An IPv4 packet from 192.0.2.1 to 192.0.2.2 with this piece of a UDP datagram.
    fn piece(identification: u16, more: bool, offset: u16, data: &[u8]) -> Frame<'static> {
        let mut bytes = vec![0x45, 0];
        bytes.extend(u16::try_from(20 + data.len()).unwrap().to_be_bytes());
        bytes.extend(identification.to_be_bytes());
        bytes.extend(((offset / 8) | (u16::from(more) << 13)).to_be_bytes());
        bytes.extend([64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        bytes.extend(data);
        Frame::new(Some(Time(1)), LinkType::IPV4, bytes)
    }

    /// A datagram of 24 bytes from port 40000 to 9000, in three pieces.
    pub(in crate::session) fn pieces() -> [Frame<'static>; 3] {
        let header = [0x9c, 0x40, 0x23, 0x28, 0, 32, 0, 0];
        [
            piece(7, true, 0, &[&header[..], b"eight by"].concat()),
            piece(7, true, 16, b"te piece"),
            piece(7, false, 24, b"s, three"),
        ]
    }

    fn follow(follower: &mut Follower, number: u64, frame: &Frame<'_>) -> Followed {
        let packet = frame.decode();
        follower.follow(number, frame, &packet)
    }

    #[test]
    fn a_datagram_in_pieces_is_followed_once_and_whole() {
        let mut follower = Follower::new();
        let [first, second, last] = pieces();
        for (number, frame) in [(1, &first), (2, &second)] {
            let known = follow(&mut follower, number, frame);
            assert!(known.in_flow.is_none() && known.whole.is_none(), "{known:?}");
        }
        let whole = follow(&mut follower, 3, &last).whole.unwrap();
        let in_flow = whole.in_flow.unwrap();
        assert_eq!((whole.fragments, in_flow.place, in_flow.conversation), (3, 1, 1));
        assert_eq!(in_flow.datagram().unwrap().length, 24);
        assert!(follower.remarks().is_empty());
    }

    #[test]
    fn what_is_not_shown_is_followed_and_its_pieces_are_not_missed() {
        let whole = piece(8, false, 0, &[0x9c, 0x40, 0x23, 0x28, 0, 9, 0, 0, b'!']);
        let mut follower = Follower::new();
        let [first, _, _] = pieces();
        for (number, frame) in [(1, &first), (2, &whole)] {
            follower.pass(number, frame, &frame.decode());
        }
        let in_flow = follow(&mut follower, 3, &whole).in_flow.unwrap();
        assert_eq!(in_flow.place, 2, "the first one was not shown, and counts");
        assert!(follower.remarks().is_empty(), "{:?}", follower.remarks());
    }

    #[test]
    fn what_was_forgotten_is_said() {
        let mut follower = Follower {
            tracker: Tracker::with_most(1),
            ..Follower::new()
        };
        for (number, port) in [(1, 0x28), (2, 0x29)] {
            let frame = piece(8, false, 0, &[0x9c, 0x40, 0x23, port, 0, 9, 0, 0, b'!']);
            follow(&mut follower, number, &frame);
        }
        let [remark] = &follower.remarks()[..] else {
            panic!("{:?}", follower.remarks())
        };
        assert!(
            remark.starts_with("1 conversation was forgotten to bound the memory"),
            "{remark}"
        );
    }
}
