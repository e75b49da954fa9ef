//! Where a run happens, and how much of it can be seen.

use std::process::{Command, Stdio};

use super::failure::Failure;
use super::plan::Run;
use super::sys::{self, Offload};
use crate::privilege;

/// The network that the programs talk through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    /// A network of this run's own, with nothing in it but its loopback.
    Private,
    /// The machine's loopback, for the system refuses a private network, for this reason.
    Shared {
        /// Why there is no private one.
        refusal: String,
    },
}

impl Network {
    /// Enters the best network there is. To be called before any thread is started ([`privilege::enter_private_network`]).
    ///
    /// A refusal can leave a process half inside, in a network in which nothing works. So another process, which is told
    /// so by [`TRY`], tries it first.
    ///
    /// # Errors
    /// What the other process could do, this one cannot.
    pub fn enter() -> Result<Self, Failure> {
        match rehearse() {
            Err(refusal) => Ok(Self::Shared { refusal }),
            Ok(()) => match privilege::enter_private_network() {
                Ok(()) => Ok(Self::Private),
                Err(refused) => Err(Failure::Line(refused.to_string())),
            },
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn description(&self) -> String {
        match self {
            Self::Private => "a private one, made for this run: nothing in it but its own loopback".to_owned(),
            Self::Shared { refusal } => {
                format!("the loopback of this machine, for the system refuses a private one ({refusal})")
            }
        }
    }

    /// Makes it fit for this run, while the privileges are there.
    ///
    /// # Errors
    /// The system refuses.
    pub fn prepare(&self, run: Run) -> Result<(), Failure> {
        if run != Run::Long || *self != Self::Private {
            return Ok(());
        }
        let next = "run another one of the lab's runs";
        sys::set_mtu("lo", ETHERNET_MTU).map_err(|error| Failure::of("setting the MTU of lo to 1500", error, next))?;
        for offload in [
            Offload::TcpSegmentation,
            Offload::GenericSegmentation,
            Offload::GenericReceive,
        ] {
            sys::switch_off("lo", offload)
                .map_err(|error| Failure::of("switching the offloads of lo off", error, next))?;
        }
        Ok(())
    }
}

/// The MTU of Ethernet, in bytes.
const ETHERNET_MTU: i32 = 1500;

/// The argument that asks for no more than a try: [`rehearsal`].
pub const TRY: &str = "--try-private-network";

/// Has another process try it; the refusal in words if it may not.
fn rehearse() -> Result<(), String> {
    let tried = Command::new("/proc/self/exe")
        .arg(TRY)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()),
        Err(error) => Err(format!(
            "cannot make a private network: starting a second process: {error}"
        )),
    }
}

/// What the other process does: tries it, and returns the refusal in words.
#[must_use]
pub fn rehearsal() -> Option<String> {
    privilege::enter_private_network()
        .err()
        .map(|refused| refused.to_string())
}
