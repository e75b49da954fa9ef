//! What is said of openings that are not three steps, and of a RST that is not taken.

use super::{SYN, in_flow, known, packet, push, stays};
use crate::explain::packet::{StateStyle, reason, states};
use crate::flow::number::{Number, Sequence};
use crate::flow::segment::{RemarkableReset, ResetCause, Segment, SegmentPart};
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::{PacketKind, Party};
use crate::wire::digits::unhex;

fn said(segment: Segment, sender: Party) -> String {
    let bytes = unhex(SYN);
    let packet = packet(&bytes);
    let mut in_flow = in_flow(PacketKind::Segment(segment));
    in_flow.sender = sender;
    reason(&packet, Some(&in_flow)).unwrap().to_string()
}

#[test]
fn a_simultaneous_open_has_words_of_its_own() {
    let part = |part, state| Segment {
        part,
        client: Change {
            before: known(state),
            after: known(State::SynReceived),
        },
        server: stays(State::SynSent),
        ..push()
    };
    let syn = said(part(SegmentPart::CrossingSyn, State::SynSent), Party::Server);
    assert!(
        syn.contains("simultaneous open") && syn.contains("split handshake"),
        "{syn}"
    );
    for sender in [Party::Client, Party::Server] {
        let answer = said(part(SegmentPart::SynAck, State::SynSent), sender);
        assert!(
            answer.contains("both ends asked to open") && !answer.contains("of 3"),
            "{answer}"
        );
    }
    let last = said(part(SegmentPart::HandshakeAck, State::SynReceived), Party::Server);
    assert!(!last.contains("of 3") && !last.contains("accept()"), "{last}");
    // The server that only answers.
    let mut answer = part(SegmentPart::SynAck, State::SynSent);
    answer.server = stays(State::SynReceived);
    assert!(said(answer, Party::Server).starts_with("step 2 of 3"));
}

#[test]
fn a_rst_that_is_not_taken_says_why() {
    let reset = |effect, acknowledgment: Option<i64>, own_start| Segment {
        part: SegmentPart::Reset(ResetCause::NotTaken(effect)),
        acknowledgment: acknowledgment.map(|relative| Number {
            raw: Sequence(1),
            relative,
        }),
        own_start,
        data: None,
        ..push()
    };
    let begun = Some(Sequence(5));
    let outside = said(reset(RemarkableReset::Ignored, None, begun), Party::Server);
    assert!(
        outside.contains("the client ignores: its sequence number lies outside the client's window"),
        "{outside}"
    );
    let wrong = said(reset(RemarkableReset::Ignored, Some(777), None), Party::Server);
    assert!(wrong.contains("it does not acknowledge the client's SYN"), "{wrong}");
    let inside = said(reset(RemarkableReset::Challenged, None, begun), Party::Client);
    assert!(inside.contains("answers with a challenge ACK (RFC 5961)"), "{inside}");
}

#[test]
fn what_a_fin_does_waits_for_all_before_it() {
    let under_way = ObservedState {
        if_received: Some(State::CloseWait),
        ..known(State::Established)
    };
    let fin = |in_flight, before| Segment {
        part: SegmentPart::FirstFin,
        data: None,
        in_flight: Some(in_flight),
        server: Change {
            before,
            after: under_way,
        },
        ..push()
    };
    let said = |segment| states(&in_flow(PacketKind::Segment(segment)), StateStyle::ASCII).unwrap();
    let open = known(State::Established);
    assert!(said(fin(0, open)).ends_with("server ESTABLISHED -> CLOSE-WAIT when this FIN arrives"));
    assert!(said(fin(9, open)).ends_with("CLOSE-WAIT when this FIN and all before it have arrived"));
    assert!(said(fin(0, under_way)).ends_with("server ESTABLISHED or CLOSE-WAIT"));
}
