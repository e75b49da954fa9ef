//! How the value of a field is written.

/// Gives a number of a registry its name; `None` when it has none here.
pub type Naming = fn(u64) -> Option<&'static str>;

/// How a field's value is written.
#[derive(Debug, Clone, Copy)]
pub enum DisplayFormat {
    /// A decimal number.
    Decimal,
    /// A decimal number of something: `60 bytes`.
    Count(&'static str),
    /// A length counted in units of `unit` bytes; `uncounted` units are not counted: `5 words = 20 bytes`.
    Length {
        /// Bytes in a unit.
        unit: u64,
        /// Units that are there and not counted.
        uncounted: u64,
    },
    /// A hexadecimal number as wide as the field.
    Hex,
    /// A decimal number with a name: `6 TCP`.
    Named(Naming),
    /// A hexadecimal number with a name: `0x0800 IPv4`.
    HexNamed(Naming),
    /// As [`DisplayFormat::Named`], in little-endian byte order: the one thing here that a machine wrote for itself.
    LittleEndian(Naming),
    /// One bit.
    Flag,
    /// A group of which the parts say everything: the names of the bits that are set, with the number.
    Flags,
    /// A MAC address.
    Mac,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Bytes that mean nothing further here.
    Bytes,
    /// An option: its parts after kind and length say it.
    Option,
}

impl DisplayFormat {
    /// A length counted in units of `unit` bytes, all of which are counted.
    pub(super) const fn units(unit: u64) -> Self {
        Self::Length { unit, uncounted: 0 }
    }
}
