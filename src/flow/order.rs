//! In which order two packets of one sender were sent, whatever the order in which they came here.
//!
//! Two things in a packet show it. The IPv4 identification: most senders count it up, a packet one, of a connection or of all. The
//! timestamp of TCP: it never goes back (RFC 7323 section 4.1), but counts milliseconds at best, so that many packets have the same.

/// Identifications so far apart are compared, where the sender is known to count them up.
pub(super) const REACH: i16 = 1000;
/// The same where one packet showed it, and where none did. That two numbers out of 65,536 fall so close together by chance is rare.
const REACH_OF_ONE: i16 = 64;
const REACH_OF_NONE: i16 = 8;

/// What shows when a packet was sent, compared with others of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SendSign {
    /// Its number; 0: it is not to be referred to.
    pub(super) packet: u64,
    /// Its IPv4 identification, or 0.
    pub(super) identification: u16,
    /// Its timestamp, or 0.
    pub(super) stamp: u32,
}

/// That a packet was sent before or after another one of the same sender, and what shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendOrder {
    /// The number of the other packet.
    pub other: u64,
    /// Was this one sent before that one?
    pub is_before: bool,
    /// What shows it.
    pub by: OrderSign,
}

/// What shows in which order two packets were sent: this one's, and the other one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSign {
    /// IPv4 identification: that its sender counts it up is deduced.
    Identification(u16, u16),
    /// Timestamps. RFC 7323 section 4.1
    Timestamp(u32, u32),
}

/// From the second identification to the first one, the shorter way round.
#[expect(
    clippy::cast_possible_wrap,
    reason = "the upper half of the circle is what comes before"
)]
pub(super) const fn distance(one: u16, two: u16) -> i16 {
    one.wrapping_sub(two) as i16
}

/// The order of two packets of one sender. `counted`: how many of its packets in a row were seen to count the identification up.
pub(super) fn of(this: SendSign, other: SendSign, counted: u8) -> Option<SendOrder> {
    let reach = match counted {
        0 => REACH_OF_NONE,
        1 => REACH_OF_ONE,
        _ => REACH,
    };
    let step = distance(this.identification, other.identification);
    let is_counted = this.identification != 0
        && other.identification != 0
        && step != 0
        && step.unsigned_abs() <= reach.unsigned_abs();
    let later = this.stamp.wrapping_sub(other.stamp);
    let is_stamped = this.stamp != 0 && other.stamp != 0 && later != 0;
    let (by_count, by_stamp) = (step < 0, later > i32::MAX.unsigned_abs());
    // Where both contradict each other, the identifications came close by chance.
    let (is_before, by) = if is_counted && (!is_stamped || by_count == by_stamp) {
        (
            by_count,
            OrderSign::Identification(this.identification, other.identification),
        )
    } else if is_stamped {
        (by_stamp, OrderSign::Timestamp(this.stamp, other.stamp))
    } else {
        return None;
    };
    Some(SendOrder {
        other: other.packet,
        is_before,
        by,
    })
}
