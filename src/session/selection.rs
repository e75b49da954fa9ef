//! Which frames are wanted.

use std::collections::HashMap;
use std::net::IpAddr;

use super::observed::LazyPacket;
use crate::capture::fragments::FragmentFilter;
use crate::capture::handshake::Handshakes;
use crate::explain::count;
use crate::filter::display::{self, DisplayFilter};
use crate::filter::suggestion;
use crate::filter::{CompileError, Filter, FilterProgram, FragmentPolicy, SyntaxError, SystemResolver, Target};
use crate::frame::Frame;
use crate::wire::LinkType;

/// The filter that was asked for.
pub struct AskedFilter {
    /// The filter of ports, hosts and the expression.
    pub filter: Filter,
    /// How the expression was understood, if it was not in tcpdump's language.
    pub note: Option<String>,
}

/// The expression is not understood.
#[derive(Debug)]
pub struct FilterError {
    /// What is wrong, and what to do, in a line.
    pub line: String,
    /// The expression that is probably meant.
    pub suggestion: Option<String>,
}

/// The filter of ports and hosts, and of an expression in words.
///
/// # Errors
/// The expression is not understood.
pub fn filter(ports: &[u16], hosts: &[IpAddr], expression: &[String]) -> Result<AskedFilter, FilterError> {
    let text = expression.join(" ");
    let (expression, note) = match Filter::parse(&text, &SystemResolver) {
        Ok(expression) => (expression, None),
        Err(error) => understood(&text, &error)?,
    };
    let filter = Filter::of_ports_and_hosts(ports, hosts).and(expression);
    Ok(AskedFilter { filter, note })
}

/// A text that is not in tcpdump's language: a display filter of Wireshark's, or a mistake.
fn understood(text: &str, error: &SyntaxError) -> Result<(Filter, Option<String>), FilterError> {
    let refused = |line| FilterError {
        line,
        suggestion: suggestion::suggestion(text),
    };
    match display::read(text) {
        DisplayFilter::None => Err(refused(error.to_string())),
        DisplayFilter::Refused(why) => Err(FilterError {
            line: format!("that is a Wireshark display filter: {why}"),
            suggestion: None,
        }),
        DisplayFilter::Translated {
            expression,
            is_quoted,
            asks_presence,
        } => {
            let filter = Filter::parse(&expression, &SystemResolver).map_err(|error| refused(error.to_string()))?;
            let mut note = format!("that is a Wireshark display filter; here: {expression}");
            if is_quoted {
                note += " (not looked at: headers behind VLAN tags in a file, inside tunnels, and in ICMP errors)";
            }
            if let Some(name) = asks_presence {
                for part in [
                    "; a field without a comparison asks whether it is there: ",
                    &name,
                    " == 1 asks for a value",
                ] {
                    note.push_str(part);
                }
            }
            Ok((filter, Some(note)))
        }
    }
}

/// Selects among frames that the kernel's filter has let pass.
pub struct UserFilter {
    /// `None` when everything is wanted, so that no fragment is doubtful.
    fragment_filter: Option<FragmentFilter>,
    handshakes: Option<Handshakes>,
}

impl UserFilter {
    /// The selection that remains after this filter.
    #[must_use]
    pub fn new(filter: &Filter, handshake_only: bool) -> Self {
        Self {
            fragment_filter: filter.expression().map(|_| FragmentFilter::new()),
            handshakes: handshake_only.then(Handshakes::new),
        }
    }

    /// Is the frame wanted?
    pub fn wants(&mut self, headers: &LazyPacket<'_>) -> bool {
        let (fragment_filter, handshakes) = (self.fragment_filter.as_mut(), self.handshakes.as_mut());
        fragment_filter.is_none_or(|fragment_filter| fragment_filter.passes(headers.packet()))
            && handshakes.is_none_or(|handshakes| handshakes.keeps(headers.packet()))
    }

    /// What to say at the end about what was left out, if anything.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let left_out = self.fragment_filter.as_ref().map_or(0, FragmentFilter::left_out);
        (left_out > 0).then(|| {
            format!(
                "left out: {}, because the first one of the datagram, which has the ports, was not wanted or not seen before",
                count(left_out, "later fragment")
            )
        })
    }
}

