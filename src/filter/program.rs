//! A checked program of the classic BSD packet filter.
//!
//! The machine has an accumulator A, an index register X and 16 words of memory. bpf(4); `McCanne` and Jacobson, "The BSD
//! Packet Filter", 1993; `Documentation/networking/filter.rst` of the Linux kernel.

use std::error::Error;
use std::fmt;

use super::machine::{Operand, Operation, Operator, run};

/// The most instructions that the Linux kernel takes (`BPF_MAXINSNS`).
pub const LONGEST: usize = 4096;

/// The most instructions that are run here, on frames of a file: what a frame that passes none of them costs is bounded by
/// it, to about a millisecond, and so is the memory of the program, to 32 MiB.
pub const LONGEST_FOR_FILES: usize = 1 << 20;

/// One instruction, laid out as the kernel's `struct sock_filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Instruction {
    /// What to do.
    pub code: u16,
    /// How many instructions to skip if the condition holds.
    pub jt: u8,
    /// How many instructions to skip if it does not.
    pub jf: u8,
    /// The constant.
    pub k: u32,
}

impl Instruction {
    pub(super) const fn new(code: u16, k: u32) -> Self {
        Self { code, jt: 0, jf: 0, k }
    }
}

/// The codes that this program's own filters use, by their assembler names.
pub(super) mod code {
    pub(in super::super) const LD_ABS: u16 = 0x20;
    pub(in super::super) const LDH_ABS: u16 = 0x28;
    pub(in super::super) const LDB_ABS: u16 = 0x30;
    pub(in super::super) const LD_IND: u16 = 0x40;
    pub(in super::super) const LDH_IND: u16 = 0x48;
    pub(in super::super) const LDB_IND: u16 = 0x50;
    pub(in super::super) const LD_LEN: u16 = 0x80;
    pub(in super::super) const LDX_MSH: u16 = 0xb1;
    pub(in super::super) const TAX: u16 = 0x07;
    pub(in super::super) const ADD_K: u16 = 0x04;
    pub(in super::super) const ADD_X: u16 = 0x0c;
    pub(in super::super) const LSH_K: u16 = 0x64;
    pub(in super::super) const RSH_K: u16 = 0x74;
    pub(in super::super) const AND_K: u16 = 0x54;
    pub(in super::super) const JA: u16 = 0x05;
    pub(in super::super) const JEQ_K: u16 = 0x15;
    pub(in super::super) const JGT_K: u16 = 0x25;
    pub(in super::super) const JGE_K: u16 = 0x35;
    pub(in super::super) const JSET_K: u16 = 0x45;
    pub(in super::super) const RET_K: u16 = 0x06;
}

/// A program that ends for every packet and touches nothing but the packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterProgram {
    instructions: Vec<Instruction>,
    /// The same, decoded once, since it runs for every packet.
    operations: Vec<Operation>,
}

impl FilterProgram {
    /// Checks a program.
    ///
    /// # Errors
    /// It is empty or too long, has an unknown instruction, jumps out of itself, runs over its end, divides by the
    /// constant zero, shifts by more than 31 bits, or uses memory that is not there.
    pub fn new(instructions: Vec<Instruction>) -> Result<Self, ProgramError> {
        let length = instructions.len();
        if length == 0 || length > LONGEST_FOR_FILES {
            return Err(ProgramError::Length(length));
        }
        let mut operations = Vec::with_capacity(length);
        for (index, &instruction) in instructions.iter().enumerate() {
            let operation = decode(instruction).ok_or(ProgramError::Unknown { index, instruction })?;
            let behind = length - index - 1;
            let reaches_end = match operation {
                Operation::Return(_) => false,
                Operation::Jump(distance) => usize::try_from(distance).map_or(true, |distance| distance >= behind),
                Operation::Branch { yes, no, .. } => usize::from(yes.max(no)) >= behind,
                _ => behind == 0,
            };
            if reaches_end {
                return Err(ProgramError::RunsOut { index });
            }
            operations.push(operation);
        }
        Ok(Self {
            instructions,
            operations,
        })
    }

    /// The instructions, as `setsockopt(SO_ATTACH_FILTER)` takes them. socket(7)
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// Runs the program: how many bytes of the packet to keep, 0 for none at all.
    ///
    /// `bytes` are the captured bytes, `original_length` is the length on the wire in bytes. A load behind the captured
    /// bytes ends the program with 0, as in the kernel. So does one of the kernel's ancillary values: a program for a
    /// socket that asks for them has no answer here.
    #[must_use]
    pub fn run(&self, bytes: &[u8], original_length: u32) -> u32 {
        run(&self.operations, bytes, original_length)
    }

