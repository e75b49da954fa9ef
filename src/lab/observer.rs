//! What the programs let one see beside their words: their socket calls, and what they say on standard error.
//!
//! Both are `tracing` events, so one layer collects them, for the whole process.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::failure::Failure;
use super::screen::Screen;
use crate::calls::{Call, event};

/// Collects calls, and shows errors and warnings on the screen of the program that has them. Clones are the same observer.
#[derive(Clone, Default)]
pub struct Observer(Arc<Mutex<Observations>>);

#[derive(Default)]
struct Observations {
    calls: Vec<Call>,
    /// Thread name and screen of the programs that run.
    screens: Vec<(String, Screen)>,
}

impl Observer {
    /// The name of the thread that a server runs in. Threads that a server starts itself, one for each connection, count as
    /// this one.
    pub const SERVER: &str = "server";

    /// Listens to the whole process from now on.
    ///
    /// # Errors
    /// There is a subscriber already.
    pub fn start() -> Result<Self, Failure> {
        let observer = Self::default();
        let wanted = Targets::new()
            .with_target("socket_lab", Level::WARN)
            .with_target(event::TARGET, event::LEVEL);
        let layer = observer.clone().with_filter(wanted);
        tracing_subscriber::registry()
            .with(layer)
            .try_init()
            .map_err(|error| Failure::of("watching the socket calls", error, "start this once a process"))?;
        Ok(observer)
    }

    /// From now on what the program in the thread of this name says shows on this screen.
    pub fn watch(&self, thread: &str, screen: &Screen) {
        self.observations().screens.push((thread.to_owned(), screen.clone()));
    }

    /// Takes the calls that have returned since the last time, in the order in which they were entered, and forgets the
    /// screens.
    #[must_use]
    pub fn take(&self) -> Vec<Call> {
        let mut observations = self.observations();
        observations.screens.clear();
        let mut calls = std::mem::take(&mut observations.calls);
        calls.sort_by_key(|call| call.entered);
        calls
    }

    fn observations(&self) -> MutexGuard<'_, Observations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Layer<S> for Observer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(call) = event::read(event) {
            self.observations().calls.push(call);
            return;
        }
        let mut message = Message::default();
        event.record(&mut message);
        let word = if *event.metadata().level() == Level::ERROR {
            "error"
        } else {
            "warning"
        };
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default();
        let observations = self.observations();
        let of = |wanted: &str| observations.screens.iter().find(|(thread, _)| thread == wanted);
        if let Some((_, screen)) = of(name).or_else(|| of(Self::SERVER)) {
            screen.line(&format!("{word}: {}", message.0));
        }
    }
}

/// The words of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
