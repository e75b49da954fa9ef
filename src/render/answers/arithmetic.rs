//! Times and sums, worked out step by step.

use crate::frame::Time;
use crate::render::text_style;

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

/// Nanoseconds from one to the other, 0 or more; `None` where a time is missing, or the clock went back in between.
pub(super) fn between(from: Option<Time>, to: Option<Time>) -> Option<i64> {
    to?.0.checked_sub(from?.0).filter(|&time| time >= 0)
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
    use super::{between, milliseconds, throughput};
    use crate::frame::Time;

    #[test]
    fn rates_are_rounded_and_never_divided_by_nothing() {
        assert_eq!(throughput(1_000, 3_000_000_000), Some(333));
        assert_eq!(throughput(u64::MAX, 1), Some(u128::from(u64::MAX) * 1_000_000_000));
        assert_eq!((throughput(5, 0), throughput(5, -1)), (None, None));
        assert_eq!(milliseconds(-29_715), "-0.029715 ms");
        let at = |time| Some(Time(time));
        assert_eq!(between(at(5), at(7)), Some(2));
        assert_eq!((between(at(7), at(5)), between(None, at(5))), (None, None));
    }
}
