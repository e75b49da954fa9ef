//! The view `summary`: a line a packet.
//!
//! ```text
//!   4 0.253115 127.0.0.1:54014 → :40713 PSH-ACK Seq=1 Ack=1 Win=65536 Len=12
//!   7 0.270312 127.0.0.1:54014 → :40713 ACK Seq=13 Ack=1 Win=65536 Len=0 [dup ACK]
//! ```
//!
//! The numbers are those of Wireshark's column Info: counted from the start of each stream, the window scaled, where the
//! conversation shows it. A second address that is the same as the first is left out. Where a line would be wider than the screen,
//! `Len=0` is left out, then `Win`, then `Ack` beside data.
//!
//! There are many lines, so they are put together piece by piece: `write!` asks each number for sign, width and padding first.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::IpAddr;
use std::ops::Range;

use chrono::Timelike as _;

use super::text_style::{TextStyle, TimeFormat, rounded};
use super::view::{ShownPacket, View, ViewOf};
use crate::escape::columns::Columns as _;
use crate::explain::packet::{self, PacketEndpoints, flag_names};
use crate::flow::PacketInFlow;
use crate::flow::segment::{Remark, Scale, Segment, SegmentPart};
use crate::frame::Time;
use crate::local_time;
use crate::wire::digits::{write_address, write_padded};
use crate::wire::tcp::{Flags, Tcp};
use crate::wire::{Completeness, Layer, Packet, Protocol};

/// How much of a datagram's text is shown.
const TEXT_SHOWN: usize = 24;

/// The view.
pub const VIEW: View = View {
    name: "summary",
    about: "A line a packet",
    when: "",
    // A line has no room for the date, and what matters in it is the distance.
    times: TimeFormat::Relative,
    shows_calls: false,
    of: ViewOf::Packets { write, is_long: false },
};

/// Few lines have more bytes.
const USUAL: usize = 192;

/// Writes the line of a packet: number, time, ends, flags and numbers or what else matters of it, and in brackets what is
/// remarkable.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut Vec<u8>, style: &TextStyle, shown: &ShownPacket<'_, '_>) -> io::Result<()> {
    let packet = shown.packet;
    let mut line = String::with_capacity(USUAL);
    right_aligned(&mut line, shown.number, 3);
    line.push(' ');
    match shown.frame.time {
        Some(time) => add_time(&mut line, style.time, time, shown.start()),
        None => line.push_str("(no time)"),
    }
    if let Some(in_flow) = shown.in_flow.filter(|_| shown.several) {
        add(&mut line, " #", in_flow.conversation);
    }
    if let Some(interface) = shown.interface {
        line.push(' ');
        line.push_str(interface);
    }
    line.push(' ');
    add_ends(&mut line, style, packet);
    let mut spare = Omittable::default();
    if let Some(tcp) = packet.tcp() {
        spare = segment(&mut line, packet, &tcp, shown.in_flow.and_then(PacketInFlow::segment));
    } else if packet.udp().is_some() {
        datagram(&mut line, style, packet);
    } else {
        other(&mut line, packet, shown.in_flow);
    }
    // Writing to a String cannot fail, here and below.
    if let Some(in_flow) = shown.in_flow {
        let _ = packet::tags(&mut line, in_flow);
    }
    for problem in packet.malformations() {
        let _ = write!(line, " [{problem}]");
    }
    // A character has a byte at least, and these have one each. A line that cannot do without anything need not be measured.
    let is_long = !spare.is_empty() && line.len() > style.width;
    let mut columns = if is_long { columns(&line, style.arrow()) } else { 0 };
    // The later one first: the places before it stay as they are.
    for range in [spare.length, spare.window, spare.acknowledgment] {
        if columns > style.width {
            columns -= range.len();
            line.replace_range(range, "");
        }
    }
    line.push('\n');
    out.write_all(line.as_bytes())
}

/// Columns of a line with this arrow, which is mostly all in it that is not ASCII.
fn columns(line: &str, arrow: &str) -> usize {
    let beyond_ascii = line.bytes().filter(|byte| !byte.is_ascii()).count();
    if beyond_ascii > 0 && beyond_ascii == arrow.len() {
        line.len() - arrow.len() + arrow.columns()
    } else {
        line.columns()
    }
}

/// A number after its name.
fn add(line: &mut String, what: &str, number: impl itoa::Integer) {
    line.push_str(what);
    line.push_str(itoa::Buffer::new().format(number));
}

/// A number with blanks before it, up to `digits` digits.
fn right_aligned(line: &mut String, number: u64, digits: usize) {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number);
    (text.len()..digits).for_each(|_| line.push(' '));
    line.push_str(text);
}

