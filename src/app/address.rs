//! Addresses: of the server that a client talks to, and of the machine that a server runs on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::error::Error;
use super::socket::{Family, Socket, SocketType};
use crate::calls::{Program, Role};
use crate::escape::printable;
use crate::os::cancel::CancelToken;
use crate::os::interfaces;

/// A public address, as in the lecture. No packet is ever sent to it.
const PUBLIC_IPV4: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)), 80);

/// The same for a machine that has IPv6 only.
const PUBLIC_IPV6: SocketAddr = SocketAddr::new(
    IpAddr::V6(Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888)),
    80,
);

/// The addresses of a host, in the order in which to try them. An address is returned as it is (an IPv6 address may be in
/// brackets). A name is looked up with getaddrinfo(3), for at most `within`; `None`: as long as the system allows.
///
/// # Errors
/// [`Error::UnknownHost`], [`Error::LookUpTimedOut`], or [`Error::Stopped`] during the look-up.
pub fn resolve(
    host: &str,
    port: u16,
    within: Option<Duration>,
    cancel: &CancelToken,
) -> Result<Vec<SocketAddr>, Error> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        // ::ffff:a.b.c.d is IPv4 in disguise: the packets have a.b.c.d.
        return Ok(vec![SocketAddr::new(ip.to_canonical(), port)]);
    }
    let unknown = |why: String| Error::UnknownHost {
        host: host.to_owned(),
        why,
    };
    let found = match look_up(bare.to_owned(), port, within, cancel) {
        // A machine without /etc/hosts, such as a small container, asks name servers, which need not know it.
        Ok(Err(_)) | Err(Error::LookUpTimedOut { .. }) if is_localhost(bare) => Ok(loopback(port)),
        found => found?,
    };
    match found {
        Ok(addresses) if addresses.is_empty() => Err(unknown("the name has no address".into())),
        Ok(addresses) => Ok(addresses),
        Err(error) => {
            let text = error.to_string();
            let why = text.rsplit_once(": ").map_or(text.as_str(), |(_, why)| why);
            Err(unknown(why.to_owned()))
        }
    }
}

/// Does the name mean this machine, regardless of name servers? RFC 6761 section 6.3
fn is_localhost(name: &str) -> bool {
    name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case("localhost")
}

/// The machine's own addresses: those of localhost in /etc/hosts.
fn loopback(port: u16) -> Vec<SocketAddr> {
    let addresses: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    addresses.map(|ip| SocketAddr::new(ip, port)).to_vec()
}

/// The addresses under which a client finds the server. "Every address" (`0.0.0.0`, `::`), which a server may have printed, is
/// not the address of a machine: it means this one.
///
/// # Errors
/// As [`resolve`].
pub fn of_server(host: &str, port: u16, within: Duration, cancel: &CancelToken) -> Result<Vec<SocketAddr>, Error> {
    let mut addresses = resolve(host, port, Some(within), cancel)?;
    for address in &mut addresses {
        match address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
    }
    Ok(addresses)
}

/// Looks a name up in a thread of its own: getaddrinfo(3) cannot be interrupted, and the user must be able to quit.
fn look_up(
    host: String,
    port: u16,
    within: Option<Duration>,
    cancel: &CancelToken,
) -> Result<io::Result<Vec<SocketAddr>>, Error> {
    /// The time after which a request to quit is noticed at the latest.
    const GLANCE: Duration = Duration::from_millis(20);
    /// After this time, a message reports that the look-up takes long.
    const SILENTLY: Duration = Duration::from_secs(1);
    let (answer_to, answer) = mpsc::channel();
    let name = host.clone();
    let looking = std::thread::Builder::new().spawn(move || {
        // Under sudo the main thread may still need one of root's rights, to bind the port. Here bytes of the network are read.
        #[cfg(target_os = "linux")]
        if crate::privilege::give_up_in_this_thread().is_err() {
            return;
        }
        let found = (name.as_str(), port).to_socket_addrs();
        // There is no receiver any more when the program has quit meanwhile.
        let _ = answer_to.send(found.map(Iterator::collect));
    });
    if let Err(error) = looking {
        return Ok(Err(error));
    }
    let (started, mut has_warned) = (Instant::now(), false);
    loop {
        match answer.recv_timeout(GLANCE) {
            Ok(found) => return Ok(found),
            Err(RecvTimeoutError::Timeout) if cancel.requested() => return Err(Error::Stopped),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(Err(io::Error::other("the look-up failed"))),
        }
        let passed = started.elapsed();
        if let Some(within) = within.filter(|&within| passed >= within) {
            return Err(Error::LookUpTimedOut { host, within });
        }
        if passed >= SILENTLY && !std::mem::replace(&mut has_warned, true) {
            tracing::warn!(
                "no name server has answered for {} s; still looking up '{}'",
                SILENTLY.as_secs(),
                printable(host.as_bytes())
            );
        }
    }
}

