//! The view `fields`: the breakdown of one packet as a table.

use std::borrow::Cow;
use std::io::{self, Write};

use super::breakdown::{Breakdown, Payload, Row, Section};
use super::hex;
use super::look::{Look, Paint, Style};
use super::table::{columns as width_of, lines, spaces, write_place};
use crate::explain::packet::states;
use crate::frame::{Frame, Time};

/// How much of the data is shown without being asked for more.
const DATA_SHOWN: usize = 256;

/// Widths of the columns; the last one takes what is left.
struct Columns {
    raw: usize,
    name: usize,
    value: usize,
    /// What is left for the meaning; or, where that would be a word a line, the width of the lines below the others.
    meaning: Meaning,
    short_names: bool,
}

#[derive(Clone, Copy)]
enum Meaning {
    Beside(usize),
    Below(usize),
}

impl Columns {
    /// The byte's column, and two columns between each.
    const FIXED: usize = 4 + 4 * 2;
    /// Two or three words.
    const NARROWEST_MEANING: usize = 18;
    /// Below the raw bytes.
    const INDENT: usize = 4 + 2;

    fn of(width: usize) -> Self {
        // From here on the long names have room, and the meaning still gets the most.
        let wide = width >= 110;
        let (raw, name, value) = if wide { (11, 22, 24) } else { (11, 15, 19) };
        let beside = width.saturating_sub(Self::FIXED + raw + name + value);
        let meaning = if beside < Self::NARROWEST_MEANING {
            Meaning::Below(width.saturating_sub(Self::INDENT))
        } else {
            Meaning::Beside(beside)
        };
        Self {
            raw,
            name,
            value,
            meaning,
            short_names: !wide,
        }
    }
}

/// Writes the breakdown of a packet. `first` is the time of the capture's first packet; `all_data` shows all of the data,
/// not only its beginning.
///
/// # Errors
/// Those of the writer.
pub fn write(
    output: &mut impl Write,
    look: &Look,
    breakdown: &Breakdown<'_>,
    frame: &Frame<'_>,
    first: Time,
    all_data: bool,
) -> io::Result<()> {
    let columns = Columns::of(look.width.max(Look::NARROWEST));
    headline(output, look, breakdown, frame, first)?;
    match look.style {
        Style::Plain => plain(output, &breakdown.sections)?,
        Style::Unicode | Style::Ascii => {
            heading(output, look, &columns)?;
            for section in &breakdown.sections {
                table(output, look, &columns, section)?;
            }
        }
    }
    bytes(output, look, &breakdown.payload, all_data)?;
    match &breakdown.icmp_extension {
        Some(section) if look.style == Style::Plain => plain(output, std::slice::from_ref(section))?,
        Some(section) => table(output, look, &columns, section)?,
        None => {}
    }
    bytes(output, look, &breakdown.trailer, all_data)?;
    for problem in &breakdown.problems {
        sentence(output, look, Paint::Problem, "Problem", problem)?;
    }
    if let Some(expectation) = &breakdown.expectation {
        sentence(output, look, Paint::Title, "Expect next", expectation)?;
    }
    writeln!(output)
}

fn headline(
    output: &mut impl Write,
    look: &Look,
    breakdown: &Breakdown<'_>,
    frame: &Frame<'_>,
    first: Time,
) -> io::Result<()> {
    let mut line = [
        "Packet ",
        itoa::Buffer::new().format(breakdown.number),
        "  ",
        &breakdown.name,
    ]
    .concat();
    if let Some((from, to)) = &breakdown.ends {
        line.extend(["  ", from, " ", look.arrow(), " ", to]);
    }
    let width = look.width.max(Look::NARROWEST);
    // The seconds stand in the headline where they fit; else they go with the date.
    let seconds = frame.time.map(|time| ["t=", &look.seconds(time, first), " s"].concat());
    let mut with_date = None;
    match &seconds {
        Some(seconds) if width_of(&line) + 2 + seconds.len() <= width => line.extend(["  ", seconds]),
        Some(seconds) => with_date = Some(seconds),
        None => {}
    }
    for line in lines(&line, width) {
        put(output, &[&look.paint(Paint::Title, line), "\n"])?;
    }
    match (frame.time.and_then(|time| look.date(time)), with_date) {
        (Some(date), Some(seconds)) => put(output, &[&date, ", ", seconds, "\n"])?,
        (Some(date), None) => put(output, &[&date, "\n"])?,
        (None, Some(seconds)) => put(output, &[seconds, "\n"])?,
        (None, None) if frame.time.is_none() => put(output, &["without a time in the capture\n"])?,
        (None, None) => {}
    }
    for line in lines(&breakdown.parts, width) {
        put(output, &[line, "\n"])?;
    }
    for comment in &breakdown.comments {
        sentence(output, look, Paint::Faint, "Comment", &look.text(comment.as_bytes()))?;
    }
    story(output, look, breakdown)?;
    writeln!(output)
}

