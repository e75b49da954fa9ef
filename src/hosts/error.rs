//! Why there can be no two hosts.

use std::fmt;
use std::io::{self, ErrorKind};

use nix::unistd::Uid;

/// Why there can be no two hosts, or why a host cannot be set as it should.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostError {
    /// There is no Ethernet interface of either kind.
    NoInterface {
        /// Why the device that makes them cannot be opened.
        tun: io::Error,
        /// Why there is no pair with a cable between.
        veth: io::Error,
    },
    /// A value below `/proc/sys` cannot be set.
    Sysctl {
        /// Its name, as sysctl(8) has it.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Another step failed.
    Step {
        /// Which one.
        step: &'static str,
        /// Why.
        source: io::Error,
        /// What to do next.
        next: &'static str,
    },
}

impl HostError {
    /// From the error of this step, which root could take.
    pub fn step(step: &'static str) -> impl Fn(io::Error) -> Self {
        Self::step_with(step, or_with_sudo())
    }

    /// From the error of making one more network.
    #[must_use]
    pub fn network(source: io::Error) -> Self {
        let is_limit = source.kind() == ErrorKind::StorageFull;
        let next = if is_limit {
            "the limit user.max_net_namespaces is reached: type 'sudo sysctl user.max_net_namespaces=10000'"
        } else {
            or_with_sudo()
        };
        Self::step_with("making a second network", next)(source)
    }

    /// From the error of this step, with what to do next.
    pub fn step_with(step: &'static str, next: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Step { step, source, next }
    }

    /// What failed, and why, in a few words.
    #[must_use]
    pub fn cause(&self) -> String {
        use crate::os::errors::text;
        match self {
            Self::NoInterface { tun, veth } => format!("/dev/net/tun: {}; veth: {}", text(tun), text(veth)),
            Self::Sysctl { name, source } => format!("{name}: {}", text(source)),
            Self::Step { step, source, .. } => format!("{step}: {}", text(source)),
        }
    }
}

fn or_with_sudo() -> &'static str {
    if Uid::effective().is_root() {
        "root may not do this here either: start it on a system of your own, outside of a container"
    } else {
        "start it with sudo"
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot make two hosts: ")?;
        match self {
            Self::NoInterface { tun, veth } => {
                write!(f, "/dev/net/tun: {tun}, and veth: {veth}; ")?;
                f.write_str(match tun.kind() {
                    ErrorKind::NotFound => {
                        "load its module with 'sudo modprobe tun', or start a container with --device /dev/net/tun"
                    }
                    ErrorKind::PermissionDenied => {
                        "give it to all users, as most systems do: sudo chmod 666 /dev/net/tun"
                    }
                    _ => "start it on a system with TUN/TAP devices",
                })
            }
            Self::Sysctl { name, source } => write!(
                f,
                "{name}: {source}; where /proc/sys can only be read, as in most containers, start it outside of the container"
            ),
            Self::Step { step, source, next } => write!(f, "{step}: {source}; {next}"),
        }
    }
}

impl std::error::Error for HostError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoInterface { tun: source, .. } | Self::Sysctl { source, .. } | Self::Step { source, .. } => {
                Some(source)
            }
        }
    }
}
