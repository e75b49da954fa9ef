//! UDP requests for which no reply was captured, and the round trips of the others.

use super::LadderInput;
use crate::explain::count;
use crate::explain::packet::{is_of_many, is_to_many};
use crate::flow::conversation::{Conversation, Exchange, Transport};
use crate::flow::datagram::{DatagramPart, IcmpErrorKind};
use crate::flow::round_trips::RoundTrips;
use crate::render::text_style::fraction;

/// What is without a reply.
#[derive(Debug, Default)]
pub(super) struct WithoutReply {
    /// The numbers of the packets, in order.
    pub(super) packets: Vec<u64>,
    /// How many more there are among requests of which one was answered, it is unknown which.
    pub(super) undecided: usize,
}

/// The requests without a captured reply. Those that an ICMP error is about are not among them. A group answers nothing, and nothing is
/// said of it.
pub(super) fn without_reply(input: &LadderInput<'_>) -> WithoutReply {
    let mut without = WithoutReply::default();
    let Transport::Udp(exchange) = &input.conversation.transport else {
        return without;
    };
    if input.packets.first().is_none_or(|first| is_to_many(&first.in_flow)) {
        return without;
    }
    let whole = input.conversation;
    let all = whole.from_client.packets + whole.from_server.packets + whole.notices;
    if all > input.packets.len() as u64 {
        // A reply may be among the packets that are not at hand.
        without.packets.clone_from(&exchange.waiting);
        return without;
    }
    let mut undecided: Vec<u64> = Vec::new();
    let mut replies = 0;
    for seen in input.packets {
        let answered = match seen.in_flow.datagram().map(|datagram| datagram.part) {
            Some(DatagramPart::Request { .. }) => {
                without.packets.push(seen.number);
                None
            }
            Some(DatagramPart::ReplyToOneOf(candidates)) => {
                let ends = (candidates.packets().first(), candidates.packets().last());
                let is_candidate = |number: &u64| Some(number) >= ends.0 && Some(number) <= ends.1;
                undecided.extend(without.packets.iter().copied().filter(is_candidate));
                without.packets.retain(|number| !is_candidate(number));
                replies += 1;
                None
            }
            Some(part) => part.request(),
            None => {
                let notice = seen
                    .in_flow
                    .notice()
                    .filter(|notice| notice.says != IcmpErrorKind::Other);
                notice.and_then(|notice| notice.about)
            }
        };
        without.packets.retain(|&number| Some(number) != answered);
        undecided.retain(|&number| Some(number) != answered);
        if replies >= undecided.len() {
            // Each has its own, whichever it is.
            undecided.clear();
            replies = 0;
        }
    }
    without.packets.retain(|number| !exchange.elsewhere.contains(number));
    without.undecided = undecided.len().saturating_sub(replies);
    without
}

/// How the conversation went.
pub(super) fn outcome(conversation: &Conversation, exchange: &Exchange) -> Vec<String> {
    let [client, server] = exchange.copies;
    let notices = conversation.copies.saturating_sub(client + server);
    let mut outcome = vec![format!(
        "{} from the client, {} from the server; UDP opens and closes nothing",
        count(conversation.from_client.packets.saturating_sub(client), "datagram"),
        count(conversation.from_server.packets.saturating_sub(server), "datagram"),
    )];
    if conversation.notices > 0 {
        let errors = conversation.notices.saturating_sub(notices);
        outcome.push(format!("{} about them", count(errors, "ICMP error")));
    }
    outcome.extend(copies(conversation));
    let is_to_group = [conversation.client, conversation.server]
        .iter()
        .any(|end| is_of_many(end.ip()));
    if exchange.unanswered > 0 && !is_to_group {
        outcome.push(lost(exchange));
    }
    if let Some(trips) = exchange.round_trips.filter(|trips| trips.count > 1) {
        outcome.push(format!("Round trips: {}", summed_up(&trips)));
    }
    outcome
}

/// `2 packets are copies: captured twice, or repeated on the way`
pub(super) fn copies(conversation: &Conversation) -> Option<String> {
    let copies = conversation.copies;
    match copies {
        0 => None,
        1 => Some("1 packet is a copy: captured twice, or repeated on the way".to_owned()),
        _ => Some(format!(
            "{} are copies: captured twice, or repeated on the way",
            count(copies, "packet")
        )),
    }
}

/// `1 of 5 requests has no captured reply: 20 %`
pub(in crate::render) fn lost(exchange: &Exchange) -> String {
    if (exchange.requests, exchange.refused) == (1, 1) {
        return "The request has no captured reply: an ICMP error refused it".to_owned();
    }
    let has = if exchange.unanswered == 1 { "has" } else { "have" };
    let refused = match exchange.refused {
        0 => String::new(),
        refused => format!(", {refused} of them refused by ICMP errors"),
    };
    let permille = exchange.unanswered_permille().unwrap_or_default();
    format!(
        "{} of {} {has} no captured reply: {} %{refused}",
        exchange.unanswered,
        count(exchange.requests, "request"),
        percent(permille)
    )
}

/// `20`, `33.3`
fn percent(permille: u64) -> String {
    match permille % 10 {
        0 => (permille / 10).to_string(),
        tenths => format!("{}.{tenths}", permille / 10),
    }
}

/// `min/avg/max/mdev = 1.000/3.000/6.000/2.160 ms`, as ping(8) prints it.
pub(in crate::render) fn summed_up(trips: &RoundTrips) -> String {
    let milliseconds = |nanoseconds: u64| fraction(false, nanoseconds / 1_000, 1_000, 3);
    format!(
        "min/avg/max/mdev = {}/{}/{}/{} ms",
        milliseconds(trips.min),
        milliseconds(trips.average()),
        milliseconds(trips.max),
        milliseconds(trips.deviation())
    )
}

#[cfg(test)]
mod tests {
    use super::{lost, percent};
    use crate::flow::conversation::Exchange;

    #[test]
    fn a_part_has_one_decimal_where_it_needs_it() {
        assert_eq!([0, 200, 333, 1000].map(percent), ["0", "20", "33.3", "100"]);
    }

    #[test]
    fn what_has_no_reply_is_counted_with_what_was_refused() {
        let exchange = |unanswered, refused| Exchange {
            requests: 3,
            unanswered,
            refused,
            ..Exchange::default()
        };
        assert_eq!(lost(&exchange(1, 0)), "1 of 3 requests has no captured reply: 33.3 %");
        assert_eq!(
            lost(&exchange(2, 1)),
            "2 of 3 requests have no captured reply: 66.6 %, 1 of them refused by ICMP errors"
        );
    }
}
