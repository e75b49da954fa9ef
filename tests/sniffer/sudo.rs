//! Under the real sudo: what is left of root's power while it runs, and what somebody else can do with links in a shared folder.
//!
//! sudo reads its rules from `/etc/sudoers`; in a mount namespace of the test's own, others lie there.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::stage::{Ended, Folder, ORDINARY, OUTPUTS, clean, in_one_namespace, pair, readable};
use crate::support::{PATIENCE, Running, Tool, copy, copy_program, need_all, needs, path_of_ours, tool};

/// Somebody else, who puts links where the user is going to write.
const SOMEBODY_ELSE: u32 = 54_321;

/// The user may do everything as root, without a password.
const RULES: &str = "Defaults !authenticate\nnobody ALL=(root) ALL\n";

/// Puts the rules in place of the system's, for this process and its children alone, and becomes the user, who calls sudo.
const SCENE: &str = r#"
    set -e
    mount --bind "$RULES" /etc/sudoers
    cd "$WORK"
    exec setpriv --reuid 65534 --regid 65534 --clear-groups -- sudo -n -- "$@"
"#;

/// A user of a machine with sudo.
struct InvokingUser {
    programs: Folder,
    work: Folder,
}

impl InvokingUser {
    /// `None`, and said so, where this cannot be played.
    fn new() -> Option<Self> {
        let tools = need_all(&[Tool::Sudo, Tool::Setpriv, Tool::Unshare, Tool::Mount]);
        if !tools || !needs::root() {
            return None;
        }
        let person = Self {
            programs: Folder::new(),
            work: Folder::new(),
        };
        readable(&person.programs);
        let lab = person.programs.file("socket-lab");
        copy_program(path_of_ours("socket-lab"), &lab);
        std::fs::set_permissions(lab, std::fs::Permissions::from_mode(0o755)).unwrap();
        let rules = person.programs.with("rules", RULES.as_bytes());
        std::fs::set_permissions(rules, std::fs::Permissions::from_mode(0o440)).unwrap();
        // As /tmp: everybody may put something there, and nobody take away what is another's.
        std::fs::set_permissions(person.work.path(), std::fs::Permissions::from_mode(0o1777)).unwrap();
        Some(person)
    }

    /// `sudo PROGRAM ARGUMENTS`, in the shared folder.
    fn sudo(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = tool(Tool::Unshare);
        command
            .args(["--mount", "sh", "-c", SCENE, "sh"])
            .arg(self.programs.file(program))
            .args(arguments)
            .env("RULES", self.programs.file("rules"))
            .env("WORK", self.work.path());
        clean(&mut command);
        command
    }

    /// A file of the user's that must stay as it is.
    fn precious(&self) -> PathBuf {
        let path = self.work.with("precious", b"precious");
        chown(&path, Some(ORDINARY), Some(ORDINARY)).unwrap();
        path
    }
}

/// The process that sudo has started for this program.
fn started_by_sudo(sudo: &Running, program: &str) -> u32 {
    let since = Instant::now();
    loop {
        let mut ids = vec![sudo.id()];
        while let Some(id) = ids.pop() {
            let name = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
            if name.trim_end() == program {
                return id;
            }
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
            ids.extend(children.split_whitespace().map(|id| id.parse::<u32>().unwrap()));
        }
        assert!(since.elapsed() < PATIENCE, "no {program}: {}", sudo.errors());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A line of `/proc/PID/status`, its words with one space between.
fn line(status: &str, name: &str) -> String {
    let mut lines = status.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = value.unwrap_or_else(|| panic!("no {name} in {status}"));
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing of root is left, of any thread.
fn assert_powerless(id: u32) {
    let mut threads = 0;
    for thread in std::fs::read_dir(format!("/proc/{id}/task")).unwrap() {
        let Ok(status) = std::fs::read_to_string(thread.unwrap().path().join("status")) else {
            // It has ended meanwhile.
            continue;
        };
        threads += 1;
        for ids in ["Uid", "Gid"] {
            assert_eq!(
                line(&status, ids),
                [ORDINARY.to_string().as_str(); 4].join(" "),
                "{ids}"
            );
        }
        assert_eq!(line(&status, "Groups"), ORDINARY.to_string());
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            assert_eq!(line(&status, set), "0000000000000000", "{set}");
        }
        assert_eq!(line(&status, "NoNewPrivs"), "1");
    }
    assert!(threads > 0);
}

/// What the process could write to beyond what its caller gave it: names of files, and sockets by their kind. proc(5)
fn writable(id: u32) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/{id}/fd")).unwrap() {
        let entry = entry.unwrap();
        let number: u32 = entry.file_name().into_string().unwrap().parse().unwrap();
        let info = std::fs::read_to_string(format!("/proc/{id}/fdinfo/{number}"));
        let (Ok(info), Ok(name)) = (info, std::fs::read_link(entry.path())) else {
            // It was closed meanwhile.
            continue;
        };
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
        // open(2): the last octal digit has how it is accessed in its two lower bits, 0 for reading alone.
        let reads_only = flags.trim().ends_with(['0', '4']);
        let name = name.to_str().unwrap().to_owned();
        if number > 2 && !reads_only {
            found.push(kind_of_socket(id, &name).unwrap_or(name));
        }
    }
    found.sort();
    found
}

