//! `udp-server`: answers every datagram with its text in uppercase.

use std::process::ExitCode;

use socket_lab::app::client::ReplyTally;
use socket_lab::app::{listening, udp_server};
use socket_lab::calls::Program;
use socket_lab::cli::args::UdpServerArgs;
use socket_lab::cli::program;

fn main() -> ExitCode {
    let about = "UDP server of the socket lab: answers every datagram with its text in uppercase";
    program::run(Program::UdpServer, about, |args: &UdpServerArgs, session| {
        let address = args.listen.address(&session.cancel)?;
        let server_socket = udp_server::bind(address, args.listen.port, &session.cancel)?;
        session.give_up_rights()?;
        let port = listening::announce(
            Program::UdpServer,
            &server_socket,
            &session.transcript,
            address,
            &session.cancel,
        )?;
        udp_server::run(&server_socket, port, &session.transcript)?;
        Ok(ReplyTally::default())
    })
}
