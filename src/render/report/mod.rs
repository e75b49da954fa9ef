//! The report: a capture as one HTML page that loads nothing else.
//!
//! `page.html` is the page, `ladder.html` a ladder in it, `packet.html` a packet. The style is in `style.css` (the page),
//! `ladder.css`, `packet.css` and `print.css`; the script in `packets.js` (where packets come from), `choose.js` (the chosen
//! packet, keys, the search, paper), `light.js` (highlights the same field in diagram, table and bytes) and `terms.js` (the glossary).
//!
//! `section` is a conversation and `ladder` its rows; `legend` explains their signs. `start` makes the text of the first screen
//! and `predict` its questions. `article` is a packet, `bytes` its hex dump, `glossary` the explained terms. Up to [`PLAIN`]
//! packets, the page works without its script. A page of more packets has them compressed (`packed`); without the script it
//! shows only its ladders.
//!
//! The template escapes what comes from the network. If that fails, the page's own policy (Content-Security-Policy) still
//! allows only this script, by its hash.

mod article;
mod bytes;
mod glossary;
mod ladder;
mod legend;
mod packed;
mod predict;
mod row;
mod section;
mod start;

use std::io::{self, Write};

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use self::article::Article;
use self::glossary::{Glossary, Term};
use self::legend::Sign;
use self::packed::Packer;
use self::section::ConversationSection;
use self::start::Start;
use crate::explain::count;
use crate::render::report_model::{BothEnds, ReportModel, ReportPacket};
use crate::render::svg;
use crate::render::text_style::TextStyle;

/// The default number of packets in a report.
pub const LIMIT: u64 = 2_000;

/// A page of at most this number of packets has them as HTML. A page of more packets has them compressed.
pub const PLAIN: usize = 60;

const STYLE: &str = concat!(
    include_str!("style.css"),
    include_str!("ladder.css"),
    include_str!("packet.css"),
    include_str!("print.css"),
);
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("packets.js"),
    include_str!("choose.js"),
    include_str!("light.js"),
    include_str!("terms.js"),
);

/// Where a report comes from.
#[derive(Debug, Clone)]
pub struct Provenance {
    /// The capture's name, as a title.
    pub title: String,
    /// The capture file and its SHA-256, in hexadecimal; `None` where there is no file.
    pub file: Option<(String, String)>,
    /// The command that made the report.
    pub command: String,
    /// Program and version.
    pub program: String,
}

/// The page.
#[derive(Template)]
#[template(path = "page.html", config = ".config/askama.toml")]
struct Page<'a> {
    provenance: &'a Provenance,
    style: String,
    script: &'static str,
    policy: String,
    summary: String,
    limit: Option<String>,
    start: Start,
    both_ends: &'a BothEnds,
    sections: Vec<ConversationSection>,
    legend: Vec<Sign>,
    /// The title above the packets without a conversation.
    loose_title: &'static str,
    loose: Vec<Loose>,
    /// Packets as HTML: all of them, or the one for the printed summary.
    articles: String,
    /// All packets, packed; empty where they are in the page as HTML.
    packed: String,
    /// [`PLAIN`].
    plain: usize,
    glossary: Vec<Term>,
}

/// A packet in the page.
#[derive(Template)]
#[template(path = "packet.html", config = ".config/askama.toml")]
struct ArticlePage {
    article: Article,
}

/// A packet without a conversation, or with a conversation that has been forgotten.
struct Loose {
    number: u64,
    name: String,
    reason: String,
}

