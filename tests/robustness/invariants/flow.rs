//! A sequence of any frames: what is followed, and the views of whole conversations.

use socket_lab::flow::{PacketInFlow, PacketKind};
use socket_lab::frame::{Frame, Time};
use socket_lab::render::answers::{self, Collector};
use socket_lab::render::follow::{self, StreamAssembler};
use socket_lab::render::ladder::{Detail, side_by_side, text};
use socket_lab::render::plot::PlotLook;
use socket_lab::render::report::{self, Provenance};
use socket_lab::render::report_model::{ConversationModel, ReportDatagram, ReportModel, ReportPacket};
use socket_lab::render::text_style::{CharacterSet, TextStyle};
use socket_lab::render::{json, mermaid, svg};
use socket_lab::session::following::{Followed, Follower};
use socket_lab::tcp_info::{CongestionState, SocketState, TcpInfo, TcpSample};
use socket_lab::timeline::ConversationCalls;
use socket_lab::wire::decode;

use super::frame::{check_json, check_structure, check_views, link};
use super::page::{check_page, check_picture};
use super::shown::{assert_line, assert_text, frame, style};

/// So much text of a conversation is kept.
const TEXT: usize = 1 << 20;

/// A fuzzer's input: link type, look, then frames, each behind the time since the one before (1 byte) and its length
/// (2 bytes, big-endian).
pub fn unpack(input: &[u8]) -> (Vec<Frame<'static>>, TextStyle) {
    let Some((&[kind, appearance], mut rest)) = input.split_first_chunk() else {
        return (Vec::new(), style(0));
    };
    let mut frames = Vec::new();
    let mut now = Some(Time(1_700_000_000_000_000_000));
    while let Some((&[pause, high, low], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (bytes, behind) = after.split_at(length);
        now = now.and_then(|now| later(now, pause));
        frames.push(frame(link(kind), bytes, u32::try_from(length).unwrap(), now));
        rest = behind;
    }
    (frames, style(appearance))
}

/// The time of the next frame: mostly later, sometimes earlier, far away, or unknown from here on.
fn later(now: Time, pause: u8) -> Option<Time> {
    let nanoseconds = match pause {
        255 => return None,
        254 => i64::MAX / 2,
        253 => -1_000_000_000,
        _ => i64::from(pause) * i64::from(pause) * 1_000,
    };
    Some(Time(now.0.wrapping_add(nanoseconds)))
}

/// The same the other way round: an input that has these frames.
pub fn pack(kind: u8, frames: &[Frame<'_>]) -> Vec<u8> {
    let mut input = vec![kind, 0];
    for frame in frames {
        let length = u16::try_from(frame.bytes.len()).unwrap_or(u16::MAX);
        input.push(5);
        input.extend(length.to_be_bytes());
        input.extend(&frame.bytes[..usize::from(length)]);
    }
    input
}

/// Follows the frames, and checks what is known of each.
pub fn follow(frames: &[Frame<'_>]) -> (Follower, Vec<ReportPacket>) {
    let mut all = Follower::new();
    let mut kept = Vec::new();
    for (number, frame) in (1..).zip(frames) {
        let packet = frame.decode();
        check_structure(&packet);
        let followed = all.follow(number, frame, &packet);
        if let Some(in_flow) = followed.known() {
            check_step(in_flow, number);
        }
        let Followed { in_flow, whole, .. } = followed;
        if let Some(whole) = &whole {
            check_structure(&decode(
                whole.frame.link,
                &whole.frame.bytes,
                whole.frame.original_length,
            ));
        }
        kept.push(ReportPacket {
            number,
            frame: frame.clone().into_owned(),
            in_flow: in_flow.or(whole.as_ref().and_then(|whole| whole.in_flow)),
            whole: whole.map(|whole| ReportDatagram {
                frame: whole.frame,
                fragments: whole.fragments,
            }),
        });
    }
    for remark in all.remarks() {
        assert_line(&remark, "remark");
    }
    (all, kept)
}

/// What holds for the place of any packet in its conversation.
pub fn check_step(in_flow: &PacketInFlow, now: u64) {
    assert!(in_flow.place >= 1 && in_flow.conversation >= 1 && in_flow.place <= now && in_flow.conversation <= now);
    let PacketKind::Segment(segment) = in_flow.kind else {
        return;
    };
    let earlier = [
        segment.first_sent,
        segment.echoes,
        segment.acknowledges.packet,
        segment.round_trip.map(|trip| trip.packet),
    ];
    let is_earlier = |packet| (1..now).contains(&packet);
    assert!(earlier.into_iter().flatten().all(is_earlier), "{segment:?}");
    for bytes in [segment.data, segment.acknowledges.bytes].into_iter().flatten() {
        assert!(bytes.first <= bytes.last, "{segment:?}");
    }
}

/// Follows the frames, shows each with its place in its conversation, and draws the conversations in every form.
pub fn check(frames: &[Frame<'_>], style: TextStyle) {
    let (follower, kept) = follow(frames);
    let tracker = follower.tracker();
    for conversation in tracker.conversations() {
        let again = tracker.conversation(conversation.number).expect("it was listed");
        assert_eq!(again.number, conversation.number);
        let mut line = Vec::new();
        json::write_conversation(&mut line, &conversation).unwrap();
        check_json(&line, usize::MAX);
    }
    for one in &kept {
        let frame = one.followed();
        let packet = frame.decode();
        check_views(frame, &packet, one.in_flow.as_ref(), style);
    }
    let start = frames.iter().find_map(|frame| frame.time);
    let find = |number| tracker.conversation(number);
    check_sheet(&kept, style);
    check_said(&kept, style);
    let report = ReportModel::new(kept, find, |_, _| ConversationCalls::default(), false, start, 0);
    check_drawn(&report, style);
    check_report(&report, style);
}

/// The pictures of conversations, drawn and as data.
pub fn check_drawn(report: &ReportModel, style: TextStyle) {
    for detail in [Detail::Folded, Detail::Full] {
        let ladders: Vec<_> = report.ladders(detail).collect();
        let mut drawn = Vec::new();
        for ladder in &ladders {
            text::write(&mut drawn, &style, ladder).unwrap();
            check_picture(&svg::ladder::draw(ladder).element());
        }
        text::legend(&mut drawn, &style).unwrap();
        side_by_side::write(&mut drawn, &style, &ladders).unwrap();
        assert_text(&drawn, style, "ladder");
        let mut diagram = Vec::new();
        mermaid::sequence(&mut diagram, &ladders).unwrap();
        let unicode = TextStyle {
            characters: CharacterSet::Unicode,
            ..style
        };
        assert_text(&diagram, unicode, "mermaid");
    }
    for model in &report.conversations {
        check_graphs(model);
        let mut calls = Vec::new();
        json::write_calls(&mut calls, model.conversation.number, &model.packets, &model.timeline).unwrap();
        for line in calls.split_inclusive(|&byte| byte == b'\n') {
            check_json(line, usize::MAX);
        }
    }
}

/// The questions of the labs, answered in every form.
pub fn check_sheet(kept: &[ReportPacket], style: TextStyle) {
    let mut collector = Collector::new(None);
    for one in kept {
        let frame = one.followed();
        let packet = frame.decode();
        collector.take(one.number, frame.time, &packet, one.in_flow.as_ref());
    }
    let sheet = collector.finish(Some("it"));
    let mut shown = Vec::new();
    answers::text::write(&mut shown, &style, &sheet).unwrap();
    assert_text(&shown, style, "answers");
    shown.clear();
    answers::markdown::write(&mut shown, &sheet).unwrap();
    assert_text(
        &shown,
        TextStyle {
            characters: CharacterSet::Unicode,
            color: false,
            ..style
        },
        "answers as Markdown",
    );
    shown.clear();
    answers::html::write(&mut shown, &sheet).unwrap();
    check_page(&shown, 0);
}

fn check_said(kept: &[ReportPacket], style: TextStyle) {
    let mut said = std::collections::BTreeMap::new();
    for one in kept {
        let Some(in_flow) = &one.in_flow else { continue };
        let frame = one.followed();
        let packet = frame.decode();
        let assembler = said
            .entry(in_flow.conversation)
            .or_insert_with(|| StreamAssembler::new(TEXT));
        assembler.add(in_flow, packet.payload().bytes);
    }
    for assembler in said.into_values() {
        let Some(whole) = assembler.finish() else { continue };
        let mut shown = Vec::new();
        follow::text::write(&mut shown, &style, &whole).unwrap();
        assert_text(&shown, style, "follow");
    }
}

/// The report of a capture: only the template's own elements, whatever the packets say.
pub fn check_report(report: &ReportModel, style: TextStyle) {
    let provenance = Provenance {
        title: "it".to_owned(),
        file: None,
        command: "sniffer".to_owned(),
        program: "sniffer".to_owned(),
    };
    let mut page = Vec::new();
    report::write(&mut page, &style, report, &provenance).unwrap();
    check_page(&page, 1);
}

/// The graphs, alone and with what a kernel can know at most.
fn check_graphs(model: &ConversationModel) {
    let (Some(first), Some(last)) = (model.packets.first(), model.packets.last()) else {
        return;
    };
    let sample = |time: Option<Time>, value: u32| TcpSample {
        time: time.map_or(0, |time| time.0),
        local: first.in_flow.client,
        remote: first.in_flow.server,
        info: TcpInfo {
            state: SocketState::Established,
            congestion_state: CongestionState::Open,
            retransmits: 0,
            backoff: 0,
            rto_us: value,
            rtt_us: value,
            rttvar_us: value,
            snd_mss: value,
            snd_cwnd: value,
            snd_ssthresh: Some(value),
            unacked: value,
            sacked: value,
            lost: value,
            retrans: value,
            total_retrans: value,
            notsent_bytes: None,
            snd_wnd: None,
        },
    };
    let samples = [sample(first.time, 1), sample(last.time, u32::MAX)];
    for samples in [&samples[..], &[]] {
        if let Some(plots) = model.plots_with(samples) {
            for look in [PlotLook::Wide, PlotLook::Narrow] {
                check_picture(&plots.draw("Conversation", look, u64::MAX).element());
            }
        }
    }
}
