//! What was typed as an expression and is none: the command that was meant.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::args::SnifferArgs;
use crate::escape::shell::quoted;
use crate::session::selection::FilterError;

/// Endings of capture files.
const ENDINGS: [&str; 8] = ["pcap", "pcapng", "cap", "dmp", "gz", "zst", "lz4", "ntar"];

/// The line for an expression that is not understood, with the command to type where it is known.
pub(super) fn instead(error: &FilterError, args: &SnifferArgs) -> String {
    let words: Vec<OsString> = std::env::args_os().collect();
    line(error, args, &words, |name| Path::new(name).is_file())
}

fn line(error: &FilterError, args: &SnifferArgs, words: &[OsString], is_file: impl Fn(&str) -> bool) -> String {
    let is_capture = |word: &str| {
        let ending = Path::new(word).extension().and_then(OsStr::to_str).unwrap_or_default();
        is_file(word) || ENDINGS.contains(&ending)
    };
    let file = args.expression.iter().position(|word| is_capture(word));
    if let Some(place) = file {
        let name = quoted(OsStr::new(args.expression.get(place).map_or("", String::as_str)));
        if let Some(read) = &args.read {
            let read = quoted(read.as_os_str());
            return format!(
                "{name} is a file, and -r reads one file: merge them first; type: mergecap -w both.pcapng {read} {name}"
            );
        }
        let rest: Vec<&str> = args.expression.iter().map(String::as_str).collect();
        let rest = [rest.get(..place), rest.get(place + 1..)]
            .map(Option::unwrap_or_default)
            .concat();
        let rest = (!rest.is_empty()).then(|| rest.join(" "));
        let command = command(words, args, &format!("-r {name}"), rest.as_deref());
        return format!("{name} is a file, not a filter; type: {command}");
    }
    match &error.suggestion {
        Some(expression) => {
            let command = command(words, args, "", Some(expression));
            format!("{:?} is not a filter; type: {command}", args.expression.join(" "))
        }
        None => error.line.clone(),
    }
}

/// The command as it was typed, with this in place of the expression.
fn command(words: &[OsString], args: &SnifferArgs, option: &str, expression: Option<&str>) -> String {
    let mut kept: Vec<&OsString> = words.iter().collect();
    for typed in args.expression.iter().rev() {
        if let Some(place) = kept.iter().rposition(|word| word.as_os_str() == OsStr::new(typed)) {
            kept.remove(place);
        }
    }
    kept.retain(|word| word.as_os_str() != "--");
    let kept = kept.into_iter().map(|word| quoted(word));
    let option = (!option.is_empty()).then(|| option.to_owned());
    let expression = expression.map(|text| quoted(OsStr::new(text)));
    kept.chain(option).chain(expression).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser as _;

    use super::super::args::SnifferArgs;
    use super::{FilterError, line};

    fn said(typed: &[&str], suggestion: Option<&str>) -> String {
        let words: Vec<OsString> = ["sniffer"].iter().chain(typed).map(OsString::from).collect();
        let args = SnifferArgs::try_parse_from(&words).unwrap();
        let error = FilterError {
            line: "the line".into(),
            suggestion: suggestion.map(str::to_owned),
        };
        line(&error, &args, &words, |name| name == "capture")
    }

    #[test]
    fn a_file_is_read_by_r() {
        for (typed, command) in [
            (&["x.pcap"][..], "sniffer -r x.pcap"),
            (&["capture"], "sniffer -r capture"),
            (&["my file.pcapng"], "sniffer -r 'my file.pcapng'"),
            (
                &["--view", "summary", "x.pcap", "tcp", "port", "80"],
                "sniffer --view summary -r x.pcap 'tcp port 80'",
            ),
            (&["x.pcap.gz", "-q"], "sniffer -q -r x.pcap.gz"),
        ] {
            assert!(
                said(typed, None).ends_with(&format!("type: {command}")),
                "{}",
                said(typed, None)
            );
        }
        assert!(said(&["-r", "a.pcap", "b.pcap"], None).ends_with("type: mergecap -w both.pcapng a.pcap b.pcap"));
    }

    #[test]
    fn the_command_has_the_expression_that_is_meant() {
        assert_eq!(
            said(&["-i", "lo", "80,443"], Some("port 80 or port 443")),
            "\"80,443\" is not a filter; type: sniffer -i lo 'port 80 or port 443'"
        );
        assert_eq!(said(&["nosuch"], None), "the line");
    }
}
