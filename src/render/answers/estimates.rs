//! The estimates that RFC 6298 section 2 makes of samples of the round-trip time, step by step.

use crate::render::rtt_estimate::{ExactTime, RttEstimate};

/// The estimates after each of these samples, which are in nanoseconds.
pub(super) fn steps(samples: &[i64]) -> Vec<RttEstimate> {
    let mut last = None;
    samples
        .iter()
        .map(|&sample| *last.insert(RttEstimate::after(last, ExactTime::of(sample))))
        .collect()
}

/// The steps of `EstimatedRTT`: a line each.
pub(super) fn round_trips(samples: &[i64]) -> Vec<String> {
    lines(samples, |count, before, step| {
        let how = before.map_or_else(
            || "the first sample itself".to_owned(),
            |before| format!("0.875 x {} + 0.125 x {}", before.rtt, step.sample),
        );
        format!("EstimatedRTT after sample {count} = {how} = {} ms", step.rtt)
    })
}

/// The steps of `DevRTT` and `TimeoutInterval`: a line each.
pub(super) fn timeouts(samples: &[i64]) -> Vec<String> {
    lines(samples, |count, before, step| {
        let how = before.map_or_else(
            || format!("half of the first sample = {} / 2", step.sample),
            |before| {
                format!(
                    "0.75 x {} + 0.25 x |{} - {}|",
                    before.deviation, step.sample, before.rtt
                )
            },
        );
        format!(
            "After sample {count}: DevRTT = {how} = {} ms; TimeoutInterval = {} + 4 x {} = {} ms",
            step.deviation,
            step.rtt,
            step.deviation,
            step.timeout()
        )
    })
}

fn lines(samples: &[i64], line: impl Fn(usize, Option<RttEstimate>, RttEstimate) -> String) -> Vec<String> {
    let mut before = None;
    (1..)
        .zip(steps(samples))
        .map(|(count, step)| line(count, before.replace(step), step))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{round_trips, timeouts};

    #[test]
    fn the_estimate_is_worked_out_as_rfc_6298_has_it() {
        // 0.875 x 100 + 0.125 x 180 = 87.5 + 22.5 = 110; 0.875 x 110 + 0.125 x 30 = 96.25 + 3.75 = 100
        let samples = [100_000_000, 180_000_000, 30_000_000];
        assert_eq!(
            round_trips(&samples),
            [
                "EstimatedRTT after sample 1 = the first sample itself = 100.000000 ms",
                "EstimatedRTT after sample 2 = 0.875 x 100.000000 + 0.125 x 180.000000 = 110.000000 ms",
                "EstimatedRTT after sample 3 = 0.875 x 110.000000 + 0.125 x 30.000000 = 100.000000 ms",
            ]
        );
        // 100 / 2 = 50; 0.75 x 50 + 0.25 x |180 - 100| = 37.5 + 20 = 57.5; 0.75 x 57.5 + 0.25 x |30 - 110| = 43.125 + 20 = 63.125
        // 100 + 200 = 300; 110 + 230 = 340; 100 + 252.5 = 352.5
        assert_eq!(
            timeouts(&samples),
            [
                "After sample 1: DevRTT = half of the first sample = 100.000000 / 2 = 50.000000 ms; TimeoutInterval = 100.000000 + 4 x \
                 50.000000 = 300.000000 ms",
                "After sample 2: DevRTT = 0.75 x 50.000000 + 0.25 x |180.000000 - 100.000000| = 57.500000 ms; TimeoutInterval = \
                 110.000000 + 4 x 57.500000 = 340.000000 ms",
                "After sample 3: DevRTT = 0.75 x 57.500000 + 0.25 x |30.000000 - 110.000000| = 63.125000 ms; TimeoutInterval = \
                 100.000000 + 4 x 63.125000 = 352.500000 ms",
            ]
        );
    }

    #[test]
    fn no_sample_is_too_long() {
        for samples in [[i64::MIN; 6], [i64::MAX; 6]] {
            assert_eq!((round_trips(&samples).len(), timeouts(&samples).len()), (6, 6));
        }
    }
}
