//! Which program has a port, as far as /proc shows. `proc_pid_net(5)`, `proc_pid_fd(5)`

use std::collections::HashSet;
use std::fs;

/// A program that has a socket with the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortHolder {
    /// The program and its process.
    Process {
        /// Its name, of 15 bytes at most.
        name: String,
        /// The number of its process.
        pid: u32,
    },
    /// Only its user is known: the descriptors of other users' programs are not readable.
    User {
        /// The number of the user.
        uid: u32,
        /// The user's name, if the system knows it.
        name: Option<String>,
    },
}

/// Who has a socket of this transport, `tcp` or `udp`, bound to this port.
#[must_use]
pub fn holder_of(transport: &str, port: u16) -> Option<PortHolder> {
    let tables = [format!("/proc/net/{transport}"), format!("/proc/net/{transport}6")];
    let texts = tables.map(|path| fs::read_to_string(path).unwrap_or_default());
    let sockets: Vec<(String, u32)> = texts.iter().flat_map(|text| bound_to(text, port)).collect();
    let inodes: HashSet<String> = sockets.iter().map(|(inode, _)| format!("socket:[{inode}]")).collect();
    let found = if inodes.is_empty() { None } else { process_with(&inodes) };
    found.or_else(|| {
        let (_, uid) = sockets.first()?;
        let user = nix::unistd::User::from_uid((*uid).into()).ok().flatten();
        Some(PortHolder::User {
            uid: *uid,
            name: user.map(|user| user.name),
        })
    })
}

/// The inodes and users of the sockets in such a table that have this port. Connections that wait in TIME-WAIT have none.
fn bound_to(table: &str, port: u16) -> Vec<(String, u32)> {
    let ending = format!(":{port:04X}");
    let mut found: Vec<(bool, String, u32)> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, state, _, _, _, uid, _, inode, ..] = columns.as_slice() else {
                return None;
            };
            let has_it = local.ends_with(&ending) && *inode != "0";
            // 0A: LISTEN, net/tcp_states.h.
            has_it.then(|| Some((*state != "0A", (*inode).to_owned(), uid.parse().ok()?)))?
        })
        .collect();
    found.sort_by_key(|(is_other, ..)| *is_other);
    found.into_iter().map(|(_, inode, uid)| (inode, uid)).collect()
}

/// The first process that has one of these descriptors open.
fn process_with(inodes: &HashSet<String>) -> Option<PortHolder> {
    let processes = fs::read_dir("/proc").ok()?;
    let numbers = processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    for pid in numbers {
        let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else {
            continue;
        };
        let mut links = descriptors
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok());
        if links.any(|link| link.to_str().is_some_and(|link| inodes.contains(link))) {
            let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            let name = name.trim_end_matches('\n').to_owned();
            return Some(PortHolder::Process { name, pid });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, UdpSocket};

    use super::{PortHolder, holder_of};

    #[test]
    fn our_own_sockets_are_found() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("[::]:0")
            .or_else(|_| UdpSocket::bind("0.0.0.0:0"))
            .unwrap();
        let ports = [
            ("tcp", tcp.local_addr().unwrap().port()),
            ("udp", udp.local_addr().unwrap().port()),
        ];
        for (transport, port) in ports {
            let Some(PortHolder::Process { pid, name }) = holder_of(transport, port) else {
                panic!("{transport} {port} was not found");
            };
            assert_eq!(pid, std::process::id());
            assert!(!name.is_empty());
        }
        drop(tcp);
        assert_eq!(holder_of("tcp", ports[0].1), None);
    }
}
