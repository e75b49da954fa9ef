//! What a test needs of the machine. A test that cannot run says so; where CI demands it, that is a failure.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Says that the calling test did not run, on the real standard error (the test runner keeps `eprintln!` to itself).
///
/// # Panics
/// When the variable `CI` is set: there everything has to run.
pub fn skip(why: &str) {
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    assert!(
        std::env::var_os("CI").is_none(),
        "{test} may not be skipped in CI: {why}"
    );
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

/// Is the tool there? If not, the calling test says that it is skipped.
pub fn tool(name: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {name}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        skip(&format!("{name} is not installed"));
    }
    found
}

/// Is there a browser, and what it is driven with?
pub fn browser() -> bool {
    let installed = std::path::Path::new("tests/browser/node_modules").is_dir();
    if !installed {
        skip("what drives the browser is not installed: npm ci --prefix tests/browser");
    }
    installed && tool("node") && tool("chromium")
}

/// Can a private network namespace be made, as root or as an ordinary user?
pub fn namespaces() -> bool {
    let made = super::in_empty_namespace(&Command::new("true"))
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !made {
        skip("no network namespace can be made here");
    }
    made
}

/// Is the test run by root?
pub fn root() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        skip("it has to be run by root");
    }
    root
}
