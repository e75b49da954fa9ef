//! One run, in a process of its own: two hosts, the wire, a capture at each end, the programs.
//!
//! The hosts, the wire and the captures are those of `socket-lab wire`; the programs are not those of the lab, which do too little that
//! is odd.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use socket_lab::capture::live::CaptureOptions;
use socket_lab::flow::Party;
use socket_lab::hosts::addresses::{INTERFACE, IpVersion, address, mac};
use socket_lab::hosts::counters;
use socket_lab::hosts::host::{Host, Way};
use socket_lab::hosts::host_thread::HostThread;
use socket_lab::hosts::namespace::{enter_new_network, set_sysctl, sysctl};
use socket_lab::hosts::record::CaptureNumbers;
use socket_lab::hosts::wire::Wire;
use socket_lab::lab::capturing::{Captured, Capturing};
use socket_lab::os::interface_setup::set_mtu;
use socket_lab::privilege::enter_private_network;
use socket_lab::record::{Destination, Format, InterfaceDescription, InterfaceStatistics, Recorder, Section};
use socket2::{Domain, Socket, Type};

use super::log::CallLog;
use super::plan::Plan;
use super::{tcp, udp};

/// How long the programs may talk.
const TRAFFIC: Duration = Duration::from_millis(2800);

/// How long a connection may take afterwards until neither end has anything to send or to wait for.
const REST: Duration = Duration::from_millis(700);

const PARTIES: [Party; 2] = [Party::Client, Party::Server];

/// Performs the run, and writes its files into the folder. To be called while this process has one thread.
pub(crate) fn run(plan: &Plan, folder: &Path) {
    enter_private_network().unwrap();
    let client = host(Party::Client, plan);
    enter_new_network().unwrap();
    let server = host(Party::Server, plan);
    let threads = [&client.0, &server.0].map(|host| HostThread::start(host).unwrap());
    let ([client, server], opened) = ([client.0, server.0], [client.1, server.1]);
    // Longer than anything is on the way: what rules hold adds 10 ms, and the computer some.
    let quiet = 2 * Plan::LONGEST_TRANSIT;
    let capturing = opened.map(|capture| Capturing::start(capture, quiet).map_err(drop).unwrap());
    let wire = Wire::between(&client, &server, plan.rules.parse().unwrap(), plan.seed).unwrap();
    let before = [0, 1].map(|end: usize| threads[end].counters().unwrap());
    let log = Arc::new(CallLog::default());
    talk(plan, &threads, &log);
    // Both end at the same time.
    let ending = capturing.map(|capturing| std::thread::spawn(|| capturing.finish().map_err(drop).unwrap()));
    let captured = ending.map(|ending| ending.join().unwrap());
    let record = wire.finish().unwrap();
    assert_eq!(record.left_out, 0);
    for (party, captured) in PARTIES.into_iter().zip(&captured) {
        assert_eq!((captured.statistics.dropped, captured.left_out), (0, 0));
        write_capture(captured, &folder.join(format!("{party}.pcapng")));
    }
    let mut file = BufWriter::new(File::create(folder.join("wire.jsonl")).unwrap());
    let numbers = [0, 1].map(|end: usize| numbers(PARTIES[end], &captured[end]));
    record.write(&mut file, [&numbers[0], &numbers[1]]).unwrap();
    file.flush().unwrap();
    let counted = [0, 1].map(|end: usize| before[end].until(PARTIES[end], &threads[end].counters().unwrap()));
    let file = &mut File::create(folder.join("counters.jsonl")).unwrap();
    counters::write(file, &counted.concat()).unwrap();
    let mut file = BufWriter::new(File::create(folder.join("tcp-info.jsonl")).unwrap());
    for sample in &record.samples {
        socket_lab::tcp_info::lines::write(&mut file, sample).unwrap();
    }
    file.flush().unwrap();
    log.write(&folder.join("calls.jsonl"));
}

