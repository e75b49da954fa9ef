//! Of segments that are sent and not yet acknowledged: what the other end shows to have arrived, and not to have arrived.

use super::{MOST, Outstanding, SentSegment, before};
use crate::flow::marks::Mark;
use crate::flow::packed_time::CurrentPacket;
use crate::flow::party::Party;

impl Outstanding {
    /// Divides the segment that reaches over this number: only a part of it is sent again, because the other options in its header are
    /// longer now or the path takes less, and what is known of both parts differs from now on.
    pub(super) fn cut(&mut self, sender: Party, at: u32) {
        // A SYN, which takes one number, stays with its data: that they were not taken shows by where the segment starts.
        let reaches_over =
            |sent: &SentSegment| sent.is_of(sender) && (2..sent.length).contains(&at.wrapping_sub(sent.start));
        if self.of(sender).count() >= MOST {
            return;
        }
        let Some(list) = &mut self.0 else { return };
        let Some(place) = list.iter().position(reaches_over) else {
            return;
        };
        let Some(first) = list.get_mut(place) else { return };
        let mut second = *first;
        first.length = at.wrapping_sub(first.start);
        second.length -= first.length;
        second.start = at;
        list.insert(place + 1, second);
    }

    /// The other end reports which numbers after `to` have arrived: each pair is the first and the one after the last (RFC 2018). Gives
    /// a packet that was sent again, and of which it shows now that it had not arrived.
    pub(in crate::flow) fn report(
        &mut self,
        sender: Party,
        now: CurrentPacket,
        to: u32,
        blocks: &[Option<(u32, u32)>],
    ) -> Option<u64> {
        let (mut missing, mut has_repeated) = (None, false);
        for sent in self.0.as_mut()?.iter_mut().filter(|sent| sent.is_of(sender)) {
            let end = sent.start.wrapping_add(sent.length);
            let from = if before(sent.start, to) { to } else { sent.start };
            // What lies below `to` arrived twice, and shows nothing here (RFC 2883).
            let mut above = blocks
                .iter()
                .flatten()
                .filter(|(left, _)| !before(*left, to))
                .peekable();
            above.peek()?;
            let (mut has_first, mut has_later) = (false, false);
            for &(left, right) in above {
                if !before(from, left) && !before(right, end) {
                    sent.marks.add(Mark::Reported);
                } else if before(left, end) && before(from, right) {
                    sent.marks.add(Mark::PartlyReported);
                }
                has_first |= !before(from, left) && before(from, right);
                has_later |= before(from, left);
            }
            if has_later && !has_first && !sent.marks.has(Mark::Reported) {
                if sent.marks.has(Mark::Repeated) && !sent.marks.has(Mark::Missing) {
                    missing = missing.or(Some(sent.packet.whole(now.number)));
                }
                sent.marks.add(Mark::Missing);
                has_repeated |= sent.marks.has(Mark::Repeated);
            }
        }
        if has_repeated {
            self.miss_again(sender, now);
        }
        missing
    }

    /// What was sent again and is missing still, though something that was sent after that has been reported.
    fn miss_again(&mut self, sender: Party, now: CurrentPacket) {
        // Of two transmissions it was the later one where the first had not arrived.
        let sent_last = |sent: &SentSegment| {
            let is_later = sent.marks.has(Mark::Repeated) && sent.marks.has(Mark::Missing);
            if is_later { sent.again } else { sent.packet }
        };
        let reported = self.of(sender).filter(|sent| sent.marks.has(Mark::Reported));
        let reported = reported.map(|sent| sent_last(sent).whole(now.number));
        let Some(latest) = reported.max() else { return };
        for sent in self.0.iter_mut().flat_map(|list| list.iter_mut()) {
            let is_missing = sent.marks.has(Mark::Repeated) && sent.marks.has(Mark::Missing);
            if is_missing
                && sent.is_of(sender)
                && !sent.marks.has(Mark::Reported)
                && sent.again.whole(now.number) < latest
            {
                sent.marks.add(Mark::MissingAgain);
            }
        }
    }

    /// The other end sent a duplicate acknowledgment: one of these segments arrived before its turn, or something arrived again.
    pub(in crate::flow) fn ask(&mut self, sender: Party) {
        let all = self.0.iter_mut().flat_map(|list| list.iter_mut());
        for sent in all.filter(|sent| sent.is_of(sender)) {
            sent.marks.add(Mark::Asked);
        }
    }

    /// This sender's segment that starts here had not arrived when the other end sent something. Gives its packet if it was sent again
    /// before.
    pub(in crate::flow) fn miss(&mut self, sender: Party, now: CurrentPacket, start: u32) -> Option<u64> {
        let is_it = |sent: &&mut SentSegment| sent.is_of(sender) && sent.start == start;
        let sent = self.0.as_mut()?.iter_mut().find(is_it)?;
        let is_news = sent.marks.has(Mark::Repeated) && !sent.marks.has(Mark::Missing);
        sent.marks.add(Mark::Missing);
        is_news.then(|| sent.packet.whole(now.number))
    }
}
