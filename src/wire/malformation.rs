//! What kept a packet from being read to its end.

use std::fmt;

use super::protocol::Protocol;

/// What should have been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// This many bytes: the part of the header that is always there.
    Header(usize),
    /// This many bytes, because this field declares them.
    Declared {
        /// The field's filter name.
        field: &'static str,
        /// How many bytes it declares.
        bytes: usize,
    },
    /// A value of this field that is not smaller.
    AtLeast {
        /// The field's filter name.
        field: &'static str,
        /// The smallest that the standard allows.
        least: u64,
    },
    /// This value of this field.
    Exactly {
        /// The field's filter name.
        field: &'static str,
        /// The only value that the standard allows.
        value: u64,
    },
    /// No more headers within headers than this; the decoder stops there to bound its work.
    Depth(usize),
}

/// One thing that is wrong with a packet. What was read before it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Malformation {
    /// The header in which it was found.
    pub protocol: Protocol,
    /// Where: the byte of the frame at which the expected thing begins.
    pub byte: usize,
    /// What should have been there.
    pub expected: Expected,
    /// What was there: bytes for [`Expected::Header`] and [`Expected::Declared`], else the field's value.
    pub found: u64,
    /// True: the capture kept only the beginning of the frame (snaplen), the packet itself may be well. False: the packet
    /// contradicts itself.
    pub cut: bool,
}

impl fmt::Display for Malformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            protocol,
            byte,
            expected,
            found,
            cut,
        } = self;
        write!(f, "{protocol} at byte {byte}: ")?;
        match expected {
            Expected::Header(bytes) => write!(f, "the header needs {bytes} bytes, {found} are there")?,
            Expected::Declared { field, bytes } => write!(f, "{field} says {bytes} bytes, {found} are there")?,
            Expected::AtLeast { field, least } => write!(f, "{field} has to be {least} or more, it is {found}")?,
            Expected::Exactly { field, value } => write!(f, "{field} has to be {value}, it is {found}")?,
            Expected::Depth(depth) => write!(f, "more than {depth} headers within each other, the rest is not read")?,
        }
        f.write_str(if *cut { " (cut by the capture)" } else { "" })
    }
}
