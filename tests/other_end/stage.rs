//! Three network namespaces in a row: the client's, a router's, the server's; a capture at both ends.

use std::path::{Path, PathBuf};
use std::process::Output;

use nix::sys::signal::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{
    Running, Tool, again, in_empty_namespace, judged, namespace, need_all, ours, path_of_ours, shell, tool,
};

pub(super) const SERVER: &str = "10.9.2.2:13000";

/// Runs `test`, which stands in a test, in a process of its own in an empty network namespace.
pub(super) fn in_namespace(test: impl FnOnce()) {
    if need_all(&[Tool::Tshark, Tool::Editcap, Tool::Unshare, Tool::Python]) {
        namespace::in_namespaces(again::path_of(&test), &["once"], test);
    }
}

/// A path from here over a router to a server.
pub(super) struct Path3 {
    folder: TempDir,
    near: Running,
    router: Running,
    far: Running,
}

const ROUTER: &str = "
echo 1 > /proc/sys/net/ipv4/ip_forward
while ! ip link show lan >/dev/null 2>&1; do sleep 0.02; done
while ! ip link show wan >/dev/null 2>&1; do sleep 0.02; done
python3 tests/peers/offload.py wan tso=0 gso=0
ip address add 10.9.1.254/24 dev lan; ip link set lan up
ip address add 10.9.2.254/24 dev wan; ip link set wan up
echo ready
while read word; do
    case $word in
        drop) ip route add blackhole 10.9.2.2 ;;
        pass) ip route delete blackhole 10.9.2.2 ;;
    esac
    echo $word-done
done
";

/// Its capture ends when its input does.
fn far(folder: &Path) -> String {
    format!(
        "while ! ip link show right >/dev/null 2>&1; do sleep 0.02; done
        {OFFLOAD}
        ip address add 10.9.2.2/24 dev right; ip link set right up
        ip route add default via 10.9.2.254
        '{tcp}' -p 13000 & tcp=$!
        '{sniffer}' -q -i right -w '{}' & sniffer=$!
        read word
        kill -INT $sniffer; wait $sniffer
        kill -TERM $tcp; wait $tcp",
        folder.join("b.pcapng").display(),
        tcp = path_of_ours("tcp-server"),
        sniffer = path_of_ours("sniffer"),
    )
}

/// Here arriving segments are put together.
const OFFLOAD: &str = "python3 tests/peers/offload.py right gro=1";

impl Path3 {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let router = Running::start(&mut in_empty_namespace(&shell(ROUTER)));
        let far = Running::start(&mut in_empty_namespace(&shell(&far(folder.path()))));
        let (middle, end) = (router.id(), far.id());
        // The processes are in their namespaces as soon as they wait for their links.
        for process in [middle, end] {
            let own = std::fs::read_link("/proc/self/ns/net").unwrap();
            while std::fs::read_link(format!("/proc/{process}/ns/net")).is_ok_and(|other| other == own) {
                std::thread::yield_now();
            }
        }
        let script = format!(
            "ip link add left type veth peer name lan netns {middle}
            ip link add wan netns {middle} type veth peer name right netns {end}
            python3 tests/peers/offload.py left tso=0 gso=0
            ip address add 10.9.1.1/24 dev left; ip link set left up
            ip route add default via 10.9.1.254"
        );
        let made = shell(&script).output().unwrap();
        assert!(made.status.success() && made.stderr.is_empty(), "{made:?}");
        router.wait_for_output("ready");
        let mut sniffer = ours("sniffer");
        let near = Running::start(
            sniffer
                .args(["-q", "-i", "left", "-w"])
                .arg(folder.path().join("a.pcapng")),
        );
        near.wait_for_errors("capturing on ");
        far.wait_for_errors("capturing on ");
        far.wait_for_output("Listening");
        Self {
            folder,
            near,
            router,
            far,
        }
    }

    /// From now on the router drops what is for the server.
    pub(super) fn drop_packets(&mut self, is_dropped: bool) {
        let word = if is_dropped { "drop" } else { "pass" };
        let times = self.router.output().matches(&format!("{word}-done")).count();
        self.router.type_line(word);
        self.router.wait_for_outputs(&format!("{word}-done"), times + 1);
    }

    /// Ends both captures.
    pub(super) fn captured(mut self) -> Captured {
        // The last acknowledgments.
        std::thread::sleep(std::time::Duration::from_millis(200));
        self.near.signal(Signal::SIGINT);
        assert!(self.near.wait().success(), "{}", self.near.errors());
        self.far.type_line("end");
        self.far.wait();
        self.router.end_input();
        self.router.wait();
        Captured { folder: self.folder }
    }
}

/// Both captures of a run.
pub(super) struct Captured {
    folder: TempDir,
}

impl Captured {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of a capture without these packets.
    pub(super) fn without(&self, name: &str, copy: &str, numbers: &[u64]) -> PathBuf {
        let copy = self.path(copy);
        let mut editcap = tool(Tool::Editcap);
        editcap
            .arg(self.path(name))
            .arg(&copy)
            .args(numbers.iter().map(u64::to_string));
        assert!(editcap.status().unwrap().success());
        copy
    }

    /// What tshark reads of the packets of this filter.
    pub(super) fn judged(&self, name: &str, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
        let rows = judged(&["-Y", filter], &self.path(name), fields);
        rows.into_iter().map(|(row, _)| row).collect()
    }

    /// Their numbers.
    pub(super) fn numbers(&self, name: &str, filter: &str) -> Vec<u64> {
        let rows = self.judged(name, filter, &["frame.number"]);
        rows.iter().map(|row| row[0].parse().unwrap()).collect()
    }
}

pub(super) fn compared(a: &Path, b: &Path, more: &[&str]) -> Output {
    let mut sniffer = ours("sniffer");
    sniffer.arg("-r").arg(a).arg("--other-end").arg(b).args(more);
    sniffer.output().unwrap()
}

/// The lines of JSON: the first one, and the others.
pub(super) fn lines(a: &Path, b: &Path) -> (Value, Vec<Value>) {
    let output = compared(a, b, &["--json"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let first = lines.next().unwrap();
    (first, lines.collect())
}

/// The numbers of the packets of this fate, in this capture.
pub(super) fn fated(lines: &[Value], fate: &str, side: &str) -> Vec<u64> {
    let own = lines.iter().filter(|line| line["fate"] == fate);
    own.flat_map(|line| {
        line[side]
            .as_array()
            .unwrap()
            .iter()
            .map(|number| number.as_u64().unwrap())
    })
    .collect()
}
