//! What both captures show as a whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::TwoEnds;
use super::words::{self, packets, title};
use crate::explain::{count, duration};
use crate::pair::{Bound, Clock, Evidence, Exchange, Fate, Outside, Regrouping, Side, Transit};
use crate::render::page::Page;
use crate::render::text_style::{CharacterSet, TextStyle, fraction, rounded};

/// The most packets that are listed by their numbers; the others are counted.
const LISTED: usize = 12;

/// Writes it.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, ends: &TwoEnds<'_>) -> io::Result<()> {
    let mut page = Page {
        output,
        style,
        left: 11,
    };
    page.title("Two captures of one exchange")?;
    for (word, mut text) in lines(ends) {
        if style.characters == CharacterSet::Ascii {
            text = text.replace('±', "+/-");
        }
        page.beside(word, &text, None)?;
    }
    Ok(())
}

/// Each line: a word, and what it is about.
fn lines(ends: &TwoEnds<'_>) -> Vec<(&'static str, String)> {
    let exchange = ends.exchange;
    let mut lines = vec![
        ("A", file(exchange, Side::A, ends.a)),
        ("B", file(exchange, Side::B, ends.b)),
    ];
    lines.push(("Ends", evidence(exchange).to_owned()));
    if exchange.are_copies {
        let text =
            "every packet has the same time in both files: one is a copy of the other, not the capture of another end";
        lines.push(("Note", text.to_owned()));
    }
    if let Some(limit) = exchange.comparison.limit {
        lines.push((
            "Compared",
            format!("the first {limit} bytes of each IP packet, because a capture was cut (snap length)"),
        ));
    } else if exchange.comparison.with_nat {
        lines.push(("Compared", "all but addresses, ports and checksums (--nat)".to_owned()));
    }
    lines.push(("Pairs", pairs(exchange)));
    lines.push(("Clock", clock(exchange)));
    for side in Side::BOTH {
        if let (Some(transit), true) = (exchange.transit.of(side), has_clock(exchange)) {
            lines.push(("Delay", delay(side, *transit)));
        }
    }
    fates(exchange, &mut lines);
    for side in Side::BOTH {
        only(exchange, side, &mut lines);
    }
    lines
}

const fn has_clock(exchange: &Exchange) -> bool {
    matches!(exchange.clock.bound, Bound::Both(_))
}

fn file(exchange: &Exchange, side: Side, name: &str) -> String {
    let shared = exchange.conversations.iter().filter(|each| each.matched > 0);
    let (mut clients, mut servers) = (0_u64, 0_u64);
    for each in shared {
        let place = if each.client_at() == side {
            &mut clients
        } else {
            &mut servers
        };
        *place += 1;
    }
    let place = match (clients, servers) {
        (_, 0) => "the client's end".to_owned(),
        (0, _) => "the server's end".to_owned(),
        _ => format!(
            "the client's end of {}, the server's of {servers}",
            count(clients, "conversation")
        ),
    };
    let capture = exchange.captures.of(side);
    let mut text = format!("{name}: {}, {place}", packets(exchange, side));
    let left_out = [
        (capture.without_ip, "without IP"),
        (capture.to_many, "to many hosts"),
        (capture.without_time, "without a time"),
    ];
    for (number, what) in left_out.into_iter().filter(|(number, _)| *number > 0) {
        // Writing to a String cannot fail.
        let _ = write!(text, "; left out: {} {what}", count(number, "frame"));
    }
    text
}

fn evidence(exchange: &Exchange) -> &'static str {
    let shared = exchange.conversations.iter().filter(|each| each.matched > 0);
    let most = shared.max_by_key(|each| each.matched);
    match most.and_then(|each| each.low_at).map(|(_, evidence)| evidence) {
        Some(Evidence::Flags) => "known: the files say which packets were sent and which were received",
        Some(Evidence::Ttl) => "deduced: the TTL is smaller where a packet arrived",
        Some(Evidence::Times) => "deduced: each answer comes after what it answers",
        Some(Evidence::Assumed) | None => "assumed, because no packet shows it: A is at the client's end",
    }
}