/// Writes the report.
///
/// # Errors
/// Those of the writer.
pub fn write(
    output: &mut impl Write,
    text_style: &TextStyle,
    report: &ReportModel,
    provenance: &Provenance,
) -> io::Result<()> {
    let style = format!("{}{STYLE}", svg::STYLE);
    let policy = format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '{}'; script-src '{}'",
        hash(&style),
        hash(SCRIPT)
    );
    let conversations = report.conversations.iter();
    let loose = report.packets.iter().filter(|kept| report.is_loose(kept));
    let start = Start::of(report);
    let mut sections: Vec<_> = conversations
        .map(|model| ConversationSection::of(model, report, text_style))
        .collect();
    section::say_notes_once(&mut sections);
    let mut glossary = Glossary::new();
    let (articles, packed) = articles(report, text_style, start.sample, &mut glossary)?;
    look_through(&mut glossary, &start, &sections);
    let page = Page {
        provenance,
        script: SCRIPT,
        policy,
        style,
        summary: summary(report),
        limit: limit(report),
        start,
        both_ends: &report.both_ends,
        legend: legend::signs(&sections.iter().map(|section| &section.signs).collect::<Vec<_>>()),
        sections,
        loose_title: match report.forgotten {
            0 => "Packets of no conversation",
            _ => "Packets of no conversation that is known",
        },
        loose: loose.map(Loose::of).collect(),
        articles,
        packed,
        plain: PLAIN,
        glossary: glossary.terms(),
    };
    page.write_into(output)?;
    // A template ends without a line feed.
    writeln!(output)
}

/// The packets that the page has as HTML, and those that it has compressed. They are made one after the other, because all of
/// them at once would take far more memory than the page.
fn articles(
    report: &ReportModel,
    text_style: &TextStyle,
    sample: Option<u64>,
    glossary: &mut Glossary,
) -> io::Result<(String, String)> {
    let is_plain = report.packets.len() <= PLAIN;
    let mut plain = String::new();
    let mut all = Packer::new();
    let mut kept: Vec<&ReportPacket> = report.packets.iter().collect();
    if !is_plain {
        // Packets of one conversation differ least.
        kept.sort_by_key(|kept| kept.in_flow.map(|in_flow| in_flow.conversation));
    }
    let most = bytes::most(&kept.iter().flat_map(|kept| kept.data()));
    for kept in kept {
        let article = Article::of(kept, report, text_style, most);
        let (number, conversation) = (article.number, article.conversation);
        let html = ArticlePage { article }.render().map_err(io::Error::other)?;
        if is_plain {
            glossary.look(&html);
        } else {
            all.add(number, conversation, &html, |text| glossary.look(text))?;
        }
        if is_plain || sample == Some(number) {
            plain.push_str(&element(number, conversation, sample == Some(number), &html));
        }
    }
    let packed = if is_plain { String::new() } else { all.finish()? };
    Ok((plain, packed))
}

/// A packet's element; `packets.js` makes the same for a packed one.
fn element(number: u64, conversation: Option<u64>, is_sample: bool, html: &str) -> String {
    let sample = if is_sample { " sample" } else { "" };
    let conversation = conversation.map_or(String::new(), |number| format!(" data-c=\"{number}\""));
    format!("<article class=\"packet{sample}\" id=\"packet-{number}\" tabindex=\"-1\"{conversation}>{html}</article>\n")
}

fn look_through(glossary: &mut Glossary, start: &Start, sections: &[ConversationSection]) {
    glossary.look(start.lead);
    for step in &start.steps {
        glossary.look(&step.says);
        glossary.look(&step.states);
    }
    for row in sections.iter().flat_map(|section| &section.rows) {
        glossary.look(&row.client);
        glossary.look(&row.server);
    }
}

/// As Content-Security-Policy names a text (CSP Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn summary(report: &ReportModel) -> String {
    let packets = count(report.packets.len() as u64, "packet");
    let conversations = count(report.conversations.len() as u64, "conversation");
    format!("{packets}, {conversations}")
}

fn limit(report: &ReportModel) -> Option<String> {
    let more = count(report.left_out, "more packet");
    let bound = &report.bound;
    (report.left_out > 0).then(|| format!("The capture has {more}; this report has {bound}."))
}

