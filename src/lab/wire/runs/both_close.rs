//! Both ends call `close()` at the same time.

use std::time::Duration;

use super::by_hand::{accepted, both, connected, listening, send};
use crate::explain::duration;
use crate::hosts::host_thread::HostThread;
use crate::hosts::seen::FrameKind;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Length, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "both-close",
    about: "Both ends call close() at once",
    question: "both call close() at the same time: which end stays in TIME-WAIT?",
    title: "Both ends close at once",
    rules: "delay 200ms",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::ByHand(exchange),
    before: "Watch: each end sends its FIN before the other's has come (RFC 9293, section 3.6, figure 13).",
    after,
    bars: None,
};

fn exchange(context: &LabContext, _: Length) -> Result<Vec<String>, Failure> {
    let welcoming_socket = listening(context)?;
    let (client_socket, connection_socket) = both(|| connected(context), || accepted(&welcoming_socket))?;
    let time = context.timeout();
    let mut room = [0; 64];
    send(&client_socket, b"sockets are doors\n")?;
    let line = connection_socket.recv(&mut room, Some(time))?.to_ascii_uppercase();
    send(&connection_socket, &line)?;
    client_socket.recv(&mut room, Some(time))?;
    client_socket.close();
    connection_socket.close();
    time_wait(context)
}

/// What the kernels' own tables say, once both ends have got as far.
fn time_wait(context: &LabContext) -> Result<Vec<String>, Failure> {
    const LOOKS: usize = 100;
    const LOOK: Duration = Duration::from_millis(20);
    let ends = |host: &HostThread| host.in_time_wait().unwrap_or(0);
    for _ in 0..LOOKS {
        let numbers = context.hosts().map(|hosts| hosts.each_ref().map(ends));
        if numbers == Some([1, 1]) {
            return Ok(vec![
                "/proc/net/tcp has a socket in TIME-WAIT at both hosts: each sent an acknowledgment that may be lost."
                    .to_owned(),
            ]);
        }
        context.wait(LOOK)?;
    }
    Ok(Vec::new())
}

fn after(result: &WireResult) -> Vec<String> {
    let crossed = result.crossed(FrameKind::Fin).map(|apart| {
        format!(
            "The FINs crossed: they left {} apart, and each was on its way when the other left. Each end went through CLOSING, where it \
             waits for the acknowledgment of its own FIN.",
            duration(apart)
        )
    });
    crossed.into_iter().collect()
}