fn pairs(exchange: &Exchange) -> String {
    let mut text = format!("{} in both captures", count_is(exchange.pairs, "packet"));
    if !exchange.regroupings.is_empty() {
        let number = |places: fn(&Regrouping) -> usize| exchange.regroupings.iter().map(places).sum::<usize>() as u64;
        let (sent, received) = (number(|each| each.sent.len()), number(|each| each.received.len()));
        let _ = write!(
            text,
            "; {} more that were sent arrived as {received}: the same bytes in larger or smaller packets (TSO, GRO)",
            count(sent, "packet")
        );
    }
    text
}

fn count_is(number: u64, thing: &str) -> String {
    format!("{} {}", count(number, thing), if number == 1 { "is" } else { "are" })
}

/// How far the clocks differ.
pub(super) fn clock(exchange: &Exchange) -> String {
    if exchange.comparison.one_clock {
        return "Both captures have one clock".to_owned();
    }
    let clock = &exchange.clock;
    let offset = format!("B's clock less A's: {}", offset(clock));
    let mut text = match clock.bound {
        Bound::Both(error) => format!(
            "{offset}, at most ±{} off; exact if both ways take equally long (RFC 5905 section 8)",
            duration(error)
        ),
        Bound::OneWay(side) => format!(
            "{offset}, if the fastest packet took no time: only packets sent at {side} are in both captures, so the offset cannot be \
             told from the delay"
        ),
        Bound::Contradiction(by) => format!(
            "no offset fits all packets, they contradict each other by {}: a clock was set during the exchange, or the clocks do \
             not run equally fast",
            duration(by)
        ),
        Bound::Nothing => "not known: no packet is in both captures".to_owned(),
    };
    match clock.drift {
        Some(drift) => {
            let faster = if drift < 0.0 { "slower" } else { "faster" };
            let _ = write!(
                text,
                "; B's clock runs {:.1} millionths {faster}, estimated from the fastest packets of {}",
                drift.abs(),
                duration(clock.span)
            );
        }
        None if has_clock(exchange) => text.push_str("; drift not measured"),
        None => {}
    }
    text
}

/// By how much B's clock is ahead. Seconds and days have as many digits as their bound asks for.
fn offset(clock: &Clock) -> String {
    const SECOND: u64 = 1_000_000_000;
    /// From this number of seconds on, hours and days say more.
    const HOURS: u64 = 2 * 3600;
    /// A tenth of a millisecond.
    const UNIT: u64 = 100_000;
    let sign = if clock.offset < 0 { '-' } else { '+' };
    let size = clock.offset.unsigned_abs();
    if size < SECOND || clock.error().unsigned_abs() >= SECOND {
        return format!("{sign}{}", duration(i64::try_from(size).unwrap_or(i64::MAX)));
    }
    let seconds = fraction(false, rounded(size, UNIT), SECOND / UNIT, 4);
    match size / SECOND {
        0..HOURS => format!("{sign}{seconds} s"),
        _ => format!(
            "{sign}{seconds} s ({})",
            duration(i64::try_from(size).unwrap_or(i64::MAX))
        ),
    }
}

fn delay(side: Side, transit: Transit) -> String {
    let [least, median, most] = [transit.least, transit.median, transit.most].map(duration);
    format!(
        "{side} to {}: {least} to {most}, median {median}, by this estimate",
        side.other()
    )
}

