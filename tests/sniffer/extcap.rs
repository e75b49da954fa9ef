//! The sniffer as Wireshark's extcap, with tshark in Wireshark's place: the same code asks, starts and stops it.

use std::fs::{self};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::stage::{Ended, Folder, clean, in_one_namespace, ordinary, pair, ran, readable, run, sniffer, text};
use crate::support::{PATIENCE, Running, Tool, copy, essential, need, needs, path_of_ours, tool};

/// Sets a home of one's own for Wireshark and the programs that ask it for its folders.
fn at_home<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    clean(command).env("HOME", home).env_remove("XDG_CONFIG_HOME")
}

/// Installs the extcap in this home; the link.
fn installed(home: &Folder) -> std::path::PathBuf {
    let told = run(at_home(&mut sniffer(&["--install-extcap"]), home.path()));
    let link = told.split(" leads to ").next().unwrap();
    assert!(Path::new(link).starts_with(home.path()), "{told}");
    link.into()
}

/// The list of interfaces that tshark shows.
fn listed(home: &Folder) -> String {
    run(at_home(tool(Tool::Tshark).arg("-D"), home.path()))
}

/// tshark, capturing on loopback through the extcap: a line a packet with its number, its comment and these fields.
struct Tshark {
    running: Running,
    home: Folder,
}

impl Tshark {
    fn start(home: Folder, options: &[&str], fields: &[&str]) -> Self {
        let mut command = tool(Tool::Tshark);
        command
            .args(["-i", "socketlab-lo", "-l", "-n"])
            .args(options)
            .args(["-T", "fields", "-e", "frame.comment"]);
        for field in fields {
            command.args(["-e", field]);
        }
        let running = Running::start(at_home(&mut command, home.path()));
        Self { running, home }
    }

    /// Sends datagrams to this port until tshark shows one: from then on it sees everything.
    fn ready(&self, port: u16) {
        let knocker = UdpSocket::bind("127.0.0.1:0").unwrap();
        let deadline = Instant::now() + PATIENCE;
        while !self.running.output_within(Duration::from_millis(50), "\n", 1) {
            assert!(Instant::now() < deadline, "{}", self.running.errors());
            // Nobody listens, and from the second one on ICMP says so.
            let _ = knocker.send_to(b"knock", ("127.0.0.1", port));
        }
    }

    /// The lines that are no knocking, when it has ended by Ctrl+C.
    fn end(mut self, port: u16) -> Vec<String> {
        self.running.signal(Signal::SIGINT);
        let status = self.running.wait();
        let errors = self.running.errors();
        assert!(status.success() && !errors.contains("rror"), "{errors}");
        assert!(gone(self.home.path()), "the extcap outlives tshark");
        let output = self.running.output();
        let port = port.to_string();
        let others = output.lines().filter(|line| !line.split('\t').any(|word| word == port));
        others.map(str::to_owned).collect()
    }
}

impl Drop for Tshark {
    /// Ctrl+C also where a test fails: killed, tshark would leave its helpers behind.
    fn drop(&mut self) {
        if self.running.wait_within(Duration::from_millis(10)).is_none() {
            self.running.signal(Signal::SIGINT);
            let _ = self.running.wait_within(PATIENCE);
        }
    }
}

/// Does no program run any more that was started from this folder?
pub(super) fn gone(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap();
    let runs = || {
        fs::read_dir("/proc").unwrap().flatten().any(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            text(&line).contains(folder)
        })
    };
    let deadline = Instant::now() + PATIENCE;
    while runs() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

#[test]
fn tshark_lists_it_from_its_installation_to_its_removal() {
    if !need(Tool::Tshark) {
        return;
    }
    let home = Folder::new();
    assert!(!listed(&home).contains("Socket lab"));
    let link = installed(&home);
    let list = listed(&home);
    for line in ["socketlab-lo (Socket lab: lo)", "socketlab-any (Socket lab: any)"] {
        assert!(list.contains(line), "{list}");
    }
    let told = run(tool(Tool::Tshark)
        .args(["-i", "socketlab-lo", "-L"])
        .env("HOME", home.path()));
    assert!(told.contains("EN10MB"), "{told}");
    // Once more is no harm.
    assert_eq!(installed(&home), link);
    let take = || run(at_home(&mut sniffer(&["--uninstall-extcap"]), home.path()));
    assert!(take().contains("is removed"));
    assert!(!listed(&home).contains("Socket lab"));
    assert!(take().contains("nothing to remove"));
}

