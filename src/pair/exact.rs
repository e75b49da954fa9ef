//! The first pass: packets whose digests are the same.
//!
//! Where both captures have a packet equally often, the first belongs to the first, the second to the second. Where they do not
//! (a datagram that was sent ten times and arrived nine times), times decide later: `nearest`.

use std::cmp::Ordering;

use super::seen::Seen;

/// Packets of both captures that are the same, by their places in the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Same {
    /// One of A and one of B.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Of each of these, one capture has more than the other.
    pub(super) unequal: Vec<Unequal>,
    /// Of each of these, both captures have as many, and several; they are among the pairs, too.
    pub(super) groups: Vec<Unequal>,
}

/// The same packet, several times in a capture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Unequal {
    pub(super) a: Vec<u32>,
    pub(super) b: Vec<u32>,
}

/// Packets with the same key. `None` leaves a packet out.
pub(super) fn same<K: Ord + Copy>(a: &[Seen], b: &[Seen], key: impl Fn(bool, usize, &Seen) -> Option<K>) -> Same {
    let sorted = |is_b: bool, packets: &[Seen]| {
        let keys = packets.iter().enumerate();
        let mut keys: Vec<(K, u32)> = keys
            .filter_map(|(index, seen)| Some((key(is_b, index, seen)?, u32::try_from(index).ok()?)))
            .collect();
        keys.sort_unstable();
        keys
    };
    let (a, b) = (sorted(false, a), sorted(true, b));
    let mut same = Same::default();
    let (mut a, mut b) = (&*a, &*b);
    while let (Some((of_a, _)), Some((of_b, _))) = (a.first(), b.first()) {
        match of_a.cmp(of_b) {
            Ordering::Less => a = a.get(run(a)..).unwrap_or_default(),
            Ordering::Greater => b = b.get(run(b)..).unwrap_or_default(),
            Ordering::Equal => {
                let (mine, theirs) = (run(a), run(b));
                let (first, second) = (a.get(..mine).unwrap_or_default(), b.get(..theirs).unwrap_or_default());
                if mine == theirs {
                    same.pairs.extend(first.iter().zip(second).map(|(a, b)| (a.1, b.1)));
                }
                if mine != theirs || mine > 1 {
                    let all = if mine == theirs {
                        &mut same.groups
                    } else {
                        &mut same.unequal
                    };
                    all.push(Unequal {
                        a: first.iter().map(|each| each.1).collect(),
                        b: second.iter().map(|each| each.1).collect(),
                    });
                }
                a = a.get(mine..).unwrap_or_default();
                b = b.get(theirs..).unwrap_or_default();
            }
        }
    }
    same.pairs.sort_unstable();
    same.unequal.sort_unstable_by(|one, other| one.a.cmp(&other.a));
    same
}

/// How many of the first have the key of the first.
fn run<K: PartialEq>(keys: &[(K, u32)]) -> usize {
    let first = keys.first().map(|first| &first.0);
    keys.iter().take_while(|each| Some(&each.0) == first).count()
}
