//! Where in the picture each moment is: the later, the lower, and as far below as the time between them asks for.

/// What a packet on its way takes, in pixels: so steep is an arrow.
pub(super) const TRANSIT: i64 = 48;
/// A time that would take more than this is not drawn to scale.
const LONGEST: i64 = 120;
/// This much is drawn for it instead.
const PAUSE: i64 = 44;
/// A line of text.
pub(super) const LINE: i64 = 16;

/// A moment at one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// In nanoseconds.
    pub(super) time: i64,
    /// At the left end?
    pub(super) is_left: bool,
    /// Lines of text beside it.
    pub(super) lines: i64,
    /// How far below it an arrow ends that does not arrive, in pixels.
    pub(super) reach: i64,
}

/// A time in which nothing happens, drawn shorter than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    /// Where it begins and ends, in pixels.
    pub(super) from: i64,
    pub(super) to: i64,
    /// How long it was, in nanoseconds.
    pub(super) time: i64,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scale {
    /// The moments, in their order, in pixels.
    pub(super) at: Vec<i64>,
    /// What is not drawn to scale.
    pub(super) pauses: Vec<Pause>,
    /// Below everything.
    pub(super) bottom: i64,
}

impl Scale {
    /// Of these moments, which are in order, from this place down. A packet takes `transit` nanoseconds on its way.
    ///
    /// Texts of one end do not overlap. Those of both ends may be at one height: they are on different sides.
    pub(super) fn of(moments: &[Moment], transit: i64, top: i64) -> Self {
        let mut scale = Self {
            at: Vec::with_capacity(moments.len()),
            pauses: Vec::new(),
            bottom: top,
        };
        // Below the last text of the left and of the right end, and below what does not arrive.
        let mut free = [top; 2];
        let mut reached = top;
        let mut before: Option<(i64, i64)> = None;
        for moment in moments {
            let side = usize::from(!moment.is_left);
            let mut at = top;
            let mut pause = None;
            if let Some((time, height)) = before {
                let passed = moment.time.saturating_sub(time);
                let wanted = pixels(passed, transit);
                let from = height.max(reached);
                pause = (wanted > LONGEST).then_some((from, passed));
                at = if pause.is_some() { from + PAUSE } else { height + wanted };
            }
            at = at.max(free.get(side).copied().unwrap_or(top));
            if let Some((from, time)) = pause {
                scale.pauses.push(Pause { from, to: at, time });
            }
            let below = at + moment.lines * LINE;
            if let Some(free) = free.get_mut(side) {
                *free = below;
            }
            reached = reached.max(at + moment.reach);
            scale.bottom = scale.bottom.max(below).max(reached);
            scale.at.push(at);
            before = Some((moment.time, at));
        }
        scale
    }
}

/// Nanoseconds in pixels.
fn pixels(time: i64, transit: i64) -> i64 {
    let pixels = i128::from(time) * i128::from(TRANSIT) / i128::from(transit.max(1));
    i64::try_from(pixels).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LINE, Moment, PAUSE, Pause, Scale, TRANSIT};

    const MS: i64 = 1_000_000;

    fn moment(time: i64, is_left: bool) -> Moment {
        Moment {
            time,
            is_left,
            lines: 1,
            reach: 0,
        }
    }

    #[test]
    fn a_way_is_as_steep_each_time_and_a_long_wait_is_short() {
        let moments = [
            moment(0, true),
            moment(20 * MS, false),
            moment(40 * MS, true),
            moment(1040 * MS, true),
        ];
        let scale = Scale::of(&moments, 20 * MS, 100);
        let last = 100 + 2 * TRANSIT + PAUSE;
        assert_eq!(scale.at, [100, 100 + TRANSIT, 100 + 2 * TRANSIT, last]);
        let pause = Pause {
            from: 100 + 2 * TRANSIT,
            to: last,
            time: 1000 * MS,
        };
        assert_eq!(scale.pauses, [pause]);
        assert_eq!(scale.bottom, last + LINE);
    }

    #[test]
    fn what_happens_at_once_at_both_ends_is_at_one_height() {
        let moments = [moment(0, true), moment(0, false), moment(0, true), moment(1, false)];
        let scale = Scale::of(&moments, MS, 0);
        assert_eq!(scale.at, [0, 0, LINE, LINE]);
    }

    #[test]
    fn a_wait_begins_below_what_was_lost() {
        let lost = Moment {
            reach: 30,
            ..moment(0, true)
        };
        let scale = Scale::of(&[lost, moment(1000 * MS, true)], MS, 0);
        let pause = Pause {
            from: 30,
            to: 30 + PAUSE,
            time: 1000 * MS,
        };
        assert_eq!((scale.pauses, scale.at), (vec![pause], vec![0, 30 + PAUSE]));
        assert_eq!(Scale::of(&[lost], MS, 0).bottom, 30);
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_nothing_goes_up(
            steps in proptest::collection::vec((0..i64::MAX / 64, any::<bool>(), 1..5_i64), 0..60),
            transit in -5..i64::MAX,
        ) {
            let mut time = i64::MIN / 2;
            let mut moments = Vec::new();
            for (passed, is_left, lines) in steps {
                time += passed;
                moments.push(Moment { time, is_left, lines, reach: 0 });
            }
            let scale = Scale::of(&moments, transit, 10);
            prop_assert!(scale.at.is_sorted());
            for is_left in [true, false] {
                let own: Vec<_> = moments.iter().zip(&scale.at).filter(|(moment, _)| moment.is_left == is_left).collect();
                for pair in own.windows(2) {
                    let ((upper, at), (_, lower)) = (pair[0], pair[1]);
                    prop_assert!(at + upper.lines * LINE <= *lower);
                }
            }
            prop_assert!(scale.at.iter().zip(&moments).all(|(at, moment)| at + moment.lines * LINE <= scale.bottom));
        }
    }
}
