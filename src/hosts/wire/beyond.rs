//! What is beyond the wire where there is a router: its interface on the server's side, and the server. Between those two is a
//! cable that does nothing.
//!
//! A router sends a packet on with one hop less to live and so another header checksum; all else of it shows which one it was. It
//! sends packets on in the order in which they came, so what is still inside when a later one leaves was not sent on.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::fs::File;
use std::hash::Hasher as _;

/// Beyond the wire.
#[derive(Debug)]
pub(super) struct Beyond {
    /// The router's interface on the server's side.
    pub(super) router: File,
    /// The server's interface.
    pub(super) server: File,
    /// What came from the client and is inside the router: key and place in the record, if it has one, and was it changed.
    from_client: Inside<(Option<usize>, bool)>,
    /// What came from the server: its number among what the server sent.
    from_server: Inside<u64>,
    /// How many frames the server has sent.
    sent: u64,
}

/// Frames inside the router, in the order in which they came.
type Inside<T> = VecDeque<(u64, T)>;

impl Beyond {
    pub(super) const fn new(router: File, server: File) -> Self {
        Self {
            router,
            server,
            from_client: Inside::new(),
            from_server: Inside::new(),
            sent: 0,
        }
    }

    /// A frame of the client enters the router.
    pub(super) fn client_enters(&mut self, frame: &[u8], record: Option<usize>, changed: bool) {
        self.from_client.push_back((key(frame), (record, changed)));
    }

    /// A frame leaves the router for the server. Which one of the client's was it? `None`: one of the router's own.
    pub(super) fn client_leaves(&mut self, frame: &[u8]) -> Option<(Option<usize>, bool)> {
        leave(&mut self.from_client, frame)
    }

    /// A frame of the server enters the router.
    pub(super) fn server_enters(&mut self, frame: &[u8]) {
        self.sent += 1;
        self.from_server.push_back((key(frame), self.sent));
    }

    /// A frame leaves the router for the client. Which one of the server's was it? `None`: one of the router's own.
    pub(super) fn server_leaves(&mut self, frame: &[u8]) -> Option<u64> {
        leave(&mut self.from_server, frame)
    }
}

/// Takes out the frame, and those before it, which were not sent on.
fn leave<T>(inside: &mut Inside<T>, frame: &[u8]) -> Option<T> {
    let key = key(frame);
    let place = inside.iter().position(|(other, _)| *other == key)?;
    inside.drain(..=place).next_back().map(|(_, what)| what)
}

/// All of an IPv4 packet but what a router changes: time to live and header checksum, RFC 791 section 3.1.
fn key(frame: &[u8]) -> u64 {
    const ETHERNET: usize = 14;
    /// Places in the IP header.
    const CHANGED: [usize; 3] = [8, 10, 11];
    let mut hasher = DefaultHasher::new();
    for (place, byte) in frame.iter().skip(ETHERNET).enumerate() {
        if !CHANGED.contains(&place) {
            hasher.write_u8(*byte);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Inside, key, leave};

    /// A frame with this time to live, and this last byte.
    fn frame(hops: u8, last: u8) -> Vec<u8> {
        let mut frame = vec![0; 60];
        frame[14 + 8] = hops;
        frame[14 + 10] = hops;
        frame[59] = last;
        frame
    }

    #[test]
    fn a_packet_is_known_again_and_what_came_before_it_was_not_sent_on() {
        let mut inside = Inside::new();
        for last in 1..=4 {
            inside.push_back((key(&frame(64, last)), last));
        }
        assert_eq!(leave(&mut inside, &frame(63, 2)), Some(2));
        assert_eq!(leave(&mut inside, &frame(63, 9)), None);
        assert_eq!(leave(&mut inside, &frame(63, 1)), None);
        assert_eq!(leave(&mut inside, &frame(63, 4)), Some(4));
        assert!(inside.is_empty());
    }
}
