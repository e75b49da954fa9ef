//! What a ladder shows of stories that no capture in the tree tells.

mod overview;
mod pauses;
mod payload;
mod properties;
mod undecided;

use super::{ArrowLine, Detail, GapReason, Ladder, LadderInput, RowKind, label, text};
use crate::flow::conversation::{
    Connection, Conversation, Count, End, Ending, Exchange, Opening, Transport as Protocol,
};
use crate::flow::datagram::{Datagram, DatagramPart, IcmpErrorKind, Notice};
use crate::flow::segment::{Delay, Remark, Remarks, ResetCause, Segment, SegmentPart};
use crate::flow::state::{ObservedState, State};
use crate::flow::{PacketKind, Party, Roles};
use crate::frame::Time;
use crate::render::text_style::{CharacterSet, TextStyle};
use crate::timeline::test_conversation::{parse, seen, segment};
use crate::timeline::{ConversationCalls, PacketRef, Timeline};
use crate::wire::tcp::Flags;

fn conversation(packets: &[PacketRef], opening: Opening) -> Conversation {
    let is_udp = packets.iter().any(|seen| seen.in_flow.datagram().is_some());
    let end = End {
        observed_state: ObservedState::fact(State::Established),
        start: None,
        mss: None,
        shift: None,
        sack_permitted: false,
        acknowledged: 0,
        smallest_window: None,
    };
    let from = |party| Count {
        packets: packets.iter().filter(|seen| seen.in_flow.sender == party).count() as u64,
        ..Count::default()
    };
    Conversation {
        number: 1,
        client: packets[0].in_flow.client,
        server: packets[0].in_flow.server,
        roles: Roles::Seen,
        first: None,
        last: None,
        from_client: from(Party::Client),
        from_server: from(Party::Server),
        notices: 0,
        copies: 0,
        transport: if is_udp {
            Protocol::Udp(Exchange::default())
        } else {
            Protocol::Tcp(Connection {
                opening,
                ending: Ending::Open,
                client: end,
                server: end,
                handshake_time: None,
                handshake_round_trip: None,
                retransmissions: 0,
                is_challenged: false,
                reuses_ports: false,
            })
        },
    }
}

fn ladder_of(packets: &[PacketRef], opening: Opening, detail: Detail) -> Ladder {
    let conversation = conversation(packets, opening);
    let timeline = Timeline::of(packets, ConversationCalls::default());
    let input = LadderInput {
        conversation: &conversation,
        packets,
        left_out: None,
        timeline: &timeline,
        has_other_end: false,
        has_log: false,
        capture_start: None,
    };
    Ladder::of(&input, detail)
}

fn drawn(ladder: &Ladder, characters: CharacterSet, width: usize) -> String {
    let style = TextStyle {
        characters,
        width,
        ..TextStyle::PIPE
    };
    let mut output = Vec::new();
    text::write(&mut output, &style, ladder).unwrap();
    String::from_utf8(output).unwrap()
}

/// A packet `micros` after the beginning.
fn at(number: u64, micros: i64, sender: Party, segment: Segment) -> PacketRef {
    PacketRef {
        flags: Some(Flags::ACK),
        ..seen(number, Some(Time(micros * 1_000)), sender, PacketKind::Segment(segment))
    }
}

fn data(first: i64, last: i64) -> Segment {
    segment(SegmentPart::Data, Some((first, last)))
}

fn row_with<'l>(ladder: &'l str, words: &str) -> &'l str {
    let row = ladder.lines().find(|line| line.contains(words));
    row.unwrap_or_else(|| panic!("no {words:?} in {ladder}"))
}

#[test]
fn a_retransmission_has_a_line_of_its_own_and_names_its_first_transmission() {
    let mut again = data(1, 12);
    again.remarks = Remarks::NONE.with(Remark::Retransmission);
    again.first_sent = Some(1);
    again.delay = Some(Delay::RetransmissionTimer);
    let mut second = at(2, 203_000, Party::Client, again);
    second.in_flow.pause = Some(203_000_000);
    let packets = [at(1, 0, Party::Client, data(1, 12)), second];
    let ladder = ladder_of(&packets, Opening::Complete, Detail::Full);
    for width in [60, 80, 120] {
        let output = drawn(&ladder, CharacterSet::Ascii, width);
        assert!(row_with(&output, ">> ").contains(">>"), "{output}");
        assert!(output.contains("retransmission"), "{width}: {output}");
        assert!(output.contains("203 ms: the client's retransmission timer"), "{output}");
    }
    assert!(drawn(&ladder, CharacterSet::Plain, 80).contains("retransmission of 1"));
}