/// The address without its port, as a client has to write it. A link-local address includes its link (RFC 4007).
#[must_use]
pub fn as_typed(address: SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => {
            format!("{}%{}", v6.ip(), interfaces::interface_name(v6.scope_id()))
        }
        _ => address.ip().to_string(),
    }
}

/// The address under which others reach this machine.
///
/// A UDP socket that is connected to a public address has the local address of packets to that address;
/// `connect()` itself sends no packet. With no route there (a laptop offline): the first address of an interface, else 127.0.0.1.
#[must_use]
pub fn of_this_machine(program: Program, cancel: &CancelToken) -> IpAddr {
    probe(program, PUBLIC_IPV4, cancel)
        .or_else(|_| probe(program, PUBLIC_IPV6, cancel))
        .unwrap_or_else(|_| first_usable(&interfaces::interface_addresses()))
}

fn probe(program: Program, public: SocketAddr, cancel: &CancelToken) -> Result<IpAddr, Error> {
    let mut socket = Socket::open(
        program,
        Role::AddressProbe,
        Family::of(public),
        SocketType::Datagram,
        cancel,
    )?;
    socket.connect(public, None::<Duration>)?;
    Ok(socket.local_address()?.ip())
}

/// IPv4 first, as people type it; a link-local IPv6 address needs the link's name.
fn first_usable(addresses: &[IpAddr]) -> IpAddr {
    let on_one_link_only = |ip: &IpAddr| matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local());
    let v4 = addresses.iter().find(|ip| ip.is_ipv4());
    let any = v4.or_else(|| addresses.iter().find(|ip| !on_one_link_only(ip)));
    any.copied().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

#[cfg(test)]
mod tests {
    use super::{CancelToken, Error, first_usable, resolve};

    fn resolved(host: &str) -> Vec<String> {
        let addresses = resolve(host, 7, None, &CancelToken::new().unwrap()).unwrap();
        addresses.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_address_stands_for_itself() {
        assert_eq!(resolved("127.0.0.1"), ["127.0.0.1:7"]);
        assert_eq!(resolved("::1"), ["[::1]:7"]);
        assert_eq!(resolved("[::1]"), ["[::1]:7"]);
        assert_eq!(resolved("::ffff:127.0.0.1"), ["127.0.0.1:7"]);
    }

    /// Also on a machine without /etc/hosts.
    #[test]
    fn localhost_is_this_machine() {
        for name in ["localhost", "LocalHost."] {
            let found = resolved(name);
            assert!(
                found.iter().any(|one| one == "127.0.0.1:7" || one == "[::1]:7"),
                "{name}: {found:?}"
            );
        }
        assert!(!super::is_localhost("localhost.example"));
    }

    #[test]
    fn what_is_neither_is_named() {
        for host in ["300.1.1.1", "", "no-such-host.invalid", "a b"] {
            let trouble = resolve(host, 7, None, &CancelToken::new().unwrap()).unwrap_err();
            assert!(matches!(trouble, Error::UnknownHost { .. }), "{host}: {trouble}");
        }
    }

    #[test]
    fn without_a_route_the_first_address_that_others_can_use_is_taken() {
        let parse = |list: &[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect::<Vec<_>>();
        assert_eq!(
            first_usable(&parse(&["fe80::1", "2001:db8::1", "10.0.0.1"])).to_string(),
            "10.0.0.1"
        );
        assert_eq!(
            first_usable(&parse(&["fe80::1", "2001:db8::1"])).to_string(),
            "2001:db8::1"
        );
        assert_eq!(first_usable(&parse(&["fe80::1"])).to_string(), "127.0.0.1");
        assert_eq!(first_usable(&[]).to_string(), "127.0.0.1");
    }
}
