//! Which rights the programs have at which moment: each line of the tables in docs/privileges.md is started, stopped at each of its
//! moments, and compared.
//!
//! - `page`: the tables; `watch`: a program that strace stops.

mod page;
mod watch;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use self::page::{DAC_OVERRIDE, Line, Moment, Starter, lines};
use self::watch::{CancelToken, STOPS, Status, watch};
use super::stage::{Folder, ORDINARY, clean, in_one_namespace};
use crate::support::{Missing, Running, Tool, copy_program, need_all, needs, path_of_ours, server_with, tool};

/// The ordinary user may do everything as root, without a password.
const RULES: &str = "Defaults !authenticate\nnobody ALL=(root) ALL\n";

/// Puts the rules in place of the system's, for this process and its children alone, and calls sudo as the ordinary user.
const SCENE: &str = r#"
    set -e
    mount --bind "$RULES" /etc/sudoers
    exec setpriv --reuid 65534 --regid 65534 --clear-groups -- sudo -n -- "$@"
"#;

const PROGRAMS: [&str; 6] = [
    "sniffer",
    "socket-lab",
    "tcp-client",
    "tcp-server",
    "udp-client",
    "udp-server",
];

/// Where the lines of the tables are started.
struct TestFolder {
    programs: Folder,
    /// As /tmp: everybody may put something there.
    work: Folder,
    /// Servers for the clients.
    servers: [(Running, u16); 2],
}

impl TestFolder {
    fn new() -> Self {
        let (programs, work) = (Folder::new(), Folder::new());
        for name in PROGRAMS {
            copy_program(path_of_ours(name), programs.file(name));
        }
        copy_program(path_of_ours("sniffer"), programs.file("with-capability"));
        copy_program(path_of_ours("sniffer"), programs.file("set-user-id"));
        let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        for entry in fs::read_dir(programs.path()).unwrap() {
            mode(&entry.unwrap().path(), 0o755);
        }
        mode(&programs.file("set-user-id"), 0o4755);
        mode(&programs.with("rules", RULES.as_bytes()), 0o440);
        mode(programs.path(), 0o755);
        mode(work.path(), 0o1777);
        let servers = ["tcp-server", "udp-server"].map(|name| server_with::<&str>(name, &[]));
        Self {
            programs,
            work,
            servers,
        }
    }

    /// The words with files and ports for the words in capitals. Outputs are new.
    fn words(&self, line: &Line) -> Vec<String> {
        let named = |word: &str| match word {
            "FILE" => "tests/answers/tcp.pcap".to_owned(),
            "LOG" => "tests/sniffer/ladder/recorded.jsonl".to_owned(),
            "PORT" => self.servers[usize::from(line.words[0] == "udp-client")].1.to_string(),
            "PIPE" => self.pipe().display().to_string(),
            _ if word.starts_with(|first: char| first.is_ascii_uppercase()) => {
                let path = self.work.file(word);
                let _ = fs::remove_file(&path);
                let _ = fs::remove_dir_all(&path);
                path.display().to_string()
            }
            _ => word.to_owned(),
        };
        let mut words: Vec<String> = line.words[1..].iter().map(|word| named(word)).collect();
        for word in &mut words {
            // Read by the ordinary user, who may not go where this project is.
            if Path::new(&*word).is_relative() && Path::new(&*word).is_file() {
                let copy = self
                    .programs
                    .file(Path::new(&*word).file_name().unwrap().to_str().unwrap());
                copy_program(&*word, &copy);
                fs::set_permissions(&copy, Permissions::from_mode(0o644)).unwrap();
                *word = copy.display().to_string();
            }
        }
        words
    }

