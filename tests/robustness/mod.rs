//! Any input: bytes that were changed, cut, or never were a capture. What has to hold for all of them is in `invariants`,
//! which the fuzz targets in `tests/fuzz` share.
#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod linear;
#[cfg(test)]
mod prefixes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod short;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