#[test]
fn a_refused_syn_is_crossed_out_and_changes_no_state_of_the_server() {
    let unknown = ObservedState::deduced(State::Unknown);
    let mut syn = segment(SegmentPart::Syn, None);
    (syn.server.before, syn.server.after) = (unknown, unknown);
    let refusal = segment(SegmentPart::Reset(ResetCause::NobodyListens), None);
    let packets = [at(1, 0, Party::Client, syn), at(2, 9, Party::Server, refusal)];
    let output = drawn(
        &ladder_of(&packets, Opening::Refused, Detail::Full),
        CharacterSet::Ascii,
        80,
    );
    assert!(row_with(&output, "-x|").starts_with("1 "), "{output}");
    assert!(
        !output.contains("SYN-RECEIVED") && !output.contains("LISTEN"),
        "{output}"
    );
    assert!(output.contains("The connection was refused."));
}

#[test]
fn an_icmp_error_crosses_out_the_datagram_that_it_is_about() {
    let datagram = PacketKind::Datagram(Datagram {
        length: 5,
        part: DatagramPart::Request {
            count: 1,
            repeats: None,
        },
    });
    let notice = PacketKind::Notice(Notice {
        about: Some(1),
        after: None,
        says: IcmpErrorKind::PortUnreachable,
        copies: None,
    });
    let packets = [
        seen(1, Some(Time(0)), Party::Client, datagram),
        seen(2, Some(Time(1_000)), Party::Server, notice),
    ];
    let ladder = ladder_of(&packets, Opening::Complete, Detail::Full);
    let lines: Vec<ArrowLine> = ladder
        .rows
        .iter()
        .filter_map(|row| match &row.kind {
            RowKind::Packet(arrow) => Some(arrow.line),
            _ => None,
        })
        .collect();
    assert_eq!(lines, [ArrowLine::Lost, ArrowLine::Control]);
    for width in [60, 80, 120] {
        let output = drawn(&ladder, CharacterSet::Ascii, width);
        assert!(output.contains("unreachable"), "{output}");
    }
}

#[test]
fn what_the_capture_does_not_have_is_said() {
    let mut gap = data(100, 112);
    gap.remarks = Remarks::NONE.with(Remark::Gap);
    let packets = [at(1, 0, Party::Client, data(1, 12)), at(2, 9, Party::Client, gap)];
    let ladder = ladder_of(&packets, Opening::BeforeCapture, Detail::Full);
    let notes = ladder.notes.join("\n");
    for words in [
        "began before the capture",
        "does not have every packet",
        "No call log was given",
    ] {
        assert!(notes.contains(words), "{notes}");
    }
    assert!(drawn(&ladder, CharacterSet::Ascii, 60).contains("bytes missing"));
}

/// Why nothing happens, in the order of the rows.
fn gaps_of(parsed: &str) -> Vec<Vec<GapReason>> {
    let parsed = parse(parsed);
    let conversation = conversation(&parsed.packets, Opening::Complete);
    let timeline = parsed.timeline();
    let input = LadderInput {
        conversation: &conversation,
        packets: &parsed.packets,
        left_out: None,
        timeline: &timeline,
        has_other_end: false,
        has_log: true,
        capture_start: None,
    };
    let rows = Ladder::of(&input, Detail::Full).rows;
    let gaps = rows.into_iter().filter_map(|row| match row.kind {
        RowKind::Gap(gap) => Some(gap.reasons),
        _ => None,
    });
    gaps.collect()
}

#[test]
fn a_party_is_missing_only_before_anything_was_seen_of_it() {
    // Its kernel has answered.
    let late_accept = gaps_of(
        "packet 0 client syn
         packet 10 server synack
         packet 20 client handshake
         call server 1 accept 400000 400100 4",
    );
    assert_eq!(late_accept, [[GapReason::Busy(Party::Server)]]);
    // It has a socket already, so it serves others.
    let busy = gaps_of(
        "call client 3 socket 0 10 3
         call server 1 recvfrom 400000 400200 10
         packet 400100 client datagram 1-10",
    );
    assert_eq!(busy, [[GapReason::Busy(Party::Server)]]);
    let no_client = gaps_of(
        "call server 1 listen -10 0
         call client 3 socket 400000 400010 3
         packet 400100 client syn
         packet 400110 server synack
         packet 400120 client handshake",
    );
    assert_eq!(no_client, [[GapReason::NotThere(Party::Client)]]);
    let no_server = gaps_of(
        "call client 3 socket 0 10 3
         call server 1 socket 400000 400010 3
         packet 400100 client syn
         packet 400110 server synack
         packet 400120 client handshake",
    );
    assert_eq!(no_server, [[GapReason::NotThere(Party::Server)]]);
}

