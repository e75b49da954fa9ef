//! `--explain WORD`: the purpose of a field, and its values in a capture file; a concept; the list of all names.

use super::ending::{self, Counts, Grace};
use super::following::Follower;
use super::observed::{LazyPacket, Observed};
use super::outcome::Outcome;
use super::say::Say;
use super::selection::Selection;
use super::settings::Settings;
use super::source::{Source, grace_of};
use super::stdout::put;
use crate::escape::{one_line, printable};
use crate::explain::concepts::{Concept, concept as find_concept};
use crate::explain::purpose::{FieldEntry, concept_beside, lookup, meant, nearest, no_field};
use crate::explain::{Context, icmp_extension, meaning, note};
use crate::filter::Filter;
use crate::flow::PacketInFlow;
use crate::os::cancel::CancelToken;
use crate::render::explained::{self, CaptureExamples, Example};
use crate::render::proof::Proof;
use crate::render::text_style::TimeFormat;
use crate::render::{concept as concept_page, explained_list};
use crate::wire::{Field, Layer, Packet, Protocol};

/// Number of places in the capture that are shown.
const EXAMPLES: usize = 5;

/// Follows a place that is not in the packet.
const JOINED: &str = "[bytes counted in the datagram put together]";

/// The word that asks for the list of all names.
const LIST: &str = "list";

/// What is explained.
#[derive(Debug)]
pub enum Topic {
    /// The names of all concepts and fields.
    List,
    /// A concept.
    Concept(&'static Concept),
    /// Fields of this name, the best first; at least one.
    Fields {
        /// The fields.
        entries: Vec<FieldEntry>,
        /// A concept that may be meant by the same word.
        concept: Option<&'static Concept>,
    },
}

/// A topic that was asked for.
#[derive(Debug)]
pub struct Asked {
    /// The topic.
    pub topic: Topic,
    /// Its name, where the word was a misspelling of it.
    pub meant: Option<&'static str>,
}

/// The topic for this word, also if it is misspelt.
///
/// # Errors
/// The name is unknown, or the settings do not fit it: a line that says so, and what to do.
pub fn asked(word: &str, settings: &Settings) -> Result<Asked, String> {
    let is_known = is_list(word) || find_concept(word).is_some() || !lookup(word).is_empty();
    // A name that is not a field for a known reason gets that reason.
    let meant = (!is_known && no_field(word).is_none()).then(|| meant(word)).flatten();
    let topic = topic(meant.unwrap_or(word), settings)?;
    Ok(Asked { topic, meant })
}

fn is_list(word: &str) -> bool {
    word.trim().eq_ignore_ascii_case(LIST)
}

/// What this name asks for.
fn topic(word: &str, settings: &Settings) -> Result<Topic, String> {
    if is_list(word) {
        return match settings.read {
            Some(_) => Err("--explain list does not look into a capture: leave -r out".to_owned()),
            None => Ok(Topic::List),
        };
    }
    if settings.json {
        return Err("--explain writes JSON of the list only: leave --json out, or use --explain list".to_owned());
    }
    if let Some(concept) = find_concept(word) {
        return match settings.read {
            Some(_) => Err(format!(
                "{} is a concept, not a field of a packet: leave -r out; its page names a capture to look at",
                concept.name
            )),
            None => Ok(Topic::Concept(concept)),
        };
    }
    let entries = lookup(word);
    let Some(first) = entries.first() else {
        return Err(unknown(word));
    };
    let concept = concept_beside(word, first);
    Ok(Topic::Fields { entries, concept })
}

/// Explains it; a field with the packets of `-r` if it is given.
///
/// # Errors
/// The file cannot be read or standard output not be written: a line that says so.
pub fn run(
    settings: &Settings,
    Asked { topic, meant }: Asked,
    filter: Filter,
    cancel: &CancelToken,
    say: Say,
) -> Result<Outcome, String> {
    let watching = ending::watch(cancel, Grace::Whole, say, Some(Counts::of_reading()))?;
    if let Some(path) = &settings.read {
        watching.count(grace_of(path));
    }
    if let Some(name) = meant {
        say.warning(&format!("no field or concept has that name; this is {name}"));
    }
    let style = settings.style_with(TimeFormat::Relative);
    let mut page = Vec::new();
    let mut trouble = None;
    // Writing to memory cannot fail.
    let _ = match topic {
        Topic::List if settings.json => explained_list::write_json(&mut page),
        Topic::List => explained_list::write(&mut page, &style),
        Topic::Concept(concept) => concept_page::write(&mut page, &style, concept),
        Topic::Fields { mut entries, concept } => {
            let (seen, ended) = find_examples(settings, &mut entries, filter, cancel, say)?;
            trouble = ended;
            match entries.split_first() {
                Some((entry, others)) => explained::write(&mut page, &style, entry, others, concept, seen.as_ref()),
                None => Ok(()),
            }
        }
    };
    put(&page)?;
    trouble.map_or(Ok(Outcome::Complete), Err)
}

/// Why nothing can be explained.
fn unknown(name: &str) -> String {
    if let Some(why) = no_field(name) {
        return why.to_owned();
    }
    if name.trim().is_empty() {
        return "--explain needs the name of a field or concept, such as window or handshake; --explain list names all"
            .to_owned();
    }
    let near = match nearest(name) {
        near if near.is_empty() => "--explain list names all".to_owned(),
        near => format!("near to it: {}", near.join(", ")),
    };
    format!(
        "no field or concept is called {}; {near}",
        printable(shortened(name).as_bytes())
    )
}

fn shortened(name: &str) -> String {
    const MOST: usize = 60;
    name.chars().take(MOST).collect()
}

/// The first places of the field in the capture, and what ended the reading too early. Of several fields of the name, the one
/// comes first that the capture has.
fn find_examples(
    settings: &Settings,
    entries: &mut [FieldEntry],
    filter: Filter,
    cancel: &CancelToken,
    say: Say,
) -> Result<(Option<CaptureExamples>, Option<String>), String> {
    let Some(path) = &settings.read else {
        return Ok((None, None));
    };
    let mut source = Source::open(path, cancel)?;
    let mut selection = Selection::new(filter, settings.handshake_only);
    let mut search = Search {
        follower: Follower::new(),
        only: settings.flow,
        examples: entries.iter().map(|entry| (entry.def.id, Vec::new())).collect(),
    };
    let (mut number, mut wanted, mut trouble) = (0, 0, None);
    while !search.is_done() && settings.count.is_none_or(|count| wanted < count) {
        source.count(number);
        if source.is_over(cancel) {
            trouble = source.interrupted();
            break;
        }
        let frame = match source.reader.next() {
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(_) if cancel.requested() => {
                trouble = source.interrupted();
                break;
            }
            Err(error) => {
                trouble = Some(one_line(&error));
                break;
            }
        };
        number += 1;
        let headers = LazyPacket::new(&frame);
        if !selection.wants(&headers).map_err(|error| one_line(&error))? {
            search.follower.pass(number, &frame, headers.packet());
            continue;
        }
        wanted += 1;
        let followed = search.follower.follow(number, &frame, headers.packet());
        let observed = Observed::new(number, &headers, &followed);
        let this = ExampleSource { number, joined: false };
        search.take(this, observed.packet(), followed.in_flow.as_ref());
        if followed.whole.is_some() {
            observed
                .with_in_flow(|packet, in_flow| search.take(ExampleSource { number, joined: true }, packet, in_flow));
        }
    }
    selection.nothing().iter().for_each(|line| say.warning(line));
    let found = search.examples.iter().position(|(_, examples)| !examples.is_empty());
    let found = found.unwrap_or(0);
    if let Some(first) = entries.get_mut(..=found) {
        first.rotate_right(1);
    }
    let examples = search.examples.into_iter().nth(found);
    Ok((
        Some(CaptureExamples {
            source: printable(path.display().to_string().as_bytes()).into_owned(),
            examples: examples.map(|(_, examples)| examples).unwrap_or_default(),
        }),
        trouble,
    ))
}

/// Where headers were found.
#[derive(Clone, Copy)]
struct ExampleSource {
    /// Number of the packet in the capture, from 1.
    number: u64,
    /// They are those of a datagram that was put together from fragments, the last of which is this packet.
    joined: bool,
}

struct Search {
    follower: Follower,
    only: Option<u64>,
    /// By filter name.
    examples: Vec<(&'static str, Vec<Example>)>,
}

/// Headers that IP repeats in each fragment, or writes again. RFC 791 section 3.2, RFC 8200 section 4.5
const fn is_in_each_fragment(protocol: Protocol) -> bool {
    matches!(
        protocol,
        Protocol::Ipv4 | Protocol::Ipv6 | Protocol::HopByHop | Protocol::Routing | Protocol::Fragment
    )
}

impl Search {
    /// The first field of the name was seen often enough.
    fn is_done(&self) -> bool {
        self.examples.first().is_some_and(|(_, seen)| seen.len() >= EXAMPLES)
    }

