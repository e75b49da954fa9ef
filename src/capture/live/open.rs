//! How a capture begins.

use super::{ANY, Capture, CaptureOptions, OpenError};

impl CaptureOptions {
    /// Opens the capture. From its return on, every frame that passes is captured. Without a ring it takes 20 ms, in which
    /// the kernel switches its time stamps on.
    ///
    /// # Errors
    /// No such interface, no permission, or a refused system call; see [`OpenError`].
    pub fn open(&self) -> Result<Capture, OpenError> {
        if self.promiscuous && self.interface == ANY {
            return Err(OpenError::PromiscuousAny);
        }
        Capture::open(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{ANY, CaptureOptions};

    #[test]
    fn promiscuous_on_any_is_refused_before_any_permission_is_asked_for() {
        let options = CaptureOptions {
            promiscuous: true,
            ..CaptureOptions::on(ANY)
        };
        let error = options.open().err().unwrap().to_string();
        assert!(error.contains("name one interface"), "{error}");
    }
}
