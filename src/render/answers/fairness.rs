//! The answer about two connections at the same time: the share of each.

use super::Answer;
use super::arithmetic::{between, since_start, throughput};
use super::shares::{Part, Together};
use super::surroundings::CaptureContext;
use crate::frame::Time;
use crate::render::text_style;

/// The answer to TCP's question 15, or what is missing.
pub(super) fn answer(together: Option<&Together>, around: CaptureContext<'_>) -> Result<Answer, String> {
    let together = together.ok_or_else(|| {
        "The capture does not have two connections to one server whose data in the same direction were acknowledged at the same time. \
         Start two clients at once, each with a long input, and let both send through one bottleneck."
            .to_owned()
    })?;
    let [one, other] = together.parts;
    let sender = together.sender;
    let time = between(together.from.1, together.to.1).filter(|&time| time > 0).ok_or_else(|| {
        format!(
            "Conversations {} and {} were acknowledged at the same time, but the capture has no times from which to work out the throughput.",
            one.conversation, other.conversation
        )
    })?;
    let total = u128::from(one.bytes) + u128::from(other.bytes);
    let answer = Answer::new(
        format!(
            "About the data of the {sender}s of conversations {} and {}, while both were acknowledged.",
            one.conversation, other.conversation
        ),
        "The time begins with the first ACK of new data of the connection that began later, and ends with the last one of the connection \
         that ended earlier; the bytes are those newly acknowledged in that time. Connections that share a bottleneck come near equal \
         shares if their round trips and their congestion control are alike. The packets do not show whether both went through the same \
         bottleneck, nor whether a program had less to send.",
    )
    .line(format!(
        "Time: from packet {} to packet {}, {} - {} = {} s.",
        together.from.0,
        together.to.0,
        at(together.to.1, around),
        at(together.from.1, around),
        text_style::fraction(false, time.unsigned_abs(), 1_000_000_000, 9)
    ));
    // Rounded so that both shares are 100 % together.
    let first = tenths_of_percent(one.bytes, total);
    let answer = [(one, first), (other, 1_000 - first)]
        .into_iter()
        .filter_map(|(part, share)| line(part, time, share, total))
        .fold(answer, Answer::line);
    Ok(match index(one.bytes, other.bytes) {
        Some(index) => answer.line(index),
        None => answer,
    })
}

fn at(time: Option<Time>, around: CaptureContext<'_>) -> String {
    since_start(time, around.start)
}

fn tenths_of_percent(bytes: u64, total: u128) -> u64 {
    let rounded = (u128::from(bytes) * 1_000 + total / 2).checked_div(total);
    rounded.and_then(|tenths| u64::try_from(tenths).ok()).unwrap_or(0)
}

fn line(part: Part, time: i64, share: u64, total: u128) -> Option<String> {
    let Part {
        conversation,
        client,
        bytes,
    } = part;
    let seconds = text_style::fraction(false, time.unsigned_abs(), 1_000_000_000, 9);
    Some(format!(
        "Conversation {conversation} (client {client}): {bytes} bytes / {seconds} s = {} bytes per second; {bytes} / {total} = {} % of both.",
        throughput(bytes, time)?,
        text_style::fraction(false, share, 10, 1)
    ))
}

/// Jain's fairness index of two, where the squares are not too large.
fn index(one: u64, other: u64) -> Option<String> {
    let (a, b) = (u128::from(one), u128::from(other));
    let above = (a + b).checked_mul(a + b)?;
    let below = a.checked_mul(a)?.checked_add(b.checked_mul(b)?)?.checked_mul(2)?;
    let thousandths = (above.checked_mul(1_000)?.checked_add(below / 2)?).checked_div(below)?;
    let rounded = u64::try_from(thousandths).ok()?;
    Some(format!(
        "Jain's fairness index: ({one} + {other})^2 / (2 x ({one}^2 + {other}^2)) = about {}. 1 means equal shares, 0.5 that one gets all.",
        text_style::fraction(false, rounded, 1_000, 3)
    ))
}
