//! Where the files go, whose they are, and what is refused.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::process::Stdio;

use super::stage::{Ended, NOBODY, TestFolder, count, ready};
use crate::support::{Tool, need, needs, path_of_ours, tool};

#[test]
fn a_folder_that_cannot_be_written_is_said_before_anything_runs() {
    if !ready() {
        return;
    }
    let Some(place) = TestFolder::of_nobody() else { return };
    if !needs::root() {
        return;
    }
    // The working folder is root's again.
    chown(place.path(), Some(0), Some(0)).unwrap();
    let ended = place.ran(&[]);
    assert!(
        ended
            .one_line()
            .contains("cannot write captures/latest: Permission denied; "),
        "{ended:?}"
    );
    let ended = place.ran(&["-o", "/root/nothing"]);
    assert!(
        ended
            .one_line()
            .contains("cannot write /root/nothing: Permission denied; "),
        "{ended:?}"
    );
    let ended = place.ran(&["-o", "/proc/nothing"]);
    assert!(ended.one_line().contains("cannot write /proc/nothing: "), "{ended:?}");
    // A folder that is there, and closed.
    fs::create_dir(place.path().join("closed")).unwrap();
    let ended = place.ran(&["-o", "closed"]);
    assert!(
        ended
            .one_line()
            .contains("cannot write closed/tcp.pcapng: Permission denied; "),
        "{ended:?}"
    );
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn captures_latest_is_replaced_and_a_named_folder_only_by_force() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    fs::create_dir_all(place.latest("")).unwrap();
    fs::write(place.latest("udp.pcapng"), "old").unwrap();
    fs::write(place.latest("mine.txt"), "mine").unwrap();
    place.ran(&["udp"]).fine();
    assert_eq!(count(&place.latest("udp.pcapng"), "udp"), 2);
    assert_eq!(fs::read_to_string(place.latest("mine.txt")).unwrap(), "mine");

    place.ran(&["udp", "-o", "a/b"]).fine();
    assert_eq!(count(&place.path().join("a/b/udp.pcap"), "udp"), 2);
    let before = fs::read(place.path().join("a/b/udp.calls.jsonl")).unwrap();
    let ended = place.ran(&["udp", "-o", "a/b"]);
    let said = ended.one_line();
    assert!(
        said.contains("a/b/udp.pcapng exists already") && said.contains("--force"),
        "{said}"
    );
    assert_eq!(fs::read(place.path().join("a/b/udp.calls.jsonl")).unwrap(), before);
    place.ran(&["udp", "-o", "a/b", "--force"]).fine();
    assert_ne!(fs::read(place.path().join("a/b/udp.calls.jsonl")).unwrap(), before);
    // Another run's files have other names.
    place.ran(&["empty", "-o", "a/b"]).fine();
    assert_eq!(fs::read_dir(place.path().join("a/b")).unwrap().count(), 8);
}

#[test]
fn a_symbolic_link_leads_nowhere() {
    if !ready() {
        return;
    }
    for link in ["captures", "captures/latest", "named"] {
        let place = TestFolder::new();
        let target = place.path().join("target");
        fs::create_dir(&target).unwrap();
        let link = place.path().join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(&target, &link).unwrap();
        let arguments: &[&str] = if link.ends_with("named") {
            &["udp", "-o", "named"]
        } else {
            &["udp"]
        };
        let ended = place.ran(arguments);
        assert!(ended.one_line().contains("it is a symbolic link"), "{ended:?}");
        assert_eq!(fs::read_dir(&target).unwrap().count(), 0);
    }
    let place = TestFolder::new();
    let precious = place.path().join("precious");
    fs::write(&precious, "precious").unwrap();
    fs::create_dir_all(place.latest("")).unwrap();
    for name in ["udp.pcapng", "udp.calls.jsonl"] {
        symlink(&precious, place.latest(name)).unwrap();
    }
    place.ran(&["udp"]).fine();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert!(!place.latest("udp.pcapng").is_symlink());
}

