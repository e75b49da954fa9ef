//! Threads of a run that end with it.

use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::failure::Failure;

/// Starts a thread of this name.
///
/// # Errors
/// The system gives no more threads.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, Failure> {
    let started = Builder::new().name(name.into()).spawn_scoped(scope, work);
    started.map_err(|error| Failure::of("starting a thread", error, "allow more with 'ulimit -u'"))
}

/// Waits for a thread and returns what came of it.
///
/// # Errors
/// A mistake of this program's ended it.
pub fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T, Failure> {
    let ended = thread.join();
    ended.map_err(|_| Failure::Line("a thread ended by a mistake of this program's".into()))
}
