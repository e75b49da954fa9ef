//! The tables of docs/privileges.md.

use super::super::stage::ORDINARY;

/// Who starts the program, and how that one gets its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starter {
    Sudo,
    Root,
    FileCapability,
    SetUserId,
    Ordinary,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Start,
    Network,
    /// The socket or the port that takes a right; in the table of the guided run the capture alone.
    Right,
    Files,
    Packets,
    End,
}

/// What the process has at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    pub user: u32,
    /// Effective and permitted capabilities, a bit each; `None`: all that there are.
    pub capabilities: Option<u64>,
}

/// A line of a table.
#[derive(Debug)]
pub struct Line {
    /// The words after `sudo`.
    pub words: Vec<String>,
    pub starter: Starter,
    pub cells: Vec<(Moment, Option<Rights>)>,
}

/// Numbers of capabilities. capabilities(7), `linux/capability.h`
const NAMES: [(&str, u32); 5] = [
    ("dac_override", 1),
    ("net_bind_service", 10),
    ("net_admin", 12),
    ("net_raw", 13),
    ("sys_admin", 21),
];

/// The mask of `CAP_DAC_OVERRIDE`.
pub const DAC_OVERRIDE: u64 = 1 << 1;

/// Every line of both tables.
pub fn lines() -> Vec<Line> {
    let page = std::fs::read_to_string("docs/privileges.md").unwrap();
    let mut moments = Vec::new();
    let mut found = Vec::new();
    for text in page.lines() {
        let Some(row) = text.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) else {
            if !text.starts_with("|---") {
                moments.clear();
            }
            continue;
        };
        let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
        if cells[0] == "started" {
            moments = cells[1..].iter().map(|title| moment(title)).collect();
        } else if !moments.is_empty() {
            found.push(line(&cells, &moments));
        }
    }
    found
}

fn moment(title: &str) -> Moment {
    match title {
        "at the start" => Moment::Start,
        "makes the network" => Moment::Network,
        "needs the right" | "opens the capture" => Moment::Right,
        "opens files" => Moment::Files,
        "from the first packet on" => Moment::Packets,
        "at the end" => Moment::End,
        _ => panic!("the column {title:?} is not known"),
    }
}

fn line(cells: &[&str], moments: &[Moment]) -> Line {
    let (command, by) = cells[0][1..].split_once('`').unwrap();
    let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
    let starter = match by.trim() {
        "" => Starter::Sudo,
        "by root itself" => Starter::Root,
        "by a file capability" => Starter::FileCapability,
        "by a set-user-ID file" => Starter::SetUserId,
        "by you" => Starter::Ordinary,
        other => panic!("{other:?} starts nothing"),
    };
    if starter == Starter::Sudo {
        assert_eq!(words.remove(0), "sudo", "{command}");
    }
    assert_eq!(cells.len(), moments.len() + 1, "{command}");
    let rights = cells[1..].iter().map(|cell| rights(cell));
    Line {
        words,
        starter,
        cells: moments.iter().copied().zip(rights).collect(),
    }
}

fn rights(cell: &str) -> Option<Rights> {
    if cell == "–" {
        return None;
    }
    let (user, names) = cell.split_once(": ").unwrap();
    let user = match user {
        "root" => 0,
        "you" => ORDINARY,
        _ => panic!("{user} is not a user"),
    };
    let capabilities = match names {
        "all" => None,
        "none" => Some(0),
        _ => Some(names.split(", ").map(bit).sum()),
    };
    Some(Rights { user, capabilities })
}

fn bit(name: &str) -> u64 {
    let found = NAMES.iter().find(|(known, _)| *known == name);
    1 << found.unwrap_or_else(|| panic!("{name} is not a capability")).1
}
