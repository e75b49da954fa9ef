//! `tcp-client`: sends each line over a connection of its own and shows the reply.

use std::process::ExitCode;

use socket_lab::app::tcp_client;
use socket_lab::calls::Program;
use socket_lab::cli::args::ClientArgs;
use socket_lab::cli::program;

fn main() -> ExitCode {
    let about = "TCP client of the socket lab: sends each line over a connection of its own and shows the reply";
    program::run(Program::TcpClient, about, |args: &ClientArgs, session| {
        let server = args.server(&session.cancel)?;
        tcp_client::run(&server, &mut session.keyboard()?, &session.transcript, &session.cancel)
    })
}
