//! The time.

use chrono::Utc;

/// Nanoseconds since 1970-01-01 00:00:00 UTC, by the clock of the captures.
pub(super) fn now() -> i64 {
    Utc::now().timestamp_nanos_opt().unwrap_or_default()
}
