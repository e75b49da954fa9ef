//! `udp-client`: sends each line as a datagram and shows the reply.

use std::process::ExitCode;

use socket_lab::app::udp_client;
use socket_lab::calls::Program;
use socket_lab::cli::args::ClientArgs;
use socket_lab::cli::program;

fn main() -> ExitCode {
    let about = "UDP client of the socket lab: sends each line as a datagram and shows the reply";
    program::run(Program::UdpClient, about, |args: &ClientArgs, session| {
        let server = args.server(&session.cancel)?;
        udp_client::run(&server, &mut session.keyboard()?, &session.transcript, &session.cancel)
    })
}
