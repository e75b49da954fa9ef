//! The conversations of a capture, followed frame by frame; fragments are put together before.

use crate::explain::{count, packet};
use crate::flow::{PacketInFlow, Tracker};
use crate::frame::Frame;
use crate::wire::reassembly::{Datagram, Losses, Outcome, Reassembler};
use crate::wire::{Packet, decode};

/// Follows the conversations of a capture.
#[derive(Debug, Default)]
pub struct Follower {
    tracker: Tracker,
    reassembler: Reassembler,
}

/// What is known of a frame beyond its own bytes.
#[derive(Debug)]
pub struct Followed {
    /// What it does in its conversation; `None` for a fragment: its datagram is followed as a whole.
    pub step: Option<PacketInFlow>,
    /// The datagram that it completes, and what that does.
    pub whole: Option<Whole>,
}

impl Followed {
    /// What the packet, or the datagram that it completes, does in its conversation.
    #[must_use]
    pub fn known(&self) -> Option<&PacketInFlow> {
        let whole = self.whole.as_ref();
        self.step.as_ref().or_else(|| whole?.step.as_ref())
    }
}

/// A datagram that was put together.
#[derive(Debug)]
pub struct Whole {
    /// The datagram as a frame without a link layer, at the time of its last fragment.
    pub frame: Frame<'static>,
    /// In how many fragments it came.
    pub fragments: usize,
    /// What it does in its conversation.
    pub step: Option<PacketInFlow>,
}

impl Follower {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is known of the conversations.
    #[must_use]
    pub const fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// Is there no such conversation as is wanted? A line that says so.
    #[must_use]
    pub fn missing(&self, flow: Option<u64>) -> Option<String> {
        let there_are = self.tracker.seen();
        let wanted = flow.filter(|&flow| flow > there_are)?;
        Some(match there_are {
            0 => format!("there is no conversation {wanted}: the packets belong to none"),
            1 => format!("there is no conversation {wanted}: there is only one, --flow 1"),
            _ => format!(
                "there is no conversation {wanted}: there are {there_are}, and --view summary shows their numbers"
            ),
        })
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
        let packet = frame.decode();
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
        let packet = frame.decode();
        if !is_fragment(&packet) {
            self.tracker.follow(number, frame.time, &packet);
        }
    }

    /// What to say at the end: what could not be put together, what had to be forgotten.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let forgotten = self.tracker.forgotten();
        let forgotten = (forgotten > 0).then(|| {
            let were = if forgotten == 1 {
                "conversation was"
            } else {
                "conversations were"
            };
            format!(
                "{forgotten} {were} forgotten to bound the memory, the least recently seen first; what came later in such a \
                 one counts as a new one"
            )
        });
        lost(self.reassembler.losses()).into_iter().chain(forgotten).collect()
    }
}

