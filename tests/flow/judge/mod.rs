//! What the tracker says of every packet against what tshark says.
//!
//! - `seen`: what was captured before a packet; `rules`: the differences that have a reason.

mod rules;
mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use socket_lab::flow::number::ByteRange;
use socket_lab::flow::segment::{Remark, Segment, SegmentPart};
use socket_lab::flow::{PacketInFlow, PacketKind, Party, Tracker};
use socket_lab::record::Reader;

use rules::{ONLY_OURS, ONLY_THEIRS};
use seen::{Case, Seen};

use crate::support::{Tool, tool};

/// What is asked of tshark.
const FIELDS: &[&str] = &[
    "frame.number",
    "tcp.stream",
    "udp.stream",
    "tcp.seq",
    "tcp.ack",
    "tcp.len",
    "tcp.window_size",
    "tcp.flags",
    "tcp.analysis.acks_frame",
    "tcp.analysis.ack_rtt",
    "tcp.analysis.retransmission",
    "tcp.analysis.fast_retransmission",
    "tcp.analysis.spurious_retransmission",
    "tcp.analysis.out_of_order",
    "tcp.analysis.lost_segment",
    "tcp.analysis.ack_lost_segment",
    "tcp.analysis.duplicate_ack",
    "tcp.analysis.zero_window",
    "tcp.analysis.window_full",
    "tcp.analysis.reused_ports",
    "tcp.analysis.keep_alive",
    "tcp.analysis.keep_alive_ack",
    "tcp.analysis.zero_window_probe",
    "tcp.analysis.zero_window_probe_ack",
    "tcp.analysis.window_update",
];

/// tshark's verdicts among them: the last ones.
const ANALYSIS: &[&str] = FIELDS.split_at(FIELDS.len() - 15).1;

/// The fields of each packet, empty where tshark has none.
fn ask_tshark(path: &Path) -> Vec<BTreeMap<&'static str, String>> {
    let mut command = tool(Tool::Tshark);
    command.args(["-n", "-T", "fields", "-E", "occurrence=f"]);
    for setting in [
        "ip.defragment:FALSE",
        "ipv6.defragment:FALSE",
        "tcp.desegment_tcp_streams:FALSE",
        "eth.fcs:Never",
    ] {
        command.args(["-o", setting]);
    }
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let output = command.arg("-r").arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().map(|line| {
        let values = line.split('\t').map(str::to_owned);
        FIELDS.iter().copied().zip(values).collect()
    });
    lines.collect()
}

/// Our remarks, by tshark's names.
fn flags(segment: &Segment) -> BTreeSet<&'static str> {
    let of_remark = |remark| match remark {
        Remark::Retransmission => Some("tcp.analysis.retransmission"),
        Remark::FastRetransmission => Some("tcp.analysis.fast_retransmission"),
        Remark::SpuriousRetransmission => Some("tcp.analysis.spurious_retransmission"),
        Remark::OutOfOrder => Some("tcp.analysis.out_of_order"),
        Remark::Gap => Some("tcp.analysis.lost_segment"),
        Remark::AcknowledgesUnseen => Some("tcp.analysis.ack_lost_segment"),
        Remark::DuplicateAck => Some("tcp.analysis.duplicate_ack"),
        Remark::ZeroWindow => Some("tcp.analysis.zero_window"),
        Remark::WindowFull => Some("tcp.analysis.window_full"),
        Remark::PortReuse | Remark::OtherSyn => Some("tcp.analysis.reused_ports"),
        _ => None,
    };
    let of_part = match segment.part {
        SegmentPart::KeepAlive => Some("tcp.analysis.keep_alive"),
        SegmentPart::KeepAliveAck => Some("tcp.analysis.keep_alive_ack"),
        SegmentPart::WindowProbe => Some("tcp.analysis.zero_window_probe"),
        SegmentPart::WindowProbeAck => Some("tcp.analysis.zero_window_probe_ack"),
        SegmentPart::WindowUpdate => Some("tcp.analysis.window_update"),
        _ => None,
    };
    segment.remarks.each().filter_map(of_remark).chain(of_part).collect()
}

fn in_flows(path: &Path) -> Option<Vec<Option<PacketInFlow>>> {
    let mut reader = Reader::open(path).ok()?;
    let mut tracker = Tracker::new();
    let mut in_flows = Vec::new();
    while let Ok(Some(frame)) = reader.next() {
        let packet = frame.decode();
        in_flows.push(tracker.follow(in_flows.len() as u64 + 1, frame.time, &packet));
    }
    Some(in_flows)
}

pub(super) fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "pcap" || extension == "pcapng")
        })
        .collect();
    files.sort();
    files
}

/// Differences of one capture, by what differs.
#[derive(Default)]
pub(super) struct Report {
    differences: BTreeMap<String, (usize, String)>,
    pub(super) packets: usize,
    pub(super) flags: usize,
    pub(super) round_trips: usize,
    explained: BTreeMap<&'static str, usize>,
}

impl Report {
    fn say(&mut self, what: &str, place: &str, detail: &str) {
        let entry = self.differences.entry(what.to_owned()).or_default();
        entry.0 += 1;
        if entry.0 < 5 {
            writeln!(entry.1, "        {place}: {detail}").unwrap();
        }
    }

