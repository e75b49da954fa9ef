//! The filter that the kernel runs: what comes before the caller's program, and what can replace it.

use super::Instruction;

/// The most instructions that the kernel takes: `BPF_MAXINSNS` of `linux/bpf_common.h`.
pub(super) const MOST_INSTRUCTIONS: usize = 4_096;

/// `BPF_LD | BPF_W | BPF_ABS`: loads a word; past `SKF_AD_OFF` it loads what the kernel knows about the frame.
const LOAD: u16 = 0x20;
/// `BPF_JMP | BPF_JEQ | BPF_K`: jumps if the accumulator equals the operand.
const JUMP_IF_EQUAL: u16 = 0x15;
/// `BPF_RET | BPF_K`: the verdict, in bytes to keep.
const RETURN: u16 = 0x06;
/// `SKF_AD_OFF + SKF_AD_PKTTYPE` of `linux/filter.h`.
const PACKET_TYPE: u32 = 0xffff_f004;
/// `SKF_AD_OFF + SKF_AD_IFINDEX`.
const INTERFACE_INDEX: u32 = 0xffff_f008;
/// `PACKET_OUTGOING` of `linux/if_packet.h`.
const OUTGOING: u32 = 4;

/// The program, preceded by the rule that of each loopback frame only the received copy is kept: a frame that loopback sends
/// is the same that it receives, and the kernel would show both.
///
/// Jumps in classic BPF are relative and go forwards, so the program works the same behind other instructions.
pub(super) fn without_sent_loopback(loopback: u32, program: &[Instruction]) -> Vec<Instruction> {
    let mut all = vec![
        (LOAD, 0, 0, PACKET_TYPE),
        (JUMP_IF_EQUAL, 0, 3, OUTGOING),
        (LOAD, 0, 0, INTERFACE_INDEX),
        (JUMP_IF_EQUAL, 0, 1, loopback),
        (RETURN, 0, 0, 0),
    ];
    all.extend(program);
    all
}

/// The program that lets everything pass, cut after `snaplen` bytes.
pub(super) fn everything(snaplen: u32) -> Vec<Instruction> {
    vec![(RETURN, 0, 0, snaplen)]
}

#[cfg(test)]
mod tests {
    use super::{everything, without_sent_loopback};

    #[test]
    fn the_rule_comes_first_and_everything_else_is_for_the_program_to_judge() {
        let program = [(0x28, 0, 0, 12), (0x06, 0, 0, 96)];
        let all = without_sent_loopback(7, &program);
        assert_eq!(all.len(), 7);
        assert_eq!(all[5..], program);
        // Both jumps that do not lead to the verdict "nothing" lead to the program's first instruction.
        assert_eq!(1 + 1 + usize::from(all[1].2), 5);
        assert_eq!(3 + 1 + usize::from(all[3].2), 5);
        assert_eq!(all[4], (0x06, 0, 0, 0));
        assert_eq!(without_sent_loopback(7, &everything(96))[5..], [(0x06, 0, 0, 96)]);
    }
}