    /// Does the packet pass?
    #[must_use]
    pub fn matches(&self, bytes: &[u8], original_length: u32) -> bool {
        self.run(bytes, original_length) != 0
    }
}

/// One instruction a line: number, code, constant, jumps; as `tcpdump -ddd` without the first line, but numbered.
impl fmt::Display for FilterProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Instruction { code, jt, jf, k }) in self.instructions.iter().enumerate() {
            writeln!(f, "({index:03}) {code:#04x} jt {jt} jf {jf} k {k:#x}")?;
        }
        Ok(())
    }
}

/// Decodes an instruction; `None` if there is no such one.
fn decode(Instruction { code, jt, jf, k }: Instruction) -> Option<Operation> {
    // bpf(4): the lowest three bits are the class, bit 3 chooses between the constant and X.
    let operand = if code & 0x08 == 0 {
        Operand::Constant(k)
    } else {
        Operand::X
    };
    let memory = || usize::try_from(k).ok().filter(|&cell| cell < super::machine::MEMORY);
    Some(match code {
        0x00 => Operation::Load(k),
        0x20 => Operation::LoadWord(k),
        0x28 => Operation::LoadHalf(k),
        0x30 => Operation::LoadByte(k),
        0x40 => Operation::LoadWordFromX(k),
        0x48 => Operation::LoadHalfFromX(k),
        0x50 => Operation::LoadByteFromX(k),
        0x60 => Operation::LoadMemory(memory()?),
        0x80 => Operation::LoadLength,
        0x01 => Operation::LoadX(k),
        0x61 => Operation::LoadXMemory(memory()?),
        0x81 => Operation::LoadXLength,
        0xb1 => Operation::LoadXHeaderLength(k),
        0x02 => Operation::Store(memory()?),
        0x03 => Operation::StoreX(memory()?),
        0x84 => Operation::Negate,
        0x05 => Operation::Jump(k),
        0x06 => Operation::Return(Some(k)),
        0x16 => Operation::Return(None),
        0x07 => Operation::AToX,
        0x87 => Operation::XToA,
        _ => match code & 0x07 {
            0x04 => Operation::Calculate(operator(code, k)?, operand),
            0x05 => Operation::Branch {
                comparison: comparison(code)?,
                operand,
                yes: jt,
                no: jf,
            },
            _ => return None,
        },
    })
}

fn operator(code: u16, k: u32) -> Option<Operator> {
    let by_constant = code & 0x08 == 0;
    Some(match code & !0x08 {
        0x04 => Operator::Add,
        0x14 => Operator::Subtract,
        0x24 => Operator::Multiply,
        0x34 if !by_constant || k != 0 => Operator::Divide,
        0x94 if !by_constant || k != 0 => Operator::Remainder,
        0x44 => Operator::Or,
        0x54 => Operator::And,
        0xa4 => Operator::ExclusiveOr,
        0x64 if !by_constant || k < 32 => Operator::ShiftLeft,
        0x74 if !by_constant || k < 32 => Operator::ShiftRight,
        _ => return None,
    })
}

const fn comparison(code: u16) -> Option<super::condition::Comparison> {
    use super::condition::Comparison;
    Some(match code & !0x08 {
        code::JEQ_K => Comparison::Equal,
        code::JGT_K => Comparison::Greater,
        code::JGE_K => Comparison::GreaterOrEqual,
        code::JSET_K => Comparison::AnyBit,
        _ => return None,
    })
}

/// Why a program is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramError {
    /// It has this many instructions.
    Length(usize),
    /// There is no such instruction, or not with such a constant.
    Unknown {
        /// Its index, from 0.
        index: usize,
        /// It.
        instruction: Instruction,
    },
    /// From here the program would run over its end.
    RunsOut {
        /// The index of the instruction, from 0.
        index: usize,
    },
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => write!(
                f,
                "a filter program has 1 to {LONGEST_FOR_FILES} instructions, not {length}"
            ),
            Self::Unknown { index, instruction } => write!(
                f,
                "filter program, instruction {index}: there is no code {:#04x} with the constant {:#x}",
                instruction.code, instruction.k
            ),
            Self::RunsOut { index } => write!(
                f,
                "filter program, instruction {index}: the program would run over its end; the last instruction has to be ret"
            ),
        }
    }
}

impl Error for ProgramError {}

#[cfg(test)]
mod tests;
