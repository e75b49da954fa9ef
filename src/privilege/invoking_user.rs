//! The user behind the rights: who called sudo, or started a set-user-ID program.

use std::env;
use std::ffi::{CString, OsString};
use std::fmt;

use nix::unistd::{Gid, Uid, User};

/// A user of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvokingUser {
    /// The user number.
    pub uid: u32,
    /// The number of the main group.
    pub gid: u32,
    /// The name, if the system knows one.
    pub name: Option<String>,
}

impl InvokingUser {
    /// Whose rights these really are: the caller of sudo, pkexec or doas, by the variables that those set, or who started a
    /// set-user-ID or set-group-ID program. `None` for root itself, and for a user who has no rights but their own.
    pub(super) fn behind_rights() -> Result<Option<Self>, BadCaller> {
        let ids = Ids {
            real: (Uid::current().as_raw(), Gid::current().as_raw()),
            effective: (Uid::effective().as_raw(), Gid::effective().as_raw()),
        };
        match identify(ids, |variable| env::var_os(variable))? {
            None => Ok(None),
            Some(Caller::Numbers(uid, gid)) => {
                let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
                let name = user.map(|user| user.name);
                Ok(Some(Self { uid, gid, name }))
            }
            Some(Caller::User(uid)) => Self::known("PKEXEC_UID", User::from_uid(Uid::from_raw(uid))),
            Some(Caller::Named(name)) => Self::known("DOAS_USER", User::from_name(&name)),
        }
    }

    /// The user that the system knows; to root nothing is lent.
    fn known(variable: &'static str, user: nix::Result<Option<User>>) -> Result<Option<Self>, BadCaller> {
        let Ok(Some(user)) = user else {
            return Err(BadCaller {
                variable,
                fault: Fault::NoUser(env::var_os(variable).unwrap_or_default()),
            });
        };
        Ok((!user.uid.is_root()).then(|| Self {
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
            name: Some(user.name),
        }))
    }

    /// The name as system calls take it.
    pub(super) fn c_name(&self) -> Option<CString> {
        CString::new(self.name.as_deref()?).ok()
    }
}

impl fmt::Display for InvokingUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name} ")?;
        }
        write!(f, "(uid {}, gid {})", self.uid, self.gid)
    }
}

/// A variable that does not say whom to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCaller {
    /// `SUDO_UID`, `SUDO_GID`, `PKEXEC_UID` or `DOAS_USER`.
    pub variable: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is missing while the other one is there.
    Missing,
    /// It holds this, which is not the number of a user or group.
    NoNumber(OsString),
    /// It holds this, and the system has no such user.
    NoUser(OsString),
}

impl fmt::Display for BadCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = self.variable;
        match &self.fault {
            Fault::Missing => write!(f, "{variable} is missing")?,
            Fault::NoNumber(value) => write!(f, "{variable} is {:?}, not a number", value.to_string_lossy())?,
            Fault::NoUser(value) => write!(f, "{variable} is {:?}, not a user here", value.to_string_lossy())?,
        }
        let others = match variable {
            "SUDO_UID" | "SUDO_GID" => "-u SUDO_UID -u SUDO_GID",
            "PKEXEC_UID" => "-u PKEXEC_UID",
            _ => "-u DOAS_USER",
        };
        write!(
            f,
            "; start it through sudo, or as root itself with 'env {others}' before it"
        )
    }
}

/// The (user, group) numbers of a process.
#[derive(Debug, Clone, Copy)]
struct Ids {
    real: (u32, u32),
    effective: (u32, u32),
}

/// Who called.
#[derive(Debug, PartialEq, Eq)]
enum Caller {
    /// User and group.
    Numbers(u32, u32),
    /// The user; the group is the one that the system has for that user.
    User(u32),
    /// The user's name.
    Named(String),
}

