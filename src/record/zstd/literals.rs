//! The literals of a block: bytes that are not repetitions. RFC 8878 section 3.1.1.3.1

use super::corrupt::{Corrupt, LARGEST_BLOCK, Unpacked};
use super::huffman::HuffmanTable;

const SHORT: Corrupt = Corrupt("the literals are longer than their block");

/// Unpacks the literals at the start of a block. Returns how many bytes of the block they take.
///
/// `table` is the last one that was read; a block may use it again.
pub(super) fn unpack(block: &[u8], table: &mut Option<HuffmanTable>, literals: &mut Vec<u8>) -> Unpacked<usize> {
    literals.clear();
    let first = *block.first().ok_or(SHORT)?;
    let form = first >> 2 & 3;
    let kind = first & 3;
    if kind < 2 {
        let (header, skipped) = match form {
            1 => (2, 4),
            3 => (3, 4),
            _ => (1, 3),
        };
        let size = number(block, header)? >> skipped;
        let size = checked(size)?;
        let bytes = block.get(header..).unwrap_or_default();
        if kind == 0 {
            literals.extend(bytes.get(..size).ok_or(SHORT)?);
            return Ok(header + size);
        }
        literals.resize(size, *bytes.first().ok_or(SHORT)?);
        return Ok(header + 1);
    }
    let (header, width) = match form {
        0 | 1 => (3, 10),
        2 => (4, 14),
        _ => (5, 18),
    };
    let sizes = number(block, header)? >> 4;
    let size = checked(sizes & ((1 << width) - 1))?;
    let length = usize::try_from(sizes >> width).map_err(|_| SHORT)?;
    let mut packed = block.get(header..header + length).ok_or(SHORT)?;
    if kind == 2 {
        let (read, length) = HuffmanTable::read(packed)?;
        *table = Some(read);
        packed = packed.get(length..).unwrap_or_default();
    }
    let table = table
        .as_ref()
        .ok_or(Corrupt("a block repeats a Huffman table and there is none"))?;
    if form == 0 {
        table.unpack(packed, size, literals)?;
        return Ok(header + length);
    }
    // Four streams; the lengths of the first three lie before them.
    let (lengths, mut streams) = packed.split_at_checked(6).ok_or(SHORT)?;
    let quarter = size.div_ceil(4);
    for length in lengths.chunks_exact(2) {
        let length = length.iter().rev().fold(0, |all, &byte| all << 8 | usize::from(byte));
        let (stream, rest) = streams.split_at_checked(length).ok_or(SHORT)?;
        table.unpack(stream, quarter, literals)?;
        streams = rest;
    }
    let last = size.checked_sub(3 * quarter).ok_or(SHORT)?;
    table.unpack(streams, last, literals)?;
    Ok(header + length)
}

/// The number in the first `length` bytes.
fn number(block: &[u8], length: usize) -> Unpacked<u64> {
    let bytes = block.get(..length).ok_or(SHORT)?;
    Ok(bytes.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte)))
}

fn checked(size: u64) -> Unpacked<usize> {
    usize::try_from(size)
        .ok()
        .filter(|size| *size <= LARGEST_BLOCK)
        .ok_or(Corrupt("the literals are longer than a block may be"))
}
