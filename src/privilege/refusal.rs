//! Why a private network is refused, and what to do.

use std::{fmt, fs, io};

use nix::errno::Errno;

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
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

impl fmt::Display for Step {
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

/// What stands behind a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
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
    /// The kernel was built without such namespaces.
    NotBuilt,
    /// None of those; the error has to speak for itself.
    Unknown,
}

impl Reason {
    /// Why, and what to do about it: a command, if there is one, stands behind the last colon.
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
            Self::NotBuilt => "this kernel has no user or network namespaces",
            Self::Unknown => "the system does not say why",
        }
    }
}

/// A private network was refused. The process may be half inside: it should use no network any more, and end.
#[derive(Debug)]
pub struct Refused {
    /// What was tried.
    pub step: Step,
    /// What stands behind it.
    pub reason: Reason,
    /// What the system said.
    pub source: io::Error,
}

impl Refused {
    pub(super) fn new(step: Step, source: io::Error) -> Self {
        let reason = Facts::read().reason(step, &source);
        Self { step, reason, source }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot make a private network: {}: {}; ", self.step, self.source)?;
        f.write_str(self.reason.explanation())?;
        match self.reason {
            Reason::Threads(_) | Reason::Seccomp => Ok(()),
            _ => f.write_str("; or start it with sudo"),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// What the system tells about its restrictions.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    switched_off: bool,
    apparmor: bool,
    seccomp: bool,
}

impl Facts {
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

    fn reason(self, step: Step, error: &io::Error) -> Reason {
        let errno = error.raw_os_error().map(Errno::from_raw);
        match (step, errno) {
            (Step::Unshare, Some(Errno::ENOSPC | Errno::EUSERS)) => Reason::Limit,
            (Step::Unshare, Some(Errno::EINVAL | Errno::ENOSYS)) => Reason::NotBuilt,
            // AppArmor lets unshare pass and forbids what makes it worth while, so it is asked for first only later on.
            (Step::Unshare, _) if self.switched_off => Reason::SwitchedOff,
            (_, Some(Errno::EPERM | Errno::EACCES)) if self.apparmor => Reason::AppArmor,
            (_, Some(Errno::EPERM | Errno::EACCES | Errno::ENOSYS)) if self.seccomp => Reason::Seccomp,
            _ => Reason::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use nix::errno::Errno;

    use super::{Facts, Reason, Refused, Step};

    fn reason(facts: Facts, step: Step, errno: Errno) -> Reason {
        facts.reason(step, &io::Error::from(errno))
    }

    #[test]
    fn each_refusal_finds_its_reason() {
        let none = Facts::default();
        let debian = Facts {
            switched_off: true,
            ..none
        };
        let ubuntu = Facts { apparmor: true, ..none };
        let container = Facts { seccomp: true, ..none };
        let cases = [
            (none, Step::Unshare, Errno::ENOSPC, Reason::Limit),
            (none, Step::Unshare, Errno::EINVAL, Reason::NotBuilt),
            (none, Step::Unshare, Errno::EPERM, Reason::Unknown),
            (debian, Step::Unshare, Errno::EPERM, Reason::SwitchedOff),
            (ubuntu, Step::Unshare, Errno::EPERM, Reason::AppArmor),
            (ubuntu, Step::UidMap, Errno::EPERM, Reason::AppArmor),
            (ubuntu, Step::PacketSocket, Errno::EPERM, Reason::AppArmor),
            (ubuntu, Step::SetGroups, Errno::EACCES, Reason::AppArmor),
            (ubuntu, Step::UidMap, Errno::EINVAL, Reason::Unknown),
            (container, Step::Unshare, Errno::EPERM, Reason::Seccomp),
            (debian, Step::LoopbackUp, Errno::EPERM, Reason::Unknown),
        ];
        for (facts, step, errno, expected) in cases {
            assert_eq!(reason(facts, step, errno), expected, "{facts:?} {step} {errno}");
        }
    }

    #[test]
    fn the_message_names_step_setting_and_remedy() {
        let refused = Refused {
            step: Step::UidMap,
            reason: Reason::AppArmor,
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
