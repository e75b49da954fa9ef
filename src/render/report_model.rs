//! What an export is made from: packets with their bytes, and the conversations that they belong to.

use crate::flow::PacketInFlow;
use crate::flow::conversation::Conversation;
use crate::frame::{Frame, Time};
use crate::render::ladder::{Detail, Ladder, LadderInput};
use crate::render::plot::{PlotCapture, Plots};
use crate::render::svg::Picture;
use crate::tcp_info::TcpSample;
use crate::timeline::{ConversationCalls, PacketRef, Timeline};

/// An export has at most this many socket calls: each takes about 1 KB of a page, so this is 50 MB.
pub const CALLS: usize = 50_000;

/// A packet that is kept.
#[derive(Debug, Clone)]
pub struct ReportPacket {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Its bytes.
    pub frame: Frame<'static>,
    /// What it does in its conversation; of a fragment that completes a datagram, what the datagram does.
    pub in_flow: Option<PacketInFlow>,
    /// The datagram that it completes.
    pub whole: Option<ReportDatagram>,
}

/// A datagram that was put together from fragments.
#[derive(Debug, Clone)]
pub struct ReportDatagram {
    /// The datagram, without a link layer.
    pub frame: Frame<'static>,
    /// In how many fragments it came.
    pub fragments: usize,
}

impl ReportPacket {
    /// The bytes that its part in the conversation comes from: its own, or those of the datagram that it completes.
    #[must_use]
    pub fn followed(&self) -> &Frame<'static> {
        self.whole.as_ref().map_or(&self.frame, |whole| &whole.frame)
    }

    /// Its data: what follows the headers of the frame, and of the datagram that it completes.
    pub fn data(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let frames = [Some(&self.frame), self.whole.as_ref().map(|whole| &whole.frame)];
        frames.into_iter().flatten().map(|frame| frame.decode().payload().bytes)
    }

    /// Without its bytes.
    fn seen(&self) -> Option<PacketRef> {
        let in_flow = self.in_flow.as_ref()?;
        let packet = self.followed().decode();
        Some(PacketRef::of(self.number, self.frame.time, &packet, in_flow))
    }
}

/// A conversation with its packets and calls.
#[derive(Debug, Clone)]
pub struct ConversationModel {
    /// The conversation as a whole.
    pub conversation: Conversation,
    /// Its packets, in the order of the capture.
    pub packets: Vec<PacketRef>,
    /// Packets and calls in one order.
    pub timeline: Timeline,
    /// Its graphs, where more is known than these packets show.
    pub more_plots: Option<Plots>,
}

impl ConversationModel {
    /// Its graphs.
    #[must_use]
    pub fn plots(&self) -> Plots {
        let of_packets = || self.plots_with(&[]);
        self.more_plots.clone().or_else(of_packets).unwrap_or_default()
    }

    /// Its graphs with what the kernels of its ends knew; `None` where its packets have no times.
    #[must_use]
    pub fn plots_with(&self, samples: &[TcpSample]) -> Option<Plots> {
        let alone = PlotCapture::alone(&self.packets)?;
        Some(Plots::of(&PlotCapture { samples, ..alone }))
    }
}

/// What a capture and that of the other end show together.
#[derive(Debug, Clone, Default)]
pub struct BothEnds {
    /// A picture of each conversation, for a wide page and for a phone.
    pub pictures: Vec<(Picture, Picture)>,
    /// What has no picture, in words.
    pub left_out: Option<String>,
    /// A question that the picture answers, and the answer, a paragraph each.
    pub question: Option<(String, Vec<String>)>,
}

