//! The list of interfaces.

use super::ending::{self, Grace};
use super::outcome::Outcome;
use super::say::Say;
use super::stdout::put;
use crate::capture::live::{ANY, interfaces};
use crate::escape::printable;
use crate::os::cancel::CancelToken;

/// Prints the interfaces with addresses, state, and what each is good for.
///
/// # Errors
/// The system cannot list them, or standard output cannot be written: a line that says so.
pub fn list(cancel: &CancelToken, say: Say) -> Result<Outcome, String> {
    ending::watch(cancel, Grace::Whole, say, None)?;
    let mut text = String::new();
    for interface in interfaces().map_err(|error| error.to_string())? {
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
    put(text.as_bytes())?;
    Ok(Outcome::Complete)
}

fn format_interface(title: &str, addresses: &str, advice: &str) -> String {
    format!("{title}\n    {addresses}\n    {advice}\n")
}
