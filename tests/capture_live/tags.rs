//! VLAN tags, which the kernel takes off, are put back.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use socket_lab::capture::live::{ANY, interfaces};

use super::stage::{in_namespace, link_to_nobody, on, ordinary, rest};
use crate::support::{MOMENT, PATIENCE, Tool, essential, need};

#[test]
fn a_vlan_tag_is_put_back_where_tcpdump_puts_it() {
    in_namespace(|| {
        link_to_nobody();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("judge.pcap");
        // tcpdump wants to become somebody else, and stops where there is nobody else.
        let judge = !ordinary() && need(Tool::Tcpdump);
        let mut judge = judge.then(|| tcpdump("right", 3, &file));
        let mut capture = on("right").open().unwrap();
        let mut cooked = on(ANY).open().unwrap();
        // One tag, two tags, and a priority without a VLAN.
        let tags: [&[u8]; 3] = [
            &[0x81, 0x00, 0x60, 100],
            &[0x88, 0xa8, 0x00, 200, 0x81, 0x00, 0x60, 100],
            &[0x81, 0x00, 0xe0, 0],
        ];
        let sent = tags.map(|tags| [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], tags, &[0x08, 0x00], &[7; 46]].concat());
        inject("left", &sent);
        thread::sleep(MOMENT);
        let frames = rest(&mut capture);
        let ours: Vec<_> = frames.iter().map(|(frame, _)| frame.bytes.to_vec()).collect();
        assert_eq!(ours, sent);
        if let Some(judge) = &mut judge {
            assert!(judge.wait().unwrap().success());
            assert_eq!(ours, records(&std::fs::read(&file).unwrap()));
        }
        for (frame, _) in &frames {
            assert_eq!(frame.original_length as usize, frame.bytes.len());
        }
        let right = interfaces()
            .unwrap()
            .into_iter()
            .find(|known| known.name == "right")
            .unwrap();
        let index = right.index.to_be_bytes();
        let cooked = rest(&mut cooked);
        let arrived = cooked.iter().filter(|(frame, _)| frame.bytes[4..8] == index);
        let arrived: Vec<_> = arrived.map(|(frame, _)| frame.bytes.to_vec()).collect();
        assert_eq!(arrived.len(), 3);
        for (arrived, whole) in arrived.iter().zip(&ours) {
            assert_eq!(arrived[..2], whole[12..14]);
            // Where there are two tags, the kernel does not say what stands behind the inner one.
            if whole[16..18] == [0x08, 0x00] {
                assert_eq!(arrived[20..], whole[14..]);
            }
        }
    });
}

/// Sends these frames as they are, through pnet.
fn inject(interface: &str, frames: &[Vec<u8>]) {
    let interfaces = pnet::datalink::interfaces();
    let interface = interfaces.into_iter().find(|known| known.name == interface).unwrap();
    let channel = pnet::datalink::channel(&interface, pnet::datalink::Config::default()).unwrap();
    let pnet::datalink::Channel::Ethernet(mut sender, _) = channel else {
        panic!("no Ethernet")
    };
    for frame in frames {
        sender.send_to(frame, None).unwrap().unwrap();
    }
}

/// tcpdump, which writes so many frames to the file and ends; when they do not come, it is ended.
fn tcpdump(interface: &str, frames: u32, file: &Path) -> Child {
    let mut command = essential("timeout");
    command.args([
        &PATIENCE.as_secs().to_string(),
        "tcpdump",
        "-Z",
        "root",
        "-i",
        interface,
    ]);
    command.args(["-c", &frames.to_string(), "-w"]).arg(file);
    let child = command.stderr(Stdio::null()).spawn().unwrap();
    // It writes the head of the file before it captures.
    while !file.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(MOMENT);
    child
}

/// The bytes of each record of a classic capture file of this machine's byte order.
fn records(file: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &file[24..];
    let mut records = Vec::new();
    while let Some((header, after)) = rest.split_at_checked(16) {
        let length = u32::from_ne_bytes(header[8..12].try_into().unwrap()) as usize;
        records.push(after[..length].to_vec());
        rest = &after[length..];
    }
    records
}
