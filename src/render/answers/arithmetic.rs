//! Times and sums, worked out step by step.

use crate::frame::Time;
use crate::render::text_style;

/// RFC 6298 section 2: the weight of a new sample.
const ALPHA: f64 = 0.125;

/// Nanoseconds as milliseconds, to the nanosecond: `0.029715 ms`.
pub(super) fn milliseconds(nanoseconds: i64) -> String {
    let parts = nanoseconds.unsigned_abs();
    format!("{} ms", text_style::fraction(nanoseconds < 0, parts, 1_000_000, 6))
}

/// Seconds since the capture's first packet: `0.303440502 s`; a word where the capture has no time.
pub(super) fn since_start(time: Option<Time>, start: Option<Time>) -> String {
    match (time, start) {
        (Some(time), Some(start)) => format!("{} s", text_style::seconds(time, start)),
        _ => "at a time that the capture does not tell".to_owned(),
    }
}

/// Nanoseconds from one to the other.
pub(super) fn between(from: Option<Time>, to: Option<Time>) -> Option<i64> {
    to?.0.checked_sub(from?.0)
}

/// The steps of `EstimatedRTT` over these samples, in nanoseconds: a line each.
pub(super) fn estimates(samples: &[i64]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut estimated: Option<f64> = None;
    for (index, &sample) in samples.iter().enumerate() {
        let count = index + 1;
        let exact = nanoseconds_as_float(sample);
        let (next, how) = match estimated {
            None => (exact, "the first sample itself".to_owned()),
            Some(before) => {
                let next = (1.0 - ALPHA) * before + ALPHA * exact;
                let how = format!("0.875 x {} + 0.125 x {}", float_in_ms(before), float_in_ms(exact));
                (next, how)
            }
        };
        lines.push(format!(
            "EstimatedRTT after sample {count} = {how} = {} ms",
            float_in_ms(next)
        ));
        estimated = Some(next);
    }
    lines
}

#[expect(
    clippy::cast_precision_loss,
    reason = "2^53 ns are 104 days: a round trip is shorter"
)]
const fn nanoseconds_as_float(nanoseconds: i64) -> f64 {
    nanoseconds as f64
}

fn float_in_ms(nanoseconds: f64) -> String {
    format!("{:.6}", nanoseconds / 1e6)
}

/// This number of bytes in this number of nanoseconds, as bytes a second; `None` where no time passed.
pub(super) fn throughput(bytes: u64, nanoseconds: i64) -> Option<u128> {
    let nanoseconds = u128::try_from(nanoseconds).ok().filter(|&time| time > 0)?;
    let billions = u128::from(bytes) * 1_000_000_000;
    Some((billions + nanoseconds / 2) / nanoseconds)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{estimates, milliseconds, throughput};

    #[test]
    fn the_estimate_is_worked_out_as_rfc_6298_has_it() {
        // 0.875 x 100 + 0.125 x 180 = 87.5 + 22.5 = 110; 0.875 x 110 + 0.125 x 30 = 96.25 + 3.75 = 100
        let lines = estimates(&[100_000_000, 180_000_000, 30_000_000]);
        assert_eq!(
            lines,
            [
                "EstimatedRTT after sample 1 = the first sample itself = 100.000000 ms",
                "EstimatedRTT after sample 2 = 0.875 x 100.000000 + 0.125 x 180.000000 = 110.000000 ms",
                "EstimatedRTT after sample 3 = 0.875 x 110.000000 + 0.125 x 30.000000 = 100.000000 ms",
            ]
        );
    }

    #[test]
    fn rates_are_rounded_and_never_divided_by_nothing() {
        assert_eq!(throughput(1_000, 3_000_000_000), Some(333));
        assert_eq!(throughput(u64::MAX, 1), Some(u128::from(u64::MAX) * 1_000_000_000));
        assert_eq!((throughput(5, 0), throughput(5, -1)), (None, None));
        assert_eq!(milliseconds(-29_715), "-0.029715 ms");
    }
}