/// A host, and a capture of its interface that has begun.
fn host(party: Party, plan: &Plan) -> (Host, socket_lab::capture::live::Capture) {
    let end = usize::from(party == Party::Server);
    let host = Host::set_up(party, Way::Wire(IpVersion::V4)).unwrap();
    for (name, value) in &plan.settings[end] {
        // An older kernel may lack one of them.
        if sysctl(name).is_some() {
            set_sysctl(name, value).unwrap();
        }
    }
    let kinds = sysctl("ipv4/tcp_available_congestion_control").unwrap_or_default();
    let kinds: Vec<&str> = kinds.split_whitespace().collect();
    if !kinds.is_empty() {
        // Where this user may not choose that one, the kernel's own stays.
        let _ = set_sysctl("ipv4/tcp_congestion_control", kinds[plan.congestion[end] % kinds.len()]);
    }
    if let Some(mtu) = plan.mtu[end] {
        set_mtu(INTERFACE, mtu).unwrap();
    }
    (host, CaptureOptions::on(INTERFACE).open().unwrap())
}

/// The programs; then the connections come to rest, if they do in time.
fn talk(plan: &Plan, threads: &[HostThread; 2], log: &Arc<CallLog>) {
    let began = Instant::now();
    let to = SocketAddr::new(address(Party::Server).into(), plan.port);
    let (done, is_done) = channel();
    if plan.traffic.is_udp() {
        let server = threads[1].run(move || UdpSocket::bind(to)).unwrap().unwrap();
        let client = threads[0].run(|| UdpSocket::bind("0.0.0.0:0")).unwrap().unwrap();
        start(plan, log, None, move |plan, log| udp::server(&server, plan, log));
        start(plan, log, Some(done), move |plan, log| {
            udp::client(&client, to, plan, log)
        });
    } else {
        let buffer = plan.receive_buffer;
        let listener = threads[1].run(move || listening(to, buffer)).unwrap().unwrap();
        let client = threads[0]
            .run(|| Socket::new(Domain::IPV4, Type::STREAM, None))
            .unwrap()
            .unwrap();
        start(plan, log, None, move |plan, log| tcp::server(&listener, plan, log));
        start(plan, log, Some(done), move |plan, log| {
            tcp::client(client, to, plan, log)
        });
    }
    let _ = is_done.recv_timeout(TRAFFIC);
    let resting = Instant::now();
    let is_open = |host: &HostThread| host.has_open_connections().unwrap();
    while resting.elapsed() < REST && began.elapsed() < TRAFFIC + REST && threads.iter().any(is_open) {
        std::thread::sleep(Duration::from_millis(10));
    }
    log.end();
}

/// A program in a thread of its own. It is not waited for: what it waits for may never come.
fn start(
    plan: &Plan,
    log: &Arc<CallLog>,
    done: Option<std::sync::mpsc::Sender<()>>,
    program: impl FnOnce(&Plan, &CallLog) -> io::Result<()> + Send + 'static,
) {
    let (plan, log) = (plan.clone(), Arc::clone(log));
    std::thread::spawn(move || {
        // A reset, or nothing in time: what a run is for.
        let _ = program(&plan, &log);
        done.map(|done| done.send(()))
    });
}

fn listening(at: SocketAddr, receive_buffer: Option<usize>) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket.bind(&at.into())?;
    socket.listen(4)?;
    Ok(socket.into())
}

fn write_capture(captured: &Captured, path: &Path) {
    let interface = InterfaceDescription {
        name: Some(INTERFACE.to_owned()),
        snaplen: captured.snaplen,
        ..InterfaceDescription::new(captured.link)
    };
    let to = Destination::open(path, true).unwrap();
    let section = Section::of_this_machine("oracle");
    let mut recorder = Recorder::new(to, Format::PcapNg, &section, &[interface]).unwrap();
    for frame in &captured.frames {
        recorder.write(frame).unwrap();
    }
    let [began, ended] = captured.covered;
    let statistics = InterfaceStatistics {
        received: Some(captured.statistics.received),
        dropped: Some(captured.statistics.dropped),
        start: Some(began),
        end: Some(ended),
        ..InterfaceStatistics::default()
    };
    recorder.finish(&[statistics]).unwrap();
}

/// Which packets of the capture the host has sent, and which it has received.
fn numbers(party: Party, captured: &Captured) -> CaptureNumbers {
    let mut numbers = CaptureNumbers::default();
    for (number, frame) in (1..).zip(&captured.frames) {
        let is_own = frame.bytes.get(6..12) == Some(&mac(party)[..]);
        if is_own {
            &mut numbers.sent
        } else {
            &mut numbers.received
        }
        .push(number);
    }
    numbers
}
