//! Names of machines and services in an expression.

use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};

/// Who knows what a name stands for.
pub trait NameResolver {
    /// The addresses of this machine.
    ///
    /// # Errors
    /// The name has none, or it cannot be found out.
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;

    /// The port of this service: `http`, `domain`.
    fn port(&self, service: &str) -> Option<u16>;
}

/// Asks the system for machines (getaddrinfo(3): files, then the network), and knows a few services itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl NameResolver for SystemResolver {
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut addresses = Vec::new();
        for address in (name, 0).to_socket_addrs()? {
            if !addresses.contains(&address.ip()) {
                addresses.push(address.ip());
            }
        }
        Ok(addresses)
    }

    fn port(&self, service: &str) -> Option<u16> {
        well_known_port(service)
    }
}

/// Knows no machine and does not ask the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoResolver;

impl NameResolver for NoResolver {
    fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Err(io::Error::new(io::ErrorKind::NotFound, "names are not looked up here"))
    }

    fn port(&self, service: &str) -> Option<u16> {
        well_known_port(service)
    }
}

/// The services of a networking course (IANA, "Service Name and Transport Protocol Port Number Registry"). They stand for
/// the port of every transport.
fn well_known_port(service: &str) -> Option<u16> {
    Some(match service {
        "ftp-data" => 20,
        "ftp" => 21,
        "ssh" => 22,
        "telnet" => 23,
        "smtp" => 25,
        "domain" => 53,
        "bootps" => 67,
        "bootpc" => 68,
        "tftp" => 69,
        "http" => 80,
        "pop3" => 110,
        "ntp" => 123,
        "imap2" => 143,
        "snmp" => 161,
        "bgp" => 179,
        "https" => 443,
        "syslog" => 514,
        _ => return None,
    })
}
