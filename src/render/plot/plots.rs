//! All graphs of a conversation.

use super::draw_sequence::describe;
use super::flight::{Flight, flight};
use super::panel::PlotLook;
use super::round_trips::{RoundTrips, round_trips};
use super::{PlotDirection, directions, draw_flight, draw_round_trips, draw_sequence};
use crate::flow::Party;
use crate::render::svg::Picture;
use crate::render::svg::canvas::Canvas;
use crate::tcp_info::TcpSample;
use crate::timeline::PacketRef;

/// Graphs of fewer segments with data in one direction say no more than the ladder.
const WORTH_A_GRAPH: usize = 4;

/// One capture of a conversation, and what goes with it.
#[derive(Clone, Copy)]
pub struct PlotCapture<'c> {
    /// The conversation's packets.
    pub packets: &'c [PacketRef],
    /// What the kernels of the ends knew, of this connection and of others.
    pub samples: &'c [TcpSample],
    /// Was the packet of this number lost on the way? One capture alone does not show that.
    pub is_lost: &'c dyn Fn(u64) -> bool,
    /// From when times are counted, by this capture's clock; usually the time of its first packet.
    pub start: i64,
}

impl<'c> PlotCapture<'c> {
    /// A capture with nothing beside it; `None` for packets without times.
    #[must_use]
    pub fn alone(packets: &'c [PacketRef]) -> Option<Self> {
        Some(Self {
            packets,
            samples: &[],
            is_lost: &|_| false,
            start: packets.iter().find_map(|seen| seen.time)?.0,
        })
    }

    /// Which of the kernels' samples are of this connection at this end.
    fn samples(&self, end: Party) -> impl Iterator<Item = &'c TcpSample> {
        let ends = self.packets.first();
        let ends = ends.map(|seen| (seen.in_flow.end(end), seen.in_flow.end(end.other())));
        // A connection of the same ports may have come before, or come later.
        let times = || self.packets.iter().filter_map(|seen| seen.time);
        let (first, last) = (times().min(), times().max());
        let samples = self.samples.iter();
        samples.filter(move |sample| {
            let time = Some(crate::frame::Time(sample.time));
            ends == Some((sample.local, sample.remote)) && first <= time && time <= last
        })
    }

    fn directions(&self) -> Vec<PlotDirection> {
        let mut all = directions(self.packets, self.start);
        for segment in all.iter_mut().flat_map(|direction| &mut direction.segments) {
            segment.lost = (self.is_lost)(segment.number);
        }
        all
    }
}

/// Sequence number against time, in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequencePlot {
    /// Which direction, and at which end.
    pub words: String,
    /// What is shown.
    pub direction: PlotDirection,
    /// Are the packets' numbers those of the capture of which the rest is shown?
    pub has_own_numbers: bool,
}

/// The graphs of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plots {
    /// Sequence number against time.
    pub sequences: Vec<SequencePlot>,
    /// Bytes under way, of each end that sends data.
    pub flights: Vec<Flight>,
    /// Round trips of what each of them sends.
    pub round_trips: Vec<RoundTrips>,
}

impl Plots {
    /// From one capture.
    #[must_use]
    pub fn of(capture: &PlotCapture<'_>) -> Self {
        let mut plots = Self::default();
        for direction in capture.directions() {
            plots.add_sender(capture, direction.sender);
            let (from, to) = (direction.sender, direction.sender.other());
            plots.sequences.push(SequencePlot {
                words: format!("{from} to {to}"),
                direction,
                has_own_numbers: true,
            });
        }
        plots
    }

