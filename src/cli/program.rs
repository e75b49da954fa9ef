//! One of the four programs, from its arguments to its exit status.

use std::process::ExitCode;

use super::{args, exit, usage};
use crate::app::client::ReplyTally;
use crate::app::error::Error;
use crate::calls::Program;
use crate::os::limits;
use crate::session::program::{self, Session};
use crate::session::say::Say;

/// Runs a program: takes its arguments and lets `work` do its work. The exit status is that of [`program::run`], or 2: wrong
/// arguments.
pub fn run<A: args::Program>(
    program: Program,
    about: &'static str,
    work: impl FnOnce(&A, &Session) -> Result<ReplyTally, Error>,
) -> ExitCode {
    exit::within(limits::prepare(), || {
        let args: A = match usage::parse(program.word(), about) {
            Ok(args) => args,
            Err(code) => return code,
        };
        let settings = args.settings();
        let say = Say::new(settings.log.color, settings.log.format);
        exit::status(program::run(&settings, |session| work(&args, session)), say)
    })
}
