//! The guided run: server, client and capture at once, and the story of what happened between them.
//!
//! The programs are the real ones ([`crate::app`]), each in a process of its own; the packets are the kernel's. Only the
//! user's typing is scripted. In the order in which a run goes:
//!
//! 1. [`network`]: where it happens (two hosts of its own, or a private network, which [`crate::privilege`] makes), and how much of it can be seen;
//!    [`network_setup`] makes it; [`two_hosts`]: the hosts;
//! 2. [`run`]: what a run has to say and to do; [`runs`]: the runs there are, one file each;
//! 3. [`capturing`]: the packets; [`observer`]: the socket calls; [`own_segments`]: segments that a run makes itself;
//! 4. [`folder`]: where the files go, opened before anything is sent;
//! 5. [`context`]: what the programs of a run share; [`programs`]: servers and clients, and what is typed; [`program_process`]: the
//!    process of one of them, with its [`screen`]; [`lab_program`]: what that process does; [`threads`]: steps that a run takes
//!    beside others;
//! 6. [`recording`]: the files; [`result`]: what the packets and the calls say;
//! 7. [`overview`]: one screen, with what to [`notice`]; [`run_printer`] and [`comparison`]: the whole story; [`view`]: which of them is
//!    printed; [`printed_names`] and [`link`]: commands and files in it; `refused_network`: what to do where it may not capture;
//! 8. [`report_opener`]: the report in a browser, afterwards;
//! 9. [`wire`]: the runs with two hosts and a wire between them, which take steps of their own.
//!
//! [`guided`] takes these steps; [`failure`]: why a run could not be finished. A new run is a file in `runs`, with its two lines in `runs/mod.rs`.

pub mod capturing;
pub mod comparison;
pub mod context;
pub mod failure;
pub mod folder;
pub mod guided;
pub mod lab_program;
pub mod link;
pub mod network;
pub mod network_setup;
pub mod notice;
pub mod observer;
pub mod overview;
pub mod own_segments;
pub mod printed_names;
pub mod program_process;
pub mod programs;
pub mod recording;
mod refused_network;
pub mod report_opener;
pub mod result;
pub mod run;
pub mod run_printer;
pub mod runs;
pub mod screen;
pub mod threads;
pub mod two_hosts;
pub mod view;
pub mod wire;
