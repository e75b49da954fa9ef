//! The bytes of a packet, sixteen a line, in pieces that belong to a field each.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::iter;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::row::{ReportRow, keys_of};

/// Bytes in a line.
const LINE: usize = 16;

/// Bytes of data that each packet shows at most, where there is room.
const MOST: usize = 512;
/// There is room for at least this many.
const LEAST: usize = 16;
/// Bytes that the data of a page take at most, compressed. In the page they take five times as much: they are there in hexadecimal,
/// as characters, and in the table of fields.
const ALL: usize = 32 * 1024;

/// How many bytes of its data each packet of a page shows: fewer where many packets have many, so that a page of the usual
/// [`LIMIT`](super::LIMIT) takes a megabyte.
pub(super) fn most<'a>(data: &(impl Iterator<Item = &'a [u8]> + Clone)) -> usize {
    let fits = |most: &usize| {
        let firsts = data.clone().map(|bytes| bytes.get(..*most).unwrap_or(bytes));
        firsts.clone().map(<[u8]>::len).sum::<usize>() <= ALL || compressed(firsts) <= ALL as u64
    };
    let halves = iter::successors(Some(MOST), |most| Some(most / 2));
    halves.take_while(|most| *most > LEAST).find(fits).unwrap_or(LEAST)
}

/// How many bytes all of this takes, compressed.
fn compressed<'a>(texts: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut output = DeflateEncoder::new(io::sink(), Compression::fast());
    for text in texts {
        // A sink takes everything.
        let _ = output.write_all(text);
    }
    let _ = output.try_finish();
    output.total_out()
}

/// A line.
pub(super) struct HexLine {
    /// Place of the first byte in the frame.
    pub(super) at: usize,
    pub(super) runs: Vec<ByteRun>,
    /// Columns that the bytes of a short line leave empty, as blanks.
    pub(super) padding: String,
    /// The same as text, a dot for what is not an ASCII character.
    pub(super) text: String,
}

/// Bytes of one field, or of the same ones.
pub(super) struct ByteRun {
    pub(super) keys: String,
    /// In hexadecimal, with a blank between two.
    pub(super) hex: String,
}

/// The first `shown` bytes.
pub(super) fn lines(bytes: &[u8], shown: usize, rows: &[&ReportRow]) -> Vec<HexLine> {
    let bytes = bytes.get(..shown).unwrap_or(bytes);
    let lines = bytes.chunks(LINE).enumerate();
    lines.map(|(index, chunk)| line(index * LINE, chunk, rows)).collect()
}

fn line(at: usize, bytes: &[u8], rows: &[&ReportRow]) -> HexLine {
    // Only few fields meet a line.
    let near: Vec<&ReportRow> = rows
        .iter()
        .copied()
        .filter(|row| row.meets(at * 8, (at + LINE) * 8))
        .collect();
    let mut runs: Vec<ByteRun> = Vec::new();
    for (place, byte) in (at..).zip(bytes) {
        let keys = keys_of(&near, place * 8, place * 8 + 8);
        match runs.last_mut().filter(|run| run.keys == keys) {
            Some(run) => {
                // Writing to a String cannot fail.
                let _ = write!(run.hex, " {byte:02x}");
            }
            None => runs.push(ByteRun {
                keys,
                hex: format!("{byte:02x}"),
            }),
        }
    }
    let text = bytes.iter().map(|byte| match byte {
        0x20..0x7f => char::from(*byte),
        _ => '.',
    });
    HexLine {
        at,
        runs,
        padding: " ".repeat(3 * (LINE - bytes.len())),
        text: text.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::most;

    #[test]
    fn each_packet_shows_fewer_bytes_where_many_have_many() {
        // A generator of numbers that do not repeat: Knuth's MMIX.
        let mut number: u64 = 1;
        let mut noise = || {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            number.to_be_bytes()[0]
        };
        let noise: Vec<u8> = (0..1448 * 1500).map(|_| noise()).collect();
        let packets: Vec<&[u8]> = noise.chunks(1448).collect();
        let shown = |number: usize| most(&packets.iter().copied().take(number));
        assert_eq!([shown(0), shown(60)], [512, 512]);
        assert_eq!(shown(300), 64, "300 packets of 64 bytes are 19 KB");
        assert_eq!(shown(1500), 16, "no fewer than these");
        let lines = std::iter::repeat_n(&b"each line is like the one before\n"[..], 2000);
        assert_eq!(
            most(&lines.chain(packets.iter().copied().take(60))),
            512,
            "text takes little room"
        );
    }
}