    /// As Wireshark makes it when root has started it.
    fn pipe(&self) -> PathBuf {
        let path = self.work.file("wireshark_extcap_socketlab-lo");
        let _ = fs::remove_file(&path);
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRUSR | nix::sys::stat::Mode::S_IWUSR).unwrap();
        path
    }

    /// The command that starts the line under strace.
    fn command(&self, line: &Line, words: &[String], log: &Path) -> Command {
        let program = match line.starter {
            Starter::FileCapability => "with-capability",
            Starter::SetUserId => "set-user-id",
            _ => &line.words[0],
        };
        let mut command = match line.starter {
            Starter::Sudo => {
                let mut command = tool(Tool::Unshare);
                command
                    .args(["--mount", "sh", "-c", SCENE, "sh", "strace"])
                    .env("RULES", self.programs.file("rules"));
                command
            }
            _ => tool(Tool::Strace),
        };
        if matches!(
            line.starter,
            Starter::FileCapability | Starter::SetUserId | Starter::Ordinary
        ) {
            command.args(["-u", "nobody"]);
        }
        command
            .args(["-f", "-y", "-s", "200"])
            .args(STOPS)
            .arg("-o")
            .arg(log)
            .arg(self.programs.file(program))
            .args(words)
            .current_dir(self.work.path());
        clean(&mut command);
        if matches!(line.starter, Starter::FileCapability | Starter::SetUserId) {
            // Who starts such a program may have set anything.
            command.env("SUDO_UID", "54321").env("SUDO_GID", "54321");
        }
        command
    }
}

/// Which moment is a call of the program?
fn moment(line: &Line, words: &[String], main: bool, call: &str) -> Option<Moment> {
    let program = line.words[0].as_str();
    let reads = words.iter().any(|word| word == "-r");
    // The words that name a capture or a call log; those that are written are found by how they are opened, too.
    let is_file = |word: &str, ending: &str| Path::new(word).extension().is_some_and(|its| its == ending);
    let names = |ending| words.iter().any(|word| is_file(word, ending) && call.contains(&**word));
    let name = call.split('(').next().unwrap();
    match name {
        "setsockopt" if call.contains("SOL_PACKET") => Some(Moment::Right),
        "bind" if program.ends_with("-server") && call.contains("sa_family=AF_INET") => Some(Moment::Right),
        "unshare" => Some(Moment::Network),
        "mkdir" => Some(Moment::Files),
        "openat" => {
            let writes = ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag));
            // What user_namespaces(7) and the kernels of two hosts have to be told, their interfaces, and what a started process has for
            // standard input, are not files.
            let own = [
                "/dev/net/tun",
                "/proc/self/setgroups",
                "/proc/self/uid_map",
                "/proc/self/gid_map",
                "/dev/null",
            ];
            let own = own.iter().any(|path| call.contains(&format!("\"{path}\""))) || call.contains("\"/proc/sys/net/");
            ((writes && !own) || names("pcap") || names("jsonl")).then_some(Moment::Files)
        }
        // Standard input is read by a copy of its descriptor; what wakes the program is a socket and not a pipe.
        "read" if reads => (names("pcap") || call.contains("<pipe:[")).then_some(Moment::Packets),
        // The standard library looks at its three descriptors first, with no events.
        "poll" | "ppoll" if !reads && (main || program == "socket-lab") => {
            (!call.contains("events=0}")).then_some(Moment::Packets)
        }
        "sigaltstack" if main && call.contains("({ss_sp=NULL, ss_flags=SS_DISABLE") => Some(Moment::End),
        _ => None,
    }
}

/// Compares a stop with the cell of its moment.
fn compare(line: &Line, moment: Moment, stop: &CancelToken, all: u64) {
    let cell = line.cells.iter().find(|(one, _)| *one == moment);
    let Some((_, Some(rights))) = cell else {
        panic!(
            "{line:?}: {moment:?} comes, and the page has no cell for it: {:?}",
            stop.calls
        );
    };
    let what = format!("{:?} {:?}, {moment:?}, {:?}", line.words, line.starter, stop.calls);
    let main = &stop.main;
    let wanted = rights.capabilities.unwrap_or(all);
    for set in ["CapEff", "CapPrm"] {
        assert_eq!(main.set(set), wanted, "{what}: {set}");
    }
    if moment == Moment::Start {
        return assert_eq!(main.ids("Uid")[1], rights.user, "{what}");
    }
    for status in stop.others.iter().chain([main]) {
        assert_eq!(status.ids("Uid"), [rights.user; 4], "{what}");
        assert_eq!(status.ids("Gid"), [rights.user; 4], "{what}");
        if rights.user == ORDINARY {
            assert_eq!(status.value("Groups"), ORDINARY.to_string(), "{what}");
        }
        for set in ["CapInh", "CapAmb"] {
            assert_eq!(status.set(set), 0, "{what}: {set}");
        }
        if matches!(line.starter, Starter::Sudo | Starter::Root | Starter::SetUserId) {
            assert_eq!(status.set("CapBnd"), 0, "{what}");
        }
        if matches!(moment, Moment::Packets | Moment::End) {
            assert_eq!(status.value("NoNewPrivs"), "1", "{what}");
        }
    }
    // proc(5): of a process that its user may not attach to, this folder is root's.
    let closed = fs::metadata(format!("/proc/{}/fd", stop.id)).unwrap().uid() == 0;
    assert!(
        closed || line.starter == Starter::Ordinary,
        "{what}: a debugger could be attached"
    );
    for other in &stop.others {
        assert_eq!(
            other.set("CapPrm") & !(wanted & DAC_OVERRIDE),
            0,
            "{what}: another thread"
        );
    }
}

