//! What happens when the system has no more memory.
//!
//! By default, Rust's standard library aborts: a core dump, and no message about what to do.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write as _;

#[global_allocator]
static ALLOCATOR: OrEnd = OrEnd;

/// The system's allocator. If it has no memory left, the program prints one line and ends with status 1.
struct OrEnd;

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: every call is handed on to the system's allocator as it is, and what that returns is returned, unless it is null.
unsafe impl GlobalAlloc for OrEnd {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the same promise: a layout of at least one byte.
        unsafe { some(System.alloc(layout), layout.size()) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { some(System.alloc_zeroed(layout), layout.size()) }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; the memory is the system's, as all of it is.
        unsafe { some(System.realloc(memory, layout, size), size) }
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[inline]
fn some(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() {
        end(size);
    }
    memory
}

/// Takes no memory itself: the line is put together on the stack.
#[cold]
fn end(size: usize) -> ! {
    let mut line = [0_u8; 200];
    let mut rest = line.as_mut_slice();
    let said = "error: no memory for";
    let whole = "so what was being written is not whole";
    #[cfg(all(feature = "sniffer", target_os = "linux"))]
    let group = super::group::limit();
    #[cfg(not(all(feature = "sniffer", target_os = "linux")))]
    let group: Option<u64> = None;
    let _ = match group {
        Some(limit) => writeln!(
            rest,
            "{said} {size} bytes more, {whole}; allow this container or group of processes more than {} MiB",
            limit >> 20
        ),
        None => writeln!(
            rest,
            "{said} {size} bytes more, {whole}; end other programs, or allow more with 'ulimit -v unlimited'"
        ),
    };
    let left = rest.len();
    let written = line.get(..line.len() - left).unwrap_or_default();
    // Where standard error takes nothing either, the status is all there is to say it with.
    let _ = std::io::stderr().write_all(written);
    std::process::exit(1)
}
