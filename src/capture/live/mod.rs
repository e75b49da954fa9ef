//! Frames from an interface, as they pass.
//!
//! ```no_run
//! use socket_lab::capture::live::{CaptureEvent, CaptureOptions};
//!
//! let mut capture = CaptureOptions::on("lo").open()?;
//! while let CaptureEvent::Frame(frame, _) = capture.next(None, None)? {
//!     let _ = frame.bytes;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Reading order: [`interfaces`], [`CaptureOptions`], [`Capture`], [`Captures`] for several interfaces at once. On Linux the frames come from a packet socket (packet(7)) that was
//! prepared before the first of them: `socket.rs` says how and why. From there they come in one of two ways.
//!
//! # A call for each frame
//!
//! The plain way is that of any socket: the kernel queues a copy of each frame, and a system call takes one out. That is
//! `pnet`'s datalink channel, with a peek before each read at what comes with the frame: two system calls a frame, and the
//! kernel's memory for a frame is handed out and given back each time. At 200,000 frames a second this is most of the work.
//!
//! # A ring
//!
//! A ring does without. Kernel and program share a piece of memory, cut into blocks, each with room for many frames:
//!
//! ```text
//!             the program reads here                 the kernel writes here
//!                      v                                      v
//!   | block 0      | block 1      | block 2      | block 3      | block 4      |
//!   | kernel's,    | program's,   | program's,   | kernel's,    | kernel's,    |  and after the
//!   | free         | being read   | waiting      | being filled | free         |  last the first
//! ```
//!
//! The kernel copies frame after frame into a block. When the block is full it writes into its header: this is the program's
//! now, and goes on in the next one. The program reads all frames of a block, in place, and writes: this is the kernel's again.
//! No system call is needed for that. Only when the program finds no block does it go to sleep, by poll(2), and that is once
//! for a thousand frames, not for each.
//!
//! What if only one frame comes? The block would not be full for a long time, and the frame would not be seen. So the kernel
//! also hands a block over when its first frame has waited for 10 ms. And if the program is too slow? Then the kernel meets a
//! block that is still the program's, and drops frames until it has one back. It counts them ([`CaptureStatistics::dropped`]).
//!
//! The one word in the header by which a block changes hands is a lock without a lock: `ring/sys.rs` says what has to hold
//! for it, and for the order in which memory is read and written. `ring/block.rs` reads a block; `ring/layout.rs` says how large
//! one should be.
//!
//! Where the kernel gives no ring, the channel serves, and a [`Note`] says so. [`CaptureOptions::ring`] chooses; the two show the same
//! frames. Where there are no packet sockets, `pnet`'s plain channel serves, and [`Capture::notes`] says what is lost by it.

mod error;
mod event;
mod interface;
mod note;
mod open;
mod options;
pub mod plain;
#[cfg(not(target_os = "linux"))]
mod single;

#[cfg(target_os = "linux")]
mod capture;
#[cfg(target_os = "linux")]
mod counters;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod rebuild;
#[cfg(target_os = "linux")]
mod ring;
#[cfg(target_os = "linux")]
mod socket;
#[cfg(target_os = "linux")]
mod source;
#[cfg(target_os = "linux")]
mod sys;

#[cfg(target_os = "linux")]
pub use capture::Capture;
#[cfg(target_os = "linux")]
pub use capture::several::Captures;
#[cfg(target_os = "linux")]
pub use counters::Counters;
pub use error::{CaptureError, OpenError};
pub use event::{CancelDescriptor, CaptureEvent, CaptureStatistics, KernelChecksum};
pub use interface::{ANY, Interface, interfaces};
pub use note::Note;
pub use options::{CaptureOptions, Instruction, LARGEST_SNAPLEN};
#[cfg(not(target_os = "linux"))]
pub use plain::Capture;
#[cfg(not(target_os = "linux"))]
pub use single::Captures;
