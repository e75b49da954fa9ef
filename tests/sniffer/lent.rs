//! What others can do to a program that runs with rights lent by sudo, and what it says where these cannot be given up.

use std::fs::{self, File, Permissions};
use std::net::UdpSocket;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::stage::{Ended, Folder, ORDINARY, OUTPUTS, clean, in_one_namespace, readable};
use crate::support::{Tool, essential, need, needs, ours, shell, tool};

/// Another user, who prepares the folder.
const ANOTHER: u32 = 54_321;

/// A program of ours as sudo starts it for the ordinary user.
fn lent(name: &str, arguments: &[&str]) -> Command {
    let mut command = ours(name);
    clean(&mut command);
    let id = ORDINARY.to_string();
    command.env("SUDO_UID", &id).env("SUDO_GID", &id);
    command.args(arguments).stdin(Stdio::null());
    command
}

fn ended(command: &mut Command) -> Ended {
    Ended::from(command.output().unwrap())
}

/// One line that says what failed and what to do.
#[track_caller]
fn assert_one_line(ended: &Ended, words: &str) {
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
    assert!(
        ended.errors.starts_with("error: ") && ended.errors.contains("; "),
        "{ended:?}"
    );
    assert!(ended.errors.contains(words), "no {words:?}: {ended:?}");
}

/// A folder that everybody may write to, as /tmp, and one that is root's alone with a file in it.
struct TestFolder {
    shared: Folder,
    roots: Folder,
    precious: PathBuf,
    capture: PathBuf,
}

impl TestFolder {
    fn new() -> Self {
        let (shared, roots) = (Folder::new(), Folder::new());
        fs::set_permissions(shared.path(), Permissions::from_mode(0o1777)).unwrap();
        let precious = roots.with("precious", b"root's\n");
        fs::set_permissions(&precious, Permissions::from_mode(0o600)).unwrap();
        let capture = shared.capture(3);
        fs::set_permissions(&capture, Permissions::from_mode(0o644)).unwrap();
        Self {
            shared,
            roots,
            precious,
            capture,
        }
    }

    /// Puts this in place of an output.
    fn trap(&self, kind: &str, path: &Path) {
        match kind {
            "link" => symlink(&self.precious, path).unwrap(),
            "hard link" => fs::hard_link(&self.precious, path).unwrap(),
            "pipe" => {
                mkfifo(path, Mode::from_bits_truncate(0o666)).unwrap();
                fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
                chown(path, Some(ANOTHER), Some(ANOTHER)).unwrap();
            }
            _ => {
                fs::write(path, "theirs\n").unwrap();
                fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
                chown(path, Some(ANOTHER), Some(ANOTHER)).unwrap();
            }
        }
    }

