//! The views of whole conversations: decides when a conversation has ended, and when it is drawn.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::calls::Calls;
use super::following::Conversations;
use super::observed::Observed;
use super::settings::Settings;
use crate::explain::count;
use crate::flow::segment::{Remark, SegmentPart};
use crate::flow::state::State;
use crate::frame::Time;
use crate::render::text_style::TextStyle;
use crate::render::view::{ConversationView, EndedConversation, ViewOf, ViewOptions};
use crate::timeline::PacketRef;

/// The time after the end of a conversation that still belongs to it: calls that are not in their log yet, retransmissions.
const SETTLE: Duration = Duration::from_millis(300);

/// Passes packets to a view, and makes it draw the conversations that have ended.
pub struct ConversationBuffer {
    view: Box<dyn ConversationView>,
    only: Option<u64>,
    /// Is it a capture under way, where time passes without packets?
    live: bool,
    calls: Calls,
    /// The conversations that are not drawn, and when they ended.
    kept: BTreeMap<u64, Option<EndTimes>>,
    /// The numbers of those that have ended, in the order of their ends.
    ended: VecDeque<u64>,
    first: Option<Time>,
    drawn: u64,
    unfinished: u64,
    late: u64,
    forgotten: u64,
}

/// When the last packet of an ended conversation came: by the capture's clock and by ours.
#[derive(Clone, Copy)]
struct EndTimes {
    captured: Option<Time>,
    at: Instant,
}

impl ConversationBuffer {
    /// For the views of whole conversations; `None` for the others.
    #[must_use]
    pub fn new(settings: &Settings, calls: &Calls) -> Option<Self> {
        let ViewOf::Conversations(new) = settings.view.of else {
            return None;
        };
        let options = ViewOptions {
            full: settings.full,
            bounded: !settings.full,
            side_by_side: settings.side_by_side,
        };
        (!settings.json).then(|| Self {
            view: new(&options),
            only: settings.flow,
            live: settings.read.is_none(),
            calls: calls.clone(),
            kept: BTreeMap::new(),
            ended: VecDeque::new(),
            first: None,
            drawn: 0,
            unfinished: 0,
            late: 0,
            forgotten: 0,
        })
    }

