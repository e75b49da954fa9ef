//! The datagrams between two sockets.

use smallvec::SmallVec;

use super::content::Content;
use super::conversation::Exchange;
use super::datagram::{COPY, Candidates, Datagram, DatagramPart, Evidence, Reply};
use super::packed_time::{CurrentPacket, PackedTime, PacketNumber};
use super::party::Party;
use super::round_trips::RoundTrips;
use super::sent_datagram::{DatagramId, Fate, NewDatagram, SentDatagram};

/// Most requests that are remembered; beyond that the oldest are given up.
pub(super) const MOST: usize = 64;
/// Most requests that are remembered though they have their reply: another reply may come, or a copy.
const SETTLED: usize = 4;
/// A pause before the latest request that is long where no round trip was measured, in nanoseconds.
const LONG_PAUSE: i64 = 100_000_000;
/// Below this, in nanoseconds, round trips vary more by what the machine does than by the path.
const SHORT_TRIP: u64 = 1_000_000;

/// Mostly no more requests than these are remembered at once.
const FEW: usize = 8;

/// Places of requests that are remembered.
type Places = SmallVec<[usize; FEW]>;

/// A conversation of UDP.
#[derive(Debug, Default)]
pub(super) struct Udp {
    /// Requests, the oldest first. No memory of its own when there is none.
    remembered: Vec<SentDatagram>,
    /// The last datagram of the server.
    reply: Option<SentDatagram>,
    /// Number of the last packet.
    last: u64,
    requests: u64,
    answered: u64,
    refused: u64,
    /// Requests without a reply that the bound took off the list.
    given_up: u64,
    /// Replies to one of the requests that are [`Fate::Undecided`].
    undecided: u32,
    round_trips: Option<Box<RoundTrips>>,
    /// Copies of what the client sent, and of what the server sent.
    copies: [u64; 2],
    /// Requests that were answered from another address or port.
    elsewhere: Vec<u64>,
    /// A datagram of which only the first fragment has come: who sent it, what identifies it, and its part.
    fragment: Option<(Party, DatagramId, DatagramPart)>,
}

impl Udp {
    /// What a datagram does.
    pub(super) fn follow(&mut self, sender: Party, now: CurrentPacket, new: NewDatagram<'_>) -> Datagram {
        let sent = SentDatagram {
            time: now.time,
            packet: PacketNumber::new(now.number),
            id: new.id,
            content: new.content,
            fate: Fate::Waiting,
        };
        self.last = now.number;
        self.fragment = None;
        let part = match (self.copied(sender, sent, now), sender) {
            (Some(of), _) => DatagramPart::Copy { of },
            (None, Party::Client) => self.ask(sent, now),
            (None, Party::Server) => self.answer(sent, now, new),
        };
        if let DatagramPart::Copy { .. } = part {
            let [client, server] = &mut self.copies;
            *if sender == Party::Client { client } else { server } += 1;
        }
        Datagram {
            length: new.length,
            part,
        }
    }

    /// Takes note that this datagram came as a fragment: the whole one may come later.
    pub(super) const fn is_fragment(&mut self, sender: Party, id: DatagramId, datagram: Datagram) {
        self.fragment = Some((sender, id, datagram.part));
    }

    /// The part of a datagram that was put together from fragments, the first of which has been counted. Now its data are known.
    pub(super) fn whole(&mut self, sender: Party, new: NewDatagram<'_>) -> Option<DatagramPart> {
        let (from, fragment, part) = self.fragment?;
        if from != sender || fragment != new.id {
            return None;
        }
        self.fragment = None;
        if sender == Party::Client {
            if let Some(sent) = self.remembered.last_mut().filter(|sent| sent.id == new.id) {
                sent.content = new.content;
            }
        }
        Some(part)
    }

    /// The packet of which this one is a copy. Without an identification (0) a copy and a repetition look the same.
    fn copied(&self, sender: Party, sent: SentDatagram, now: CurrentPacket) -> Option<u64> {
        let earlier = match sender {
            Party::Client => self.remembered.last(),
            Party::Server => self.reply.as_ref(),
        }?;
        let is_copy = sent.id.identification != 0
            && sent.id == earlier.id
            && sent.content.is_same(earlier.content)
            && now.time.since(earlier.time).is_some_and(|after| after <= COPY);
        is_copy.then(|| earlier.packet.whole(now.number))
    }

    fn ask(&mut self, sent: SentDatagram, now: CurrentPacket) -> DatagramPart {
        let waits_with_same = |earlier: &&SentDatagram| earlier.fate.waits() && earlier.content.is_same(sent.content);
        let repeats = self.remembered.iter().rfind(waits_with_same);
        let repeats = repeats.map(|earlier| earlier.packet.whole(now.number));
        self.make_room();
        if self.remembered.capacity() == 0 {
            // Mostly there is one.
            self.remembered.reserve_exact(1);
        }
        self.remembered.push(sent);
        self.requests += 1;
        DatagramPart::Request {
            count: self.requests,
            repeats,
        }
    }

