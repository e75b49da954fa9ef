//! Mermaid, for course notes: conversations as a `sequenceDiagram`, the headers of one packet as a `packet-beta`.
//!
//! Mermaid takes entity codes (`#35;` for `#`), and here everything that means something to it is written so.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::SocketAddr;

use crate::escape::columns::Columns as _;
use crate::escape::printable;
use crate::explain::{Context, count, packet as explain};
use crate::flow::{PacketInFlow, Party};
use crate::render::diagram::cell::{Cell, cells};
use crate::render::ladder::{
    ArrowLine, CallPoint, CallRow, Ladder, NO_CALL_LOG, RowKind, label, quotation, sentences, words,
};
use crate::render::table::wrap;
use crate::render::text_style::CharacterSet;
use crate::wire::{Packet, Protocol};

/// Words of a call are as long as they like.
const ROOM: usize = 200;

/// Pixels for a bit of a header.
const BIT: usize = 40;

/// The most characters that Mermaid draws by default (its setting `maxTextSize`).
pub const MOST_TEXT: usize = 50_000;

/// Writes the conversations as one sequence diagram: control dotted, data solid, refused or lost with a cross; a bar while a
/// program is inside a call.
///
/// # Errors
/// Those of the writer.
pub fn sequence(output: &mut impl Write, ladders: &[Ladder]) -> io::Result<()> {
    writeln!(output, "sequenceDiagram")?;
    if let [ladder] = ladders {
        writeln!(output, "    accTitle: {}", Entities(&words::title(ladder)))?;
    }
    let mut participants = Participants::default();
    for ladder in ladders {
        for lane in &ladder.lanes {
            participants.join(output, lane.party, lane.address)?;
        }
    }
    for ladder in ladders {
        scene(output, ladder, &mut participants)?;
    }
    if ladders.is_empty() {
        writeln!(output, "    participant none as no conversation")?;
    }
    Ok(())
}

/// Who takes part: an end in each of its roles once, also when it takes part in several conversations.
#[derive(Default)]
struct Participants {
    members: Vec<(Party, SocketAddr)>,
    /// Of how many calls each is inside.
    open: Vec<u32>,
}

impl Participants {
    fn join(&mut self, output: &mut impl Write, party: Party, address: SocketAddr) -> io::Result<()> {
        if !self.members.contains(&(party, address)) {
            self.members.push((party, address));
            self.open.push(0);
            let name = self.members.len();
            writeln!(
                output,
                "    participant p{name} as {party} {}",
                Entities(&address.to_string())
            )?;
        }
        Ok(())
    }

    /// Its place in the list.
    fn place(&self, party: Party, ladder: &Ladder) -> usize {
        let lane = ladder.lanes.iter().find(|lane| lane.party == party);
        let place = self
            .members
            .iter()
            .position(|&(role, address)| role == party && lane.is_some_and(|lane| lane.address == address));
        place.unwrap_or_default()
    }

    fn enter(&mut self, output: &mut impl Write, place: usize) -> io::Result<()> {
        if let Some(open) = self.open.get_mut(place) {
            *open += 1;
            writeln!(output, "    activate p{}", place + 1)?;
        }
        Ok(())
    }

    /// Mermaid refuses a diagram that leaves what was not entered.
    fn leave(&mut self, output: &mut impl Write, place: usize) -> io::Result<()> {
        if let Some(open) = self.open.get_mut(place).filter(|open| **open > 0) {
            *open -= 1;
            writeln!(output, "    deactivate p{}", place + 1)?;
        }
        Ok(())
    }
}

