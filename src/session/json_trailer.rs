//! With `--json`: the conversations as wholes, and the socket calls beside them, after the packets.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::calls::Calls;
use super::following::{Conversations, forgotten};
use super::observed::Observed;
use super::settings::Settings;
use crate::flow::PacketInFlow;
use crate::render::json;
use crate::timeline::{PacketRef, Timeline};

/// The most packets that are kept in all to find what each call did, when there are call logs.
const PACKETS: usize = 150_000;

/// Collects what is needed for the lines after the packets.
pub struct JsonTrailer {
    calls: Calls,
    /// Which conversations had a packet shown: a bit each, by their numbers.
    shown: Vec<u64>,
    kept: BTreeMap<u64, Vec<PacketRef>>,
    packets: usize,
    left_out: u64,
    forgotten: u64,
}

impl JsonTrailer {
    /// For `--json`; `None` for the other views.
    #[must_use]
    pub fn new(settings: &Settings, calls: &Calls) -> Option<Self> {
        settings.json.then(|| Self {
            calls: calls.clone(),
            shown: Vec::new(),
            kept: BTreeMap::new(),
            packets: 0,
            left_out: 0,
            forgotten: 0,
        })
    }

    /// Takes note of a packet that was shown.
    pub fn note(&mut self, observed: &Observed<'_, '_>, in_flow: &PacketInFlow) {
        let Ok(index) = usize::try_from(in_flow.conversation / 64) else {
            return;
        };
        if self.shown.len() <= index {
            self.shown.resize(index + 1, 0);
        }
        if let Some(bits) = self.shown.get_mut(index) {
            *bits |= 1 << (in_flow.conversation % 64);
        }
        if !self.calls.is_given() {
            return;
        }
        if self.packets >= PACKETS {
            self.left_out += 1;
            return;
        }
        self.packets += 1;
        let (number, time) = (observed.number, observed.frame.time);
        let packet = observed.with_in_flow(|packet, _| PacketRef::of(number, time, packet, in_flow));
        self.kept.entry(in_flow.conversation).or_default().push(packet);
    }

    /// Writes the lines, in the order of the conversations' numbers.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(&mut self, output: &mut impl Write, known: &dyn Conversations) -> io::Result<()> {
        self.calls.read_on();
        for (bits, start) in std::mem::take(&mut self.shown).into_iter().zip((0_u64..).step_by(64)) {
            for number in (0..64).filter(|bit| bits >> bit & 1 == 1).map(|bit| start + bit) {
                match known.conversation(number) {
                    Some(conversation) => json::write_conversation(output, &conversation)?,
                    None => self.forgotten += 1,
                }
                if let Some(packets) = self.kept.remove(&number) {
                    let timeline = Timeline::of(&packets, self.calls.of(number, &packets).0);
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
        remarks.extend(self.calls.unmatched());
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
