//! How it ends, what it leaves, and where the system refuses two hosts.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::stage::{open_to_all, ready};
use crate::guided::processes::children;
use crate::guided::stage::{NOBODY, TestFolder};
use crate::support::{Running, Tool, clean, copy_program, need, needs, path_of_ours, tool};

/// The network namespaces that any process is in, by their inodes: `namespaces(7)`.
fn networks() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let tasks = fs::read_dir(process.path().join("task"));
        for task in tasks.into_iter().flatten().flatten() {
            if let Ok(namespace) = fs::read_link(task.path().join("ns/net")) {
                found.insert(namespace.to_string_lossy().into_owned());
            }
        }
    }
    found
}

/// The network namespaces of the threads of this process.
fn networks_of(process: u32) -> BTreeSet<String> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten();
    let namespaces = tasks.filter_map(|task| fs::read_link(task.path().join("ns/net")).ok());
    namespaces.map(|one| one.to_string_lossy().into_owned()).collect()
}

/// The threads in the hosts have no capability, and neither have the programs that they have started: capabilities(7).
fn assert_powerless(lab: u32) {
    let permitted = |status: &str| {
        let status = fs::read_to_string(status).unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("CapPrm:"));
        mask.map(|mask| u64::from_str_radix(mask.trim(), 16).unwrap())
    };
    let mut hosts = 0;
    for task in fs::read_dir(format!("/proc/{lab}/task")).unwrap().flatten() {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        if name.contains("'s host") {
            hosts += 1;
            assert_eq!(
                permitted(&format!("{}/status", task.path().display())),
                Some(0),
                "{name}"
            );
        }
    }
    assert_eq!(hosts, 2);
    let programs = children(lab);
    assert_eq!(programs.len(), 2, "{programs:?}");
    for (program, words) in programs {
        assert_eq!(permitted(&format!("/proc/{program}/status")), Some(0), "{words}");
    }
}

#[test]
fn however_it_ends_no_network_and_no_process_is_left() {
    if !ready() {
        return;
    }
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL] {
        let place = TestFolder::new();
        // Nothing gets through: it waits for the handshake.
        let mut running = Running::start(&mut place.command(&["wire", "--rules", "lose frame"]));
        let since = Instant::now();
        let made = loop {
            let made = networks_of(running.id());
            let tasks = fs::read_dir(format!("/proc/{}/task", running.id())).unwrap().count();
            // Both programs have been started, too.
            if made.len() == 2 && tasks >= 8 && children(running.id()).len() == 2 {
                break made;
            }
            assert!(since.elapsed() < Duration::from_secs(20), "{made:?}");
            std::thread::sleep(Duration::from_millis(5));
        };
        std::thread::sleep(Duration::from_millis(100));
        assert_powerless(running.id());
        let asked = Instant::now();
        running.signal(signal);
        running.wait();
        if signal != Signal::SIGKILL {
            assert!(
                asked.elapsed() < Duration::from_secs(3),
                "{signal}: {:?}",
                asked.elapsed()
            );
            assert_eq!(running.errors(), "error: interrupted: nothing was recorded\n");
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "{signal}");
        }
        let since = Instant::now();
        while networks().intersection(&made).next().is_some() {
            assert!(since.elapsed() < Duration::from_secs(10), "{signal}: {made:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Runs it as nobody in a mount namespace in which `/dev/net` is what `script` makes of it.
fn as_nobody(script: &str) -> Option<std::process::Output> {
    run_as_nobody(script, "data-lost --delay 2ms").map(|(output, _)| output)
}

/// The same of this run; its files are in the folder.
fn run_as_nobody(script: &str, run: &str) -> Option<(std::process::Output, tempfile::TempDir)> {
    if !needs::root() || !need(Tool::Unshare) || !need(Tool::Setpriv) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    open_to_all(folder.path());
    copy_program(path_of_ours("socket-lab"), folder.path().join("socket-lab"));
    let mut command = tool(Tool::Unshare);
    command.args(["--mount", "--propagation", "private", "sh", "-ec"]);
    command.arg(format!(
        "mkdir -p /dev/net; mount -t tmpfs none /dev/net; {script}\n\
         exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups ./socket-lab wire {run}"
    ));
    clean(&mut command).current_dir(folder.path()).process_group(0);
    Some((command.output().unwrap(), folder))
}

#[test]
fn an_ordinary_user_can_have_two_hosts() {
    if !ready() {
        return;
    }
    let Some(output) = as_nobody("mknod /dev/net/tun c 10 200; chmod 666 /dev/net/tun") else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(told.contains("client data 1 (packet "), "{told}");
}

/// A packet socket on a veth pair takes the device's place. What a network card would do to segments is not left to one.
#[test]
fn without_the_device_there_are_two_hosts_all_the_same() {
    const CLOSED: &str = "mknod /dev/net/tun c 10 200; chmod 600 /dev/net/tun";
    if !need(Tool::Tshark) {
        return;
    }
    for (script, why, run) in [
        ("true", "No such file or directory", "data-lost --delay 2ms"),
        (CLOSED, "Permission denied", "path-mtu"),
        (CLOSED, "Permission denied", "bottleneck --short"),
    ] {
        let Some((output, folder)) = run_as_nobody(script, run) else {
            return;
        };
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && output.stderr.is_empty(), "{run}: {output:?}");
        let words = format!("veth in place of /dev/net/tun ({why})");
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&words), "{told}");
        let word = run.split(' ').next().unwrap();
        for end in ["client", "server"] {
            let capture = folder.path().join(format!("captures/latest/{word}.{end}.pcapng"));
            for filter in [
                // An ICMP error quotes a part of a segment only.
                "!icmp && (tcp.checksum.status == 0 || ip.checksum.status == 0)",
                "frame.len > 1514",
                "!ip",
            ] {
                let mut command = crate::support::tshark();
                command.args(["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-r"]);
                let output = command.arg(&capture).args(["-Y", filter]).output().unwrap();
                assert!(
                    output.status.success() && output.stdout.is_empty(),
                    "{run}, {end}, {filter}: {output:?}"
                );
            }
        }
    }
}

