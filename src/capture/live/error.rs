//! Why a capture could not begin, or could not go on.

use std::{fmt, io};

use crate::record::next_step;

/// Why a capture could not begin.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
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
            Self::NoSuchInterface { name, known } => {
                if known.is_empty() {
                    // Every system has a loopback, so the question itself failed.
                    return write!(
                        f,
                        "cannot find interface {name:?}: the system lists none at all; allow more open files with 'ulimit -n'"
                    );
                }
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
                let next = next_step(source, "");
                if next.is_empty() { Ok(()) } else { write!(f, "; {next}") }
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call { source, .. } => Some(source),
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
