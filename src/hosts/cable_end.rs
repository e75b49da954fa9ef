//! An Ethernet interface whose cable is a file.
//!
//! It is a TAP device, where `/dev/net/tun` may be opened and makes one. Where not, it is one of two interfaces with a cable between them (veth), and
//! the file is a packet socket on the other one, which nothing else uses. The kernel leaves work to a network card there that
//! is none: it is told to do it itself, so that frames are as they are on a cable.

use std::fs::File;
use std::io;

use super::error::HostError;
use super::namespace::open_tun;
use crate::os::errors::text;
use crate::os::interface_setup::{self, Offload};
use crate::os::veth;

/// The end of a cable.
#[derive(Debug)]
pub(super) struct CableEnd {
    /// What the interface sends is read here, and what is written here it receives: a frame a call, without waiting.
    pub(super) file: File,
    /// Why it is not a TAP device.
    pub(super) instead: Option<String>,
}

impl CableEnd {
    /// Makes an interface of this name, which is off yet, in the network in which this thread is.
    ///
    /// # Errors
    /// The system has neither kind for this user.
    pub(super) fn make(name: &str) -> Result<Self, HostError> {
        let tap = open_tun().and_then(|file| interface_setup::become_interface(&file, name).map(|()| file));
        match tap {
            Ok(file) => Ok(Self { file, instead: None }),
            Err(tun) => match by_veth(name) {
                Ok(file) => Ok(Self {
                    file,
                    instead: Some(text(&tun)),
                }),
                Err(veth) => Err(HostError::NoInterface { tun, veth }),
            },
        }
    }
}

/// The other interface's name is one that says what it is for.
fn by_veth(name: &str) -> io::Result<File> {
    let other = format!("{name}-cable");
    veth::make_pair(name, &other)?;
    for offload in [
        Offload::SentChecksums,
        Offload::TcpSegmentation,
        Offload::GenericSegmentation,
        Offload::GenericReceive,
    ] {
        interface_setup::switch_off(name, offload)?;
    }
    interface_setup::switch_on(&other)?;
    interface_setup::frames_of(&other)
}
