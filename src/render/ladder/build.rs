//! From a [`LadderInput`] to its picture.

use super::{
    Arrow, ArrowContent, ArrowLine, CallPoint, CallRow, Detail, Ladder, LadderInput, LadderRow, Lane, NO_CALL_LOG,
    RowKind, TransportName, fold, gaps, hindsight, missing, requests, sentences, skew_sentence,
};
use crate::calls::{CallName, Role};
use crate::explain::{count, duration};
use crate::flow::PacketKind;
use crate::flow::conversation::{Conversation, Opening, Transport};
use crate::flow::datagram::IcmpErrorKind;
use crate::flow::repetition::Proof;
use crate::flow::segment::{Remark, ResetCause, Segment, SegmentPart};
use crate::flow::state::ObservedState;
use crate::flow::{Party, Roles};
use crate::timeline::{EventKind, OrderNote, PacketRef, TimelineEvent};
use crate::wire::tcp::Flags;

impl Ladder {
    /// The picture of a conversation.
    #[must_use]
    pub fn of(input: &LadderInput<'_>, detail: Detail) -> Self {
        let whole = input.conversation;
        let start = input.packets.iter().find_map(|seen| seen.time);
        let mut rows = rows(input, start.map(|time| time.0));
        if detail == Detail::Folded {
            rows = fold::fold(rows);
        }
        let lanes = [Party::Client, Party::Server].map(|party| lane(input, party));
        begin(&mut rows, &lanes);
        rows = gaps::explain(rows, input);
        Self {
            conversation: whole.number,
            transport: match whole.transport {
                Transport::Tcp(_) => TransportName::Tcp,
                Transport::Udp(_) => TransportName::Udp,
            },
            packets: input.packets.len() as u64 + input.left_out.map_or(0, |(_, count)| count),
            start,
            capture_start: input.capture_start,
            lanes,
            notes: notes(input, &rows),
            outcome: sentences::outcome(input),
            rows,
        }
    }
}

/// The states stand where this connection begins: after what made the server ready.
fn begin(rows: &mut Vec<LadderRow>, lanes: &[Lane; 2]) {
    let [client, server] = lanes;
    let (Some(client), Some(server)) = (client.state, server.state) else {
        return;
    };
    let prepares = |row: &&LadderRow| {
        matches!(&row.kind, RowKind::Call(call) if call.party == Party::Server
            && matches!(call.call.call, CallName::Socket | CallName::SetSockOpt | CallName::Bind | CallName::Listen | CallName::GetSockName))
    };
    let place = rows.iter().take_while(prepares).count();
    let row = LadderRow {
        time: None,
        order_note: None,
        kind: RowKind::States([client, server]),
    };
    rows.insert(place, row);
}

/// Was the SYN answered by a RST? Then no socket listened, though the SYN alone did not tell.
fn nobody_listened(input: &LadderInput<'_>) -> bool {
    let is_refused =
        matches!(&input.conversation.transport, Transport::Tcp(connection) if connection.opening == Opening::Refused);
    is_refused
        && input.packets.iter().any(|seen| {
            let segment = seen.in_flow.segment();
            segment.is_some_and(|segment| segment.part == SegmentPart::Reset(ResetCause::NobodyListens))
        })
}

fn lane(input: &LadderInput<'_>, party: Party) -> Lane {
    let mut calls = input
        .timeline
        .calls
        .iter()
        .filter(|party_call| party_call.party == party);
    let mut sockets: Vec<(Role, i64)> = Vec::new();
    for party_call in calls.clone() {
        let socket = (party_call.call.role, party_call.call.fd);
        if party_call.call.fd >= 0 && !sockets.contains(&socket) {
            sockets.push(socket);
        }
    }
    Lane {
        party,
        address: match party {
            Party::Client => input.conversation.client,
            Party::Server => input.conversation.server,
        },
        state: hindsight::beginning(input, party),
        program: calls
            .next()
            .map(|party_call| (party_call.call.program, party_call.call.pid)),
        sockets,
    }
}

