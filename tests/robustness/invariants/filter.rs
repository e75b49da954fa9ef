//! Any text as a filter, any instructions as a program, any bytes as the packet that they are asked about.

use socket_lab::filter::{
    Filter, FilterProgram, FragmentPolicy, Instruction, LONGEST, LONGEST_FOR_FILES, NoResolver, Target,
};

use super::frame::{LINKS, link};
use super::shown::assert_line;

/// So much of a packet is kept that passes.
const SNAPSHOT: u32 = 262_144;

/// A fuzzer's input: target, link type, the text up to a zero byte, the packet.
pub fn check_input(input: &[u8]) {
    let Some((&[target, kind], rest)) = input.split_first_chunk() else {
        return;
    };
    let (text, packet) = rest.split_at(rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len()));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let fragments = if target & 0x80 == 0 {
        FragmentPolicy::Drop
    } else {
        FragmentPolicy::Keep
    };
    let target = match target % 4 {
        0 | 1 => Target::File(link(kind)),
        2 => Target::Socket(link(kind)),
        _ => Target::CookedSocket {
            header: [16, 20][usize::from(kind % 2)],
            loopback: (kind & 2 != 0).then_some(1),
        },
    };
    check(text, target, fragments, packet);
}

/// The text is read or refused in a line. What is read means the same when it is written out, and its program passes the
/// checks, asks forwards only, and gives one of two answers.
pub fn check(text: &str, target: Target, fragments: FragmentPolicy, packet: &[u8]) {
    let filter = match Filter::parse(text, &NoResolver) {
        Ok(filter) => filter,
        Err(error) => return assert_line(&error.to_string(), "filter"),
    };
    let written = filter.to_string();
    assert_line(&written, "filter");
    assert_eq!(
        Filter::parse(&written, &NoResolver).as_ref(),
        Ok(&filter),
        "{text:?} became {written:?}"
    );
    let program = match filter.compile(target, SNAPSHOT, fragments) {
        Ok(program) => program,
        Err(error) => return assert_line(&error.to_string(), "filter"),
    };
    let most = if matches!(target, Target::File(_)) {
        LONGEST_FOR_FILES
    } else {
        LONGEST
    };
    assert!(program.instructions().len() <= most);
    assert_eq!(
        FilterProgram::new(program.instructions().to_vec()).as_ref(),
        Ok(&program)
    );
    for length in [0, packet.len() / 2, packet.len()] {
        let kept = program.run(&packet[..length], u32::try_from(packet.len()).unwrap());
        assert!(kept == 0 || kept == SNAPSHOT, "{kept}");
    }
}

/// Every link type as a file, on a text.
pub fn check_all(text: &str, packet: &[u8]) {
    for link in LINKS {
        for fragments in [FragmentPolicy::Drop, FragmentPolicy::Keep] {
            check(text, Target::File(link), fragments, packet);
            check(text, Target::Socket(link), fragments, packet);
        }
    }
    for (header, loopback) in [(16, None), (20, Some(1))] {
        check(
            text,
            Target::CookedSocket { header, loopback },
            FragmentPolicy::Drop,
            packet,
        );
    }
}

/// A fuzzer's input: how many instructions (1 byte), they, the packet. What passes the checks ends for every packet.
pub fn check_program(input: &[u8]) {
    let Some((&count, rest)) = input.split_first() else {
        return;
    };
    let (code, packet) = rest.split_at(rest.len().min(usize::from(count) * 8));
    let instructions = code.chunks_exact(8).map(|bytes| Instruction {
        code: u16::from_be_bytes([bytes[0], bytes[1]]),
        jt: bytes[2],
        jf: bytes[3],
        k: u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
    });
    match FilterProgram::new(instructions.collect()) {
        Ok(program) => {
            let _ = program.run(packet, u32::try_from(packet.len()).unwrap());
        }
        Err(error) => assert_line(&error.to_string(), "program"),
    }
}