/// Every capability that this process could give to one that it starts.
fn all_of(starter: Starter) -> u64 {
    if starter == Starter::Ordinary {
        // In a namespace of its own it has each one that this kernel knows.
        let last = fs::read_to_string("/proc/sys/kernel/cap_last_cap").unwrap();
        return (2 << last.trim().parse::<u32>().unwrap()) - 1;
    }
    Status::own().set("CapBnd")
}

/// Starts the line, and returns the moments that came.
fn play(place: &TestFolder, line: &Line, log: &Path) -> Vec<Moment> {
    let words = place.words(line);
    let pipe = words.iter().find(|word| word.contains("wireshark_extcap_"));
    // A pipe without a reader is not opened.
    let _reader = pipe.map(|path| File::options().read(true).write(true).open(path).unwrap());
    let input = match line.words[0].as_str() {
        "tcp-client" | "udp-client" => b"a line\n".to_vec(),
        _ if words.iter().any(|word| word == "-") => fs::read("tests/answers/tcp.pcap").unwrap(),
        _ => Vec::new(),
    };
    let _ = fs::remove_file(log);
    let mut seen = Vec::new();
    let mut running = watch(&mut place.command(line, &words, log), &input, log, |stop| {
        let all = all_of(line.starter);
        if seen.is_empty() {
            seen.push(Moment::Start);
            return compare(line, Moment::Start, stop, all);
        }
        for (thread, call) in &stop.calls {
            let Some(moment) = moment(line, &words, *thread == stop.id, call) else {
                continue;
            };
            if line.words[0] == "socket-lab" && moment == Moment::Right && !seen.contains(&Moment::Network) {
                continue;
            }
            compare(line, moment, stop, all);
            seen.push(moment);
            let ends_by_itself = line.words[0] == "socket-lab" || line.words[0].ends_with("-client");
            if moment == Moment::Packets && !ends_by_itself && !words.iter().any(|word| word == "-r") {
                kill(Pid::from_raw(stop.id), Signal::SIGTERM).unwrap();
            }
        }
    });
    let status = running.wait();
    assert!(status.success(), "{line:?}: {status}: {}", running.errors());
    seen
}

#[test]
fn each_cell_of_the_page_is_what_the_kernel_says() {
    let tools = [
        Tool::Sudo,
        Tool::Setpriv,
        Tool::Unshare,
        Tool::Mount,
        Tool::Strace,
        Tool::Setcap,
    ];
    if !need_all(&tools) || !needs::root() {
        return;
    }
    in_one_namespace(|| {
        let place = TestFolder::new();
        let marked = tool(Tool::Setcap)
            .arg("cap_net_raw+ep")
            .arg(place.programs.file("with-capability"))
            .status()
            .unwrap();
        if !marked.success() {
            return needs::skip(Missing::Part("a file system that keeps capabilities"));
        }
        let logs = Folder::new();
        fs::set_permissions(logs.path(), Permissions::from_mode(0o777)).unwrap();
        let lines = lines();
        assert!(lines.len() >= 30, "{lines:?}");
        for line in &lines {
            let seen = play(&place, line, &logs.file("strace"));
            for (moment, rights) in &line.cells {
                assert_eq!(
                    rights.is_some(),
                    seen.contains(moment),
                    "{line:?}: {moment:?}, {seen:?}"
                );
            }
        }
    });
}
