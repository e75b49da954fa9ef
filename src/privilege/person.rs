//! The person behind root: who called sudo.

use std::env;
use std::ffi::{CString, OsString};
use std::fmt;

use nix::unistd::{Gid, Uid, User};

/// A person of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user number.
    pub uid: u32,
    /// The number of the main group.
    pub gid: u32,
    /// The name, if the system knows one.
    pub name: Option<String>,
}

impl Person {
    /// Whom root's privileges were lent to: the caller of sudo, by the variables that sudo sets (sudo(8)), or of a
    /// set-user-ID program. `None` for root itself, and for everybody who is not root.
    pub(super) fn behind_root() -> Result<Option<Self>, BadCaller> {
        let ids = identify(
            (
                Uid::current().as_raw(),
                Uid::effective().as_raw(),
                Gid::current().as_raw(),
            ),
            env::var_os("SUDO_UID"),
            env::var_os("SUDO_GID"),
        )?;
        Ok(ids.map(|(uid, gid)| Self {
            uid,
            gid,
            name: User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name),
        }))
    }

    /// The name as system calls take it.
    pub(super) fn c_name(&self) -> Option<CString> {
        CString::new(self.name.as_deref()?).ok()
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name} ")?;
        }
        write!(f, "(uid {}, gid {})", self.uid, self.gid)
    }
}

/// A variable of sudo's that has no user or group number in it, so that nobody knows whom to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCaller {
    /// `SUDO_UID` or `SUDO_GID`.
    pub variable: &'static str,
    /// What it says; `None` if it is missing while the other is there.
    pub value: Option<OsString>,
}

impl fmt::Display for BadCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{} is \"{}\", not a number", self.variable, value.to_string_lossy())?,
            None => write!(f, "{} is missing", self.variable)?,
        }
        f.write_str(": start it through sudo, or as root without SUDO_UID and SUDO_GID")
    }
}

/// User and group number of the person, from (real user, effective user, real group) and sudo's variables.
fn identify(
    (real, effective, group): (u32, u32, u32),
    user: Option<OsString>,
    group_of_user: Option<OsString>,
) -> Result<Option<(u32, u32)>, BadCaller> {
    if effective != 0 {
        return Ok(None);
    }
    // A set-user-ID program inherits its variables from the caller, who may have made them up.
    if real != 0 {
        return Ok(Some((real, group)));
    }
    if user.is_none() && group_of_user.is_none() {
        return Ok(None);
    }
    let uid = number("SUDO_UID", user)?;
    let gid = number("SUDO_GID", group_of_user)?;
    Ok((uid != 0).then_some((uid, gid)))
}

fn number(variable: &'static str, value: Option<OsString>) -> Result<u32, BadCaller> {
    let digits = value.as_ref().and_then(|value| value.to_str());
    // parse() would take a plus sign, too.
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        // To setresuid(2) the largest number means "leave it as it is": root.
        None | Some(u32::MAX) => Err(BadCaller { variable, value }),
        Some(number) => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::identify;

    const ROOT: (u32, u32, u32) = (0, 0, 0);

    fn sudo(uid: &str, gid: &str) -> (Option<OsString>, Option<OsString>) {
        (Some(uid.into()), Some(gid.into()))
    }

    #[test]
    fn the_caller_of_sudo_is_the_person() {
        let (uid, gid) = sudo("1000", "1001");
        assert_eq!(identify(ROOT, uid, gid), Ok(Some((1000, 1001))));
    }

    #[test]
    fn root_itself_and_everybody_else_stay_who_they_are() {
        assert_eq!(identify(ROOT, None, None), Ok(None));
        let (uid, gid) = sudo("0", "0");
        assert_eq!(identify(ROOT, uid, gid), Ok(None));
        let (uid, gid) = sudo("1000", "1000");
        assert_eq!(identify((7, 7, 7), uid, gid), Ok(None));
    }

    #[test]
    fn a_set_user_id_program_believes_no_variable() {
        let (uid, gid) = sudo("1000", "1000");
        assert_eq!(identify((7, 0, 8), uid, gid), Ok(Some((7, 8))));
    }

    #[test]
    fn what_is_no_number_is_refused_and_never_taken_for_root() {
        for bad in [
            "",
            "-1",
            "+1",
            " 1",
            "1x",
            "4294967295",
            "4294967296",
            "99999999999999999999",
        ] {
            let (uid, gid) = sudo(bad, "1000");
            assert_eq!(identify(ROOT, uid, gid).unwrap_err().variable, "SUDO_UID", "{bad:?}");
            let (uid, gid) = sudo("1000", bad);
            let error = identify(ROOT, uid, gid).unwrap_err();
            assert!(error.to_string().contains(&format!("SUDO_GID is {bad:?}")), "{error}");
        }
        let error = identify(ROOT, Some("1000".into()), None).unwrap_err();
        assert!(error.to_string().starts_with("SUDO_GID is missing"), "{error}");
    }
}
