//! Discrete events: both ends, their programs, and the path between them, in simulated time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::random::Random;
use super::endpoint::{Endpoint, Offers};
use super::path::Path;
use super::program::{Action, Programs};
use super::stack::{MS, Stack};
use super::truth::Segment;

/// Longer than any exchange takes, in nanoseconds.
const LONGEST: i64 = 120_000 * MS;
/// Most segments of one exchange: what repeats itself forever is cut there.
const MOST: usize = 600;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A segment passes the point of capture: which one.
    Passes(usize),
    /// It arrives.
    Arrives(usize),
    /// A program goes on.
    Program(usize),
    /// The slow program reads.
    Reads(usize),
}

/// An end's state since a time.
pub(crate) type History = Vec<(i64, &'static str)>;

/// What happened.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) segments: Vec<Segment>,
    /// When each was sent.
    pub(crate) sent_at: Vec<i64>,
    /// When each first arrived, if it did.
    pub(crate) arrived_at: Vec<Option<i64>>,
    /// Which segments passed the point of capture, in order.
    pub(crate) passed: Vec<(i64, usize)>,
    /// Of both ends.
    pub(crate) history: [History; 2],
    pub(crate) starts: [u32; 2],
    pub(crate) stacks: [Stack; 2],
    pub(crate) offers: Offers,
}

struct Runner {
    ends: [Endpoint; 2],
    events: BinaryHeap<Reverse<(i64, u64, Event)>>,
    count: u64,
    path: Path,
    actions: [Vec<Action>; 2],
    at: [usize; 2],
    /// Until when a program waits.
    until: [Option<i64>; 2],
    world: World,
}

/// Lets the programs talk.
pub(crate) fn run(programs: &Programs, stacks: [Stack; 2], path: Path, random: &mut Random) -> World {
    let [client, server] = &stacks;
    let offers = Offers {
        stamps: client.tick.is_some() && server.tick.is_some(),
        sack: client.sack && server.sack,
        scale: client.shift.is_some() && server.shift.is_some(),
        mss: client.mss.min(server.mss)
            - if client.tick.is_some() && server.tick.is_some() {
                12
            } else {
                0
            },
    };
    let starts = [(); 2].map(|()| u32::try_from(random.below(1 << 32)).unwrap());
    let ends = [0, 1].map(|end: usize| {
        let own = Random::of(random.below(u64::MAX));
        let mut one = Endpoint::new(end, stacks[end].clone(), offers, programs.listens, own);
        one.keep_alive = programs.keep_alive[end];
        one.reads_slowly = end == 1 && programs.reads.0 > 0;
        one
    });
    let mut runner = Runner {
        ends,
        events: BinaryHeap::new(),
        count: 0,
        path,
        actions: programs.actions.clone(),
        at: [0; 2],
        until: [None; 2],
        world: World {
            segments: Vec::new(),
            sent_at: Vec::new(),
            arrived_at: Vec::new(),
            passed: Vec::new(),
            history: [
                vec![(0, "CLOSED")],
                vec![(0, if programs.listens { "LISTEN" } else { "CLOSED" })],
            ],
            starts,
            stacks,
            offers,
        },
    };
    if programs.reads.0 > 0 {
        runner.add(programs.reads.1, Event::Reads(1));
    }
    runner.ends[0].connect(0);
    runner.settle(0, random);
    while let Some(now) = runner.next_time().filter(|now| *now < LONGEST) {
        if runner.world.segments.len() > MOST {
            break;
        }
        runner.step(now, programs);
        runner.settle(now, random);
    }
    runner.world
}

impl Runner {
    fn add(&mut self, time: i64, event: Event) {
        self.count += 1;
        self.events.push(Reverse((time, self.count, event)));
    }

    fn next_time(&self) -> Option<i64> {
        let event = self.events.peek().map(|Reverse((time, ..))| *time);
        let timers = self.ends.iter().filter_map(Endpoint::due);
        event.into_iter().chain(timers).min()
    }

    fn step(&mut self, now: i64, programs: &Programs) {
        if let Some(end) = self.ends.iter_mut().find(|end| end.due().is_some_and(|due| due <= now)) {
            return end.tick(now);
        }
        let Some(Reverse((_, _, event))) = self.events.pop() else {
            return;
        };
        match event {
            Event::Passes(index) => self.world.passed.push((now, index)),
            Event::Arrives(index) => {
                self.world.arrived_at[index].get_or_insert(now);
                let segment = self.world.segments[index].clone();
                self.ends[1 - segment.from].receive(&segment, now);
            }
            Event::Program(_) => {}
            Event::Reads(end) => {
                self.ends[end].take(programs.reads.0, now);
                if now < LONGEST / 2 {
                    self.add(now + programs.reads.1, Event::Reads(end));
                }
            }
        }
    }

    /// Lets the programs go on as far as they can, and sends what the ends have to send.
    fn settle(&mut self, now: i64, random: &mut Random) {
        for end in [0, 1] {
            while self.goes_on(end, now) {
                self.at[end] += 1;
            }
            let sent: Vec<Segment> = self.ends[end].output.drain(..).collect();
            let reaction = self.ends[end].stack.reaction;
            for segment in sent {
                let index = self.world.segments.len();
                self.world.segments.push(segment);
                self.world.sent_at.push(now);
                self.world.arrived_at.push(None);
                for frame in self.path.send(end, now + reaction, random) {
                    if let Some(passes) = frame.passes {
                        self.add(passes, Event::Passes(index));
                    }
                    if let Some(arrives) = frame.arrives {
                        self.add(arrives, Event::Arrives(index));
                    }
                }
            }
            let state = self.ends[end].state;
            if self.world.history[end].last().is_some_and(|(_, last)| *last != state) {
                self.world.history[end].push((now, state));
            }
        }
    }

    /// Performs the next step of a program, if it can.
    fn goes_on(&mut self, end: usize, now: i64) -> bool {
        let Some(&action) = self.actions[end].get(self.at[end]) else {
            return false;
        };
        let one = &mut self.ends[end];
        if !one.is_open() && !one.broken || one.state == "SYN-SENT" {
            return false;
        }
        if one.broken {
            return false;
        }
        match action {
            Action::Wait(time) => {
                let Some(until) = self.until[end] else {
                    self.until[end] = Some(now + time);
                    self.add(now + time, Event::Program(end));
                    return time == 0;
                };
                if now < until {
                    return false;
                }
                self.until[end] = None;
            }
            Action::Send(bytes) => one.hand_over(bytes, now),
            Action::Read(bytes) if one.read < bytes => return false,
            Action::ReadAll if !one.has_read_fin() || one.read < one.arrived() => return false,
            Action::Read(_) | Action::ReadAll => {}
            Action::Shut => one.close(false, now),
            Action::Close => one.close(true, now),
            Action::Abort => one.abort(now),
        }
        if action == Action::Wait(0) {
            self.until[end] = None;
        }
        true
    }
}