/// The time of day, or the seconds since the first packet, to the microsecond: the date has no room in a line.
fn add_time(line: &mut String, form: TimeFormat, time: Time, first: Time) {
    let of_day = match form {
        TimeFormat::Relative => {
            let microseconds = rounded(time.0.abs_diff(first.0), 1_000);
            let sign = if time < first && microseconds > 0 { "-" } else { "" };
            add(line, sign, microseconds / 1_000_000);
            return padded(line, '.', microseconds % 1_000_000, 6);
        }
        TimeFormat::Utc => time.to_utc().time(),
        TimeFormat::Local => {
            let time = time.to_utc();
            time.with_timezone(&local_time::offset(time)).time()
        }
    };
    let _ = write_padded(line, of_day.hour().into(), 2);
    padded(line, ':', of_day.minute().into(), 2);
    padded(line, ':', of_day.second().into(), 2);
    padded(line, '.', (of_day.nanosecond() / 1000 % 1_000_000).into(), 6);
}

fn padded(line: &mut String, separator: char, number: u64, digits: usize) {
    line.push(separator);
    let _ = write_padded(line, number, digits);
}

fn add_ends(line: &mut String, style: &TextStyle, packet: &Packet<'_>) {
    let arrow = style.arrow();
    match packet::ends(packet) {
        Some(PacketEndpoints::Sockets(from, to)) => {
            add_host(line, from.ip());
            add(line, ":", from.port());
            line.extend([" ", arrow, " "]);
            if from.ip() != to.ip() {
                add_host(line, to.ip());
            }
            add(line, ":", to.port());
            line.push(' ');
        }
        Some(PacketEndpoints::Hosts(from, to)) => {
            let _ = write_address(line, from);
            line.extend([" ", arrow, " "]);
            let _ = write_address(line, to);
            line.push(' ');
        }
        None => {}
    }
}

/// An address as it is written before a port: an IPv6 address in brackets.
fn add_host(line: &mut String, address: IpAddr) {
    if address.is_ipv6() {
        line.push('[');
    }
    let _ = write_address(line, address);
    if address.is_ipv6() {
        line.push(']');
    }
}

/// What a line that is too wide can do without.
#[derive(Debug, Default)]
struct Omittable {
    /// The window, unless it is what the line is about.
    window: Range<usize>,
    /// The length of no data.
    length: Range<usize>,
    /// The acknowledgment number of a segment that has data to tell of.
    acknowledgment: Range<usize>,
}

impl Omittable {
    fn is_empty(&self) -> bool {
        self.window.is_empty() && self.length.is_empty() && self.acknowledgment.is_empty()
    }
}

fn segment(line: &mut String, packet: &Packet<'_>, tcp: &Tcp<'_>, in_flow: Option<&Segment>) -> Omittable {
    let flags = tcp.flags();
    line.push_str(&flag_names(flags));
    match in_flow {
        Some(in_flow) if in_flow.sequence.relative < 0 => add(line, " RawSeq=", in_flow.sequence.raw.0),
        Some(in_flow) => add(line, " Seq=", in_flow.sequence.relative),
        None => add(line, " Seq=", tcp.sequence_number()),
    }
    let before = line.len();
    if flags.has(Flags::ACK) {
        match in_flow.and_then(|in_flow| in_flow.acknowledgment) {
            // Before what counts as the beginning: a number counted from there means nothing.
            Some(number) if number.relative < 0 => add(line, " RawAck=", number.raw.0),
            Some(number) => add(line, " Ack=", number.relative),
            None => add(line, " Ack=", tcp.acknowledgment_number()),
        }
    }
    let start = line.len();
    match in_flow.map(|in_flow| in_flow.window) {
        // Not as many bytes as the number says, and how many is not known.
        Some(window) if window.scale == Scale::NotCaptured && window.raw > 0 => add(line, " RawWin=", window.raw),
        Some(window) => add(line, " Win=", window.bytes().unwrap_or(window.raw.into())),
        None => add(line, " Win=", tcp.window()),
    }
    let end = line.len();
    let length = length(packet, Protocol::Tcp);
    add(line, " Len=", length);
    let window_matters = in_flow.is_some_and(|in_flow| {
        in_flow.part == SegmentPart::WindowUpdate
            || in_flow.part == SegmentPart::WindowProbeAck
            || in_flow.remarks.has(Remark::ZeroWindow)
    });
    Omittable {
        window: if window_matters { 0..0 } else { start..end },
        length: if length == 0 { end..line.len() } else { 0..0 },
        acknowledgment: if length == 0 { 0..0 } else { before..start },
    }
}

