//! With `--json`: the conversations as wholes, and the socket calls beside them, after the packets.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::calls::CallFiles;
use super::following::forgotten;
use super::settings::Settings;
use crate::flow::{PacketInFlow, Tracker};
use crate::frame::Time;
use crate::render::json;
use crate::timeline::{Seen, Timeline};
use crate::wire::Packet;

/// So many packets are kept in all to find what each call did, when there are call logs.
const PACKETS: usize = 150_000;

/// Collects what is needed for the lines after the packets.
pub struct JsonTrailer {
    calls: CallFiles,
    /// Which conversations had a packet shown: a bit each, by their numbers.
    shown: Vec<u64>,
    kept: BTreeMap<u64, Vec<Seen>>,
    packets: usize,
    left_out: u64,
    forgotten: u64,
}

impl JsonTrailer {
    /// For `--json`; `None` for the other views.
    ///
    /// # Errors
    /// A call log cannot be read: a line that says so.
    pub fn new(settings: &Settings) -> Result<Option<Self>, String> {
        if !settings.json {
            return Ok(None);
        }
        Ok(Some(Self {
            calls: CallFiles::open(&settings.calls, settings.read.is_none())?,
            shown: Vec::new(),
            kept: BTreeMap::new(),
            packets: 0,
            left_out: 0,
            forgotten: 0,
        }))
    }

    /// Takes note of a packet that was shown.
    pub fn note(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, step: &PacketInFlow) {
        let Ok(index) = usize::try_from(step.conversation / 64) else {
            return;
        };
        if self.shown.len() <= index {
            self.shown.resize(index + 1, 0);
        }
        if let Some(bits) = self.shown.get_mut(index) {
            *bits |= 1 << (step.conversation % 64);
        }
        if !self.calls.is_given() {
            return;
        }
        if self.packets >= PACKETS {
            self.left_out += 1;
            return;
        }
        self.packets += 1;
        self.kept.entry(step.conversation).or_default().push(Seen {
            number,
            time,
            flags: packet.tcp().map(|tcp| tcp.flags()),
            step: *step,
        });
    }

    /// Writes the lines, in the order of the conversations' numbers.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(&mut self, output: &mut impl Write, tracker: &Tracker) -> io::Result<()> {
        self.calls.read_on();
        for (bits, start) in std::mem::take(&mut self.shown).into_iter().zip((0_u64..).step_by(64)) {
            for number in (0..64).filter(|bit| bits >> bit & 1 == 1).map(|bit| start + bit) {
                match tracker.conversation(number) {
                    Some(conversation) => json::write_conversation(output, &conversation)?,
                    None => self.forgotten += 1,
                }
                if let Some(packets) = self.kept.remove(&number) {
                    let timeline = Timeline::of(&packets, self.calls.logs.claim(&packets));
                    json::write_calls(output, number, &packets, &timeline)?;
                }
            }
        }
        Ok(())
    }

    /// What to say at the end.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let mut remarks = self.calls.remarks();
        if self.calls.is_given() && self.calls.logs.claimed() == 0 && !self.calls.logs.is_empty() {
            remarks.push(format!(
                "none of the {} calls in the call logs belongs to a conversation of this capture; are they of another run?",
                self.calls.logs.left()
            ));
        }
        if self.left_out > 0 {
            remarks.push(format!(
                "the calls were matched with the first {PACKETS} packets; {} more came",
                self.left_out
            ));
        }
        remarks.extend(forgotten(self.forgotten, "line of its own"));
        remarks
    }
}
