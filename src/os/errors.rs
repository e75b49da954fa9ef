//! What the system says in its errors. errno(3)

#[cfg(unix)]
use nix::errno::Errno;
use std::io;

/// The error's name, as errno(3) has it, such as `ECONNREFUSED`; of an error that is not the system's, its kind.
#[must_use]
pub fn name(error: &io::Error) -> String {
    #[cfg(unix)]
    if let Some(errno) = error.raw_os_error().map(Errno::from_raw) {
        return format!("{errno:?}");
    }
    format!("{:?}", error.kind())
}

/// What the ICMP error said that Linux hands to a connection attempt as this error, where its number stands for nothing else
/// there. `icmp_err_convert` in Linux's net/ipv4/icmp.c
#[must_use]
pub fn icmp_behind(error: &io::Error) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    return Some(match Errno::from_raw(error.raw_os_error()?) {
        Errno::ENOPROTOOPT => "that the machine does not take TCP (protocol unreachable)",
        Errno::EOPNOTSUPP => "that the given route fails (source route failed)",
        Errno::EHOSTDOWN => "that there is no such machine (destination host unknown)",
        Errno::ENONET => "that this machine is cut off (source host isolated)",
        Errno::EPROTO => "that the header has a fault (parameter problem)",
        _ => return None,
    });
    #[cfg(not(target_os = "linux"))]
    {
        let _ = error;
        None
    }
}

/// The system's words, without the ` (os error 111)` that the standard library writes behind them.
#[must_use]
pub fn text(error: &io::Error) -> String {
    let text = error.to_string();
    if cfg!(unix) && error.raw_os_error().is_some() {
        return text.split(" (os error ").next().unwrap_or_default().to_owned();
    }
    text
}

/// A text without the ` (os error 28)` that the standard library writes behind the system's words: they say it already.
#[must_use]
pub fn without_numbers(text: &str) -> String {
    const MARK: &str = " (os error ";
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        cleaned.push_str(before);
        let digits = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        match digits.strip_prefix(')') {
            Some(behind) if digits.len() < after.len() => rest = behind,
            _ => {
                cleaned.push_str(MARK);
                rest = after;
            }
        }
    }
    cleaned.push_str(rest);
    cleaned
}

/// Why something could not be written, and the next step, as the end of the sentence "writing … failed: ".
#[must_use]
pub fn unwritable(error: &io::Error) -> String {
    let text = error.to_string();
    // The standard library puts the number behind the system's words.
    let why = text.split(" (os error ").next().unwrap_or_default();
    let next = match error.kind() {
        io::ErrorKind::FileTooLarge => "lift the limit with 'ulimit -f unlimited', or give it another place",
        _ => "give it somewhere with room",
    };
    format!("{why}; {next}")
}

/// Has the process, or the whole system, run out of something that comes back when connections end?
#[cfg(unix)]
#[must_use]
pub fn is_exhaustion(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error().map(Errno::from_raw),
        Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM)
    )
}

/// Was the message longer than the protocol carries? send(2) `EMSGSIZE`
#[cfg(unix)]
#[must_use]
pub fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error().map(Errno::from_raw) == Some(Errno::EMSGSIZE)
}

/// The error of a connection that is not accepted. connect(2) `ECONNREFUSED`
#[cfg(unix)]
#[must_use]
pub fn refusal() -> io::Error {
    Errno::ECONNREFUSED.into()
}

/// Is the connection attempt under way? connect(2) `EINPROGRESS`
#[cfg(unix)]
#[must_use]
pub fn is_in_progress(error: &io::Error) -> bool {
    error.raw_os_error().map(Errno::from_raw) == Some(Errno::EINPROGRESS)
}

/// Has the system run out of something that comes back when connections end?
#[cfg(not(unix))]
#[must_use]
pub fn is_exhaustion(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory
}

/// Not told apart here.
#[cfg(not(unix))]
#[must_use]
pub fn is_too_long(_: &io::Error) -> bool {
    false
}

/// The error of a connection that is not accepted.
#[cfg(not(unix))]
#[must_use]
pub fn refusal() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// Is the connection attempt under way?
#[cfg(not(unix))]
#[must_use]
pub fn is_in_progress(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn the_numbers_of_errors_are_left_out_and_nothing_else() {
        for (text, cleaned) in [
            (
                "a: No space left on device (os error 28); b",
                "a: No space left on device; b",
            ),
            ("x (os error 2) and y (os error -5)", "x and y"),
            ("file (os error twelve).txt", "file (os error twelve).txt"),
            ("(os error ", "(os error "),
            ("cut (os error 2", "cut (os error 2"),
            ("", ""),
        ] {
            assert_eq!(without_numbers(text), cleaned);
        }
    }
}
