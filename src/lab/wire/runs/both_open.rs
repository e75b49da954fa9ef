//! Both ends call `connect()` at the same time.

use super::by_hand::{both, chosen, read_to_end, send};
use crate::calls::Role;
use crate::explain::duration;
use crate::flow::Party::{self, Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Length, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "both-open",
    about: "Both ends call connect() at once, and neither listen()",
    question: "both call connect() at the same time, and neither listen(): is there a connection?",
    title: "Both ends open at once",
    rules: "delay 200ms",
    // Here Linux measures half of the round trip, from its SYN-ACK to the other's, and would send a tail loss probe just when the
    // acknowledgment comes.
    textbook: true,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::ByHand(exchange),
    before: "Watch: no socket listens here. Both ends have taken port 13000 by bind(), and each calls connect() to the other before \
             the other's SYN has come (RFC 9293, section 3.5, figure 7). Such a connection has no server; the names of the two \
             hosts are kept.",
    after,
    bars: None,
};

fn exchange(context: &LabContext, _: Length) -> Result<Vec<String>, Failure> {
    let socket = |party: Party| {
        let socket = context.tcp_socket(party, Role::ClientSocket)?;
        socket.bind(chosen(context, party))?;
        Ok::<_, Failure>(socket)
    };
    let (mut at_client, mut at_server) = (socket(Client)?, socket(Server)?);
    let time = context.timeout();
    let connected = both(
        || Ok(at_client.connect(chosen(context, Server), Some(time))?),
        || Ok(at_server.connect(chosen(context, Client), Some(time))?),
    );
    connected.map_err(|failure| match failure {
        Failure::Line(line) => Failure::Line(format!(
            "the two SYNs did not cross: {line}; give them more time with --delay 500ms"
        )),
        other => other,
    })?;
    send(&at_client, b"sockets are doors\n")?;
    at_client.shutdown_sending()?;
    let line = read_to_end(&at_server)?;
    send(&at_server, &line.to_ascii_uppercase())?;
    at_server.close();
    read_to_end(&at_client)?;
    at_client.close();
    Ok(Vec::new())
}

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let Some(apart) = result.crossed(FrameKind::Syn) else {
        return sentences;
    };
    sentences.push(format!(
        "The SYNs crossed: they left {} apart, and each was on its way when the other left.",
        duration(apart)
    ));
    let syn_acks = [Client, Server].map(|from| result.sent(from, FrameKind::SynAck));
    if syn_acks == [1, 1] {
        sentences.push(
            "Each end answered the other's SYN with a SYN-ACK: four segments, where a handshake has three. There is one connection, \
             not two."
                .to_owned(),
        );
    }
    sentences
}
