//! The shares of two connections.

use super::by_hand::has;
use super::made::{Made, ack, data, file, handshake};
use super::stage::answer;

const FIRST: u16 = 40_001;
const SECOND: u16 = 40_002;
const ALONE: &str = "Missing The capture does not have two connections to one server";

/// Each client sends segments of 1,000 bytes, and each is acknowledged at this time (milliseconds), 1 ms after it was sent.
fn transfers(acks: &[(u16, u32)]) -> Vec<Made> {
    let mut made = Vec::new();
    let mut sent = std::collections::BTreeMap::new();
    for &(client, at) in acks {
        let at = at * 1_000;
        let sequence = *sent.entry(client).or_insert_with(|| {
            made.extend(handshake(client, at - 3_000, 100));
            101
        });
        made.push(data(client, at - 1_000, sequence, 1_000));
        made.push(ack(client, at, sequence + 1_000));
        sent.insert(client, sequence + 1_000);
    }
    made.sort_by_key(|segment| segment.at);
    made
}

/// The second client's first ACK is at 40 ms and its last at 90 ms. In between and at the end, three of the first client's segments
/// are acknowledged (50, 70, 80 ms) and two of the second's (60, 90 ms): 3000 / 0.05 = 60000, 2000 / 0.05 = 40000;
/// 5000^2 / (2 x (9000000 + 4000000)) = 25 / 26 = 0.9615. The first SYN is at 17 ms.
#[test]
fn only_the_time_that_both_share_counts() {
    let acks = [
        (FIRST, 20),
        (FIRST, 30),
        (SECOND, 40),
        (FIRST, 50),
        (SECOND, 60),
        (FIRST, 70),
        (FIRST, 80),
        (SECOND, 90),
        (FIRST, 100),
    ];
    let capture = file(&transfers(&acks));
    let path = capture.path().to_str().unwrap();
    let parts = [
        "About the data of the clients of conversations 1 and 2, while both were acknowledged.",
        "0.073000000 s - 0.023000000 s = 0.050000000 s.",
        "Conversation 1 (client 192.0.2.1:40001): 3000 bytes / 0.050000000 s = 60000 bytes per second; 3000 / 5000 = 60.0 % of both.",
        "Conversation 2 (client 192.0.2.1:40002): 2000 bytes / 0.050000000 s = 40000 bytes per second; 2000 / 5000 = 40.0 % of both.",
        "(3000 + 2000)^2 / (2 x (3000^2 + 2000^2)) = about 0.962.",
    ];
    has(path, "TCP 15", &parts);
    for flow in ["1", "2"] {
        assert!(answer(path, &["--flow", flow], "TCP 15").contains(parts[2]), "{flow}");
    }
}

#[test]
fn connections_one_after_the_other_share_nothing() {
    let capture = file(&transfers(&[(FIRST, 20), (FIRST, 30), (SECOND, 40), (SECOND, 50)]));
    assert!(answer(capture.path().to_str().unwrap(), &[], "TCP 15").contains(ALONE));
    assert!(answer("tests/answers/lossy.pcap", &[], "TCP 15").contains(ALONE));
    // Captured at the same instant, they have no time in which to share.
    let mut made = transfers(&[(FIRST, 20), (SECOND, 21), (SECOND, 22), (FIRST, 23), (SECOND, 24)]);
    for segment in &mut made {
        segment.at = 0;
    }
    let capture = file(&made);
    let said = answer(capture.path().to_str().unwrap(), &[], "TCP 15");
    assert!(
        said.contains("Missing Conversations 1 and 2") && said.contains("no times"),
        "{said}"
    );
}

/// Of three connections at random, each pair is worked out from the list of ACKs, and the pair with the largest smaller part is
/// what the answer is about. Twelve short ones came before them.
#[test]
fn of_several_the_pair_that_shares_most_is_worked_out() {
    let mut state = 12_345_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    for _ in 0..5 {
        let short = (0..12).map(|index| (50_000 + index, 10 + u32::from(index) * 5));
        let acks: Vec<(u16, u32)> = short
            .chain((0..60).map(|index| {
                // The third begins late, the first ends early.
                let range = if index < 15 {
                    (0, 2_u32)
                } else if index < 40 {
                    (0, 3)
                } else {
                    (1, 2)
                };
                (
                    FIRST + range.0 + u16::try_from(random() % range.1).unwrap(),
                    100 + index * 5,
                )
            }))
            .collect();
        let capture = file(&transfers(&acks));
        let mut best = (0, [(FIRST, 0), (SECOND, 0)], 1);
        for (one, other) in [(FIRST, SECOND), (FIRST, 40_003), (SECOND, 40_003)] {
            let of = |client| acks.iter().filter(move |ack| ack.0 == client).map(|ack| ack.1);
            let begin = of(one).min().unwrap().max(of(other).min().unwrap());
            let end = of(one).max().unwrap().min(of(other).max().unwrap());
            let bytes = |client| of(client).filter(|&at| at > begin && at <= end).count() as u64 * 1_000;
            let parts = [(one, bytes(one)), (other, bytes(other))];
            let smaller = parts[0].1.min(parts[1].1);
            if smaller > best.0 {
                best = (smaller, parts, end.saturating_sub(begin));
            }
        }
        let (_, parts, time) = best;
        let total = parts[0].1 + parts[1].1;
        for (client, bytes) in parts {
            let seconds = format!("0.{time:03}000000");
            let rate = (bytes * 1_000 + u64::from(time) / 2) / u64::from(time);
            has(
                capture.path().to_str().unwrap(),
                "TCP 15",
                &[&format!(
                    "(client 192.0.2.1:{client}): {bytes} bytes / {seconds} s = {rate} bytes per second; {bytes} / {total} = "
                )],
            );
        }
    }
}