/// What the packet does in its conversation.
fn story(output: &mut impl Write, look: &Look, breakdown: &Breakdown<'_>) -> io::Result<()> {
    let states = breakdown.step.and_then(|step| states(step, look.marks()));
    let lines = [
        ("Conversation", &breakdown.place),
        ("Why", &breakdown.reason),
        ("States", &states),
    ];
    for (word, text) in lines {
        if let Some(text) = text {
            sentence(output, look, Paint::Title, word, text)?;
        }
    }
    for remark in &breakdown.remarks {
        sentence(output, look, Paint::Title, "Note", remark)?;
    }
    Ok(())
}

/// `Why: …`, wrapped.
fn sentence(output: &mut impl Write, look: &Look, paint: Paint, word: &str, text: &str) -> io::Result<()> {
    let width = look.width.max(Look::NARROWEST);
    let text = [word, ": ", text].concat();
    for (index, line) in lines(&text, width).enumerate() {
        if let Some((word, rest)) = line.split_once(": ").filter(|_| index == 0 && look.color) {
            put(output, &[&look.paint(paint, word), ": ", rest, "\n"])?;
        } else {
            put(output, &[line, "\n"])?;
        }
    }
    Ok(())
}

fn heading(output: &mut impl Write, look: &Look, columns: &Columns) -> io::Result<()> {
    let gap = |title: &str, width: usize| " ".repeat(2 + width.saturating_sub(title.len()));
    let (raw, field) = (gap("raw", columns.raw), gap("field", columns.name));
    let line = match columns.meaning {
        Meaning::Beside(_) => {
            let value = gap("value", columns.value);
            ["byte  raw", &raw, "field", &field, "value", &value, "meaning here"].concat()
        }
        Meaning::Below(_) => ["byte  raw", &raw, "field", &field, "value; below: meaning"].concat(),
    };
    put(output, &[&look.paint(Paint::Faint, &line), "\n"])
}

fn table(output: &mut impl Write, look: &Look, columns: &Columns, section: &Section) -> io::Result<()> {
    let title = look.paint(Paint::Title, section.title.to_uppercase());
    put(output, &[&title, " (", &places(section), ") ", section.source, "\n"])?;
    for row in &section.rows {
        cells(output, look, columns, row)?;
    }
    Ok(())
}

fn places(section: &Section) -> Cow<'static, str> {
    if section.range.is_empty() {
        return "no bytes".into();
    }
    between(section.range.start, section.range.end - 1).into()
}

/// `bytes 14-33`
fn between(first: usize, last: usize) -> String {
    let mut digits = [itoa::Buffer::new(), itoa::Buffer::new()];
    let [start, end] = &mut digits;
    ["bytes ", start.format(first), "-", end.format(last)].concat()
}

