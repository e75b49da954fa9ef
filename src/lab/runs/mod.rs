//! What each run does, what it lets one watch, and what was seen.
//!
//! [`exchange`]: a line and its answer; [`refused`], [`idle`], [`backlog`], [`half_open`], [`close`]: the rest.

pub mod backlog;
pub mod close;
pub mod exchange;
pub mod half_open;
pub mod idle;
pub mod refused;
mod scene;

pub use scene::{Played, Scene};

use super::evidence::Evidence;
use super::failure::Failure;
use super::network::Network;
use super::plan::Run;
use super::stage::Stage;

/// Makes a run ready. To be called while the privileges are there: a SYN scan needs them.
///
/// # Errors
/// A server cannot start, or what the run sends itself is not permitted.
pub fn prepare(run: Run, stage: &Stage, lines: &[String]) -> Result<Box<dyn Scene>, Failure> {
    Ok(match run {
        Run::Udp => Box::new(exchange::Exchange::udp(stage, lines.to_vec())?),
        Run::Tcp => Box::new(exchange::Exchange::tcp(stage, lines.to_vec())?),
        Run::Empty => Box::new(exchange::Exchange::both(stage, vec![String::new()])?),
        Run::Long => Box::new(exchange::Exchange::tcp(stage, vec![exchange::long_line()])?),
        Run::Refused => Box::new(refused::Refused::new()?),
        Run::Idle => Box::new(idle::Idle::new(stage)?),
        Run::Backlog => Box::new(backlog::Backlog::new(stage)?),
        Run::HalfOpen => Box::new(half_open::HalfOpen::new(stage)?),
        Run::Close => Box::new(close::Close::new(stage)?),
    })
}

/// What to watch, a paragraph each.
#[must_use]
pub fn before(run: Run, network: &Network) -> Vec<String> {
    let paragraphs: &[&str] = match run {
        Run::Udp => exchange::BEFORE_UDP,
        Run::Tcp => exchange::BEFORE_TCP,
        Run::Empty => exchange::BEFORE_EMPTY,
        Run::Long if *network == Network::Private => exchange::BEFORE_LONG,
        Run::Long => exchange::BEFORE_LONG_SHARED,
        Run::Refused => refused::BEFORE,
        Run::Idle => idle::BEFORE,
        Run::Backlog => backlog::BEFORE,
        Run::HalfOpen => half_open::BEFORE,
        Run::Close => close::BEFORE,
    };
    paragraphs.iter().map(|&paragraph| paragraph.to_owned()).collect()
}

/// What was seen, a paragraph each.
#[must_use]
pub fn after(evidence: &Evidence) -> Vec<String> {
    match evidence.run {
        Run::Udp => exchange::after_udp(evidence),
        Run::Tcp => exchange::after_tcp(evidence),
        Run::Empty => exchange::after_empty(evidence),
        Run::Long => exchange::after_long(evidence),
        Run::Refused => refused::after(evidence),
        Run::Idle => idle::after(evidence),
        Run::Backlog => backlog::after(evidence),
        Run::HalfOpen => half_open::after(evidence),
        Run::Close => close::after(evidence),
    }
}
