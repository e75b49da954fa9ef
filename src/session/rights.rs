//! Which of root's rights a program keeps at each step. After the last step it opens files as the calling user.
//!
//! docs/privileges.md has the table. Elsewhere than on Linux nothing is kept or given up here.

#[cfg(target_os = "linux")]
use crate::privilege::{self, Dropped, Need};
#[cfg(target_os = "linux")]
use std::sync::OnceLock;

/// The message about giving up lent rights.
#[cfg(target_os = "linux")]
static GIVEN_UP: OnceLock<String> = OnceLock::new();

/// Keeps what opening a capture takes.
///
/// # Errors
/// The rights cannot be given up: a line that says so; the program must end then. So in all functions here.
pub fn only_for_a_capture() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    keep(Need::Capture)?;
    Ok(())
}

/// Keeps what opening a capture takes, and a Wireshark's pipe.
///
/// # Errors
/// As [`only_for_a_capture`].
pub fn only_for_a_capture_into_a_pipe() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    keep(Need::CaptureIntoPipe)?;
    Ok(())
}

/// Keeps what binding a port below 1024 takes.
///
/// # Errors
/// As [`only_for_a_capture`].
pub fn only_for_a_low_port() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    keep(Need::LowPort)?;
    Ok(())
}

/// Keeps nothing, but for root by itself, which may have to open files of others.
///
/// # Errors
/// As [`only_for_a_capture`].
pub fn only_for_files() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    keep(Need::Files)?;
    Ok(())
}

/// Keeps nothing.
///
/// # Errors
/// As [`only_for_a_capture`].
pub fn none() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    keep(Need::Nothing)?;
    Ok(())
}

/// Keeps nothing in this thread, whatever the others still need. `false`: that failed, and the thread must end.
#[must_use]
pub fn none_in_this_thread() -> bool {
    #[cfg(target_os = "linux")]
    return privilege::give_up_in_this_thread().is_ok();
    #[cfg(not(target_os = "linux"))]
    true
}

/// Did this process get its rights through sudo or a similar program? Ask before they are given up.
#[must_use]
pub fn are_lent() -> bool {
    #[cfg(target_os = "linux")]
    return privilege::are_lent();
    #[cfg(not(target_os = "linux"))]
    false
}

/// Were they, before they were given up?
#[must_use]
pub fn were_lent() -> bool {
    #[cfg(target_os = "linux")]
    return GIVEN_UP.get().is_some();
    #[cfg(not(target_os = "linux"))]
    false
}

/// Reports with `-v` that they were given up.
pub fn print_refusal() {
    #[cfg(target_os = "linux")]
    if let Some(line) = GIVEN_UP.get() {
        tracing::debug!("{line}");
    }
}

/// The error of opening `file`, and how it can be read all the same, where root could and its rights have been given up.
#[must_use]
pub fn with_way_to_read(line: String, file: &std::path::Path) -> String {
    #[cfg(target_os = "linux")]
    if were_lent() && is_closed(file) {
        let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
        let program = words.into_iter().next().unwrap_or_else(|| "sniffer".to_owned());
        return format!(
            "{line}; root's rights are given up before a file is opened: 'sudo cat {} | {program} -r -' reads it",
            crate::escape::shell::quoted(file.as_os_str())
        );
    }
    let _ = file;
    line
}

/// May this user not open it?
#[cfg(target_os = "linux")]
fn is_closed(file: &std::path::Path) -> bool {
    // Never a pipe that would have to be waited for: the permissions alone.
    let asked = nix::unistd::access(file, nix::unistd::AccessFlags::R_OK);
    asked == Err(nix::errno::Errno::EACCES)
}

#[cfg(target_os = "linux")]
fn keep(need: Need) -> Result<(), String> {
    let dropped = privilege::narrow_to(need).map_err(|error| error.to_string())?;
    if matches!(dropped, Dropped::ToUser(_)) {
        // Afterwards there is nothing lent any more, so it is set once.
        let _ = GIVEN_UP.set(dropped.to_string());
    }
    Ok(())
}
