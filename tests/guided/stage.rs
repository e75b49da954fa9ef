//! Starting the lab, and the judges of what it leaves.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::{Missing, Tool, clean, copy_program, judged, need, needs, ours, path_of_ours, tool};

/// The user that owns no files.
pub const NOBODY: u32 = 65_534;

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            output: text(&output.stdout),
            errors: text(&output.stderr),
        }
    }
}

impl Ended {
    /// It went well, and said nothing but its story.
    #[track_caller]
    pub fn fine(&self) -> &str {
        assert_eq!((self.code, self.errors.as_str()), (Some(0), ""), "{}", self.output);
        &self.output
    }

    /// It failed with one line, and told nothing.
    #[track_caller]
    pub fn one_line(&self) -> &str {
        assert_eq!((self.code, self.output.as_str()), (Some(1), ""), "{self:?}");
        assert_eq!(self.errors.lines().count(), 1, "{self:?}");
        assert!(self.errors.starts_with("error: "), "{self:?}");
        &self.errors
    }
}

/// A folder in which the program is started, with a copy of it that everybody may run.
pub struct TestFolder {
    folder: TempDir,
    programs: TempDir,
    /// Who starts it, unless it is the user who runs the tests.
    user: Option<u32>,
}

impl TestFolder {
    /// For the user who runs the tests.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            programs: tempfile::tempdir().unwrap(),
            user: None,
        }
    }

    /// For a user without privileges; `None`, and said so, where nobody can become one, or may make a network.
    pub fn of_nobody() -> Option<Self> {
        let mut place = Self::new();
        if nix::unistd::geteuid().is_root() {
            place.user = Some(NOBODY);
            chown(place.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(place.programs.path(), open).unwrap();
        }
        let copy = place.programs.path().join("socket-lab");
        copy_program(path_of_ours("socket-lab"), copy);
        let mut probe = tool(Tool::Unshare);
        let made = place.as_user(probe.args(["-rn", "true"])).output().unwrap();
        if !made.status.success() {
            needs::skip(Missing::UserNamespaces);
            return None;
        }
        Some(place)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file below captures/latest.
    pub fn latest(&self, name: &str) -> PathBuf {
        self.path().join("captures/latest").join(name)
    }

    /// The program with these arguments, started here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let copy = self.programs.path().join("socket-lab");
        let mut command = if copy.exists() {
            crate::support::copy(copy)
        } else {
            ours("socket-lab")
        };
        command.args(arguments);
        self.as_user(&mut command);
        command
    }

    /// Has the command run here, by the user of this place, untouched by the environment of the user who runs the tests.
    pub fn as_user<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        clean(command).env("HOME", "/nonexistent");
        command.current_dir(self.path()).stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Runs the program to its end.
    pub fn ran(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }
}

/// Can the lab be tried here at all?
pub fn ready() -> bool {
    need(Tool::Tshark) && needs::namespaces()
}

/// What tshark reads in a capture file: a row a packet with these fields.
///
/// # Panics
/// When tshark has a warning of any packet, a reset or a selective acknowledgment apart.
pub fn tshark(path: &Path, fields: &[&str]) -> Vec<Vec<String>> {
    let all = [&["tcp.flags.reset", "tcp.options.sack.count"], fields].concat();
    let rows = judged(&[], path, &all).into_iter().map(|(mut row, is_bad)| {
        // A reset is a warning by itself, and what some runs are about. So is a D-SACK: on a busy machine an acknowledgment
        // can come so late that the kernel probes for a lost tail (RFC 8985 section 7), and what was not lost comes twice.
        let reset = ["1", "True"].contains(&row.remove(0).as_str());
        let sack = !row.remove(0).is_empty();
        assert!(!is_bad || reset || sack, "{}: tshark warns of {row:?}", path.display());
        row
    });
    rows.collect()
}

/// How many packets tshark finds for each of these display filters, none of which has a comma. It is asked once for all of them: a
/// start takes longer than its work.
pub fn counts(path: &Path, filters: &[&str]) -> Vec<usize> {
    let output = crate::support::tshark()
        .arg("-q")
        .arg("-r")
        .arg(path)
        .args(["-z", &format!("io,stat,0,{}", filters.join(","))])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{filters:?}: {errors}");
    let told = String::from_utf8(output.stdout).unwrap();
    // | 0.000 <> 1.156 | packets | bytes | packets | bytes | …
    let row = told.lines().find(|line| line.contains("<>")).unwrap();
    let columns = row.trim_matches('|').split('|').skip(1).step_by(2);
    let found: Vec<usize> = columns.map(|count| count.trim().parse().unwrap()).collect();
    assert_eq!(found.len(), filters.len(), "{told}");
    found
}

/// How many packets tshark finds for this one.
pub fn count(path: &Path, filter: &str) -> usize {
    counts(path, &[filter])[0]
}
