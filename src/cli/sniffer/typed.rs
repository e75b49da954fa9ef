//! What was typed as an expression and is none: the command that was meant.

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use super::args::SnifferArgs;
use crate::escape::shell::quoted;
use crate::session::selection::FilterError;

/// A port of `-p`.
///
/// # Errors
/// It is not a number from 1 to 65535: what to type.
pub(super) fn port(text: &str) -> Result<u16, String> {
    match text.parse::<u16>() {
        Ok(port @ 1..) => return Ok(port),
        Ok(_) => return Err("ports are from 1 to 65535".to_owned()),
        Err(_) => {}
    }
    let all: Option<Vec<u16>> = text.split(',').map(|one| one.trim().parse().ok()).collect();
    if let Some(all) = all.filter(|all| all.len() > 1) {
        let options: Vec<String> = all.iter().map(|port| format!("-p {port}")).collect();
        return Err(format!("type {}", options.join(" ")));
    }
    let range = text
        .split_once(['-', ':'])
        .map(|(first, last)| (first.parse::<u16>(), last.parse::<u16>()));
    if let Some((Ok(first), Ok(last))) = range {
        return Err(format!("type the expression 'portrange {first}-{last}' instead"));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        return Err("ports are from 1 to 65535".to_owned());
    }
    Err("a port is a number from 1 to 65535; a name goes into the expression, as in 'port http'".to_owned())
}

/// An address of `--host`.
///
/// # Errors
/// It is not one: what to type.
pub(super) fn host(text: &str) -> Result<IpAddr, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse() {
        return Ok(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Err(format!("type --host {} -p {}", address.ip(), address.port()));
    }
    let all: Option<Vec<IpAddr>> = text.split(',').map(|one| one.trim().parse().ok()).collect();
    if let Some(all) = all {
        let options: Vec<String> = all.iter().map(|address| format!("--host {address}")).collect();
        return Err(format!("type {}", options.join(" ")));
    }
    if text
        .split_once('/')
        .is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok())
    {
        return Err(format!("type the expression 'net {text}' instead"));
    }
    Err("an address is expected; a name goes into the expression, as in 'host localhost'".to_owned())
}

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
    if let ([name], None) = (args.expression.as_slice(), &args.read) {
        if is_interface(name) {
            let command = command(words, args, &format!("-i {}", quoted(OsStr::new(name))), None);
            return format!("{name} is an interface, not a filter; type: {command}");
        }
    }
    match &error.suggestion {
        Some(expression) => {
            let command = command(words, args, "", Some(expression));
            format!("{:?} is not a filter; type: {command}", args.expression.join(" "))
        }
        None => error.line.clone(),
    }
}

/// Has this machine an interface of this name? Linux lists them there.
fn is_interface(name: &str) -> bool {
    let is_one_word = !name.is_empty() && !name.contains('/') && !name.starts_with('.');
    is_one_word && Path::new("/sys/class/net").join(name).exists()
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
    use super::{FilterError, host, line, port};

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
    fn ports_and_addresses_in_other_forms_say_what_to_type() {
        for (text, expected) in [
            ("80,443", "type -p 80 -p 443"),
            ("80-90", "type the expression 'portrange 80-90' instead"),
            ("8000:8010", "type the expression 'portrange 8000-8010' instead"),
            ("http", "a name goes into the expression, as in 'port http'"),
            ("70000", "ports are from 1 to 65535"),
            ("0", "ports are from 1 to 65535"),
            ("", "a port is a number from 1 to 65535"),
        ] {
            let said = port(text).unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
        for (text, expected) in [
            ("192.0.2.1:80", "type --host 192.0.2.1 -p 80"),
            ("[2001:db8::1]:80", "type --host 2001:db8::1 -p 80"),
            ("192.0.2.1,192.0.2.2", "type --host 192.0.2.1 --host 192.0.2.2"),
            ("192.0.2.0/24", "type the expression 'net 192.0.2.0/24' instead"),
            ("localhost", "as in 'host localhost'"),
        ] {
            let said = host(text).unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
        assert_eq!((port("80"), host("[::1]")), (Ok(80), Ok("::1".parse().unwrap())));
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
