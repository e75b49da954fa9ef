//! The shortest loop that answers: what the lecture's server does, straight from the standard library.
//!
//! It prints the same lines as ours, and can be neither stopped nor watched, serves one client after the other, and believes
//! every client.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, UdpSocket};

use super::server::Transport;

/// Serves until it is killed.
pub(super) fn serve(transport: Transport, port: u16) -> io::Result<()> {
    match transport {
        Transport::Udp => udp(port),
        Transport::Tcp => tcp(port),
    }
}

fn udp(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind(("0.0.0.0", port))?;
    let mut output = io::stdout().lock();
    let mut room = vec![0; 65_535];
    loop {
        let (length, client) = socket.recv_from(&mut room)?;
        let message = room.get(..length).unwrap_or_default();
        let (ip, port, text) = (client.ip(), client.port(), String::from_utf8_lossy(message));
        writeln!(output, "Received from {ip}#{port}: {text}")?;
        socket.send_to(text.to_uppercase().as_bytes(), client)?;
    }
}

fn tcp(port: u16) -> io::Result<()> {
    let welcoming_socket = TcpListener::bind(("0.0.0.0", port))?;
    let mut output = io::stdout().lock();
    let mut room = vec![0; 16_384];
    loop {
        let (mut connection_socket, client) = welcoming_socket.accept()?;
        let length = connection_socket.read(&mut room)?;
        let sentence = room.get(..length).unwrap_or_default();
        let (ip, port, text) = (client.ip(), client.port(), String::from_utf8_lossy(sentence));
        writeln!(output, "Received from {ip}#{port}: {}", text.trim_end_matches('\n'))?;
        connection_socket.write_all(text.to_uppercase().as_bytes())?;
    }
}
