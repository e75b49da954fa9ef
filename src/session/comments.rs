//! What a capture file says in comments of its packets.

use std::borrow::Cow;

use super::observed::Observed;
use crate::explain::packet;
use crate::frame::Frame;

/// The frame with a comment that says what the packet is, unless it has a comment already. What a comment refers to
/// are packets by their numbers, so those have to be their numbers in the file that is written.
pub(super) fn commented<'o>(observed: &Observed<'o, '_>) -> Frame<'o> {
    let frame = observed.frame;
    let comments = if frame.comments.is_empty() {
        comment(observed).into_iter().collect()
    } else {
        frame.comments.clone()
    };
    Frame {
        bytes: Cow::Borrowed(&frame.bytes),
        comments,
        ..*frame
    }
}

fn comment(observed: &Observed<'_, '_>) -> Option<String> {
    let comment = observed.with_in_flow(packet::comment)?;
    Some(match &observed.followed.whole {
        Some(whole) => format!("Completes a datagram of {} fragments. {comment}", whole.fragments),
        None => comment,
    })
}

#[cfg(test)]
mod tests {
    use super::super::following::Follower;
    use super::super::following::tests::pieces;
    use super::super::observed::{LazyPacket, Observed};
    use super::commented;

    #[test]
    fn the_last_piece_has_the_comment_and_others_comments_stay() {
        let mut conversations = Follower::new();
        let mut frames = pieces();
        frames[1].comments.push("of another program".into());
        let comments = (1..).zip(&frames).map(|(number, frame)| {
            let headers = LazyPacket::new(frame);
            let followed = conversations.follow(number, frame, headers.packet());
            commented(&Observed::new(number, &headers, &followed)).comments
        });
        let comments: Vec<_> = comments.collect();
        assert!(comments[0][0].starts_with("UDP, first fragment: the first piece of a datagram with 24 bytes"));
        assert_eq!(comments[1], ["of another program"]);
        let comment = &comments[2][0];
        assert!(
            comment.starts_with("Completes a datagram of 3 fragments. UDP: a request: ")
                && comment.contains(" place=1 "),
            "{comment}"
        );
    }
}
