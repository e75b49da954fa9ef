//! Where a field is, and what is around it.

use std::net::IpAddr;

use super::sentence::Sentence;
use crate::flow::segment::Segment;
use crate::flow::{PacketInFlow, PacketKind, Party, Roles};
use crate::wire::{Content, Layer, Packet};

/// Where a field is: in which header of which packet, at which place of which conversation.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c, 'a> {
    pub(super) packet: &'c Packet<'a>,
    pub(super) index: usize,
    pub(super) layer: &'c Layer<'a>,
    pub(super) in_flow: Option<&'c PacketInFlow>,
}

/// Who is meant: the one who sent the datagram, or the one for whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatagramEnd {
    Sender,
    Receiver,
}

impl<'c, 'a> Context<'c, 'a> {
    /// The header with this index among [`Packet::layers`]; `None` if there is none. `in_flow` is what the packet does in its
    /// conversation, where that is known.
    #[must_use]
    pub fn new(packet: &'c Packet<'a>, index: usize, in_flow: Option<&'c PacketInFlow>) -> Option<Self> {
        let layer = packet.layers().get(index)?;
        Some(Self {
            packet,
            index,
            layer,
            in_flow,
        })
    }

    /// The header that follows this one, if it is one that is read here.
    pub(super) fn next(&self) -> Option<&'c Layer<'a>> {
        self.packet.layers().get(self.index + 1)
    }

    /// The header before this one.
    pub(super) fn previous(&self) -> Option<&'c Layer<'a>> {
        self.packet.layers().get(self.index.checked_sub(1)?)
    }

    /// What the segment does in its connection, for the TCP header that is not quoted.
    pub(super) fn segment(&self) -> Option<(&'c PacketInFlow, &'c Segment)> {
        let in_flow = self.in_flow.filter(|_| !self.layer.is_quoted())?;
        Some((in_flow, in_flow.segment()?))
    }

    /// Whose address or port is on this side of the header; `None` where that is unknown. A datagram that an ICMP error
    /// quotes was sent by the end that did not send the error; the error itself may come from a router.
    pub(super) fn party(&self, side: DatagramEnd) -> Option<Party> {
        let in_flow = self
            .in_flow
            .filter(|in_flow| in_flow.roles != Roles::First && !is_to_many(in_flow))?;
        let sender = match (&in_flow.kind, self.layer.is_quoted()) {
            (PacketKind::Notice(_), true) => in_flow.sender.other(),
            (PacketKind::Notice(_), false) => return None,
            (_, quoted) => (!quoted).then_some(in_flow.sender)?,
        };
        Some(match side {
            DatagramEnd::Sender => sender,
            DatagramEnd::Receiver => sender.other(),
        })
    }
}

/// Is it for a group or for everybody on the link, so that there is no server?
#[must_use]
pub fn is_to_many(in_flow: &PacketInFlow) -> bool {
    [in_flow.client, in_flow.server].iter().any(|end| is_of_many(end.ip()))
}

/// Does this address stand for several machines: a group, or all of the link?
#[must_use]
pub const fn is_of_many(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_multicast() || address.is_broadcast(),
        IpAddr::V6(address) => address.is_multicast(),
    }
}

/// `an IPv4 header follows`, for the field that says what follows.
pub(super) fn follows(context: Context<'_, '_>) -> Sentence {
    /// RFC 8200 section 4.7
    const NO_NEXT_HEADER: Content = Content::IpProtocol(59);
    let was_cut = || context.packet.malformations().iter().any(|problem| problem.cut);
    let Some(next) = context.next() else {
        return match context.packet.content() {
            NO_NEXT_HEADER if context.packet.payload().bytes.is_empty() => "the packet ends with this header".into(),
            NO_NEXT_HEADER => "the packet ends with this header; what is behind it is to be ignored".into(),
            Content::Unread if was_cut() => "the capture was cut before what follows".into(),
            Content::Unread => "what follows could not be read: see the problem below".into(),
            other => match other.name() {
                Some(name) => format!("{name} follows, which is not read here").into(),
                None => "what follows is not read here".into(),
            },
        };
    };
    let name = next.protocol().name();
    let article = if name.starts_with(['A', 'E', 'I', 'L', 'a']) {
        "an"
    } else {
        "a"
    };
    let header = if name.ends_with("header") || name.ends_with("tag") {
        ""
    } else {
        " header"
    };
    let cut = if next.header().bytes.is_empty() && was_cut() {
        ", which the capture cut off"
    } else {
        ""
    };
    if name.ends_with("options") {
        return format!("{name} follow{cut}").into();
    }
    [article, " ", name, header, " follows", cut].concat().into()
}
