use super::super::machine::MEMORY;
use super::{FilterProgram, Instruction, LONGEST_FOR_FILES, ProgramError};

fn instruction(code: u16, jt: u8, jf: u8, k: u32) -> Instruction {
    Instruction { code, jt, jf, k }
}

const RET: Instruction = Instruction {
    code: 0x06,
    jt: 0,
    jf: 0,
    k: 7,
};
const RET_A: Instruction = Instruction {
    code: 0x16,
    jt: 0,
    jf: 0,
    k: 0,
};

/// What a program without jumps returns for these bytes.
fn run(codes: &[(u16, u32)], bytes: &[u8]) -> u32 {
    let steps = codes.iter().map(|&(code, k)| instruction(code, 0, 0, k));
    FilterProgram::new(steps.chain([RET_A]).collect())
        .unwrap()
        .run(bytes, 1000)
}

#[test]
fn an_instruction_is_laid_out_as_the_kernel_wants_it() {
    assert_eq!(size_of::<Instruction>(), 8);
    assert_eq!(std::mem::offset_of!(Instruction, k), 4);
}

#[test]
fn programs_that_do_not_end_are_refused() {
    let refused = |program: Vec<Instruction>| FilterProgram::new(program).unwrap_err();
    assert_eq!(refused(vec![]), ProgramError::Length(0));
    assert_eq!(
        refused(vec![RET; LONGEST_FOR_FILES + 1]),
        ProgramError::Length(LONGEST_FOR_FILES + 1)
    );
    assert!(FilterProgram::new(vec![RET; LONGEST_FOR_FILES]).is_ok());
    for last in [
        instruction(0x20, 0, 0, 0),
        instruction(0x05, 0, 0, 0),
        instruction(0x05, 0, 0, u32::MAX),
        instruction(0x15, 0, 0, 0),
    ] {
        assert_eq!(refused(vec![RET, last]), ProgramError::RunsOut { index: 1 });
    }
    for jump in [
        instruction(0x15, 1, 0, 0),
        instruction(0x15, 0, 255, 0),
        instruction(0x05, 0, 0, 1),
    ] {
        assert_eq!(refused(vec![jump, RET]), ProgramError::RunsOut { index: 0 });
        assert!(FilterProgram::new([vec![jump], vec![RET; 256]].concat()).is_ok());
    }
}

#[test]
fn impossible_instructions_are_refused() {
    let cells = u32::try_from(MEMORY).unwrap();
    for (code, k) in [
        (0x34, 0),     // div by the constant 0
        (0x94, 0),     // mod by the constant 0
        (0x64, 32),    // shift by 32 bits
        (0x74, 32),    // the same to the right
        (0x60, cells), // ld M[16]
        (0x02, cells), // st M[16]
        (0xffff, 0),
        (0x18, 0),
        (0xa0, 0),
    ] {
        let bad = instruction(code, 0, 0, k);
        let refused = FilterProgram::new(vec![bad, RET]);
        let expected = ProgramError::Unknown {
            index: 0,
            instruction: bad,
        };
        assert_eq!(refused, Err(expected));
    }
}

#[test]
fn a_load_behind_the_packet_rejects_it() {
    let bytes = [0x12, 0x34, 0x56, 0x78, 0x9a];
    for (code, size, at_end) in [(0x20, 4, 0x3456_789a), (0x28, 2, 0x789a), (0x30, 1, 0x9a)] {
        let last = 5 - size;
        assert_eq!(run(&[(code, last)], &bytes), at_end);
        for offset in [last + 1, 5, u32::MAX, 0xffff_f000] {
            assert_eq!(run(&[(0x00, 9), (code, offset)], &bytes), 0);
        }
        // The same through X, which must not wrap.
        let indexed = code + 0x20;
        assert_ne!(run(&[(0x01, last), (indexed, 0)], &bytes), 0);
        assert_eq!(run(&[(0x01, last), (indexed, 1)], &bytes), 0);
        assert_eq!(run(&[(0x01, 1), (indexed, u32::MAX)], &bytes), 0);
    }
    assert_eq!(run(&[(0x00, 9), (0xb1, 5)], &bytes), 0);
    assert_eq!(run(&[(0xb1, 0), (0x87, 0)], &[0x4f]), 60);
}

#[test]
fn it_computes() {
    for (code, a, x, expected) in [
        (0x0c, u32::MAX, 2, 1), // add
        (0x1c, 1, 2, u32::MAX), // sub
        (0x2c, 1 << 31, 2, 0),  // mul
        (0x3c, 7, 2, 3),        // div
        (0x3c, 7, 0, 0),        // div by zero rejects
        (0x9c, 7, 4, 3),        // mod
        (0x9c, 7, 0, 0),
        (0x4c, 5, 2, 7),  // or
        (0x5c, 7, 5, 5),  // and
        (0xac, 7, 5, 2),  // xor
        (0x6c, 1, 33, 2), // lsh
        (0x7c, 4, 1, 2),  // rsh
    ] {
        assert_eq!(run(&[(0x00, a), (0x01, x), (code, 0)], &[]), expected, "{code:#x}");
        if x != 0 && x < 32 {
            assert_eq!(
                run(&[(0x00, a), (code & !8, x)], &[]),
                expected,
                "{code:#x} by a constant"
            );
        }
    }
    assert_eq!(run(&[(0x00, 1), (0x84, 0)], &[]), u32::MAX, "neg");
    assert_eq!(run(&[(0x00, 5), (0x02, 3), (0x00, 0), (0x60, 3)], &[]), 5, "st, ld M");
    assert_eq!(
        run(&[(0x01, 5), (0x03, 3), (0x61, 3), (0x87, 0)], &[]),
        5,
        "stx, ldx M, txa"
    );
    assert_eq!(run(&[(0x80, 0)], &[]), 1000, "ld len");
    assert_eq!(run(&[(0x81, 0), (0x87, 0)], &[]), 1000, "ldx len");
    assert_eq!(run(&[(0x00, 5), (0x07, 0), (0x00, 0), (0x87, 0)], &[]), 5, "tax");
}

#[test]
fn it_jumps() {
    for (code, k, holds) in [
        (0x15, 5, true),
        (0x15, 6, false),
        (0x25, 4, true),
        (0x25, 5, false),
        (0x35, 5, true),
        (0x35, 6, false),
        (0x45, 4, true),
        (0x45, 2, false),
    ] {
        let end = |k| instruction(0x06, 0, 0, k);
        for by_x in [false, true] {
            let jump = if by_x {
                instruction(code | 8, 1, 0, 0)
            } else {
                instruction(code, 1, 0, k)
            };
            let program = vec![
                instruction(0x00, 0, 0, 5),
                instruction(0x01, 0, 0, k),
                jump,
                end(0),
                end(1),
            ];
            let program = FilterProgram::new(program).unwrap();
            assert_eq!(program.matches(&[], 0), holds, "{code:#x} {k}");
        }
    }
    let far = [
        vec![instruction(0x05, 0, 0, 300)],
        vec![instruction(0x06, 0, 0, 0); 300],
        vec![RET],
    ]
    .concat();
    assert_eq!(FilterProgram::new(far).unwrap().run(&[], 0), 7);
}
