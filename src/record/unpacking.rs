//! The input of a reader, unpacked if it is packed, and what is the matter if it cannot be.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::input::Input;
use super::packed_frames;
use super::packing::Packing;
use super::read_error::ReadProblem;

/// Begins to read from `source`, and to unpack it if its first bytes ask for that. `has_rest` is set when something lies behind what
/// is packed.
pub(super) fn open(
    source: Box<dyn Read + Send>,
    has_rest: &Arc<AtomicBool>,
) -> Result<(Input, Option<Packing>), ReadProblem> {
    let mut input = Input::new(source);
    let packing = Packing::of_start(start(&mut input).map_err(ReadProblem::Read)?);
    if let Some(packing) = packing {
        let unpacked = packing.unpacked(input.into_rest(), has_rest);
        input = Input::new(unpacked.map_err(ReadProblem::Read)?);
    }
    Ok((input, packing))
}

/// What is the matter, where it was the unpacking that failed.
#[cold]
pub(super) fn of(problem: ReadProblem, packing: Option<Packing>) -> ReadProblem {
    match (problem, packing) {
        (ReadProblem::Read(error), Some(packing)) if is_of_unpacking(&error) => ReadProblem::Unpack(packing, error),
        (problem, _) => problem,
    }
}

fn is_of_unpacking(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Unsupported};
    error.raw_os_error().is_none() && matches!(error.kind(), InvalidData | InvalidInput | Unsupported)
}

/// Takes what says nothing at the start of a file: the skippable frames of zstd and lz4. Returns the bytes that follow.
fn start(input: &mut Input) -> io::Result<&[u8]> {
    while let Some(&[magic @ .., a, b, c, d]) = input.peek(8)?.first_chunk::<8>() {
        if !packed_frames::is_skippable(magic) {
            break;
        }
        input.take(8);
        input.skip(u32::from_le_bytes([a, b, c, d]).into())?;
    }
    input.peek(4)
}
