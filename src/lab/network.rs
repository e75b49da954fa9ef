//! Where a run happens, and how much of it can be seen.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::failure::Failure;
use crate::flow::Party;
use crate::hosts::addresses;
use crate::privilege::{self, NamespaceError, RefusalReason};

/// The network that the programs talk through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    /// Two hosts of this run's own, with a wire between them. Why their interfaces are not TAP devices, where they are veths.
    TwoHosts(Option<String>),
    /// A network of this run's own, with nothing in it but its loopback. Why there are no two hosts, where the run would rather have them.
    Private(Option<String>),
    /// The machine's loopback, for the system refuses a private network.
    Shared(NetworkRefusal),
}

/// Why there is no private network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkRefusal {
    /// What was refused, in the system's words.
    pub what: String,
    /// The reason for the refusal.
    pub why: String,
    /// The command that changes it, if there is one.
    pub remedy: Option<String>,
}

impl NetworkRefusal {
    /// From the two lines of the process that tried it.
    fn read(written: &str) -> Self {
        let (what, explanation) = written.trim_end().split_once('\n').unwrap_or((written.trim_end(), ""));
        let (why, remedy) = match explanation.rsplit_once(": sudo ") {
            Some((why, command)) => (why, Some(format!("sudo {command}"))),
            None => (explanation, None),
        };
        Self {
            what: what.to_owned(),
            why: why.to_owned(),
            remedy,
        }
    }
}

impl Network {
    /// Enters the best available network. Call it before any thread is started ([`privilege::enter_private_network`]).
    ///
    /// Root's way either works or changes nothing. The way for ordinary users can fail halfway, and leave the process in a network
    /// in which nothing works. So another process tries it first: its argument is [`TRY`].
    ///
    /// # Errors
    /// This process fails where the other process succeeded.
    pub fn enter() -> Result<Self, Failure> {
        if privilege::enter_with_capabilities().map_err(|refused| Failure::Line(refused.to_string()))? {
            return Ok(Self::Private(None));
        }
        match probe_elsewhere() {
            Err(refusal) => Ok(Self::Shared(refusal)),
            Ok(()) => match enter_after_probe() {
                Ok(()) => Ok(Self::Private(None)),
                Err(refused) => Err(Failure::Line(refused.to_string())),
            },
        }
    }

    /// Enters a private network again, where making two hosts in the first one has failed for this reason.
    ///
    /// # Errors
    /// The system refuses what it permitted before.
    pub fn instead_of_two_hosts(why: String) -> Result<Self, Failure> {
        match privilege::enter_with_capabilities() {
            Ok(true) => Ok(Self::Private(Some(why))),
            Ok(false) => Err(Failure::Line(format!(
                "a second private network is refused, after: {why}; --loopback needs one only"
            ))),
            Err(refused) => Err(Failure::Line(refused.to_string())),
        }
    }

    /// The interface that is captured.
    #[must_use]
    pub const fn interface(&self) -> &'static str {
        match self {
            Self::TwoHosts(_) => addresses::INTERFACE,
            Self::Private(_) | Self::Shared(_) => "lo",
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn description(&self) -> String {
        match self {
            Self::TwoHosts(instead) => {
                let [client, server] = [Party::Client, Party::Server].map(addresses::address);
                let hosts = format!(
                    "two hosts made for this run, {client} and {server}, with a wire between them, without tail loss probes, which \
                     a busy computer would cause; captured at the client's"
                );
                match instead {
                    Some(why) => format!("{hosts}; veth in place of /dev/net/tun ({why})"),
                    None => hosts,
                }
            }
            Self::Private(None) => "a private one, made for this run: nothing in it but its own loopback".to_owned(),
            Self::Private(Some(why)) => format!("one loopback of this run's own; two hosts cannot be had ({why})"),
            Self::Shared(refusal) => format!(
                "the loopback of this machine, for the system refuses a private one ({})",
                refusal.what
            ),
        }
    }
}

/// The argument that asks for no more than a try: [`probe`].
pub const TRY: &str = "--try-private-network";

/// Has another process try it: [`TRY`].
fn probe_elsewhere() -> Result<(), NetworkRefusal> {
    let tried = Command::new("/proc/self/exe")
        .arg(TRY)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(NetworkRefusal::read(&String::from_utf8_lossy(&output.stdout))),
        Err(error) => Err(NetworkRefusal::read(&format!("starting a second process: {error}"))),
    }
}

/// Does what the other process could do. The kernel takes its time to remove the network of that process, which counts until then: with
/// a limit that leaves no second one, this waits for it.
fn enter_after_probe() -> Result<(), NamespaceError> {
    /// Removing a network takes some tens of milliseconds.
    const WAITS: u32 = 100;
    for _ in 0..WAITS {
        match privilege::enter_private_network() {
            Err(refused) if refused.reason == RefusalReason::Limit => thread::sleep(Duration::from_millis(10)),
            entered => return entered,
        }
    }
    privilege::enter_private_network()
}

/// What the other process does: tries it, and returns the refusal in two lines, the system's words and the explanation.
#[must_use]
pub fn probe() -> Option<String> {
    let refused = privilege::enter_private_network().err()?;
    Some(format!(
        "{}: {}\n{}",
        refused.step,
        refused.source,
        refused.reason.explanation()
    ))
}

#[cfg(test)]
mod tests {
    use super::NetworkRefusal;

    #[test]
    fn the_remedy_is_found_in_the_explanation() {
        let refusal = NetworkRefusal::read("unshare: No\nthe limit a is reached: sudo sysctl a=1\n");
        assert_eq!(
            (refusal.what.as_str(), refusal.why.as_str()),
            ("unshare: No", "the limit a is reached")
        );
        assert_eq!(refusal.remedy.as_deref(), Some("sudo sysctl a=1"));
        let refusal = NetworkRefusal::read("unshare: No\nno such namespaces\n");
        assert_eq!((refusal.why.as_str(), refusal.remedy), ("no such namespaces", None));
        assert_eq!(NetworkRefusal::read("").what, "");
    }
}