/// What became of the packets that did not simply arrive.
fn fates(exchange: &Exchange, lines: &mut Vec<(&'static str, String)>) {
    let before = lines.len();
    for side in Side::BOTH {
        let other = side.other();
        let way = format!("{side} to {other}");
        let mut add = |word, is_it: &dyn Fn(Fate) -> bool, what: &str| {
            if let Some(found) = list(exchange, side, is_it) {
                lines.push((word, format!("{found}: {what}")));
            }
        };
        let lost = format!("{way}, lost on the way, or not captured at {other}");
        add("Lost", &|fate| matches!(fate, Fate::Lost { .. }), &lost);
        let missed = format!("acknowledged, so received; {other}'s capture missed what it carried");
        add("Missed", &|fate| fate == Fate::Missed, &missed);
        let sent_twice = format!("{other} to {side}, sent once and arrived again");
        add(
            "Duplicated",
            &|fate| matches!(fate, Fate::Duplicated { .. }),
            &sent_twice,
        );
        let only = format!(
            "arrived at {side}, but {other}'s capture does not have the sending: missed there, or made on the way"
        );
        add("Extra", &|fate| fate == Fate::OnlyReceived, &only);
        for (why, text) in [(Outside::Before, "earlier"), (Outside::After, "later")] {
            let text = format!("not known, {text} than what {other} has: {other} may not have captured yet");
            let text = if why == Outside::After {
                text.replace("yet", "any more")
            } else {
                text
            };
            add("Not known", &|fate| fate == Fate::NotKnown(why), &text);
        }
        let partly = exchange.regroupings.iter().filter(|each| each.missing > 0);
        let partly: Vec<_> = partly.filter(|each| sent_at(exchange, each) == Some(side)).collect();
        if !partly.is_empty() {
            let missing: u64 = partly.iter().map(|each| each.missing).sum();
            let text = format!(
                "{} of {}: {way}, only a part arrived",
                count(missing, "byte"),
                count(partly.len() as u64, "large packet")
            );
            lines.push(("Lost", text));
        }
        changed(exchange, side, lines);
        let overtaken = exchange.overtaken.of(side);
        if !overtaken.is_empty() {
            let numbers = overtaken.iter().filter_map(|place| exchange.packet(side, *place));
            let found = numbered(side, numbers.map(|seen| seen.number).collect());
            lines.push((
                "Overtaken",
                format!("{found}: {way}, arrived after a packet that was sent later"),
            ));
        }
    }
    if lines.len() == before {
        lines.push((
            "Lost",
            "nothing; nothing was changed, duplicated or overtaken either".to_owned(),
        ));
    } else if !lines.iter().any(|(word, _)| *word == "Lost") {
        lines.insert(before, ("Lost", "nothing, as far as the common time shows".to_owned()));
    }
}

fn sent_at(exchange: &Exchange, regrouping: &Regrouping) -> Option<Side> {
    let first = *regrouping.sent.first()?;
    Side::BOTH.into_iter().find(|side| {
        let fate = exchange.fates.of(*side).get(first as usize);
        let is_it = matches!(fate, Some(Fate::Regrouped { regrouping: number }) if exchange.regroupings.get(*number as usize) == Some(regrouping));
        is_it && exchange.packet(*side, first).is_some_and(|seen| exchange.sent_at(seen) == *side)
    })
}

fn changed(exchange: &Exchange, side: Side, lines: &mut Vec<(&'static str, String)>) {
    let mut by_kind: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (seen, fate) in exchange.with_fates(side) {
        if let (Fate::Changed { changes, .. }, true) = (fate, exchange.sent_at(seen) == side) {
            by_kind.entry(words::changed(changes)).or_default().push(seen.number);
        }
    }
    for (what, numbers) in by_kind {
        let found = numbered(side, numbers);
        lines.push((
            "Changed",
            format!("{found}: {side} to {}, changed on the way: {what}", side.other()),
        ));
    }
}

/// The packets with such a fate, by their numbers.
fn list(exchange: &Exchange, side: Side, is_it: &dyn Fn(Fate) -> bool) -> Option<String> {
    let all = exchange.with_fates(side).filter(|(_, fate)| is_it(*fate));
    let numbers: Vec<u64> = all.map(|(seen, _)| seen.number).collect();
    (!numbers.is_empty()).then(|| numbered(side, numbers))
}

/// "3 packets (A 4, 7, 9)"
fn numbered(side: Side, mut numbers: Vec<u64>) -> String {
    let all = numbers.len();
    numbers.truncate(LISTED);
    let listed: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let more = match all - listed.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} ({side} {}{more})", count(all as u64, "packet"), listed.join(", "))
}

/// The conversations and packets that one capture has alone.
fn only(exchange: &Exchange, side: Side, lines: &mut Vec<(&'static str, String)>) {
    let word = if side == Side::A { "In A only" } else { "In B only" };
    let others = exchange
        .with_fates(side)
        .filter(|(_, fate)| *fate == Fate::OtherConversation);
    let mut conversations: BTreeMap<u32, u64> = BTreeMap::new();
    others.for_each(|(seen, _)| *conversations.entry(seen.conversation).or_default() += 1);
    if let Some((first, _)) = conversations.iter().max_by_key(|(_, count)| **count) {
        let packets: u64 = conversations.values().sum();
        let text = format!(
            "{} of {}, such as {}: another exchange, made on the way as by a router, all lost, or left out by the filter of the other \
             capture",
            count(packets, "packet"),
            count(conversations.len() as u64, "conversation"),
            title(exchange, *first)
        );
        lines.push((word, text));
    }
}
