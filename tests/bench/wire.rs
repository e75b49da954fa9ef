//! The wire between two hosts: how soon it is there, how much it carries, how late it is. Beside it a cable of the kernel's own
//! (veth) between two namespaces, made and left in the same way.
//!
//! ```text
//! cargo bench --bench wire
//! ```
//!
//! As root, or where everybody may open `/dev/net/tun`; the peer needs ip(8). It takes half a minute; the machine should have
//! nothing else to do.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use socket_lab::flow::Party;
use socket_lab::hosts::addresses::{self, IpVersion};
use socket_lab::hosts::host::{Host, Way};
use socket_lab::hosts::host_thread::HostThread;
use socket_lab::hosts::namespace::enter_new_network;
use socket_lab::hosts::wire::Wire;
use socket_lab::privilege::enter_private_network;

const PORT: u16 = 13_000;
const MEGABYTES: u32 = 512;
/// Of what is sent, in bytes.
const BYTES: u64 = (MEGABYTES as u64) << 20;

type Anything<T> = Result<T, Box<dyn Error>>;

fn main() -> Anything<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["sink", address] => sink(address.parse()?),
        ["source", address] => source(address.parse()?),
        ["echo", address] => echo(address.parse()?),
        ["ping", address] => ping(address.parse()?),
        ["wire", rules, server, client] => through_wire(rules, server, client),
        ["veth", server, client] => through_veth(server, client),
        // `cargo test --all-targets` starts this program, too, and wants no measurements.
        _ if words.contains(&"--bench") => measure(),
        _ => Ok(()),
    }
}

fn say(line: &str) -> Anything<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn measure() -> Anything<()> {
    for (name, arguments) in [
        ("our wire, no rules", &["wire", "", "sink", "source"][..]),
        ("the kernel's veth, no offload", &["veth", "sink", "source"]),
        ("our wire, delay 5ms", &["wire", "delay 5ms", "echo", "ping"]),
    ] {
        say(name)?;
        for _ in 0..3 {
            let ended = Command::new(std::env::current_exe()?).args(arguments).status()?;
            if !ended.success() {
                return Err(format!("{name}: {ended}").into());
            }
        }
    }
    Ok(())
}

/// This program again, in this role.
fn role(name: &str) -> Anything<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg(name)
        .arg(SocketAddr::from((addresses::address(Party::Server), PORT)).to_string());
    Ok(command)
}

/// Starts the server, waits until it listens, runs the client to its end.
fn run(server: &HostThread, client: &HostThread, server_role: &str, client_role: &str) -> Anything<()> {
    let mut command = role(server_role)?;
    command.stdout(Stdio::piped());
    let mut serving: Child = server.spawn(command)?;
    let mut ready = [0];
    serving.stdout.take().ok_or("no pipe")?.read_exact(&mut ready)?;
    let ended = client.spawn(role(client_role)?)?.wait()?;
    serving.kill()?;
    serving.wait()?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!("{client_role}: {ended}").into())
    }
}

fn through_wire(rules: &str, server_role: &str, client_role: &str) -> Anything<()> {
    let rules: socket_lab::hosts::rules::Rules = rules.parse()?;
    let began = Instant::now();
    enter_private_network()?;
    let client = Host::set_up(Party::Client, Way::Wire(IpVersion::V4))?;
    enter_new_network()?;
    let server = Host::set_up(Party::Server, Way::Wire(IpVersion::V4))?;
    let threads = [HostThread::start(&client)?, HostThread::start(&server)?];
    let delayed = !rules.rules.is_empty();
    let wire = Wire::between(&client, &server, rules, 1)?;
    say(&format!("  ready in {:.1} ms", began.elapsed().as_secs_f64() * 1e3))?;
    let [client, server] = &threads;
    run(server, client, server_role, client_role)?;
    let record = wire.finish()?;
    if delayed {
        let times = record
            .frames
            .iter()
            .filter_map(|frame| Some(frame.arrivals.first()?.time - frame.taken - 5_000_000));
        let mut late: Vec<i64> = times.collect();
        late.sort_unstable();
        let at = |part: usize| late.get(late.len() * part / 100).copied().unwrap_or_default() / 1000;
        say(&format!(
            "  {} frames, late by {} us (median), {} us (99 of 100)",
            late.len(),
            at(50),
            at(99)
        ))?;
    }
    Ok(())
}

/// The same with a cable of the kernel's, without what joins segments in its sight.
fn through_veth(server_role: &str, client_role: &str) -> Anything<()> {
    let script = format!(
        "set -e; ip link set lo up; ip link add eth0 type veth peer name peer; \
         unshare --net sleep 60 & sleep 0.3; ip link set peer netns $!; \
         ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up; \
         for what in tx-checksum-ip-generic tso gso gro; do ethtool -K eth0 $what off 2>/dev/null || true; done; \
         nsenter --net=/proc/$!/ns/net sh -ec 'ip link set lo up; ip addr add 10.0.0.2/24 dev peer; ip link set peer up; \
           for what in tso gso gro; do ethtool -K peer $what off 2>/dev/null || true; done'; \
         nsenter --net=/proc/$!/ns/net {own} {server_role} 10.0.0.2:{PORT} > /dev/null & sleep 0.3; \
         {own} {client_role} 10.0.0.2:{PORT}; kill $(jobs -p) 2> /dev/null || true",
        own = std::env::current_exe()?.display(),
    );
    let ended = Command::new("unshare").args(["--net", "sh", "-c", &script]).status()?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!("veth: {ended}").into())
    }
}

/// Tells who waits for it that it listens.
fn say_ready() -> Anything<()> {
    let mut output = std::io::stdout();
    output.write_all(b".")?;
    Ok(output.flush()?)
}

fn sink(address: SocketAddr) -> Anything<()> {
    let listener = TcpListener::bind(address)?;
    say_ready()?;
    let (mut stream, _) = listener.accept()?;
    let mut room = vec![0; 1 << 18];
    let mut count: u64 = 0;
    loop {
        match stream.read(&mut room)? {
            0 => break,
            length => count += length as u64,
        }
        if count >= BYTES {
            stream.write_all(b".")?;
        }
    }
    Ok(())
}

fn source(address: SocketAddr) -> Anything<()> {
    let mut stream = TcpStream::connect(address)?;
    let data = vec![b'x'; 1 << 18];
    let began = Instant::now();
    for _ in 0..BYTES >> 18 {
        stream.write_all(&data)?;
    }
    stream.read_exact(&mut [0])?;
    let bits = f64::from(MEGABYTES) * 1_048_576.0 * 8.0;
    say(&format!("  {:.2} Gbit/s", bits / began.elapsed().as_secs_f64() / 1e9))?;
    Ok(())
}

fn echo(address: SocketAddr) -> Anything<()> {
    let socket = UdpSocket::bind(address)?;
    say_ready()?;
    let mut room = [0; 100];
    loop {
        let (length, from) = socket.recv_from(&mut room)?;
        socket.send_to(room.get(..length).unwrap_or_default(), from)?;
    }
}

fn ping(address: SocketAddr) -> Anything<()> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    for _ in 0..500 {
        socket.send_to(b"ping", address)?;
        socket.recv(&mut [0; 10])?;
        std::thread::sleep(Duration::from_micros(700));
    }
    Ok(())
}