fn scene(output: &mut impl Write, ladder: &Ladder, participants: &mut Participants) -> io::Result<()> {
    let [client, server] = [Party::Client, Party::Server].map(|party| participants.place(party, ladder));
    let both = format!("p{},p{}", client + 1, server + 1);
    writeln!(output, "    Note over {both}: {}", Entities(&words::title(ladder)))?;
    // The diagram is for others, who were not asked for a call log.
    for sentence in ladder.notes.iter().filter(|sentence| *sentence != NO_CALL_LOG) {
        remark(output, &both, &format!("Note: {sentence}."))?;
    }
    for row in &ladder.rows {
        let time = match &*row.time_label(3) {
            "" => String::new(),
            // What is far away.
            time if time.ends_with('s') => format!("{time} "),
            time => format!("{time} ms "),
        };
        match &row.kind {
            RowKind::Packet(arrow) => {
                let label = label::packet(arrow, CharacterSet::Unicode);
                message(
                    output,
                    participants,
                    ladder,
                    (arrow.from, arrow.line),
                    &arrow.number.to_string(),
                    &time,
                    &label,
                )?;
                for party in [Party::Client, Party::Server] {
                    if let Some(observed_state) = arrow.state(party) {
                        note(
                            output,
                            participants,
                            ladder,
                            party,
                            &words::observed_state(observed_state),
                        )?;
                    }
                }
            }
            RowKind::Run(run) => {
                let numbers = format!("{}-{}", run.first, run.last);
                message(
                    output,
                    participants,
                    ladder,
                    (run.from, ArrowLine::Data),
                    &numbers,
                    &time,
                    &label::run(run),
                )?;
            }
            RowKind::States(states) => {
                for (party, observed_state) in [Party::Client, Party::Server].into_iter().zip(states) {
                    note(
                        output,
                        participants,
                        ladder,
                        party,
                        &words::observed_state(*observed_state),
                    )?;
                }
            }
            RowKind::Call(call) => self::call(output, participants, ladder, call, &time)?,
            RowKind::Gap(gap) => remark(output, &both, &sentences::gap(gap))?,
            RowKind::Note(text) => remark(output, &both, text)?,
        }
    }
    for place in [client, server] {
        while participants.open.get(place).is_some_and(|open| *open > 0) {
            participants.leave(output, place)?;
        }
    }
    Ok(())
}

/// A sentence across both, in lines that fit between them.
pub(in crate::render) fn remark(output: &mut impl Write, both: &str, text: &str) -> io::Result<()> {
    const WIDTH: usize = 50;
    let lines: Vec<String> = wrap(text, WIDTH)
        .iter()
        .map(|line| Entities(line).to_string())
        .collect();
    writeln!(output, "    Note over {both}: {}", lines.join("<br/>"))
}

fn message(
    output: &mut impl Write,
    participants: &Participants,
    ladder: &Ladder,
    (from, line): (Party, ArrowLine),
    number: &str,
    time: &str,
    label: &label::Label,
) -> io::Result<()> {
    let (sender, receiver) = (
        participants.place(from, ladder) + 1,
        participants.place(from.other(), ladder) + 1,
    );
    let arrow = match line {
        ArrowLine::Control => "-->>",
        ArrowLine::Data | ArrowLine::Retransmission => "->>",
        ArrowLine::Lost => "-x",
    };
    let words = label.words.first().map_or("", String::as_str);
    let remark = label
        .remark
        .as_ref()
        .map_or(String::new(), |remark| format!(" [{remark}]"));
    let start = label.payload_start.as_ref();
    let text = start.and_then(|start| quotation::written(start, CharacterSet::Unicode, usize::MAX));
    let text = text.map_or(String::new(), |text| format!(" {text}"));
    let sentence = format!("{number}. {time}{words}{remark}{text}");
    writeln!(output, "    p{sender}{arrow}p{receiver}: {}", Entities(&sentence))
}

fn note(
    output: &mut impl Write,
    participants: &Participants,
    ladder: &Ladder,
    party: Party,
    text: &str,
) -> io::Result<()> {
    let side = match party {
        Party::Client => "left",
        Party::Server => "right",
    };
    let place = participants.place(party, ladder) + 1;
    writeln!(output, "    Note {side} of p{place}: {}", Entities(text))
}

fn call(
    output: &mut impl Write,
    participants: &mut Participants,
    ladder: &Ladder,
    row: &CallRow,
    time: &str,
) -> io::Result<()> {
    let place = participants.place(row.party, ladder);
    let label = label::call(row, ROOM);
    let sentence = format!("{time}{}", label.text);
    note(output, participants, ladder, row.party, &sentence)?;
    match row.point {
        CallPoint::Entered => participants.enter(output, place),
        CallPoint::Returned => participants.leave(output, place),
        CallPoint::Whole => Ok(()),
    }
}

