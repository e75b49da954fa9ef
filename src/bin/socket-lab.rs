//! `socket-lab`: says what to start.

use std::io::Write as _;
use std::process::ExitCode;

const WHAT_TO_START: &str = "\
socket-lab: the textbook's socket programming lab.

Start a server in this terminal:

    cargo run --release --bin udp-server

It prints its serverIP and its Port. Start a client with both in a second
terminal:

    cargo run --release --bin udp-client -- -ip [serverIP] -p [Port]

Type a line in lowercase and press Return. Then the same with tcp-server and
tcp-client. Add -v behind -- to see the socket calls. To see the packets too,
start in a third terminal, before the client:

    sudo target/release/sniffer -i lo -p [Port]
";

fn main() -> ExitCode {
    match std::io::stdout().write_all(WHAT_TO_START.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
