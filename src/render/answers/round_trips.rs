//! The answer about requests without a reply, and about round trips, over UDP.

use super::Answer;
use super::arithmetic::{list, milliseconds};
use super::udp_facts::UdpFacts;
use crate::explain::count;
use crate::flow::conversation::Exchange;
use crate::flow::datagram::Evidence;
use crate::render::ladder::requests::{lost, summed_up};

/// Packets are named up to this many.
const NAMED: usize = 8;

pub(super) fn answer(facts: &UdpFacts) -> Result<Answer, String> {
    let exchange = &facts.exchange;
    if exchange.requests == 0 {
        return Err("The capture has no request: every datagram comes from the server.".to_owned());
    }
    let unanswered = exchange.unanswered();
    let first = if unanswered == 0 {
        format!(
            "{}, and each has its reply: 0 % have none.",
            count(exchange.requests, "request")
        )
    } else {
        let whole = Exchange {
            requests: exchange.requests,
            unanswered,
            refused: exchange.refused.min(unanswered),
            ..Exchange::default()
        };
        format!("{}.{}", lost(&whole), without_reply(&exchange.without_reply))
    };
    let mut answer = Answer::new(
        first,
        "UDP has no acknowledgment, and its header does not say which request a reply answers: the data show it, or order and time \
         suggest it. Without a reply the request or the reply was lost or late, or the server sent none; one capture does not show \
         which. mdev is the square root of (mean of the squares - square of the mean), as ping prints it.",
    );
    for (number, reply) in &exchange.pairs {
        let trip = reply
            .after
            .map_or_else(|| "a time that is unknown".to_owned(), milliseconds);
        answer = answer.line(format!(
            "Packet {number} answers packet {}: {trip}; {}.",
            reply.request,
            known(reply.evidence)
        ));
    }
    let more = exchange
        .answered
        .saturating_sub(exchange.undecided + exchange.pairs.len() as u64);
    if more > 0 {
        answer = answer.line(format!("{} not listed.", count(more, "more pair")));
    }
    if exchange.undecided > 0 {
        let replies = match exchange.undecided {
            1 => "1 reply answers".to_owned(),
            more => format!("{more} replies answer"),
        };
        answer = answer.line(format!(
            "{replies} one of several requests, it is unknown which: no round trip."
        ));
    }
    if let Some(trips) = &exchange.round_trips {
        let of = count(trips.count, "round trip");
        answer = answer.line(format!("{of}: {}.", summed_up(trips)));
    }
    Ok(answer)
}

fn without_reply(packets: &[u64]) -> String {
    let named: Vec<String> = packets.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if packets.len() > NAMED { ", and more" } else { "" };
    match named.as_slice() {
        [] => String::new(),
        [one] => format!(" No reply to packet {one} was captured."),
        _ => format!(" No reply to packets {}{more} was captured.", list(&named)),
    }
}

const fn known(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::SameData => "it has the same data",
        Evidence::Uppercase => "it has the same text in uppercase",
        Evidence::DnsQuestion => "it has the same DNS identifier and question",
        Evidence::ToAsker => "deduced, for it goes to the socket that asked",
        Evidence::OnlyWaiting => "deduced, for no other request waits",
        Evidence::AfterPause => "deduced, for it is the latest request, sent after a pause",
    }
}
