//! Capture files against the judges: what tshark, capinfos and tcpdump read in ours, and what we read in everybody's.

mod corpus;
mod destinations;
mod files;
mod judges;
mod losses;
mod packings;
mod readable;
