//! The view `summary`: a line a packet.
//!
//! ```text
//!   4 0.253115 127.0.0.1:54014 → :40713 PSH,ACK Seq=1 Ack=1 Win=65536 Len=12
//!   7 0.270312 127.0.0.1:54014 → :40713 ACK Seq=13 Ack=1 Win=65536 Len=0 [dup ACK]
//! ```
//!
//! The numbers are those of Wireshark's column Info: counted from the start of each stream, the window scaled, where the
//! conversation tells. A second address that is the same as the first is left out. A line is put together in a buffer of
//! its own on the stack, for there are many. Where it would be wider than the screen, `Len=0` is left out, then `Win`, then `Ack` beside data.

use std::io::{self, Write};
use std::net::IpAddr;
use std::ops::Range;

use chrono::Timelike as _;
use smallvec::SmallVec;

use super::look::{TextStyle, TimeForm, rounded};
use crate::explain::packet::{self, Ends, flag_names};
use crate::flow::PacketInFlow;
use crate::flow::segment::{Part, Remark, Scale, Segment};
use crate::frame::{Frame, Time};
use crate::local_time;
use crate::wire::tcp::{Flags, Tcp};
use crate::wire::{Completeness, Layer, Packet, Protocol};

/// How much of a datagram's text is shown.
const TEXT_SHOWN: usize = 24;

/// What is to be known beside the packet.
#[derive(Debug, Clone, Copy)]
pub struct Place<'s> {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Time of the capture's first packet.
    pub first: Time,
    /// What it does in its conversation.
    pub step: Option<&'s PacketInFlow>,
    /// Is there more than one conversation, so that each line tells its own?
    pub several: bool,
}

/// A line; the usual one fits without allocation.
type Line = SmallVec<[u8; 256]>;

/// Writes the line of a packet: number, time, ends, flags and numbers or what else matters of it, and in brackets what is
/// remarkable.
///
/// # Errors
/// Those of the writer.
pub fn write(
    output: &mut impl Write,
    look: &TextStyle,
    frame: &Frame<'_>,
    packet: &Packet<'_>,
    place: Place<'_>,
) -> io::Result<()> {
    let mut line = Line::new();
    write!(line, "{:3} ", place.number)?;
    match frame.time {
        Some(time) => write_time(&mut line, look.time, time, place.first)?,
        None => line.write_all(b"(no time)")?,
    }
    if let Some(step) = place.step.filter(|_| place.several) {
        write!(line, " #{}", step.conversation)?;
    }
    line.write_all(b" ")?;
    write_ends(&mut line, look, packet)?;
    let mut spare = Spare::default();
    if let Some(tcp) = packet.tcp() {
        spare = segment(&mut line, packet, &tcp, place.step.and_then(PacketInFlow::segment))?;
    } else if packet.udp().is_some() {
        datagram(&mut line, look, packet)?;
    } else {
        other(&mut line, packet, place.step)?;
    }
    if let Some(step) = place.step {
        // Its only errors are the writer's, which has none.
        let _ = packet::tags(&mut Text(&mut line), step);
    }
    for problem in packet.problems() {
        write!(line, " [{problem}]")?;
    }
    // The later one first: the places before it stay as they are.
    for range in [spare.length, spare.window, spare.acknowledgment] {
        if columns(&line) > look.width {
            line.drain(range);
        }
    }
    line.push(b'\n');
    output.write_all(&line)
}

/// A line to which text is written.
struct Text<'l>(&'l mut Line);

impl std::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// How many characters: bytes that do not continue one.
fn columns(line: &[u8]) -> usize {
    line.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// The time of day, or the seconds since the first packet, to the microsecond: the date has no room in a line.
fn write_time(line: &mut Line, form: TimeForm, time: Time, first: Time) -> io::Result<()> {
    let of_day = match form {
        TimeForm::Relative => {
            let microseconds = rounded(time.0.abs_diff(first.0), 1_000);
            let sign = if time < first && microseconds > 0 { "-" } else { "" };
            return write!(
                line,
                "{sign}{}.{:06}",
                microseconds / 1_000_000,
                microseconds % 1_000_000
            );
        }
        TimeForm::Utc => time.to_utc().time(),
        TimeForm::Local => {
            let time = time.to_utc();
            time.with_timezone(&local_time::offset(time)).time()
        }
    };
    write!(
        line,
        "{:02}:{:02}:{:02}.{:06}",
        of_day.hour(),
        of_day.minute(),
        of_day.second(),
        of_day.nanosecond() / 1000 % 1_000_000
    )
}

fn write_ends(line: &mut Line, look: &TextStyle, packet: &Packet<'_>) -> io::Result<()> {
    let arrow = look.arrow();
    match packet::ends(packet) {
        Some(Ends::Sockets(from, to)) => {
            write_address(line, from.ip(), true)?;
            write!(line, ":{} {arrow} ", from.port())?;
            if from.ip() != to.ip() {
                write_address(line, to.ip(), true)?;
            }
            write!(line, ":{} ", to.port())
        }
        Some(Ends::Hosts(from, to)) => {
            write_address(line, from, false)?;
            write!(line, " {arrow} ")?;
            write_address(line, to, false)?;
            line.write_all(b" ")
        }
        None => Ok(()),
    }
}

/// Before a port an IPv6 address stands in brackets. Octet by octet: the library's way to write an IPv4 address takes several
/// times as long.
fn write_address(line: &mut Line, address: IpAddr, with_port: bool) -> io::Result<()> {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            write!(line, "{a}.{b}.{c}.{d}")
        }
        IpAddr::V6(address) if with_port => write!(line, "[{address}]"),
        IpAddr::V6(address) => write!(line, "{address}"),
    }
}

