//! One program, once.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::sender;

/// How fast datagrams are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pace {
    /// 600,000, at 200,000 a second.
    Steady,
    /// 1,000,000, as fast as they go.
    Full,
}

impl Pace {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Steady => 600_000,
            Self::Full => 1_000_000,
        }
    }

    const fn rate(self) -> Option<f64> {
        match self {
            Self::Steady => Some(200_000.0),
            Self::Full => None,
        }
    }
}

/// Where a program puts what it captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Into {
    /// Nothing is captured: the sender alone.
    Nowhere,
    /// A capture file of this name, at the end of the arguments.
    Recording(&'static str),
    /// Standard output, a line a packet.
    Lines,
}

/// A program that takes part.
#[derive(Debug)]
pub(super) struct Program {
    /// What the tables call it.
    pub(super) name: &'static str,
    arguments: &'static [&'static str],
    pub(super) into: Into,
    /// What it says when it captures.
    ready: &'static str,
}

impl Program {
    pub(super) fn takes_part(&self, pace: Pace) -> bool {
        match pace {
            Pace::Steady => self.into != Into::Nowhere,
            Pace::Full => self.into != Into::Lines,
        }
    }
}

pub(super) const SNIFFER: &str = env!("CARGO_BIN_EXE_sniffer");
const SAYS: &str = "capturing on ";

/// All that take part, in the order in which they have their turn.
pub(super) const PROGRAMS: [Program; 8] = [
    Program {
        name: "none",
        arguments: &[],
        into: Into::Nowhere,
        ready: "",
    },
    Program {
        name: "tcpdump -w x.pcap",
        arguments: &["tcpdump", "-Z", "root", "-i", "lo", "-B", "65536", "-w"],
        into: Into::Recording("x.pcap"),
        ready: "listening on ",
    },
    Program {
        name: "sniffer -q -w x.pcap",
        arguments: &[SNIFFER, "-q", "-i", "lo", "-w"],
        into: Into::Recording("x.pcap"),
        ready: SAYS,
    },
    Program {
        name: "dumpcap -q -w x.pcapng",
        arguments: &["dumpcap", "-q", "-i", "lo", "-B", "64", "-w"],
        into: Into::Recording("x.pcapng"),
        ready: "File: ",
    },
    Program {
        name: "sniffer -q -w x.pcapng (with comments)",
        arguments: &[SNIFFER, "-q", "-i", "lo", "-w"],
        into: Into::Recording("x.pcapng"),
        ready: SAYS,
    },
    Program {
        name: "sniffer -q --no-ring -w x.pcap",
        arguments: &[SNIFFER, "-q", "--no-ring", "-i", "lo", "-w"],
        into: Into::Recording("x.pcap"),
        ready: SAYS,
    },
    Program {
        name: "tcpdump -nn -l",
        arguments: &["tcpdump", "-Z", "root", "-i", "lo", "-B", "65536", "-nn", "-l"],
        into: Into::Lines,
        ready: "listening on ",
    },
    Program {
        name: "sniffer --view summary",
        arguments: &[SNIFFER, "-i", "lo", "--view", "summary"],
        into: Into::Lines,
        ready: SAYS,
    },
];

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    /// User and system seconds of the program, from its start to its end, for a million frames.
    pub(super) cpu: f64,
    /// Datagrams that the sender sent in a second.
    pub(super) rate: f64,
    /// How many of them are not in the file.
    pub(super) lost: usize,
}

/// Starts the program, sends, ends it, and looks at what it has.
pub(super) fn run(program: &Program, pace: Pace, folder: &Path) -> Result<Figures, Box<dyn Error>> {
    if program.into == Into::Nowhere {
        let rate = sender::send(pace.count(), pace.rate())?;
        return Ok(Figures {
            cpu: 0.0,
            rate,
            lost: 0,
        });
    }
    let name = match program.into {
        Into::Recording(name) => name,
        _ => "lines.txt",
    };
    let path = folder.join(name);
    let mut started = start(program, &path)?;
    // Whatever belongs to the start is over, and does not fall into the sending.
    thread::sleep(Duration::from_millis(300));
    let rate = sender::send(pace.count(), pace.rate())?;
    // tcpdump hands a packet on after a second at the latest; what it has not handed on when it is told to end is lost.
    thread::sleep(Duration::from_millis(1500));
    let before = cpu_of_children()?;
    kill(Pid::from_raw(started.id().try_into()?), Signal::SIGINT)?;
    let mut rest = String::new();
    if let Some(errors) = &mut started.stderr {
        errors.read_to_string(&mut rest)?;
    }
    let status = started.wait()?;
    let cpu = cpu_of_children()? - before;
    let kept = match program.into {
        Into::Recording(_) => packets(&path)?,
        _ => BufReader::new(File::open(&path)?).split(b'\n').count(),
    };
    std::fs::remove_file(&path)?;
    let lost = pace.count().saturating_sub(kept);
    if lost == 0 && !status.success() {
        return Err(format!("{}: {status}\n{rest}", program.name).into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
    let millions = pace.count() as f64 / 1e6;
    Ok(Figures {
        cpu: cpu / millions,
        rate,
        lost,
    })
}

/// The program, when it captures.
fn start(program: &Program, path: &Path) -> Result<Child, Box<dyn Error>> {
    let (name, arguments) = program.arguments.split_first().ok_or("a program without a name")?;
    let mut command = Command::new(name);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    match program.into {
        Into::Lines => command.stdout(File::create(path)?),
        _ => command.arg(path),
    };
    let mut child = command
        .spawn()
        .map_err(|error| format!("{name} cannot be started: {error}"))?;
    let mut said = String::new();
    let errors = child.stderr.take().ok_or("no standard error")?;
    let mut errors = BufReader::new(errors);
    while !said.contains(program.ready) {
        if errors.read_line(&mut said)? == 0 {
            return Err(format!("{name} ended: {said}").into());
        }
    }
    child.stderr = Some(errors.into_inner());
    Ok(child)
}

/// User and system seconds of all children that have ended and been waited for.
fn cpu_of_children() -> Result<f64, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let times = [usage.user_time(), usage.system_time()];
    let seconds = times.map(|time| {
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let seconds = time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        seconds
    });
    Ok(seconds.iter().sum())
}

/// How many packets Wireshark's capinfos counts in the file.
fn packets(path: &Path) -> Result<usize, Box<dyn Error>> {
    let output = Command::new("capinfos")
        .args(["-c", "-M", "-T", "-r"])
        .arg(path)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let count = text.trim().rsplit('\t').next().unwrap_or_default();
    count
        .parse()
        .map_err(|_| format!("capinfos: {text}{}", String::from_utf8_lossy(&output.stderr)).into())
}
