//! The sequences of a block: literals, then a repetition, and again. RFC 8878 section 3.1.1.3.2

use super::bits::BackwardBits;
use super::corrupt::{Corrupt, LARGEST_BLOCK, Unpacked};
use super::fse::FseTable;

const SHORT: Corrupt = Corrupt("the sequences are longer than their block");

/// The largest code of an offset: 2^31 bytes back.
const OFFSET_CODES: usize = 32;

/// More bits behind each code of a length of literals; below them lie 16 codes without.
const LITERALS_BITS: [u8; 20] = [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
/// More bits behind each code of a length of a repetition; below them lie 32 codes without.
const MATCH_BITS: [u8; 21] = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/// The tables of section 3.1.1.3.2.2, as counts of states.
const LITERALS_COUNTS: [i16; 36] = [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
];
const MATCH_COUNTS: [i16; 53] = [
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
];
const OFFSET_COUNTS: [i16; 29] = [
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
];

/// What a code stands for: this number and more bits.
type Codes = Vec<(u32, u8)>;

/// One of the three kinds of codes.
struct Kind {
    table: Option<FseTable>,
    longest_log: u32,
    symbols: usize,
    predefined: (&'static [i16], u32),
}

impl Kind {
    /// Reads what the block says about its table. Returns how many bytes that takes.
    fn read(&mut self, mode: u8, bytes: &[u8]) -> Unpacked<usize> {
        let (table, length) = match mode & 3 {
            0 => (FseTable::of_counts(self.predefined.0, self.predefined.1)?, 0),
            1 => {
                let symbol = *bytes.first().ok_or(SHORT)?;
                (FseTable::of_one(symbol), 1)
            }
            2 => FseTable::read(bytes, self.longest_log, self.symbols)?,
            _ if self.table.is_some() => return Ok(0),
            _ => return Err(Corrupt("a block repeats a table and there is none")),
        };
        self.table = Some(table);
        Ok(length)
    }

    fn table(&self) -> Unpacked<&FseTable> {
        self.table.as_ref().ok_or(SHORT)
    }
}

/// What the sequences of a frame share.
pub(super) struct Sequences {
    literals: Kind,
    offsets: Kind,
    matches: Kind,
    literals_codes: Codes,
    match_codes: Codes,
    /// The last three offsets, the newest first.
    recent: [usize; 3],
}

impl Sequences {
    pub(super) fn new() -> Self {
        Self {
            literals: Kind {
                table: None,
                longest_log: 9,
                symbols: LITERALS_COUNTS.len(),
                predefined: (&LITERALS_COUNTS, 6),
            },
            offsets: Kind {
                table: None,
                longest_log: 8,
                symbols: OFFSET_CODES,
                predefined: (&OFFSET_COUNTS, 5),
            },
            matches: Kind {
                table: None,
                longest_log: 9,
                symbols: MATCH_COUNTS.len(),
                predefined: (&MATCH_COUNTS, 6),
            },
            literals_codes: codes(0, 16, &LITERALS_BITS),
            match_codes: codes(3, 32, &MATCH_BITS),
            recent: [1, 4, 8],
        }
    }

    /// Unpacks what follows the literals in a block, and adds what the block stands for to `window`. Offsets reach back to its start.
    pub(super) fn unpack(&mut self, section: &[u8], literals: &[u8], window: &mut Vec<u8>) -> Unpacked<()> {
        let (count, mut at) = match *section {
            [0] => (0, 1),
            [first @ 1..128, ..] => (usize::from(first), 1),
            [first @ 128..=254, second, ..] => ((usize::from(first) - 128) << 8 | usize::from(second), 2),
            [255, low, high, ..] => (usize::from(low) + (usize::from(high) << 8) + 0x7f00, 3),
            _ => return Err(SHORT),
        };
        let end = window.len() + LARGEST_BLOCK;
        let mut rest = literals;
        if count > 0 {
            let modes = *section.get(at).ok_or(SHORT)?;
            at += 1;
            for (kind, shift) in [(&mut self.literals, 6), (&mut self.offsets, 4), (&mut self.matches, 2)] {
                at += kind.read(modes >> shift, section.get(at..).unwrap_or_default())?;
            }
            let bits = BackwardBits::new(section.get(at..).unwrap_or_default())?;
            rest = self.run(count, bits, literals, window, end)?;
        }
        window.extend(rest);
        if window.len() > end {
            return Err(TOO_LONG);
        }
        Ok(())
    }

    /// Runs the sequences. Returns the literals that are left.
    fn run<'l>(
        &mut self,
        count: usize,
        mut bits: BackwardBits<'_>,
        mut literals: &'l [u8],
        window: &mut Vec<u8>,
        end: usize,
    ) -> Unpacked<&'l [u8]> {
        let unknown = Corrupt("a sequence has an unknown code");
        let (table_l, table_o, table_m) = (self.literals.table()?, self.offsets.table()?, self.matches.table()?);
        let mut state_l = table_l.begin(&mut bits);
        let mut state_o = table_o.begin(&mut bits);
        let mut state_m = table_m.begin(&mut bits);
        for number in 1..=count {
            let code = u32::from(table_o.symbol(&state_o));
            if code as usize >= OFFSET_CODES {
                return Err(unknown);
            }
            let offset = (1 << code) + bits.take(code);
            let code = self.match_codes.get(usize::from(table_m.symbol(&state_m)));
            let &(base, more) = code.ok_or(unknown)?;
            let length = u64::from(base) + bits.take(u32::from(more));
            let code = self.literals_codes.get(usize::from(table_l.symbol(&state_l)));
            let &(base, more) = code.ok_or(unknown)?;
            let before = u64::from(base) + bits.take(u32::from(more));
            if number < count {
                table_l.go_on(&mut state_l, &mut bits);
                table_m.go_on(&mut state_m, &mut bits);
                table_o.go_on(&mut state_o, &mut bits);
            }
            let [offset, length, before] =
                [offset, length, before].map(|one| usize::try_from(one).unwrap_or(usize::MAX));
            let (copied, rest) = literals
                .split_at_checked(before)
                .ok_or(Corrupt("a sequence has more literals than there are"))?;
            window.extend(copied);
            literals = rest;
            let back = distance(&mut self.recent, offset, before == 0);
            if length > end.saturating_sub(window.len()) {
                return Err(TOO_LONG);
            }
            repeat(window, back, length)?;
        }
        if bits.left() == 0 {
            Ok(literals)
        } else {
            Err(Corrupt("the sequences have another length than they say"))
        }
    }
}