/// Writes the headers of a packet from the network layer on, whose rows of 32 bits are the RFCs'. (An Ethernet header has 14
/// bytes: behind it no row would begin where it does in the RFC.)
///
/// # Errors
/// Those of the writer.
pub fn packet(
    output: &mut impl Write,
    number: u64,
    packet: &Packet<'_>,
    in_flow: Option<&PacketInFlow>,
) -> io::Result<()> {
    let first = packet.layers().iter().position(|layer| !is_link(layer.protocol()));
    let first = first.unwrap_or_default();
    let layers = || packet.layers().iter().enumerate().skip(first);
    let left: Vec<String> = packet
        .layers()
        .iter()
        .take(first)
        .map(|layer| format!("{} {}", layer.protocol(), layer.header().bytes.len()))
        .collect();
    // The box of one bit has room for a flag's name and value then.
    writeln!(output, "---\nconfig:\n  packet:\n    bitWidth: {BIT}\n---\npacket-beta")?;
    writeln!(
        output,
        "title {}",
        Entities(&format!("Packet {number}: {}", explain::name(packet)))
    )?;
    if !left.is_empty() {
        writeln!(output, "%% not drawn, in front: {} bytes", left.join(", "))?;
    }
    let start = layers().next().map_or(0, |(_, layer)| layer.header().at * 8);
    let mut next = 0;
    for (index, layer) in layers() {
        let Some(context) = Context::new(packet, index, in_flow) else {
            break;
        };
        for cell in cells(context, layer.header(), &layer.fields()) {
            let bit = (layer.header().at * 8 + cell.bit).saturating_sub(start);
            if bit > next {
                block(output, next, bit - next, "unread")?;
            }
            // What overlaps because a length is wrong is drawn in one place only.
            if bit >= next {
                block(output, bit, cell.bits, &words(&cell))?;
                next = bit + cell.bits;
            }
        }
    }
    if next == 0 {
        block(output, 0, 32, "no header could be read")?;
    }
    let data = packet.payload().bytes.len();
    if data > 0 {
        writeln!(output, "%% not drawn, behind: {}", count(data as u64, "byte"))?;
    }
    Ok(())
}

/// Name and value, as much of them as the box has room for.
fn words(cell: &Cell) -> String {
    /// Characters of Mermaid's font in the width of a bit.
    const A_BIT: usize = 5;
    let names = [&*cell.name, &*cell.letters];
    let mut all = names.iter().flat_map(|name| {
        cell.values
            .iter()
            .map(move |value| format!("{name} {value}").trim_end().to_owned())
    });
    let fits = |words: &String| words.columns() <= cell.bits * A_BIT;
    all.find(fits).unwrap_or_else(|| cell.letters.clone().into_owned())
}

const fn is_link(protocol: Protocol) -> bool {
    matches!(
        protocol,
        Protocol::Ethernet
            | Protocol::Llc
            | Protocol::Vlan
            | Protocol::ServiceVlan
            | Protocol::LinuxSll
            | Protocol::LinuxSll2
            | Protocol::Null
    )
}

fn block(output: &mut impl Write, bit: usize, bits: usize, words: &str) -> io::Result<()> {
    let words = Entities(words);
    if bits == 1 {
        writeln!(output, "{bit}: \"{words}\"")
    } else {
        writeln!(output, "{bit}-{}: \"{words}\"", bit + bits - 1)
    }
}

/// A text without special characters for Mermaid.
pub(in crate::render) struct Entities<'t>(pub(in crate::render) &'t str);

impl std::fmt::Display for Entities<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in printable(self.0.as_bytes()).chars() {
            match character {
                '#' | ';' | '"' | '<' | '>' | '&' | '\\' | '%' | '{' | '}' | '`' | '\'' => {
                    write!(f, "#{};", u32::from(character))?;
                }
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
