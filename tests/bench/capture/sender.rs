//! Datagrams of 100 bytes over loopback, many with each system call (sendmmsg(2)), to a socket without a reader.

use std::io::{self, IoSlice};
use std::net::UdpSocket;
use std::os::fd::AsRawFd as _;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, sendmmsg};

/// So many with one call.
const BATCH: usize = 64;
/// The data of a datagram; on the wire 42 bytes more.
const DATA: [u8; 100] = [b'd'; 100];

/// Sends so many datagrams, at so many a second (`None`: as fast as they go), and returns how many a second it was.
pub(super) fn send(count: usize, rate: Option<f64>) -> io::Result<f64> {
    let receiver = UdpSocket::bind("127.0.0.1:0")?;
    let sender = UdpSocket::bind("127.0.0.1:0")?;
    sender.connect(receiver.local_addr()?)?;
    let slices = [IoSlice::new(&DATA)];
    let batch = [&slices; BATCH];
    let mut headers = MultiHeaders::<SockaddrIn>::preallocate(BATCH, None);
    let started = Instant::now();
    let mut sent = 0;
    while sent < count {
        let now = batch.into_iter().take(count - sent);
        let nowhere = [None; BATCH];
        sent += sendmmsg(sender.as_raw_fd(), &mut headers, now, nowhere, [], MsgFlags::empty())?.count();
        if let Some(rate) = rate {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
            let due = Duration::from_secs_f64(sent as f64 / rate);
            thread::sleep(due.saturating_sub(started.elapsed()));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
    let rate = sent as f64 / started.elapsed().as_secs_f64();
    Ok(rate)
}