/// Of so many conversations there is no `thing`, because their tracker has forgotten them. `None` for no conversation.
pub(super) fn forgotten(conversations: u64, thing: &str) -> Option<String> {
    (conversations > 0).then(|| {
        format!(
            "no {thing} for {}: there were too many at once to remember all",
            count(conversations, "conversation")
        )
    })
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
#[derive(Debug, Default)]
pub struct Commenter {
    follower: Follower,
    recorded: u64,
}

impl Commenter {
    /// For an empty file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a frame that is not recorded, and that no comment refers to.
    pub fn pass(&mut self, frame: &Frame<'_>) {
        self.follower.pass(0, frame);
    }

    /// Takes the next frame that is recorded. Says in a comment what it is, where nobody has commented on it before.
    pub fn comment_on(&mut self, frame: &mut Frame<'_>) {
        self.recorded += 1;
        // A frame that is borrowed as a whole could not be given its comment.
        let packet = decode(frame.link, &frame.bytes, frame.original_length);
        let Followed { step, whole } = self.follower.follow(self.recorded, frame, &packet);
        if !frame.comments.is_empty() {
            return;
        }
        let comment = match whole {
            None => packet::comment(&packet, step.as_ref()),
            Some(Whole { frame, fragments, step }) => {
                let packet = frame.decode();
                packet::comment(&packet, step.as_ref())
                    .map(|comment| format!("Completes a datagram of {fragments} fragments. {comment}"))
            }
        };
        frame.comments = comment.into_iter().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::{Commenter, Followed, Follower};
    use crate::flow::Tracker;
    use crate::frame::{Frame, Time};
    use crate::wire::LinkType;

    /// An IPv4 packet from 192.0.2.1 to 192.0.2.2 with this piece of a UDP datagram.
    fn piece(identification: u16, more: bool, offset: u16, data: &[u8]) -> Frame<'static> {
        let mut bytes = vec![0x45, 0];
        bytes.extend(u16::try_from(20 + data.len()).unwrap().to_be_bytes());
        bytes.extend(identification.to_be_bytes());
        bytes.extend(((offset / 8) | (u16::from(more) << 13)).to_be_bytes());
        bytes.extend([64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        bytes.extend(data);
        Frame {
            time: Some(Time(1)),
            link: LinkType::IPV4,
            interface: 0,
            direction: None,
            original_length: u32::try_from(bytes.len()).unwrap(),
            bytes: bytes.into(),
            comments: Vec::new(),
        }
    }

    /// A datagram of 24 bytes from port 40000 to 9000, in three pieces.
    fn pieces() -> [Frame<'static>; 3] {
        let header = [0x9c, 0x40, 0x23, 0x28, 0, 32, 0, 0];
        [
            piece(7, true, 0, &[&header[..], b"eight by"].concat()),
            piece(7, true, 16, b"te piece"),
            piece(7, false, 24, b"s, three"),
        ]
    }

    fn follow(follower: &mut Follower, number: u64, frame: &Frame<'_>) -> Followed {
        let packet = frame.decode();
        follower.follow(number, frame, &packet)
    }

    #[test]
    fn a_datagram_in_pieces_is_followed_once_and_whole() {
        let mut follower = Follower::new();
        let [first, second, last] = pieces();
        for (number, frame) in [(1, &first), (2, &second)] {
            let known = follow(&mut follower, number, frame);
            assert!(known.step.is_none() && known.whole.is_none(), "{known:?}");
        }
        let whole = follow(&mut follower, 3, &last).whole.unwrap();
        let step = whole.step.unwrap();
        assert_eq!((whole.fragments, step.place, step.conversation), (3, 1, 1));
        assert_eq!(step.datagram().unwrap().length, 24);
        assert!(follower.remarks().is_empty());
    }

    #[test]
    fn what_is_not_shown_is_followed_and_its_pieces_are_not_missed() {
        let whole = piece(8, false, 0, &[0x9c, 0x40, 0x23, 0x28, 0, 9, 0, 0, b'!']);
        let mut follower = Follower::new();
        let [first, _, _] = pieces();
        follower.pass(1, &first);
        follower.pass(2, &whole);
        let step = follow(&mut follower, 3, &whole).step.unwrap();
        assert_eq!(step.place, 2, "the first one was not shown, and counts");
        assert!(follower.remarks().is_empty(), "{:?}", follower.remarks());
    }

    #[test]
    fn what_was_forgotten_is_said() {
        let mut follower = Follower {
            tracker: Tracker::with_most(1),
            ..Follower::new()
        };
        for (number, port) in [(1, 0x28), (2, 0x29)] {
            let frame = piece(8, false, 0, &[0x9c, 0x40, 0x23, port, 0, 9, 0, 0, b'!']);
            follow(&mut follower, number, &frame);
        }
        let [remark] = &follower.remarks()[..] else {
            panic!("{:?}", follower.remarks())
        };
        assert!(
            remark.starts_with("1 conversation was forgotten to bound the memory"),
            "{remark}"
        );
    }

    #[test]
    fn the_last_piece_has_the_comment_and_others_comments_stay() {
        let mut commenter = Commenter::new();
        let [mut first, mut second, mut last] = pieces();
        second.comments.push("of somebody".into());
        for frame in [&mut first, &mut second, &mut last] {
            commenter.comment_on(frame);
        }
        assert!(first.comments[0].starts_with("UDP, first fragment: the first piece of a datagram with 24 bytes"));
        assert_eq!(second.comments, ["of somebody"]);
        let comment = &last.comments[0];
        assert!(
            comment.starts_with("Completes a datagram of 3 fragments. UDP: a request: ")
                && comment.contains(" place=1 "),
            "{comment}"
        );
    }
}