#[test]
fn what_somebody_else_put_there_stays() {
    if !need(Tool::Tshark) {
        return;
    }
    let home = Folder::new();
    let link = installed(&home);
    fs::remove_file(&link).unwrap();
    for own in [false, true] {
        if own {
            fs::write(&link, "#!/bin/sh\n").unwrap();
        } else {
            symlink("/bin/true", &link).unwrap();
        }
        for flag in ["--install-extcap", "--uninstall-extcap"] {
            let ended = Ended::from(at_home(&mut sniffer(&[flag]), home.path()).output().unwrap());
            assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{ended:?}");
            assert!(
                ended.errors.starts_with("error: ") && ended.errors.lines().count() == 1,
                "{ended:?}"
            );
            assert!(ended.errors.contains("not a link to this program"), "{ended:?}");
        }
        if own {
            assert_eq!(fs::read_to_string(&link).unwrap(), "#!/bin/sh\n");
        } else {
            assert_eq!(fs::read_link(&link).unwrap(), Path::new("/bin/true"));
            fs::remove_file(&link).unwrap();
        }
    }
}

#[test]
fn without_wireshark_the_link_goes_where_its_next_version_looks() {
    let home = Folder::new();
    let empty = Folder::new();
    let mut command = sniffer(&["--install-extcap"]);
    at_home(&mut command, home.path()).env("PATH", empty.path());
    run(&mut command);
    let link = home.file(".local/lib/wireshark/extcap/socketlab");
    assert_eq!(
        fs::read_link(link).unwrap(),
        Path::new(path_of_ours("sniffer")).canonicalize().unwrap()
    );
}

#[test]
fn tshark_captures_packets_with_their_comments() {
    in_one_namespace(|| {
        let home = Folder::new();
        installed(&home);
        let tshark = Tshark::start(home, &[], &["udp.dstport", "tcp.flags", "udp.length"]);
        tshark.ready(9);
        let (client, server, port) = pair();
        client.send(b"udp is lazy").unwrap();
        server.recv(&mut [0; 20]).unwrap();
        let shown = tshark.running.wait_for_output(&format!("\t{port}\t"));
        // Live: it is there before the capture ends.
        let line = shown.lines().find(|line| line.contains(&port.to_string())).unwrap();
        assert!(line.starts_with("UDP: ") && line.ends_with("\t19"), "{line}");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        drop(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
        tshark.running.wait_for_output("\t0x0011\t");
        let lines = tshark.end(9);
        let opens = |line: &&String| line.contains("\t0x0002\t");
        let syn: Vec<&String> = lines.iter().filter(opens).collect();
        assert!(
            syn.len() == 1 && syn[0].starts_with("SYN: ") && syn[0].contains("connect()"),
            "{lines:?}"
        );
    });
}

#[test]
fn the_options_of_the_interface_choose() {
    in_one_namespace(|| {
        let home = Folder::new();
        installed(&home);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ports = format!("extcap.socketlab_lo.port:{port},9");
        let options = ["-o", &ports, "-o", "extcap.socketlab_lo.handshakeonly:true"];
        let tshark = Tshark::start(home, &options, &["udp.dstport", "tcp.flags", "tcp.len"]);
        tshark.ready(9);
        let (client, _server, _other) = pair();
        client.send(b"of another port").unwrap();
        let mut sender = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut taker, _) = listener.accept().unwrap();
        sender.write_all(b"data").unwrap();
        taker.read_exact(&mut [0; 4]).unwrap();
        drop((sender, taker));
        // Two segments with FIN, each answered.
        tshark.running.wait_for_outputs("0x0011", 2);
        let lines = tshark.end(9);
        let column = |line: &String, index: usize| line.split('\t').nth(index).unwrap().to_owned();
        let flags: Vec<String> = lines.iter().map(|line| column(line, 2)).collect();
        assert_eq!(flags[..3], ["0x0002", "0x0012", "0x0010"], "{lines:?}");
        assert!(lines.iter().all(|line| column(line, 3) == "0"), "{lines:?}");
        assert!(lines.iter().all(|line| column(line, 1).is_empty()), "no UDP: {lines:?}");
    });
}

#[test]
fn a_capture_filter_is_taken_and_a_wrong_one_is_told() {
    in_one_namespace(|| {
        let home = Folder::new();
        installed(&home);
        let tshark = Tshark::start(home, &["-f", "udp dst port 9"], &["udp.dstport"]);
        tshark.ready(9);
        let (client, _server, _port) = pair();
        client.send(b"not wanted").unwrap();
        let knocker = UdpSocket::bind("127.0.0.1:0").unwrap();
        let before = tshark.running.output().lines().count();
        knocker.send_to(b"wanted", "127.0.0.1:9").unwrap();
        tshark.running.wait_for_outputs("\n", before + 1);
        assert_eq!(tshark.end(9), [""; 0]);

        let home = Folder::new();
        installed(&home);
        // Bounded, for a capture that does not begin could be waited for forever.
        let mut command = essential("timeout");
        command.args(["60", "tshark", "-i", "socketlab-lo", "-f", "tcp prot 5"]);
        let refused = Ended::from(at_home(&mut command, home.path()).output().unwrap());
        assert_ne!(refused.code, Some(0));
        assert!(refused.errors.contains("expected \"and\""), "{refused:?}");
    });
}