/// What an export is made from.
#[derive(Debug, Clone)]
pub struct ReportModel {
    /// The packets, in the order of the capture.
    pub packets: Vec<ReportPacket>,
    /// Their conversations, in the order of their first packets, so far as they are known.
    pub conversations: Vec<ConversationModel>,
    /// How many conversations of theirs are not known any more.
    pub forgotten: u64,
    /// Was a call log given?
    pub has_log: bool,
    /// Time of the first packet of the whole capture.
    pub capture_start: Option<Time>,
    /// Socket calls that are not here, to bound the same.
    pub calls_left_out: u64,
    /// Packets that are not here, to bound size and memory.
    pub left_out: u64,
    /// What there is at most, as the end of the sentence "this report has …".
    pub bound: String,
    /// What this capture and that of the other end show together; nothing where there is no other capture.
    pub both_ends: BothEnds,
}

impl ReportModel {
    /// Lays out the packets by their conversations, with their calls beside them. `conversation` finds the whole of the one of
    /// this number, `calls` the socket calls of it; what is not known is left without a ladder.
    pub fn new(
        packets: Vec<ReportPacket>,
        conversation: impl Fn(u64) -> Option<Conversation>,
        mut calls: impl FnMut(u64, &[PacketRef]) -> ConversationCalls,
        has_log: bool,
        capture_start: Option<Time>,
        left_out: u64,
    ) -> Self {
        let mut by_conversation = std::collections::BTreeMap::<u64, Vec<PacketRef>>::new();
        for seen in packets.iter().filter_map(ReportPacket::seen) {
            by_conversation.entry(seen.in_flow.conversation).or_default().push(seen);
        }
        let all = by_conversation.len();
        let mut room = CALLS;
        let mut calls_left_out = 0;
        let conversations = by_conversation.into_iter().filter_map(|(number, packets)| {
            let conversation = conversation(number)?;
            let mut matched = calls(number, &packets);
            calls_left_out += matched.keep_first(room);
            room -= matched.calls.len();
            Some(ConversationModel {
                conversation,
                timeline: Timeline::of(&packets, matched),
                packets,
                more_plots: None,
            })
        });
        let conversations: Vec<ConversationModel> = conversations.collect();
        Self {
            forgotten: (all - conversations.len()) as u64,
            conversations,
            packets,
            has_log,
            capture_start,
            calls_left_out,
            left_out,
            bound: "not all of them".to_owned(),
            both_ends: BothEnds::default(),
        }
    }

    /// The same, which has at most what these words say.
    #[must_use]
    pub fn bounded_by(self, bound: String) -> Self {
        Self { bound, ..self }
    }

    /// The same with pictures of both ends.
    #[must_use]
    pub fn with_both_ends(self, both_ends: BothEnds) -> Self {
        Self { both_ends, ..self }
    }

    /// The same with the graphs of its conversations, where something is known of them beside its packets.
    #[must_use]
    pub fn with_plots(mut self, plots: impl Fn(&ConversationModel) -> Option<Plots>) -> Self {
        for model in &mut self.conversations {
            model.more_plots = plots(model);
        }
        self
    }

    /// Is the packet without a conversation, or is its conversation forgotten?
    #[must_use]
    pub fn is_loose(&self, kept: &ReportPacket) -> bool {
        let number = |model: &ConversationModel| model.conversation.number;
        kept.in_flow.is_none_or(|in_flow| {
            self.conversations
                .binary_search_by_key(&in_flow.conversation, number)
                .is_err()
        })
    }

    /// The picture of one of its conversations.
    #[must_use]
    pub fn ladder(&self, model: &ConversationModel, detail: Detail) -> Ladder {
        let story = LadderInput {
            conversation: &model.conversation,
            packets: &model.packets,
            left_out: None,
            timeline: &model.timeline,
            has_other_end: !self.both_ends.pictures.is_empty(),
            has_log: self.has_log,
            capture_start: self.capture_start,
        };
        Ladder::of(&story, detail)
    }

    /// The pictures of all its conversations.
    pub fn ladders(&self, detail: Detail) -> impl Iterator<Item = Ladder> {
        self.conversations.iter().map(move |model| self.ladder(model, detail))
    }
}
