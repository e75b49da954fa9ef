//! A started program: typed to, read from, signalled, and ended by its own process number.

use std::ffi::OsStr;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::PATIENCE;
use super::tools::{Tool, essential, ours, tool};

/// Copies a program to where it is going to be started.
///
/// A process of its own writes the copy. If this one did, a child that another test forks at that moment would keep the file open
/// for writing until its exec, and the copy could not be started as long: execve(2), ETXTBSY.
pub fn copy_program(program: impl AsRef<Path>, to: impl AsRef<Path>) {
    let mut cp = essential("cp");
    let copied = cp.arg(program.as_ref()).arg(to.as_ref()).status().unwrap();
    assert!(copied.success(), "{}: {copied}", to.as_ref().display());
}

/// Ours, or the classic peer that a test holds beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ours,
    Classic,
}

impl Side {
    /// The command that starts `udp-server`, `udp-client`, `tcp-server` or `tcp-client` of this side.
    pub fn command(self, name: &str) -> Command {
        match self {
            Self::Ours => ours(name),
            Self::Classic => {
                let script = format!("tests/peers/classic_{}.py", name.replace('-', "_"));
                let mut command = tool(Tool::Python);
                command.arg("-B").arg(script);
                command
            }
        }
    }
}

/// The same command in a network namespace of its own, in which nothing is up: no address, no route.
pub fn in_empty_namespace(command: &Command) -> Command {
    let mut inside = tool(Tool::Unshare);
    inside.arg("--net");
    if !nix::unistd::geteuid().is_root() {
        inside.arg("--map-root-user");
    }
    inside.arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => inside.env(name, value),
            None => inside.env_remove(name),
        };
    }
    inside
}

/// A server of ours with these arguments, and the port that it prints.
pub fn server_with<A: AsRef<OsStr>>(name: &str, arguments: &[A]) -> (Running, u16) {
    server(Side::Ours.command(name).args(arguments))
}

/// Starts a server and waits until it listens; with the port that it prints.
pub fn server(command: &mut Command) -> (Running, u16) {
    let running = Running::start(command);
    let port = port_in(&running.wait_for_output("Listening...\n"));
    (running, port)
}

/// The port that a server's first lines tell.
pub fn port_in(text: &str) -> u16 {
    let told = text
        .lines()
        .find_map(|line| line.strip_prefix("Port:     ")?.parse().ok());
    told.unwrap_or_else(|| panic!("no port in {text:?}"))
}

/// A client of ours, connected to a server on this machine, with its prompt on the screen.
pub fn client(name: &str, port: u16) -> Running {
    let running = Running::start(
        Side::Ours
            .command(name)
            .args(["-ip", "127.0.0.1", "-p", &port.to_string()]),
    );
    running.wait_for_output("Input lowercase text: ");
    running
}

/// What a program has written so far, and whether it has closed that stream.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    ended: bool,
}

#[derive(Clone, Default)]
struct Stream(Arc<(Mutex<Written>, Condvar)>);

impl Stream {
    /// Collects from `source` in a thread of its own, so that the program never waits for the test.
    fn collect(mut source: impl Read + Send + 'static) -> Self {
        let stream = Self::default();
        let shared = stream.clone();
        std::thread::spawn(move || {
            let mut room = [0; 16_384];
            loop {
                let length = source.read(&mut room).unwrap_or(0);
                let (written, changed) = &*shared.0;
                let mut written = written.lock().unwrap();
                written.bytes.extend_from_slice(&room[..length]);
                written.ended = length == 0;
                changed.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        stream
    }

    /// Waits until what has been written is as wished, or the stream has ended, or the time is over.
    fn wait_until(&self, timeout: Duration, wished: impl Fn(&Written) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let (written, changed) = &*self.0;
        let mut written = written.lock().unwrap();
        loop {
            if wished(&written) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || written.ended {
                return false;
            }
            written = changed.wait_timeout(written, left).unwrap().0;
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().unwrap().bytes).into_owned()
    }
}

/// A program that runs. Dropped, it is killed and waited for.
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: Stream,
    errors: Stream,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self {
            input: child.stdin.take(),
            output: Stream::collect(child.stdout.take().unwrap()),
            errors: Stream::collect(child.stderr.take().unwrap()),
            child,
        }
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until its first thread sleeps: until it waits in a call. On a busy machine that may be long after it has printed
    /// that it is ready. `proc_pid_stat(5)`, the field `state`
    pub fn wait_until_asleep(&self) {
        let file = format!("/proc/{}/stat", self.id());
        let deadline = Instant::now() + PATIENCE;
        // Where there is no /proc there is nothing to look at.
        while let Ok(stat) = std::fs::read_to_string(&file) {
            if stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S')) {
                return;
            }
            assert!(Instant::now() < deadline, "it does not wait: {stat}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Types a line and Return.
    pub fn type_line(&mut self, line: &str) {
        self.type_bytes(format!("{line}\n").as_bytes());
    }

    /// Types these bytes. A program that has ended meanwhile does not read them, which later checks show.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    /// Ctrl+D.
    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Everything on standard output so far.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Everything on standard error so far.
    pub fn errors(&self) -> String {
        self.errors.text()
    }

    /// Waits until standard output contains this text, and returns all of it.
    pub fn wait_for_output(&self, text: &str) -> String {
        self.wait_for_outputs(text, 1)
    }

    /// Waits until standard output contains this text so many times, and returns all of it.
    pub fn wait_for_outputs(&self, text: &str, times: usize) -> String {
        let came = self.output_within(PATIENCE, text, times);
        let (output, errors) = (self.output(), self.errors());
        assert!(
            came,
            "waited for {times} x {text:?}, got {output:?}, standard error {errors:?}"
        );
        output
    }

    /// Does this text come so many times before the time is over?
    pub fn output_within(&self, timeout: Duration, text: &str, times: usize) -> bool {
        self.output.wait_until(timeout, |written| {
            String::from_utf8_lossy(&written.bytes).matches(text).count() >= times
        })
    }

    /// Waits until standard error contains this text, and returns all of it.
    pub fn wait_for_errors(&self, text: &str) -> String {
        let came = self.errors.wait_until(PATIENCE, |written| {
            String::from_utf8_lossy(&written.bytes).contains(text)
        });
        let errors = self.errors();
        assert!(came, "waited for {text:?}, got {errors:?}");
        errors
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.wait_within(PATIENCE).expect("the program has not ended")
    }

    /// Its end, if it comes before the time is over, with all that it wrote read.
    pub fn wait_within(&mut self, timeout: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + timeout;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                for stream in [&self.output, &self.errors] {
                    assert!(
                        stream.wait_until(PATIENCE, |written| written.ended),
                        "output stays open"
                    );
                }
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
