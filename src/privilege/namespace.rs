//! A network of one's own, without root: `user_namespaces(7)`, `network_namespaces(7)`.

use std::fs;
use std::io;

use caps::{CapSet, Capability};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::unistd::{Gid, Uid};
use socket2::{Domain, Socket, Type};

use super::refusal::{NamespaceError, NamespaceStep, RefusalReason};
use super::threads;
use crate::os::interface_setup;

/// Moves this process, and those it starts, into a network of its own: nothing in it but loopback, which is up. There it may
/// capture.
///
/// Root, or who has its capabilities, makes a network namespace. Every other user makes a user namespace first, in which the process has every capability
/// over what belongs to that namespace, and over nothing else: outside, and for files, it stays who it was. Inside, user
/// and group keep their numbers, so a program started from here has no capability
/// ([`drop_privileges`](super::drop_privileges) gives up this process's own).
///
/// To be called first thing in `main`: the kernel does this for a process of one thread only, and sockets and descriptors
/// that are open already stay in the old network. On success a packet socket has been opened (and closed): captures work.
///
/// # Errors
/// The system refuses: see [`NamespaceError`]. The process may be half inside then and should end.
pub fn enter_private_network() -> Result<(), NamespaceError> {
    let threads = threads::count();
    if threads > 1 {
        return Err(NamespaceError {
            step: NamespaceStep::Unshare,
            reason: RefusalReason::Threads(threads),
            source: io::Error::other(format!("the process has {threads} threads")),
        });
    }
    // Root in a container may lack the capabilities for this, and can still do what every user can.
    if enter_with_capabilities()? {
        return Ok(());
    }
    enter_user_namespace()?;
    try_out()
}

/// The same as root does it. `false`, and nothing has changed, where the capabilities for that are not there, or do not suffice.
///
/// # Errors
/// The network is made and of no use. The process is in it and should end.
pub fn enter_with_capabilities() -> Result<bool, NamespaceError> {
    let all = [
        Capability::CAP_SYS_ADMIN,
        Capability::CAP_NET_ADMIN,
        Capability::CAP_NET_RAW,
    ];
    let mut all = all.into_iter();
    if !all.all(|one| caps::has_cap(None, CapSet::Effective, one).unwrap_or(false)) {
        return Ok(false);
    }
    if unshare(CloneFlags::CLONE_NEWNET).is_err() {
        return Ok(false);
    }
    try_out().map(|()| true)
}

/// Switches loopback on, and proves that captures work.
fn try_out() -> Result<(), NamespaceError> {
    interface_setup::switch_on("lo").map_err(|error| NamespaceError::new(NamespaceStep::LoopbackUp, error))?;
    let proof = Socket::new(Domain::PACKET, Type::RAW, None);
    proof
        .map(drop)
        .map_err(|error| NamespaceError::new(NamespaceStep::PacketSocket, error))
}

fn enter_user_namespace() -> Result<(), NamespaceError> {
    // Asked before: inside, and without the maps, every user is nobody.
    let (uid, gid) = (Uid::effective(), Gid::effective());
    let both = CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET;
    unshare(both).map_err(|error| NamespaceError::new(NamespaceStep::Unshare, error.into()))?;
    // To a program with a file capability (setcap(8)) its own files in /proc are closed, proc(5). By now that capability is
    // gone: what it has holds inside only. Where this fails, the next step says so.
    let _ = prctl::set_dumpable(true);
    // Without "deny" only root may map groups: leaving a group could open what is closed to that group.
    write(NamespaceStep::SetGroups, "/proc/self/setgroups", "deny")?;
    write(NamespaceStep::UidMap, "/proc/self/uid_map", &format!("{uid} {uid} 1"))
        .map_err(|refused| if uid.is_root() { refused.of_root() } else { refused })?;
    write(NamespaceStep::GidMap, "/proc/self/gid_map", &format!("{gid} {gid} 1"))
}

fn write(step: NamespaceStep, path: &str, text: &str) -> Result<(), NamespaceError> {
    // The kernel takes each of these in one write or not at all.
    fs::write(path, text).map_err(|error| NamespaceError::new(step, error))
}
