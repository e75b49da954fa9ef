//! What is printed of a run with two hosts.

use std::io::{self, Write};
use std::path::PathBuf;

use super::kernels::SINCE_THE_TEXTBOOK;
use super::result::WireResult;
use super::runs;
use super::settings::WireSettings;
use crate::explain::count;
use crate::flow::Party;
use crate::hosts::addresses;
use crate::hosts::record::{Fate, FrameRecord, ROUTER};
use crate::lab::network::Network;
use crate::lab::overview::Overview;
use crate::lab::printed_names::{beside_this_program, shown_path};
use crate::render::ladder::overview::OverviewRows;
use crate::render::two_ends::ladder;
use crate::render::two_ends::rows_shown::Extent;

/// This many frames to which something was done are listed; the rest are counted.
const MOST_CHANGED: usize = 8;

/// With this many packets at the client or fewer, every packet is drawn.
const DRAWN_WHOLE: u64 = 60;

/// Of more packets this many rows are drawn: a screen.
const ROWS: usize = 40;

/// Nothing for so long, in nanoseconds, is shown: longer than any wire here delays, and shorter than any timer of TCP.
const SHORTEST_GAP: i64 = 150_000_000;

/// Prints a run.
pub struct WirePrinter<'a> {
    /// What was asked for.
    pub settings: &'a WireSettings,
    /// The files.
    pub names: &'a [PathBuf],
}

impl WirePrinter<'_> {
    /// Prints the run: its wire, both ends, what the wire did, what to notice, where to go from there.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn print(&self, out: &mut impl Write, result: &WireResult) -> io::Result<()> {
        let WireSettings { run, style, links, .. } = self.settings;
        let overview = Overview {
            style,
            network: &Network::TwoHosts(None),
            links: *links,
            usual: false,
        };
        overview.heading(
            out,
            &format!("{}: two hosts, real packets, nothing left this machine.", run.title),
        )?;
        writeln!(out)?;
        overview.paragraph(out, "  Wire:   ", &self.settings.rules_in_words())?;
        if let Some(mtu) = run.router {
            let [near, far] = [Party::Client, Party::Server].map(addresses::of_router);
            let words =
                format!("{near} and {far}, between the two hosts; packets to the server have {mtu} bytes at most");
            overview.paragraph(out, "  Router: ", &words)?;
        }
        let mut hosts = run.kernel.in_words();
        if self.settings.textbook {
            let without: Vec<&str> = SINCE_THE_TEXTBOOK.iter().map(|(_, what)| *what).collect();
            hosts.push(format!("without {}, as in the textbook's figures", without.join(", ")));
        }
        hosts.extend(
            result
                .instead_of_tap
                .iter()
                .map(|why| format!("veth in place of /dev/net/tun ({why})")),
        );
        if !hosts.is_empty() {
            overview.paragraph(out, "  Hosts:  ", &hosts.join("; "))?;
        }
        if let Some(before) = self.settings.before() {
            overview.paragraph(out, "  ", before)?;
        }
        writeln!(out)?;
        self.both_ends(out, &overview, result)?;
        if self.settings.full {
            Self::each_end(out, &overview, result)?;
        }
        if let Some(bars) = run.bars.and_then(|bars| bars(result, self.settings.has_more_rules)) {
            writeln!(out)?;
            overview.heading(out, &bars.title)?;
            bars.write(out, style)?;
        }
        self.wire(out, &overview, result)?;
        Self::counted(out, &overview, result)?;
        // With more rules than the run's own, what it says of its packets need not hold.
        let mut sentences = if self.settings.has_more_rules {
            Vec::new()
        } else {
            (run.after)(result)
        };
        sentences.extend(result.observations.iter().cloned());
        if !sentences.is_empty() {
            writeln!(out)?;
            overview.heading(out, "What to notice")?;
        }
        for sentence in sentences {
            overview.paragraph(out, "  ", &sentence)?;
        }
        self.next(out, &overview)
    }

    /// What the wire did to which frame.
    fn wire(&self, out: &mut impl Write, overview: &Overview<'_>, result: &WireResult) -> io::Result<()> {
        writeln!(out)?;
        overview.heading(out, "What the wire did")?;
        let changed: Vec<&FrameRecord> = result.changed().collect();
        let [of_client, of_server] = [Party::Client, Party::Server].map(|party| result.numbers(party).sent);
        for frame in changed.iter().take(MOST_CHANGED) {
            let numbers = match frame.from {
                Party::Client => &of_client,
                Party::Server => &of_server,
            };
            overview.paragraph(out, "  ", &done(frame, numbers))?;
        }
        if changed.is_empty() {
            overview.paragraph(out, "  ", "Every frame arrived, once and as it was sent.")?;
        }
        let more = changed.len().saturating_sub(MOST_CHANGED);
        if more > 0 {
            let file = format!("{}.wire.jsonl", self.settings.run.word);
            overview.paragraph(
                out,
                "  ",
                &format!("And {}: all are in {file}.", count(more as u64, "more frame")),
            )?;
        }
        for unused in &result.record.unused {
            overview.paragraph(out, "  ", &format!("{unused}."))?;
        }
        Ok(())
    }

    /// What the kernels have counted, as far as it has grown.
    fn counted(out: &mut impl Write, overview: &Overview<'_>, result: &WireResult) -> io::Result<()> {
        if result.counted.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        overview.heading(out, "What the kernels counted")?;
        for party in [Party::Client, Party::Server] {
            // What counts bytes and every packet says nothing of a cause.
            let of_party = result.counted.iter().filter(|one| one.host == party);
            let of_party = of_party.filter(|one| !one.name.starts_with("IpExt."));
            let grown: Vec<String> = of_party
                .filter(|one| one.grown() != 0)
                .map(|one| format!("{} {}", one.name, one.grown()))
                .collect();
            overview.paragraph(out, "  ", &format!("The {party}'s: {}.", grown.join(", ")))?;
        }
        Ok(())
    }

    /// Both captures in one ladder.
    fn both_ends(&self, out: &mut impl Write, overview: &Overview<'_>, result: &WireResult) -> io::Result<()> {
        let [client, server] = [Party::Client, Party::Server].map(|party| count(result.count(party), "packet"));
        let version = self.settings.version;
        let [of_client, of_server] = [Party::Client, Party::Server].map(|party| version.address(party));
        overview.heading(
            out,
            &format!("At the client, {of_client}: {client}. At the server, {of_server}: {server}."),
        )?;
        // With nothing in common there is no ladder of both.
        let Some(ends) = result.both_ends() else {
            return Self::each_end(out, overview, result);
        };
        let extent = if self.settings.full || result.count(Party::Client) <= DRAWN_WHOLE {
            Extent::All
        } else {
            Extent::Remarkable(ROWS)
        };
        ladder::write_ladders(out, &self.settings.style, &ends, extent)
    }

    /// What each end has seen, with the calls of its program.
    fn each_end(out: &mut impl Write, overview: &Overview<'_>, result: &WireResult) -> io::Result<()> {
        for party in [Party::Client, Party::Server] {
            writeln!(out)?;
            overview.heading(out, &format!("The {party}'s end with its calls"))?;
            if result.end(party).conversations.is_empty() {
                overview.paragraph(out, "  ", "No packet was captured here.")?;
            }
            let rows = OverviewRows {
                marked: &[],
                shortest_gap: SHORTEST_GAP,
            };
            overview.conversations(out, result.end(party), rows)?;
        }
        Ok(())
    }

    fn next(&self, out: &mut impl Write, overview: &Overview<'_>) -> io::Result<()> {
        writeln!(out)?;
        overview.heading(out, "Next")?;
        if let Some(next) = runs::after(self.settings.run) {
            writeln!(out, "   {} wire {}", beside_this_program("socket-lab"), next.word)?;
            overview.paragraph(out, "       ", next.question)?;
        }
        for name in self.names {
            writeln!(out, "   {}", shown_path(name))?;
        }
        Ok(())
    }
}

