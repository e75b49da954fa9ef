//! The socket calls of a run.
//!
//! Those of the programs come through the pipes of their processes ([`super::program_process`]). Those of steps that a run takes
//! itself are `tracing` events of this process: one layer collects them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::failure::Failure;
use crate::calls::{Call, event};

/// Collects calls. Clones are the same observer.
#[derive(Clone, Default)]
pub struct Observer(Arc<Mutex<Vec<Call>>>);

impl Observer {
    /// Collects the calls of this process from now on.
    ///
    /// # Errors
    /// There is a subscriber already.
    pub fn start() -> Result<Self, Failure> {
        let observer = Self::default();
        let wanted = Targets::new().with_target(event::TARGET, event::LEVEL);
        let layer = observer.clone().with_filter(wanted);
        tracing_subscriber::registry()
            .with(layer)
            .try_init()
            .map_err(|error| Failure::of("watching the socket calls", error, "start this once a process"))?;
        Ok(observer)
    }

    /// Adds the calls of another process.
    pub fn add(&self, calls: Vec<Call>) {
        self.calls().extend(calls);
    }

    /// Takes the calls that have returned since the last time, in the order in which they were entered.
    #[must_use]
    pub fn take(&self) -> Vec<Call> {
        let mut calls = std::mem::take(&mut *self.calls());
        calls.sort_by_key(|call| call.entered);
        calls
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Layer<S> for Observer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(call) = event::read(event) {
            self.calls().push(call);
        }
    }
}