/// Runs a line of a shell as nobody, in a user namespace in which `limit` has been set: those of the machine stay as they are.
fn under_limit(folder: &std::path::Path, limit: &str, line: &str) -> std::process::Output {
    let mut command = tool(Tool::Setpriv);
    let nobody = NOBODY.to_string();
    command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"]);
    command.args(["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-ec"]);
    command.arg(format!(
        "echo {limit}; exec setpriv --ambient-caps -all --inh-caps -all {line}"
    ));
    clean(&mut command).current_dir(folder);
    command.output().unwrap()
}

/// One line says what is missing and what works instead, and that works as it is printed.
#[test]
fn what_works_without_two_hosts_works_as_it_is_printed() {
    if !needs::root() || !need(Tool::Unshare) || !need(Tool::Setpriv) {
        return;
    }
    for (limit, missing, shown) in [
        (
            "0 >/proc/sys/user/max_user_namespaces",
            "type 'sudo sysctl user.max_user_namespaces=10000 user.max_net_namespaces=10000'",
            "Typed at the client:",
        ),
        (
            "1 >/proc/sys/user/max_net_namespaces",
            "type 'sudo sysctl user.max_net_namespaces=10000'",
            "What to notice",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        let program = folder.path().join("socket-lab");
        copy_program(path_of_ours("socket-lab"), program.clone());
        let refused = under_limit(folder.path(), limit, "./socket-lab wire");
        let line = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), line.lines().count()), (Some(1), 1), "{line}");
        assert!(refused.stdout.is_empty() && line.contains(missing), "{line}");
        let (_, instead) = line.split_once("without two hosts, '").unwrap();
        let (command, _) = instead.split_once('\'').unwrap();
        assert!(command.starts_with(program.to_str().unwrap()), "{command}");
        let works = under_limit(folder.path(), limit, command);
        let told = String::from_utf8_lossy(&works.stdout);
        assert!(told.contains(shown), "{command}: {works:?}");
        // It says whether packets are shown.
        assert_eq!(works.status.success(), line.contains("with its packets"), "{works:?}");
    }
}
