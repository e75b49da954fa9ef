//! Why a private network is refused, and what to do.

use std::{fmt, fs, io};

use nix::errno::Errno;

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamespaceStep {
    /// unshare(2): new namespaces.
    Unshare,
    /// Writing `/proc/self/setgroups`, `user_namespaces(7)`.
    SetGroups,
    /// Writing `/proc/self/uid_map`.
    UidMap,
    /// Writing `/proc/self/gid_map`.
    GidMap,
    /// Switching loopback on, netdevice(7).
    LoopbackUp,
    /// Opening a packet socket, packet(7): the proof that captures are possible.
    PacketSocket,
}

impl fmt::Display for NamespaceStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unshare => "unshare",
            Self::SetGroups => "writing /proc/self/setgroups",
            Self::UidMap => "writing /proc/self/uid_map",
            Self::GidMap => "writing /proc/self/gid_map",
            Self::LoopbackUp => "switching lo on",
            Self::PacketSocket => "opening a packet socket",
        })
    }
}

/// What is behind a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The process has more than one thread. A mistake of the program's.
    Threads(usize),
    /// `user.max_user_namespaces` or `user.max_net_namespaces` is used up, or 0.
    Limit,
    /// `kernel.unprivileged_userns_clone` is 0: Debian's and its relatives' switch.
    SwitchedOff,
    /// `kernel.apparmor_restrict_unprivileged_userns` is 1: Ubuntu's, from 23.10 on.
    AppArmor,
    /// A seccomp filter forbids it, as that of most containers does.
    Seccomp,
    /// Root without `CAP_SETFCAP` may not map itself, since Linux 5.12: `user_namespaces(7)`.
    RootAlone,
    /// The kernel was built without such namespaces.
    NotBuilt,
    /// None of those; the error has to speak for itself.
    Unknown,
}

impl RefusalReason {
    /// Why, and what to do about it: a command, if there is one, comes after the last colon.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Threads(_) => "this has to happen before the program starts threads",
            Self::Limit => {
                "the limit user.max_user_namespaces or user.max_net_namespaces is reached: \
                 sudo sysctl user.max_user_namespaces=10000 user.max_net_namespaces=10000"
            }
            Self::SwitchedOff => {
                "this system keeps user namespaces to root: sudo sysctl kernel.unprivileged_userns_clone=1"
            }
            Self::AppArmor => {
                "AppArmor keeps user namespaces to programs that it knows: \
                 sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            }
            Self::Seccomp => {
                "a seccomp filter forbids it, most likely a container's: run it outside of the container, or start that with \
                 --cap-add=NET_RAW and capture on lo"
            }
            Self::RootAlone => {
                "root lacks capabilities here, and without them may do less than other users: start it as one of those"
            }
            Self::NotBuilt => "this kernel has no user or network namespaces",
            Self::Unknown => "the system does not say why",
        }
    }
}

/// A private network was refused. The process may be half inside: it should use no network any more, and end.
#[derive(Debug)]
pub struct NamespaceError {
    /// What was tried.
    pub step: NamespaceStep,
    /// What is behind it.
    pub reason: RefusalReason,
    /// What the system said.
    pub source: io::Error,
}

impl NamespaceError {
    pub(super) fn new(step: NamespaceStep, source: io::Error) -> Self {
        let reason = SystemRestrictions::read().reason(step, &source);
        Self { step, reason, source }
    }
}

impl NamespaceError {
    /// The same where the map was refused to root: what forbids it to others is another matter.
    pub(super) fn of_root(mut self) -> Self {
        let is_forbidden = self.source.raw_os_error() == Some(Errno::EPERM as i32);
        if self.step == NamespaceStep::UidMap && is_forbidden && self.reason != RefusalReason::AppArmor {
            self.reason = RefusalReason::RootAlone;
        }
        self
    }
}

impl fmt::Display for NamespaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot make a private network: {}: {}; ", self.step, self.source)?;
        f.write_str(self.reason.explanation())?;
        match self.reason {
            RefusalReason::Threads(_) | RefusalReason::Seccomp | RefusalReason::RootAlone => Ok(()),
            _ => f.write_str("; or start it with sudo"),
        }
    }
}

