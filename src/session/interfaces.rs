//! The list of interfaces.

use std::process::ExitCode;

use super::ending::{self, Grace};
use super::say::Say;
use super::stdout::answer;
use crate::capture::live::{ANY, interfaces};
use crate::escape::printable;
use crate::os::cancel::CancelToken;

/// Prints the interfaces with addresses, state, and what each is good for.
#[must_use]
pub fn list(stop: &CancelToken, say: Say) -> ExitCode {
    if let Err(line) = ending::watch(stop, Grace::Whole, say, None) {
        return say.fail(&line);
    }
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
    answer(&text, say)
}

fn format_interface(title: &str, addresses: &str, advice: &str) -> String {
    format!("{title}\n    {addresses}\n    {advice}\n")
}