    /// Nothing of root's was touched, and nothing was made beside it.
    #[track_caller]
    fn assert_untouched(&self) {
        assert_eq!(fs::read(&self.precious).unwrap(), b"root's\n");
        assert_eq!(fs::read_dir(self.roots.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_call_log_goes_nowhere_that_its_user_may_not_write() {
    if !needs::root() {
        return;
    }
    in_one_namespace(|| {
        let place = TestFolder::new();
        for (kind, words) in [
            ("link", "Permission denied"),
            ("hard link", "Permission denied"),
            ("pipe", "another user"),
            ("file", "another user"),
        ] {
            let path = place.shared.file("log.jsonl");
            place.trap(kind, &path);
            // Who made the pipe reads it, and would get what is written.
            let reader = (kind == "pipe").then(|| File::options().read(true).write(true).open(&path).unwrap());
            let log = path.to_str().unwrap();
            for program in ["tcp-server", "udp-server"] {
                let failed = ended(&mut lent(program, &["-p", "80", "--calls", log]));
                assert_one_line(&failed, words);
            }
            for program in ["tcp-client", "udp-client"] {
                let failed = ended(&mut lent(program, &["-ip", "127.0.0.1", "-p", "80", "--calls", log]));
                assert_one_line(&failed, words);
            }
            place.assert_untouched();
            if kind == "file" {
                assert_eq!(fs::read(&path).unwrap(), b"theirs\n");
            }
            drop(reader);
            fs::remove_file(&path).unwrap();
        }
        let way = place.shared.file("way");
        symlink(place.roots.path(), &way).unwrap();
        let log = way.join("log.jsonl");
        let failed = ended(&mut lent("tcp-server", &["-p", "80", "--calls", log.to_str().unwrap()]));
        assert_one_line(&failed, "Permission denied");
        place.assert_untouched();
    });
}

#[test]
fn a_link_on_the_way_to_an_output_leads_no_further_than_its_user_may_go() {
    if !needs::root() {
        return;
    }
    in_one_namespace(|| {
        let place = TestFolder::new();
        let way = place.shared.file("way");
        symlink(place.roots.path(), &way).unwrap();
        let capture = place.capture.to_str().unwrap();
        for (option, file) in OUTPUTS {
            let path = way.join(file);
            let path = path.to_str().unwrap();
            for source in [["-r", capture], ["-c", "1"]] {
                let arguments = [source[0], source[1], option, path, "--force"];
                let failed = ended(&mut lent("sniffer", &arguments));
                assert_eq!(failed.code, Some(1), "{option}: {failed:?}");
                assert!(failed.errors.contains("Permission denied"), "{option}: {failed:?}");
                place.assert_untouched();
            }
        }
        let run = way.join("run");
        let failed = ended(&mut lent("socket-lab", &["udp", "-o", run.to_str().unwrap()]));
        assert_one_line(&failed, "Permission denied");
        place.assert_untouched();
    });
}

#[test]
fn what_root_alone_can_read_is_refused_with_the_command_that_reads_it() {
    if !needs::root() {
        return;
    }
    let folder = Folder::new();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    for name in ["plain.pcap", "with a blank and 'quotes'.pcap"] {
        let path = folder.file(name);
        fs::copy(folder.capture(3), &path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        for arguments in [
            ["-r", path.to_str().unwrap()].as_slice(),
            &["--explain", "ttl", "-r", path.to_str().unwrap()],
        ] {
            let refused = ended(&mut lent("sniffer", arguments));
            assert_one_line(&refused, "root's rights are given up before a file is opened");
            let (_, rest) = refused.errors.split_once("is opened: '").unwrap();
            let (typed, _) = rest.rsplit_once("' reads it").unwrap();
            // Root, which runs this test, needs no sudo for it.
            let typed = typed.strip_prefix("sudo ").unwrap();
            let read = ended(&mut shell(&format!("{typed} --view summary")));
            assert_eq!(
                (read.code, read.output.lines().count()),
                (Some(0), 3),
                "{typed}: {read:?}"
            );
        }
    }
    // A user who is not lent anything gets no such advice.
    let path = folder.file("plain.pcap");
    let mut command = ours("sniffer");
    clean(&mut command);
    let read = ended(command.args(["-q", "-r"]).arg(path));
    assert_eq!(read.code, Some(0), "{read:?}");
}

#[test]
fn variables_that_do_not_say_whom_to_become_end_every_program() {
    if !needs::root() {
        return;
    }
    let all: [(&str, &[&str]); 7] = [
        ("sniffer", &["-D"]),
        ("sniffer", &["--man"]),
        ("sniffer", &["--extcap-interfaces"]),
        ("socket-lab", &[]),
        ("tcp-server", &[]),
        ("udp-client", &["-ip", "127.0.0.1", "-p", "1"]),
        ("udp-server", &["--help"]),
    ];
    for (program, arguments) in all {
        for (variables, words) in [
            ([("SUDO_UID", "1000"), ("NO", "")], "SUDO_GID is missing"),
            ([("SUDO_GID", "1000"), ("NO", "")], "SUDO_UID is missing"),
            (
                [("SUDO_UID", "root"), ("SUDO_GID", "0")],
                "SUDO_UID is \"root\", not a number",
            ),
            ([("PKEXEC_UID", "-1"), ("NO", "")], "PKEXEC_UID is \"-1\", not a number"),
            (
                [("PKEXEC_UID", "54321"), ("NO", "")],
                "PKEXEC_UID is \"54321\", not a user",
            ),
            (
                [("DOAS_USER", "no-such-user"), ("NO", "")],
                "DOAS_USER is \"no-such-user\", not a user",
            ),
        ] {
            let mut command = ours(program);
            clean(&mut command);
            let failed = ended(command.args(arguments).envs(variables).stdin(Stdio::null()));
            assert_one_line(&failed, words);
            assert!(
                failed.errors.contains("'env -u ") && failed.output.is_empty(),
                "{failed:?}"
            );
        }
    }
}

#[test]
fn pkexec_and_doas_lend_rights_as_sudo_does() {
    if !needs::root() {
        return;
    }
    let place = TestFolder::new();
    for (variable, value) in [("PKEXEC_UID", "65534"), ("DOAS_USER", "nobody")] {
        let path = place.shared.file(variable);
        let mut command = ours("sniffer");
        clean(&mut command).env(variable, value);
        let written = ended(command.arg("-r").arg(&place.capture).arg("-q").arg("-w").arg(&path));
        assert_eq!(written.code, Some(0), "{written:?}");
        assert_eq!(fs::metadata(&path).unwrap().uid(), ORDINARY, "{variable}");
    }
}

#[test]
fn who_the_program_became_is_said_to_who_asks() {
    if !needs::root() {
        return;
    }
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    for (more, said) in [(None, false), (Some("-v"), true)] {
        let arguments = ["-ip", "127.0.0.1", "-p", &port];
        let quiet = ended(lent("udp-client", &arguments).args(more));
        let words = "debug: gave up root: now nobody (uid 65534, gid 65534)\n";
        assert_eq!(quiet.code, Some(0), "{quiet:?}");
        assert_eq!(
            (quiet.errors.contains(words), quiet.errors.is_empty()),
            (said, !said),
            "{quiet:?}"
        );
    }
}

#[test]
fn files_have_the_group_that_the_caller_had() {
    if !needs::root() || !need(Tool::Setpriv) {
        return;
    }
    let place = TestFolder::new();
    let written = |command: &mut Command, name: &str| {
        let path = place.shared.file(name);
        let ended = ended(command.arg("-q").arg("-r").arg(&place.capture).arg("-w").arg(&path));
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let made = fs::metadata(&path).unwrap();
        (made.uid(), made.gid())
    };
    // newgrp(1) before sudo: another group than the one in /etc/passwd.
    let mut by_sudo = lent("sniffer", &[]);
    by_sudo.env("SUDO_GID", ANOTHER.to_string());
    assert_eq!(written(&mut by_sudo, "sudo.pcap"), (ORDINARY, ANOTHER));
    // A set-group-ID file lends its group, which is given back.
    let programs = Folder::new();
    let program = readable(&programs);
    chown(&program, None, Some(ANOTHER)).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o2755)).unwrap();
    let mut by_group = tool(Tool::Setpriv);
    by_group.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]);
    clean(&mut by_group).arg(&program);
    assert_eq!(written(&mut by_group, "group.pcap"), (ORDINARY, ORDINARY));
}

/// Hides /proc, and starts the program.
const WITHOUT_PROC: &str = r#"mount -t tmpfs none /proc && exec "$@""#;

#[test]
fn without_proc_rights_are_given_up_all_the_same() {
    if !needs::root() || !need(Tool::Unshare) || !need(Tool::Mount) {
        return;
    }
    in_one_namespace(|| {
        let tools = need(Tool::Unshare) && need(Tool::Mount);
        assert!(tools);
        let place = TestFolder::new();
        let capture = place.capture.to_str().unwrap();
        let outputs = ["file.pcap", "live.pcap"].map(|name| place.shared.file(name));
        let [file, live] = outputs.each_ref().map(|path| path.to_str().unwrap());
        for arguments in [
            ["-q", "-r", capture, "-w", file].as_slice(),
            &["-q", "-i", "lo", "--duration", "0.1", "-w", live],
        ] {
            let program = lent("sniffer", arguments);
            let mut command = tool(Tool::Unshare);
            command.args(["--mount", "sh", "-c", WITHOUT_PROC, "sh"]);
            command.arg(program.get_program()).args(program.get_args());
            command.env("SUDO_UID", "65534").env("SUDO_GID", "65534");
            let written = ended(&mut command);
            assert_eq!(written.code, Some(0), "{written:?}");
        }
        for path in outputs {
            assert_eq!(fs::metadata(&path).unwrap().uid(), ORDINARY, "{}", path.display());
        }
    });
}

#[test]
fn of_roots_pipes_only_those_of_wireshark_are_written_to() {
    if !needs::root() {
        return;
    }
    in_one_namespace(|| {
        let place = TestFolder::new();
        let wiresharks = "wireshark_extcap_lo";
        for (folder, name, owner) in [
            (&place.roots, wiresharks, 0),
            (&place.shared, "initctl", 0),
            (&place.shared, wiresharks, ANOTHER),
        ] {
            let path = folder.file(name);
            mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
            chown(&path, Some(owner), Some(owner)).unwrap();
            let _reader = File::options().read(true).write(true).open(&path).unwrap();
            let pipe = path.to_str().unwrap();
            let arguments = ["--capture", "--extcap-interface", "socketlab-lo", "--fifo", pipe];
            let refused = ended(
                essential("timeout")
                    .arg("30")
                    .arg(ours("sniffer").get_program())
                    .args(arguments)
                    .envs([("SUDO_UID", "65534"), ("SUDO_GID", "65534")]),
            );
            assert_one_line(&refused, "it is not yours, and Wireshark did not make it");
            fs::remove_file(&path).unwrap();
        }
    });
}
