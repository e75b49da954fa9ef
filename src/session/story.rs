//! The views of whole conversations: packets are kept until their conversation has ended, then it is drawn.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::calls::Calls;
use super::exports::bounds::CONVERSATIONS;
use super::following::Conversations;
use super::observed::Observed;
use super::settings::{Settings, View};
use crate::explain::{count, grouped};
use crate::flow::segment::Part;
use crate::flow::state::State;
use crate::frame::Time;
use crate::render::follow::{self, Assembler};
use crate::render::ladder::{Detail, Ladder, Story, side_by_side, text};
use crate::render::look::{Style, TextStyle};
use crate::timeline::{Seen, Timeline};

/// So many packets of a conversation are drawn unless all are wanted: the first ones and the last ones.
const FIRST: usize = 1_800;
const LAST: usize = 200;

/// So many packets are kept in all before conversations are drawn that have not ended.
const PACKETS: usize = 150_000;

/// So many bytes of text a conversation are kept, and with all wanted.
const TEXT: usize = 1 << 20;
const FULL_TEXT: usize = 64 << 20;

/// So many bytes of text are kept in all before conversations are written that have not ended.
const ALL_TEXT: usize = 128 << 20;

/// What comes after the end belongs to it too: calls that have not been written to their log yet, repetitions.
const SETTLE: Duration = Duration::from_millis(300);

/// Collects packets and draws conversations.
pub struct ConversationBuffer {
    view: View,
    only: Option<u64>,
    detail: Detail,
    beside: bool,
    /// Is it a capture under way, where time passes without packets?
    live: bool,
    calls: Calls,
    kept: BTreeMap<u64, Kept>,
    /// The numbers of those that have ended, in the order of their ends.
    ended: VecDeque<u64>,
    packets: usize,
    text: usize,
    first: Option<Time>,
    ladders: Vec<Ladder>,
    /// Conversations that are not drawn beside others, to bound the memory.
    not_beside: u64,
    /// Two ladders did not fit beside each other.
    narrow: bool,
    drawn: u64,
    unfinished: u64,
    late: u64,
    forgotten: u64,
}

/// A conversation that is not drawn yet.
struct Kept {
    first: Vec<Seen>,
    last: VecDeque<Seen>,
    left_out: u64,
    /// For the view that needs it.
    said: Option<Box<Assembler>>,
    ended: Option<Ended>,
}

/// When the last packet of an ended conversation came: by the capture's clock and by ours.
#[derive(Clone, Copy)]
struct Ended {
    captured: Option<Time>,
    at: Instant,
}

impl ConversationBuffer {
    /// For the views that tell of whole conversations; `None` for the others.
    #[must_use]
    pub fn new(settings: &Settings, calls: &Calls) -> Option<Self> {
        if settings.json || !matches!(settings.view, View::Ladder | View::Follow) {
            return None;
        }
        Some(Self {
            view: settings.view,
            only: settings.flow,
            detail: if settings.full { Detail::Full } else { Detail::Folded },
            beside: settings.side_by_side,
            live: settings.read.is_none(),
            calls: calls.clone(),
            kept: BTreeMap::new(),
            ended: VecDeque::new(),
            packets: 0,
            text: 0,
            first: None,
            ladders: Vec::new(),
            not_beside: 0,
            narrow: false,
            drawn: 0,
            unfinished: 0,
            late: 0,
            forgotten: 0,
        })
    }

