//! What two captures of one exchange show, `sniffer --other-end`, against what the wire wrote.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::files::{CLIENT, Files, Sent, said};
use super::runs::Run;

/// What became of a packet that was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fate {
    /// Its place in the other capture, where it arrived first.
    arrived: Option<usize>,
    changed: bool,
    overtaken: bool,
    /// Where it arrived again.
    again: BTreeSet<usize>,
}

/// What was compared, and what differs.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// Packets that were sent.
    pub(crate) packets: usize,
    /// Packets of which others have the same bytes, so that only times tell them apart.
    pub(crate) equal: usize,
    /// Those of them that were taken for each other: no error, since the bytes do not tell, where as many were lost.
    pub(crate) exchanged: usize,
    /// Lost packets with equal ones of which it is left open what became of them: the clock's bound is too wide to tell.
    pub(crate) left_open: usize,
    /// Packets of the very end, of which nothing is said.
    pub(crate) at_the_end: usize,
    /// A sentence for each difference.
    pub(crate) differences: Vec<String>,
    /// By how much the clock's offset is wrong, in nanoseconds, and how much it may be, as it says itself.
    pub(crate) clock: Option<(i64, i64)>,
}

type Fates = BTreeMap<(usize, usize), Fate>;

/// Compares them.
pub(crate) fn compare(run: &Run, files: &Files) -> Compared {
    let truth = truth(&files.sent);
    let lines = said(run, &["-r", "client.pcapng", "--other-end", "server.pcapng"]);
    let mut compared = Compared {
        packets: truth.len(),
        ..Compared::default()
    };
    let (mut told, unknown) = told(&lines, &mut compared);
    let ends = [0, 1].map(|end: usize| files.captures[end].last().map_or(0, |packet| packet.time));
    for sent in &files.sent {
        let Some(packet) = sent.packet else { continue };
        let key = (sent.from, packet);
        // The last packets may be on the way when a capture ends: what is known of them is not all.
        let is_cut = sent.fate == "on the way" || sent.arrivals.iter().any(|arrival| arrival.packet.is_none());
        let is_last = files.captures[sent.from][packet].time > ends[1 - sent.from];
        if is_cut || unknown.contains(&key) && is_last {
            compared.at_the_end += 1;
            told.insert(key, truth[&key].clone());
        }
    }
    // Of packets with the same bytes it is compared how many were lost, changed, repeated.
    let mut groups: BTreeMap<(usize, &[u8]), Vec<usize>> = BTreeMap::new();
    for (end, packet) in truth.keys() {
        let bytes = &*files.captures[*end][*packet].ip;
        groups.entry((*end, bytes)).or_default().push(*packet);
    }
    for ((end, _), packets) in groups {
        let fates =
            |of: &Fates| -> Vec<Option<Fate>> { packets.iter().map(|one| of.get(&(end, *one)).cloned()).collect() };
        let (mut is, mut said) = (fates(&truth), fates(&told));
        if packets.len() > 1 {
            compared.equal += packets.len();
            for (packet, said) in packets.iter().zip(&mut said) {
                if said.is_none() && unknown.contains(&(end, *packet)) {
                    compared.left_open += 1;
                    *said = Some(Fate::default());
                }
            }
            if is == said {
                continue;
            }
            let before = is.iter().zip(&said).filter(|(is, said)| is != said).count();
            is.iter_mut().chain(&mut said).for_each(forget_places);
            is.sort();
            said.sort();
            if is == said {
                compared.exchanged += before;
                continue;
            }
        }
        if is != said {
            let end = ["client", "server"][end];
            let numbers: Vec<usize> = packets.iter().map(|packet| packet + 1).collect();
            compared.differences.push(format!(
                "seed {}: packet {numbers:?} of the {end}: said {said:?}, true {is:?}",
                run.plan.seed
            ));
        }
    }
    let too_many = told.keys().filter(|key| !truth.contains_key(key));
    let too_many: Vec<String> = too_many
        .map(|key| format!("seed {}: {key:?} was not sent", run.plan.seed))
        .collect();
    compared.differences.extend(too_many);
    if let Some((error, bound)) = compared.clock {
        if error.abs() > bound {
            let why = format!(
                "seed {}: clock: {error} ns off, said to be at most {bound}",
                run.plan.seed
            );
            compared.differences.push(why);
        }
    }
    compared
}

/// Of packets that are equal it cannot be known which of them arrived where.
fn forget_places(fate: &mut Option<Fate>) {
    if let Some(fate) = fate {
        fate.arrived = fate.arrived.map(|_| 0);
        fate.overtaken = false;
        fate.again = fate.again.iter().enumerate().map(|(index, _)| index).collect();
    }
}

fn truth(sent: &[Sent]) -> Fates {
    let first = |sent: &Sent| sent.arrivals.first().map(|arrival| arrival.order);
    let mut truth = Fates::new();
    for (index, one) in sent.iter().enumerate() {
        let Some(packet) = one.packet else { continue };
        let later = sent[index + 1..].iter().filter(|later| later.from == one.from);
        let overtaken = first(one).is_some_and(|own| later.filter_map(first).any(|other| other < own));
        let mut arrivals = one.arrivals.iter();
        let arrived = arrivals.next();
        let fate = Fate {
            arrived: arrived.and_then(|arrival| arrival.packet),
            changed: arrived.is_some_and(|arrival| arrival.changed),
            overtaken,
            again: arrivals.filter_map(|arrival| arrival.packet).collect(),
        };
        truth.insert((one.from, packet), fate);
    }
    truth
}

/// What the sniffer says, and of which packets it says that nothing is known.
fn told(lines: &[Value], compared: &mut Compared) -> (Fates, BTreeSet<(usize, usize)>) {
    let place = |value: &Value| value.as_u64().map(|number| usize::try_from(number).unwrap() - 1);
    let (mut told, mut unknown) = (Fates::new(), BTreeSet::new());
    let mut again = Vec::new();
    for line in lines {
        if line["line"] == "exchange" {
            let clock = &line["clock"];
            compared.clock = clock["offset"].as_i64().zip(clock["error"].as_i64());
            continue;
        }
        let from = if line["sent_at"] == "a" { CLIENT } else { 1 };
        let places = ["a", "b"].map(|file| place(&line[file][0]));
        let (sent, arrived) = (places[from], places[1 - from]);
        let fate = line["fate"].as_str().unwrap();
        match (fate, sent) {
            ("arrived" | "changed", Some(sent)) => {
                let fate = Fate {
                    arrived,
                    changed: fate == "changed",
                    overtaken: line["overtaken"] == true,
                    ..Fate::default()
                };
                told.insert((from, sent), fate);
            }
            ("lost", Some(sent)) => drop(told.insert((from, sent), Fate::default())),
            ("duplicated", _) => again.push((from, place(&line["duplicate_of"]), arrived)),
            ("not-known", Some(sent)) => drop(unknown.insert((from, sent))),
            // The sender's capture had ended.
            ("not-known", None) => compared.at_the_end += 1,
            _ => compared.differences.push(format!("said of {places:?}: {fate}")),
        }
    }
    for (from, of, arrived) in again {
        let of = of.and_then(|of| told.get_mut(&(from, of)));
        match (of, arrived) {
            (Some(of), Some(arrived)) => drop(of.again.insert(arrived)),
            _ => compared.differences.push("a duplicate of nothing".to_owned()),
        }
    }
    (told, unknown)
}