/// Chooses among all frames of a file.
pub struct Selection {
    filter: Filter,
    programs: HashMap<LinkType, FilterProgram>,
    user_filter: UserFilter,
    /// Frames that were asked about, and those of them that are wanted.
    asked: u64,
    wanted: u64,
    /// Of those that the filter left out: how many have something before IP that has to be named in a filter, and the last such thing.
    wrapped: u64,
    wrapping: Option<Wrapping>,
}

/// A header between Ethernet and IP.
#[derive(Debug, Clone, Copy)]
struct Wrapping {
    /// As a sentence has it.
    name: &'static str,
    /// The filter's word.
    word: &'static str,
}

impl Wrapping {
    /// Of this frame. Their `EtherType`s: IEEE 802.1Q, RFC 2516, RFC 3032
    fn of(frame: &Frame<'_>) -> Option<Self> {
        let (name, word) = match (frame.link, frame.bytes.get(12..14)?) {
            (LinkType::ETHERNET, [0x81 | 0x91, 0x00] | [0x88, 0xa8]) => ("a VLAN tag", "vlan"),
            (LinkType::ETHERNET, [0x88, 0x64]) => ("a PPPoE header", "pppoes"),
            (LinkType::ETHERNET, [0x88, 0x47]) => ("an MPLS label", "mpls"),
            _ => return None,
        };
        Some(Self { name, word })
    }
}

impl Selection {
    /// With this filter.
    #[must_use]
    pub fn new(filter: Filter, handshake_only: bool) -> Self {
        Self {
            user_filter: UserFilter::new(&filter, handshake_only),
            filter,
            programs: HashMap::new(),
            asked: 0,
            wanted: 0,
            wrapped: 0,
            wrapping: None,
        }
    }

    /// Is the frame wanted?
    ///
    /// # Errors
    /// The filter cannot be asked of frames of this link type.
    pub fn wants(&mut self, headers: &LazyPacket<'_>) -> Result<bool, CompileError> {
        let frame = headers.frame();
        self.asked += 1;
        if self.filter.expression().is_some() {
            let program = match self.programs.entry(frame.link) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(new) => {
                    let target = Target::File(frame.link);
                    new.insert(self.filter.compile(target, u32::MAX, FragmentPolicy::Keep)?)
                }
            };
            if !program.matches(&frame.bytes, frame.original_length) {
                if let Some(wrapping) = Wrapping::of(frame) {
                    (self.wrapped, self.wrapping) = (self.wrapped + 1, Some(wrapping));
                }
                return Ok(false);
            }
        }
        let is_wanted = self.user_filter.wants(headers);
        self.wanted += u64::from(is_wanted);
        Ok(is_wanted)
    }

    /// What to say where nothing is left to show, if frames were left out.
    #[must_use]
    pub fn nothing(&self) -> Option<String> {
        if self.asked == 0 || self.wanted > 0 || !self.chooses() {
            return None;
        }
        let of = match self.asked {
            1 => "the only packet does not pass".to_owned(),
            more => format!("none of {more} packets passes"),
        };
        let what = match (self.filter.expression(), &self.user_filter.handshakes) {
            (Some(expression), None) => format!("the filter {expression}"),
            (Some(expression), Some(_)) => format!("the filter {expression} and --handshake-only"),
            (None, _) => "--handshake-only".to_owned(),
        };
        let behind = match (self.wrapping, self.filter.expression()) {
            (Some(Wrapping { name, word }), Some(expression)) => {
                let have = if self.wrapped == 1 { "has" } else { "have" };
                let packets = count(self.wrapped, "packet");
                format!("; {packets} {have} {name}, behind which this looks: '{word} and ({expression})'")
            }
            _ => String::new(),
        };
        Some(format!("{of} {what}{behind}"))
    }

    /// May it leave frames out?
    #[must_use]
    pub fn chooses(&self) -> bool {
        self.filter.expression().is_some() || self.user_filter.handshakes.is_some()
    }

    /// As [`UserFilter::remark`].
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        self.user_filter.remark()
    }
}
