//! Who may capture, and what is left of root's power while it runs.

use std::os::unix::fs::{MetadataExt as _, chown};

use nix::sys::signal::Signal;

use super::stage::{Ended, Folder, ORDINARY, in_namespace, ordinary, pair, readable, sniffer, started};
use crate::support::{Missing, Tool, copy, copy_program, need, needs, path_of_ours, tool};

/// The value of a line of `/proc/PID/status`.
fn status(id: u32, name: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let mut lines = status.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value
        .unwrap_or_else(|| panic!("no {name} in {status}"))
        .trim()
        .to_owned()
}

#[test]
fn under_sudo_it_becomes_the_person_who_called() {
    if !needs::root() {
        return;
    }
    in_namespace(|| {
        let folder = Folder::new();
        chown(folder.path(), Some(ORDINARY), Some(ORDINARY)).unwrap();
        let path = folder.file("mine.pcapng");
        let (client, _server, port) = pair();
        let mut command = sniffer(&[
            "-p",
            &port.to_string(),
            "--view",
            "summary",
            "-w",
            path.to_str().unwrap(),
        ]);
        let id = ORDINARY.to_string();
        let running = started(command.env("SUDO_UID", &id).env("SUDO_GID", &id));
        for name in ["Uid", "Gid"] {
            let all = [id.as_str(); 4].join("\t");
            assert_eq!(
                status(running.id(), name),
                all,
                "{name}: real, effective, saved, of files"
            );
        }
        for name in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(status(running.id(), name), "0000000000000000", "{name}");
        }
        assert_eq!(status(running.id(), "NoNewPrivs"), "1");
        assert!(["", ORDINARY.to_string().as_str()].contains(&status(running.id(), "Groups").as_str()));
        client.send(b"still captured").unwrap();
        let ended = Ended::by(running, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.output.contains("\"still captured\""), "{ended:?}");
        let owner = std::fs::metadata(&path).unwrap();
        assert_eq!((owner.uid(), owner.gid()), (ORDINARY, ORDINARY));
        assert_eq!(owner.mode() & 0o777, 0o600, "what was captured is private");
    });
}

#[test]
fn root_itself_keeps_no_more_than_writing_files() {
    if !needs::root() {
        return;
    }
    in_namespace(|| {
        let running = started(&mut sniffer(&["-q"]));
        // capabilities(7): bit 1 is CAP_DAC_OVERRIDE, without which root could not write into a folder of somebody else.
        assert_eq!(status(running.id(), "CapEff"), "0000000000000002");
        assert_eq!(status(running.id(), "NoNewPrivs"), "1");
        assert_eq!(Ended::by(running, Signal::SIGINT).code, Some(0));
    });
}

#[test]
fn without_privileges_it_names_the_three_ways() {
    let folder = Folder::new();
    let program = readable(&folder);
    let mut command = copy(&program);
    ordinary(&mut command);
    let ended = Ended::from(command.output().unwrap());
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{ended:?}");
    assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
    let path = program.to_str().unwrap();
    let (sudo, setcap) = (format!("'sudo {path}'"), format!("'sudo setcap cap_net_raw+ep {path}'"));
    // capabilities(7): bit 13 of the bounding set is CAP_NET_RAW. Without it no program here can ever have it.
    let bounding = u64::from_str_radix(&status(std::process::id(), "CapBnd"), 16).unwrap();
    let ways: &[&str] = if bounding & 1 << 13 == 0 {
        &["--cap-add=NET_RAW", "'unshare -rn'"]
    } else {
        &[&sudo, &setcap, "'socket-lab'"]
    };
    for way in ["error: ", "CAP_NET_RAW is missing"].iter().chain(ways) {
        assert!(ended.errors.contains(way), "no {way:?}: {ended:?}");
    }

    let mut list = copy(&program);
    ordinary(list.arg("-D"));
    let ended = Ended::from(list.output().unwrap());
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{ended:?}");
    assert!(
        ended.output.contains("lo (") && ended.output.contains("any\n"),
        "{ended:?}"
    );
}

/// Captures the UDP lab, in a namespace of which the user is root and nowhere else.
const SCENE: &str = r#"
    set -e
    ip link set lo up
    "$FOLDER/udp-server" > server.txt &
    server=$!
    sniffer=$server
    trap 'kill "$server" "$sniffer" 2> /dev/null || true' EXIT
    until grep -qs Listening server.txt; do sleep 0.02; done
    port=$(sed -n 's/^Port: *//p' server.txt)
    "$FOLDER/sniffer" -p "$port" -c 2 --duration 15 --view summary -w lab.pcap 2> said.txt &
    sniffer=$!
    until grep -qs '^capturing on' said.txt; do kill -0 "$sniffer"; sleep 0.02; done
    printf 'for all\n' | "$FOLDER/udp-client" -ip 127.0.0.1 -p "$port" > client.txt
    wait "$sniffer"
    test -s lab.pcap
"#;

#[test]
fn an_ordinary_user_captures_in_a_namespace_of_their_own() {
    if !need(Tool::Ip) || !need(Tool::Unshare) {
        return;
    }
    let (programs, work) = (Folder::new(), Folder::new());
    readable_programs(&programs);
    if nix::unistd::geteuid().is_root() {
        chown(work.path(), Some(ORDINARY), Some(ORDINARY)).unwrap();
    }
    let mut probe = tool(Tool::Unshare);
    ordinary(probe.args(["-rn", "true"]));
    if !probe.output().unwrap().status.success() {
        return needs::skip(Missing::UserNamespaces);
    }
    let mut scene = tool(Tool::Unshare);
    scene
        .args(["-rn", "sh", "-c", SCENE])
        .env("FOLDER", programs.path())
        .current_dir(work.path());
    ordinary(&mut scene);
    let ended = Ended::from(scene.output().unwrap());
    let said = std::fs::read_to_string(work.file("said.txt")).unwrap_or_default();
    assert_eq!(ended.code, Some(0), "{ended:?} {said}");
    let lines: Vec<&str> = ended.output.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].contains("\"for all\"") && lines[1].contains("\"FOR ALL\""),
        "{ended:?}"
    );
    assert!(said.contains("2 packets captured"), "{said}");
}

/// The sniffer and the UDP pair where everybody may run them.
fn readable_programs(folder: &Folder) {
    for (name, program) in [
        ("udp-server", path_of_ours("udp-server")),
        ("udp-client", path_of_ours("udp-client")),
    ] {
        copy_program(program, folder.file(name));
    }
    readable(folder);
}