/// A row for each packet and each point of a call; a call with nothing in between takes one.
fn rows(input: &LadderInput<'_>, start: Option<i64>) -> Vec<LadderRow> {
    let refused = refused(input);
    let unanswered = match input.conversation.transport {
        Transport::Tcp(_) => unanswered(input),
        Transport::Udp(_) => requests::without_reply(input).packets,
    };
    let mut rows = Vec::new();
    let mut events = input.timeline.events.iter().peekable();
    while let Some(event) = events.next() {
        let row = |order_note: Option<OrderNote>, kind: RowKind| LadderRow {
            time: event.time.zip(start).map(|(time, start)| time.saturating_sub(start)),
            order_note,
            kind,
        };
        match event.kind {
            EventKind::Packet(index) => {
                if let Some(seen) = input.packets.get(index) {
                    rows.push(row(
                        event.order_note,
                        RowKind::Packet(arrow(
                            seen,
                            &refused,
                            &unanswered,
                            hindsight::states(input.packets, index),
                        )),
                    ));
                }
                if let Some((_, count)) = input.left_out.filter(|&(place, _)| place == index + 1) {
                    let text = format!("{count} packets are left out here; --full draws all");
                    rows.push(row(None, RowKind::Note(text)));
                }
            }
            EventKind::Entered(index) | EventKind::Returned(index) => {
                let whole = matches!(event.kind, EventKind::Entered(_))
                    && events.next_if(|next| next.kind == EventKind::Returned(index)).is_some();
                if let Some(party_call) = input.timeline.calls.get(index) {
                    let call = CallRow {
                        party: party_call.party,
                        point: moment(event, whole),
                        call: party_call.call.clone(),
                    };
                    rows.push(row(event.order_note, RowKind::Call(call)));
                }
            }
        }
    }
    rows
}

const fn moment(event: &TimelineEvent, whole: bool) -> CallPoint {
    match (event.kind, whole) {
        (_, true) => CallPoint::Whole,
        (EventKind::Returned(_), false) => CallPoint::Returned,
        (_, false) => CallPoint::Entered,
    }
}

/// The numbers of the packets that an answer called refused or lost.
fn refused(input: &LadderInput<'_>) -> Vec<u64> {
    let mut numbers: Vec<u64> = input
        .packets
        .iter()
        .filter_map(|seen| {
            seen.in_flow
                .notice()
                .filter(|notice| notice.says != IcmpErrorKind::Other)?
                .about
        })
        .collect();
    if nobody_listened(input) {
        let is_syn = |seen: &&PacketRef| {
            seen.in_flow
                .segment()
                .is_some_and(|segment| segment.part == SegmentPart::Syn)
        };
        numbers.extend(input.packets.iter().filter(is_syn).map(|seen| seen.number));
    }
    numbers.sort_unstable();
    numbers
}

/// The numbers of the SYNs to which the server said nothing: the client sent another one, or there was no more. Lost,
/// dropped by the server's kernel, or the answer was lost: which of these is unknown, unless an answer echoes its timestamp.
fn unanswered(input: &LadderInput<'_>) -> Vec<u64> {
    let (mut numbers, mut waiting) = (Vec::new(), None);
    for seen in input.packets {
        match seen.in_flow.segment() {
            Some(segment) if segment.part == SegmentPart::Syn => numbers.extend(waiting.replace(seen.number)),
            // It answers the first SYN, though another one came in between.
            Some(Segment {
                proof: Some(Proof::Arrived(first)),
                ..
            }) => {
                numbers.retain(|number| number != first);
                waiting = None;
            }
            _ if seen.in_flow.sender == Party::Server => waiting = None,
            _ => {}
        }
    }
    if input.left_out.is_none() {
        numbers.extend(waiting);
    }
    if is_answered_unseen(input.conversation) {
        numbers.clear();
    }
    if matches!(&input.conversation.transport, Transport::Tcp(connection) if connection.is_challenged)
        && !numbers.is_empty()
    {
        // The answer to the first one counts as the connection before.
        numbers.remove(0);
    }
    numbers
}

/// Was a SYN answered, as later packets of the client prove, though the capture has none of the server?
fn is_answered_unseen(conversation: &Conversation) -> bool {
    let is_complete =
        matches!(&conversation.transport, Transport::Tcp(connection) if connection.opening == Opening::Complete);
    is_complete && conversation.from_server.packets == 0
}

fn arrow(seen: &PacketRef, refused: &[u64], unanswered: &[u64], [client, server]: [Option<ObservedState>; 2]) -> Arrow {
    let is_refused = refused.binary_search(&seen.number).is_ok();
    let is_unanswered = !is_refused && unanswered.binary_search(&seen.number).is_ok();
    let (line, content) = match &seen.in_flow.kind {
        PacketKind::Segment(segment) => (line(segment), content(segment, seen.flags)),
        PacketKind::Datagram(datagram) => (
            ArrowLine::Data,
            ArrowContent::Datagram {
                source: port(seen, seen.in_flow.sender),
                destination: port(seen, seen.in_flow.sender.other()),
                length: datagram.length as u64,
                part: datagram.part,
            },
        ),
        PacketKind::Notice(notice) => (
            ArrowLine::Control,
            ArrowContent::Notice {
                says: notice.says,
                about: notice.about,
                copies: notice.copies,
            },
        ),
    };
    Arrow {
        number: seen.number,
        from: seen.in_flow.sender,
        line: if is_refused { ArrowLine::Lost } else { line },
        content,
        payload_start: seen.payload_start,
        client,
        server,
        is_unanswered,
    }
}

