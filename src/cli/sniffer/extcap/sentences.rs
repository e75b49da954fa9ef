//! What an extcap answers: sentences of a word and values in braces. extcap(4), "GRAMMAR ELEMENTS"

use std::borrow::Cow;

use crate::capture::live::{ANY, Interface, OpenError, interfaces as known};
use crate::escape::printable;
use crate::wire::LinkType;

/// In Wireshark's list an interface must not have the name of one that Wireshark captures on by itself.
pub(super) const PREFIX: &str = "socketlab-";

/// The options that Wireshark offers for each of the interfaces. Their calls are arguments of this program.
pub(super) const OPTIONS: &str = "\
arg {number=0}{call=--port}{display=Ports}{type=string}{placeholder=all}\
{tooltip=Only packets from or to these ports, with commas between them}{validation=^[0-9 ,]*$}
arg {number=1}{call=--host}{display=Addresses}{type=string}{placeholder=all}\
{tooltip=Only packets from or to these IP addresses, with commas between them}{validation=^[0-9a-fA-F.: ,]*$}
arg {number=2}{call=--handshake-only}{display=Only the opening and closing of connections}{type=boolflag}{default=false}\
{tooltip=Of TCP only SYN, FIN and RST segments and their acknowledgments}
arg {number=3}{call=--promiscuous}{display=Frames for others too}{type=boolflag}{default=false}\
{tooltip=Promiscuous mode}
arg {number=4}{call=--snaplen}{display=Bytes kept of a packet}{type=unsigned}{range=0,262144}{default=0}\
{tooltip=0: all}
";

/// Who answers.
pub(super) fn version() -> String {
    format!(
        "extcap {{version={}}}{{display=Socket lab}}\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// Who answers, and the interfaces: loopback first, which is the lab's; "any" last.
///
/// # Errors
/// The system cannot list them.
pub(super) fn interfaces() -> Result<String, OpenError> {
    let mut text = version();
    let mut known = known()?;
    known.sort_by_key(|interface| !interface.loopback);
    let names = known.iter().map(|interface| interface.name.as_str()).chain([ANY]);
    names
        .filter(|name| fits(name))
        .for_each(|name| text.push_str(&interface(name)));
    Ok(text)
}

fn interface(name: &str) -> String {
    format!("interface {{value={PREFIX}{name}}}{{display=Socket lab: {name}}}\n")
}

/// Can the name stand in a sentence? Linux forbids little more than slashes, colons and blanks in one.
fn fits(name: &str) -> bool {
    !name.contains(['{', '}']) && matches!(printable(name.as_bytes()), Cow::Borrowed(_))
}

/// What the frames of this interface start with; `None` when it is not there.
///
/// # Errors
/// The system cannot list its interfaces.
pub(super) fn link_types(name: &str) -> Result<Option<String>, OpenError> {
    let link = if name == ANY {
        LinkType::LINUX_SLL2
    } else {
        match known()?.iter().find(|one: &&Interface| one.name == name) {
            Some(interface) => interface.link_type,
            None => return Ok(None),
        }
    };
    let (word, display) = match link {
        LinkType::ETHERNET => ("EN10MB", "Ethernet"),
        LinkType::LINUX_SLL2 => ("LINUX_SLL2", "Linux cooked-mode capture v2"),
        _ => ("OTHER", "another link type"),
    };
    Ok(Some(format!(
        "dlt {{number={}}}{{name={word}}}{{display={display}}}\n",
        link.0
    )))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{OPTIONS, fits, interface, interfaces, link_types};

    #[test]
    fn loopback_stands_first_and_any_last() {
        let text = interfaces().unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("extcap {version="), "{text}");
        assert_eq!(lines[1], "interface {value=socketlab-lo}{display=Socket lab: lo}");
        assert_eq!(*lines.last().unwrap(), interface("any").trim_end());
    }

    #[test]
    fn link_types_have_the_numbers_of_tcpdump() {
        assert_eq!(
            link_types("lo").unwrap().unwrap(),
            "dlt {number=1}{name=EN10MB}{display=Ethernet}\n"
        );
        assert!(
            link_types("any")
                .unwrap()
                .unwrap()
                .starts_with("dlt {number=276}{name=LINUX_SLL2}")
        );
        assert_eq!(link_types("no such thing").unwrap(), None);
    }

    #[test]
    fn a_name_that_would_break_a_sentence_is_left_out() {
        assert!(fits("eth0.100") && fits("br-7a") && fits("größe"));
        assert!(!fits("a}{value=b") && !fits("a\nb") && !fits("a\u{202e}b") && !fits("a\u{3164}"));
    }

    #[test]
    fn each_option_is_an_argument_of_the_program() {
        let command = super::super::ExtcapArgs::command();
        let lines: Vec<&str> = OPTIONS.lines().collect();
        assert_eq!(lines.len(), 5);
        for (number, line) in lines.iter().enumerate() {
            assert!(line.starts_with(&format!("arg {{number={number}}}")), "{line}");
            let call = line.split("{call=--").nth(1).unwrap().split('}').next().unwrap();
            let known = command.get_arguments().any(|one| one.get_long() == Some(call));
            assert!(known, "{call}");
        }
    }
}
