//! The limits of prlimit(1), that are those of the shell's `ulimit`.

use super::stage::{RUNS, ended, run, works_or_says};
use crate::support::{Tool, need, need_all, path_of_ours, tool};

#[test]
fn few_open_files_are_enough_or_it_is_said() {
    if !need(Tool::Prlimit) {
        return;
    }
    for most in ["20", "14", "12", "11", "10", "9", "8", "7", "6", "5", "4"] {
        for words in RUNS {
            let output = run(&[&format!("--nofile={most}")], words);
            let what = format!("{most} files: {words:?}");
            works_or_says(&output, &what);
            // What has nothing to do with files does not come up as the cause.
            let said = String::from_utf8_lossy(&output.stderr);
            let is_of_files = said.is_empty() || said.contains("ulimit -n") || said.contains("refused");
            assert!(is_of_files, "{what}: {said}");
        }
    }
}

/// Listing the interfaces takes a file of its own. If there is none left, the error is about files, not about a missing interface.
#[test]
fn too_few_open_files_do_not_hide_the_interfaces() {
    if !need(Tool::Prlimit) {
        return;
    }
    let asked: [&[&str]; 5] = [
        &["sniffer", "-q", "-i", "lo", "-c", "1", "--duration", "0.1"],
        &["sniffer", "-q", "-i", "lo", "-c", "1", "--duration", "0.1", "tcp"],
        &["sniffer", "-D"],
        &["sniffer", "--extcap-interfaces"],
        &["sniffer", "--extcap-interface", "socketlab-lo", "--extcap-dlts"],
    ];
    let mut refused = 0;
    for most in 4..=20 {
        for words in asked {
            let output = run(&[&format!("--nofile={most}")], words);
            let what = format!("{most} files: {words:?}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!said.contains("no interface"), "{what}: {said}");
            if output.status.success() {
                let listed = String::from_utf8_lossy(&output.stdout);
                assert!(
                    listed.is_empty() || listed.contains("lo") || listed.contains("Ethernet"),
                    "{what}: {listed}"
                );
                continue;
            }
            assert!(
                said.contains("ulimit -n") || said.contains("CAP_NET_RAW"),
                "{what}: {said}"
            );
            refused += usize::from(said.contains("cannot list the interfaces of this machine: Too many open files"));
        }
    }
    assert!(refused > 0);
}

/// Limits of data and of addresses, down to where a program cannot even be loaded.
#[test]
fn little_memory_is_enough_or_it_is_said() {
    if !need(Tool::Prlimit) {
        return;
    }
    for limit in ["--as=104857600", "--as=67108864", "--data=67108864", "--data=8388608"] {
        for words in RUNS {
            works_or_says(&run(&[limit], words), &format!("{limit}: {words:?}"));
        }
    }
}

/// Where memory runs out in the middle of work, nothing aborts: one line, status 1.
#[test]
fn no_memory_left_is_said_in_a_line() {
    if !need(Tool::Prlimit) {
        return;
    }
    let words = ["sniffer", "-q", "-r", "captures/long.pcapng", "--html", "FOLDER"];
    let output = run(&["--data=1048576"], &words);
    works_or_says(&output, "1 MiB");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.starts_with("error: no memory for ") && said.contains("ulimit -v"),
        "{said}"
    );
}

/// No process and no thread may be started.
#[test]
fn no_further_process_is_enough_or_it_is_said() {
    if !need_all(&[Tool::Prlimit, Tool::Setpriv]) {
        return;
    }
    let is_root = nix::unistd::geteuid().is_root();
    for most in ["1", "2", "3"] {
        for words in RUNS.iter().filter(|words| !is_root || !words.contains(&"FOLDER")) {
            let limit = format!("--nproc={most}");
            let mut command = if is_root {
                // Root has no such limit. A user of whom nothing else runs: the limit counts all processes of a user.
                let mut command = tool(Tool::Setpriv);
                command.args(["--reuid=61234", "--regid=61234", "--clear-groups", "prlimit"]);
                command
            } else {
                tool(Tool::Prlimit)
            };
            command.arg(&limit).arg(path_of_ours(words[0]));
            works_or_says(&ended(command, words), &format!("{limit}: {words:?}"));
        }
    }
}
