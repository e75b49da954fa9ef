//! The conversations of a capture, followed frame by frame; fragments are put together before.

use crate::explain::packet;
use crate::flow::{Step, Tracker};
use crate::frame::Frame;
use crate::wire::reassembly::{Datagram, Losses, Outcome, Reassembler};
use crate::wire::{Packet, decode};

/// Follows the conversations of a capture.
#[derive(Debug)]
pub struct Follower {
    tracker: Tracker,
    reassembler: Reassembler,
}

/// What is known of a frame beyond its own bytes.
#[derive(Debug)]
pub struct Followed {
    /// What it does in its conversation; `None` for a fragment: its datagram is followed as a whole.
    pub step: Option<Step>,
    /// The datagram that it completes, and what that does.
    pub whole: Option<Whole>,
}

/// A datagram that was put together.
#[derive(Debug)]
pub struct Whole {
    /// The datagram as a frame without a link layer, at the time of its last fragment.
    pub frame: Frame<'static>,
    /// In how many fragments it came.
    pub fragments: usize,
    /// What it does in its conversation.
    pub step: Option<Step>,
}

impl Follower {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tracker: Tracker::new(),
            reassembler: Reassembler::new(),
        }
    }

    /// What is known of the conversations.
    #[must_use]
    pub const fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// Takes the next frame of the capture, which is to be shown.
    pub fn follow(&mut self, number: u64, frame: &Frame<'_>, packet: &Packet<'_>) -> Followed {
        let time = frame.time.map_or(0, |time| time.0);
        match self.reassembler.add(packet, time) {
            Outcome::NotAFragment => Followed {
                step: self.tracker.follow(number, frame.time, packet),
                whole: None,
            },
            Outcome::Whole(datagram) => Followed {
                step: None,
                whole: Some(self.whole(number, frame, datagram)),
            },
            Outcome::Waiting | Outcome::Repeated | Outcome::Dropped(_) => Followed {
                step: None,
                whole: None,
            },
        }
    }

    fn whole(&mut self, number: u64, last: &Frame<'_>, datagram: Datagram) -> Whole {
        let frame = Frame {
            link: datagram.link,
            original_length: u32::try_from(datagram.bytes.len()).unwrap_or(u32::MAX),
            bytes: datagram.bytes.into(),
            comments: Vec::new(),
            time: last.time,
            interface: last.interface,
            direction: last.direction,
        };
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        let step = self.tracker.follow(number, frame.time, &packet);
        drop(packet);
        Whole {
            step,
            fragments: datagram.fragments,
            frame,
        }
    }

    /// Takes the next frame of the capture, which is not to be shown: what is shown later may refer to it. A fragment is left
    /// out, so that nothing is said at the end about datagrams that nobody asked for.
    pub fn pass(&mut self, number: u64, frame: &Frame<'_>) {
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        if !is_fragment(&packet) {
            self.tracker.follow(number, frame.time, &packet);
        }
    }

    /// What to say at the end: what could not be put together, what had to be forgotten.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let forgotten = self.tracker.forgotten();
        let forgotten = (forgotten > 0).then(|| {
            format!(
                "{forgotten} conversations were forgotten to bound the memory: the least recently seen; what came later in \
                 them counts as a new one"
            )
        });
        lost(self.reassembler.losses()).into_iter().chain(forgotten).collect()
    }
}

fn is_fragment(packet: &Packet<'_>) -> bool {
    let by_extension = packet.layers().iter().any(|layer| layer.fragment().is_some());
    by_extension || packet.ipv4().is_some_and(|ip| ip.is_fragment())
}

fn lost(losses: Losses) -> Option<String> {
    let lost = losses.expired + losses.crowded_out + losses.overlapping + losses.unusable;
    (lost > 0).then(|| {
        format!(
            "not reassembled: {} datagrams whose fragments did not all come in time, {} with overlapping fragments, {} \
             to bound the memory; {} fragments were cut or malformed",
            losses.expired, losses.overlapping, losses.crowded_out, losses.unusable
        )
    })
}

/// Writes comments for a capture file. What they refer to are packets of that file by their numbers there, so it follows
/// the recorded packets and no others.
#[derive(Debug)]
pub struct Commenter {
    follower: Follower,
    recorded: u64,
}

impl Commenter {
    /// For an empty file.
    #[must_use]
    pub fn new() -> Self {
        Self {
            follower: Follower::new(),
            recorded: 0,
        }
    }

    /// Takes the next frame that is recorded. Says in a comment what it is, where nobody has commented on it before.
    pub fn comment_on(&mut self, frame: &mut Frame<'_>) {
        self.recorded += 1;
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        let Followed { step, whole } = self.follower.follow(self.recorded, frame, &packet);
        if !frame.comments.is_empty() {
            return;
        }
        let comment = match whole {
            None => packet::comment(&packet, step.as_ref()),
            Some(Whole { frame, fragments, step }) => {
                let packet = decode(frame.link, &frame.bytes, frame.original_length);
                packet::comment(&packet, step.as_ref())
                    .map(|comment| format!("Completes a datagram of {fragments} fragments. {comment}"))
            }
        };
        frame.comments = comment.into_iter().collect();
    }
}
