//! Privileges: taken as late and given up as early as possible; and a place where none are needed.
//!
//! Capturing needs the capability `CAP_NET_RAW`, a port below 1024 `CAP_NET_BIND_SERVICE`, capabilities(7). Once a program knows
//! its arguments it calls [`narrow_to`] with what it is going to [`Need`]: root through sudo becomes the user who called sudo
//! then, before any file is opened. When the capture is open, or the port bound, it calls it again with
//! less, and only then looks at what came from the network: the sniffer and socket-lab with [`Need::Files`], for which only root
//! by itself keeps something, the others with [`Need::Nothing`]. A program that lacks `CAP_NET_RAW` can still capture what it sends itself, in a
//! network of its own: [`enter_private_network`].
//!
//! Linux only. The document `docs/privileges.md` shows the same from outside.

mod drop;
mod invoking_user;
mod namespace;
mod need;
mod refusal;
mod threads;

pub use drop::{DropError, Dropped, drop_privileges, give_up_in_this_thread, narrow_to};
pub use invoking_user::{BadCaller, Fault, InvokingUser};
pub use namespace::{enter_private_network, enter_with_capabilities};
pub use need::Need;
pub use refusal::{NamespaceError, NamespaceStep, RefusalReason};

/// Were this process's rights lent to it, by sudo or the like? True also where a variable does not say by whom.
#[must_use]
pub fn are_lent() -> bool {
    InvokingUser::behind_rights().map_or(true, |user| user.is_some())
}

/// Could a program here get `CAP_NET_RAW` at all? Not where the bounding set lacks it, capabilities(7): a container was started
/// without it, or the rights of a root that never had it were given up.
#[must_use]
pub fn capturing_is_possible() -> bool {
    caps::has_cap(None, caps::CapSet::Bounding, caps::Capability::CAP_NET_RAW).unwrap_or(true)
}

/// May this process capture on the machine's own interfaces?
#[must_use]
pub fn may_capture() -> bool {
    caps::has_cap(None, caps::CapSet::Effective, caps::Capability::CAP_NET_RAW).unwrap_or(false)
}
