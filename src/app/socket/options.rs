//! The options that the programs set. socket(7), ip(7), ipv6(7)

use std::io;

use super::call::{CallArgs, CallResult};
use super::{Family, Socket, sys};
use crate::app::error::Error;
use crate::calls::CallName;

impl Socket {
    /// `setsockopt(SO_REUSEADDR)`: lets a restarted server have its port again while old connections are in TIME-WAIT.
    /// socket(7); RFC 9293 section 3.6.1
    ///
    /// On Windows the option means something else, so nothing is done there.
    ///
    /// # Errors
    /// Those of setsockopt(2).
    pub fn reuse_address(&self) -> Result<(), Error> {
        if cfg!(windows) {
            return Ok(());
        }
        self.set_option("SO_REUSEADDR = 1", |socket| socket.set_reuse_address(true))
    }

    /// `setsockopt(IPV6_V6ONLY)`: switched off, an IPv6 socket serves IPv4 too. ipv6(7)
    ///
    /// # Errors
    /// Those of setsockopt(2).
    pub fn serve_ipv4_too(&self) -> Result<(), Error> {
        self.set_option("IPV6_V6ONLY = 0", |socket| socket.set_only_v6(false))
    }

    /// `setsockopt(IP_RECVERR)`: lets `recvfrom()` return what ICMP says of our datagrams, such as "port unreachable".
    /// ip(7)
    ///
    /// # Errors
    /// Those of setsockopt(2).
    pub fn report_icmp_errors(&self, family: Family) -> Result<(), Error> {
        let (option, ipv6) = match family {
            Family::Inet => ("IP_RECVERR = 1", false),
            Family::Inet6 => ("IPV6_RECVERR = 1", true),
        };
        self.set_option(option, |socket| sys::report_icmp_errors(socket, ipv6))
    }

    /// `setsockopt(TCP_CONGESTION)`: which congestion control this connection has, by its name, such as `reno`. tcp(7)
    ///
    /// # Errors
    /// This kernel does not have it, or reserves it (`net.ipv4.tcp_allowed_congestion_control`).
    #[cfg(target_os = "linux")]
    pub fn congestion_control(&self, name: &str) -> Result<(), Error> {
        let option = format!("TCP_CONGESTION = {name}");
        self.set_option(&option, |socket| socket.set_tcp_congestion(name.as_bytes()))
    }

    fn set_option(&self, option: &str, set: impl Fn(&socket2::Socket) -> io::Result<()>) -> Result<(), Error> {
        let given = CallArgs::argument(|| option.to_owned());
        self.perform(CallName::SetSockOpt, &given, None, set, |()| CallResult::result(0))
    }
}
