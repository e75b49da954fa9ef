//! A call as a `tracing` event: written into an event, and read from it.

use std::fmt;

use chrono::DateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::{Call, CallFailure, CallName, Program, Role};

/// The target of every event that is a socket call.
pub const TARGET: &str = "socket_lab::calls";

/// The level of those events.
pub const LEVEL: Level = Level::DEBUG;

/// Is there a subscriber for calls now? Asked before anything is measured.
#[must_use]
pub fn wanted() -> bool {
    tracing::enabled!(target: TARGET, LEVEL)
}

/// Hands the call to the subscriber.
pub fn emit(call: &Call) {
    let local = call.local.map(|address| address.to_string());
    let remote = call.remote.map(|address| address.to_string());
    tracing::event!(
        target: TARGET,
        LEVEL,
        program = call.program.word(),
        pid = call.pid,
        role = call.role.word(),
        socket = call.socket,
        fd = call.fd,
        call = call.call.word(),
        argument = call.argument.as_deref(),
        local = local.as_deref(),
        remote = remote.as_deref(),
        asked = call.asked,
        bytes = call.bytes,
        result = call.result,
        error = call.error.as_ref().map(|error| error.name.as_str()),
        error_text = call.error.as_ref().map(|error| error.text.as_str()),
        entered_ns = call.entered.timestamp_nanos_opt(),
        returned_ns = call.returned.timestamp_nanos_opt(),
        duration_ns = call.duration_ns,
    );
}

/// Reads the call from its event; `None` for an event that is not a socket call.
#[must_use]
pub fn read(event: &Event<'_>) -> Option<Call> {
    if event.metadata().target() != TARGET {
        return None;
    }
    let mut fields = EventFields::default();
    event.record(&mut fields);
    fields.call()
}

/// The fields of an event that have been seen so far.
#[derive(Default)]
struct EventFields {
    program: Option<Program>,
    pid: Option<u32>,
    role: Option<Role>,
    socket: Option<u64>,
    fd: Option<i64>,
    call: Option<CallName>,
    argument: Option<String>,
    local: Option<String>,
    remote: Option<String>,
    asked: Option<u64>,
    bytes: Option<u64>,
    result: Option<i64>,
    error: Option<String>,
    error_text: Option<String>,
    entered_ns: Option<i64>,
    returned_ns: Option<i64>,
    duration_ns: Option<u64>,
}

impl EventFields {
    fn call(self) -> Option<Call> {
        Some(Call {
            program: self.program?,
            pid: self.pid?,
            role: self.role?,
            socket: self.socket?,
            fd: self.fd?,
            call: self.call?,
            argument: self.argument,
            local: self.local.and_then(|address| address.parse().ok()),
            remote: self.remote.and_then(|address| address.parse().ok()),
            asked: self.asked,
            bytes: self.bytes,
            result: self.result?,
            error: self.error.map(|name| CallFailure {
                name,
                text: self.error_text.unwrap_or_default(),
            }),
            entered: DateTime::from_timestamp_nanos(self.entered_ns?),
            returned: DateTime::from_timestamp_nanos(self.returned_ns?),
            duration_ns: self.duration_ns?,
        })
    }
}

impl Visit for EventFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "program" => self.program = Program::from_word(value),
            "role" => self.role = Role::from_word(value),
            "call" => self.call = CallName::from_word(value),
            "argument" => self.argument = Some(value.to_owned()),
            "local" => self.local = Some(value.to_owned()),
            "remote" => self.remote = Some(value.to_owned()),
            "error" => self.error = Some(value.to_owned()),
            "error_text" => self.error_text = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match field.name() {
            "fd" => self.fd = Some(value),
            "result" => self.result = Some(value),
            "entered_ns" => self.entered_ns = Some(value),
            "returned_ns" => self.returned_ns = Some(value),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "pid" => self.pid = u32::try_from(value).ok(),
            "socket" => self.socket = Some(value),
            "asked" => self.asked = Some(value),
            "bytes" => self.bytes = Some(value),
            "duration_ns" => self.duration_ns = Some(value),
            _ => {}
        }
    }

    /// No field of a call comes this way: `emit` writes numbers and strings only.
    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    use super::super::call::example;
    use super::{Call, CallFailure, Event, emit, read};

    struct Keep(Arc<Mutex<Vec<Call>>>);

    impl<S: tracing::Subscriber> Layer<S> for Keep {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().extend(read(event));
        }
    }

    #[test]
    fn a_call_comes_out_of_its_event_as_it_went_in() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Keep(Arc::clone(&kept)));
        let fine = example::connect();
        let failed = Call {
            argument: Some("IPV6_V6ONLY = 0".into()),
            local: None,
            remote: Some("[fe80::1%3]:5".parse().unwrap()),
            asked: Some(65_507),
            bytes: None,
            result: -1,
            error: Some(CallFailure {
                name: "ENETUNREACH".into(),
                text: "Network is unreachable".into(),
            }),
            ..example::connect()
        };
        tracing::subscriber::with_default(subscriber, || {
            emit(&fine);
            tracing::debug!("no call");
            emit(&failed);
        });
        assert_eq!(*kept.lock().unwrap(), [fine, failed]);
    }
}