#[test]
fn under_sudo_wiresharks_own_pipe_can_be_written() {
    if !needs::root() {
        return;
    }
    in_one_namespace(|| {
        let home = Folder::new();
        installed(&home);
        let program = readable(&home);
        let link = fs::read_dir(home.file(".config/wireshark/extcap")).ok();
        let link = link.unwrap_or_else(|| fs::read_dir(home.file(".local/lib/wireshark/extcap")).unwrap());
        let link = link.flatten().next().unwrap().path();
        fs::remove_file(&link).unwrap();
        symlink(program, link).unwrap();
        let mut command = tool(Tool::Tshark);
        command.args([
            "-i",
            "socketlab-lo",
            "-l",
            "-n",
            "-T",
            "fields",
            "-e",
            "frame.comment",
            "-e",
            "udp.dstport",
        ]);
        at_home(&mut command, home.path())
            .env("SUDO_UID", "65534")
            .env("SUDO_GID", "65534");
        let running = Running::start(&mut command);
        let tshark = Tshark { running, home };
        tshark.ready(9);
        assert_eq!(tshark.end(9), [""; 0]);
    });
}

#[test]
fn without_the_right_wireshark_shows_the_ways() {
    if !need(Tool::Tshark) {
        return;
    }
    let home = Folder::new();
    let program = readable(&home);
    let work = Folder::new();
    fs::set_permissions(work.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let mut install = copy(&program);
    ordinary(install.arg("--install-extcap").env("HOME", work.path()));
    let ended = Ended::from(install.output().unwrap());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.errors.contains("setcap cap_net_raw+ep"), "{ended:?}");
    let mut command = tool(Tool::Tshark);
    ordinary(command.args(["-i", "socketlab-lo", "-c", "1"]).env("HOME", work.path()));
    let ended = Ended::from(command.current_dir(work.path()).output().unwrap());
    assert_ne!(ended.code, Some(0), "{ended:?}");
    let line = ended.errors.lines().find(|line| line.contains("cannot capture on lo"));
    let line = line.unwrap_or_else(|| panic!("{ended:?}"));
    for way in [
        "CAP_NET_RAW",
        "sudo setcap cap_net_raw+ep /",
        "unshare -rn",
        "ip link set lo up",
    ] {
        assert!(line.contains(way), "no {way}: {line}");
    }
}

#[test]
fn what_is_wrong_is_one_line() {
    let folder = Folder::new();
    let file = folder.with("file", b"precious");
    let file = file.to_str().unwrap();
    let lo = ["--extcap-interface", "socketlab-lo"];
    let cases: [(&[&str], &str); 6] = [
        (&["--capture", "--fifo", file], "--extcap-interface is missing"),
        (&["--capture", lo[0], lo[1]], "--fifo is missing"),
        (
            &["--capture", lo[0], "eth0", "--fifo", file],
            "not an interface of this extcap",
        ),
        (&["--capture", lo[0], lo[1], "--port", "70000", "--fifo", file], "70000"),
        (&["--extcap-dlts", lo[0], "socketlab-nothing"], "there is no interface"),
        (&[lo[0], lo[1]], "nothing is asked for"),
    ];
    for (words, told) in cases {
        let ended = ran(words);
        assert!(
            matches!(ended.code, Some(1 | 2)) && ended.output.is_empty(),
            "{ended:?}"
        );
        assert!(
            ended.errors.starts_with("error: ") && ended.errors.lines().count() == 1,
            "{ended:?}"
        );
        assert!(ended.errors.contains(told), "{ended:?}");
    }
    // To Wireshark's question whether it is a filter, the answer stands on standard output.
    let asked = |filter| ran(&[lo[0], lo[1], "--extcap-capture-filter", filter]);
    let wrong = asked("tcp prot 5");
    assert_eq!(
        (wrong.code, wrong.output.lines().count(), wrong.errors.as_str()),
        (Some(0), 1, ""),
        "{wrong:?}"
    );
    let right = asked("tcp port 5");
    assert_eq!(
        (right.code, right.output.as_str(), right.errors.as_str()),
        (Some(0), "", ""),
        "{right:?}"
    );
}

#[test]
fn the_link_is_not_put_into_roots_folder_for_somebody_else() {
    if !needs::root() {
        return;
    }
    let home = Folder::new();
    let mut command = sniffer(&["--install-extcap"]);
    at_home(&mut command, home.path()).env("SUDO_UID", "65534");
    let ended = Ended::from(command.output().unwrap());
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.errors.contains("run it without sudo"), "{ended:?}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}
