//! `sniffer`: captures packets, records them, and explains every field of their headers.

use std::process::ExitCode;

fn main() -> ExitCode {
    socket_lab::cli::sniffer::main()
}
