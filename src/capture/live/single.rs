//! Where there are no packet sockets: one capture at a time, as its system's channel cannot wait for several.

use std::time::Duration;

use super::{CancelDescriptor, Capture, CaptureError, CaptureEvent, CaptureOptions, OpenError};

/// One capture.
#[derive(Debug)]
pub struct Captures {
    capture: Capture,
    is_over: bool,
}

impl Captures {
    /// Opens it.
    ///
    /// # Errors
    /// As [`CaptureOptions::open`]; [`OpenError::OneAtATime`] for several.
    pub fn open(options: &[CaptureOptions]) -> Result<Self, OpenError> {
        let [one] = options else {
            return Err(OpenError::OneAtATime);
        };
        Ok(Self {
            capture: one.open()?,
            is_over: false,
        })
    }

    /// The capture.
    pub fn iter(&self) -> impl Iterator<Item = &Capture> {
        std::iter::once(&self.capture)
    }

    /// Can it not go on?
    #[must_use]
    pub const fn are_over(&self) -> bool {
        self.is_over
    }

    /// As [`Capture::next`], on interface 0.
    ///
    /// # Errors
    /// As [`Capture::next`].
    pub fn next(
        &mut self,
        timeout: Option<Duration>,
        cancel: Option<CancelDescriptor<'_>>,
    ) -> Result<(usize, CaptureEvent<'_>), CaptureError> {
        let next = self.capture.next(timeout, cancel);
        self.is_over = next.is_err();
        Ok((0, next?))
    }
}
