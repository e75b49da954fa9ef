//! What the programs need from the system, and the lecture does not explain.
//!
//! - [`cancel`]: Ctrl+Z, Ctrl+C, SIGTERM and SIGHUP; [`poll`]: waiting for a descriptor or for the request to quit;
//! - [`keyboard`]: lines from standard input;
//! - [`descriptors`]: open files, and how many the system allows; [`interfaces`]: addresses and names;
//! - `interface_setup`, `routes`, `veth`: setting up an interface, its route, its cable, in a network that this process has made;
//!   `socket_diag`: what the kernel knows of a connection;
//! - `unnamed_file`: a file that has no name until it is whole;
//! - [`errors`]: what the system says in its errors; `network`: why an address cannot be reached; `port_holder`: which program has a port;
//! - [`limits`]: what `ulimit` may have set; `memory`: the limit of a container, and what happens when memory runs out.
//!
//! Only Linux is tested. Other systems use what the standard library has.

pub mod cancel;
pub mod descriptors;
pub mod errors;
#[cfg(target_os = "linux")]
pub mod interface_setup;
pub mod interfaces;
pub mod keyboard;
pub mod limits;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod link;
mod memory;
#[cfg(target_os = "linux")]
pub mod network;
pub mod poll;
#[cfg(target_os = "linux")]
pub mod port_holder;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod routes;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod rtnetlink;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod socket_diag;
#[cfg(unix)]
mod sys;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod unnamed_file;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod veth;