const TOO_LONG: Corrupt = Corrupt("a block unpacks to more than a block may hold");

/// How far back a repetition begins; the values 1 to 3 are recent ones. RFC 8878 section 3.1.1.5
#[inline]
fn distance(recent: &mut [usize; 3], value: usize, without_literals: bool) -> usize {
    let [first, second, third] = *recent;
    let back = match value + usize::from(without_literals) {
        _ if value > 3 => value - 3,
        1 => return first,
        2 => {
            *recent = [second, first, third];
            return second;
        }
        3 => third,
        _ => first - 1,
    };
    *recent = [back, first, second];
    back
}

/// Adds bytes that lie `back` before the end; the repetition may reach into itself.
#[inline]
fn repeat(window: &mut Vec<u8>, back: usize, mut length: usize) -> Unpacked<()> {
    let start = window.len().checked_sub(back).filter(|_| back > 0);
    let start = start.ok_or(Corrupt("a repetition begins before the data"))?;
    while length > 0 {
        let there = length.min(window.len() - start);
        window.extend_from_within(start..start + there);
        length -= there;
    }
    Ok(())
}

/// The codes: `plain` ones without more bits, the first of them for the length `first`; then those with.
fn codes(first: u32, plain: u32, bits: &[u8]) -> Codes {
    let mut base = first + plain;
    let mut codes: Codes = (first..base).map(|length| (length, 0)).collect();
    for &more in bits {
        codes.push((base, more));
        base += 1 << more;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::{LITERALS_BITS, MATCH_BITS, codes};

    /// Some of the rows of the tables in section 3.1.1.3.2.1.1.
    #[test]
    fn codes_stand_for_what_the_rfc_says() {
        let literals = codes(0, 16, &LITERALS_BITS);
        let matches = codes(3, 32, &MATCH_BITS);
        for (code, expected) in [
            (0, (0, 0)),
            (15, (15, 0)),
            (16, (16, 1)),
            (20, (24, 2)),
            (24, (48, 4)),
            (25, (64, 6)),
            (35, (65_536, 16)),
        ] {
            assert_eq!(literals[code], expected, "literals {code}");
        }
        for (code, expected) in [
            (0, (3, 0)),
            (31, (34, 0)),
            (32, (35, 1)),
            (38, (51, 3)),
            (42, (99, 5)),
            (43, (131, 7)),
            (52, (65_539, 16)),
        ] {
            assert_eq!(matches[code], expected, "matches {code}");
        }
        assert_eq!((literals.len(), matches.len()), (36, 53));
    }
}
