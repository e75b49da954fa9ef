//! What a filter does with the later fragments of a packet.

/// What becomes of the later fragments of an IP packet. They have no TCP, UDP or ICMP header, so it cannot be told from a
/// fragment alone whether a `port` or a byte behind the IP header is the one that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum FragmentPolicy {
    /// They do not match, as in tcpdump: a datagram in fragments is found by its first one and cannot be put together.
    #[default]
    Drop,
    /// They pass where the rest of the expression lets them: `udp port 53` keeps the later fragments of all UDP
    /// datagrams, to be put together and asked again. Over IPv6 the first fragments are asked too, which tcpdump does not.
    /// Every packet that passes with [`FragmentPolicy::Drop`] passes with this.
    Keep,
}
