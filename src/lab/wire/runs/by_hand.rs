//! Steps that runs take themselves, with sockets in both hosts.

use std::net::SocketAddr;
use std::time::Duration;

use crate::app::socket::Socket;
use crate::calls::Role;
use crate::flow::Party;
use crate::lab::context::{LabContext, PORT};
use crate::lab::failure::Failure;
use crate::lab::threads::{joined, spawn};

/// How long a step waits for the other end: longer than segments that are sent again take, unless a wire loses nearly all.
const PATIENCE: Duration = Duration::from_secs(20);

/// The client's send buffer has room for all that a run sends, in bytes: what leaves when does not depend on when its program writes.
pub(super) const ROOM_TO_SEND: (Party, &str, &str) = (Party::Client, "ipv4/tcp_wmem", "4096 33554432 33554432");

/// Address and port of a host where its port is chosen.
pub(super) fn chosen(context: &LabContext, party: Party) -> SocketAddr {
    SocketAddr::new(context.host(party), PORT)
}

/// What client and server do at the same time.
///
/// # Errors
/// Those of either; the client's first.
pub(super) fn both<C, S: Send>(
    client: impl FnOnce() -> Result<C, Failure>,
    server: impl FnOnce() -> Result<S, Failure> + Send,
) -> Result<(C, S), Failure> {
    std::thread::scope(|scope| {
        let server = spawn(scope, "server", server)?;
        let client = client();
        let server = joined(server)?;
        Ok((client?, server?))
    })
}

/// A socket that listens at the server.
///
/// # Errors
/// Those of the socket calls.
pub(super) fn listening(context: &LabContext) -> Result<Socket, Failure> {
    let welcoming_socket = context.tcp_socket(Party::Server, Role::WelcomingSocket)?;
    welcoming_socket.bind(chosen(context, Party::Server))?;
    welcoming_socket.listen(1)?;
    Ok(welcoming_socket)
}

/// The connection that comes.
///
/// # Errors
/// None comes in time; those of accept(2).
pub(super) fn accepted(welcoming_socket: &Socket) -> Result<Socket, Failure> {
    if !welcoming_socket.wait_readable(PATIENCE)? {
        return Err(Failure::Line(format!(
            "no connection came to the server in {} s: the wire loses or delays too much; choose milder rules",
            PATIENCE.as_secs()
        )));
    }
    Ok(welcoming_socket.accept()?.0)
}

/// A socket at the client, connected to the server.
///
/// # Errors
/// Those of the socket calls.
pub(super) fn connected(context: &LabContext) -> Result<Socket, Failure> {
    let mut client_socket = context.tcp_socket(Party::Client, Role::ClientSocket)?;
    client_socket.connect(chosen(context, Party::Server), Some(PATIENCE))?;
    Ok(client_socket)
}

/// Reads to the end of what the other end sends.
///
/// # Errors
/// Those of recv(2); nothing comes for too long.
pub(super) fn read_to_end(socket: &Socket) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    let mut room = vec![0; 65_536];
    loop {
        match socket.recv(&mut room, Some(PATIENCE))? {
            [] => return Ok(all),
            some => all.extend_from_slice(some),
        }
    }
}

/// Sends all of the bytes.
///
/// # Errors
/// Those of send(2); the other end takes none for too long.
pub(super) fn send(socket: &Socket, bytes: &[u8]) -> Result<(), Failure> {
    Ok(socket.send_all(bytes, Some(PATIENCE))?)
}

/// The client sends this many bytes and has finished; the server does something else for a while, then it reads them all, and closes.
///
/// # Errors
/// Those of the socket calls; Ctrl+C.
pub(super) fn upload(context: &LabContext, bytes: usize, elsewhere: Duration) -> Result<(), Failure> {
    let welcoming_socket = listening(context)?;
    let client_socket = context.tcp_socket(Party::Client, Role::ClientSocket)?;
    upload_on(context, (client_socket, &welcoming_socket), bytes, elsewhere)
}

/// The client sends this many bytes; the server reads them all, answers with a line, and closes. So no reply comes while the bytes are on
/// their way, as it does from `tcp-server`, which answers piece by piece, and no FIN is behind them.
///
/// # Errors
/// As [`upload`].
pub(super) fn ask(context: &LabContext, bytes: usize) -> Result<(), Failure> {
    let welcoming_socket = listening(context)?;
    let client_socket = context.tcp_socket(Party::Client, Role::ClientSocket)?;
    let server = || {
        let connection_socket = accepted(&welcoming_socket)?;
        let (mut read, mut room) = (0, vec![0; 65_536]);
        while read < bytes {
            match connection_socket.recv(&mut room, Some(PATIENCE))? {
                [] => break,
                some => read += some.len(),
            }
        }
        send(&connection_socket, format!("{read} bytes\n").as_bytes())?;
        connection_socket.close();
        Ok(())
    };
    both(|| sends_all(context, client_socket, bytes, End::WithTheServers), server)?;
    Ok(())
}

/// When a client ends its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Behind the last byte.
    AtOnce,
    /// When the server has ended its own.
    WithTheServers,
}

/// The client's part of it: from `connect()` to `close()`.
fn sends_all(context: &LabContext, mut client_socket: Socket, bytes: usize, end: End) -> Result<(), Failure> {
    let text: Vec<u8> = b"sockets are doors, ".iter().copied().cycle().take(bytes).collect();
    client_socket.connect(chosen(context, Party::Server), Some(PATIENCE))?;
    send(&client_socket, &text)?;
    if end == End::AtOnce {
        client_socket.shutdown_sending()?;
    }
    read_to_end(&client_socket)?;
    client_socket.close();
    Ok(())
}

/// The same on a socket that is not connected yet, to one that listens.
///
/// # Errors
/// As [`upload`].
pub(super) fn upload_on(
    context: &LabContext,
    (client_socket, welcoming_socket): (Socket, &Socket),
    bytes: usize,
    elsewhere: Duration,
) -> Result<(), Failure> {
    let server = || {
        let connection_socket = accepted(welcoming_socket)?;
        if !elsewhere.is_zero() {
            context.wait(elsewhere)?;
        }
        read_to_end(&connection_socket)?;
        connection_socket.close();
        Ok(())
    };
    both(|| sends_all(context, client_socket, bytes, End::AtOnce), server)?;
    Ok(())
}
