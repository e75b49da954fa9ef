//! The application of the lecture: the client sends a line, the server returns it in uppercase.
//!
//! Read in this order: [`udp_client`] and [`udp_server`], then [`tcp_client`] and [`tcp_server`]. Each of the four reads
//! like the lecture, because everything else has a place of its own:
//!
//! - [`socket`]: one method per socket call, that makes the call, lets a quit interrupt it, and reports it;
//! - [`transcript`]: the words that the programs print;
//! - [`listening`]: how both servers take an address; [`client`]: whom both clients talk to;
//! - [`uppercase`]: the service itself;
//! - [`address`]: host names to addresses, and the server's own address;
//! - [`error`]: what went wrong, and what to do next.
//!
//! What they need of the system and the lecture does not, such as the end by Ctrl+Z, is in [`crate::os`].

pub mod address;
pub mod client;
pub mod error;
pub mod listening;
pub mod socket;
pub mod tcp_client;
pub mod tcp_server;
pub mod transcript;
pub mod udp_client;
pub mod udp_server;
pub mod uppercase;

/// The most that a datagram carries over IPv4, in bytes: 65,535 of the total length field, less 20 of the IPv4 header
/// and 8 of the UDP header (RFC 791, RFC 768).
pub const LARGEST_PAYLOAD_IPV4: usize = 65_507;

/// The most that a datagram carries over IPv6, in bytes: 65,535 of the payload length field, which leaves the IPv6 header
/// out, less 8 of the UDP header (RFC 8200, RFC 768).
pub const LARGEST_PAYLOAD_IPV6: usize = 65_527;