    fn take(&mut self, shown: ExampleSource, packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) {
        if self
            .only
            .is_some_and(|only| in_flow.is_none_or(|in_flow| in_flow.conversation != only))
        {
            return;
        }
        // What was before the data that were put together is in each fragment as it was sent.
        let before = |layer: &&Layer<'_>| shown.joined && is_in_each_fragment(layer.protocol());
        let before = packet.layers().iter().take_while(before).count();
        for (index, layer) in packet.layers().iter().enumerate().skip(before) {
            let Some(context) = Context::new(packet, index, in_flow) else {
                return;
            };
            for field in &layer.fields() {
                self.search(shown, context, field, field);
            }
        }
        if let Some((context, fields)) = icmp_extension(packet, in_flow) {
            for field in &fields {
                self.search(shown, context, field, field);
            }
        }
    }

    /// The field and its parts. A part that has no meaning of its own has that of the whole.
    fn search(&mut self, shown: ExampleSource, context: Context<'_, '_>, field: &Field<'_>, whole: &Field<'_>) {
        if self.examples.iter().any(|(id, _)| *id == field.id()) {
            let said = meaning(context, field).or_else(|| meaning(context, whole));
            let noted = note(context, field).unwrap_or_default().into_owned();
            self.keep(shown, field, noted, said.unwrap_or_default().into_owned());
        }
        for part in field.parts() {
            self.search(shown, context, part, whole);
        }
    }

    fn keep(&mut self, shown: ExampleSource, field: &Field<'_>, note: String, meaning: String) {
        let mut wanted = self.examples.iter_mut().filter(|(id, _)| *id == field.id());
        let Some((_, examples)) = wanted.next().filter(|(_, examples)| examples.len() < EXAMPLES) else {
            return;
        };
        let Some(proof) = Proof::of_field(shown.number, field) else {
            return;
        };
        // The first fragment mostly showed it already, at its own place.
        let is_told =
            |one: &Example| (&one.proof.raw, &one.proof.value, &one.note) == (&proof.raw, &proof.value, &note);
        let note = match (shown.joined, note.as_str()) {
            (true, _) if examples.iter().any(is_told) => return,
            (true, "") => JOINED.to_owned(),
            (true, _) => format!("{note} {JOINED}"),
            (false, _) => note,
        };
        examples.push(Example { proof, note, meaning });
    }
}
