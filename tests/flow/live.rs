//! What the kernel really does, followed.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use socket_lab::flow::Party;
use socket_lab::flow::conversation::{Ending, Opening, Transport};
use socket_lab::flow::datagram::IcmpErrorKind;
use socket_lab::flow::segment::{Delay, Remark, ResetCause, SegmentPart};
use socket_lab::flow::state::State;
use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};

use super::crossing::close_together;
use super::judge::{Report, judge};
use super::stage::{
    captured, connection, disturbed, followed, in_namespace, of_conversation, pair, parts, segments, the_one,
    write_pcap,
};
use crate::support::{NOBODY, Tool, need};

const MOMENT: Duration = Duration::from_millis(50);

fn half_close() {
    let (mut client, mut server) = pair();
    client.write_all(b"all").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    server.read_to_end(&mut Vec::new()).unwrap();
    thread::sleep(MOMENT);
    server.write_all(b"the answer").unwrap();
    thread::sleep(MOMENT);
    drop(server);
    client.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn one_direction_is_closed_and_the_other_goes_on() {
    in_namespace(|| {
        let (in_flows, tracker) = followed(&captured(half_close));
        let late = segments(&in_flows)
            .into_iter()
            .find(|segment| segment.remarks.has(Remark::HalfClosed))
            .unwrap();
        assert_eq!((late.part, late.data.unwrap().count()), (SegmentPart::Data, 10));
        assert_eq!(late.client.after.when_received(), State::FinWait2);
        assert_eq!(late.server.after.state, State::CloseWait);
        assert!(!late.server.after.inferred);
        let connection = connection(&tracker, 1);
        assert_eq!(connection.ending, Ending::Closed(Party::Client));
        assert_eq!(connection.client.observed_state.state, State::TimeWait);
        assert_eq!(connection.server.observed_state.when_received(), State::Closed);
    });
}

#[test]
fn a_port_where_nobody_listens() {
    in_namespace(|| {
        let (in_flows, tracker) = followed(&captured(|| {
            assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, NOBODY)).is_err());
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.connect((Ipv4Addr::LOCALHOST, NOBODY)).unwrap();
            socket.send(b"anybody there?").unwrap();
            assert!(socket.recv(&mut [0; 8]).is_err());
        }));
        assert_eq!(
            parts(&in_flows),
            [SegmentPart::Syn, SegmentPart::Reset(ResetCause::NobodyListens)]
        );
        assert_eq!(connection(&tracker, 1).opening, Opening::Refused);
        let notice = in_flows[3].notice().unwrap();
        assert_eq!((notice.says, notice.about), (IcmpErrorKind::PortUnreachable, Some(3)));
        assert_eq!((in_flows[3].conversation, in_flows[3].sender), (2, Party::Server));
        let Transport::Udp(exchange) = tracker.conversation(2).unwrap().transport else {
            panic!("no UDP");
        };
        assert_eq!((exchange.unanswered, exchange.answered), (1, 0));
    });
}

#[test]
fn why_a_reset_came() {
    in_namespace(|| {
        // Broken off by SO_LINGER 0, and closed with data unread: the wire does not tell which.
        for unread in [false, true] {
            let (in_flows, tracker) = followed(&captured(|| {
                let (mut client, mut server) = pair();
                client.write_all(b"hello").unwrap();
                if unread {
                    thread::sleep(MOMENT);
                } else {
                    server.read_exact(&mut [0; 5]).unwrap();
                    SockRef::from(&server).set_linger(Some(Duration::ZERO)).unwrap();
                }
                drop(server);
                thread::sleep(MOMENT);
            }));
            let reset = the_one(&in_flows, SegmentPart::Reset(ResetCause::Abort));
            assert_eq!(reset.server.after.state, State::Closed);
            assert_eq!(reset.client.after.if_received, Some(State::Closed));
            assert_eq!(connection(&tracker, 1).ending, Ending::Reset(Party::Server));
        }
        let (in_flows, _) = followed(&captured(|| {
            let (mut client, server) = pair();
            drop(server);
            thread::sleep(MOMENT);
            client.write_all(b"too late").unwrap();
            thread::sleep(MOMENT);
        }));
        the_one(&in_flows, SegmentPart::Reset(ResetCause::DataAfterClose));
    });
}

fn keep_alive() {
    let (mut client, server) = pair();
    let keep_alive = TcpKeepalive::new()
        .with_time(Duration::from_secs(1))
        .with_interval(Duration::from_secs(1));
    SockRef::from(&client).set_tcp_keepalive(&keep_alive).unwrap();
    client.write_all(b"x").unwrap();
    thread::sleep(Duration::from_millis(1300));
    drop(server);
}

