//! What does not go together among the arguments.

use std::path::Path;

use crate::capture::live::ANY;
use crate::escape::printable;
use crate::record::Format;
use crate::render::views;
use crate::session::settings::{Exports, Settings};

/// What does not go together with a file of questions, in a line.
fn beside_sheets(settings: &Settings) -> Option<String> {
    let (option, path) = settings.sheets().next()?;
    if settings.sheets().any(|(_, path)| path == Path::new("-")) {
        Some(format!(
            "{option} writes a file: give it a name that ends in .md or .html"
        ))
    } else if settings.write.as_deref() == Some(Path::new("-")) {
        Some("-w - shows nothing, so there is nothing to ask about: give -w a file".to_owned())
    } else if settings.is_form_alone() && (settings.write.is_some() || settings.export.is_some()) {
        Some(
            "--worksheet without -r is a form of no capture, so nothing is captured: leave the other outputs out, or add \
             --view answers"
                .to_owned(),
        )
    } else if settings.export.mermaid {
        Some(format!(
            "{option} and --mermaid do not go together: ask for one, then for the other"
        ))
    } else if settings.view != views::DEFAULT && !settings.asks() {
        Some(format!(
            "{option} {} is written instead of a view: leave --view out, or say --view answers",
            printable(path.display().to_string().as_bytes())
        ))
    } else {
        None
    }
}

/// What does not go together, in a line.
#[must_use]
pub(super) fn contradiction(settings: &Settings) -> Option<String> {
    if let Some(line) = settings.rotation.refusal(settings.write.as_deref()) {
        return Some(line);
    }
    if let Some(line) = of_interfaces(settings) {
        return Some(line);
    }
    let draws = settings.view.shows_calls && !settings.json;
    if !settings.calls.is_empty() && !settings.shows_calls() && !settings.export.shows_calls() {
        Some(
            "--calls is shown by ladders and in JSON only: add --view ladder, --json, --html, --svg or --mermaid"
                .to_owned(),
        )
    } else if settings.export.tcp_info.is_some() && settings.export.plot.is_none() && settings.export.html.is_none() {
        Some("--tcp-info is drawn in graphs: add --plot or --html".to_owned())
    } else if settings.side_by_side && !draws {
        Some("--side-by-side is for ladders only: add --view ladder".to_owned())
    } else {
        let sheets = settings.sheets().map(|(_, path)| path);
        let others: Vec<&Path> = settings.write.as_deref().into_iter().chain(sheets).collect();
        beside_sheets(settings).or_else(|| of_exports(&settings.export, &others))
    }
}

/// What does not go together among several interfaces, in a line.
fn of_interfaces(settings: &Settings) -> Option<String> {
    let [all @ .., _] = settings.interfaces.as_slice() else {
        return None;
    };
    if all.is_empty() {
        return None;
    }
    let names = settings.interfaces.iter().enumerate();
    let twice = names
        .clone()
        .find(|&(place, name)| all.iter().take(place).any(|before| before == name));
    if let Some((_, name)) = twice {
        let name = printable(name.as_bytes());
        return Some(format!(
            "-i {name} is there twice, and each of its packets would be captured twice: leave one out"
        ));
    }
    if settings.interfaces.iter().any(|name| name == ANY) {
        return Some(
            "-i any has the packets of all interfaces, so those of the other -i would be captured twice: leave out \
             either any or the others"
                .to_owned(),
        );
    }
    let path = settings.write.as_deref()?;
    (settings.format_of(path) == Format::Pcap).then(|| {
        format!(
            "{} would be a pcap file, which does not hold the interface of a packet, and there are {} interfaces: give -w a \
             name that ends in .pcapng",
            printable(path.display().to_string().as_bytes()),
            settings.interfaces.len()
        )
    })
}

/// What does not go together, in a line. `others`: what else is written.
fn of_exports(export: &Exports, others: &[&Path]) -> Option<String> {
    let dash = Path::new("-");
    if let Some((option, _)) = export.files().find(|(_, path)| *path == dash) {
        return Some(format!("{option} writes a file: give it a name instead of \"-\""));
    }
    if export.mermaid && others.contains(&dash) {
        return Some("--mermaid and -w - both write to standard output: give -w a file".to_owned());
    }
    let files: Vec<&Path> = export
        .files()
        .map(|(_, path)| path)
        .chain(others.iter().copied())
        .collect();
    let twice = files
        .iter()
        .enumerate()
        .any(|(place, file)| files.iter().skip(place + 1).any(|other| other == file));
    twice.then(|| "two outputs have the same name: give each a file of its own".to_owned())
}