    pub(super) fn assert_empty(&self) {
        let mut lines = String::new();
        for (what, (count, examples)) in &self.differences {
            writeln!(lines, "{count:5} {what}\n{examples}").unwrap();
        }
        assert!(lines.is_empty(), "differences without a reason:\n{lines}");
    }
}

/// The same number, where tshark shows a negative one modulo 2^32.
fn same_number(ours: i64, theirs: &str) -> bool {
    theirs
        .parse::<i64>()
        .is_ok_and(|theirs| ours.rem_euclid(1 << 32) == theirs.rem_euclid(1 << 32))
}

/// One capture against tshark.
pub(super) fn judge(path: &Path, report: &mut Report) {
    let Some(ours) = in_flows(path) else { return };
    if ours.iter().all(Option::is_none) {
        return;
    }
    let theirs = ask_tshark(path);
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut streams: BTreeMap<(bool, String), u64> = BTreeMap::new();
    let mut seen: BTreeMap<(u64, bool), Seen> = BTreeMap::new();
    // Conversations that a SYN-ACK opened between ports that another one had: tshark goes on counting the client's numbers from the old one.
    let mut reopened: BTreeSet<u64> = BTreeSet::new();
    // What is of an earlier connection between the same ports, by its numbers, tshark counts with the latest.
    let mut latest: BTreeMap<_, u64> = BTreeMap::new();
    for (number, (in_flow, their)) in (1_u64..).zip(ours.iter().zip(&theirs)) {
        let place = format!("{name} {number}");
        let Some(in_flow) = in_flow else { continue };
        // tshark reads on into tunnels over UDP, and has the streams in them too.
        let is_tcp = match in_flow.kind {
            PacketKind::Segment(_) => true,
            PacketKind::Datagram(_) => false,
            PacketKind::Notice(_) => !their["tcp.stream"].is_empty(),
        };
        let stream = if is_tcp {
            &their["tcp.stream"]
        } else {
            &their["udp.stream"]
        };
        let reopens = |segment: &Segment| {
            let is_reuse = segment.remarks.has(Remark::PortReuse) || segment.remarks.has(Remark::OtherSyn);
            segment.part == SegmentPart::SynAck && is_reuse
        };
        if in_flow.segment().is_some_and(reopens) {
            reopened.insert(in_flow.conversation);
        }
        let between = (
            in_flow.client.min(in_flow.server),
            in_flow.client.max(in_flow.server),
            is_tcp,
        );
        let last = latest.entry(between).or_default();
        *last = in_flow.conversation.max(*last);
        if reopened.contains(&in_flow.conversation) || in_flow.conversation < *last {
            continue;
        }
        let known = *streams.entry((is_tcp, stream.clone())).or_insert(in_flow.conversation);
        if stream.is_empty() || known != in_flow.conversation {
            report.say(
                "partition",
                &place,
                &format!("{} against {stream}", in_flow.conversation),
            );
            continue;
        }
        report.packets += 1;
        if let PacketKind::Segment(segment) = &in_flow.kind {
            compare(in_flow, segment, number, their, &mut seen, &place, report);
        }
    }
    let conversations: BTreeSet<_> = streams.values().collect();
    assert_eq!(
        conversations.len(),
        streams.len(),
        "{name}: two of tshark's streams are one of ours"
    );
}

fn compare(
    in_flow: &PacketInFlow,
    segment: &Segment,
    number: u64,
    their: &BTreeMap<&'static str, String>,
    seen: &mut BTreeMap<(u64, bool), Seen>,
    place: &str,
    report: &mut Report,
) {
    let from_client = in_flow.sender == Party::Client;
    let own = seen.remove(&(in_flow.conversation, from_client)).unwrap_or_default();
    let other = seen.remove(&(in_flow.conversation, !from_client)).unwrap_or_default();
    let takes = takes(segment, &their["tcp.flags"]);
    let start = segment.sequence.relative;
    let case = Case {
        segment,
        range: (start, start + takes),
        own: &own,
        other: &other,
    };
    let mut say = |what: &str, detail: String| report.say(what, place, &detail);
    if !same_number(start, &their["tcp.seq"]) {
        say("sequence number", format!("{start} against {}", their["tcp.seq"]));
    }
    let acknowledged = segment.acknowledgment;
    if let Some(to) = acknowledged.filter(|to| !same_number(to.relative, &their["tcp.ack"])) {
        say(
            "acknowledgment number",
            format!("{} against {}", to.relative, their["tcp.ack"]),
        );
    }
    let length = segment.data.map_or(0, ByteRange::count).to_string();
    if length != their["tcp.len"] {
        say("length", format!("{length} against {}", their["tcp.len"]));
    }
    let window = segment.window.bytes();
    if let Some(bytes) = window.filter(|bytes| bytes.to_string() != their["tcp.window_size"]) {
        say("window", format!("{bytes} against {}", their["tcp.window_size"]));
    }
    compare_round_trip(&case, their, &mut say);
    report.round_trips += usize::from(segment.round_trip.is_some());
    compare_flags(&case, their, place, report);
    remember(
        segment,
        number,
        (start, takes, &their["tcp.flags"]),
        (own, other),
        (in_flow.conversation, from_client),
        seen,
    );
}

