//! What a test needs of the machine. A test that cannot run counts as skipped; where CI demands it, that is a failure.

use std::process::Stdio;

use super::tools::{Tool, essential, need};
use super::{in_empty_namespace, skipped};

/// Something that the machine lacks, so that a test cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A program.
    Program(Tool),
    /// The packages that drive a browser.
    BrowserDriver,
    /// The scripts with which bash completes arguments.
    BashCompletion,
    /// The test has to be run by root.
    Root,
    /// Network namespaces of the test's own.
    NetworkNamespaces,
    /// User namespaces made by an ordinary user.
    UserNamespaces,
    /// A folder of captures of others.
    Corpus,
    /// A part of the kernel, of the file system or of the processor.
    Part(&'static str),
}

impl Missing {
    /// What is missing, as the end of "these tests need …".
    pub fn what(self) -> String {
        match self {
            Self::Program(tool) => tool.program().to_owned(),
            Self::BrowserDriver => "tests/browser/node_modules".to_owned(),
            Self::BashCompletion => "bash-completion".to_owned(),
            Self::Root => "root".to_owned(),
            Self::NetworkNamespaces => "network namespaces".to_owned(),
            Self::UserNamespaces => "user namespaces for ordinary users".to_owned(),
            Self::Corpus => "SOCKET_LAB_CORPUS".to_owned(),
            Self::Part(what) => what.to_owned(),
        }
    }

    /// How to get it.
    pub fn remedy(self) -> String {
        match self {
            Self::Program(tool) => format!("apt install {}", tool.package()),
            Self::BrowserDriver => "npm ci --prefix tests/browser".to_owned(),
            Self::BashCompletion => "apt install bash-completion".to_owned(),
            Self::Root => "sudo env PATH=\"$PATH\" cargo test".to_owned(),
            Self::NetworkNamespaces => "run as root, or sysctl user.max_user_namespaces=10000".to_owned(),
            Self::UserNamespaces => "sysctl user.max_user_namespaces=10000".to_owned(),
            Self::Corpus => "a folder of captures of others, in this variable".to_owned(),
            Self::Part(_) => "another machine".to_owned(),
        }
    }
}

/// Counts the calling test as skipped.
///
/// # Panics
/// When the variable `CI` is set: there everything has to run. The captures of others are the exception.
pub fn skip(missing: Missing) {
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    assert!(
        std::env::var_os("CI").is_none() || missing == Missing::Corpus,
        "{test} may not be skipped in CI: it needs {}",
        missing.what()
    );
    skipped::record(&test, missing);
}

/// The folder of captures of others.
pub fn corpus() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("SOCKET_LAB_CORPUS");
    if folder.is_none() {
        skip(Missing::Corpus);
    }
    folder.map(Into::into)
}

/// Is there a browser, and what it is driven with?
#[must_use = "without a browser the test has to return"]
pub fn browser() -> bool {
    let installed = std::path::Path::new("tests/browser/node_modules").is_dir();
    if !installed {
        skip(Missing::BrowserDriver);
    }
    installed && need(Tool::Node) && need(Tool::Chromium)
}

/// Can a private network namespace be made, as root or as an ordinary user?
#[must_use = "without namespaces the test has to return"]
pub fn namespaces() -> bool {
    if !need(Tool::Unshare) {
        return false;
    }
    let made = in_empty_namespace(&essential("true"))
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !made {
        skip(Missing::NetworkNamespaces);
    }
    made
}

/// Is the test run by root?
#[must_use = "without root the test has to return"]
pub fn root() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        skip(Missing::Root);
    }
    root
}
