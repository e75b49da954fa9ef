//! IGMP: who listens to which multicast group. RFC 1112, RFC 2236, RFC 9776

use super::context::Context;
use super::explainer::Explain;
use super::sentence::Sentence;
use super::words::count;
use super::{checksum, lengths};
use crate::wire::igmp::{self, Igmp, LEAVE, QUERY, REPORT_3, id};
use crate::wire::{Field, Layer, Value};

/// Explains IGMP.
pub(super) struct Explainer;

impl Explain for Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        let message = context.layer.igmp();
        let kind = message.map_or(QUERY, Igmp::message_type);
        Some(match field.id() {
            id::TYPE => purpose(kind).into(),
            id::RESERVED => "not used in this kind of message".into(),
            id::MAX_RESP if kind == QUERY => waiting(message?.max_response_time()),
            id::MAX_RESP => "means something only in a query".into(),
            id::MAX_RESP_FORM => "the rest is a floating-point number".into(),
            id::MAX_RESP_EXP => sentence!("shifted left by ", field.number()?, " + 3").into(),
            id::MAX_RESP_MANT => sentence!("with its first bit: 16 + ", field.number()?).into(),
            id::CHECKSUM => checksum::meaning(context, field, "covers the whole message")?,
            id::MADDR => group(kind, field),
            id::FLAGS => "for extensions of the query".into(),
            id::S => match field.number()? {
                0 => "other routers set their timers by this query".into(),
                _ => "other routers leave their timers alone".into(),
            },
            id::QRV => match field.number()? {
                0 => "how often messages are sent is not told, or more than 7 times".into(),
                times => sentence!("each message is sent ", count(times, "time"), ", in case one gets lost").into(),
            },
            id::QQIC => {
                let seconds = igmp::decoded(u8::try_from(field.number()?).ok()?);
                sentence!("a general query every ", count(seconds.into(), "second")).into()
            }
            id::NUM_SRC => lengths::wrong_length(context, id::NUM_SRC).unwrap_or_else(|| sources(kind, field)),
            id::NUM_GRP_RECS => lengths::wrong_length(context, id::NUM_GRP_RECS)
                .unwrap_or_else(|| "one for each group that there is something to tell of".into()),
            id::SADDR if kind == QUERY => "does anybody listen to this sender?".into(),
            id::SADDR => "a sender to the group".into(),
            id::RECORD_TYPE => record(field.number()?)?.into(),
            id::AUX_DATA_LEN => match field.number()? {
                0 => "none, as it should be".into(),
                _ => lengths::wrong_length(context, id::AUX_DATA_LEN)
                    .unwrap_or_else(|| "of data that no standard defines".into()),
            },
            id::AUX_DATA => "no standard says what it means: to be ignored".into(),
            _ => return None,
        })
    }

    fn name(layer: &Layer<'_>) -> Option<Sentence> {
        let message = layer.igmp()?;
        let what = match message.message_type() {
            QUERY => "query",
            LEAVE => "leave",
            _ => "report",
        };
        Some(sentence!("IGMPv", message.version(), " ", what).into())
    }

    fn reason(layer: &Layer<'_>) -> Option<Sentence> {
        let message = layer.igmp()?;
        let group = message.group().filter(|group| !group.is_unspecified());
        Some(match (message.message_type(), group) {
            (QUERY, None) => "a router asks who listens to which multicast groups".into(),
            (QUERY, Some(group)) if message.version() == 3 && message.count() > 0 => sentence!(
                "a router asks who listens to ",
                group,
                " from ",
                count(message.count().into(), "sender")
            )
            .into(),
            (QUERY, Some(group)) => sentence!("a router asks whether any host still listens to ", group).into(),
            (LEAVE, Some(group)) => sentence!("the host does not listen to ", group, " any more").into(),
            (REPORT_3, _) => sentence!(
                "the host reports what it listens to: ",
                count(message.count().into(), "group record")
            )
            .into(),
            (_, Some(group)) => sentence!("the host listens to ", group).into(),
            (kind, None) => purpose(kind).into(),
        })
    }
}

const fn purpose(kind: u8) -> &'static str {
    match kind {
        QUERY => "a router asks who listens to which multicast groups",
        LEAVE => "the host does not listen to the group any more",
        _ => "the host reports which multicast groups it listens to",
    }
}

fn waiting(tenths: u32) -> Sentence {
    match tenths {
        0 => "answer at once".into(),
        _ => sentence!("answer within ", tenths / 10, ".", tenths % 10, " s, at a random time").into(),
    }
}

fn group(kind: u8, field: &Field<'_>) -> Sentence {
    match (kind, field.value()) {
        (QUERY, Value::Ipv4(address)) if address.is_unspecified() => "general query: every group",
        (QUERY, _) => "the group that is asked about",
        (LEAVE, _) => "the group that the host leaves",
        _ => "the group that the host listens to, or of this record",
    }
    .into()
}

fn sources(kind: u8, field: &Field<'_>) -> Sentence {
    match (kind, field.number()) {
        (QUERY, Some(0)) => "asks about the group, from any sender",
        (QUERY, _) => "asks about these senders only",
        (_, Some(0)) => "no sender is named",
        _ => "senders that the record is about",
    }
    .into()
}

/// RFC 9776 section 4.2.13
fn record(kind: u64) -> Option<&'static str> {
    Some(match kind {
        1 => "listens to these senders only",
        2 => "listens to all but these senders",
        3 => "from now on listens to these senders only",
        4 => "from now on listens to all but these senders",
        5 => "from now on listens to these senders too",
        6 => "listens to these senders no more",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::context::Context;
    use super::super::meaning::meaning;
    use crate::wire::{LinkType, decode};

    /// The message after an IPv4 header, explained.
    fn explained(message: &[u8]) -> Vec<String> {
        let length = u8::try_from(20 + message.len()).unwrap();
        let mut frame = vec![0x45, 0, 0, length, 0, 0, 0, 0, 1, 2, 0, 0, 10, 0, 0, 1, 224, 0, 0, 1];
        frame.extend(message);
        let packet = decode(LinkType::IPV4, &frame, 0);
        let context = Context::new(&packet, 1, None).unwrap();
        let fields = packet.layers()[1].fields();
        let said = |field| meaning(context, field).unwrap().into_owned();
        fields.iter().map(said).collect()
    }

    #[test]
    fn a_query_is_told_by_its_version() {
        let general = explained(&[0x11, 100, 0, 0, 0, 0, 0, 0]);
        assert_eq!(general[1], "answer within 10.0 s, at a random time");
        assert_eq!(general[3], "general query: every group");
        let old = explained(&[0x11, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(old[1], "not used in this kind of message");
        let new = explained(&[0x11, 0x8c, 0, 0, 232, 1, 1, 1, 0x0a, 0x8c, 0, 1, 192, 0, 2, 1]);
        assert_eq!(new[1], "answer within 22.4 s, at a random time");
        assert_eq!(
            new[5..],
            [
                "other routers leave their timers alone",
                "each message is sent 2 times, in case one gets lost",
                "a general query every 224 seconds",
                "asks about these senders only",
                "does anybody listen to this sender?",
            ]
        );
    }

    #[test]
    fn a_count_that_says_too_much_is_called_wrong() {
        let said = explained(&[0x11, 10, 0, 0, 232, 1, 1, 1, 2, 125, 0, 9, 192, 0, 2, 1]);
        assert_eq!(said[8], "wrong: only 16 bytes are there");
    }
}
