use super::axis::{Axis, in_unit, unit};
use super::draw_sequence::describe;
use super::{PlotCapture, PlotDirection, PlotLook, Plots, Point};
use crate::flow::Party;
use crate::flow::number::{Number, Sequence};
use crate::flow::segment::{Remark, Remarks, Scale, Segment, SegmentPart, Window};
use crate::frame::Time;
use crate::render::svg::Picture;
use crate::timeline::PacketRef;
use crate::timeline::test_conversation::{seen, segment};

/// Microseconds, sender, data, acknowledgment.
fn packet(place: u64, at: i64, sender: Party, data: Option<(i64, i64)>, acknowledges: Option<i64>) -> PacketRef {
    let part = if data.is_some() {
        SegmentPart::Data
    } else {
        SegmentPart::Ack
    };
    let fact = Segment {
        acknowledgment: acknowledges.map(|relative| Number {
            raw: Sequence(0),
            relative,
        }),
        window: Window {
            raw: 100,
            scale: Scale::Shift(1),
        },
        ..segment(part, data)
    };
    seen(
        place,
        Some(Time(at * 1_000)),
        sender,
        crate::flow::PacketKind::Segment(fact),
    )
}

fn again(mut packet: PacketRef) -> PacketRef {
    if let crate::flow::PacketKind::Segment(fact) = &mut packet.in_flow.kind {
        fact.remarks = Remarks::NONE.with(Remark::Retransmission);
    }
    packet
}

fn directions(packets: &[PacketRef]) -> Vec<PlotDirection> {
    let plots = PlotCapture::alone(packets).map(|capture| Plots::of(&capture));
    let sequences = plots.unwrap_or_default().sequences;
    sequences.into_iter().map(|one| one.direction).collect()
}

fn draw(packets: &[PacketRef], linked: u64) -> Picture {
    let capture = PlotCapture::alone(packets).unwrap();
    Plots::of(&capture).draw("Conversation 1", PlotLook::Wide, linked)
}

fn story() -> Vec<PacketRef> {
    vec![
        packet(1, 5, Party::Client, Some((1, 12)), Some(1)),
        packet(2, 9, Party::Server, None, Some(13)),
        again(packet(3, 12, Party::Client, Some((1, 12)), Some(1))),
    ]
}

#[test]
fn a_direction_has_its_segments_and_what_the_other_end_says_of_them() {
    let found = directions(&story());
    // The server sent no data: its direction is not there.
    let [client] = &found[..] else { panic!("{found:?}") };
    assert_eq!(client.sender, Party::Client);
    let segments: Vec<_> = client
        .segments
        .iter()
        .map(|one| (one.number, one.time, one.first, one.last, one.again))
        .collect();
    assert_eq!(segments, [(1, 0, 1, 12, false), (3, 7_000, 1, 12, true)]);
    let at = |value| Point { time: 4_000, value };
    assert_eq!(client.acknowledgments, [at(13)]);
    // 13 and a window of 100, doubled.
    assert_eq!(client.window, [at(213)]);
    assert_eq!(
        describe(client),
        "The client sends 2 segments with data, up to byte 12 within 7 µs, 1 of them sent again; the server sends 1 acknowledgment."
    );
}

#[test]
fn an_acknowledgment_that_was_overtaken_takes_nothing_back() {
    let found = directions(&[
        packet(1, 0, Party::Client, Some((1, 12)), Some(1)),
        packet(2, 1, Party::Server, None, Some(13)),
        packet(3, 2, Party::Server, None, Some(5)),
        packet(4, 3, Party::Server, None, Some(20)),
    ]);
    let values = |points: &[Point]| -> Vec<i64> { points.iter().map(|point| point.value).collect() };
    assert_eq!(values(&found[0].acknowledgments), [13, 13, 20]);
    assert_eq!(values(&found[0].window), [213, 213, 220]);
}

#[test]
fn without_times_and_without_data_there_is_no_graph() {
    let mut timeless = story();
    for seen in &mut timeless {
        seen.time = None;
    }
    assert!(directions(&timeless).is_empty());
    assert!(directions(&[packet(1, 0, Party::Client, None, Some(1))]).is_empty());
}

#[test]
fn what_was_sent_again_is_told_by_form_and_a_far_window_in_words() {
    let picture = draw(&story(), 3);
    assert!(
        picture
            .body
            .contains(r##"href="#packet-3" aria-label="packet 3: bytes 1 to 12, sent before""##)
    );
    let of = |class: &str| picture.body.matches(&format!(r#"<line class="{class}""#)).count();
    // An upright line with two ends each; the second one with a cross. The legend has one of each too.
    assert_eq!((of("segment"), of("resent")), (2 * 3, 2 * 5));
    assert!(
        picture
            .body
            .contains("the window&#39;s edge lies above the picture, up to 213")
    );
}

#[test]
fn the_time_begins_with_the_first_data_in_all_panels() {
    let picture = |wait| {
        let packets = [
            packet(1, 0, Party::Server, None, Some(1)),
            packet(2, wait, Party::Client, Some((1, 12)), Some(1)),
            packet(3, wait + 4, Party::Server, Some((1, 5)), Some(13)),
        ];
        draw(&packets, 0).body
    };
    // The wait before it is not part of the picture: only the numbers along the axis differ.
    let lines = |body: &str| body.matches("<line").count();
    assert_eq!(lines(&picture(20)), lines(&picture(1_020)));
    let [short, long] = [20, 1_020].map(picture);
    let segments = |body: &str| -> Vec<String> {
        let lines = body.lines().filter(|line| line.contains(r#"class="segment""#));
        lines.map(ToOwned::to_owned).collect()
    };
    assert_eq!(segments(&short), segments(&long));
    assert!(long.contains(">1020</text>"), "{long}");
}

#[test]
fn an_axis_has_round_numbers_and_its_ends_at_its_ends() {
    let axis = Axis::new((0, 100), (1_300, 400));
    assert_eq!((axis.pixel(0), axis.pixel(650), axis.pixel(1_300)), (100, 250, 400));
    assert_eq!((axis.pixel(-5), axis.pixel(9_999)), (100, 400));
    assert_eq!(axis.ticks(6), [0, 500, 1_000]);
    assert_eq!(Axis::new((0, 0), (0, 10)).pixel(0), 0);
    let widest = Axis::new((i64::MIN, 0), (i64::MAX, 10));
    assert!(widest.ticks(7).len() <= 8 && widest.pixel(0) <= 10);
}

#[test]
fn times_have_the_unit_that_fits() {
    assert_eq!(
        (unit(1_000).0, unit(3_000_000).0, unit(20_000_000_000).0),
        ("µs", "ms", "s")
    );
    assert_eq!(in_unit(2_500_000, 1_000_000), "2.5");
    assert_eq!(in_unit(-500_000, 1_000_000), "-0.5");
    assert_eq!(in_unit(3_000, 1_000), "3");
}
