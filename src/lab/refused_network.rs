//! What to do where a guided run may not capture, or has no two hosts: one line, with commands that work as they are printed.

use super::network::NetworkRefusal;
use crate::hosts::error::HostError;
use crate::session::capture_right::{Invocation, this_program};

/// This failed for want of the right, and the system refuses the guided runs a private network, where they would have it.
pub(super) fn lab_lacks_it(what: &str, refusal: &NetworkRefusal) -> String {
    line_of_lab(what, refusal, &Invocation::now("socket-lab"))
}

fn line_of_lab(what: &str, refusal: &NetworkRefusal, called: &Invocation) -> String {
    let Invocation { program, command } = called;
    let remedy = refusal.remedy.as_ref();
    let remedy = remedy.map_or_else(String::new, |remedy| format!("'{remedy}', or "));
    format!(
        "{what}: the system refuses a private network ({}: {}); type {remedy}'sudo {command}', or once \
         'sudo setcap cap_net_raw+ep {program}'",
        refusal.what, refusal.why
    )
}

/// Two hosts need private networks, and the system refuses them. `captures`: may this program capture on the machine's loopback?
pub(super) fn no_networks(refusal: &NetworkRefusal, captures: bool) -> String {
    line_of_networks(refusal, captures, &this_program("socket-lab"))
}

fn line_of_networks(refusal: &NetworkRefusal, captures: bool, program: &str) -> String {
    let NetworkRefusal { what, why, remedy } = refusal;
    let remedy = remedy.as_ref();
    let remedy = remedy.map_or_else(String::new, |remedy| format!("; type '{remedy}'"));
    let shown = if captures {
        "a connection on the loopback, with its packets"
    } else {
        "the socket calls of a connection on the loopback, without its packets"
    };
    format!(
        "two hosts need networks of their own, which the system refuses ({what}: {why}){remedy}; without two hosts, \
         '{program} tcp' shows {shown}"
    )
}

/// There are private networks, and two hosts cannot be made in them.
pub(super) fn no_hosts(error: &HostError) -> String {
    let program = this_program("socket-lab");
    format!(
        "{error}; without two hosts, '{program} long --loopback' shows a connection on a loopback of its own, with its packets"
    )
}

#[cfg(test)]
mod tests {
    use super::{Invocation, NetworkRefusal, line_of_lab, line_of_networks};

    #[test]
    fn a_refused_private_network_is_one_line_with_each_way() {
        let refusal = NetworkRefusal {
            what: "unshare: No space left on device (os error 28)".into(),
            why: "the limit is reached".into(),
            remedy: Some("sudo sysctl a=1".into()),
        };
        assert_eq!(
            line_of_lab(
                "the packets could not be captured",
                &refusal,
                &Invocation::with("/opt/socket-lab", ["udp".to_owned()])
            ),
            "the packets could not be captured: the system refuses a private network (unshare: No space left on device (os \
             error 28): the limit is reached); type 'sudo sysctl a=1', or 'sudo /opt/socket-lab udp', or once 'sudo setcap \
             cap_net_raw+ep /opt/socket-lab'"
        );
    }

    #[test]
    fn without_two_hosts_is_said_what_can_be_seen() {
        let mut refusal = NetworkRefusal {
            what: "unshare: No".into(),
            why: "the limit is reached".into(),
            remedy: Some("sudo sysctl a=1".into()),
        };
        assert_eq!(
            line_of_networks(&refusal, false, "/opt/socket-lab"),
            "two hosts need networks of their own, which the system refuses (unshare: No: the limit is reached); type 'sudo \
             sysctl a=1'; without two hosts, '/opt/socket-lab tcp' shows the socket calls of a connection on the loopback, \
             without its packets"
        );
        refusal.remedy = None;
        let line = line_of_networks(&refusal, true, "socket-lab");
        assert!(line.ends_with(
            "reached); without two hosts, 'socket-lab tcp' shows a connection on the loopback, with its packets"
        ));
    }
}
