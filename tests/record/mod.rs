//! Capture files against the judges: what tshark, capinfos and tcpdump read in ours, and what we read in everybody's.
#![cfg(feature = "sniffer")]

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod destinations;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod files;
#[cfg(test)]
mod judges;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod readable;
