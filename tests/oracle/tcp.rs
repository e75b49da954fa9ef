//! The programs of a run over TCP. Every call of theirs is in the log.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};
use socket2::{SockRef, TcpKeepalive};

use super::log::CallLog;
use super::plan::{Plan, Traffic};

/// How long a call waits: longer than the traffic of a run may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// One end of a connection.
struct Connection<'a> {
    stream: TcpStream,
    end: &'static str,
    log: &'a CallLog,
    /// Bytes that were handed to `send()`.
    sent: usize,
}

impl<'a> Connection<'a> {
    fn new(stream: TcpStream, end: &'static str, plan: &Plan, log: &'a CallLog) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(plan.no_delay)?;
        if plan.traffic == Traffic::KeepAlive && plan.by_server == (end == "server") {
            let second = Duration::from_secs(1);
            SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(second).with_interval(second))?;
        }
        Ok(Self {
            stream,
            end,
            log,
            sent: 0,
        })
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sent += bytes.len();
        let about = json!({"bytes": bytes.len(), "up_to": self.sent});
        self.log.call(self.end, "send", &about, || self.stream.write_all(bytes))
    }

    /// Sends this many bytes, some at a time.
    fn send_much(&mut self, plan: &Plan) -> io::Result<()> {
        let text: Vec<u8> = b"sockets are doors, "
            .iter()
            .copied()
            .cycle()
            .take(plan.bytes)
            .collect();
        for chunk in text.chunks(plan.chunk) {
            self.send(chunk)?;
        }
        Ok(())
    }

    /// Some bytes; none at the end.
    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut room = vec![0; 4096];
        let taken = self
            .log
            .call(self.end, "recv", &Value::Null, || self.stream.read(&mut room))?;
        room.truncate(taken);
        Ok(room)
    }

    fn receive_all(&mut self, pause: Duration) -> io::Result<()> {
        while !self.receive()?.is_empty() {
            self.log.pause(pause);
        }
        Ok(())
    }

    fn shut(&mut self) -> io::Result<()> {
        self.log.call(self.end, "shutdown", &Value::Null, || {
            self.stream.shutdown(Shutdown::Write)
        })
    }

    fn close(self) -> io::Result<()> {
        let Self { stream, end, log, .. } = self;
        log.call(end, "close", &Value::Null, || {
            drop(stream);
            Ok(())
        })
    }

    /// Sends and receives much at the same time.
    fn both_ways(&mut self, plan: &Plan) -> io::Result<()> {
        let mut reader = Connection {
            stream: self.stream.try_clone()?,
            ..*self
        };
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || reader.receive_all(Duration::ZERO));
            let sent = self.send_much(plan).and_then(|()| self.shut());
            reading.join().unwrap().and(sent)
        })
    }
}

fn line(number: usize) -> Vec<u8> {
    format!("line {number}\n").into_bytes()
}

pub(super) fn server(listener: &TcpListener, plan: &Plan, log: &CallLog) -> io::Result<()> {
    let (stream, _) = log.call("server", "accept", &Value::Null, || listener.accept())?;
    let mut client = Connection::new(stream, "server", plan, log)?;
    match plan.traffic {
        Traffic::Download => {
            log.pause(plan.pause);
            client.send_much(plan)?;
            client.shut()?;
            client.receive_all(Duration::ZERO)?;
        }
        Traffic::BothWays => client.both_ways(plan)?,
        Traffic::SlowReader => {
            log.pause(Duration::from_millis(300) + plan.pause);
            client.receive_all(Duration::from_millis(5))?;
            client.send(b"done\n")?;
        }
        Traffic::OneWay => client.receive_all(Duration::ZERO)?,
        Traffic::HalfClose => {
            client.receive_all(Duration::ZERO)?;
            for number in 0..plan.count {
                client.send(&line(number))?;
                log.pause(plan.gap);
            }
        }
        Traffic::Unread => {
            client.receive()?;
            log.pause(Duration::from_millis(50));
        }
        Traffic::Abort if plan.by_server => {
            let taken = client.receive()?;
            client.send(&taken)?;
            log.pause(plan.pause);
            SockRef::from(&client.stream).set_linger(Some(Duration::ZERO))?;
        }
        Traffic::Upload => {
            client.receive_all(Duration::ZERO)?;
            client.send(b"done\n")?;
        }
        _ => loop {
            let taken = client.receive()?;
            if taken.is_empty() {
                break;
            }
            client.send(&taken.to_ascii_uppercase())?;
        },
    }
    client.close()
}

pub(super) fn client(socket: socket2::Socket, to: SocketAddr, plan: &Plan, log: &CallLog) -> io::Result<()> {
    log.call("client", "connect", &Value::Null, || {
        socket.connect_timeout(&to.into(), PATIENCE)
    })?;
    let mut server = Connection::new(socket.into(), "client", plan, log)?;
    log.pause(plan.pause);
    match plan.traffic {
        Traffic::Upload | Traffic::SlowReader => {
            server.send_much(plan)?;
            server.shut()?;
            server.receive_all(Duration::ZERO)?;
        }
        Traffic::Download => server.receive_all(Duration::ZERO)?,
        Traffic::BothWays => server.both_ways(plan)?,
        Traffic::Pipelined | Traffic::OneWay => {
            for number in 0..plan.count {
                server.send(&line(number))?;
                log.pause(plan.gap);
            }
            if plan.traffic == Traffic::Pipelined {
                server.shut()?;
                server.receive_all(Duration::ZERO)?;
            }
        }
        Traffic::HalfClose => {
            server.send(b"send me all\n")?;
            server.shut()?;
            server.receive_all(Duration::ZERO)?;
        }
        Traffic::Abort => {
            server.send(&line(0))?;
            server.receive()?;
            log.pause(plan.gap);
            if plan.by_server {
                server.receive_all(Duration::ZERO)?;
            } else {
                SockRef::from(&server.stream).set_linger(Some(Duration::ZERO))?;
            }
        }
        Traffic::KeepAlive => {
            server.send(&line(0))?;
            server.receive()?;
            log.pause(Duration::from_millis(2300));
        }
        Traffic::Unread => {
            for number in 0..plan.count {
                server.send(&line(number))?;
                log.pause(Duration::from_millis(2));
            }
            server.receive_all(Duration::ZERO)?;
        }
        _ => {
            for number in 0..plan.count {
                server.send(&line(number))?;
                server.receive()?;
                log.pause(plan.gap);
            }
        }
    }
    server.close()
}