/// What a line that is too wide can do without.
#[derive(Debug, Default)]
struct Spare {
    /// The window, unless it is what the line is about.
    window: Range<usize>,
    /// The length of no data.
    length: Range<usize>,
    /// The acknowledgment number of a segment that has data to tell of.
    acknowledgment: Range<usize>,
}

fn segment(line: &mut Line, packet: &Packet<'_>, tcp: &Tcp<'_>, step: Option<&Segment>) -> io::Result<Spare> {
    let flags = tcp.flags();
    line.write_all(flag_names(flags).as_bytes())?;
    match step {
        Some(step) if step.sequence.relative < 0 => write!(line, " RawSeq={}", step.sequence.raw)?,
        Some(step) => write!(line, " Seq={}", step.sequence.relative)?,
        None => write!(line, " Seq={}", tcp.sequence_number())?,
    }
    let before = line.len();
    if flags.has(Flags::ACK) {
        match step.and_then(|step| step.acknowledgment) {
            // Before what counts as the beginning: a number counted from there tells nothing.
            Some(number) if number.relative < 0 => write!(line, " RawAck={}", number.raw)?,
            Some(number) => write!(line, " Ack={}", number.relative)?,
            None => write!(line, " Ack={}", tcp.acknowledgment_number())?,
        }
    }
    let start = line.len();
    match step.map(|step| step.window) {
        // Not as many bytes as the number says, and how many is not known.
        Some(window) if window.scale == Scale::NotCaptured && window.raw > 0 => write!(line, " RawWin={}", window.raw)?,
        Some(window) => write!(line, " Win={}", window.bytes().unwrap_or(window.raw.into()))?,
        None => write!(line, " Win={}", tcp.window())?,
    }
    let end = line.len();
    let length = length(packet, Protocol::Tcp);
    write!(line, " Len={length}")?;
    let window_matters = step.is_some_and(|step| {
        step.part == Part::WindowUpdate || step.part == Part::WindowProbeAck || step.remarks.has(Remark::ZeroWindow)
    });
    Ok(Spare {
        window: if window_matters { 0..0 } else { start..end },
        length: if length == 0 { end..line.len() } else { 0..0 },
        acknowledgment: if length == 0 { 0..0 } else { before..start },
    })
}

fn datagram(line: &mut Line, look: &TextStyle, packet: &Packet<'_>) -> io::Result<()> {
    let first_piece = packet
        .layer(Protocol::Udp)
        .is_some_and(|layer| layer.extent() == Completeness::FirstFragment);
    let name = if first_piece { "UDP, first fragment," } else { "UDP" };
    write!(line, "{name} Len={}", length(packet, Protocol::Udp))?;
    let data = packet.payload().bytes;
    if data.is_empty() {
        return Ok(());
    }
    let shown = data.get(..TEXT_SHOWN).unwrap_or(data);
    let more = if shown.len() < data.len() { " ..." } else { "" };
    write!(line, " \"{}\"{more}", look.text(shown))
}

fn other(line: &mut Line, packet: &Packet<'_>, step: Option<&PacketInFlow>) -> io::Result<()> {
    line.write_all(packet::name(packet).as_bytes())?;
    if let Some(ip) = packet.ipv4().filter(|ip| ip.fragment_offset() > 0) {
        write!(
            line,
            " id=0x{:04x} at byte {}",
            ip.identification(),
            ip.fragment_offset()
        )?;
    }
    if step
        .and_then(PacketInFlow::notice)
        .is_some_and(|notice| notice.about.is_some())
    {
        // The number of that packet says it in less.
        return Ok(());
    }
    if let Some((from, to)) = packet.quoted_endpoints() {
        write!(line, " for {from} to {to}")?;
    }
    if let Some(arp) = packet.arp() {
        match arp.operation() {
            1 => write!(line, " who has {}? tell {}", arp.target(), arp.sender())?,
            2 => write!(line, " {} is at the sender", arp.sender())?,
            _ => {}
        }
    }
    write!(line, " {} bytes", packet.original_length())
}

