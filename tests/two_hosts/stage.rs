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
