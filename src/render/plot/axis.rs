//! From values to pixels, and round numbers along an axis.

use crate::render::text_style::fraction;

/// A stretch of values on a stretch of pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    /// The lowest value, and its pixel.
    from: (i64, i64),
    /// The highest value, and its pixel.
    to: (i64, i64),
}

impl Axis {
    /// `from` and `to`: a value and its pixel. Of two equal values the upper one is taken for one more.
    pub(super) const fn new(from: (i64, i64), to: (i64, i64)) -> Self {
        let highest = if to.0 > from.0 { to.0 } else { from.0.saturating_add(1) };
        Self {
            from,
            to: (highest, to.1),
        }
    }

    /// The pixel of a value; a value outside is put at the edge.
    pub(super) fn pixel(&self, value: i64) -> i64 {
        let (low, high) = (i128::from(self.from.0), i128::from(self.to.0));
        let (start, end) = (i128::from(self.from.1), i128::from(self.to.1));
        let value = i128::from(value).clamp(low, high);
        let pixel = start + (value - low) * (end - start) / (high - low);
        i64::try_from(pixel).unwrap_or(self.to.1)
    }

    /// Is the value beyond the upper end?
    pub(super) const fn is_beyond(&self, value: i64) -> bool {
        value > self.to.0
    }

    /// Is the value between the ends?
    pub(super) const fn is_within(&self, value: i64) -> bool {
        self.from.0 <= value && value <= self.to.0
    }

    /// Round values from end to end, `most` steps at most: 1, 2 or 5 of a power of ten.
    pub(super) fn ticks(&self, most: i64) -> Vec<i64> {
        let (low, high) = (self.from.0, self.to.0);
        let step = step(i128::from(high) - i128::from(low), most);
        let first = low.div_euclid(step).saturating_mul(step);
        let ticks = std::iter::successors(Some(first), |tick| tick.checked_add(step));
        ticks
            .skip_while(|&tick| tick < low)
            .take_while(|&tick| tick <= high)
            .collect()
    }
}

/// The least round step that leaves at most `most` steps. A span has 65 bits at most, and a step fits 64.
fn step(span: i128, most: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if i128::from(step) * i128::from(most) >= span || step == i64::MAX {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The unit for a stretch of `span` nanoseconds: its name, and its nanoseconds.
pub(super) const fn unit(span: i64) -> (&'static str, i64) {
    match span {
        ..2_000_000 => ("µs", 1_000),
        2_000_000..10_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    }
}

/// A tick of time in its unit: `0`, `2.5`.
pub(super) fn in_unit(nanoseconds: i64, unit: i64) -> String {
    let text = fraction(
        nanoseconds < 0,
        nanoseconds.unsigned_abs(),
        unit.unsigned_abs(),
        unit.ilog10() as usize,
    );
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
