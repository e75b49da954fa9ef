//! A capture that Wireshark asks for, as an extcap. extcap(4)
//!
//! [`record`]: the capture; [`fifo`]: the named pipe that takes it.

pub mod fifo;
pub mod record;