    /// Takes a packet, or the datagram that it completes, and draws the conversations that can be drawn now.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn take(
        &mut self,
        output: &mut impl Write,
        style: &TextStyle,
        observed: &Observed<'_, '_>,
        known: &dyn Conversations,
    ) -> io::Result<()> {
        let time = observed.frame.time;
        self.first = self.first.or(time);
        observed.with_in_flow(|packet, in_flow| {
            if let Some(in_flow) = in_flow.filter(|in_flow| self.only.is_none_or(|only| only == in_flow.conversation)) {
                let seen = PacketRef::of(observed.number, time, packet, in_flow);
                self.keep(&seen, packet.payload().bytes);
            }
        });
        self.draw_ended(output, style, known, time)
    }

    fn keep(&mut self, seen: &PacketRef, data: &[u8]) {
        let number = seen.in_flow.conversation;
        if !self.kept.contains_key(&number) && seen.in_flow.place > 1 && self.drawn > 0 {
            self.late += 1;
            return;
        }
        let ended = self.kept.entry(number).or_default();
        if ended.is_some() && goes_on(seen) {
            // A SYN after a refusal, data after a RST that was forged: it was not the end.
            *ended = None;
        }
        if ended.is_none() && is_over(seen) {
            *ended = Some(EndTimes {
                captured: seen.time,
                at: Instant::now(),
            });
            self.ended.push_back(number);
        }
        self.view.add(seen, data);
    }

    /// How long until the next ended conversation can be drawn, if one waits.
    #[must_use]
    pub fn until_next_draw(&self) -> Option<Duration> {
        if self.view.waits_for_all() {
            return None;
        }
        let ended = self.first_ended()?.1;
        Some(SETTLE.saturating_sub(ended.at.elapsed()))
    }

    /// The conversation that ended first, of those not drawn.
    fn first_ended(&self) -> Option<(u64, EndTimes)> {
        let mut numbers = self.ended.iter();
        numbers.find_map(|number| Some((*number, (*self.kept.get(number)?)?)))
    }

    /// Draws what has ended and settled; to bound the memory, also what has not ended.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn draw_ended(
        &mut self,
        output: &mut impl Write,
        style: &TextStyle,
        known: &dyn Conversations,
        now: Option<Time>,
    ) -> io::Result<()> {
        let waits = self.view.waits_for_all();
        if self.live && !waits {
            while let Some((number, _)) = self.first_ended().filter(|(_, ended)| ended.at.elapsed() >= SETTLE) {
                self.draw(output, style, known, number)?;
            }
        } else if !waits {
            // In the order of their numbers, so that two runs over one file look alike.
            let settled = |ended: Option<EndTimes>| ended.is_some_and(|ended| has_settled(ended, now));
            while let Some((&number, _)) = self.kept.first_key_value().filter(|(_, ended)| settled(**ended)) {
                self.draw(output, style, known, number)?;
            }
        }
        while self.view.is_too_much() {
            let ended = self.first_ended().map(|(number, _)| number);
            self.unfinished += u64::from(ended.is_none());
            let Some(number) = ended.or_else(|| self.kept.first_key_value().map(|(&number, _)| number)) else {
                break;
            };
            self.draw(output, style, known, number)?;
        }
        Ok(())
    }

    /// Draws everything that is left.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(&mut self, output: &mut impl Write, style: &TextStyle, known: &dyn Conversations) -> io::Result<()> {
        while let Some((&number, _)) = self.kept.first_key_value() {
            self.draw(output, style, known, number)?;
        }
        self.view.finish(output, style)
    }

    fn draw(
        &mut self,
        output: &mut impl Write,
        style: &TextStyle,
        known: &dyn Conversations,
        number: u64,
    ) -> io::Result<()> {
        self.kept.remove(&number);
        if self.ended.front() == Some(&number) {
            self.ended.pop_front();
        }
        while self.ended.front().is_some_and(|number| !self.kept.contains_key(number)) {
            self.ended.pop_front();
        }
        self.drawn += 1;
        let conversation = known.conversation(number);
        let ended = EndedConversation {
            number,
            conversation: conversation.as_ref(),
            calls: &|packets| {
                self.calls.read_on();
                self.calls.of(number, packets).0
            },
            has_log: self.calls.is_given(),
            capture_start: self.first,
        };
        let is_drawn = self.view.draw(output, style, &ended)?;
        self.forgotten += u64::from(!is_drawn);
        Ok(())
    }

    /// What to say at the end.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let mut remarks = self.calls.remarks();
        if self.only.is_none() {
            remarks.extend(self.calls.unmatched());
        }
        remarks.extend(self.view.remarks());
        if self.drawn == 0 && self.only.is_none() {
            remarks.push("the capture has no TCP or UDP conversation; --view summary shows what there is".to_owned());
        }
        if self.unfinished > 0 {
            remarks.push(format!(
                "drawn before the end, to bound the memory: {}",
                count(self.unfinished, "conversation")
            ));
        }
        if self.late > 0 {
            remarks.push(format!(
                "left out, because the conversation had been drawn: {}",
                count(self.late, "packet")
            ));
        }
        if self.forgotten > 0 {
            remarks.push(format!(
                "not drawn, because there were too many at once to remember all: {}",
                count(self.forgotten, "conversation")
            ));
        }
        remarks
    }
}

/// Have both ends finished with the connection after this segment?
fn is_over(seen: &PacketRef) -> bool {
    let Some(segment) = seen.in_flow.segment() else {
        return false;
    };
    let is_over = |state| matches!(state, State::Closed | State::TimeWait);
    let both = is_over(segment.client.after.when_received()) && is_over(segment.server.after.when_received());
    both && !matches!(segment.part, SegmentPart::Syn) || matches!(segment.part, SegmentPart::Reset(_))
}

/// Shows this segment that what came before was not the end?
fn goes_on(seen: &PacketRef) -> bool {
    seen.in_flow
        .segment()
        .is_some_and(|segment| segment.part == SegmentPart::Syn || segment.remarks.has(Remark::GoesOn))
}

/// Has enough time passed in the capture since then? In a capture without times, only its end shows it.
fn has_settled(ended: EndTimes, now: Option<Time>) -> bool {
    const CAPTURED: i64 = 1_000_000_000;
    ended
        .captured
        .zip(now)
        .is_some_and(|(end, now)| now.0.saturating_sub(end.0) >= CAPTURED)
}
