//! A call as a line for people.

use std::fmt::Write as _;
use std::net::SocketAddr;

use chrono::{SecondsFormat, TimeZone, Utc};

use super::{Call, CallName};
use crate::local_time;

/// The call in one line, with the time of day at which it was entered and how long it took:
///
/// `05:06:07.123456789 client socket: connect(3, 127.0.0.1:12000) = 0 in 34.1µs, local 127.0.0.1:44298`
///
/// The number in parentheses is the descriptor. The program is left out: the role implies it, and the line is long.
#[must_use]
pub fn line(call: &Call) -> String {
    line_in(call, &local_time::offset(call.entered))
}

fn line_in<Tz: TimeZone>(call: &Call, zone: &Tz) -> String
where
    Tz::Offset: std::fmt::Display,
{
    let entered = call.entered.with_timezone(zone).format("%H:%M:%S%.9f");
    let mut line = format!(
        "{entered} {}: {}({}) = {}",
        call.role,
        call.call,
        arguments(call),
        call.result
    );
    // Writing to a String cannot fail; the results below are dropped for that reason.
    if let Some(error) = &call.error {
        let _ = write!(line, " {} ({})", error.name, error.text);
    }
    let _ = write!(line, " in {}", duration(call.duration_ns));
    if let Some((what, address)) = learned_address(call) {
        let _ = write!(line, ", {what} {address}");
    }
    line
}

/// A number and what it counts: `1 byte`, `2 bytes`.
#[must_use]
pub fn counted(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The descriptor and the informative arguments.
fn arguments(call: &Call) -> String {
    let mut parts = Vec::new();
    parts.extend(call.passed_fd().map(|fd| fd.to_string()));
    parts.extend(call.argument.clone());
    parts.extend(call.asked.map(|bytes| match call.call {
        CallName::Recv | CallName::RecvFrom => format!("room for {}", counted(bytes, "byte")),
        _ => counted(bytes, "byte"),
    }));
    let address = match call.call {
        CallName::Connect | CallName::SendTo => call.remote,
        _ => None,
    };
    parts.extend(address.map(|address| address.to_string()));
    parts.join(", ")
}

/// The address that the call returned.
fn learned_address(call: &Call) -> Option<(&'static str, SocketAddr)> {
    if call.error.is_some() {
        return None;
    }
    match call.call {
        CallName::Accept | CallName::RecvFrom => Some(("from", call.remote?)),
        CallName::Bind | CallName::Connect | CallName::SendTo | CallName::GetSockName => Some(("local", call.local?)),
        _ => None,
    }
}

/// A duration in the unit that leaves one to three digits before the point.
fn duration(nanoseconds: u64) -> String {
    // The longest times lose digits that are not shown anyway.
    #[expect(
        clippy::cast_precision_loss,
        reason = "four digits are shown, a double holds fifteen"
    )]
    let value = nanoseconds as f64;
    match nanoseconds {
        0..1_000 => format!("{nanoseconds}ns"),
        1_000..1_000_000 => format!("{:.1}µs", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1}ms", value / 1e6),
        _ => format!("{:.1}s", value / 1e9),
    }
}

/// The time of day now, written as in [`line()`], for the lines between calls.
#[must_use]
pub fn now() -> String {
    let now = Utc::now();
    now.with_timezone(&local_time::offset(now))
        .format("%H:%M:%S%.9f")
        .to_string()
}

/// The time now in the form that the JSON lines have: RFC 3339, UTC, nanoseconds.
#[must_use]
pub fn now_rfc3339() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Nanos, true)
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::super::call::example;
    use super::super::{Call, CallFailure, CallName, Role};
    use super::{duration, line_in};

    #[test]
    fn a_connect_reads_as_in_the_manual() {
        assert_eq!(
            line_in(&example::connect(), &Utc),
            "05:06:07.123456789 client socket: connect(3, 127.0.0.1:12000) = 0 in 34.1µs, local 127.0.0.1:44298"
        );
    }

    #[test]
    fn socket_has_no_descriptor_before_it_returns_one() {
        let call = Call {
            call: CallName::Socket,
            argument: Some("AF_INET, SOCK_STREAM".into()),
            result: 3,
            local: None,
            remote: None,
            ..example::connect()
        };
        assert!(line_in(&call, &Utc).ends_with(" client socket: socket(AF_INET, SOCK_STREAM) = 3 in 34.1µs"));
    }

    #[test]
    fn an_error_stands_after_the_minus_one() {
        let call = Call {
            result: -1,
            local: None,
            error: Some(CallFailure {
                name: "ECONNREFUSED".into(),
                text: "Connection refused".into(),
            }),
            ..example::connect()
        };
        assert!(
            line_in(&call, &Utc)
                .ends_with("connect(3, 127.0.0.1:12000) = -1 ECONNREFUSED (Connection refused) in 34.1µs")
        );
    }

    #[test]
    fn a_receiving_call_says_its_room_and_the_sender() {
        let call = Call {
            call: CallName::RecvFrom,
            role: Role::ServerSocket,
            asked: Some(2048),
            bytes: Some(11),
            result: 11,
            ..example::connect()
        };
        assert!(
            line_in(&call, &Utc).ends_with("recvfrom(3, room for 2048 bytes) = 11 in 34.1µs, from 127.0.0.1:12000")
        );
    }

    #[test]
    fn durations_keep_their_unit_at_the_borders() {
        assert_eq!(duration(999), "999ns");
        assert_eq!(duration(1_000), "1.0µs");
        assert_eq!(duration(42_400_000), "42.4ms");
        assert_eq!(duration(5_000_000_000), "5.0s");
    }
}