#[test]
fn a_silent_connection_is_kept_alive() {
    in_namespace(|| {
        let (in_flows, _) = followed(&captured(keep_alive));
        let asked = the_one(&in_flows, SegmentPart::KeepAlive);
        assert_eq!(asked.delay, Some(Delay::KeepAliveTimer));
        assert_eq!(asked.sequence.relative, 1);
        the_one(&in_flows, SegmentPart::KeepAliveAck);
    });
}

fn full_window() {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.set_recv_buffer_size(4096).unwrap();
    listener
        .bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
        .unwrap();
    listener.listen(1).unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap().as_socket().unwrap()).unwrap();
    let mut server = TcpStream::from(listener.accept().unwrap().0);
    client.set_nonblocking(true).unwrap();
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < Duration::from_millis(900) {
        match client.write(&[b'z'; 5000]) {
            Ok(count) => sent += count,
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    }
    let mut room = vec![0; sent];
    server.read_exact(&mut room).unwrap();
    drop(client);
    thread::sleep(MOMENT);
}

#[test]
fn a_reader_that_does_not_read_closes_its_window() {
    in_namespace(|| {
        let (in_flows, tracker) = followed(&captured(full_window));
        let all = segments(&in_flows);
        let remarked = |remark| all.iter().position(|segment| segment.remarks.has(remark));
        let place = |part| all.iter().position(|segment| segment.part == part);
        let full = remarked(Remark::WindowFull).unwrap();
        let zero = remarked(Remark::ZeroWindow).unwrap();
        let probe = place(SegmentPart::WindowProbe).unwrap();
        let answer = place(SegmentPart::WindowProbeAck).unwrap();
        let update = all
            .iter()
            .rposition(|segment| segment.part == SegmentPart::WindowUpdate)
            .unwrap();
        assert!(
            full < zero && zero < probe && probe < answer && answer < update,
            "{:?}",
            parts(&in_flows)
        );
        assert_eq!(all[probe].delay, Some(Delay::ZeroWindow(Party::Server)));
        let server = connection(&tracker, 1).server;
        assert_eq!((server.smallest_window, server.shift), (Some(0), Some(0)));
        let sent = tracker.conversation(1).unwrap().from_client.data_bytes;
        assert!(connection(&tracker, 1).client.acknowledged <= sent);
    });
}

/// Three connections between the same two ports.
fn reuse_ports() {
    let server: SocketAddr = (Ipv4Addr::LOCALHOST, 12_000).into();
    let client: SocketAddr = (Ipv4Addr::LOCALHOST, 33_333).into();
    let listener = TcpListener::bind(server).unwrap();
    for _ in 0..3 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.bind(&client.into()).unwrap();
        socket.connect(&server.into()).unwrap();
        let (mut accepted, _) = listener.accept().unwrap();
        let mut socket = TcpStream::from(socket);
        socket.write_all(b"abc").unwrap();
        accepted.read_exact(&mut [0; 3]).unwrap();
        // The server closes first, so the client's port is free at once.
        drop(accepted);
        socket.read_to_end(&mut Vec::new()).unwrap();
        drop(socket);
        thread::sleep(MOMENT);
    }
}

#[test]
fn ports_are_used_again() {
    in_namespace(|| {
        let (in_flows, tracker) = followed(&captured(reuse_ports));
        let conversations = tracker.conversations();
        assert_eq!(conversations.len(), 3);
        for conversation in &conversations {
            let reuses = conversation.number > 1;
            assert_eq!(connection(&tracker, conversation.number).reuses_ports, reuses);
            let own = of_conversation(&in_flows, conversation.number);
            assert_eq!(the_one(&own, SegmentPart::Syn).remarks.has(Remark::PortReuse), reuses);
            assert_eq!(
                connection(&tracker, conversation.number).ending,
                Ending::Closed(Party::Server)
            );
        }
    });
}

#[test]
fn tshark_says_the_same_also_of_disturbed_copies() {
    in_namespace(|| {
        if !need(Tool::Tshark) {
            return;
        }
        let frames = captured(|| {
            half_close();
            keep_alive();
            full_window();
            (0..10).for_each(|_| close_together());
            reuse_ports();
        });
        let folder = tempfile::tempdir().unwrap();
        let mut report = Report::default();
        for seed in 0..12 {
            let path = folder.path().join(format!("{seed}.pcap"));
            if seed == 0 {
                write_pcap(&path, &frames);
            } else {
                write_pcap(&path, &disturbed(&frames, seed));
            }
            judge(&path, &mut report);
        }
        report.assert_empty();
        assert!(
            report.packets > 1000 && report.flags > 100 && report.round_trips > 300,
            "only {} packets with {} flags and {} round trips were compared",
            report.packets,
            report.flags,
            report.round_trips
        );
    });
}
