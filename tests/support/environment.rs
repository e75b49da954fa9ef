//! The environment of a started program.

use std::process::Command;

/// What the programs look at in their environment, and what may be set where the tests run.
const LOOKED_AT: [&str; 9] = [
    "CI",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "RUST_LOG",
    "SUDO_UID",
    "SUDO_GID",
    "PKEXEC_UID",
    "DOAS_USER",
];

/// Has the command run untouched by the environment in which the tests run.
pub fn clean(command: &mut Command) -> &mut Command {
    for name in LOOKED_AT {
        command.env_remove(name);
    }
    command.envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("TERM", "xterm")])
}