fn length(packet: &Packet<'_>, protocol: Protocol) -> usize {
    packet.layer(protocol).map_or(0, Layer::payload_length)
}

#[cfg(test)]
mod tests {
    use super::super::look::{Style, TextStyle};
    use super::{Place, write};
    use crate::flow::Tracker;
    use crate::frame::{Frame, Time};
    use crate::wire::LinkType;

    const CLIENT: ([u8; 4], u16) = ([192, 168, 0, 118], 49_957);
    const SERVER: ([u8; 4], u16) = ([192, 168, 67, 1], 56_855);

    /// An IPv4 packet with a segment; the client's streams begin at 1000, the server's at 5000.
    fn segment(from_client: bool, numbers: (u32, u32), flags: u8, window: u16, data: &[u8]) -> Frame<'static> {
        let (from, to) = if from_client {
            (CLIENT, SERVER)
        } else {
            (SERVER, CLIENT)
        };
        let (own, other) = if from_client { (1000, 5000) } else { (5000, 1000) };
        let mut bytes = vec![0x45, 0];
        bytes.extend(u16::try_from(40 + data.len()).unwrap().to_be_bytes());
        bytes.extend([0, 1, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend([from.0, to.0].concat());
        bytes.extend([from.1.to_be_bytes(), to.1.to_be_bytes()].concat());
        bytes.extend([(own + numbers.0).to_be_bytes(), (other + numbers.1).to_be_bytes()].concat());
        bytes.extend([0x50, flags]);
        bytes.extend(window.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(data);
        Frame {
            time: Some(Time(1_700_000_000_253_114_999)),
            link: LinkType::IPV4,
            interface: 0,
            direction: None,
            original_length: u32::try_from(bytes.len()).unwrap(),
            bytes: bytes.into(),
            comments: Vec::new(),
        }
    }

    /// The lines of a connection in a network at home.
    fn lines(width: usize) -> Vec<String> {
        let frames = [
            segment(true, (0, 0), 0x02, 64_240, b""),
            segment(false, (0, 1), 0x12, 65_160, b""),
            segment(true, (1, 1), 0x10, 64_240, b""),
            segment(true, (1, 1), 0x18, 64_240, b"udp is lazy\n"),
            segment(false, (1, 13), 0x10, 0, b""),
        ];
        let look = TextStyle {
            style: Style::Ascii,
            width,
            time: super::TimeForm::Relative,
            ..TextStyle::PIPE
        };
        let mut tracker = Tracker::new();
        let mut shown = Vec::new();
        for (number, frame) in (1..).zip(&frames) {
            let packet = frame.decode();
            let step = tracker.follow(number, frame.time, &packet);
            let place = Place {
                number,
                first: Time(1_700_000_000_000_000_000),
                step: step.as_ref(),
                several: false,
            };
            write(&mut shown, &look, frame, &packet, place).unwrap();
        }
        String::from_utf8(shown).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_leaves_out_what_has_no_room() {
        assert_eq!(
            lines(120),
            [
                "  1 0.253115 192.168.0.118:49957 -> 192.168.67.1:56855 SYN Seq=0 Win=64240 Len=0",
                "  2 0.253115 192.168.67.1:56855 -> 192.168.0.118:49957 SYN,ACK Seq=0 Ack=1 Win=65160 Len=0",
                "  3 0.253115 192.168.0.118:49957 -> 192.168.67.1:56855 ACK Seq=1 Ack=1 Win=64240 Len=0",
                "  4 0.253115 192.168.0.118:49957 -> 192.168.67.1:56855 PSH,ACK Seq=1 Ack=1 Win=64240 Len=12",
                "  5 0.253115 192.168.67.1:56855 -> 192.168.0.118:49957 ACK Seq=1 Ack=13 Win=0 Len=0 [zero window]",
            ]
        );
        let narrow = lines(80);
        assert_eq!(narrow[0], lines(120)[0], "it fits");
        assert!(narrow[1].ends_with(" SYN,ACK Seq=0 Ack=1"), "{}", narrow[1]);
        assert!(narrow[2].ends_with(" ACK Seq=1 Ack=1 Win=64240"), "{}", narrow[2]);
        assert!(narrow[3].ends_with(" PSH,ACK Seq=1 Len=12"), "{}", narrow[3]);
        assert!(
            narrow[4].ends_with(" ACK Seq=1 Ack=13 Win=0 [zero window]"),
            "the window is what it is about"
        );
        assert!(narrow[..4].iter().all(|line| line.len() <= 80), "{narrow:#?}");
    }
}
