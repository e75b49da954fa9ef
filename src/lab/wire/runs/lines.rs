//! The lines that several runs type.

use crate::hosts::addresses::IpVersion;

/// One line of text.
pub(super) fn one_line(_: IpVersion) -> Vec<String> {
    vec!["sockets are doors".to_owned()]
}
