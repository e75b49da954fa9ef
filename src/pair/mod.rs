//! Two captures of one exchange, laid together: what was lost, changed, overtaken or duplicated on the way.
//!
//! [`Captures`] takes the packets of both files, and [`Exchange::of`] lays them together:
//!
//! 1. `seen`: of each packet, a `digest` of what does not change on the way, and what else is compared; `conversations`: which
//!    of them belong together.
//! 2. `exact`: packets with the same digest. `direction`: which capture was made at which end. `clock`: how far the clocks differ.
//! 3. `nearest`, `equals`: times decide among equal packets. Then the packets that were changed, and with `regroup` the bytes that are in other
//!    packets at each end, by the `streams`.
//!    `nat`: which conversation has other addresses at the other end; `apart`: why there is nothing in common.
//! 4. `verdict`: what became of the others, each a [`Fate`]; `order`: which were overtaken.
//!
//! Which capture is given first does not matter. All packets are kept, about 130 bytes each.
#![forbid(unsafe_code)]

mod apart;
mod both;
mod captures;
mod clock;
mod conversations;
mod difference;
mod digest;
mod direction;
mod equals;
mod exact;
mod exchange;
mod fate;
mod nat;
mod nearest;
mod order;
mod regroup;
mod seen;
mod streams;
#[cfg(test)]
mod tests;
mod verdict;

pub use apart::Apart;
pub use both::{Both, Side};
pub use captures::{Capture, Captures, Comparison, cut_at};
pub use clock::{Bound, Clock, Transit};
pub use conversations::{Conversation, Evidence};
pub use exchange::Exchange;
pub use fate::{Changes, Fate, Outside, Regrouping};
pub use seen::{ChecksumState, Kind, Seen};
