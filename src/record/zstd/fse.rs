//! Tables of finite state entropy coding (FSE). RFC 8878 section 4.1

use super::bits::{BackwardBits, ForwardBits};
use super::corrupt::{Corrupt, Unpacked};

/// A decoding table: for each state its symbol, and how the next state is found.
#[derive(Clone)]
pub(super) struct FseTable {
    log: u32,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    symbol: u8,
    /// How many bits are added to `base` for the next state.
    bits: u8,
    base: u16,
}

/// A place in a table.
pub(super) struct FseState(usize);

impl FseTable {
    /// The table in which every state is this symbol.
    pub(super) fn of_one(symbol: u8) -> Self {
        let cell = Cell {
            symbol,
            ..Cell::default()
        };
        Self {
            log: 0,
            cells: vec![cell],
        }
    }

    /// The table for these counts of states, of 2^`log` in all; -1 is a probability below that of one state.
    pub(super) fn of_counts(counts: &[i16], log: u32) -> Unpacked<Self> {
        let wrong = Corrupt("the probabilities of a table do not fit");
        let size = 1_usize << log;
        let mut cells = vec![Cell::default(); size];
        let mut next = Vec::with_capacity(counts.len());
        let mut high = size;
        for (symbol, &count) in (0_u8..=u8::MAX).zip(counts) {
            next.push(count.unsigned_abs());
            if count < 0 {
                high = high.checked_sub(1).ok_or(wrong)?;
                cells.get_mut(high).ok_or(wrong)?.symbol = symbol;
            }
        }
        let step = (size >> 1) + (size >> 3) + 3;
        let (mut at, mut free) = (0, high);
        for (symbol, &count) in (0_u8..=u8::MAX).zip(counts) {
            for _ in 0..count.max(0) {
                free = free.checked_sub(1).ok_or(wrong)?;
                cells.get_mut(at).ok_or(wrong)?.symbol = symbol;
                at = (at + step) & (size - 1);
                while at >= high && free > 0 {
                    at = (at + step) & (size - 1);
                }
            }
        }
        if free > 0 {
            return Err(wrong);
        }
        for cell in &mut cells {
            let number = next.get_mut(usize::from(cell.symbol)).filter(|number| **number > 0);
            let number = number.ok_or(wrong)?;
            let bits = log - number.ilog2();
            let base = (usize::from(*number) << bits) - size;
            cell.bits = u8::try_from(bits).map_err(|_| wrong)?;
            cell.base = u16::try_from(base).map_err(|_| wrong)?;
            *number += 1;
        }
        Ok(Self { log, cells })
    }

    /// Reads a table's description. Returns it with the bytes that it takes.
    pub(super) fn read(bytes: &[u8], longest_log: u32, symbols: usize) -> Unpacked<(Self, usize)> {
        let mut bits = ForwardBits { bytes, at: 0 };
        let log = bits.take(4) + 5;
        if log > longest_log {
            return Err(Corrupt("a table is larger than the format allows"));
        }
        let mut left = 1_u32 << log;
        let mut counts = Vec::with_capacity(symbols);
        while left > 0 && counts.len() < symbols {
            // The values 0 to left + 1 take one bit less where that is enough.
            let width = (left + 1).ilog2() + 1;
            let short = bits.peek(width - 1);
            let shorter = (1 << width) - 2 - left;
            let value = if short < shorter {
                bits.take(width - 1)
            } else {
                let value = bits.take(width);
                if value < 1 << (width - 1) {
                    value
                } else {
                    value - shorter
                }
            };
            let count = i16::try_from(value).unwrap_or(i16::MAX) - 1;
            left = left
                .checked_sub(u32::from(count.unsigned_abs()))
                .ok_or(Corrupt("the probabilities of a table do not fit"))?;
            counts.push(count);
            if count == 0 {
                read_zeros(&mut bits, &mut counts, symbols);
            }
        }
        let length = bits.at.div_ceil(8);
        if left > 0 || counts.len() > symbols || length > bytes.len() {
            return Err(Corrupt("the probabilities of a table do not fit"));
        }
        Ok((Self::of_counts(&counts, log)?, length))
    }

    pub(super) fn begin(&self, bits: &mut BackwardBits<'_>) -> FseState {
        FseState(usize::try_from(bits.take(self.log)).unwrap_or(0))
    }

    #[inline]
    pub(super) fn symbol(&self, state: &FseState) -> u8 {
        self.cell(state).symbol
    }

    #[inline]
    pub(super) fn go_on(&self, state: &mut FseState, bits: &mut BackwardBits<'_>) {
        let cell = self.cell(state);
        let more = bits.take(u32::from(cell.bits));
        state.0 = usize::from(cell.base) + usize::try_from(more).unwrap_or(0);
    }

    #[inline]
    fn cell(&self, state: &FseState) -> Cell {
        // Base and bits of each cell lead to another one.
        self.cells.get(state.0).copied().unwrap_or_default()
    }
}

/// Behind a count of 0: how many more zeros follow, in steps of 3 at most.
fn read_zeros(bits: &mut ForwardBits<'_>, counts: &mut Vec<i16>, symbols: usize) {
    loop {
        let more = bits.take(2);
        counts.extend((0..more).map(|_| 0));
        if more < 3 || counts.len() > symbols {
            return;
        }
    }
}
