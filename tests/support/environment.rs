//! The environment of a started program.

use std::process::Command;

/// What the programs look at in their environment, and whoever runs the tests may have set.
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

/// Has the command run untouched by the environment of whoever runs the tests.
pub fn clean(command: &mut Command) -> &mut Command {
    for name in LOOKED_AT {
        command.env_remove(name);
    }
    command.envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("TERM", "xterm")])
}