fn port(seen: &PacketRef, party: Party) -> u16 {
    match party {
        Party::Client => seen.in_flow.client.port(),
        Party::Server => seen.in_flow.server.port(),
    }
}

fn line(segment: &Segment) -> ArrowLine {
    let repeats = [
        Remark::Retransmission,
        Remark::FastRetransmission,
        Remark::SpuriousRetransmission,
    ];
    if repeats.iter().any(|&remark| segment.remarks.has(remark)) {
        ArrowLine::Retransmission
    } else if segment.data.is_some() {
        ArrowLine::Data
    } else {
        ArrowLine::Control
    }
}

fn content(segment: &Segment, flags: Option<Flags>) -> ArrowContent {
    ArrowContent::Segment {
        part: segment.part,
        flags: flags.unwrap_or(Flags(0)),
        sequence: segment.sequence,
        acknowledgment: segment.acknowledgment,
        length: segment.data.map_or(0, crate::flow::number::ByteRange::count),
        remarks: segment.remarks,
        first_sent: segment.first_sent,
    }
}

/// Remarks: what is missing, and what was corrected.
fn notes(input: &LadderInput<'_>, rows: &[LadderRow]) -> Vec<String> {
    let mut notes = Vec::new();
    match &input.conversation.transport {
        Transport::Tcp(connection) if connection.opening == Opening::BeforeCapture => {
            notes.push("The connection began before the capture: its handshake is not here, and numbers count from the first packet".to_owned());
        }
        _ => {}
    }
    match input.conversation.roles {
        Roles::Seen => {}
        Roles::Ports => notes.push("Client and server are guessed from the port numbers".to_owned()),
        Roles::First => {
            notes.push("The client is unknown: here it is the end that sent the first captured packet".to_owned());
        }
    }
    let whole = input.conversation;
    let all = whole.from_client.packets + whole.from_server.packets + whole.notices;
    let drawn = input.packets.len() as u64 + input.left_out.map_or(0, |(_, count)| count);
    if all > drawn {
        notes.push(format!(
            "{} of this conversation are not shown: only some packets were asked for",
            count(all - drawn, "packet")
        ));
    }
    if input.has_log {
        for party in [Party::Client, Party::Server] {
            if !input.timeline.calls.iter().any(|party_call| party_call.party == party) {
                notes.push(format!(
                    "The call logs have no call of the {party} in this conversation"
                ));
            }
        }
    } else {
        notes.push(NO_CALL_LOG.to_owned());
    }
    if input.packets.iter().all(|seen| seen.time.is_none()) && !input.timeline.calls.is_empty() {
        notes.push("The capture keeps no times: calls stand where cause and effect put them".to_owned());
    }
    let mut earlier = input.packets.iter().filter_map(|seen| {
        let pause = seen.in_flow.pause.filter(|&pause| pause < 0)?;
        Some((seen.number, pause.saturating_neg()))
    });
    if let Some((number, back)) = earlier.next() {
        let more = match earlier.count() as u64 {
            0 => String::new(),
            more => format!(", and so are {}", count(more, "later one")),
        };
        notes.push(format!(
            "The time of packet {number} is {} before that of the packet before{more}: the clock went back, or the file is not in order",
            duration(back)
        ));
    }
    let has = |remark: Remark| {
        let mut segments = input.packets.iter().filter_map(|seen| seen.in_flow.segment());
        segments.any(|segment| segment.remarks.has(remark))
    };
    let is_all = input.left_out.is_none();
    if (has(Remark::Gap) || has(Remark::AcknowledgesUnseen)) && (!is_all || missing::lacks_bytes(input.packets)) {
        notes.push("The capture does not have every packet: some bytes are missing in it".to_owned());
    }
    notes.extend(input.timeline.skews.iter().map(skew_sentence));
    let shifted: Vec<i64> = input.timeline.skews.iter().map(|skew| skew.shift).collect();
    let marks = || rows.iter().filter_map(|row| row.order_note);
    if marks().any(|order_note| matches!(order_note, OrderNote::Clock(by) if !shifted.contains(&by))) {
        notes.push(
            "Some calls stand where cause and effect put them: their own times contradict the capture's".to_owned(),
        );
    }
    if marks().any(|order_note| order_note == OrderNote::BeforeCause) {
        notes.push(
            "The call logs contradict the capture: some rows stand before their cause. Do both belong together?"
                .to_owned(),
        );
    }
    notes
}
