//! Giving privileges up, forever.

use std::{fmt, io};

use caps::errors::CapsError;
use caps::{CapSet, Capability, CapsHashSet};
use nix::errno::Errno;
use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getgroups, getresgid, getresuid, initgroups, setgroups, setresgid, setresuid};

use super::invoking_user::{BadCaller, InvokingUser};
use super::need::Need;
use super::threads;

/// What was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dropped {
    /// Root's privileges, or those of the file's owner: the process is this user's now.
    ToUser(InvokingUser),
    /// Root's capabilities, except for those that are still needed.
    RootWithoutCapabilities,
    /// The capabilities of a program that has some without being root (setcap(8), or a namespace of its own).
    Capabilities,
    /// Nothing: there was nothing.
    Nothing,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ToUser(user) => write!(f, "gave up root: now {user}"),
            Self::RootWithoutCapabilities => f.write_str("gave up every capability of root that is not needed"),
            Self::Capabilities => f.write_str("gave up every capability that is not needed"),
            Self::Nothing => f.write_str("had no privileges to give up"),
        }
    }
}

/// Why privileges could not be given up. The caller must end: they may be there still.
#[derive(Debug)]
#[non_exhaustive]
pub enum DropError {
    /// sudo's variables do not say whom to become.
    BadCaller(BadCaller),
    /// How many threads have capabilities: all but one would keep theirs.
    Threads(usize),
    /// A call failed.
    Call {
        /// Which one.
        call: &'static str,
        /// Why.
        source: io::Error,
    },
    /// Every call succeeded, and privileges are there all the same.
    StillThere(&'static str),
}

impl fmt::Display for DropError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot give up the privileges, and will not go on with them: ")?;
        match self {
            Self::BadCaller(error) => error.fmt(f),
            Self::Threads(count) => write!(
                f,
                "the process has {count} threads already, with capabilities of their own"
            ),
            Self::Call { call, source } => write!(f, "{call}: {source}"),
            Self::StillThere(what) => write!(f, "{what}, although every call succeeded"),
        }?;
        match self {
            Self::BadCaller(_) => Ok(()),
            _ => f.write_str(
                "; start it as an ordinary user, or, in a container, with 'env -u SUDO_UID -u SUDO_GID' before it",
            ),
        }
    }
}

impl std::error::Error for DropError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Gives up every privilege but what `need` takes. The first thing that a program does once it knows its arguments, and
/// called again with less at each later step: before a file is opened, a name looked up or a frame looked at. There is no way
/// back, and that is checked.
///
/// - Root through sudo (pkexec, doas) becomes the user who called it: supplementary groups, group, user. So whatever is
///   opened from then on belongs to that user, may be opened by that user, and no symbolic link is followed as root.
/// - A set-user-ID or set-group-ID program becomes the user who started it.
/// - Root by itself stays root, for it may have to write into a folder of others (in a container, say), and keeps
///   `CAP_DAC_OVERRIDE` for that until it needs [`Need::Nothing`]; all else goes.
/// - Any other user who has capabilities (setcap(8), or a namespace) gives them up.
///
/// In every case capabilities are removed from the effective, permitted, inheritable and ambient set, and where possible
/// from the bounding set (capabilities(7)). With [`Need::Files`] and [`Need::Nothing`] no program started from here can get
/// more (`PR_SET_NO_NEW_PRIVS`, prctl(2)). After a change of user the kernel also keeps that user's other programs from
/// attaching to this one (`PR_SET_DUMPABLE`) and so from taking an open capture over.
///
/// # Errors
/// See [`DropError`]. The process must not go on then.
pub fn narrow_to(need: Need) -> Result<Dropped, DropError> {
    let others = threads::others_with_capabilities();
    if others > 0 {
        return Err(DropError::Threads(others + 1));
    }
    let user = InvokingUser::behind_rights().map_err(DropError::BadCaller)?;
    let had = permitted()?;
    let is_root = Uid::effective().is_root();
    if user.is_none() && had.is_empty() {
        // Nothing to give up, and so no call that a sandbox could refuse.
        if need.ends_it() {
            prctl::set_no_new_privs().map_err(|error| called("prctl PR_SET_NO_NEW_PRIVS", error))?;
        }
        return Ok(Dropped::Nothing);
    }
    let needed = need.capabilities(is_root && user.is_none());
    let kept: CapsHashSet = had.intersection(&needed).copied().collect();
    // What may be done is done: a program that root gave to another user has its capabilities switched off.
    caps::set(None, CapSet::Effective, &had).map_err(refused("capset"))?;
    empty_bounding_set(&had)?;
    if let Some(user) = &user {
        become_user(user, !kept.is_empty())?;
    }
    narrow_own_sets(&kept)?;
    if need.ends_it() {
        prctl::set_no_new_privs().map_err(|error| called("prctl PR_SET_NO_NEW_PRIVS", error))?;
    }
    verify(user.as_ref(), &kept, need)?;
    Ok(match user {
        Some(user) => Dropped::ToUser(user),
        None if is_root => Dropped::RootWithoutCapabilities,
        None if had.len() > kept.len() => Dropped::Capabilities,
        None => Dropped::Nothing,
    })
}

/// Gives up every privilege but the one that root by itself needs to open files: [`narrow_to`] [`Need::Files`].
///
/// # Errors
/// As [`narrow_to`].
pub fn drop_privileges() -> Result<Dropped, DropError> {
    narrow_to(Need::Files)
}

