//! The arguments of `sniffer`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{ArgAction, Parser, ValueEnum};

use super::super::args::{file_size, seconds};
use super::super::style::StyleArgs;
use super::exports::ExportArgs;
use super::typed;
use crate::render::text_style::TimeFormat;
use crate::render::view::View;
use crate::render::views;
use crate::session::rotation::Rotation;
use crate::session::settings::Settings;

/// The arguments of `sniffer`.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = EXAMPLES, after_long_help = DETAILS)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
pub struct SnifferArgs {
    /// Interface to capture on, or "any"
    ///
    /// Several are captured at once, in the order of time: -i lo -i eth0.
    #[arg(short, long, value_name = "NAME", default_value = "lo", conflicts_with = "read")]
    pub interface: Vec<String>,

    /// List the interfaces, with what each is good for
    #[arg(short = 'D', long, conflicts_with_all = ["write", "worksheet", "answer_key", "html", "svg", "plot", "mermaid"])]
    pub list_interfaces: bool,

    /// Read packets from a capture file instead ("-": standard input)
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["list_interfaces"])]
    pub read: Option<PathBuf>,

    /// Record packets to a capture file: .pcapng, or pcap for every other ending; .gz, .zst or .lz4 behind it packs the file ("-": standard output)
    ///
    /// A packed file takes up packets once a second, and whenever 256 KiB are together; it is whole at any time.
    ///
    /// A live capture, and with it the recording, ends when the reader of standard output leaves ("| head"); with -q
    /// nothing is printed, so no reader can leave. A copy of what -r reads is finished in any case.
    #[arg(short, long, value_name = "FILE")]
    pub write: Option<PathBuf>,

    /// Go on in another file when one has over SIZE million bytes; with k, m or g: KiB, MiB, GiB
    ///
    /// As tcpdump: the names of the later files end in 1, 2, 3, …, before .gz, .zst or .lz4. A packed file is counted before it
    /// is packed.
    #[arg(short = 'C', long, value_name = "SIZE", value_parser = file_size, requires = "write", help_heading = "Recording", hide_short_help = true)]
    pub rotate_size: Option<u64>,

    /// Go on in another file with the first packet after SECONDS; the name after -w has the time: x-%H%M%S.pcap, see strftime(3)
    ///
    /// As tcpdump; but with -r, the seconds are those of the packets.
    #[arg(short = 'G', long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..), requires = "write", help_heading = "Recording", hide_short_help = true)]
    pub rotate_seconds: Option<u64>,

    /// With -C, COUNT files take turns, with numbers from 0; with -G alone, end after COUNT files
    #[arg(short = 'W', long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..), requires = "write", help_heading = "Recording", hide_short_help = true)]
    pub rotate_count: Option<u32>,

    /// Replace an existing file: one of -w at once, another when its successor is whole
    #[arg(long, help_heading = "Recording", hide_short_help = true)]
    pub force: bool,

    /// Only packets from or to this port; several may be given
    ///
    /// ICMP errors about these packets, such as "port unreachable", have no port of their own and are left out, as
    /// with tcpdump: the expression 'icmp or port 80' in place of -p lets them through.
    #[arg(short, long, value_name = "PORT", value_parser = typed::port)]
    pub port: Vec<u16>,

    /// Only packets from or to this address; several may be given
    #[arg(
        long,
        value_name = "ADDRESS",
        value_parser = typed::host,
        help_heading = "Selecting packets",
        hide_short_help = true
    )]
    pub host: Vec<IpAddr>,

    /// Of TCP only the segments that open and close connections, and their acknowledgments
    #[arg(long, help_heading = "Selecting packets", hide_short_help = true)]
    pub handshake_only: bool,

    /// Stop after COUNT packets
    #[arg(short, long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Capturing", hide_short_help = true)]
    pub count: Option<u64>,

    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "read", help_heading = "Capturing", hide_short_help = true)]
    pub duration: Option<Duration>,

    /// Keep at most SNAPLEN bytes of each packet; 0: all
    #[arg(
        short,
        long,
        value_name = "SNAPLEN",
        default_value_t = 0,
        hide_default_value = true,
        conflicts_with = "read",
        help_heading = "Capturing",
        hide_short_help = true
    )]
    pub snaplen: u32,

    /// Also ask for frames that are meant for others
    #[arg(long, conflicts_with = "read", help_heading = "Capturing", hide_short_help = true)]
    pub promiscuous: bool,

    /// Read each packet by system calls of its own, not from memory that is shared with the kernel
    #[arg(long, help_heading = "Capturing", hide_short_help = true)]
    pub no_ring: bool,

    /// What is shown of each packet
    #[arg(long, value_enum, default_value_t = views::DEFAULT, value_name = "VIEW")]
    pub view: &'static View,

    /// Only conversation N, counted from 1 (or: --conversation)
    #[arg(long, alias = "conversation", value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Selecting packets", hide_short_help = true)]
    pub flow: Option<u64>,

    /// Socket calls that the four programs wrote with --calls, laid beside the packets in ladders and after them in JSON; several may be given
    #[arg(long, value_name = "FILE")]
    pub calls: Vec<PathBuf>,

    /// Ladders beside each other on one scale of time, as many as the width has room for, at the end
    #[arg(long, help_heading = "Showing", hide_short_help = true)]
    pub side_by_side: bool,

    /// Write the questions of --view answers with their answers to FILE, .md or .html, instead of showing packets
    #[arg(long, value_name = "FILE", conflicts_with_all = ["quiet", "json"], help_heading = "Questions and explanations", hide_short_help = true)]
    pub answer_key: Option<PathBuf>,

    /// Write the questions of --view answers to FILE, .md or .html, with empty lines below each; without -r, of no capture in particular
    #[arg(long, value_name = "FILE", conflicts_with_all = ["quiet", "json"], help_heading = "Questions and explanations", hide_short_help = true)]
    pub worksheet: Option<PathBuf>,

    /// Explain a concept, such as handshake, or a field of a header, such as window or tcp.flags.syn; with -r, also how the field
    /// looks in that file; list: all names
    #[arg(long, value_name = "WORD", conflicts_with_all = ["write", "view", "worksheet", "answer_key", "html", "svg", "plot", "mermaid", "calls", "list_interfaces"])]
    pub explain: Option<String>,

    /// Lay the capture of the other end beside the one of -r: what was lost, changed or overtaken on the way, and how far both clocks
    /// differ; a file with two interfaces may be named twice
    #[arg(
        long,
        value_name = "FILE",
        requires = "read",
        conflicts_with_all = ["list_interfaces", "write", "view", "flow", "count", "calls", "side_by_side", "answer_key", "worksheet", "explain", "hex", "packet"],
        help_heading = "Two captures of one exchange",
        hide_short_help = true
    )]
    pub other_end: Option<PathBuf>,

    /// Of --other-end, compare no addresses and ports: a router between the ends translates them
    #[arg(
        long,
        requires = "other_end",
        help_heading = "Two captures of one exchange",
        hide_short_help = true
    )]
    pub nat: bool,

    /// One JSON object a packet, then one a conversation and a call of --calls, instead of a view
    #[arg(long, conflicts_with = "view", help_heading = "Showing", hide_short_help = true)]
    pub json: bool,

    /// Also show the bytes of each packet
    #[arg(
        short = 'x',
        long,
        short_alias = 'X',
        overrides_with = "hex",
        help_heading = "Showing",
        hide_short_help = true
    )]
    pub hex: bool,

    /// Show all of the data, not only its beginning; of a ladder every packet, not 2,000 at most with long runs in one row
    #[arg(long, help_heading = "Showing", hide_short_help = true)]
    pub full: bool,

    /// Show no packets
    #[arg(short, long, help_heading = "Showing", hide_short_help = true)]
    pub quiet: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub export: ExportArgs,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take the words for help text")]
    pub style: StyleArgs,

    /// Have Wireshark list "Socket lab: lo" among its interfaces: links this program into its extcap folder
    #[cfg(unix)]
    #[arg(long, exclusive = true, help_heading = "In Wireshark", hide_short_help = true)]
    pub install_extcap: bool,

    /// Remove that link
    #[cfg(unix)]
    #[arg(long, exclusive = true, help_heading = "In Wireshark", hide_short_help = true)]
    pub uninstall_extcap: bool,

    /// As with tcpdump: no names for addresses and ports, which are numbers in any case
    #[arg(short = 'n', hide = true, action = ArgAction::Count)]
    pub numbers: u8,

    /// As with tcpdump: lines as they come, which is so in any case
    #[arg(short = 'l', hide = true, action = ArgAction::Count)]
    pub lines: u8,

    /// A filter as tcpdump and tshark have it in an option
    #[arg(short = 'f', short_alias = 'Y', aliases = ["display-filter"], hide = true, value_name = "EXPRESSION")]
    pub filter: Vec<String>,

    /// Only packets for which this holds, in tcpdump's language: tcp and port 80
    #[arg(value_name = "EXPRESSION", help_heading = None)]
    pub expression: Vec<String>,
}

