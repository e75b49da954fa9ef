//! Bytes to headers.
//!
//! [`decode()`] gives a [`Packet`]: its headers as [`Layer`]s, from the outside in, without making a field. [`Layer::fields`]
//! makes the [`Field`]s: each with Wireshark's name, the RFC's name, place, raw bytes and value. [`Packet::checksum`] checks.
//! What cannot be read is a [`Malformation`]; what was read before it is kept.
//!
//! One file per protocol, in the same order: its fields and what they are for (`fields!`), the tables that place them, the typed
//! header, the descriptor with the decoder (`header::HeaderDef`). The list `headers!` below names the descriptors.
//!
//! For all protocols: `decode` goes from header to header; `checksum` checks the checksums, with the sums of `sum`, and a
//! descriptor says what its checksum covers; `options` walks through options; `reassembly` puts fragments together; `numbers` has
//! the names of numbers; `cursor` and `span` are bytes with their place.
#![forbid(unsafe_code)]

#[macro_use]
mod fields;

/// Every header, a line each, the better known first: its name in [`Protocol`], its descriptor in its file here, who explains it
/// (in `explain`), and what it is. A new header is a line here, its file, and its file in `explain`.
macro_rules! headers {
    ($each:ident) => {
        $each! {
            Tcp: tcp::Header, tcp::Explainer, "TCP, RFC 9293.";
            Udp: udp::Header, udp::Explainer, "UDP, RFC 768.";
            Ipv4: ipv4::Header, ip::Ipv4Explainer, "IPv4, RFC 791.";
            Ipv6: ipv6::Header, ip::Ipv6Explainer, "IPv6, RFC 8200.";
            Ethernet: ethernet::Header, link::LinkExplainer, "Ethernet II or IEEE 802.3.";
            Arp: arp::Header, arp::Explainer, "ARP, RFC 826.";
            Icmp: icmp::Header, icmp::IcmpExplainer, "ICMP, RFC 792.";
            Icmpv6: icmpv6::Header, icmp::Icmpv6Explainer, "`ICMPv6`, RFC 4443.";
            Llc: llc::Header, link::LinkExplainer, "IEEE 802.2 logical link control, SNAP included.";
            Vlan: vlan::Tag, link::LinkExplainer, "A VLAN tag: IEEE 802.1Q, and the predecessors of 802.1ad.";
            ServiceVlan: vlan::ServiceTag, link::LinkExplainer, "A service provider's VLAN tag: IEEE 802.1ad.";
            LinuxSll: cooked::Version1, link::CookedExplainer, "Linux \"cooked\" capture, version 1.";
            LinuxSll2: cooked::Version2, link::CookedExplainer, "Linux \"cooked\" capture, version 2.";
            Null: null::Header, link::LinkExplainer, "BSD loopback.";
            HopByHop: ipv6_extension::HopByHop, ip::ExtensionExplainer, "IPv6 hop-by-hop options, RFC 8200 section 4.3.";
            Routing: ipv6_extension::Routing, ip::ExtensionExplainer, "IPv6 routing header, RFC 8200 section 4.4.";
            Fragment: ipv6_extension::Fragment, ip::ExtensionExplainer, "IPv6 fragment header, RFC 8200 section 4.5.";
            DestinationOptions: ipv6_extension::DestinationOptions, ip::ExtensionExplainer, "IPv6 destination options, RFC 8200 section 4.6.";
            Authentication: ipv6_extension::Authentication, ip::ExtensionExplainer, "IP authentication header, RFC 4302.";
            Igmp: igmp::Header, igmp::Explainer, "IGMP, RFC 9776.";
        }
    };
}
pub(crate) use headers;

pub mod arp;
mod catalog;
mod checksum;
pub mod cooked;
mod decode;
mod descriptors;
pub mod digits;
mod display_format;
mod endpoints;
pub mod ethernet;
mod field;
mod field_table;
mod header;

mod cursor;
pub mod icmp;
pub mod icmp_extension;
pub mod icmpv6;
pub mod igmp;
pub mod ipv4;
pub mod ipv6;
pub mod ipv6_extension;
mod layer;
mod link;
pub mod llc;
mod malformation;
pub mod nd;
mod next_header;
pub mod null;
mod numbers;
mod options;
mod packet;
mod protocol;
mod quotation;
pub mod reassembly;
mod span;
pub mod sum;
pub mod tcp;
#[cfg(test)]
mod tests;
pub mod udp;
pub mod vlan;

pub use catalog::catalog;
pub use cursor::Completeness;
pub use decode::{MOST_HEADERS, decode};
pub use display_format::{DisplayFormat, Naming};
pub use field::{Field, FieldDef, Value, find};
pub use field_table::{FieldTable, Origin};
pub use fields::{Fields, Purpose};
pub use layer::Layer;
pub use link::LinkType;
pub use malformation::{Expected, Malformation};
pub use packet::{Content, Packet};
pub use protocol::Protocol;
pub use span::Span;
pub use sum::{Checksum, Unchecked};
