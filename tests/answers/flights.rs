//! The flights of recorded transfers and of ones that are made here, and what is said of them.

use super::by_hand::has;
use super::made::{ACK, Made, SERVER, ack, data, file, handshake};
use super::stage::answer;

const CLIENT: u16 = 40_001;

#[test]
fn flights_by_hand() {
    const DOUBLES: &str = "Each flight has about twice as many segments as the one before, as in slow start (RFC 5681";
    for end in ["client", "server"] {
        let path = format!("captures/two-hosts/slow-start.{end}.pcapng");
        let sizes = [
            "1 segment,",
            "2 segments,",
            "4 segments,",
            "8 segments,",
            "16 segments,",
            DOUBLES,
        ];
        has(&path, "TCP 14", &sizes);
    }
    let at_loss = answer("captures/two-hosts/halved.client.pcapng", &[], "TCP 14");
    for part in [
        "Up to flight 4, each",
        "Flight 5 is the last one that is counted",
        "Packet 34 sends data again",
    ] {
        assert!(at_loss.contains(part), "{at_loss}");
    }
    let ten = answer("captures/two-hosts/fast-retransmit.client.pcapng", &[], "TCP 14");
    assert!(
        ten.contains("There is only one flight")
            && ten.contains("Flight 1 has 10 segments, as many as the initial window"),
        "{ten}"
    );
    let full = answer("captures/two-hosts/zero-window.client.pcapng", &[], "TCP 14");
    assert!(
        full.contains("These flights do not show slow start") && !full.contains("as in slow start"),
        "{full}"
    );
    for (path, why) in [
        (
            "tests/answers/lossy.pcap",
            "The round trip is too short to tell flights apart",
        ),
        ("captures/two-hosts/syn-lost.client.pcapng", "was sent again"),
    ] {
        let said = answer(path, &[], "TCP 14");
        assert!(
            said.contains("Missing") && said.contains(why) && said.contains("`socket-lab wire slow-start`"),
            "{said}"
        );
    }
}

/// A transfer after a handshake of 10 ms: when each segment leaves, in microseconds, and with how many bytes.
fn transfer(sent: &[(u32, usize)]) -> String {
    let mut made = handshake(CLIENT, 0, 10_000);
    let mut next = 101;
    for &(at, count) in sent {
        made.push(data(CLIENT, at, next, count));
        next += u32::try_from(count).unwrap();
    }
    made.push(ack(CLIENT, 9_000_000, next));
    let capture = file(&made);
    answer(capture.path().to_str().unwrap(), &[], "TCP 14")
}

/// Flights of this many segments, a round trip after each other.
fn flights(counts: &[u32]) -> String {
    let sent: Vec<(u32, usize)> = (1..)
        .zip(counts)
        .flat_map(|(flight, &count)| (0..count).map(move |index| (flight * 20_000 + index, 1_000)))
        .collect();
    transfer(&sent)
}

#[test]
fn a_pause_of_half_of_the_round_trip_separates_flights_and_a_shorter_one_does_not() {
    let apart = transfer(&[(20_000, 1_000), (25_000, 1_000), (29_999, 1_000)]);
    assert!(
        apart.contains("Flight 2, 5.000000 ms after flight 1: 2 segments, 2000 bytes"),
        "{apart}"
    );
    let together = transfer(&[(20_000, 1_000), (24_999, 1_000)]);
    assert!(together.contains("There is only one flight"), "{together}");
}

#[test]
fn the_sentence_about_slow_start_says_what_was_seen() {
    for (counts, parts, never) in [
        (
            &[10, 20, 40][..],
            &["Each flight has about", "initial window of RFC 6928"][..],
            "weak evidence",
        ),
        (
            &[1, 2],
            &["Each flight has about", "weak evidence"],
            "initial window of",
        ),
        (&[2, 3, 5, 9], &["Each flight has about"], "Before flight"),
        (
            &[2, 4, 4, 4],
            &["Up to flight 2,", "Before flight 3, slow start may have ended"],
            "Each flight has",
        ),
        (
            &[1, 1, 1],
            &["do not show slow start", "the program may have sent slowly"],
            "as in slow start",
        ),
        (
            &[1, 2, 9],
            &["Up to flight 2,", "Flight 3 is more than twice as large"],
            "Before flight",
        ),
        (
            &[4, 8, 3],
            &["Up to flight 2,", "Flight 3 is the last one that is counted"],
            "Before flight",
        ),
        // The ninth flight is not counted, so the eighth is whole.
        (
            &[1, 2, 4, 8, 16, 32, 64, 64, 1],
            &["Up to flight 7,", "Before flight 8"],
            "Flight 9",
        ),
    ] {
        let said = flights(counts);
        for part in parts {
            assert!(said.contains(part), "{counts:?}: no {part:?} in {said}");
        }
        // The reason names slow start too.
        let answer = said.split(" Why ").next().unwrap();
        assert!(!answer.contains(never), "{counts:?}: {never:?} in {said}");
    }
    // Twice as many, but a second later: a program that sends when it likes.
    let late = transfer(&[(20_000, 1_000), (1_020_000, 1_000), (1_020_010, 1_000)]);
    assert!(
        late.contains("do not show slow start") && late.contains("Flight 2 begins more than two round trips"),
        "{late}"
    );
    // Ten large segments that a network card divides are more on the path.
    let large: Vec<(u32, usize)> = [(20_000, 14_600), (40_000, 14_600), (40_001, 14_600)].to_vec();
    let said = transfer(&large);
    assert!(
        said.contains("Packet 4 has 14600 bytes of data, more than the 1460 of the receiver's MSS option"),
        "{said}"
    );
    assert!(said.contains("about twice as many bytes"), "{said}");
}

/// The data of a server, captured at the server: the SYN-ACK leaves at once, and its ACK comes a round trip later.
#[test]
fn the_data_of_a_server_are_looked_at_from_its_side() {
    let mut made = handshake(CLIENT, 0, 0);
    made[2].at = 10_000;
    let mut next = 501;
    for (at, count) in [(11_000, 1_u32), (22_000, 2), (33_000, 4)] {
        for index in 0..count {
            made.push(Made {
                at: at + index,
                from: SERVER,
                to: CLIENT,
                sequence: next,
                acknowledgment: 101,
                flags: ACK,
                data: 1_000,
            });
            next += 1_000;
        }
    }
    let path = file(&made);
    let said = answer(path.path().to_str().unwrap(), &[], "TCP 14");
    assert!(
        said.contains("it took 0.000000 ms + 10.000000 ms = 10.000000 ms"),
        "{said}"
    );
    assert!(
        said.contains("Each flight has about twice") && !said.contains("was made near"),
        "{said}"
    );
}