#[test]
fn without_proc_the_folder_is_said_to_be_out_of_reach_and_why() {
    if !ready() || !needs::root() || !need(Tool::Mount) {
        return;
    }
    let place = TestFolder::new();
    let mut without = tool(Tool::Unshare);
    without.args(["--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"]);
    without
        .arg(place.command(&[]).get_program())
        .args(["udp", "-o", "mine"]);
    let ended = Ended::from(place.as_user(&mut without).output().unwrap());
    assert!(
        ended.one_line().contains("cannot write mine: /proc is not mounted"),
        "{ended:?}"
    );
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_in_place_of_a_file_is_said() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    fs::create_dir_all(place.latest("udp.pcap")).unwrap();
    let ended = place.ran(&["udp"]);
    assert!(ended.one_line().contains("a folder has that name"), "{ended:?}");
    assert_eq!(
        fs::read_dir(place.latest("")).unwrap().count(),
        1,
        "no half of a run is left"
    );
    fs::write(place.path().join("file"), "").unwrap();
    let ended = place.ran(&["udp", "-o", "file"]);
    assert!(
        ended.one_line().contains("cannot write file: it is not a folder"),
        "{ended:?}"
    );
}

#[test]
fn under_sudo_the_files_are_the_callers_and_so_are_the_limits() {
    if !needs::root() || !ready() {
        return;
    }
    let place = TestFolder::new();
    chown(place.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let id = NOBODY.to_string();
    for run in ["udp", "syn-scan", "close", "long"] {
        let mut command = place.command(&[run]);
        let output = command.env("SUDO_UID", &id).env("SUDO_GID", &id).output().unwrap();
        Ended::from(output).fine();
        for path in [
            place.latest(&format!("{run}.pcapng")),
            place.latest(""),
            place.path().join("captures"),
        ] {
            let found = fs::metadata(&path).unwrap();
            assert_eq!((found.uid(), found.gid()), (NOBODY, NOBODY), "{}", path.display());
        }
    }
    let closed = TestFolder::new();
    let output = closed
        .command(&["udp"])
        .env("SUDO_UID", &id)
        .env("SUDO_GID", &id)
        .output()
        .unwrap();
    let ended = Ended::from(output);
    assert!(ended.one_line().contains("Permission denied"), "{ended:?}");
}

#[test]
fn a_full_disk_is_said_and_leaves_no_half_file() {
    if !needs::root() || !ready() || !need(Tool::Mount) {
        return;
    }
    let place = TestFolder::new();
    let disk = place.path().join("disk");
    fs::create_dir(&disk).unwrap();
    // Room for names, and for less than the run's packets.
    let scene = "mount -t tmpfs -o size=16k,nr_inodes=20 tmpfs disk && \"$0\" long -o disk/out > told.txt; \
                 code=$?; ls -A disk disk/out > left.txt 2> /dev/null; exit $code";
    let mut command = tool(Tool::Unshare);
    command.args(["--mount", "sh", "-c", scene, path_of_ours("socket-lab")]);
    let output = place.as_user(&mut command).output().unwrap();
    let ended = Ended::from(output);
    assert_eq!((ended.code, ended.errors.lines().count()), (Some(1), 1), "{ended:?}");
    assert!(
        ended
            .errors
            .contains("writing disk/out/long.pcapng failed: No space left on device"),
        "{ended:?}"
    );
    let left = fs::read_to_string(place.path().join("left.txt")).unwrap();
    assert!(
        !left.contains("long.pcap") && !left.lines().any(|name| name.starts_with('.')),
        "{left}"
    );
    let told = fs::read_to_string(place.path().join("told.txt")).unwrap();
    assert!(
        told.contains("A line of 64 KiB"),
        "the story is told all the same: {told}"
    );
}

#[test]
fn two_runs_at_once_leave_whole_files() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let start = || {
        let mut command = place.command(&[]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running = [start(), start(), start()];
    for one in running {
        Ended::from(one.wait_with_output().unwrap()).fine();
    }
    assert_eq!(count(&place.latest("udp.pcapng"), "udp"), 2);
    assert_eq!(count(&place.latest("tcp.pcap"), "tcp.flags.syn == 1"), 2);
    assert_eq!(fs::read_dir(place.latest("")).unwrap().count(), 8);
}