/// Who the process would be without the rights that were lent to it, from its numbers and its variables.
fn identify(ids: Ids, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Caller>, BadCaller> {
    if ids.real != ids.effective {
        // A set-user-ID program inherits its variables from the caller, who may have made them up.
        let (uid, gid) = match ids {
            // Root started it, and who root's program is to be is the file's owner.
            Ids { real: (0, _), .. } if ids.effective.0 != 0 => ids.effective,
            _ => ids.real,
        };
        return Ok(Some(Caller::Numbers(uid, gid)));
    }
    if ids.effective.0 != 0 {
        return Ok(None);
    }
    let [user, group] = ["SUDO_UID", "SUDO_GID"].map(&variable);
    if user.is_some() || group.is_some() {
        let (uid, gid) = (number("SUDO_UID", user)?, number("SUDO_GID", group)?);
        return Ok((uid != 0).then_some(Caller::Numbers(uid, gid)));
    }
    if let Some(user) = variable("PKEXEC_UID") {
        let uid = number("PKEXEC_UID", Some(user))?;
        return Ok((uid != 0).then_some(Caller::User(uid)));
    }
    let Some(name) = variable("DOAS_USER") else {
        return Ok(None);
    };
    match name.into_string() {
        Ok(name) => Ok(Some(Caller::Named(name))),
        Err(name) => Err(BadCaller {
            variable: "DOAS_USER",
            fault: Fault::NoUser(name),
        }),
    }
}

fn number(variable: &'static str, value: Option<OsString>) -> Result<u32, BadCaller> {
    let Some(value) = value else {
        return Err(BadCaller {
            variable,
            fault: Fault::Missing,
        });
    };
    // parse() would take a plus sign, too.
    let digits = value
        .to_str()
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        // To setresuid(2) the largest number means "leave it as it is": root.
        None | Some(u32::MAX) => Err(BadCaller {
            variable,
            fault: Fault::NoNumber(value),
        }),
        Some(number) => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{BadCaller, Caller, Ids, identify};

    const ROOT: Ids = Ids {
        real: (0, 0),
        effective: (0, 0),
    };

    fn called(ids: Ids, variables: &[(&str, &str)]) -> Result<Option<Caller>, BadCaller> {
        identify(ids, |wanted| {
            let mut all = variables.iter();
            all.find(|(name, _)| *name == wanted)
                .map(|(_, value)| OsString::from(value))
        })
    }

    fn sudo<'v>(uid: &'v str, gid: &'v str) -> [(&'static str, &'v str); 2] {
        [("SUDO_UID", uid), ("SUDO_GID", gid)]
    }

    #[test]
    fn the_caller_of_sudo_pkexec_or_doas_is_the_person() {
        let numbers = Ok(Some(Caller::Numbers(1000, 1001)));
        assert_eq!(called(ROOT, &sudo("1000", "1001")), numbers);
        assert_eq!(called(ROOT, &[("PKEXEC_UID", "1000")]), Ok(Some(Caller::User(1000))));
        assert_eq!(
            called(ROOT, &[("DOAS_USER", "ann")]),
            Ok(Some(Caller::Named("ann".into())))
        );
    }

    #[test]
    fn root_itself_and_every_other_user_stay_who_they_are() {
        assert_eq!(called(ROOT, &[]), Ok(None));
        assert_eq!(called(ROOT, &sudo("0", "0")), Ok(None));
        assert_eq!(called(ROOT, &[("PKEXEC_UID", "0")]), Ok(None));
        let ordinary = Ids {
            real: (7, 7),
            effective: (7, 7),
        };
        assert_eq!(called(ordinary, &sudo("1000", "1000")), Ok(None));
    }

    #[test]
    fn a_set_user_id_or_set_group_id_program_believes_no_variable() {
        let real = Ok(Some(Caller::Numbers(7, 8)));
        for effective in [(0, 8), (0, 0), (9, 8), (7, 0), (7, 9)] {
            let ids = Ids {
                real: (7, 8),
                effective,
            };
            assert_eq!(called(ids, &sudo("1000", "1000")), real, "{effective:?}");
        }
        let by_root = Ids {
            real: (0, 0),
            effective: (9, 8),
        };
        assert_eq!(called(by_root, &[]), Ok(Some(Caller::Numbers(9, 8))));
    }

    #[test]
    fn what_is_not_a_number_is_refused_and_never_taken_for_root() {
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
            let error = called(ROOT, &sudo(bad, "1000")).unwrap_err();
            assert_eq!(error.variable, "SUDO_UID", "{bad:?}");
            let error = called(ROOT, &sudo("1000", bad)).unwrap_err();
            assert!(error.to_string().contains(&format!("SUDO_GID is {bad:?}")), "{error}");
            let error = called(ROOT, &[("PKEXEC_UID", bad)]).unwrap_err();
            assert!(error.to_string().contains(&format!("PKEXEC_UID is {bad:?}")), "{error}");
        }
        for (there, missing) in [("SUDO_UID", "SUDO_GID"), ("SUDO_GID", "SUDO_UID")] {
            let error = called(ROOT, &[(there, "1000")]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{missing} is missing; ")), "{error}");
            assert!(error.contains("'env -u SUDO_UID -u SUDO_GID'"), "{error}");
        }
    }
}
