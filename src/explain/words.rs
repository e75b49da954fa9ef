//! Numbers in words.

use super::sentence::SentencePart;
use crate::flow::number::{ByteRange, Number};
use crate::wire::digits::write_padded;

/// A number of nanoseconds in the unit that suits it, to three digits: `0.027 ms`, `42.4 ms`, `1.02 s`, `75.0 s`; from two hours
/// on whole hours, from two days on whole days.
#[must_use]
pub fn duration(nanoseconds: i64) -> String {
    const SECOND: u64 = 1_000_000_000;
    const HOUR: u64 = 3_600 * SECOND;
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let nanoseconds = nanoseconds.unsigned_abs();
    let (unit, name) = match nanoseconds {
        0..1_000 => return sentence!(sign, nanoseconds, " ns"),
        1_000..SECOND => (1_000_000_u64, "ms"),
        _ if nanoseconds < 2 * HOUR => (SECOND, "s"),
        _ if nanoseconds < 48 * HOUR => return sentence!(sign, nanoseconds / HOUR, " hours"),
        _ => return sentence!(sign, nanoseconds / (24 * HOUR), " days"),
    };
    let decimals = match nanoseconds / unit {
        0 => 3,
        1..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let step = unit / 10_u64.pow(decimals);
    let steps = nanoseconds / step + u64::from(nanoseconds % step >= step / 2);
    // A line has one of these, so digits are written as such: `{}` would ask for sign and width first.
    let mut text = String::with_capacity(16);
    text.extend([sign, itoa::Buffer::new().format(steps * step / unit)]);
    if decimals > 0 {
        text.push('.');
        // Writing to a String cannot fail.
        let _ = write_padded(&mut text, steps * step % unit / step, decimals as usize);
    }
    text.extend([" ", name]);
    text
}

/// A number and what it counts, digits in groups of three: `1 byte`, `65,536 bytes`.
#[must_use]
pub fn count(number: u64, thing: &str) -> String {
    if number == 1 {
        sentence!("1 ", thing)
    } else {
        sentence!(grouped(number), " ", thing, "s")
    }
}

/// Digits in groups of three: `65,536`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 byte`, `65536 bytes`: digits as in the sums beside them.
#[must_use]
pub fn bytes(count: u64) -> String {
    if count == 1 {
        "1 byte".to_owned()
    } else {
        sentence!(count, " bytes")
    }
}

/// `byte 1`, `bytes 1 to 12`: data by their relative numbers.
impl SentencePart for ByteRange {
    fn add_to(&self, text: &mut String) {
        if self.first == self.last {
            text.push_str("byte ");
            return self.first.add_to(text);
        }
        text.push_str("bytes ");
        self.first.add_to(text);
        text.push_str(" to ");
        self.last.add_to(text);
    }
}

/// `number 7`, `numbers 1 to 6`: of a stream of which nothing was captured, so that the last may be a FIN's.
pub(super) fn numbers(range: ByteRange) -> String {
    if range.first == range.last {
        sentence!("number ", range.first)
    } else {
        sentence!("numbers ", range.first, " to ", range.last)
    }
}

/// `2996028720 (rel 1)`
impl SentencePart for Number {
    fn add_to(&self, text: &mut String) {
        self.raw.add_to(text);
        text.push_str(" (rel ");
        self.relative.add_to(text);
        text.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, count, duration};

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        for (nanoseconds, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "0.001 ms"),
            (26_910, "0.027 ms"),
            (999_600, "1.000 ms"),
            (1_000_000, "1.00 ms"),
            (9_999_999, "10.00 ms"),
            (42_444_000, "42.4 ms"),
            (253_114_000, "253 ms"),
            (1_020_000_000, "1.02 s"),
            (75_000_000_000, "75.0 s"),
            (-42_444_000, "-42.4 ms"),
            (7_199_999_999_999, "7200 s"),
            (7_200_000_000_000, "2 hours"),
            (172_800_000_000_000, "2 days"),
            (i64::MIN, "-106751 days"),
        ] {
            assert_eq!(duration(nanoseconds), text);
        }
    }

    #[test]
    fn digits_stand_in_groups_of_three() {
        let bytes = [0, 1, 999, 1_000, 65_536, 1_234_567].map(|number| count(number, "byte"));
        assert_eq!(
            bytes,
            [
                "0 bytes",
                "1 byte",
                "999 bytes",
                "1,000 bytes",
                "65,536 bytes",
                "1,234,567 bytes"
            ]
        );
    }

    #[test]
    fn one_byte_is_no_bytes() {
        assert_eq!(
            (bytes(0), bytes(1), bytes(2)),
            ("0 bytes".into(), "1 byte".into(), "2 bytes".into())
        );
    }
}