/// "packet" or "unix" for a socket of that kind, whose list in the kernel has this inode.
fn kind_of_socket(id: u32, name: &str) -> Option<String> {
    let inode = name.strip_prefix("socket:[")?.strip_suffix(']')?;
    let is_in = |list: &str| {
        let list = std::fs::read_to_string(format!("/proc/{id}/net/{list}")).unwrap();
        list.lines()
            .any(|line| line.split_whitespace().any(|word| word == inode))
    };
    ["packet", "unix"]
        .into_iter()
        .find(|list| is_in(list))
        .map(str::to_owned)
}

#[test]
fn nothing_of_root_is_left_and_nothing_but_its_own_files_can_be_written() {
    let Some(person) = InvokingUser::new() else { return };
    in_one_namespace(|| {
        let (client, _server, port) = pair();
        let port = port.to_string();
        let outputs = OUTPUTS.iter().flat_map(|&(option, file)| [option, file]);
        let arguments: Vec<&str> = ["-p", &port].into_iter().chain(outputs).collect();
        let mut sudo = Running::start(&mut person.sudo("sniffer", &arguments));
        sudo.wait_for_errors("capturing on ");
        client.send(b"seen").unwrap();
        let sniffer = started_by_sudo(&sudo, "sniffer");
        assert_powerless(sniffer);
        let mut own: Vec<_> = OUTPUTS
            .iter()
            .map(|(_, file)| person.work.file(file).to_str().unwrap().to_owned())
            .collect();
        own.sort();
        // Until the end the exports have no names: proc(5) shows the numbers of their inodes.
        let now = OUTPUTS.iter().map(|(option, file)| match *option {
            "-w" => person.work.file(file).to_str().unwrap().to_owned(),
            _ => person.work.file("unnamed").to_str().unwrap().to_owned(),
        });
        let mut now: Vec<_> = now.collect();
        now.sort();
        let unnamed = |name: String| match name.rsplit_once("/#") {
            Some((folder, rest)) if rest.ends_with(" (deleted)") => format!("{folder}/unnamed"),
            _ => name,
        };
        // Those of the view are opened last, by the thread that shows it.
        let since = Instant::now();
        let sockets = loop {
            let (files, mut sockets): (Vec<_>, Vec<_>) =
                writable(sniffer).into_iter().partition(|name| name.starts_with('/'));
            let mut files: Vec<String> = files.into_iter().map(unnamed).collect();
            files.sort();
            sockets.dedup();
            if files == now {
                break sockets;
            }
            assert!(since.elapsed() < PATIENCE, "{files:?}");
            std::thread::sleep(Duration::from_millis(5));
        };
        // The capture, and the pair that a signal writes to.
        assert_eq!(sockets, ["packet", "unix"]);
        kill(Pid::from_raw(sniffer.try_into().unwrap()), Signal::SIGINT).unwrap();
        let ended = Ended::of(&mut sudo);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        for path in own {
            let made = std::fs::metadata(&path).unwrap();
            assert_eq!(
                (made.uid(), made.gid(), made.mode() & 0o777),
                (ORDINARY, ORDINARY, 0o600),
                "{path}"
            );
            assert!(made.len() > 0, "{path}");
        }
    });
}