impl Loose {
    fn of(kept: &ReportPacket) -> Self {
        let frame = kept.followed();
        let packet = frame.decode();
        let reason = crate::explain::packet::reason(&packet, kept.in_flow.as_ref());
        Self {
            number: kept.number,
            name: crate::explain::packet::name(&packet).into_owned(),
            reason: reason.map(std::borrow::Cow::into_owned).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Provenance, write};
    use crate::flow::Tracker;
    use crate::frame::Frame;
    use crate::render::report_model::{ReportModel, ReportPacket};
    use crate::render::samples;
    use crate::render::text_style::TextStyle;
    use crate::timeline::ConversationCalls;
    use crate::wire::LinkType;

    /// The page of a packet whose conversation is known, or has been forgotten.
    fn page(frame: Frame<'static>, is_known: bool) -> String {
        let mut tracker = Tracker::new();
        let in_flow = tracker.follow(1, None, &frame.decode());
        assert!(in_flow.is_some());
        let kept = ReportPacket {
            number: 1,
            frame,
            in_flow,
            whole: None,
        };
        let conversation = |number| tracker.conversation(number).filter(|_| is_known);
        let report = ReportModel::new(
            vec![kept],
            conversation,
            |_, _| ConversationCalls::default(),
            false,
            None,
            0,
        );
        assert_eq!(report.forgotten, u64::from(!is_known));
        let provenance = Provenance {
            title: String::new(),
            file: None,
            command: String::new(),
            program: String::new(),
        };
        let mut output = Vec::new();
        write(&mut output, &TextStyle::PIPE, &report, &provenance).unwrap();
        String::from_utf8(output).unwrap()
    }

    fn udp() -> Frame<'static> {
        let sample = samples::all().into_iter().find(|each| each.name == "udp").unwrap();
        Frame {
            original_length: sample.length,
            ..Frame::new(None, sample.link, sample.bytes)
        }
    }

    /// A UDP datagram without data over IPv6, from port 1 to port 2, with the flow label 0x12345.
    fn over_ipv6() -> Frame<'static> {
        let mut bytes = vec![0x60, 0x01, 0x23, 0x45, 0, 8, 17, 64];
        bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
        bytes.extend([0, 1, 0, 2, 0, 8, 0, 1]);
        Frame::new(None, LinkType::IPV6, bytes)
    }

    /// On a phone a diagram has 16 bits a row: so nothing but a whole row reaches over the middle of one.
    #[test]
    fn a_field_that_crosses_the_middle_of_a_row_is_two_boxes() {
        let page = page(over_ipv6(), true);
        let boxes = page.split("<span class=\"box ").skip(1);
        let boxes: Vec<&str> = boxes.filter_map(|one| one.split("</span>").next()).collect();
        let halves: Vec<&&str> = boxes
            .iter()
            .filter(|one| one.starts_with("w4 left") || one.contains("flow label"))
            .collect();
        assert_eq!(halves.len(), 2, "{boxes:#?}");
        assert!(
            halves[0].starts_with("w4 left\"") && !halves[0].contains("<b>"),
            "{halves:?}"
        );
        assert!(
            halves[1].starts_with("w16 right\"") && halves[1].contains("12345"),
            "{halves:?}"
        );
        let widths = boxes.iter().map(|one| &one[..one.find([' ', '"']).unwrap()]);
        for width in widths {
            let bits: u32 = width[1..].parse().unwrap();
            assert!(bits <= 16 || bits == 32, "{width}");
        }
    }

    #[test]
    fn a_packet_whose_conversation_is_forgotten_stands_among_the_others() {
        const LOOSE: &str = "<a class=\"packet-link\" href=\"#packet-1\">";
        let forgotten = page(udp(), false);
        assert!(forgotten.contains("1 packet, 0 conversations"));
        assert!(forgotten.contains("This capture has no conversation over TCP or UDP that is known."));
        assert!(
            forgotten.contains("<h2>Packets of no conversation that is known</h2>") && forgotten.contains(LOOSE),
            "{forgotten}"
        );
        let known = page(udp(), true);
        assert!(known.contains("1 packet, 1 conversation") && !known.contains(LOOSE));
    }
}
