//! What to do where a guided run may not capture: one line, with commands that work as they are printed.

use super::network::NetworkRefusal;
use crate::session::capture_right::Invocation;

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

#[cfg(test)]
mod tests {
    use super::{Invocation, NetworkRefusal, line_of_lab};

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
}
