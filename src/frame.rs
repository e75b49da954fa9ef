//! A captured frame, wherever it came from: a socket or a file.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::wire::{LinkType, Packet, decode};

/// A point in time in nanoseconds since 1970-01-01 00:00:00 UTC; from 1677 to 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// The same as a date.
    #[must_use]
    pub const fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.0)
    }
}

/// Which way the frame went, as far as the capture says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Received.
    Inbound,
    /// Sent.
    Outbound,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// When it was captured; `None` where the capture keeps no time (a pcapng Simple Packet Block).
    pub time: Option<Time>,
    /// What the first byte belongs to.
    pub link: LinkType,
    /// Index of the interface among those of the capture, from 0.
    pub interface: u32,
    /// Which way it went.
    pub direction: Option<Direction>,
    /// Its length on the wire, in bytes. Larger than that of `bytes` when the capture cut it (snaplen).
    pub original_length: u32,
    /// The captured bytes, from the first one of the link-layer header.
    pub bytes: Cow<'a, [u8]>,
    /// What the capture file says about it (pcapng `opt_comment`), in order.
    pub comments: Vec<String>,
}

impl<'a> Frame<'a> {
    /// A frame of which nothing more is known, captured whole.
    #[must_use]
    pub fn new(time: Option<Time>, link: LinkType, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        let bytes = bytes.into();
        Self {
            time,
            link,
            interface: 0,
            direction: None,
            original_length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            bytes,
            comments: Vec::new(),
        }
    }

    /// The same frame with bytes of its own.
    #[must_use]
    pub fn into_owned(self) -> Frame<'static> {
        Frame {
            bytes: Cow::Owned(self.bytes.into_owned()),
            time: self.time,
            link: self.link,
            interface: self.interface,
            direction: self.direction,
            original_length: self.original_length,
            comments: self.comments,
        }
    }

    /// Its headers, as far as its bytes go.
    #[must_use]
    pub fn decode(&self) -> Packet<'_> {
        decode(self.link, &self.bytes, self.original_length)
    }

    /// Were bytes left out when it was captured?
    #[must_use]
    pub fn is_cut(&self) -> bool {
        (self.bytes.len() as u64) < u64::from(self.original_length)
    }
}
