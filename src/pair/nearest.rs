//! Equal packets, more of them in one capture than in the other: which belongs to which, by their times.

/// Which of these times belong together, by their places: each of the shorter list with the nearest of the longer one, in
/// order, and none received before it was sent.
///
/// `delay` is what a packet takes mostly, `fastest` what the fastest one took, and `slack` how far the clocks may be wrong.
pub(super) fn nearest(sent: &[i64], received: &[i64], (fastest, delay): (i64, i64), slack: i64) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let is_loss = received.len() <= sent.len();
    let (few, many) = if is_loss { (received, sent) } else { (sent, received) };
    let mut next = 0;
    for (place, &time) in few.iter().enumerate() {
        let transit = |other: i64| {
            if is_loss {
                time.saturating_sub(other)
            } else {
                other.saturating_sub(time)
            }
        };
        let is_possible = |other: i64| transit(other) >= -slack;
        let misfit = |other: i64| transit(other).saturating_sub(delay).saturating_abs();
        // As many have to be left as there are others.
        let last = many.len() - (few.len() - place);
        while let (true, Some(&now), Some(&then)) = (next < last, many.get(next), many.get(next + 1)) {
            let is_better = is_possible(then) && (!is_possible(now) || misfit(then) < misfit(now));
            if !is_better {
                break;
            }
            next += 1;
        }
        if many.get(next).is_some_and(|&other| is_possible(other)) {
            found.push(if is_loss { (next, place) } else { (place, next) });
            next += 1;
        }
    }
    if !is_loss {
        take_the_first(&mut found, sent, received, fastest, slack);
    }
    found
}

/// What arrived several times was sent once: its first arrival is that of the packet, however usual the time of a later one is.
fn take_the_first(found: &mut [(usize, usize)], sent: &[i64], received: &[i64], fastest: i64, slack: i64) {
    let time = |place: usize| received.get(place).copied().unwrap_or_default();
    let mut before: Option<usize> = None;
    for (of, place) in found {
        let left = sent.get(*of).copied().unwrap_or_default();
        let since = before.map_or(0, |before| before + 1);
        let first = (since..*place).find(|&earlier| {
            let transit = time(earlier).saturating_sub(left);
            match before {
                None => transit >= -slack,
                // It may be a duplicate of the one before. The shorter time between two arrivals decides.
                Some(before) => {
                    let is_closer =
                        time(*place).saturating_sub(time(earlier)) <= time(earlier).saturating_sub(time(before));
                    transit >= fastest && is_closer
                }
            }
        });
        *place = first.unwrap_or(*place);
        before = Some(*place);
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_lost_one_is_found_by_time() {
        assert_eq!(nearest(&[0, 100, 200], &[10, 212], (10, 10), 0), [(0, 0), (2, 1)]);
        assert_eq!(nearest(&[0, 100, 200], &[110, 212], (10, 10), 0), [(1, 0), (2, 1)]);
        assert_eq!(nearest(&[0, 100, 200], &[110], (10, 10), 0), [(1, 0)]);
    }

    #[test]
    fn a_duplicate_is_found_by_time() {
        assert_eq!(nearest(&[0, 100], &[10, 11, 111], (10, 10), 0), [(0, 0), (1, 2)]);
        assert_eq!(nearest(&[0, 100], &[10, 108, 111], (10, 10), 0), [(0, 0), (1, 2)]);
    }

    /// The second arrival takes the usual time, and was made on the way all the same.
    #[test]
    fn the_first_arrival_is_the_packet_and_what_follows_are_duplicates() {
        assert_eq!(nearest(&[0], &[9, 12], (8, 12), 0), [(0, 0)]);
        assert_eq!(nearest(&[0, 100], &[12, 109, 112], (8, 12), 0), [(0, 0), (1, 1)]);
        // Too early for the second one: a duplicate of the first.
        assert_eq!(nearest(&[0, 100], &[12, 107, 112], (8, 12), 0), [(0, 0), (1, 2)]);
        assert_eq!(
            nearest(&[0, 100], &[12, 14, 109, 112, 113], (8, 12), 0),
            [(0, 0), (1, 2)]
        );
    }

    #[test]
    fn nothing_arrives_before_it_was_sent() {
        assert_eq!(nearest(&[100, 200], &[99], (10, 10), 0), []);
        assert_eq!(nearest(&[100, 200], &[99], (10, 10), 5), [(0, 0)]);
        assert_eq!(nearest(&[100], &[99, 150], (10, 10), 0), [(0, 1)]);
    }

    #[test]
    fn long_lists_take_linear_time() {
        let sent: Vec<i64> = (0..200_000).map(|n| n * 100).collect();
        let received: Vec<i64> = sent
            .iter()
            .filter(|time| *time % 1_000 != 500)
            .map(|time| time + 30)
            .collect();
        let found = nearest(&sent, &received, (30, 30), 0);
        assert_eq!(found.len(), received.len());
        assert!(found.iter().all(|(s, r)| sent[*s] + 30 == received[*r]));
    }
}