    /// From a capture at each end, the client's first: the sequence numbers as each end has seen them, the rest as the sender has.
    /// `own`: at which end was the capture taken of which more than the graphs is shown?
    #[must_use]
    pub fn of_both(captures: [&PlotCapture<'_>; 2], own: Party) -> Self {
        let mut plots = Self::default();
        let [at_client, at_server] = captures.map(PlotCapture::directions);
        for sender in [Party::Client, Party::Server] {
            let is_senders = |direction: &&PlotDirection| direction.sender == sender;
            for (end, directions) in [(Party::Client, &at_client), (Party::Server, &at_server)] {
                let found = directions.iter().find(is_senders).cloned();
                let words = format!("{sender} to {}, at the {end}", sender.other());
                plots.sequences.extend(found.map(|direction| SequencePlot {
                    words,
                    direction,
                    has_own_numbers: end == own,
                }));
            }
            let [client, server] = captures;
            let (senders, directions) = match sender {
                Party::Client => (client, &at_client),
                Party::Server => (server, &at_server),
            };
            if directions.iter().any(|direction| is_senders(&direction)) {
                plots.add_sender(senders, sender);
            }
        }
        plots
    }

    fn add_sender(&mut self, capture: &PlotCapture<'_>, sender: Party) {
        let (packets, start) = (capture.packets, capture.start);
        self.flights
            .push(flight(packets, sender, start, capture.samples(sender)));
        let trips = round_trips(packets, sender, start, capture.samples(sender));
        self.round_trips
            .extend(Some(trips).filter(|trips| !trips.samples.is_empty()));
    }

    /// Is there anything to draw?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// Do they say more than the ladder does?
    #[must_use]
    pub fn say_more(&self) -> bool {
        let mut directions = self.sequences.iter();
        directions.any(|one| one.direction.segments.len() >= WORTH_A_GRAPH)
    }

    /// What they show, a sentence or two each.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let mut sentences: Vec<String> = Vec::new();
        for one in &self.sequences {
            let sentence = describe(&one.direction);
            // Both ends may have seen the same.
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences.extend(self.worth_flights().map(Flight::describe));
        sentences.extend(self.worth_trips().map(RoundTrips::describe));
        sentences
    }

    /// Of an end that sends a few segments, the graph of the sequence numbers is enough.
    fn is_worth(&self, sender: Party) -> bool {
        let mut own = self.sequences.iter().filter(|one| one.direction.sender == sender);
        own.any(|one| one.direction.segments.len() >= WORTH_A_GRAPH)
    }

    fn worth_flights(&self) -> impl Iterator<Item = &Flight> {
        self.flights.iter().filter(|flight| self.is_worth(flight.sender))
    }

    fn worth_trips(&self) -> impl Iterator<Item = &RoundTrips> {
        self.round_trips.iter().filter(|trips| self.is_worth(trips.sender))
    }

    /// Draws them below each other. A segment leads to its packet's place in a page that has the packets up to number `linked`, 0 for none.
    #[must_use]
    pub fn draw(&self, title: &str, look: PlotLook, linked: u64) -> Picture {
        let mut canvas = Canvas::default();
        let wide = (look, self.span());
        // A phone has no room for more; the page has the conversation's name above.
        let name = if look == PlotLook::Wide {
            format!("{title}, ")
        } else {
            String::new()
        };
        let mut y = 0;
        for one in &self.sequences {
            let title = format!("{name}{}", one.words);
            let linked = if one.has_own_numbers { linked } else { 0 };
            y = draw_sequence::draw(&mut canvas, y, (&title, &one.direction), wide, linked);
        }
        let segments = || self.sequences.iter().flat_map(|one| &one.direction.segments);
        y = draw_sequence::signs(&mut canvas, y, look, segments().any(|segment| segment.lost));
        for flight in self.worth_flights() {
            let title = format!("{name}under way from the {}", flight.sender);
            y = draw_flight::draw(&mut canvas, y, &title, flight, wide);
        }
        for trips in self.worth_trips() {
            let title = format!("{name}round trips of the {}'s segments", trips.sender);
            y = draw_round_trips::draw(&mut canvas, y, &title, trips, wide);
        }
        Picture {
            title: format!("{title}: sequence numbers, windows and round trips against time"),
            description: self.describe().join(" "),
            size: (look.width(), y),
            body: canvas.into_body(),
        }
    }

    /// From the first data to the last segment, for all panels: a wait before the data would press them into a line.
    fn span(&self) -> (i64, i64) {
        let directions = || self.sequences.iter().map(|one| &one.direction);
        let segments = directions().flat_map(|direction| &direction.segments);
        let points = directions().flat_map(|direction| &direction.acknowledgments);
        let times = || segments.clone().map(|segment| segment.time);
        let start = times().min().unwrap_or(0);
        let end = times().chain(points.map(|point| point.time)).max().unwrap_or(start);
        (start, end)
    }
}