impl ValueEnum for &'static View {
    fn value_variants<'a>() -> &'a [Self] {
        &views::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help([self.about, self.when].concat()))
    }
}

impl SnifferArgs {
    /// The words of the expression; those of `-f` and `-Y` have to hold too.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let typed = (!self.expression.is_empty()).then(|| self.expression.join(" "));
        let all: Vec<&str> = typed
            .as_deref()
            .into_iter()
            .chain(self.filter.iter().map(String::as_str))
            .collect();
        match all.as_slice() {
            [] => Vec::new(),
            [one] => vec![(*one).to_owned()],
            several => vec![
                several
                    .iter()
                    .map(|one| format!("({one})"))
                    .collect::<Vec<_>>()
                    .join(" and "),
            ],
        }
    }

    /// What the run does.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            interfaces: self.interface.clone(),
            read: self.read.clone(),
            other_end: self.other_end.clone(),
            nat: self.nat,
            write: self.write.clone(),
            rotation: Rotation {
                size: self.rotate_size,
                seconds: self.rotate_seconds,
                files: self.rotate_count,
            },
            force: self.force,
            handshake_only: self.handshake_only,
            count: self.count,
            duration: self.duration,
            snaplen: self.snaplen,
            promiscuous: self.promiscuous,
            no_ring: self.no_ring,
            view: self.view,
            flow: self.flow,
            calls: self.calls.clone(),
            side_by_side: self.side_by_side,
            answer_key: self.answer_key.clone(),
            worksheet: self.worksheet.clone(),
            json: self.json,
            hex: self.hex,
            full: self.full,
            quiet: self.quiet,
            export: self.export.settings(),
            style: self.style.style(TimeFormat::Local),
            times: self.style.times(),
        }
    }
}

const EXAMPLES: &str = "Examples:
  sudo $(command -v sniffer) -i lo -p 13000 -w captures/mine.pcapng
  sniffer -r captures/tcp.pcapng --view summary 'tcp and port 13000'
  sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder
  sniffer --explain handshake
  sniffer -q -r captures/tcp.pcapng --html tcp.html";

/// What `--help-all` has below the examples.
const DETAILS: &str = "More examples:
  sudo $(command -v sniffer) -i lo -w - | wireshark -k -i -
  sniffer -r captures/mine.pcapng --view ladder --calls server.jsonl --calls client.jsonl
  sniffer -r captures/mine.pcapng --worksheet form.html --answer-key key.html
  sniffer -r captures/mine.pcapng --explain 'sequence number'

Ctrl+C, SIGTERM and SIGHUP end it within a second when it waits for a reader or a disk, a
second one at once; SIGUSR1 shows the counts so far.

Exit status: 0 fine; 1 failure, or packets were lost: dropped by the kernel, or captured but
neither printed nor recorded, or a signal ended it before all was read and written, and it
says of which file; 2 wrong arguments.";
