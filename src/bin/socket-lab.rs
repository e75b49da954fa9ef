//! `socket-lab`: the guided run; where it is not built, what to start instead.

use std::process::ExitCode;

#[cfg(all(feature = "sniffer", target_os = "linux"))]
fn main() -> ExitCode {
    socket_lab::cli::lab::main()
}

#[cfg(not(all(feature = "sniffer", target_os = "linux")))]
fn main() -> ExitCode {
    use std::io::Write as _;

    const WHAT_TO_START: &str = "\
socket-lab: the textbook's socket programming lab.

The guided run is not in this build: it takes Linux and the cargo feature
sniffer, which is on unless --no-default-features switches it off. The four
programs are here. Start a server in this terminal:

    cargo run --release --bin udp-server

It prints its serverIP and its Port. Start a client with both in a second
terminal:

    cargo run --release --bin udp-client -- -ip [serverIP] -p [Port]

Type a line in lowercase and press Return. Then the same with tcp-server and
tcp-client. Add -v behind -- to see the socket calls.
";
    match std::io::stdout().write_all(WHAT_TO_START.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
