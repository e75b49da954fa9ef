//! What the kernel knows of a TCP connection of its own, at one moment: `struct tcp_info` of `linux/tcp.h`, which `ss -i` shows too.
//!
//! [`TcpInfo`] are the values, [`TcpSample`] is that with its time and its connection, [`lines`] writes samples as JSON, a line
//! each, and reads them back. No packet carries the congestion window, its threshold or the retransmission timeout: only the
//! sender's kernel knows them.

mod info;
pub mod lines;
mod sample;

pub use info::{CongestionState, SocketState, TcpInfo};
pub use sample::TcpSample;
