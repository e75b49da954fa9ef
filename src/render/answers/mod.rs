//! The view `answers`: the questions that every course asks of a capture of this lab, answered from the capture at hand.
//!
//! [`questions`] has the questions as data. A [`Collector`] takes the packets one by one and keeps what they need, in bounded
//! memory; [`Collector::finish`] makes a [`Worksheet`] of it, which is data too: for each question the answer, the bytes that prove
//! it, the reason and the usual mistake, or what is missing. [`text`], [`markdown`] and [`html`] write a sheet. A sheet without
//! answers, [`Worksheet::blank`] or [`Collector::form`], is the form for handing out.

mod arithmetic;
mod collector;
mod datagrams;
mod estimates;
mod exchange_facts;
mod fairness;
mod flights;
pub mod html;
pub mod markdown;
mod opening;
pub mod questions;
mod round_trips;
mod segments;
mod shares;
mod sheet;
mod slow_start;
mod streams;
mod surroundings;
mod tcp_facts;
#[cfg(test)]
mod tests;
pub mod text;
mod timer;
mod transfer;
mod udp_facts;

pub use collector::Collector;
pub use sheet::{Answer, AnswerSpace, Item, Worksheet, WorksheetSection};

use super::text_style::TimeFormat;
use super::view::{View, ViewOf};

/// The view.
pub const VIEW: View = View {
    name: "answers",
    about: "The questions of the courses about UDP and TCP, answered from the capture",
    when: ", at the end",
    times: TimeFormat::Local,
    shows_calls: false,
    of: ViewOf::Questions,
};
