//! `tcp-server`: answers a line per connection with its text in uppercase.

use std::process::ExitCode;

use socket_lab::app::client::ReplyTally;
use socket_lab::app::{listening, tcp_server};
use socket_lab::calls::Program;
use socket_lab::cli::args::TcpServerArgs;
use socket_lab::cli::program;

fn main() -> ExitCode {
    let about = "TCP server of the socket lab: answers a line per connection with its text in uppercase";
    program::run(Program::TcpServer, about, |args: &TcpServerArgs, session| {
        let address = args.listen.address(&session.cancel)?;
        let welcoming_socket = tcp_server::bind(address, args.listen.port, &session.cancel)?;
        session.give_up_rights()?;
        tcp_server::make_room_for(args.limits());
        listening::announce(
            Program::TcpServer,
            &welcoming_socket,
            &session.transcript,
            address,
            &session.cancel,
        )?;
        tcp_server::run(&welcoming_socket, &session.transcript, args.limits(), &session.cancel)?;
        Ok(ReplyTally::default())
    })
}