/// What was done to a frame, in a sentence. `sent` are the numbers of what its sender has sent, in the capture there.
fn done(frame: &FrameRecord, sent: &[u64]) -> String {
    let index = frame.number.and_then(|number| usize::try_from(number - 1).ok());
    let packet = index.and_then(|index| sent.get(index)).map_or(String::new(), |number| {
        format!(" (packet {number} at the {})", frame.from)
    });
    let what = match frame.number {
        Some(_) => frame.is.to_string(),
        // By the rules it is the server's: it comes from there.
        None => frame.is.to_string().replacen(frame.from.word(), ROUTER, 1),
    };
    let arrivals = match (frame.fate, frame.arrivals.len()) {
        (Fate::LostByRule, _) => "lost".to_owned(),
        (Fate::QueueFull, _) => "lost: too many frames waited".to_owned(),
        (Fate::TooLong, _) => "lost: longer than this wire carries".to_owned(),
        (Fate::NotForwarded, _) => "the router did not send it on".to_owned(),
        (Fate::OnTheWay, _) => "still on its way at the end".to_owned(),
        (Fate::Passed, 1) => "arrived".to_owned(),
        (Fate::Passed, times) => format!("arrived {times} times"),
    };
    let changed = if frame.arrivals.iter().any(|arrival| arrival.changed) {
        ", with a bit changed"
    } else {
        ""
    };
    let later = frame.arrivals.first().map(|arrival| arrival.time - frame.taken);
    let after = later.map_or(String::new(), |time| {
        format!(", {} after it was sent", crate::explain::duration(time))
    });
    format!("{what}{packet}: {arrivals}{changed}{after}.")
}
