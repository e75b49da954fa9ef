//! Setting up the interfaces of a network that this process has made for itself: on and off, addresses, MTU, offloads, and a new
//! Ethernet interface whose cable is a file (TAP). netdevice(7), ethtool(8), arp(7)
//!
//! All of it takes `CAP_NET_ADMIN` in that network.

mod sys;

pub use sys::{
    MacAddress, Offload, become_interface, frames_of, lost_frames, set_address, set_mac, set_mtu, set_neighbour,
    switch_off, switch_on, switch_on_without_discovery,
};