    /// Takes a packet, or the datagram that it completes, and draws what can be drawn now.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn take(
        &mut self,
        output: &mut impl Write,
        look: &TextStyle,
        observed: &Observed<'_, '_>,
        known: &dyn Conversations,
    ) -> io::Result<()> {
        let time = observed.frame.time;
        self.first = self.first.or(time);
        observed.in_flow(|packet, step| {
            if let Some(step) = step.filter(|step| self.only.is_none_or(|only| only == step.conversation)) {
                let seen = Seen {
                    number: observed.number,
                    time,
                    flags: packet.tcp().map(|tcp| tcp.flags()),
                    step: *step,
                };
                self.keep(&seen, packet.payload().bytes);
            }
        });
        self.draw_ended(output, look, known, time)
    }

    fn keep(&mut self, seen: &Seen, data: &[u8]) {
        let number = seen.step.conversation;
        if !self.kept.contains_key(&number) && seen.step.place > 1 && self.drawn > 0 {
            self.late += 1;
            return;
        }
        let (full, follows) = (self.detail == Detail::Full, self.view == View::Follow);
        let kept = self.kept.entry(number).or_insert_with(|| Kept {
            // Most conversations are short.
            first: Vec::with_capacity(if follows { 0 } else { 2 }),
            last: VecDeque::new(),
            left_out: 0,
            said: follows.then(|| Box::new(Assembler::new(if full { FULL_TEXT } else { TEXT }))),
            ended: None,
        });
        if let Some(segment) = seen.step.segment() {
            let is_over = |state| matches!(state, State::Closed | State::TimeWait);
            let over = is_over(segment.client.after.state) && is_over(segment.server.after.state);
            let over = over && !matches!(segment.part, Part::Syn) || matches!(segment.part, Part::Reset(_));
            if over && kept.ended.is_none() {
                kept.ended = Some(Ended {
                    captured: seen.time,
                    at: Instant::now(),
                });
                self.ended.push_back(number);
            }
        }
        if let Some(said) = &mut kept.said {
            let before = said.kept();
            said.add(&seen.step, data);
            self.text = self.text.saturating_add(said.kept()).saturating_sub(before);
            return;
        }
        self.packets += 1;
        if full || kept.first.len() < FIRST {
            kept.first.push(*seen);
            return;
        }
        kept.last.push_back(*seen);
        if kept.last.len() > LAST {
            kept.last.pop_front();
            kept.left_out += 1;
            self.packets -= 1;
        }
    }

    /// When the next ended conversation can be drawn, if one waits.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        if self.beside {
            return None;
        }
        let ended = self.first_ended()?.1;
        Some(SETTLE.saturating_sub(ended.at.elapsed()))
    }

    /// Is more kept than may be? A conversation takes memory too, besides its packets and its text.
    fn is_too_much(&self) -> bool {
        const AS_PACKETS: usize = 1;
        const AS_TEXT: usize = 1_000;
        let count = self.kept.len();
        self.packets + count * AS_PACKETS > PACKETS || self.text + count * AS_TEXT > ALL_TEXT
    }

    /// The conversation that ended first, of those not drawn.
    fn first_ended(&self) -> Option<(u64, Ended)> {
        let mut numbers = self.ended.iter();
        numbers.find_map(|number| Some((*number, self.kept.get(number)?.ended?)))
    }

    /// Draws what has ended and settled; to bound the memory, also what has not ended.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn draw_ended(
        &mut self,
        output: &mut impl Write,
        look: &TextStyle,
        known: &dyn Conversations,
        now: Option<Time>,
    ) -> io::Result<()> {
        if self.live && !self.beside {
            while let Some((number, _)) = self.first_ended().filter(|(_, ended)| ended.at.elapsed() >= SETTLE) {
                self.draw(output, look, known, number)?;
            }
        } else if !self.beside {
            // In the order of their numbers, so that two runs over one file look alike.
            let settled = |kept: &Kept| kept.ended.is_some_and(|ended| has_settled(ended, now));
            while let Some((&number, _)) = self.kept.first_key_value().filter(|(_, kept)| settled(kept)) {
                self.draw(output, look, known, number)?;
            }
        }
        while self.is_too_much() {
            let ended = self.first_ended().map(|(number, _)| number);
            self.unfinished += u64::from(ended.is_none());
            let Some(number) = ended.or_else(|| self.kept.first_key_value().map(|(&number, _)| number)) else {
                break;
            };
            self.draw(output, look, known, number)?;
        }
        Ok(())
    }

    /// Draws everything that is left.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(&mut self, output: &mut impl Write, look: &TextStyle, known: &dyn Conversations) -> io::Result<()> {
        while let Some((&number, _)) = self.kept.first_key_value() {
            self.draw(output, look, known, number)?;
        }
        if self.beside {
            // In plain style they are told one after the other, at any width.
            let is_drawn = look.style != Style::Plain;
            self.narrow = is_drawn && self.ladders.len() > 1 && side_by_side::capacity(look) < 2;
            side_by_side::write(output, look, &std::mem::take(&mut self.ladders))?;
        }
        if self.view == View::Ladder && self.drawn > 0 {
            text::legend(output, look)?;
        }
        Ok(())
    }

    fn draw(
        &mut self,
        output: &mut impl Write,
        look: &TextStyle,
        known: &dyn Conversations,
        number: u64,
    ) -> io::Result<()> {
        let Some(kept) = self.kept.remove(&number) else {
            return Ok(());
        };
        if self.ended.front() == Some(&number) {
            self.ended.pop_front();
        }
        while self.ended.front().is_some_and(|number| !self.kept.contains_key(number)) {
            self.ended.pop_front();
        }
        self.drawn += 1;
        self.packets = self.packets.saturating_sub(kept.first.len() + kept.last.len());
        self.text = self
            .text
            .saturating_sub(kept.said.as_ref().map_or(0, |said| said.kept()));
        if self.view == View::Follow {
            return match kept.said.and_then(|said| said.finish()) {
                Some(follow) => follow::text::write(output, look, &follow),
                None => Ok(()),
            };
        }
        let Some(conversation) = known.conversation(number) else {
            self.forgotten += 1;
            return Ok(());
        };
        self.calls.read_on();
        let left_out = (kept.left_out > 0).then_some((kept.first.len(), kept.left_out));
        let mut packets = kept.first;
        packets.extend(kept.last);
        let timeline = Timeline::of(&packets, self.calls.of(number, &packets).0);
        let story = Story {
            conversation: &conversation,
            packets: &packets,
            left_out,
            timeline: &timeline,
            has_log: self.calls.is_given(),
            capture_start: self.first,
        };
        let ladder = Ladder::of(&story, self.detail);
        if self.beside {
            // They are kept until all of them can be laid out.
            if self.ladders.len() < CONVERSATIONS {
                self.ladders.push(ladder);
            } else {
                self.not_beside += 1;
            }
            return Ok(());
        }
        text::write(output, look, &ladder)
    }

    /// What to say at the end.
    #[must_use]
    pub fn remarks(&mut self) -> Vec<String> {
        let mut remarks = self.calls.remarks();
        if self.only.is_none() {
            remarks.extend(self.calls.unmatched());
        }
        if self.not_beside > 0 {
            remarks.push(format!(
                "left out: {}; {} at most are drawn with --side-by-side; --flow N picks one by its number",
                count(self.not_beside, "more conversation"),
                grouped(CONVERSATIONS as u64)
            ));
        }
        if self.narrow {
            remarks.push(format!(
                "two ladders need {} columns to stand side by side; --width gives more",
                side_by_side::columns_for(2)
            ));
        }
        if self.drawn == 0 && self.only.is_none() {
            remarks.push("the capture has no TCP or UDP conversation; --view summary shows what there is".to_owned());
        }
        if self.unfinished > 0 {
            remarks.push(format!(
                "{} conversations were drawn before their end, to bound the memory",
                self.unfinished
            ));
        }
        if self.late > 0 {
            remarks.push(format!(
                "{} packets came after their conversation had been drawn",
                self.late
            ));
        }
        if self.forgotten > 0 {
            remarks.push(format!(
                "{} conversations were not drawn: there were too many at once to remember all",
                self.forgotten
            ));
        }
        remarks
    }
}

/// Has the capture gone on long enough since? Without times only its end tells.
fn has_settled(ended: Ended, now: Option<Time>) -> bool {
    const CAPTURED: i64 = 1_000_000_000;
    ended
        .captured
        .zip(now)
        .is_some_and(|(end, now)| now.0.saturating_sub(end.0) >= CAPTURED)
}
