//! A real browser, driven by the scripts of tests/browser.

use super::{Tool, needs, tool};

/// Runs a script of tests/browser, which has to say "ok".
#[track_caller]
pub fn browser(script: &str, arguments: &[&str]) {
    if !needs::browser() {
        return;
    }
    let script = format!("tests/browser/{script}.mjs");
    let ended = tool(Tool::Node).arg(&script).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(
        ended.status.success() && said.starts_with("ok "),
        "{script} {arguments:?}: {said}{errors}"
    );
}