#[test]
fn the_guided_run_gives_root_up_as_well() {
    let Some(person) = InvokingUser::new() else { return };
    // The run takes long enough to be looked at.
    let mut sudo = Running::start(&mut person.sudo("socket-lab", &["idle", "-o", "run"]));
    let lab = started_by_sudo(&sudo, "socket-lab");
    let since = Instant::now();
    // Its start needs root: from the moment on at which it is somebody else, nothing may be left.
    let status = || std::fs::read_to_string(format!("/proc/{lab}/status")).unwrap();
    while line(&status(), "NoNewPrivs") != "1" {
        assert!(since.elapsed() < PATIENCE, "it keeps root: {}", sudo.errors());
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_powerless(lab);
    let folder = person.work.file("run");
    let shared = person.work.path().to_str().unwrap().to_owned();
    for name in writable(lab) {
        // Pipes lead to its programs: sudo(8) closes what it was given beyond the three standard ones.
        let own = ["packet", "unix"].contains(&&*name)
            || ["socket:", "pipe:", &shared]
                .iter()
                .any(|start| name.starts_with(start));
        assert!(own, "{name} can be written");
    }
    let ended = Ended::of(&mut sudo);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let made = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<_> = made.chain([folder.clone()]).collect();
    assert!(all.len() > 2, "{all:?}");
    for path in all {
        let made = std::fs::metadata(&path).unwrap();
        assert_eq!((made.uid(), made.gid()), (ORDINARY, ORDINARY), "{}", path.display());
    }
}

/// A file of somebody else's making in place of an output: each must be refused, or replaced, and never followed.
fn trap(kind: &str, precious: &Path, path: &Path) {
    match kind {
        "symbolic link" | "dangling link" => {
            let target = if kind == "dangling link" {
                &precious.with_extension("new")
            } else {
                precious
            };
            symlink(target, path).unwrap();
            std::os::unix::fs::lchown(path, Some(SOMEBODY_ELSE), Some(SOMEBODY_ELSE)).unwrap();
        }
        // Its owner is the user: it is the user's own file under another name.
        "hard link" => std::fs::hard_link(precious, path).unwrap(),
        "pipe" => {
            nix::unistd::mkfifo(path, nix::sys::stat::Mode::from_bits_truncate(0o666)).unwrap();
            chown(path, Some(SOMEBODY_ELSE), Some(SOMEBODY_ELSE)).unwrap();
        }
        _ => {
            std::fs::write(path, "theirs").unwrap();
            chown(path, Some(SOMEBODY_ELSE), Some(SOMEBODY_ELSE)).unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
        }
    }
}

#[test]
fn nobody_else_decides_where_output_goes() {
    let Some(person) = InvokingUser::new() else { return };
    let capture = person.programs.capture(3);
    std::fs::set_permissions(&capture, std::fs::Permissions::from_mode(0o644)).unwrap();
    let capture = capture.to_str().unwrap();
    let precious = person.precious();
    for (option, file) in OUTPUTS {
        for kind in ["symbolic link", "dangling link", "hard link", "pipe", "file"] {
            for force in [false, true] {
                let path = person.work.file(file);
                trap(kind, &precious, &path);
                // Somebody reads the pipe, and would get what is written.
                let reader =
                    (kind == "pipe").then(|| std::fs::File::options().read(true).write(true).open(&path).unwrap());
                // Without sudo and as the user: the rules of the folder are the same, and files are read without root.
                let mut command = copy(person.programs.file("sniffer"));
                command
                    .args(["-r", capture, option, file])
                    .args(force.then_some("--force"));
                super::stage::ordinary(&mut command);
                let ended = Ended::from(command.current_dir(person.work.path()).output().unwrap());
                let replaced = force && kind == "hard link";
                assert_eq!(
                    ended.code,
                    Some(i32::from(!replaced)),
                    "{option}, {kind}, {force}: {ended:?}"
                );
                assert_eq!(
                    std::fs::read(&precious).unwrap(),
                    b"precious",
                    "{option}, {kind}, {force}"
                );
                assert!(!precious.with_extension("new").exists(), "{option}, {kind}, {force}");
                if kind == "file" {
                    assert_eq!(std::fs::read(&path).unwrap(), b"theirs", "{option}, {force}");
                }
                drop(reader);
                std::fs::remove_file(&path).unwrap();
            }
        }
    }
}

#[test]
fn under_sudo_a_link_in_a_shared_folder_is_not_followed_either() {
    let Some(person) = InvokingUser::new() else { return };
    in_one_namespace(|| {
        // A file of root's, which the user could not write.
        let roots = person.programs.with("roots", b"root's");
        for (option, file) in OUTPUTS {
            let path = person.work.file(file);
            symlink(&roots, &path).unwrap();
            std::os::unix::fs::lchown(&path, Some(SOMEBODY_ELSE), Some(SOMEBODY_ELSE)).unwrap();
            let output = person
                .sudo("sniffer", &["-c", "1", option, file, "--force"])
                .output()
                .unwrap();
            let ended = Ended::from(output);
            assert_eq!(ended.code, Some(1), "{option}: {ended:?}");
            assert!(ended.errors.contains("it is a symbolic link"), "{option}: {ended:?}");
            assert_eq!(std::fs::read(&roots).unwrap(), b"root's", "{option}");
        }
    });
}
