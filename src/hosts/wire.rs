//! The wire: a thread that takes the frames of each host and, after what the rules say, gives them to the other.

mod beyond;
mod clock;
mod link;
mod on_the_way;
mod reckoning;
mod sampler;
mod source;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::fd::AsFd as _;
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::prctl;
use nix::sys::time::TimeSpec;
use smallvec::{SmallVec, smallvec};

use self::beyond::Beyond;
use self::clock::now;
use self::link::{Link, Room};
use self::on_the_way::{OnTheWay, corrupt, write};
use self::reckoning::Reckoning;
use self::sampler::Sampler;
use self::source::Source;
use super::host::Host;
use super::record::{Arrival, Fate, FrameRecord, WireRecord};
use super::router::Router;
use super::rules::{Copy, RuleState, Rules};
use crate::flow::Party;
use crate::os::cancel::CancelToken;
use crate::os::interface_setup::lost_frames;
use crate::os::poll::Cancellation as _;

/// A wire that carries frames.
#[derive(Debug)]
pub struct Wire {
    thread: JoinHandle<io::Result<WireRecord>>,
    over: CancelToken,
}

impl Wire {
    /// Connects the client's host to the server's.
    ///
    /// # Errors
    /// The system gives no more threads or files.
    pub fn between(client: &Host, server: &Host, rules: Rules, seed: u64) -> io::Result<Self> {
        let taps = [client.tap.try_clone()?, server.tap.try_clone()?];
        Self::start(Carrier::new(taps, None, Sampler::of(client, server)?, rules, seed))
    }

    /// Connects the two by a wire that hands over each frame, and asks no kernel what it knows.
    ///
    /// # Errors
    /// As [`Self::between`].
    pub fn plain(client: &Host, server: &Host) -> io::Result<Self> {
        let taps = [client.tap.try_clone()?, server.tap.try_clone()?];
        Self::start(Carrier::new(taps, None, Sampler::default(), Rules::default(), 0))
    }

    /// Connects the client's host to a router, by a wire with these rules, and that one to the server's, by a cable that does
    /// nothing.
    ///
    /// # Errors
    /// As [`Self::between`].
    pub fn over(router: &Router, client: &Host, server: &Host, rules: Rules, seed: u64) -> io::Result<Self> {
        let taps = [client.tap.try_clone()?, router.near.try_clone()?];
        let beyond = Beyond::new(router.far.try_clone()?, server.tap.try_clone()?);
        let sampler = Sampler::of(client, server)?;
        Self::start(Carrier::new(taps, Some(beyond), sampler, rules, seed))
    }

    fn start(carrier: Carrier) -> io::Result<Self> {
        let over = CancelToken::new()?;
        let until = over.clone();
        let thread = Builder::new()
            .name("wire".into())
            .spawn(move || carrier.carry(&until))?;
        Ok(Self { thread, over })
    }

    /// Ends it, and returns what was done to each frame.
    ///
    /// # Errors
    /// A host's interface failed meanwhile.
    pub fn finish(self) -> io::Result<WireRecord> {
        self.over.request();
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the wire ended by a mistake of this program's")))
    }
}

/// The client's side comes first, in every pair.
const PARTIES: [Party; 2] = [Party::Client, Party::Server];

/// The longest frame that is read, in bytes: an Ethernet header and the longest IP packet.
const LONGEST: usize = 14 + 65_535;

/// Frames that are taken from one host before the other is looked at.
const IN_A_ROW: usize = 64;

/// Frames that have a record of their own; the rest are counted. A record has about 200 bytes.
const MOST_RECORDS: usize = 1_000_000;

struct Carrier {
    /// The ends of the wire: the client, and the server or the router.
    taps: [File; 2],
    beyond: Option<Beyond>,
    links: [Link; 2],
    rules: Rules,
    state: RuleState,
    reckoning: Reckoning,
    on_the_way: BinaryHeap<Reverse<OnTheWay>>,
    /// Memory of frames that have arrived, for the next ones.
    spare: Vec<Vec<u8>>,
    /// How many frames have entered the wire.
    order: u64,
    arrived: [u64; 2],
    record: WireRecord,
    sampler: Sampler,
}

impl Carrier {
    fn new(taps: [File; 2], beyond: Option<Beyond>, sampler: Sampler, rules: Rules, seed: u64) -> Self {
        Self {
            taps,
            beyond,
            links: PARTIES.map(|from| Link::of(&rules, from, seed)),
            state: RuleState::new(rules.clone(), seed),
            reckoning: Reckoning::of(&rules),
            rules,
            on_the_way: BinaryHeap::new(),
            spare: Vec::new(),
            order: 0,
            arrived: [0; 2],
            record: WireRecord::default(),
            sampler,
        }
    }