#[test]
fn guessed_roles_are_called_so() {
    let packets = [at(1, 0, Party::Client, data(1, 12))];
    for (roles, words) in [
        (Roles::Ports, "guessed"),
        (Roles::First, "is unknown"),
        (Roles::Seen, ""),
    ] {
        let mut conversation = conversation(&packets, Opening::BeforeCapture);
        conversation.roles = roles;
        let timeline = Timeline::of(&packets, ConversationCalls::default());
        let ladder = Ladder::of(
            &LadderInput {
                conversation: &conversation,
                packets: &packets,
                left_out: None,
                timeline: &timeline,
                has_other_end: false,
                has_log: false,
                capture_start: None,
            },
            Detail::Full,
        );
        let about_roles = |note: &&String| note.contains("guessed") || note.contains("is unknown");
        let said: Vec<&String> = ladder.notes.iter().filter(about_roles).collect();
        assert_eq!(said.len(), usize::from(roles != Roles::Seen));
        assert!(said.iter().all(|note| note.contains(words)), "{said:?}");
    }
}

#[test]
fn runs_of_data_take_one_row_unless_something_happens_in_them() {
    let mut packets = Vec::new();
    for place in 0..10_i64 {
        let number = packets.len() as u64 + 1;
        packets.push(at(
            number,
            place * 10,
            Party::Client,
            data(place * 100 + 1, place * 100 + 100),
        ));
        if place % 3 == 2 {
            packets.push(at(
                number + 1,
                place * 10 + 5,
                Party::Server,
                segment(SegmentPart::Ack, None),
            ));
        }
    }
    let folded = ladder_of(&packets, Opening::Complete, Detail::Folded);
    let runs: Vec<_> = folded
        .rows
        .iter()
        .filter_map(|row| match &row.kind {
            RowKind::Run(run) => Some((run.first, run.last, run.segments, run.bytes, run.acknowledgments)),
            _ => None,
        })
        .collect();
    assert_eq!(runs, [(1, 13, 10, 1_000, 3)]);
    let full = ladder_of(&packets, Opening::Complete, Detail::Full);
    assert!(full.rows.iter().all(|row| !matches!(row.kind, RowKind::Run(_))));

    let PacketKind::Segment(remarkable) = &mut packets[6].in_flow.kind else {
        panic!()
    };
    remarkable.remarks = Remarks::NONE.with(Remark::Retransmission);
    let broken = ladder_of(&packets, Opening::Complete, Detail::Folded);
    assert!(broken.rows.len() > folded.rows.len(), "a retransmission keeps its row");
}

#[test]
fn every_remark_and_part_has_its_words() {
    let silent = [Remark::HalfClosed, Remark::SimultaneousClose];
    for remark in Remark::ALL {
        let mut one = data(1, 12);
        one.remarks = Remarks::NONE.with(remark);
        let ladder = ladder_of(&[at(1, 0, Party::Client, one)], Opening::Complete, Detail::Full);
        let Some(RowKind::Packet(arrow)) = ladder
            .rows
            .iter()
            .map(|row| &row.kind)
            .find(|kind| matches!(kind, RowKind::Packet(_)))
        else {
            panic!()
        };
        let said = label::packet(arrow, CharacterSet::Unicode).remark;
        assert_eq!(said.is_none(), silent.contains(&remark), "{remark:?}: {said:?}");
    }
}

#[test]
fn a_legend_keeps_a_sign_and_its_words_on_one_line() {
    let entries = ["opens, closes, acknowledges", "refused or lost", "inside a socket call"];
    for width in 60..140 {
        let style = TextStyle {
            width,
            ..TextStyle::PIPE
        };
        let mut output = Vec::new();
        text::legend(&mut output, &style).unwrap();
        let legend = String::from_utf8(output).unwrap();
        for entry in entries {
            assert!(legend.lines().any(|line| line.contains(entry)), "{width}: {legend}");
        }
        assert!(
            legend.lines().all(|line| line.chars().count() <= width),
            "{width}: {legend}"
        );
        assert!(legend.lines().all(|line| !line.starts_with(' ')), "{width}: {legend}");
    }
}

#[test]
fn a_pause_that_nothing_explains_is_called_so() {
    let ladder = ladder_of(
        &[
            at(1, 0, Party::Client, data(1, 3)),
            at(2, 10, Party::Client, data(4, 6)),
            at(3, 20, Party::Client, data(7, 9)),
            at(4, 50_000, Party::Client, data(10, 12)),
        ],
        Opening::BeforeCapture,
        Detail::Full,
    );
    let drawn = drawn(&ladder, CharacterSet::Ascii, 80);
    row_with(&drawn, ". . . 50.0 ms: reason unknown . . .");
}