fn datagram(line: &mut String, style: &TextStyle, packet: &Packet<'_>) {
    let first_piece = packet
        .layer(Protocol::Udp)
        .is_some_and(|layer| layer.completeness() == Completeness::FirstFragment);
    line.push_str(if first_piece { "UDP, first fragment," } else { "UDP" });
    add(line, " Len=", length(packet, Protocol::Udp));
    let data = packet.payload().bytes;
    if data.is_empty() {
        return;
    }
    let shown = data.get(..TEXT_SHOWN).unwrap_or(data);
    let more = if shown.len() < data.len() { "\" ..." } else { "\"" };
    line.extend([" \"", &style.text(shown), more]);
}

fn other(line: &mut String, packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) {
    line.push_str(&packet::name(packet));
    if let Some(ip) = packet.ipv4().filter(|ip| ip.fragment_offset() > 0) {
        let _ = write!(
            line,
            " id=0x{:04x} at byte {}",
            ip.identification(),
            ip.fragment_offset()
        );
    }
    if in_flow
        .and_then(PacketInFlow::notice)
        .is_some_and(|notice| notice.about.is_some())
    {
        // The number of that packet says it in less.
        return;
    }
    if let Some((from, to)) = packet.quoted_endpoints() {
        let _ = write!(line, " for {from} to {to}");
    }
    if let Some(arp) = packet.arp() {
        let _ = match arp.operation() {
            1 => write!(line, " who has {}? tell {}", arp.target(), arp.sender()),
            2 => write!(line, " {} is at the sender", arp.sender()),
            _ => Ok(()),
        };
    }
    add(line, " ", packet.original_length());
    line.push_str(" bytes");
}

fn length(packet: &Packet<'_>, protocol: Protocol) -> usize {
    packet.layer(protocol).map_or(0, Layer::payload_length)
}

#[cfg(test)]
mod tests {
    use super::super::text_style::{CharacterSet, TextStyle};
    use super::super::view::ShownPacket;
    use super::write;
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
        Frame::new(Some(Time(1_700_000_000_253_114_999)), LinkType::IPV4, bytes)
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
        let style = TextStyle {
            characters: CharacterSet::Ascii,
            width,
            time: super::TimeFormat::Relative,
            ..TextStyle::PIPE
        };
        let mut tracker = Tracker::new();
        let mut shown = Vec::new();
        for (number, frame) in (1..).zip(&frames) {
            let packet = frame.decode();
            let in_flow = tracker.follow(number, frame.time, &packet);
            let one = ShownPacket {
                in_flow: in_flow.as_ref(),
                first: Some(Time(1_700_000_000_000_000_000)),
                ..ShownPacket::alone(number, frame, &packet)
            };
            write(&mut shown, &style, &one).unwrap();
        }
        String::from_utf8(shown).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_leaves_out_what_has_no_room() {
        assert_eq!(
            lines(120),
            [
                "  1 0.253115 192.168.0.118:49957 -> 192.168.67.1:56855 SYN Seq=0 Win=64240 Len=0",
                "  2 0.253115 192.168.67.1:56855 -> 192.168.0.118:49957 SYN-ACK Seq=0 Ack=1 Win=65160 Len=0",
                "  3 0.253115 192.168.0.118:49957 -> 192.168.67.1:56855 ACK Seq=1 Ack=1 Win=64240 Len=0",
                "  4 0.253115 192.168.0.118:49957 -> 192.168.67.1:56855 PSH-ACK Seq=1 Ack=1 Win=64240 Len=12",
                "  5 0.253115 192.168.67.1:56855 -> 192.168.0.118:49957 ACK Seq=1 Ack=13 Win=0 Len=0 [zero window]",
            ]
        );
        let narrow = lines(80);
        assert_eq!(narrow[0], lines(120)[0], "it fits");
        assert!(narrow[1].ends_with(" SYN-ACK Seq=0 Ack=1"), "{}", narrow[1]);
        assert!(narrow[2].ends_with(" ACK Seq=1 Ack=1 Win=64240"), "{}", narrow[2]);
        assert!(narrow[3].ends_with(" PSH-ACK Seq=1 Len=12"), "{}", narrow[3]);
        assert!(
            narrow[4].ends_with(" ACK Seq=1 Ack=13 Win=0 [zero window]"),
            "the window is what it is about"
        );
        assert!(narrow[..4].iter().all(|line| line.len() <= 80), "{narrow:#?}");
    }
}