    /// Forgets the oldest request, if there are too many.
    fn make_room(&mut self) {
        if self.remembered.len() < MOST {
            return;
        }
        match self.remembered.remove(0).fate {
            // One reply fewer for those that are left.
            Fate::Undecided if self.undecided > 0 => self.undecided -= 1,
            Fate::Waiting | Fate::Undecided => self.given_up += 1,
            Fate::Doubtful | Fate::Answered | Fate::Refused => {}
        }
    }

    fn answer(&mut self, sent: SentDatagram, now: CurrentPacket, new: NewDatagram<'_>) -> DatagramPart {
        self.reply = Some(sent);
        let matching: SmallVec<[(usize, Evidence); FEW]> = self
            .remembered
            .iter()
            .enumerate()
            .filter_map(|(place, request)| Some((place, new.answers(request.content)?)))
            .collect();
        if let [(place, evidence)] = *matching.as_slice() {
            return self.reply_to(place, evidence, now);
        }
        let waits = |place: &usize| self.remembered.get(*place).is_some_and(|request| request.fate.waits());
        let same: Places = matching.iter().map(|&(place, _)| place).collect();
        let waiting: Places = if same.is_empty() {
            let is_possible = |place: &usize| {
                let request = self.remembered.get(*place);
                request.is_some_and(|request| !new.content.is_of_another(request.content))
            };
            (0..self.remembered.len()).filter(waits).filter(is_possible).collect()
        } else {
            same.iter().copied().filter(waits).collect()
        };
        match *waiting.as_slice() {
            [] if same.is_empty() => DatagramPart::Unasked,
            [place] if same.is_empty() || !self.is_too_early(place, now) => {
                self.reply_to(place, Evidence::OnlyWaiting, now)
            }
            // Another reply to one of these; or as soon as this no reply came before, so that it may be one.
            [] | [_] => self.second_reply(&same, now),
            [.., before, latest] if self.follows_a_pause(before, latest, now) => {
                self.reply_to(latest, Evidence::AfterPause, now)
            }
            _ => self.reply_to_one_of(&waiting, now),
        }
    }

    fn reply_to(&mut self, place: usize, evidence: Evidence, now: CurrentPacket) -> DatagramPart {
        let Some(request) = self.remembered.get_mut(place) else {
            return DatagramPart::Unasked;
        };
        let is_another = request.fate == Fate::Answered;
        let was_counted = matches!(request.fate, Fate::Answered | Fate::Doubtful);
        self.refused -= u64::from(request.fate == Fate::Refused);
        request.fate = Fate::Answered;
        let after = now.time.since(request.time);
        let reply = Reply {
            request: request.packet.whole(now.number),
            after,
            evidence,
            is_another,
        };
        self.answered += u64::from(!was_counted);
        if !is_another {
            if let Some(trip) = after.and_then(|after| u64::try_from(after).ok()) {
                match &mut self.round_trips {
                    Some(trips) => trips.add(trip),
                    None => self.round_trips = Some(Box::new(RoundTrips::of(trip))),
                }
            }
        }
        self.settle();
        DatagramPart::Reply(reply)
    }

    /// A reply to this request came from another address or port.
    pub(super) fn answer_from_elsewhere(&mut self, request: u64, now: CurrentPacket) {
        let is_it = |sent: &SentDatagram| sent.packet.whole(now.number) == request;
        let place = self.remembered.iter().position(is_it);
        if let Some(place) = place {
            self.reply_to(place, Evidence::ToAsker, now);
        }
        if self.elsewhere.len() < MOST && !self.elsewhere.contains(&request) {
            self.elsewhere.push(request);
        }
    }

    /// A reply with the text of several requests, of which one waits at most.
    fn second_reply(&mut self, places: &[usize], now: CurrentPacket) -> DatagramPart {
        for &place in places {
            if let Some(request) = self
                .remembered
                .get_mut(place)
                .filter(|request| request.fate == Fate::Waiting)
            {
                request.fate = Fate::Doubtful;
                self.answered += 1;
            }
        }
        let candidates = self.candidates(places, now);
        self.settle();
        candidates
    }

    fn reply_to_one_of(&mut self, places: &[usize], now: CurrentPacket) -> DatagramPart {
        let candidates = self.candidates(places, now);
        for &place in places {
            if let Some(request) = self.remembered.get_mut(place) {
                self.undecided += u32::from(request.fate == Fate::Doubtful);
                request.fate = Fate::Undecided;
            }
        }
        self.answered += 1;
        self.undecided += 1;
        self.settle();
        candidates
    }

