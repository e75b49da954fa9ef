//! Huffman coding of literals. RFC 8878 section 4.2

use super::bits::BackwardBits;
use super::corrupt::{Corrupt, Unpacked};
use super::fse::FseTable;

/// The longest code, in bits.
const LONGEST_CODE: u32 = 11;
/// The largest table of the probabilities of weights: 2^6 states.
const WEIGHTS_LOG: u32 = 6;

/// For the next bits: a symbol, and how many bits its code has.
pub(super) struct HuffmanTable {
    log: u32,
    cells: Vec<(u8, u8)>,
}

impl HuffmanTable {
    /// Reads a table's description. Returns it with the bytes that it takes.
    pub(super) fn read(bytes: &[u8]) -> Unpacked<(Self, usize)> {
        let short = Corrupt("a Huffman table is longer than its block");
        let (&first, rest) = bytes.split_first().ok_or(short)?;
        let (weights, length) = if let Some(count) = usize::from(first).checked_sub(127) {
            let length = count.div_ceil(2);
            let packed = rest.get(..length).ok_or(short)?;
            let weights = packed.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            (weights.take(count).collect(), length)
        } else {
            let length = usize::from(first);
            (unpacked_weights(rest.get(..length).ok_or(short)?)?, length)
        };
        Ok((Self::of_weights(weights)?, length + 1))
    }

    /// The weight of the last symbol is what makes the sum a power of two.
    fn of_weights(mut weights: Vec<u8>) -> Unpacked<Self> {
        let wrong = Corrupt("the weights of a Huffman table do not fit");
        let mut sum = 0_u32;
        for &weight in weights.iter().filter(|weight| **weight > 0) {
            if u32::from(weight) > LONGEST_CODE {
                return Err(wrong);
            }
            sum += 1 << (weight - 1);
        }
        let log = sum.checked_ilog2().ok_or(wrong)? + 1;
        let last = (1 << log) - sum;
        if log > LONGEST_CODE || !last.is_power_of_two() || weights.len() > 255 {
            return Err(wrong);
        }
        weights.push(u8::try_from(last.ilog2() + 1).map_err(|_| wrong)?);
        let mut cells = Vec::with_capacity(1 << log);
        for weight in (1_u8..).take(log as usize) {
            let bits = u8::try_from(log + 1).map_err(|_| wrong)? - weight;
            for (symbol, _) in (0_u8..=u8::MAX).zip(&weights).filter(|(_, other)| **other == weight) {
                cells.resize(cells.len() + (1 << (weight - 1)), (symbol, bits));
            }
        }
        Ok(Self { log, cells })
    }

    /// Unpacks a stream of `count` symbols.
    pub(super) fn unpack(&self, stream: &[u8], count: usize, literals: &mut Vec<u8>) -> Unpacked<()> {
        let mut bits = BackwardBits::new(stream)?;
        for _ in 0..count {
            let place = usize::try_from(bits.peek(self.log)).unwrap_or(0);
            let &(symbol, length) = self.cells.get(place).ok_or(Corrupt("a Huffman code is unknown"))?;
            bits.take(u32::from(length));
            literals.push(symbol);
        }
        if bits.left() == 0 {
            Ok(())
        } else {
            Err(Corrupt("a stream of literals has another length than it says"))
        }
    }
}

/// Weights that are packed with a table of their own: two states take turns until the bits are used up.
fn unpacked_weights(bytes: &[u8]) -> Unpacked<Vec<u8>> {
    let (table, length) = FseTable::read(bytes, WEIGHTS_LOG, 16)?;
    let mut bits = BackwardBits::new(bytes.get(length..).unwrap_or_default())?;
    let (mut state, mut other) = (table.begin(&mut bits), table.begin(&mut bits));
    let mut weights = Vec::new();
    while bits.left() >= 0 {
        weights.push(table.symbol(&state));
        table.go_on(&mut state, &mut bits);
        std::mem::swap(&mut state, &mut other);
        if weights.len() > 254 {
            return Err(Corrupt("a Huffman table has more symbols than there are"));
        }
    }
    weights.push(table.symbol(&state));
    Ok(weights)
}
