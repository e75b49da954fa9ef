//! What the benchmarks have in common: a namespace to run in, [`Spread`], the [`Machine`] and the section of the document.

mod machine;
mod spread;

use std::error::Error;
use std::fmt;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

pub(crate) use self::machine::Machine;
pub(crate) use self::spread::Spread;

/// Goes on in an empty network namespace with loopback up: the first call starts the program there once more, and returns
/// only if that fails.
pub(crate) fn in_namespace(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    if !arguments.iter().any(|argument| argument == "--inside") {
        let mut command = Command::new("unshare");
        command.arg("--net");
        if !nix::unistd::geteuid().is_root() {
            command.arg("--map-root-user");
        }
        command.arg(std::env::current_exe()?).args(arguments).arg("--inside");
        return Err(format!("unshare cannot be started: {}", command.exec()).into());
    }
    let up = Command::new("ip").args(["link", "set", "lo", "up"]).status()?;
    if up.success() {
        Ok(())
    } else {
        Err("ip link set lo up failed".into())
    }
}

/// Puts what a benchmark says into the document, in place of what it said before.
pub(crate) fn write(bench: &str, path: &Path, section: &impl fmt::Display) -> io::Result<()> {
    let begin = format!("<!-- cargo bench --bench {bench} -- --write: begin -->");
    let end = format!("<!-- cargo bench --bench {bench} -- --write: end -->");
    let old = std::fs::read_to_string(path)?;
    let (before, rest) = old.split_once(&begin).unwrap_or((&old, ""));
    let after = rest.split_once(&end).map_or("\n", |(_, after)| after);
    std::fs::write(path, format!("{before}{begin}\n{section}\n{end}{after}"))
}