/// How many numbers the segment takes; a RST and what is no segment of a connection none.
fn takes(segment: &Segment, flags: &str) -> i64 {
    if matches!(segment.part, SegmentPart::Reset(_) | SegmentPart::Stray) {
        return 0;
    }
    let flags = u16::from_str_radix(flags.trim_start_matches("0x"), 16).unwrap_or(0);
    let data = segment.data.map_or(0, |data| i64::try_from(data.count()).unwrap());
    data + i64::from(flags & 1 != 0) + i64::from(flags & 2 != 0)
}

fn compare_round_trip(case: &Case<'_>, their: &BTreeMap<&'static str, String>, say: &mut impl FnMut(&str, String)) {
    let theirs: Option<u64> = their["tcp.analysis.acks_frame"].parse().ok();
    match (case.segment.round_trip, theirs) {
        (Some(ours), Some(theirs)) => {
            let time: f64 = their["tcp.analysis.ack_rtt"].parse().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "microseconds are compared")]
            let apart = (time * 1e9 - ours.time as f64).abs();
            if (ours.packet != theirs || apart > 1000.0) && !case.answers_a_crossing_syn() {
                say("round trip", format!("{ours:?} against {theirs}, {time} s"));
            }
        }
        (None, Some(theirs)) => {
            // Of a repeated segment it is unknown which one is answered (RFC 6298 section 3), and an acknowledgment
            // that says nothing new answers nothing.
            let repeated = case.other.repeated.contains(&theirs);
            let nothing_new = case.other.acked >= Some(case.acknowledgment());
            let remarks = case.segment.remarks;
            let ended = matches!(case.segment.part, SegmentPart::Reset(_))
                || remarks.has(Remark::AfterEnd)
                || remarks.has(Remark::CrossesEnd);
            // What was not captured may have been repeated.
            let hole = case.other.acked.is_some_and(|from| {
                let to = case.acknowledgment();
                case.other.count(from, to) < to - from
            });
            if !repeated && !nothing_new && !ended && !hole {
                let near = case.other.sent.iter().rev().take(6).collect::<Vec<_>>();
                say(
                    "round trip only theirs",
                    format!("{theirs}; {near:?}; {:?}", case.segment),
                );
            }
        }
        // tshark forgets all that is outstanding when a SYN comes, whose acknowledgment number is 0.
        (Some(ours), None)
            if case.own.count(0, 1) == 1 && case.own.sent.iter().any(|sent| sent.0 == 0 && sent.2 > ours.packet) => {}
        (Some(ours), None) => say("round trip only ours", format!("{ours:?}")),
        (None, None) => {}
    }
}

fn compare_flags(case: &Case<'_>, their: &BTreeMap<&'static str, String>, place: &str, report: &mut Report) {
    let ours = flags(case.segment);
    let analysis = FIELDS.iter().copied().filter(|name| ANALYSIS.contains(name));
    let theirs: BTreeSet<_> = analysis.filter(|name| !their[name].is_empty()).collect();
    report.flags += ours.intersection(&theirs).count();
    for (table, whose, flags) in [
        (ONLY_OURS, "only ours", ours.difference(&theirs)),
        (ONLY_THEIRS, "only theirs", theirs.difference(&ours)),
    ] {
        for flag in flags {
            let short = flag.trim_start_matches("tcp.analysis.");
            let rule = table.iter().find(|rule| rule.flag == short && (rule.holds)(case));
            match rule {
                Some(rule) => *report.explained.entry(rule.why).or_default() += 1,
                None => report.say(&format!("{short} {whose}"), place, &format!("{:?}", case.segment)),
            }
        }
    }
}

fn remember(
    segment: &Segment,
    number: u64,
    (start, takes, flags): (i64, i64, &str),
    (mut own, mut other): (Seen, Seen),
    (conversation, from_client): (u64, bool),
    seen: &mut BTreeMap<(u64, bool), Seen>,
) {
    let orderly = !matches!(segment.part, SegmentPart::Reset(_) | SegmentPart::Stray);
    if orderly && segment.part != SegmentPart::WindowProbe {
        if takes > 0 {
            own.add(start, start + takes, number);
        }
        own.next = own.next.max(Some(start + takes));
    }
    if orderly {
        own.fin |= flags.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']);
        own.window = Some(segment.window.raw);
    }
    if let Some(to) = segment.acknowledgment {
        other.acks_were_reordered |= other.acked > Some(to.relative);
        let repeats = u32::from(segment.remarks.has(Remark::DuplicateAck));
        let goes_on = other.acked < Some(to.relative);
        other.duplicates = if goes_on { 0 } else { other.duplicates + repeats };
        other.acked = other.acked.max(Some(to.relative));
    }
    other.last_ack = segment.acknowledgment.map(|to| to.relative);
    if own.acked.is_none() {
        own.acked = Some(start);
    }
    seen.insert((conversation, from_client), own);
    seen.insert((conversation, !from_client), other);
}