impl std::error::Error for NamespaceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// What the system reports about its restrictions.
#[derive(Debug, Clone, Copy, Default)]
struct SystemRestrictions {
    switched_off: bool,
    apparmor: bool,
    seccomp: bool,
}

impl SystemRestrictions {
    fn read() -> Self {
        let says = |path: &str, wanted: &str| fs::read_to_string(path).is_ok_and(|text| text.trim() == wanted);
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let seccomp = status.lines().find_map(|line| line.strip_prefix("Seccomp:"));
        Self {
            switched_off: says("/proc/sys/kernel/unprivileged_userns_clone", "0"),
            apparmor: says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
            // proc_pid_status(5): 2 is a filter.
            seccomp: seccomp.is_some_and(|mode| mode.trim() == "2"),
        }
    }

    fn reason(self, step: NamespaceStep, error: &io::Error) -> RefusalReason {
        let errno = error.raw_os_error().map(Errno::from_raw);
        match (step, errno) {
            (NamespaceStep::Unshare, Some(Errno::ENOSPC | Errno::EUSERS)) => RefusalReason::Limit,
            (NamespaceStep::Unshare, Some(Errno::EINVAL | Errno::ENOSYS)) => RefusalReason::NotBuilt,
            // AppArmor lets unshare pass and forbids what makes it worth while, so it is asked for first only later on.
            (NamespaceStep::Unshare, _) if self.switched_off => RefusalReason::SwitchedOff,
            (_, Some(Errno::EPERM | Errno::EACCES)) if self.apparmor => RefusalReason::AppArmor,
            (_, Some(Errno::EPERM | Errno::EACCES | Errno::ENOSYS)) if self.seccomp => RefusalReason::Seccomp,
            _ => RefusalReason::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use nix::errno::Errno;

    use super::{NamespaceError, NamespaceStep, RefusalReason, SystemRestrictions};

    fn reason(restrictions: SystemRestrictions, step: NamespaceStep, errno: Errno) -> RefusalReason {
        restrictions.reason(step, &io::Error::from(errno))
    }

    #[test]
    fn each_refusal_finds_its_reason() {
        let none = SystemRestrictions::default();
        let debian = SystemRestrictions {
            switched_off: true,
            ..none
        };
        let ubuntu = SystemRestrictions { apparmor: true, ..none };
        let container = SystemRestrictions { seccomp: true, ..none };
        let cases = [
            (none, NamespaceStep::Unshare, Errno::ENOSPC, RefusalReason::Limit),
            (none, NamespaceStep::Unshare, Errno::EINVAL, RefusalReason::NotBuilt),
            (none, NamespaceStep::Unshare, Errno::EPERM, RefusalReason::Unknown),
            (debian, NamespaceStep::Unshare, Errno::EPERM, RefusalReason::SwitchedOff),
            (ubuntu, NamespaceStep::Unshare, Errno::EPERM, RefusalReason::AppArmor),
            (ubuntu, NamespaceStep::UidMap, Errno::EPERM, RefusalReason::AppArmor),
            (
                ubuntu,
                NamespaceStep::PacketSocket,
                Errno::EPERM,
                RefusalReason::AppArmor,
            ),
            (ubuntu, NamespaceStep::SetGroups, Errno::EACCES, RefusalReason::AppArmor),
            (ubuntu, NamespaceStep::UidMap, Errno::EINVAL, RefusalReason::Unknown),
            (container, NamespaceStep::Unshare, Errno::EPERM, RefusalReason::Seccomp),
            (debian, NamespaceStep::LoopbackUp, Errno::EPERM, RefusalReason::Unknown),
        ];
        for (restrictions, step, errno, expected) in cases {
            assert_eq!(
                reason(restrictions, step, errno),
                expected,
                "{restrictions:?} {step} {errno}"
            );
        }
    }

    #[test]
    fn the_message_names_step_setting_and_remedy() {
        let refused = NamespaceError {
            step: NamespaceStep::UidMap,
            reason: RefusalReason::AppArmor,
            source: Errno::EPERM.into(),
        };
        assert_eq!(
            refused.to_string(),
            "cannot make a private network: writing /proc/self/uid_map: Operation not permitted (os error 1); AppArmor keeps \
             user namespaces to programs that it knows: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0; or start \
             it with sudo"
        );
    }
}
