//! What the programs at both ends do.

use super::super::random::Random;
use super::stack::MS;

/// A step of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// So many nanoseconds.
    Wait(i64),
    /// Hands over so many bytes.
    Send(i64),
    /// Until so many bytes of the other end have been read, in all.
    Read(i64),
    /// Until the other end has closed its direction.
    ReadAll,
    /// `shutdown()`
    Shut,
    Close,
    /// `close()` with `SO_LINGER` 0
    Abort,
}

/// What both programs do: the client's, the server's.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    pub(crate) name: &'static str,
    pub(crate) actions: [Vec<Action>; 2],
    /// Does the server listen?
    pub(crate) listens: bool,
    /// Bytes that the server's program reads at a time, and the nanoseconds between; 0: all at once.
    pub(crate) reads: (i64, i64),
    /// After how many idle nanoseconds each end asks by keep-alive.
    pub(crate) keep_alive: [Option<i64>; 2],
}

impl Programs {
    pub(crate) fn of(random: &mut Random) -> Self {
        use Action::{Abort, Close, Read, ReadAll, Send, Shut, Wait};
        let bytes = random.one(&[3000, 20_000, 60_000]);
        let gap = random.one(&[0, 1, 20, 150, 700, 3000]) * MS;
        let count = i64::try_from(2 + random.below(6)).unwrap();
        let chunks = |bytes: i64| [Send(bytes / 2), Wait(gap), Send(bytes - bytes / 2)];
        let (mut client, mut server) = (Vec::new(), Vec::new());
        let (mut listens, mut reads, mut keep_alive) = (true, (0, 0), [None, None]);
        let name = random.one(&[
            "upload",
            "download",
            "both ways",
            "lines",
            "lines",
            "pipelined",
            "slow reader",
            "half-close",
            "abort",
            "keep-alive",
            "unread",
            "refused",
        ]);
        match name {
            "upload" => {
                client.extend(chunks(bytes));
                client.extend([Shut, ReadAll, Close]);
                server.extend([ReadAll, Send(5), Close]);
            }
            "download" => {
                client.extend([Send(20), ReadAll, Close]);
                server.push(Read(20));
                server.extend(chunks(bytes));
                server.push(Close);
            }
            "both ways" => {
                for program in [&mut client, &mut server] {
                    program.extend(chunks(bytes));
                    program.extend([Shut, ReadAll, Close]);
                }
            }
            "lines" => {
                for line in 1..=count {
                    client.extend([Send(20), Read(20 * line), Wait(gap)]);
                    server.extend([Read(20 * line), Wait(random.one(&[0, 1, 80, 300]) * MS), Send(20)]);
                }
                client.push(Close);
                server.extend([ReadAll, Close]);
            }
            "pipelined" => {
                for line in 1..=count {
                    client.extend([Send(20), Wait(gap / 10)]);
                    server.extend([Read(20 * line), Send(20)]);
                }
                client.extend([Shut, ReadAll, Close]);
                server.extend([ReadAll, Close]);
            }
            "slow reader" => {
                reads = (random.one(&[700, 3000]), random.one(&[20, 400]) * MS);
                client.extend([Send(20_000), Shut, ReadAll, Close]);
                server.extend([ReadAll, Send(5), Close]);
            }
            "half-close" => {
                client.extend([Send(12), Shut, ReadAll, Close]);
                server.push(ReadAll);
                (0..count).for_each(|_| server.extend([Send(500), Wait(gap)]));
                server.push(Close);
            }
            "abort" => {
                client.extend([Send(20), Read(20), Wait(gap)]);
                server.extend([Read(20), Send(20)]);
                if random.chance(50) {
                    client.push(Abort);
                    server.extend([ReadAll, Close]);
                } else {
                    server.extend([Wait(gap), Abort]);
                    client.extend([ReadAll, Close]);
                }
            }
            "keep-alive" => {
                keep_alive[usize::from(random.chance(50))] = Some(random.one(&[2000, 10_000]) * MS);
                client.extend([Send(20), Read(20), Wait(25_000 * MS), Close]);
                server.extend([Read(20), Send(20), ReadAll, Close]);
            }
            "unread" => {
                reads = (20, 5000 * MS);
                (0..count).for_each(|_| client.extend([Send(200), Wait(2 * MS)]));
                client.extend([ReadAll, Close]);
                server.extend([Wait(60 * MS), Close]);
            }
            _ => {
                listens = false;
                client.extend([Send(20), Close]);
            }
        }
        Self {
            name,
            actions: [client, server],
            listens,
            reads,
            keep_alive,
        }
    }
}
