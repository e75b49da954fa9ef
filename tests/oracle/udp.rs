//! The programs of a run over UDP. Every call of theirs is in the log; that of a reply says which datagram it answers.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use serde_json::{Value, json};

use super::log::CallLog;
use super::plan::{Plan, Traffic};
use super::random::Random;

/// How long a client waits for a reply.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long the server of open requests waits for one more before it answers.
const MOMENT: Duration = Duration::from_millis(15);

pub(super) fn server(socket: &UdpSocket, plan: &Plan, log: &CallLog) -> io::Result<()> {
    let random = &mut Random::of(plan.seed ^ 0x5e1f);
    let reorders = matches!(plan.traffic, Traffic::OpenRequests | Traffic::Ids);
    let mut waiting: Vec<(usize, Vec<u8>, SocketAddr)> = Vec::new();
    let mut received = 0;
    let mut room = vec![0; 2048];
    loop {
        socket.set_read_timeout((!waiting.is_empty()).then_some(MOMENT))?;
        match log.call("server", "recvfrom", &Value::Null, || socket.recv_from(&mut room)) {
            Ok((length, from)) => {
                received += 1;
                waiting.push((received, room[..length].to_vec(), from));
                if reorders && waiting.len() < 3 {
                    continue;
                }
            }
            // Nothing came for a moment: now it answers.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        while !waiting.is_empty() {
            let next = if reorders {
                random.below(waiting.len() as u64)
            } else {
                0
            };
            let (number, request, from) = waiting.remove(usize::try_from(next).unwrap());
            if reorders && random.chance(10) {
                // Some requests have no reply.
                continue;
            }
            let reply = request.to_ascii_uppercase();
            log.call("server", "sendto", &json!({"answers": number}), || {
                socket.send_to(&reply, from)
            })?;
        }
    }
}

pub(super) fn client(socket: &UdpSocket, to: SocketAddr, plan: &Plan, log: &CallLog) -> io::Result<()> {
    let random = &mut Random::of(plan.seed ^ 0xc11e);
    let send = |text: &[u8]| log.call("client", "sendto", &Value::Null, || socket.send_to(text, to));
    let receive = || {
        let mut room = vec![0; 2048];
        let taken = log.call("client", "recvfrom", &Value::Null, || socket.recv_from(&mut room));
        match taken {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    };
    log.pause(plan.pause);
    socket.set_read_timeout(Some(PATIENCE))?;
    for number in 0..plan.count {
        match plan.traffic {
            Traffic::Retrying => {
                let request = format!("what is {number}?");
                // Twice again at most, as a client of DNS does it.
                for _ in 0..3 {
                    send(request.as_bytes())?;
                    if receive()? {
                        break;
                    }
                }
            }
            Traffic::OpenRequests => {
                send(format!("request {number}").as_bytes())?;
            }
            Traffic::Ids => {
                send(&query(random, number))?;
            }
            Traffic::PingerOfOneText => {
                send(b"ping")?;
                receive()?;
            }
            _ => {
                send(format!("ping {number}").as_bytes())?;
                receive()?;
            }
        }
        log.pause(plan.gap.min(Duration::from_millis(50)));
    }
    while receive()? {}
    Ok(())
}

/// A question as DNS asks it (RFC 1035 section 4.1): its number, flags, one question, a name of digits, type A. Where a byte of the
/// number is a small letter it is made a capital, so that the reply of this run's server differs in nothing.
fn query(random: &mut Random, number: usize) -> Vec<u8> {
    let id = u16::try_from(random.below(1 << 16)).unwrap();
    let mut query = id.to_be_bytes().to_vec();
    query.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    query.extend([3, b'0', b'0', b'0' + u8::try_from(number % 10).unwrap(), 0, 0, 1, 0, 1]);
    query.make_ascii_uppercase();
    query
}