/// Gives up the capabilities of this thread, which it got from the one that started it. The first thing that a thread does
/// which is started while the program still needs some: the others can be narrowed only by themselves.
///
/// # Errors
/// A call failed: the thread must not go on then.
pub fn give_up_in_this_thread() -> Result<(), DropError> {
    if !permitted()?.is_empty() {
        narrow_own_sets(&CapsHashSet::new())?;
    }
    prctl::set_no_new_privs().map_err(|error| called("prctl PR_SET_NO_NEW_PRIVS", error))
}

/// What programs that are started from here could get at most. Needs `CAP_SETPCAP`: without it the set stays, and
/// `PR_SET_NO_NEW_PRIVS` has to do.
fn empty_bounding_set(had: &CapsHashSet) -> Result<(), DropError> {
    if !had.contains(&Capability::CAP_SETPCAP) {
        return Ok(());
    }
    for one in caps::read(None, CapSet::Bounding).map_err(refused("prctl PR_CAPBSET_READ"))? {
        caps::drop(None, CapSet::Bounding, one).map_err(refused("prctl PR_CAPBSET_DROP"))?;
    }
    Ok(())
}

/// The order matters: without the user root no process may change groups. Capabilities outlast the change of user only where
/// that was asked for, and not in the effective set (`PR_SET_KEEPCAPS`, prctl(2)).
fn become_user(user: &InvokingUser, keeps: bool) -> Result<(), DropError> {
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    // Who started a set-user-ID program has its own supplementary groups still.
    if Uid::current().is_root() {
        match user.c_name() {
            Some(name) => initgroups(&name, gid).map_err(|error| called("initgroups", error))?,
            None => setgroups(&[gid]).map_err(|error| called("setgroups", error))?,
        }
    }
    let keepcaps = |on| prctl::set_keepcaps(on).map_err(|error| called("prctl PR_SET_KEEPCAPS", error));
    keepcaps(keeps)?;
    setresgid(gid, gid, gid).map_err(|error| called("setresgid", error))?;
    setresuid(uid, uid, uid).map_err(|error| called("setresuid", error))?;
    // The kernel has done so, unless fs.suid_dumpable says otherwise.
    prctl::set_dumpable(false).map_err(|error| called("prctl PR_SET_DUMPABLE", error))?;
    keepcaps(false)
}

/// The order matters: nothing may be effective that is not permitted.
fn narrow_own_sets(kept: &CapsHashSet) -> Result<(), DropError> {
    // Kernels without an ambient set (before 4.3) have nothing in it.
    if caps::runtime::ambient_set_supported().is_ok() {
        caps::clear(None, CapSet::Ambient).map_err(refused("prctl PR_CAP_AMBIENT"))?;
    }
    caps::clear(None, CapSet::Inheritable).map_err(refused("capset"))?;
    caps::set(None, CapSet::Effective, kept).map_err(refused("capset"))?;
    caps::set(None, CapSet::Permitted, kept).map_err(refused("capset"))
}

/// Looks at what the kernel says now, and tries to go back.
fn verify(user: Option<&InvokingUser>, kept: &CapsHashSet, need: Need) -> Result<(), DropError> {
    for set in [CapSet::Permitted, CapSet::Effective] {
        if !caps::read(None, set).map_err(refused("capget"))?.is_subset(kept) {
            return Err(DropError::StillThere("there are capabilities left"));
        }
    }
    if need.ends_it() && !prctl::get_no_new_privs().map_err(|error| called("prctl PR_GET_NO_NEW_PRIVS", error))? {
        return Err(DropError::StillThere("programs may get new privileges"));
    }
    let Some(user) = user else { return Ok(()) };
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    let users = getresuid().map_err(|error| called("getresuid", error))?;
    let groups = getresgid().map_err(|error| called("getresgid", error))?;
    if [users.real, users.effective, users.saved] != [uid; 3]
        || [groups.real, groups.effective, groups.saved] != [gid; 3]
    {
        return Err(DropError::StillThere(
            "the process still has the rights of another user",
        ));
    }
    let root = Gid::from_raw(0);
    let member = getgroups().map_err(|error| called("getgroups", error))?.contains(&root);
    if member && gid != root && !belongs_to_root_group(user) {
        return Err(DropError::StillThere("the process is in root's group still"));
    }
    if setresuid(Uid::from_raw(0), Uid::from_raw(0), Uid::from_raw(0)) != Err(Errno::EPERM) {
        return Err(DropError::StillThere("the process could become root again"));
    }
    Ok(())
}

/// Is root's group one of the user's own? Unusual, but then it is not a privilege left over.
fn belongs_to_root_group(user: &InvokingUser) -> bool {
    let name = user.c_name();
    let groups = name.and_then(|name| nix::unistd::getgrouplist(&name, Gid::from_raw(user.gid)).ok());
    groups.is_some_and(|groups| groups.contains(&Gid::from_raw(0)))
}

fn permitted() -> Result<CapsHashSet, DropError> {
    caps::read(None, CapSet::Permitted).map_err(refused("capget"))
}

fn called(call: &'static str, errno: Errno) -> DropError {
    DropError::Call {
        call,
        source: errno.into(),
    }
}

fn refused(call: &'static str) -> impl Fn(CapsError) -> DropError {
    move |error| DropError::Call {
        call,
        source: io::Error::other(error.to_string()),
    }
}
