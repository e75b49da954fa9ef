//! Why a capture could not begin, or could not go on.

use std::{fmt, io};

use crate::record::next_step;

/// Why a capture could not begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The system could not list its interfaces.
    InterfacesNotListed {
        /// Why.
        source: io::Error,
    },
    /// There is no such interface.
    NoSuchInterface {
        /// The name that was asked for.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// The system lets only the privileged capture.
    NoPermission {
        /// The interface.
        interface: String,
    },
    /// All interfaces at once cannot be promiscuous.
    PromiscuousAny,
    /// This system captures on one interface at a time.
    OneAtATime,
    /// The kernel takes no filter of that many instructions.
    FilterTooLong {
        /// How many there are.
        instructions: usize,
        /// How many there may be.
        most: usize,
    },
    /// A call failed.
    Call {
        /// Which one.
        call: &'static str,
        /// The interface.
        interface: String,
        /// Why.
        source: io::Error,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InterfacesNotListed { source } => {
                write!(f, "cannot list the interfaces of this machine: {source}")?;
                add_next_step(f, source)
            }
            Self::NoSuchInterface { name, known } => {
                let known = known.join(", ");
                write!(
                    f,
                    "there is no interface {name:?}; there are: {known} (and any, for all)"
                )
            }
            Self::NoPermission { interface } => write!(
                f,
                "cannot capture on {interface}: the capability CAP_NET_RAW is missing; start the program with sudo"
            ),
            Self::PromiscuousAny => {
                f.write_str("\"any\" cannot be promiscuous: name one interface, or leave promiscuous mode off")
            }
            Self::OneAtATime => f.write_str(
                "this system captures on one interface at a time: leave one -i, or start the program once for each of them",
            ),
            Self::FilterTooLong { instructions, most } => write!(
                f,
                "the filter has {instructions} instructions and the kernel takes {most}: use a shorter expression"
            ),
            Self::Call {
                call,
                interface,
                source,
            } => {
                write!(f, "cannot capture on {interface}: {call}: {source}")?;
                add_next_step(f, source)
            }
        }
    }
}

/// What to do about it, if that is known.
fn add_next_step(f: &mut fmt::Formatter<'_>, error: &io::Error) -> fmt::Result {
    let next = next_step(error, "");
    if next.is_empty() { Ok(()) } else { write!(f, "; {next}") }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InterfacesNotListed { source } | Self::Call { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Why a capture could not go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureError {
    /// The interface exists no more. Every frame that had passed has been handed out.
    InterfaceRemoved {
        /// Its name.
        interface: String,
    },
    /// A call failed.
    Call {
        /// Which one.
        call: &'static str,
        /// The interface.
        interface: String,
        /// Why.
        source: io::Error,
    },
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InterfaceRemoved { interface } => {
                write!(f, "the interface {interface} was removed, so the capture ends here")
            }
            Self::Call {
                call,
                interface,
                source,
            } => write!(f, "the capture on {interface} ends here: {call}: {source}"),
        }
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InterfaceRemoved { .. } => None,
            Self::Call { source, .. } => Some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OpenError;

    #[test]
    fn an_unknown_interface_comes_with_the_known_ones() {
        let known = vec!["lo".into(), "eth0".into()];
        let error = OpenError::NoSuchInterface {
            name: "eht0".into(),
            known,
        };
        assert_eq!(
            error.to_string(),
            "there is no interface \"eht0\"; there are: lo, eth0 (and any, for all)"
        );
    }
}