    fn carry(mut self, over: &CancelToken) -> io::Result<WireRecord> {
        // Without this, waiting takes up to 50 microseconds longer than asked: prctl(2), PR_SET_TIMERSLACK. Where it fails, it does.
        let _ = prctl::set_timerslack(1);
        let mut room = vec![0; LONGEST];
        while !over.requested() {
            let ready = self.wait(over)?;
            self.deliver(&mut room)?;
            for (source, is_ready) in Source::ALL.into_iter().zip(ready) {
                if is_ready {
                    self.read_from(source, &mut room)?;
                }
            }
        }
        // A TAP device has a queue of its own; a packet socket can be full.
        let ends = Source::ALL.into_iter().filter_map(|source| self.tap(source));
        self.record.left_out += ends.map(lost_frames).sum::<u64>();
        self.record.unused = self.state.unused();
        self.record.rules = self.rules.rules.iter().map(|rule| rule.text.clone()).collect();
        (self.record.samples, self.record.samples_left_out) = (self.sampler.samples, self.sampler.left_out);
        Ok(self.record)
    }

    /// Takes what this end has sent.
    fn read_from(&mut self, source: Source, room: &mut [u8]) -> io::Result<()> {
        for _ in 0..IN_A_ROW {
            match self.tap(source).map(|mut tap| tap.read(room)) {
                Some(Ok(length)) => self.sent_by(source, room.get(..length).unwrap_or_default())?,
                Some(Err(error)) if error.kind() == ErrorKind::WouldBlock => break,
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
                Some(Err(error)) => return Err(error),
                None => break,
            }
        }
        Ok(())
    }

