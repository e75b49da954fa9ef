//! The list of interfaces.

use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use super::super::say::Say;
use super::file::unwritable;
use crate::capture::live::{ANY, interfaces};
use crate::escape::printable;

/// Prints the interfaces with addresses, state, and what each is good for.
#[must_use]
pub fn list(say: Say) -> ExitCode {
    let mut text = String::new();
    for interface in interfaces() {
        let addresses: Vec<String> = interface.addresses.iter().map(ToString::to_string).collect();
        let addresses = if addresses.is_empty() {
            "no address".to_owned()
        } else {
            addresses.join(", ")
        };
        let title = interface.to_string();
        text.push_str(&format_interface(
            &printable(title.as_bytes()),
            &addresses,
            interface.advice(),
        ));
    }
    text.push_str(&format_interface(
        ANY,
        "all of them",
        "when you do not know which one; VLAN tags and MACs are missing",
    ));
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => say.fail(&unwritable(&error)),
        _ => ExitCode::SUCCESS,
    }
}

fn format_interface(title: &str, addresses: &str, advice: &str) -> String {
    format!("{title}\n    {addresses}\n    {advice}\n")
}