    fn candidates(&self, places: &[usize], now: CurrentPacket) -> DatagramPart {
        let requests = places.iter().filter_map(|&place| self.remembered.get(place));
        let candidates = Candidates::of(requests.map(|request| request.packet.whole(now.number)));
        candidates.map_or(DatagramPart::Unasked, DatagramPart::ReplyToOneOf)
    }

    /// As many replies as requests that they may answer: each has its own, whichever it is. Then forgets the oldest that are settled.
    fn settle(&mut self) {
        let is_undecided = |request: &SentDatagram| request.fate == Fate::Undecided;
        let count = self.remembered.iter().filter(|request| is_undecided(request)).count();
        if self.undecided as usize >= count {
            for request in self.remembered.iter_mut().filter(|request| is_undecided(request)) {
                request.fate = Fate::Answered;
            }
            self.undecided = 0;
        }
        let settled = self.remembered.iter().filter(|request| !request.fate.waits()).count();
        let mut surplus = settled.saturating_sub(SETTLED);
        if surplus == 0 {
            return;
        }
        self.remembered.retain(|request| {
            let stays = request.fate.waits() || surplus == 0;
            surplus -= usize::from(!stays);
            stays
        });
    }

    /// Would the reply come much sooner than any before? Then this request may not be the one that it answers.
    fn is_too_early(&self, place: usize, now: CurrentPacket) -> bool {
        let after = self
            .remembered
            .get(place)
            .and_then(|request| now.time.since(request.time));
        let (Some(after), Some(trips)) = (after, &self.round_trips) else {
            return false;
        };
        trips.min >= SHORT_TRIP && after.unsigned_abs() < trips.min / 4
    }

    /// Was the latest request sent after a pause in which the reply to the one before would have come?
    fn follows_a_pause(&self, before: usize, latest: usize, now: CurrentPacket) -> bool {
        let time = |place: usize| self.remembered.get(place).map(|request| request.time);
        let (Some(before), Some(sent)) = (time(before), time(latest)) else {
            return false;
        };
        let (Some(pause), Some(after), Some(since_before)) =
            (sent.since(before), now.time.since(sent), now.time.since(before))
        else {
            return false;
        };
        if self.is_too_early(latest, now) {
            return false;
        }
        match &self.round_trips {
            Some(trips) => {
                let usual = trips.max.saturating_mul(2).saturating_add(10 * SHORT_TRIP);
                after.unsigned_abs() <= usual && since_before.unsigned_abs() > usual
            }
            None => pause >= LONG_PAUSE && pause / 2 >= after,
        }
    }

    /// The datagram of this party that an ICMP error is about. A request gets no reply then. `data` is the quoted data, where all of it
    /// is quoted; where two datagrams fit the quotation, it is unknown which one is meant.
    pub(super) fn find_quoted(
        &mut self,
        sender: Party,
        now: CurrentPacket,
        id: DatagramId,
        data: Option<&[u8]>,
    ) -> Option<(u64, PackedTime)> {
        self.last = now.number;
        if sender == Party::Server {
            let reply = self.reply.filter(|sent| sent.id == id)?;
            return Some((reply.packet.whole(now.number), reply.time));
        }
        let content = data.map_or(Content::UNKNOWN, Content::of);
        let mut fitting: Vec<&mut SentDatagram> = self.remembered.iter_mut().filter(|sent| sent.id == id).collect();
        if fitting.iter().any(|sent| sent.content.is_same(content)) {
            fitting.retain(|sent| sent.content.is_same(content));
        }
        if fitting.iter().any(|sent| sent.fate.waits()) {
            fitting.retain(|sent| sent.fate.waits());
        }
        let is_one = fitting.len() == 1;
        // Whichever it is of several: one fewer waits.
        let sent = fitting.into_iter().next()?;
        if sent.fate.waits() {
            sent.fate = Fate::Refused;
            self.refused += 1;
        }
        let found = (sent.packet.whole(now.number), sent.time);
        self.settle();
        is_one.then_some(found)
    }

    pub(super) fn exchange(&self) -> Exchange {
        let count = |fate: Fate| self.remembered.iter().filter(|request| request.fate == fate).count() as u64;
        let waiting = self.remembered.iter().filter(|request| request.fate == Fate::Waiting);
        Exchange {
            requests: self.requests,
            answered: self.answered,
            unanswered: count(Fate::Waiting)
                + count(Fate::Undecided).saturating_sub(self.undecided.into())
                + self.refused
                + self.given_up,
            refused: self.refused,
            waiting: waiting.map(|request| request.packet.whole(self.last)).collect(),
            elsewhere: self.elsewhere.clone(),
            round_trips: self.round_trips.as_deref().copied(),
            copies: self.copies,
        }
    }

    /// Has the client sent anything?
    pub(super) const fn is_asked(&self) -> bool {
        self.requests > 0
    }

    /// Has any request been answered?
    pub(super) const fn is_answered(&self) -> bool {
        self.answered > 0
    }
}
