//! Privileges: taken as late and given up as early as possible; and a place where none are needed.
//!
//! Capturing needs the capability `CAP_NET_RAW`, capabilities(7). A program that has it opens its capture, calls
//! [`drop_privileges`], and only then starts threads, opens files and looks at what came from the network. A program that
//! lacks it can still capture what it sends itself, in a network of its own: [`enter_private_network`]. What the
//! loopback of such a network has to be told is here, too: [`set_mtu`], [`switch_off`].
//!
//! Linux only. The document `docs/privileges.md` shows the same from outside.

mod drop;
mod namespace;
mod person;
mod refusal;
mod sys;

pub use drop::{DropError, Dropped, drop_privileges};
pub use namespace::enter_private_network;
pub use person::{BadCaller, Person};
pub use refusal::{Reason, Refused, Step};
pub use sys::{Offload, set_mtu, switch_off};

/// How many threads this process has; 1 where /proc does not tell.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}
