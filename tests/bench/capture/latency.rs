//! How long a lone packet takes to the screen: from before it is sent until its line has come through a pipe.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How many packets are sent, one after the other.
pub(super) const PACKETS: usize = 500;

/// The programs that print, and what each says when it captures.
pub(super) const PROGRAMS: [(&str, &[&str], &str); 3] = [
    (
        "sniffer --view summary",
        &[super::run::SNIFFER, "--view", "summary"],
        "capturing on ",
    ),
    (
        "sniffer --view summary --no-ring",
        &[super::run::SNIFFER, "--view", "summary", "--no-ring"],
        "capturing on ",
    ),
    (
        "tcpdump -nn -l --immediate-mode",
        &["tcpdump", "-Z", "root", "-i", "lo", "-nn", "-l", "--immediate-mode"],
        "listening on ",
    ),
];

/// The times of all packets, in order of size.
pub(super) fn measure(arguments: &[&str], ready: &str) -> Result<Vec<Duration>, Box<dyn Error>> {
    let (name, arguments) = arguments.split_first().ok_or("a program without a name")?;
    let mut child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut errors = BufReader::new(child.stderr.take().ok_or("no standard error")?);
    let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?);
    let mut said = String::new();
    while !said.contains(ready) {
        if errors.read_line(&mut said)? == 0 {
            return Err(format!("{name} ended: {said}").into());
        }
    }
    thread::sleep(Duration::from_millis(300));
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    sender.connect(receiver.local_addr()?)?;
    let mut took = Vec::new();
    let mut line = String::new();
    for number in 0..PACKETS {
        // At another point between two ticks of the kernel's each time: 15 and some ms.
        let pause = u64::try_from(number * 7919 % 10_007)?;
        thread::sleep(Duration::from_micros(15_000 + pause));
        let started = Instant::now();
        sender.send(b"alone")?;
        line.clear();
        lines.read_line(&mut line)?;
        took.push(started.elapsed());
    }
    kill(Pid::from_raw(child.id().try_into()?), Signal::SIGINT)?;
    child.wait()?;
    took.sort();
    Ok(took)
}
