//! Limits of the shell's `ulimit` that would end a program without a message.

/// Bytes of stack that are enough for every program; the threads of the standard library have twice this size.
#[cfg(unix)]
const ENOUGH_STACK: u64 = 1 << 20;

/// Bytes of stack that are requested if there are fewer: the default of Linux.
#[cfg(unix)]
const USUAL_STACK: u64 = 8 << 20;

/// Makes room on the stack where there is little (`ulimit -s`), and makes a file that grows too long (`ulimit -f`) an error
/// of the writing call (EFBIG): otherwise the signal SIGXFSZ ends the program. setrlimit(2)
///
/// # Errors
/// The system refuses the larger stack: a line that says so.
#[cfg(unix)]
pub fn prepare() -> Result<(), String> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    // Without a handler of ours the program is ended at its first such file, as before: no reason to refuse to start.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    room_on_the_stack()
}

#[cfg(unix)]
fn room_on_the_stack() -> Result<(), String> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let Ok((now, most)) = getrlimit(Resource::RLIMIT_STACK) else {
        return Ok(());
    };
    if now >= ENOUGH_STACK {
        return Ok(());
    }
    // The stack of the first thread grows as far as the limit of that moment says. The upper limit is for root to raise.
    let raised = setrlimit(Resource::RLIMIT_STACK, USUAL_STACK, most.max(USUAL_STACK)).is_ok()
        || most >= ENOUGH_STACK && setrlimit(Resource::RLIMIT_STACK, USUAL_STACK.min(most), most).is_ok();
    if raised {
        return Ok(());
    }
    Err(format!(
        "the stack may have {} KiB here, and {} KiB are needed; start this in a shell where 'ulimit -Hs' says more",
        most / 1024,
        ENOUGH_STACK / 1024
    ))
}

/// Nothing is limited so.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub const fn prepare() -> Result<(), String> {
    Ok(())
}

/// As [`prepare`], for a program of few threads, whose memory depends on what it reads: it stays below the limit of a container.
///
/// # Errors
/// As [`prepare`].
#[cfg(feature = "sniffer")]
pub fn prepare_with_memory() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    super::memory::group::stay_within();
    prepare()
}
