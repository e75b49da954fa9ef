//! How fast the servers answer, and whether they go on when clients behave badly: `udp-server` and `tcp-server` beside the
//! shortest loop that does the same, and beside the classic pair in Python.
//!
//! ```text
//! cargo bench --bench servers                 measures, and prints the tables
//! cargo bench --bench servers -- --write      puts them into docs/benchmarks.md, too
//! cargo bench --bench servers -- --once       one turn each, to look at
//! ```
//!
//! Everything happens on the loopback of an empty network namespace. The servers take turns, five times over. It takes five
//! minutes; the machine should have nothing else to do. It needs Python, ip and unshare.
//!
//! - [`bare`]: the shortest loop; [`server`]: starts any of the servers;
//! - [`load`]: clients, and how long each answer takes; [`pairs`]: the client programs with their servers;
//! - [`crowd`]: silent clients by thousands, and bad ones;
//! - [`report`]: tables; [`common`]: what the benchmarks share.

mod bare;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod load;
mod pairs;
mod report;
mod server;

use std::error::Error;
use std::io::Write as _;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use self::common::in_namespace;
use self::load::Load;
use self::report::Report;
use self::server::{Kind, Server, Transport};

/// How often each server has its turn.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if let [role, port] = arguments.as_slice() {
        if let Some(transport) = Transport::of_role(role) {
            return Ok(bare::serve(transport, port.parse()?)?);
        }
    }
    // `cargo test --all-targets` starts this program, too, and wants no measurements.
    if !has("--bench") {
        return Ok(());
    }
    in_namespace(&arguments)?;
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    let report = measure(if has("--once") { 1 } else { ROUNDS })?;
    std::io::stdout().write_all(report.to_string().as_bytes())?;
    if has("--write") && !has("--once") {
        report.write("docs/benchmarks.md".as_ref())?;
    }
    Ok(())
}

fn measure(rounds: usize) -> Result<Report, Box<dyn Error>> {
    let mut report = Report::default();
    for round in 1..=rounds {
        let progress = |what: &str| writeln!(std::io::stderr(), "round {round} of {rounds}: {what}");
        for load in Load::ALL {
            for kind in Kind::ALL {
                progress(&format!("{load}, {kind}"))?;
                let server = Server::start(kind, load.transport())?;
                report.add_served(load, kind, load.run(&server)?);
            }
        }
        for transport in Transport::ALL {
            for kind in [Kind::Ours, Kind::Python] {
                progress(&format!("client and server over {transport}, {kind}"))?;
                report.add_pair(transport, kind, pairs::run(transport, kind)?);
            }
        }
        for crowd in crowd::Crowd::ALL {
            progress(&format!("crowd: {crowd}"))?;
            report.add_crowd(crowd, crowd.run()?);
        }
    }
    Ok(report)
}
