//! Opening the capture that the arguments ask for.

use super::capture_right;
use super::settings::Settings;
use crate::capture::live::{self, ANY, CaptureOptions, Captures, LARGEST_SNAPLEN, OpenError, interfaces};
use crate::filter::{Filter, FragmentPolicy, Target};
use crate::os::cancel::CancelToken;
use crate::wire::LinkType;

/// Opens it, on every interface.
///
/// # Errors
/// An interface cannot be opened: a line that says why, and what to do.
pub(super) fn open(settings: &Settings, filter: &Filter) -> Result<Captures, String> {
    let names = settings.interfaces.iter();
    let openings = names.map(|name| opening(settings, name, filter));
    Captures::open(&openings.collect::<Result<Vec<_>, _>>()?).map_err(|error| match error {
        OpenError::NoPermission { interface } => capture_right::sniffer_lacks_it(&interface),
        other => other.to_string(),
    })
}

/// The capture that the arguments ask for on this interface, not begun yet.
///
/// # Errors
/// The interfaces cannot be listed, or the kernel cannot run the filter: a line that says so.
pub(super) fn opening(settings: &Settings, interface: &str, filter: &Filter) -> Result<CaptureOptions, String> {
    let mut opening = CaptureOptions::on(interface);
    opening.snaplen = settings.snaplen;
    opening.promiscuous = settings.promiscuous;
    opening.ring = !settings.no_ring;
    if filter.expression().is_some() {
        let snaplen = if settings.snaplen == 0 {
            LARGEST_SNAPLEN
        } else {
            settings.snaplen
        };
        let program = filter
            .compile(target(interface)?, snaplen, FragmentPolicy::Keep)
            .map_err(|error| error.to_string())?;
        let instructions = program.instructions().iter();
        opening.program = instructions.map(|one| (one.code, one.jt, one.jf, one.k)).collect();
    }
    Ok(opening)
}

/// What the kernel's filter will see on this interface.
///
/// # Errors
/// The interfaces cannot be listed: a line that says so.
fn target(name: &str) -> Result<Target, String> {
    /// Bytes of the header that is in the place of the link layer's on "any".
    const COOKED: u32 = 20;
    let known = interfaces().map_err(|error| error.to_string())?;
    let interface = known.iter().find(|interface| interface.name == name);
    let target = match interface.map(|interface| interface.link_type) {
        Some(LinkType::ETHERNET) => Target::Socket(LinkType::ETHERNET),
        _ => Target::CookedSocket {
            header: COOKED,
            loopback: (name == ANY)
                .then(|| known.iter().find(|one| one.loopback).map(|lo| lo.index))
                .flatten(),
        },
    };
    Ok(target)
}

/// The cancel token in the form that the capture waits for.
#[cfg(unix)]
pub(super) fn descriptor(cancel: &CancelToken) -> live::CancelDescriptor<'_> {
    use crate::os::poll::Cancellation as _;
    cancel.descriptor()
}
