//! Giving privileges up, for good.

use std::{fmt, io};

use caps::errors::CapsError;
use caps::{CapSet, Capability, CapsHashSet};
use nix::errno::Errno;
use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getgroups, getresgid, getresuid, initgroups, setgroups, setresgid, setresuid};

use super::person::{BadCaller, Person};
use super::threads;

/// What was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dropped {
    /// Root's privileges: the process belongs to this person now and has no capability.
    ToPerson(Person),
    /// Root's capabilities, except for the one that lets root write files where it likes (`CAP_DAC_OVERRIDE`).
    RootWithoutCapabilities,
    /// The capabilities of a program that has some without being root (setcap(8), or a namespace of its own).
    Capabilities,
    /// Nothing: there was nothing.
    Nothing,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ToPerson(person) => write!(f, "gave up root: now {person} with no capability"),
            Self::RootWithoutCapabilities => {
                f.write_str("gave up every capability of root except CAP_DAC_OVERRIDE, which writes the file")
            }
            Self::Capabilities => f.write_str("gave up every capability"),
            Self::Nothing => f.write_str("had no privileges to give up"),
        }
    }
}

/// Why privileges could not be given up. Whoever gets this must end: they may be there still.
#[derive(Debug)]
#[non_exhaustive]
pub enum DropError {
    /// sudo's variables do not say whom to become.
    BadCaller(BadCaller),
    /// There are threads, which would keep theirs.
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
            Self::Threads(count) => write!(f, "the process has {count} threads already"),
            Self::Call { call, source } => write!(f, "{call}: {source}"),
            Self::StillThere(what) => write!(f, "{what}, although every call succeeded"),
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

/// Gives up every privilege that is not needed once the capture is open. To be called then, before any thread is started,
/// any file opened and any frame looked at. There is no way back, and that is checked.
///
/// - Root through sudo becomes the person who called sudo: supplementary groups, group, user. So the files belong to that
///   person, and can be written where that person may write, and nowhere else.
/// - Root by itself stays root, for it may have to write into somebody's folder (in a container, say), and keeps the one
///   capability for that; all others go.
/// - Anybody else who has capabilities gives them up.
///
/// In every case capabilities are removed from the effective, permitted, inheritable and ambient set, and where possible
/// from the bounding set (capabilities(7)), and no program started from here can get more (`PR_SET_NO_NEW_PRIVS`,
/// prctl(2)). After a change of user the kernel also keeps the person's other programs from attaching to this one
/// (`PR_SET_DUMPABLE`) and so from taking the open capture over.
///
/// # Errors
/// See [`DropError`]. The process must not go on then.
pub fn drop_privileges() -> Result<Dropped, DropError> {
    let threads = threads();
    if threads > 1 {
        return Err(DropError::Threads(threads));
    }
    let person = Person::behind_root().map_err(DropError::BadCaller)?;
    let had_any = !permitted()?.is_empty();
    let kept = match &person {
        None if Uid::effective().is_root() => permitted()?
            .into_iter()
            .filter(|&one| one == Capability::CAP_DAC_OVERRIDE)
            .collect(),
        _ => CapsHashSet::new(),
    };
    narrow_bounding_set(&kept)?;
    if let Some(person) = &person {
        become_person(person)?;
    }
    narrow_own_sets(&kept)?;
    prctl::set_no_new_privs().map_err(|error| called("prctl PR_SET_NO_NEW_PRIVS", error))?;
    verify(person.as_ref(), &kept)?;
    Ok(match person {
        Some(person) => Dropped::ToPerson(person),
        None if Uid::effective().is_root() => Dropped::RootWithoutCapabilities,
        None if had_any => Dropped::Capabilities,
        None => Dropped::Nothing,
    })
}

/// What programs that are started from here could get at most. Needs `CAP_SETPCAP`: without it the set stays, and
/// `PR_SET_NO_NEW_PRIVS` has to do.
fn narrow_bounding_set(kept: &CapsHashSet) -> Result<(), DropError> {
    let effective = caps::has_cap(None, CapSet::Effective, Capability::CAP_SETPCAP);
    if !effective.map_err(refused("capget"))? {
        return Ok(());
    }
    for one in caps::read(None, CapSet::Bounding).map_err(refused("prctl PR_CAPBSET_READ"))? {
        if !kept.contains(&one) {
            caps::drop(None, CapSet::Bounding, one).map_err(refused("prctl PR_CAPBSET_DROP"))?;
        }
    }
    Ok(())
}

/// The order matters: without the user root nobody may change groups.
fn become_person(person: &Person) -> Result<(), DropError> {
    let (uid, gid) = (Uid::from_raw(person.uid), Gid::from_raw(person.gid));
    match person.c_name() {
        Some(name) => initgroups(&name, gid).map_err(|error| called("initgroups", error))?,
        None => setgroups(&[gid]).map_err(|error| called("setgroups", error))?,
    }
    setresgid(gid, gid, gid).map_err(|error| called("setresgid", error))?;
    setresuid(uid, uid, uid).map_err(|error| called("setresuid", error))
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
fn verify(person: Option<&Person>, kept: &CapsHashSet) -> Result<(), DropError> {
    for set in [CapSet::Permitted, CapSet::Effective] {
        if !caps::read(None, set).map_err(refused("capget"))?.is_subset(kept) {
            return Err(DropError::StillThere("there are capabilities left"));
        }
    }
    if !prctl::get_no_new_privs().map_err(|error| called("prctl PR_GET_NO_NEW_PRIVS", error))? {
        return Err(DropError::StillThere("programs may get new privileges"));
    }
    let Some(person) = person else { return Ok(()) };
    let (uid, gid) = (Uid::from_raw(person.uid), Gid::from_raw(person.gid));
    let users = getresuid().map_err(|error| called("getresuid", error))?;
    let groups = getresgid().map_err(|error| called("getresgid", error))?;
    if [users.real, users.effective, users.saved] != [uid; 3]
        || [groups.real, groups.effective, groups.saved] != [gid; 3]
    {
        return Err(DropError::StillThere("the process belongs to somebody else still"));
    }
    let root = Gid::from_raw(0);
    let member = getgroups().map_err(|error| called("getgroups", error))?.contains(&root);
    if member && gid != root && !belongs_to_root_group(person) {
        return Err(DropError::StillThere("the process is in root's group still"));
    }
    if setresuid(Uid::from_raw(0), Uid::from_raw(0), Uid::from_raw(0)) != Err(Errno::EPERM) {
        return Err(DropError::StillThere("the process could become root again"));
    }
    Ok(())
}

/// Is root's group one of the person's own? Unusual, but then it is no privilege left over.
fn belongs_to_root_group(person: &Person) -> bool {
    let name = person.c_name();
    let groups = name.and_then(|name| nix::unistd::getgrouplist(&name, Gid::from_raw(person.gid)).ok());
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
