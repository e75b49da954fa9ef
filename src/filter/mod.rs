//! Filters: which packets are wanted, in the part of tcpdump's language (pcap-filter(7)) that people use.
//!
//! A text or some flags make a [`Filter`]; for one kind of frames it is compiled to a [`FilterProgram`] of the classic BSD packet
//! filter, which the kernel runs for a socket, and [`FilterProgram::matches`] for a file. In reading order: [`expression`] (what
//! can be asked), `parse` (text to expression), `lower` (expression to tests of bytes), `graph` (tests in a good order),
//! `assemble` (tests to instructions), `machine` (what runs them). What people bring from elsewhere: [`display`] (Wireshark's display
//! filters), [`suggestion`] (lists and `host:port`).
//!
//! # What is understood
//!
//! | question | words |
//! |---|---|
//! | protocol | `tcp` `udp` `sctp` `icmp` `icmp6` `igmp` `esp` `ah` `arp` `rarp` `ip` `ip6`, `[ip│ip6] proto N`, `ether proto N` |
//! | address | `[ip│ip6│arp│rarp] [src│dst│src or dst│src and dst] host A`, `… net N/LEN`, `… net N mask M`, `ether … host MAC` |
//! | port | `[tcp│udp│sctp] [src│dst│…] port P`, `… portrange P-P` |
//! | length | `less N`, `greater N`, `len >= N` |
//! | the rest | `vlan [ID]`, `[ether] broadcast`, `[ether│ip│ip6] multicast`, `tcp[13] & 2 != 0` |
//!
//! With `and` `&&` `or` `||` `not` `!` and parentheses. Verdicts are those of tcpdump, with these differences:
//!
//! - Link types: those of `layout`. IEEE 802.11 has no `ether host`, `broadcast`, `multicast` and `vlan` here, and no padding
//!   behind its header (a mark of radiotap that old Atheros cards set). Of link types that are not known, only lengths and
//!   bytes can be asked, as in tcpdump; Juniper's are not known, as tcpdump takes each of their packets for IP.
//! - On Frame Relay and SLIP tcpdump looks for the IP header in a wrong place.
//! - On BSD loopback `ip` and `ip6` know the protocol family in both byte orders, tcpdump in its own machine's only.
//! - A service name (`port http`) stands for its number on every transport.
//! - [`FragmentPolicy::Keep`], if chosen.
//!
//! # VLAN tags
//!
//! The kernel takes the outermost tag off a received frame before a socket's filter sees it, and the receiver puts it back.
//! So on a socket `tcp` finds tagged segments too, but in the file of the same frames only `vlan and tcp` does. `vlan` asks
//! the kernel for the tag that was taken off, or looks for one in the frame, and what is to its right looks behind it: in
//! both places alike. Lengths do not count a tag that was taken off.

mod assemble;
mod condition;
pub mod display;
mod error;
pub mod expression;
mod fragments;
mod graph;
mod layout;
mod lower;
mod machine;
mod names;
mod number;
mod parse;
mod program;
pub mod suggestion;
mod token;

use std::fmt;
use std::net::IpAddr;

pub use error::{CompileError, SyntaxError};
pub use fragments::FragmentPolicy;
pub use layout::Target;
pub use names::{NameResolver, NoResolver, SystemResolver};
pub use program::{FilterProgram, Instruction, LONGEST, LONGEST_FOR_FILES, ProgramError};

use expression::{AddressPrefix, DirQualifier, Expression, Primitive};

/// Which packets are wanted. The default is all packets.
///
/// Displayed it is an expression that means the same, with every qualifier written out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Filter {
    expression: Option<Expression>,
}

impl Filter {
    /// Reads an expression. One without words accepts all packets.
    ///
    /// # Errors
    /// The text is not in the language, or a name has no address.
    pub fn parse(text: &str, names: &dyn NameResolver) -> Result<Self, SyntaxError> {
        parse::parse(text, names).map(|expression| Self { expression })
    }

    /// Packets from or to one of these ports and from or to one of these hosts; an empty list does not ask.
    #[must_use]
    pub fn of_ports_and_hosts(ports: &[u16], hosts: &[IpAddr]) -> Self {
        let ports = ports.iter().map(|&port| Primitive::Port {
            transport: None,
            side: DirQualifier::Either,
            first: port,
            last: port,
        });
        let hosts = hosts.iter().map(|&host| Primitive::Host {
            protocol: None,
            side: DirQualifier::Either,
            network: AddressPrefix::from(host),
        });
        any_of(ports).and(any_of(hosts))
    }

    /// Packets that both want.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let expression = match (self.expression, other.expression) {
            (Some(left), Some(right)) => Some(left.and(right)),
            (left, right) => left.or(right),
        };
        Self { expression }
    }

    /// What is asked; `None` if all packets are wanted.
    #[must_use]
    pub const fn expression(&self) -> Option<&Expression> {
        self.expression.as_ref()
    }

    /// The program that asks frames of this kind. It returns `snapshot_length` for a packet that passes, which must not be
    /// 0, and 0 for one that does not. For a cooked socket the snapshot length does not count the header that the receiver
    /// puts in front.
    ///
    /// The kernel may refuse a program of more than about a thousand instructions for want of socket memory
    /// (`ENOMEM`; `net.core.optmem_max`). Then run the program for [`Target::File`] on every frame received.
    ///
    /// # Errors
    /// The link type is unknown, has not what is asked for, or the program would be too long: over [`LONGEST`] for a
    /// socket, over [`LONGEST_FOR_FILES`] for a file.
    pub fn compile(
        &self,
        target: Target,
        snapshot_length: u32,
        fragments: FragmentPolicy,
    ) -> Result<FilterProgram, CompileError> {
        let condition = lower::lower(self.expression.as_ref(), target, fragments)?;
        let graph = graph::Graph::of(&condition);
        let instructions = assemble::assemble(&graph, snapshot_length);
        let length = instructions.len();
        let too_long = CompileError::TooLong {
            instructions: length,
            is_for_kernel: !matches!(target, Target::File(_)),
        };
        match target {
            Target::Socket(_) | Target::CookedSocket { .. } if length > LONGEST => Err(too_long),
            _ => FilterProgram::new(instructions).map_err(|_| too_long),
        }
    }
}

/// Accepts packets with one of these; with none given, all packets.
fn any_of(primitives: impl Iterator<Item = Primitive>) -> Filter {
    let expression = primitives.map(Expression::from).reduce(Expression::or);
    Filter { expression }
}

impl From<Expression> for Filter {
    fn from(expression: Expression) -> Self {
        let expression = Some(expression);
        Self { expression }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.as_ref().map_or(Ok(()), |expression| expression.fmt(f))
    }
}

#[cfg(test)]
mod tests;
