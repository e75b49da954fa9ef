//! The machine that runs filter programs.

use super::condition::Comparison;

/// Words of memory.
pub(super) const MEMORY: usize = 16;

/// A decoded instruction. Offsets are bytes from the start of the frame, numbers in it are in network byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// A = constant
    Load(u32),
    /// A = four bytes of the packet
    LoadWord(u32),
    /// A = two bytes
    LoadHalf(u32),
    /// A = one byte
    LoadByte(u32),
    /// A = four bytes, at X + offset
    LoadWordFromX(u32),
    /// A = two bytes, at X + offset
    LoadHalfFromX(u32),
    /// A = one byte, at X + offset
    LoadByteFromX(u32),
    /// A = memory
    LoadMemory(usize),
    /// A = length on the wire
    LoadLength,
    /// X = constant
    LoadX(u32),
    /// X = memory
    LoadXMemory(usize),
    /// X = length on the wire
    LoadXLength,
    /// X = 4 * the low half of a byte: the length of the IPv4 header that starts there
    LoadXHeaderLength(u32),
    /// memory = A
    Store(usize),
    /// memory = X
    StoreX(usize),
    /// A = A operator operand
    Calculate(Operator, Operand),
    /// A = -A
    Negate,
    /// Skips instructions.
    Jump(u32),
    /// Compares A with the operand and skips instructions.
    Branch {
        comparison: Comparison,
        operand: Operand,
        yes: u8,
        no: u8,
    },
    /// Ends with this number, or with A.
    Return(Option<u32>),
    /// X = A
    AToX,
    /// A = X
    XToA,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    Constant(u32),
    X,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Or,
    And,
    ExclusiveOr,
    ShiftLeft,
    ShiftRight,
}

/// Runs a checked program; 0 if a load leaves the packet or a division is by zero.
pub(super) fn run(operations: &[Operation], packet: &[u8], length: u32) -> u32 {
    execute(operations, packet, length).unwrap_or(0)
}

fn execute(operations: &[Operation], packet: &[u8], length: u32) -> Option<u32> {
    let (mut a, mut x): (u32, u32) = (0, 0);
    let mut memory = [0_u32; MEMORY];
    let mut at = 0_usize;
    loop {
        let operation = *operations.get(at)?;
        at += 1;
        match operation {
            Operation::Load(k) => a = k,
            Operation::LoadWord(offset) => a = word(packet, offset)?,
            Operation::LoadHalf(offset) => a = half(packet, offset)?,
            Operation::LoadByte(offset) => a = byte(packet, offset)?,
            Operation::LoadWordFromX(offset) => a = word(packet, x.checked_add(offset)?)?,
            Operation::LoadHalfFromX(offset) => a = half(packet, x.checked_add(offset)?)?,
            Operation::LoadByteFromX(offset) => a = byte(packet, x.checked_add(offset)?)?,
            Operation::LoadMemory(cell) => a = *memory.get(cell)?,
            Operation::LoadLength => a = length,
            Operation::LoadX(k) => x = k,
            Operation::LoadXMemory(cell) => x = *memory.get(cell)?,
            Operation::LoadXLength => x = length,
            Operation::LoadXHeaderLength(offset) => x = 4 * (byte(packet, offset)? & 0x0f),
            Operation::Store(cell) => *memory.get_mut(cell)? = a,
            Operation::StoreX(cell) => *memory.get_mut(cell)? = x,
            Operation::Calculate(operator, operand) => a = calculate(operator, a, value(operand, x))?,
            Operation::Negate => a = a.wrapping_neg(),
            Operation::Jump(distance) => at = at.checked_add(usize::try_from(distance).ok()?)?,
            Operation::Branch {
                comparison,
                operand,
                yes,
                no,
            } => {
                let holds = comparison.holds(a, value(operand, x));
                at += usize::from(if holds { yes } else { no });
            }
            Operation::Return(returned) => return Some(returned.unwrap_or(a)),
            Operation::AToX => x = a,
            Operation::XToA => a = x,
        }
    }
}

const fn value(operand: Operand, x: u32) -> u32 {
    match operand {
        Operand::Constant(k) => k,
        Operand::X => x,
    }
}

fn calculate(operator: Operator, a: u32, operand: u32) -> Option<u32> {
    Some(match operator {
        Operator::Add => a.wrapping_add(operand),
        Operator::Subtract => a.wrapping_sub(operand),
        Operator::Multiply => a.wrapping_mul(operand),
        Operator::Divide => a.checked_div(operand)?,
        Operator::Remainder => a.checked_rem(operand)?,
        Operator::Or => a | operand,
        Operator::And => a & operand,
        Operator::ExclusiveOr => a ^ operand,
        // The kernel looks at the low five bits of X only.
        Operator::ShiftLeft => a.wrapping_shl(operand),
        Operator::ShiftRight => a.wrapping_shr(operand),
    })
}

fn word(packet: &[u8], offset: u32) -> Option<u32> {
    bytes(packet, offset).map(u32::from_be_bytes)
}

fn half(packet: &[u8], offset: u32) -> Option<u32> {
    bytes(packet, offset).map(|bytes| u16::from_be_bytes(bytes).into())
}

fn byte(packet: &[u8], offset: u32) -> Option<u32> {
    packet.get(usize::try_from(offset).ok()?).copied().map(u32::from)
}

fn bytes<const N: usize>(packet: &[u8], offset: u32) -> Option<[u8; N]> {
    packet.get(usize::try_from(offset).ok()?..)?.first_chunk().copied()
}
