use super::{CallError, CallErrorReason, Error};
use crate::calls::{CallName, Program};
use std::io::{self, ErrorKind};
use std::time::Duration;

fn failed(program: Program, call: CallName, address: &str, kind: ErrorKind) -> String {
    CallError {
        program,
        call,
        address: address.parse().ok(),
        reason: CallErrorReason::Os(io::Error::from(kind)),
        cause: None,
    }
    .to_string()
}

#[test]
fn a_refused_connection_names_call_address_reason_and_next_step() {
    let line = failed(
        Program::TcpClient,
        CallName::Connect,
        "127.0.0.1:5000",
        ErrorKind::ConnectionRefused,
    );
    assert_eq!(
        line,
        "connect to 127.0.0.1:5000 refused: no program listens on that port; \
         start tcp-server first and use the port it prints"
    );
}

#[test]
fn a_call_without_an_address_reads_well_too() {
    let line = failed(Program::UdpClient, CallName::Socket, "", ErrorKind::Unsupported);
    assert_eq!(
        line,
        "socket failed: unsupported; run it with -v to see every socket call"
    );
}

#[test]
fn a_port_below_1024_is_explained_and_another_refusal_is_not_mistaken_for_it() {
    let low = failed(
        Program::UdpServer,
        CallName::Bind,
        "0.0.0.0:80",
        ErrorKind::PermissionDenied,
    );
    assert!(low.contains("ports below 1024"), "{low}");
    let high = failed(
        Program::UdpServer,
        CallName::Bind,
        "0.0.0.0:8080",
        ErrorKind::PermissionDenied,
    );
    assert!(!high.contains("1024"), "{high}");
}

#[test]
fn no_trouble_takes_more_than_a_line_or_leaves_the_next_step_out() {
    let kinds = [
        ErrorKind::ConnectionRefused,
        ErrorKind::NetworkUnreachable,
        ErrorKind::AddrInUse,
        ErrorKind::AddrNotAvailable,
        ErrorKind::PermissionDenied,
        ErrorKind::ConnectionReset,
        ErrorKind::OutOfMemory,
        ErrorKind::Other,
    ];
    for &program in Program::ALL {
        for &call in CallName::ALL {
            let timed_out = CallError {
                program,
                call,
                address: None,
                reason: CallErrorReason::TimedOut(Duration::from_millis(500)),
                cause: None,
            };
            let lines = kinds.map(|kind| failed(program, call, "127.0.0.1:9", kind));
            for line in lines.into_iter().chain([timed_out.to_string()]) {
                assert!(line.contains("; ") && !line.contains('\n'), "{line}");
            }
        }
    }
}

#[test]
fn a_host_name_cannot_drive_the_terminal() {
    let trouble = Error::UnknownHost {
        host: "\x1b[2J".into(),
        why: "unknown".into(),
    };
    assert!(!trouble.to_string().contains('\x1b'));
}
