//! The advice if the right to capture is missing: one line, with commands that work as they are printed.

use std::ffi::OsStr;

use crate::escape::shell::quoted;

/// The sniffer may not capture on this interface.
pub(super) fn sniffer_lacks_it(interface: &str) -> String {
    #[cfg(target_os = "linux")]
    let possible = crate::privilege::capturing_is_possible();
    #[cfg(not(target_os = "linux"))]
    let possible = true;
    line_of_sniffer(
        interface,
        &Invocation::now("sniffer"),
        &beside_this_program("socket-lab"),
        possible,
    )
}

fn line_of_sniffer(interface: &str, called: &Invocation, lab: &str, possible: bool) -> String {
    let Invocation { program, command } = called;
    let next = if possible {
        format!(
            "type 'sudo {command}', or once 'sudo setcap cap_net_raw+ep {program}', or run '{lab}', which needs no root on most systems"
        )
    } else {
        // Neither root nor a mark on the file brings back what the whole container lacks.
        "not even root has it here: start the container with --cap-add=NET_RAW, or use a private network: 'unshare -rn'"
            .to_owned()
    };
    format!("cannot capture on {interface}: the capability CAP_NET_RAW is missing; {next}")
}

/// How this program was called.
pub struct Invocation {
    /// Its path.
    pub program: String,
    /// The program with its arguments.
    pub command: String,
}

impl Invocation {
    /// From the words of its command line; `name` is used if its path is unknown.
    #[must_use]
    pub fn now(name: &str) -> Self {
        Self::with(
            &this_program(name),
            std::env::args_os().skip(1).map(|word| quoted(&word)),
        )
    }

    /// With these arguments.
    #[must_use]
    pub fn with(program: &str, arguments: impl IntoIterator<Item = String>) -> Self {
        let words = std::iter::once(program.to_owned()).chain(arguments);
        Self {
            program: program.to_owned(),
            command: words.collect::<Vec<_>>().join(" "),
        }
    }
}

/// The path of the running program as a shell takes it: sudo and setcap do not search where a user's own programs are.
#[must_use]
pub fn this_program(name: &str) -> String {
    let path = std::env::current_exe();
    quoted(path.as_deref().map_or(OsStr::new(name), std::path::Path::as_os_str))
}

/// The path of a program of ours as a shell takes it: beside this one, else only its name.
fn beside_this_program(name: &str) -> String {
    let beside = std::env::current_exe().ok().map(|path| path.with_file_name(name));
    let found = beside.filter(|path| path.is_file());
    quoted(found.as_deref().map_or(OsStr::new(name), std::path::Path::as_os_str))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{Invocation, line_of_sniffer};

    #[test]
    fn the_documentation_shows_the_lines() {
        let documentation = include_str!("../../docs/privileges.md").replace("\n    ", " ");
        let called = Invocation::with("/usr/local/bin/sniffer", ["-i lo".to_owned()]);
        for possible in [true, false] {
            let line = line_of_sniffer("lo", &called, "/usr/local/bin/socket-lab", possible);
            assert!(documentation.contains(&line), "{line}");
        }
    }
}
