//! Runs with two hosts and a wire between them: `socket-lab wire`.
//!
//! Both ends are kernels of this machine, each in a network namespace of its own ([`crate::hosts`]); both are captured, and what the
//! wire did to each frame is written beside the captures. In reading order: [`run`]: what such a run is; [`runs`]: those there are, one
//! file each; [`settings`]: what is asked of one; [`kernels`]: what both hosts' kernels are told; [`result`]: what came of a run; [`files`]; [`printer`], with [`bars`];
//! [`guided`]: a run from its first step to its last.

pub mod bars;
pub mod files;
pub mod guided;
pub mod kernels;
pub mod printer;
pub mod result;
pub mod run;
pub mod runs;
pub mod settings;