fn cells(output: &mut impl Write, look: &Look, columns: &Columns, row: &Row) -> io::Result<()> {
    let shown_name = if columns.short_names {
        &*row.short_name
    } else {
        row.name
    };
    let (beside, below) = match columns.meaning {
        Meaning::Beside(width) => (width, None),
        Meaning::Below(width) => (0, Some(width).filter(|_| !row.meaning.is_empty())),
    };
    let meaning = if beside > 0 { &*row.meaning } else { "" };
    let widths = [columns.raw, columns.name, columns.value, beside];
    let mut texts = [
        lines(&row.raw, columns.raw),
        lines(shown_name, columns.name),
        lines(&row.value, columns.value),
        lines(meaning, beside),
    ];
    write_place(output, row.byte)?;
    // Spaces that are due before the next text; none are written behind the last one.
    let mut gap = 0;
    let mut is_first = true;
    loop {
        let line = texts.each_mut().map(Iterator::next);
        if line.iter().all(Option::is_none) {
            break;
        }
        if !is_first {
            output.write_all(b"\n")?;
            // The column of the byte's number.
            gap = 4;
        }
        is_first = false;
        for (column, (cell, width)) in line.into_iter().zip(widths).enumerate() {
            gap += 2;
            let cell = cell.unwrap_or_default();
            if !cell.is_empty() {
                output.write_all(spaces(gap))?;
                gap = 0;
                if column == 2 && look.color {
                    output.write_all(look.paint(Paint::Value, cell).as_bytes())?;
                } else {
                    output.write_all(cell.as_bytes())?;
                }
            }
            gap += width.saturating_sub(width_of(cell));
        }
    }
    output.write_all(b"\n")?;
    for line in below.into_iter().flat_map(|width| lines(&row.meaning, width)) {
        output.write_all(spaces(Columns::INDENT))?;
        output.write_all(line.as_bytes())?;
        output.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes texts one behind the other.
fn put(output: &mut impl Write, texts: &[&str]) -> io::Result<()> {
    texts.iter().try_for_each(|text| output.write_all(text.as_bytes()))
}

/// One sentence a field, for screen readers.
fn plain(output: &mut impl Write, sections: &[Section]) -> io::Result<()> {
    for section in sections {
        writeln!(output, "{}, {}, {}.", section.title, places(section), section.source)?;
        for row in &section.rows {
            write!(output, "byte {}: {}: {}.", row.byte, row.name, row.value)?;
            if row.meaning.is_empty() {
                writeln!(output)?;
            } else {
                writeln!(output, " {}.", row.meaning)?;
            }
        }
    }
    Ok(())
}

fn bytes(output: &mut impl Write, look: &Look, payload: &Payload<'_>, all: bool) -> io::Result<()> {
    let length = payload.bytes.len();
    if length == 0 {
        return Ok(());
    }
    let title = look.paint(Paint::Title, payload.name.to_uppercase());
    let places = between(payload.at, payload.at + length - 1);
    let mut digits = itoa::Buffer::new();
    let unit = if length == 1 { " byte\n" } else { " bytes\n" };
    put(output, &[&title, " (", &places, ") ", digits.format(length), unit])?;
    let shown = if all { length } else { length.min(DATA_SHOWN) };
    let shown_bytes = payload.bytes.get(..shown).unwrap_or(payload.bytes);
    if look.style == Style::Plain {
        writeln!(output, "\"{}\"", look.text(shown_bytes))?;
    } else {
        hex::write(output, payload.at, shown_bytes, look.width.max(Look::NARROWEST))?;
    }
    if shown < length {
        writeln!(
            output,
            "     ... {} more bytes, with --full all of them",
            length - shown
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::breakdown;
    use super::super::look::{Look, Style, TimeForm};
    use super::write;
    use crate::frame::{Frame, Time};
    use crate::wire::{LinkType, decode};

    /// A SYN on loopback.
    const SYN: &str = "000000000000000000000000 0800 4500003c153b40004006277f7f0000017f000001 \
        ad0a2ee0b293c52f00000000a002ffd7fe300000 0204ffd7 0402 080a04c2967600000000 01 03030a";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap())
            .collect()
    }

    fn shown(hex: &str, look: Look) -> String {
        let bytes = bytes(hex);
        let frame = Frame {
            time: Some(Time(1_772_600_767_123_456_789)),
            link: LinkType::ETHERNET,
            interface: 0,
            direction: None,
            original_length: u32::try_from(bytes.len()).unwrap(),
            bytes: Cow::Owned(bytes),
            comments: Vec::new(),
        };
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        let breakdown = breakdown::of(1, &frame, &packet, None);
        let mut output = Vec::new();
        let first = Time(1_772_600_767_000_000_000);
        write(&mut output, &look, &breakdown, &frame, first, false).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn an_icmp_extension_is_a_table_of_its_own_behind_the_quotation() {
        let sample = super::super::samples::all();
        let sample = sample.iter().find(|sample| sample.name == "icmp_extension").unwrap();
        let shown = shown(&super::super::samples::hex(&sample.bytes), UTC);
        assert!(shown.contains(" + ICMP extension 20\n"), "{shown}");
        let (_, behind) = shown.split_once("\nDATA (bytes 70-169) 100 bytes\n").unwrap();
        assert!(
            behind.contains("\nICMP EXTENSION (bytes 170-189) RFC 4884\n"),
            "{shown}"
        );
        assert!(
            behind.contains("\n 172  be 34        checksum         0xbe34 [ok]          covers the whole\n"),
            "{shown}"
        );
        assert!(!shown.contains("TRAILER"), "{shown}");
    }

    const UTC: Look = Look {
        time: TimeForm::Utc,
        style: Style::Ascii,
        ..Look::PIPE
    };

    #[test]
    fn a_syn_is_explained_byte_by_byte() {
        assert_eq!(
            shown(SYN, UTC),
            "\
Packet 1  SYN  127.0.0.1:44298 -> 127.0.0.1:12000  t=0.123457 s
2026-03-04 05:06:07.123456789 +00:00
74 bytes = Ethernet 14 + IPv4 20 + TCP 40 + data 0
Why: step 1 of 3 of the handshake: the client called connect()

byte  raw          field            value                meaning here
ETHERNET (bytes 0-13) IEEE 802.3
   0  00 x6        destination MAC  00:00:00:00:00:00    loopback: no MACs used
   6  00 x6        source MAC       00:00:00:00:00:00    loopback: no MACs used
  12  08 00        type             0x0800 IPv4          an IPv4 header follows
IPV4 (bytes 14-33) RFC 791
  14  4.           version          4                    tells IPv4 from IPv6
  14  .5           header length    5 words = 20 bytes   5 = no options
  15  00           DSCP, ECN        DSCP 0, ECN 0        no priority, no ECN
  16  00 3c        total length     60 bytes             20 IPv4 + 40 TCP
  18  15 3b        identification   0x153b               would group fragments;
                                                         with DF there are none
  20  010.....     flags            DF=1 MF=0            do not fragment
  20  40 00        fragment offset  0                    a whole datagram
  22  40           time to live     64                   Linux starts at 64: no
                                                         router passed
  23  06           protocol         6 TCP                a TCP header follows
  24  27 7f        header checksum  0x277f [ok]          covers this header only
  26  7f 00 00 01  source           127.0.0.1            this machine (loopback)
  30  7f 00 00 01  destination      127.0.0.1            this machine (loopback)
TCP (bytes 34-73) RFC 9293
  34  ad 0a        source port      44298                the client's: in the
                                                         range the kernel picks
                                                         from
  36  2e e0        dest. port       12000                the server's: it should
                                                         listen there
  38  b2 93 c5 2f  sequence number  2996028719 [rel 0]   random start (ISN)
  42  00 00 00 00  ack number       0 [unused]           ACK flag is off
  46  a.           data offset      10 words = 40 bytes  20 fixed + 20 of
                                                         options
  46  .0 02        reserved, flags  000 .......S.        SYN: asks to open
  48  ff d7        window           65495                bytes of free room; not
                                                         scaled in a SYN
  50  fe 30        checksum         0xfe30 [partial]     pseudo-header sum only,
                                                         which is enough inside
                                                         this machine; full sum
                                                         is 0x6118
  52  00 00        urgent pointer   0 [unused]           URG flag is off
  54  02 04 ff d7  opt 2 MSS        65495 bytes          65535 - 20 IPv4 - 20
                                                         TCP
  58  04 02        opt 4 SACK-perm  yes                  selective ACKs welcome
  60  08 0a ...    opt 8 times      val 79861366 echo 0  its clock; nothing to
                                                         echo yet
  70  01           opt 1 NOP        -                    aligns the next option
  71  03 03 0a     opt 3 WScale     shift 10             later windows x 1024
Expect next: SYN,ACK with ack number 2996028720 (this sequence number + 1);
RST,ACK if nothing listens

"
        );
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in [60, 79, 80, 100, 110, 200] {
            let text = shown(SYN, Look { width, ..UTC });
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn the_plain_style_draws_nothing() {
        let look = Look {
            style: Style::Plain,
            ..UTC
        };
        let text = shown(SYN, look);
        assert!(
            text.contains("Packet 1  SYN  127.0.0.1:44298 to 127.0.0.1:12000  t=0.123457 s\n"),
            "{text}"
        );
        assert!(
            text.contains("\nbyte 48: window: 65495. bytes of free room; not scaled in a SYN.\n"),
            "{text}"
        );
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let colored = shown(SYN, Look { color: true, ..UTC });
        let mut without = String::new();
        let mut pieces = colored.split('\x1b');
        without.push_str(pieces.next().unwrap());
        for piece in pieces {
            without.push_str(piece.split_once('m').unwrap().1);
        }
        assert_eq!(without, shown(SYN, UTC));
        assert_ne!(colored, without);
    }

    #[test]
    fn a_cut_packet_shows_what_is_there_and_what_is_missing() {
        let cut: String = SYN.split_whitespace().collect::<String>().chars().take(100).collect();
        let text = shown(&cut, UTC);
        assert!(text.contains("  48  ff d7        window"), "{text}");
        assert!(!text.contains("urgent pointer"), "{text}");
        assert!(text.contains("\nProblem: "), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_bring_a_control_character_to_the_terminal(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            for style in [Style::Ascii, Style::Plain] {
                let text = shown(&hex, Look { style, ..UTC });
                proptest::prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
            }
        }
    }
}
