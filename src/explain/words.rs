//! Numbers in words.

use crate::flow::number::Bytes;

/// A number of nanoseconds in the unit that suits it, to three digits: `0.027 ms`, `42.4 ms`, `1.02 s`, `75 s`.
#[must_use]
pub fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let nanoseconds = nanoseconds.unsigned_abs();
    let (unit, name) = match nanoseconds {
        0..1_000 => return format!("{sign}{nanoseconds} ns"),
        1_000..1_000_000_000 => (1_000_000_u64, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let decimals = match nanoseconds / unit {
        0 => 3,
        1..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let step = unit / 10_u64.pow(decimals);
    let steps = nanoseconds / step + u64::from(nanoseconds % step >= step / 2);
    let shown = |steps: u64| {
        let whole = steps * step / unit;
        match decimals {
            0 => whole.to_string(),
            _ => format!(
                "{whole}.{:0width$}",
                steps * step % unit / step,
                width = decimals as usize
            ),
        }
    };
    format!("{sign}{} {name}", shown(steps))
}

/// `1 byte`, `2 bytes`.
pub(super) fn bytes(count: u64) -> String {
    if count == 1 {
        "1 byte".to_owned()
    } else {
        format!("{count} bytes")
    }
}

/// `byte 1`, `bytes 1 to 12`.
pub(super) fn stretch(bytes: Bytes) -> String {
    if bytes.first == bytes.last {
        format!("byte {}", bytes.first)
    } else {
        format!("bytes {} to {}", bytes.first, bytes.last)
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, duration};

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
            (i64::MIN, "-9223372037 s"),
        ] {
            assert_eq!(duration(nanoseconds), text);
        }
    }

    #[test]
    fn one_byte_is_no_bytes() {
        assert_eq!(
            (bytes(0), bytes(1), bytes(2)),
            ("0 bytes".into(), "1 byte".into(), "2 bytes".into())
        );
    }
}
