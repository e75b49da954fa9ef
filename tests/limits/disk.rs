//! A disk without room.

use std::fs;

use crate::support::{Tool, need_all, needs, path_of_ours, tool};

#[test]
fn a_full_disk_keeps_what_is_said_to_be_kept() {
    if !needs::root() || !need_all(&[Tool::Unshare, Tool::Mount]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (long, sniffer) = (
        fs::canonicalize("captures/long.pcapng").unwrap(),
        path_of_ours("sniffer"),
    );
    // 100 KiB have room for a part of the capture; then the program that reads counts what is there.
    let script = format!(
        "mount -t tmpfs -o size=100k tmpfs {0} && cd {0} && {sniffer} -q -r {1} -w part.pcapng; echo $?; \
         {sniffer} -r part.pcapng --view summary",
        folder.path().display(),
        long.display()
    );
    let mut command = tool(Tool::Unshare);
    let output = command.args(["--mount", "sh", "-c", &script]).output().unwrap();
    let (shown, said) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let mut lines = shown.lines();
    assert_eq!(lines.next(), Some("1"), "{said}");
    let whole = format!("packets whole in it: {};", lines.count());
    assert!(said.contains(&whole) && said.contains("make room"), "{said}\n{whole}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
