//! The data of one socket call.

use std::fmt;
use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Writes an enum whose values have one fixed word each: the screen and the JSON lines have the same word.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $value,)+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The fixed word for it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// The value with this word, if there is one.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// Which of the four programs made the call.
    Program {
        /// Answers datagrams.
        UdpServer = "udp-server",
        /// Sends a datagram per line.
        UdpClient = "udp-client",
        /// Answers connections.
        TcpServer = "tcp-server",
        /// Opens a connection per line.
        TcpClient = "tcp-client",
    }
}

impl Program {
    /// The program at the other end.
    #[must_use]
    pub const fn counterpart(self) -> Self {
        match self {
            Self::UdpServer => Self::UdpClient,
            Self::UdpClient => Self::UdpServer,
            Self::TcpServer => Self::TcpClient,
            Self::TcpClient => Self::TcpServer,
        }
    }

    /// `UDP` or `TCP`.
    #[must_use]
    pub const fn transport(self) -> &'static str {
        match self {
            Self::UdpServer | Self::UdpClient => "UDP",
            Self::TcpServer | Self::TcpClient => "TCP",
        }
    }
}

words! {
    /// What the socket is for, in the textbook's words.
    Role {
        /// The client's only socket.
        ClientSocket = "client socket",
        /// The TCP server's socket that takes connections and never carries data.
        WelcomingSocket = "welcoming socket",
        /// The TCP server's socket for one client, made by `accept()`.
        ConnectionSocket = "connection socket",
        /// The UDP server's only socket, for all clients.
        ServerSocket = "server socket",
        /// A socket that sends nothing: with it the server finds the address under which other machines reach this one.
        AddressProbe = "address probe",
    }
}

words! {
    /// The name of the call, as its manual page has it.
    CallName {
        /// socket(2)
        Socket = "socket",
        /// setsockopt(2)
        SetSockOpt = "setsockopt",
        /// bind(2)
        Bind = "bind",
        /// listen(2)
        Listen = "listen",
        /// getsockname(2)
        GetSockName = "getsockname",
        /// accept(2)
        Accept = "accept",
        /// connect(2)
        Connect = "connect",
        /// send(2)
        Send = "send",
        /// sendto, in send(2)
        SendTo = "sendto",
        /// recv(2)
        Recv = "recv",
        /// recvfrom, in recv(2)
        RecvFrom = "recvfrom",
        /// shutdown(2)
        Shutdown = "shutdown",
        /// close(2)
        Close = "close",
    }
}

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFailure {
    /// The symbolic error number of errno(3), such as `ECONNREFUSED`; `TIMEOUT` and `STOPPED` where the program
    /// itself stopped waiting: at its timeout, or because it had to quit.
    pub name: String,
    /// The same in words.
    pub text: String,
}

/// One socket call that has returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The program that called.
    pub program: Program,
    /// Its process number.
    pub pid: u32,
    /// What the socket is for.
    pub role: Role,
    /// The socket's own number, counted from 1 in this process. It is never reused; a descriptor can be.
    pub socket: u64,
    /// The socket's descriptor; -1 when `socket()` failed.
    pub fd: i64,
    /// The name of the call.
    pub call: CallName,
    /// The other arguments: a family and type, an option and its value, the address asked of `bind()`, a backlog, a flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// The socket's own address after the call, if it has one by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<SocketAddr>,
    /// The other end: of the connection, of this datagram, or the one asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<SocketAddr>,
    /// For a sending call, the bytes offered; for a receiving call, the size of the buffer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<u64>,
    /// For a sending call, the bytes that the kernel took; for a receiving call, the bytes received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// What the call returned in C's terms: a descriptor, a count, 0, or -1 for an error.
    pub result: i64,
    /// The error, when `result` is -1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CallFailure>,
    /// Wall clock when the program entered the call, to the nanosecond.
    pub entered: DateTime<Utc>,
    /// Wall clock when the call had returned.
    pub returned: DateTime<Utc>,
    /// Time between the two in nanoseconds, by a clock that is never set. `returned - entered` is a little longer, because the
    /// clocks are read too, and it is wrong if the wall clock was set between the two.
    pub duration_ns: u64,
}

impl Call {
    /// The descriptor among the call's arguments; `socket()` has none, it returns one. Every view writes it, as strace does.
    #[must_use]
    pub fn passed_fd(&self) -> Option<i64> {
        (self.call != CallName::Socket && self.fd >= 0).then_some(self.fd)
    }
}

#[cfg(test)]
pub(crate) mod example {
    use super::{Call, CallName, Program, Role};
    use chrono::{DateTime, Utc};

    /// A `connect()` that succeeded, for the tests of this room.
    pub(crate) fn connect() -> Call {
        let entered: DateTime<Utc> = "2026-03-04T05:06:07.123456789Z".parse().unwrap();
        Call {
            program: Program::TcpClient,
            pid: 4242,
            role: Role::ClientSocket,
            socket: 1,
            fd: 3,
            call: CallName::Connect,
            argument: None,
            local: Some("127.0.0.1:44298".parse().unwrap()),
            remote: Some("127.0.0.1:12000".parse().unwrap()),
            asked: None,
            bytes: None,
            result: 0,
            error: None,
            entered,
            returned: entered + chrono::TimeDelta::nanoseconds(34_100),
            duration_ns: 34_100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallName, Program, Role};

    #[test]
    fn every_word_leads_back_to_its_value() {
        for &program in Program::ALL {
            assert_eq!(Program::from_word(program.word()), Some(program));
            assert_eq!(program.counterpart().counterpart(), program);
            assert_eq!(program.counterpart().transport(), program.transport());
        }
        for &role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        for &name in CallName::ALL {
            assert_eq!(CallName::from_word(name.word()), Some(name));
        }
        assert_eq!(CallName::from_word("ioctl"), None);
    }
}
