//! The point of capture: what it records of what passes, and with which times.

use std::path::Path as FilePath;

use super::super::random::Random;
use super::bytes::{Link, frame};
use super::path::Place;
use super::stack::MS;
use super::world::World;

/// What is special about a capture.
#[derive(Debug, Clone)]
pub(crate) struct CapturePoint {
    pub(crate) place: Place,
    link: Link,
    /// Each packet from two interfaces, with so many nanoseconds between them.
    twice: Option<i64>,
    /// Only what this end sends.
    pub(crate) only: Option<usize>,
    /// It begins after so many frames.
    pub(crate) late: usize,
    /// Per cent of the frames that it loses.
    pub(crate) loses: u64,
    snaplen: usize,
    /// The clock is set after so many frames, by so many nanoseconds.
    pub(crate) jump: Option<(usize, i64)>,
}

/// A captured frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Captured {
    /// The true time.
    pub(crate) time: i64,
    /// The segment.
    pub(crate) of: usize,
    /// Was it captured from a second interface?
    pub(crate) second: bool,
}

impl CapturePoint {
    pub(crate) fn of(random: &mut Random) -> Self {
        let place = random.one(&[Place::Client, Place::Middle, Place::Middle, Place::Server]);
        let plain = Self {
            place,
            link: Link::Ethernet,
            twice: None,
            only: None,
            late: 0,
            loses: 0,
            snaplen: 65_535,
            jump: None,
        };
        let some = usize::try_from(3 + random.below(25)).unwrap();
        match random.below(9) {
            0 => Self {
                only: Some(usize::try_from(random.below(2)).unwrap()),
                ..plain
            },
            1 => Self { late: some, ..plain },
            2 => Self {
                loses: random.one(&[3, 10, 25]),
                ..plain
            },
            3 => Self { snaplen: 96, ..plain },
            4 => {
                let by = random.one(&[-3_600_000, -2000, -30, -2, 2, 300, 2000, 3_600_000]);
                Self {
                    jump: Some((some, by * MS)),
                    ..plain
                }
            }
            5 | 6 => Self {
                link: random.one(&[Link::Cooked, Link::Ethernet]),
                twice: Some(random.one(&[1000, 8000, 60_000])),
                ..plain
            },
            _ => plain,
        }
    }

    /// Does it show every frame that passes, once?
    pub(crate) const fn is_whole(&self) -> bool {
        self.only.is_none() && self.late == 0 && self.loses == 0
    }

    /// What is special, in a word.
    pub(crate) fn special(&self) -> String {
        let Self {
            link,
            twice,
            only,
            late,
            loses,
            snaplen,
            jump,
            ..
        } = self;
        match (twice, only, jump) {
            (Some(after), ..) => format!("twice on {link:?} after {after} ns"),
            (_, Some(only), _) => format!("only {}", ["client", "server"][*only]),
            (.., Some((after, by))) => format!("clock {by} ns after {after}"),
            _ => format!("late {late} loses {loses} snaplen {snaplen}"),
        }
    }

    /// What it records.
    pub(crate) fn record(&self, world: &World, random: &mut Random) -> Vec<Captured> {
        let mut frames = Vec::new();
        for (nth, &(time, of)) in world.passed.iter().enumerate() {
            let is_other = self.only.is_some_and(|only| world.segments[of].from != only);
            if nth < self.late || is_other {
                continue;
            }
            for second in [false, true] {
                if second && self.twice.is_none() || random.chance(self.loses) {
                    continue;
                }
                let later = self.twice.filter(|_| second).unwrap_or(0);
                frames.push(Captured {
                    time: time + later,
                    of,
                    second,
                });
            }
        }
        frames.sort_by_key(|frame| frame.time);
        frames
    }

    /// Writes them as pcap with nanoseconds. <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html>
    pub(crate) fn write(&self, world: &World, captured: &[Captured], to: &FilePath) {
        const BEGAN: i64 = 1_700_000_000_000_000_000;
        let mut file = Vec::new();
        file.extend(0xa1b2_3c4d_u32.to_le_bytes());
        file.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.extend(u32::try_from(self.snaplen).unwrap().to_le_bytes());
        file.extend(self.link.number().to_le_bytes());
        for (nth, one) in captured.iter().enumerate() {
            let jump = self.jump.filter(|(after, _)| nth >= *after).map_or(0, |(_, by)| by);
            let time = BEGAN + one.time + jump;
            let bytes = frame(world, one, self.link);
            let kept = &bytes[..bytes.len().min(self.snaplen)];
            for number in [time / 1_000_000_000, time % 1_000_000_000] {
                file.extend(u32::try_from(number).unwrap().to_le_bytes());
            }
            for length in [kept.len(), bytes.len()] {
                file.extend(u32::try_from(length).unwrap().to_le_bytes());
            }
            file.extend(kept);
        }
        std::fs::write(to, file).unwrap();
    }
}
