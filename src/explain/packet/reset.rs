//! Why a RST was sent, and what becomes of it. RFC 9293 sections 3.5.3 and 3.10.7, RFC 5961

use crate::flow::PacketInFlow;
use crate::flow::segment::{RemarkableReset, ResetCause, Segment};

/// Why it was sent.
pub(super) fn reason(in_flow: &PacketInFlow, segment: &Segment, cause: ResetCause) -> String {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    match cause {
        ResetCause::NobodyListens => {
            let port = in_flow.end(sender).port();
            sentence!("refuses the connection: nothing listens on port ", port, ", or a firewall says so")
        }
        ResetCause::BreaksOffHandshake => {
            "breaks off as soon as the port has answered: a scan that only asked whether it is open, a client that gave up, or one that \
             did not send this SYN lately (an old SYN that came late)"
                .into()
        }
        ResetCause::NoSuchConnection => {
            sentence!(
                "a RST as a host sends it that does not have this connection: the ",
                sender,
                " was restarted or has forgotten it, or a firewall sent this"
            )
        }
        ResetCause::ConnectionOver => {
            sentence!("the ", sender, " does not have this connection any more: it is over")
        }
        ResetCause::DataAfterClose => {
            sentence!("breaks off: data came after the ", sender, "'s program had closed, or lay unread when it did")
        }
        ResetCause::Abort => sentence!(
            "breaks off at once: the ",
            sender,
            "'s program closed with data unread, or wanted it so (SO_LINGER 0), or was killed, or its kernel had waited too long for an \
             answer; the wire does not tell which"
        ),
        ResetCause::NotTaken(RemarkableReset::Challenged) => sentence!(
            "a RST that does not end the connection: its number lies in the ",
            receiver,
            "'s window and is not the one expected next. The ",
            receiver,
            " answers with a challenge ACK (RFC 5961). It comes late, or not from the ",
            sender
        ),
        ResetCause::NotTaken(RemarkableReset::Ignored) => sentence!(
            "a RST that the ",
            receiver,
            " ignores: ",
            why_ignored(in_flow, segment),
            ". It is an old one, or not from the ",
            sender
        ),
    }
}

/// RFC 9293 section 3.10.7.3: in SYN-SENT the acknowledgment number counts, later the sequence number (section 3.10.7.4).
fn why_ignored(in_flow: &PacketInFlow, segment: &Segment) -> String {
    let receiver = in_flow.sender.other();
    match segment.acknowledgment {
        Some(number) if segment.own_start.is_none() && number.relative != 1 => {
            sentence!("it does not acknowledge the ", receiver, "'s SYN")
        }
        None if segment.own_start.is_none() && segment.sequence.relative == 1 => {
            sentence!("it has no acknowledgment of the ", receiver, "'s SYN")
        }
        _ => sentence!("its sequence number lies outside the ", receiver, "'s window"),
    }
}
