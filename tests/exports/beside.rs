//! What is read beside the capture: no output may replace it, and what is something else is named.

use super::{Folder, RECORDED, sniffer};

#[track_caller]
fn refused(arguments: &[&str], words: &str) {
    let ended = sniffer(&[&["-q", "-r", RECORDED], arguments].concat());
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(
        !ended.status.success() && errors.contains(words),
        "{arguments:?}: {errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn a_call_log_is_not_written_over() {
    const LOG: &str = "captures/tcp.calls.jsonl";
    let folder = Folder::new();
    let calls = folder.file("calls.jsonl");
    std::fs::copy(LOG, &calls).unwrap();
    for (option, file) in [("--html", "x.html"), ("-w", "x.pcapng"), ("--svg", "x.svg")] {
        let own = folder.file(file);
        std::os::unix::fs::symlink(&calls, &own).unwrap();
        let arguments = ["--calls", &calls, "--force", "--view", "ladder", option, &own];
        refused(&arguments, "the file that is being read");
    }
    assert_eq!(std::fs::read(&calls).unwrap(), std::fs::read(LOG).unwrap());
}

#[test]
fn what_the_kernels_knew_has_to_be_that_and_is_drawn_or_refused() {
    let folder = Folder::new();
    let [info, plot] = ["info.jsonl", "p.svg"].map(|name| folder.file(name));
    std::fs::write(&info, "").unwrap();
    refused(
        &["--tcp-info", &info, "--plot", &info, "--force"],
        "the file that is being read",
    );
    refused(&["--tcp-info", &info, "--view", "ladder"], "add --plot or --html");
    refused(
        &["--tcp-info", "captures/tcp.calls.jsonl", "--plot", &plot],
        "line 1 is not a sample of tcp_info",
    );
    refused(&["--tcp-info", &folder.file("none"), "--plot", &plot], "No such file");
    assert!(!std::fs::exists(&plot).unwrap());
}
