//! What these tests need, and what a run has written.

use std::fs::OpenOptions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;
use socket_lab::frame::Frame;
use socket_lab::record::Reader;

use crate::guided::stage::{Ended, TestFolder};
use crate::support::{Missing, Tool, need, needs};

/// Can two hosts be made here? Where the device is missing, root makes it.
pub fn ready() -> bool {
    const TUN: &str = "/dev/net/tun";
    if !need(Tool::Tshark) || !needs::namespaces() {
        return false;
    }
    let opens = || OpenOptions::new().read(true).write(true).open(TUN).is_ok();
    if !Path::new(TUN).exists() && nix::unistd::geteuid().is_root() {
        let _ = std::fs::create_dir_all("/dev/net");
        let mode = nix::sys::stat::Mode::from_bits_truncate(0o600);
        let device = nix::sys::stat::makedev(10, 200);
        // Two tests may do so at the same time.
        let _ = nix::sys::stat::mknod(TUN, nix::sys::stat::SFlag::S_IFCHR, mode, device);
    }
    if !opens() {
        needs::skip(Missing::Part("/dev/net/tun"));
    }
    opens()
}

/// Where recorded runs are, and what is kept of each.
pub const RECORDED: &str = "captures/two-hosts";
pub const ENDINGS: [&str; 4] = ["client.pcapng", "server.pcapng", "wire.jsonl", "calls.jsonl"];

/// A run that has ended well, and its files.
pub struct Run {
    pub place: TestFolder,
    pub told: String,
    pub word: &'static str,
}

impl Run {
    /// Runs it with these options.
    #[track_caller]
    pub fn of(word: &'static str, options: &[&str]) -> Self {
        let place = TestFolder::new();
        let ended: Ended = place.ran(&[&["wire", word], options].concat());
        let told = ended.fine().to_owned();
        Self { place, told, word }
    }

    /// A recorded one: the files of captures/two-hosts.
    pub fn recorded(word: &'static str) -> Self {
        let place = TestFolder::new();
        std::fs::create_dir_all(place.latest("")).unwrap();
        for ending in ENDINGS {
            let name = format!("{word}.{ending}");
            std::fs::copy(Path::new(RECORDED).join(&name), place.latest(&name)).unwrap();
        }
        Self {
            place,
            told: String::new(),
            word,
        }
    }

    pub fn capture(&self, end: &str) -> std::path::PathBuf {
        self.place.latest(&format!("{}.{end}.pcapng", self.word))
    }

    /// The packets in the capture of this end.
    pub fn frames(&self, end: &str) -> Vec<Frame<'static>> {
        let mut reader = Reader::open(&self.capture(end)).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = reader.next().unwrap() {
            frames.push(frame.into_owned());
        }
        frames
    }

    /// Was the computer so busy that an end may have taken the other one's slowness for a loss? A program, the wire or a host's kernel
    /// was late by more than 10 ms.
    pub fn was_slow(&self) -> bool {
        const LATE: i64 = 10_000_000;
        let mut truth = self.truth();
        // A router has no capture.
        truth.retain(|frame| frame["from"] != "router");
        let [client, server] = ["client", "server"].map(|end| self.frames(end));
        let time = |value: &Value| value["time"].as_i64().unwrap();
        let number = |value: &Value| usize::try_from(value["packet"].as_u64().unwrap()).unwrap();
        let steps = truth.iter().flat_map(|frame| {
            let is_clients = frame["from"] == "client";
            let (sender, receiver) = if is_clients {
                (&client, &server)
            } else {
                (&server, &client)
            };
            let captured = |frames: &[Frame<'_>], number: usize| frames[number - 1].time.unwrap().0;
            let taken = time(frame) - captured(sender, number(frame));
            let arrivals = frame["arrivals"].as_array().unwrap().iter();
            let reached = arrivals.map(|one| captured(receiver, number(one)) - time(one));
            reached.chain([taken]).collect::<Vec<_>>()
        });
        // The wire: all frames of an end take as long, but for those that wait by a rule.
        let waits = self.told.contains("rate ") || self.told.contains("hold ");
        let transit = |end: &str| {
            let own = truth.iter().filter(|frame| frame["from"] == end);
            let first = own.filter_map(|frame| Some(time(frame["arrivals"].get(0)?) - time(frame)));
            let all: Vec<i64> = first.collect();
            all.iter().max().unwrap_or(&0) - all.iter().min().unwrap_or(&0)
        };
        // The programs: the client closes when the server's data and its FIN have come.
        let own_fin = truth.iter().find(|frame| frame["is"] == "client fin 1").map(time);
        let closing = own_fin.and_then(|closed| {
            let servers = truth.iter().filter(|frame| {
                let is = frame["is"].as_str().unwrap();
                is.starts_with("server data ") || is.starts_with("server fin ")
            });
            let came = servers.filter_map(|frame| frame["arrivals"].get(0).map(time));
            Some(closed - came.filter(|came| *came <= closed).max()?)
        });
        let late = steps.chain(closing);
        let late = late.chain(["client", "server"].map(|end| if waits { 0 } else { transit(end) }));
        late.max() > Some(LATE)
    }

    /// What the wire wrote, a frame each.
    pub fn truth(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.place.latest(&format!("{}.wire.jsonl", self.word))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Lets everybody enter.
pub fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
}
