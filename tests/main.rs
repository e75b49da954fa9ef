//! The integration tests: one program, one module for each subject.
//!
//! `cargo test` runs all of them, `cargo test flow::` those of one module, `cargo test --test integration flow::` the same without
//! the other test programs. Two subjects need a program of their own: `privilege`, whose tests have to run in a
//! process of one thread, and `zz_skipped`, which runs last and prints what was skipped.
//!
//! All tests share this process, and several run at the same time. So a test changes nothing that belongs to the whole process:
//! no environment variable, current folder, limit, file mode mask or namespace. A test that has to do so runs in a process of its
//! own: `support::again`.
#![cfg(test)]
#![allow(
    unreachable_pub,
    reason = "what the modules of one subject share is pub, and the crate is a program"
)]

/// The questions of the courses: their answers, the key, the form; and the explanation of a field.
#[cfg(feature = "sniffer")]
mod answers;
/// The socket calls that the programs report, judged by strace.
mod call_log;
/// Captures of real traffic, in network namespaces, each through the ring and through pnet's channel.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod capture_live;
/// The project's captures, as README lists them and as every view shows them.
#[cfg(feature = "sniffer")]
mod captures;
/// The programs among many others: thousands of clients, services that answer each other, names with many addresses.
mod crowd;
/// The defects of the classic scripts: ours pass the check, and theirs fail.
mod defects;
/// The sentences about every packet of whole captures.
#[cfg(feature = "sniffer")]
mod explain;
/// Reports, pictures and diagrams, judged by a browser, an XML parser and Mermaid.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod exports;
/// Errors of system calls while clients are served, injected by strace.
#[cfg(target_os = "linux")]
mod faults;
/// Filters, judged by tcpdump and by the kernel.
#[cfg(feature = "sniffer")]
mod filter;
/// The first command of README.md: the run that is kept, today's run, and the pictures.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod first_run;
/// Conversations, judged by tshark.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod flow;
/// What the sniffer prints of recorded captures, text by text.
#[cfg(feature = "sniffer")]
mod golden;
/// The guided runs of `socket-lab`: output, recordings, ends.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod guided;
/// `--help` and `--help-all` of each program.
mod help;
/// docs/install.md, each command of it.
#[cfg(all(feature = "manuals", feature = "sniffer", target_os = "linux"))]
mod install;
/// Our programs with the classic ones in Python and with netcat, in both directions.
mod interop;
/// The view `json` against its published schema.
#[cfg(feature = "sniffer")]
mod json;
/// The lab's two screens: what each program prints, and how it ends.
mod lab;
/// docs/lessons, the teacher's notes and docs/handing-out.md, each command of them.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod lessons;
/// The licences of the project and of its dependencies.
mod licences;
/// Limits of resources, a full disk, odd surroundings, a clock that jumps.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod limits;
/// Two captures of one exchange, made at both ends of a real path.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod other_end;
/// README.md, docs/programs.md, docs/sniffer.md and docs/two-captures.md, each command of them.
mod readme;
/// Capture files, judged by tshark, capinfos and tcpdump.
#[cfg(feature = "sniffer")]
mod record;
/// UDP requests and their replies, ICMP errors, and single sentences that were wrong once.
#[cfg(feature = "sniffer")]
mod requests;
/// Any input: bytes that were changed, cut, or never were a capture.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod robustness;
/// The program `sniffer`: output, recordings, ends, privileges.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod sniffer;
/// The shape of the tree, compared with what the documents say about it.
mod structure;
/// What the tests share: starting programs, tools that may be missing, namespaces.
mod support;
/// A terminal's text as a picture.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod terminal_svg;
/// The programs' packets as tcpdump and tshark see them.
mod trace;
/// Bad input and errors: one clear line each, and the right exit status.
mod trouble;
/// `socket-lab wire`: two hosts and a wire that loses.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
mod two_hosts;
/// Every field's name, place, length and value, judged by tshark.
#[cfg(feature = "sniffer")]
mod wire_tshark;
/// The Wireshark profile, judged by tshark.
mod wireshark_profile;
