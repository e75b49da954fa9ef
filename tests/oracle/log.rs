//! The socket calls of a run's programs, with their times.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// The calls of both programs, in the order in which they were entered.
#[derive(Default)]
pub(super) struct CallLog {
    calls: Mutex<Vec<Value>>,
    over: AtomicBool,
}

/// Nanoseconds since 1970-01-01 00:00:00 UTC, by the clock of the captures.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_nanos()).unwrap()
}

impl CallLog {
    /// Makes the call, and notes it as one of this end. `told` is what it is about: bytes, their place in the stream, and so on.
    pub(super) fn call<T>(
        &self,
        end: &str,
        name: &str,
        told: &Value,
        call: impl FnOnce() -> std::io::Result<T>,
    ) -> std::io::Result<T> {
        if self.over.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("the run is over"));
        }
        // The entry is there while the call lasts: one that never returns was made all the same.
        let index = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(json!({"end": end, "call": name, "entered": now(), "about": told}));
            calls.len() - 1
        };
        let result = call();
        let mut calls = self.calls.lock().unwrap();
        calls[index]["returned"] = now().into();
        if let Err(error) = &result {
            calls[index]["error"] = error.to_string().into();
        }
        drop(calls);
        result
    }

    /// No call is made any more.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Waits so long.
    pub(super) fn pause(&self, time: Duration) {
        if !self.over.load(Ordering::Relaxed) && !time.is_zero() {
            std::thread::sleep(time);
        }
    }

    /// Writes them, an object a line.
    pub(super) fn write(&self, path: &Path) {
        let mut output = BufWriter::new(File::create(path).unwrap());
        for call in self.calls.lock().unwrap().iter() {
            writeln!(output, "{call}").unwrap();
        }
        output.flush().unwrap();
    }
}
