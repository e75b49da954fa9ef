//! What is remembered is bounded.

use super::script::{SYN, c, follow};
use crate::flow::Tracker;

#[test]
fn the_least_recently_seen_leave_first() {
    let mut tracker = Tracker::with_most(3);
    let syn = |port: u16| {
        let mut line = c(SYN, 0, 0);
        line.client_port = port;
        (1, line.bytes())
    };
    let in_flows = follow(&mut tracker, &[syn(1), syn(2), syn(3), syn(1), syn(4), syn(2)]);
    let numbers: Vec<_> = in_flows.iter().map(|in_flow| in_flow.unwrap().conversation).collect();
    // 1 was seen again, so 2 left for 4, and 3 for the new one of port 2.
    assert_eq!(numbers, [1, 2, 3, 1, 4, 5]);
    assert_eq!(tracker.forgotten(), 2);
    let left: Vec<_> = tracker.conversations().iter().map(|one| one.number).collect();
    assert_eq!(left, [1, 4, 5]);
    assert!(tracker.conversation(2).is_none());
    assert_eq!(tracker.conversation(5).unwrap().client.port(), 2);
}
