//! The link in Wireshark's extcap folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::folder;
use crate::cli::exit;
use crate::escape::printable;
use crate::session::rights;
use crate::session::say::Say;

/// The link's name.
const LINK: &str = "socketlab";

/// `--install-extcap`: puts a link to this program into the personal extcap folder.
#[must_use]
pub fn install(say: Say) -> ExitCode {
    // Asked now: the right is given up before the first step.
    let may_capture = may_capture();
    let done = extcap_link().and_then(|location| put(&location.link, &location.program).map(|()| location));
    let location = match done {
        Ok(location) => location,
        Err(line) => return exit::failure(&line, say),
    };
    if !may_capture {
        say.warning(&format!(
            "capturing will need a right that this program lacks; 'sudo setcap cap_net_raw+ep {}' gives it once",
            shown(&location.program)
        ));
    }
    exit::answered(
        &format!(
            "{} leads to {}\nWireshark lists \"Socket lab: lo\" after a restart, or with Capture > Refresh Interfaces\n",
            shown(&location.link),
            shown(&location.program)
        ),
        say,
    )
}

/// `--uninstall-extcap`: takes that link away.
#[must_use]
pub fn uninstall(say: Say) -> ExitCode {
    let done = extcap_link().and_then(|location| take(&location.link, &location.program).map(|was| (location, was)));
    match done {
        Ok((location, true)) => exit::answered(&format!("{} is removed\n", shown(&location.link)), say),
        Ok((location, false)) => exit::answered(
            &format!("{} is not there: nothing to remove\n", shown(&location.link)),
            say,
        ),
        Err(line) => exit::failure(&line, say),
    }
}

/// Where the link is, and what it leads to.
struct ExtcapLink {
    link: PathBuf,
    program: PathBuf,
}

fn extcap_link() -> Result<ExtcapLink, String> {
    if rights::are_lent() {
        return Err("the link is for your own folder, not for root's; run it without sudo".to_owned());
    }
    rights::only_for_files()?;
    let program = std::env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(|error| format!("finding this program's own file failed: {error}; start it by its full path"))?;
    let link = folder::personal_folder()?.join(LINK);
    Ok(ExtcapLink { link, program })
}

/// What is where the link belongs.
#[derive(Debug, PartialEq, Eq)]
enum FoundLink {
    Nothing,
    /// A link to a program of this one's name, here or in another folder: of an earlier installation.
    Ours,
    /// Anything else.
    Foreign,
}

fn found(link: &Path, program: &Path) -> io::Result<FoundLink> {
    match fs::read_link(link) {
        Ok(target) if target.file_name() == program.file_name() => Ok(FoundLink::Ours),
        Ok(_) => Ok(FoundLink::Foreign),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(FoundLink::Nothing),
        // readlink(2): EINVAL, it is not a link.
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(FoundLink::Foreign),
        Err(error) => Err(error),
    }
}

fn put(link: &Path, program: &Path) -> Result<(), String> {
    let failed = |error: io::Error| {
        format!(
            "making the link {} failed: {error}; see to it that you may write there",
            shown(link)
        )
    };
    if let Some(folder) = link.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match found(link, program).map_err(failed)? {
        FoundLink::Foreign => return Err(foreign(link)),
        FoundLink::Ours => fs::remove_file(link).map_err(failed)?,
        FoundLink::Nothing => {}
    }
    symlink(program, link).map_err(failed)
}

/// Was it there?
fn take(link: &Path, program: &Path) -> Result<bool, String> {
    let failed = |error: io::Error| {
        format!(
            "removing the link {} failed: {error}; see to it that you may write there",
            shown(link)
        )
    };
    match found(link, program).map_err(failed)? {
        FoundLink::Foreign => Err(foreign(link)),
        FoundLink::Nothing => Ok(false),
        FoundLink::Ours => fs::remove_file(link).map_err(failed).map(|()| true),
    }
}

fn foreign(link: &Path) -> String {
    format!(
        "{} is not a link to this program, so it stays as it is; look at it, and move it away if you do not need it",
        shown(link)
    )
}

/// Has this program the right to capture? What Wireshark starts has the same file, and the same rights by it.
#[cfg(target_os = "linux")]
fn may_capture() -> bool {
    caps::has_cap(None, caps::CapSet::Permitted, caps::Capability::CAP_NET_RAW).unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn may_capture() -> bool {
    true
}

fn shown(path: &Path) -> String {
    printable(path.display().to_string().as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{put, take};

    const PROGRAM: &str = "/opt/lab/sniffer";

    #[test]
    fn the_link_comes_is_renewed_and_goes() {
        let home = tempfile::tempdir().unwrap();
        let link = home.path().join("a/b/socketlab");
        let program = Path::new(PROGRAM);
        assert_eq!(take(&link, program), Ok(false));
        put(&link, Path::new("/old/build/sniffer")).unwrap();
        put(&link, program).unwrap();
        put(&link, program).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), program);
        assert_eq!(take(&link, program), Ok(true));
        assert!(link.symlink_metadata().is_err());
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let program = Path::new(PROGRAM);
        let file = home.path().join("file");
        fs::write(&file, "precious").unwrap();
        let link = home.path().join("link");
        symlink("/usr/bin/something-else", &link).unwrap();
        let folder = home.path().join("folder");
        fs::create_dir(&folder).unwrap();
        for taken in [&file, &link, &folder] {
            for refused in [put(taken, program), take(taken, program).map(drop)] {
                assert!(refused.unwrap_err().contains("stays as it is"));
            }
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("/usr/bin/something-else"));
        assert!(folder.is_dir());
    }
}