    /// Waits for a frame, for the time at which one has to arrive, or for the end. Who has sent something?
    fn wait(&self, over: &CancelToken) -> io::Result<[bool; 4]> {
        let mut watched: SmallVec<[PollFd<'_>; 5]> = smallvec![PollFd::new(over.descriptor(), PollFlags::POLLIN)];
        let taps = Source::ALL.iter().filter_map(|source| self.tap(*source));
        watched.extend(taps.map(|tap| PollFd::new(tap.as_fd(), PollFlags::POLLIN)));
        let next = self.on_the_way.peek().map(|Reverse(next)| next.due);
        let time = next.map(|due| TimeSpec::from(due.saturating_duration_since(Instant::now())));
        match ppoll(&mut watched, time, None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut ready = [false; 4];
        for (is_ready, one) in ready.iter_mut().zip(watched.iter().skip(1)) {
            *is_ready = one.any().unwrap_or(false);
        }
        Ok(ready)
    }

    const fn tap(&self, source: Source) -> Option<&File> {
        let [client, near] = &self.taps;
        match (source, &self.beyond) {
            (Source::Client, _) => Some(client),
            (Source::OtherEnd, _) => Some(near),
            (Source::RouterBeyond, Some(beyond)) => Some(&beyond.router),
            (Source::ServerBeyond, Some(beyond)) => Some(&beyond.server),
            (_, None) => None,
        }
    }

    fn sent_by(&mut self, source: Source, frame: &[u8]) -> io::Result<()> {
        let sender = match (source, &mut self.beyond) {
            (Source::Client, _) => {
                let number = self.record.count(Party::Client);
                self.take(0, frame, Some(number))?;
                Party::Client
            }
            (Source::OtherEnd, Some(beyond)) => {
                let number = beyond.server_leaves(frame);
                return self.take(1, frame, number);
            }
            (Source::OtherEnd, None) => {
                let number = self.record.count(Party::Server);
                self.take(1, frame, Some(number))?;
                Party::Server
            }
            (Source::RouterBeyond, Some(_)) => return self.reach_server(frame),
            (Source::ServerBeyond, Some(beyond)) => {
                beyond.server_enters(frame);
                write(&beyond.router, frame)?;
                Party::Server
            }
            (_, None) => return Ok(()),
        };
        // Afterwards, so that the frame does not wait for it.
        self.sampler.after_sending(sender, frame);
        Ok(())
    }

    /// A frame from the router reaches the server.
    fn reach_server(&mut self, frame: &[u8]) -> io::Result<()> {
        let Some(beyond) = &mut self.beyond else {
            return Ok(());
        };
        let arrived_at = now();
        write(&beyond.server, frame)?;
        let known = beyond.client_leaves(frame);
        // What the router itself sends to the server is not in the record.
        self.record.left_out += u64::from(known.is_none());
        let (record, changed) = known.unwrap_or_default();
        self.arrived(1, record, arrived_at, changed);
        self.sampler.after_arrival(Party::Server, frame);
        Ok(())
    }

    /// Lets the frames arrive whose time has come. What a kernel answers at once is taken before the next one arrives: so it is an
    /// answer to this one, also when the wire is late and has several to hand over.
    fn deliver(&mut self, room: &mut [u8]) -> io::Result<()> {
        while let Some(Reverse(next)) = self.on_the_way.peek() {
            if next.due > Instant::now() {
                break;
            }
            let Some(Reverse(mut frame)) = self.on_the_way.pop() else {
                break;
            };
            if frame.corrupted {
                corrupt(&mut frame.bytes);
            }
            self.reckoning.arrives(frame.to, frame.due);
            self.arrive(frame.to, &frame.bytes, frame.record, frame.corrupted)?;
            self.spare.push(frame.bytes);
            for source in Source::answering(frame.to) {
                self.read_from(*source, room)?;
            }
        }
        Ok(())
    }

    /// Takes a frame from an end of the wire. Its number among those that the host there has sent; `None`: the router has made it.
    fn take(&mut self, from: usize, frame: &[u8], number: Option<u64>) -> io::Result<()> {
        let (now, taken_at) = (self.reckoning.sent(from), now());
        let party = PARTIES.get(from).copied().unwrap_or(Party::Client);
        let decision = self.state.decide(party, frame);
        let fate = if decision.copies.is_empty() {
            Fate::LostByRule
        } else {
            Fate::OnTheWay
        };
        let index = self.record.frames.len();
        let record = (index < MOST_RECORDS).then_some(index);
        if record.is_some() {
            self.record.frames.push(FrameRecord {
                from: party,
                number,
                is: decision.seen,
                length: frame.len(),
                taken: taken_at,
                fate,
                rules: decision.applied,
                arrivals: Vec::new(),
            });
        } else {
            self.record.left_out += 1;
        }
        for copy in decision.copies {
            self.send(from, frame, copy, record, now)?;
        }
        Ok(())
    }

    /// Puts a copy on the wire.
    fn send(&mut self, from: usize, frame: &[u8], copy: Copy, record: Option<usize>, now: Instant) -> io::Result<()> {
        let Some(link) = self.links.get_mut(from) else {
            return Ok(());
        };
        let due = match link.enter(frame.len(), now, copy) {
            Ok(due) => due,
            Err(room) => {
                let fate = match room {
                    Room::None => Fate::QueueFull,
                    Room::TooSmall => Fate::TooLong,
                };
                self.lost(record, fate);
                return Ok(());
            }
        };
        let to = 1 - from;
        if due == now && self.on_the_way.is_empty() && !copy.corrupted {
            return self.arrive(to, frame, record, false);
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.extend_from_slice(frame);
        self.order += 1;
        self.on_the_way.push(Reverse(OnTheWay {
            due,
            order: self.order,
            to,
            record,
            corrupted: copy.corrupted,
            bytes,
        }));
        Ok(())
    }

    fn lost(&mut self, record: Option<usize>, fate: Fate) {
        if let Some(record) = record.and_then(|index| self.record.frames.get_mut(index)) {
            // Another copy may have arrived.
            if record.fate == Fate::OnTheWay {
                record.fate = fate;
            }
        }
    }

    fn arrive(&mut self, to: usize, frame: &[u8], record: Option<usize>, corrupted: bool) -> io::Result<()> {
        let Some(tap) = self.taps.get(to) else {
            return Ok(());
        };
        let arrived_at = now();
        write(tap, frame)?;
        match &mut self.beyond {
            Some(beyond) if to == 1 => {
                beyond.client_enters(frame, record, corrupted);
                self.lost(record, Fate::NotForwarded);
            }
            _ => {
                self.arrived(to, record, arrived_at, corrupted);
                let host = PARTIES.get(to).copied().unwrap_or(Party::Client);
                self.sampler.after_arrival(host, frame);
            }
        }
        Ok(())
    }

    /// A frame has arrived at a host.
    fn arrived(&mut self, to: usize, record: Option<usize>, time: i64, changed: bool) {
        let order = self.arrived.get_mut(to).map_or(0, |count| {
            *count += 1;
            *count
        });
        if let Some(record) = record.and_then(|index| self.record.frames.get_mut(index)) {
            record.fate = Fate::Passed;
            record.arrivals.push(Arrival { time, order, changed });
        }
    }
}
