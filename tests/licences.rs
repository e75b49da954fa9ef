//! Under which licences the project and the crates that it is built from may be passed on.

use std::collections::BTreeSet;
use std::fs;

use crate::support::cargo;

/// The licences that `.config/deny.toml` allows: `cargo deny` reads the same list.
fn allowed() -> BTreeSet<String> {
    let settings = fs::read_to_string(".config/deny.toml").unwrap();
    let list = settings.split("\nallow = [").nth(1).unwrap().split(']').next().unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// May a crate be used whose licence is this SPDX expression? `/` is how older crates write `OR`.
fn may_be_used(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    let (mut outer, mut depth) = (Vec::from([String::new()]), 0_u32);
    // Splits at each AND that is in no parentheses: it binds closer than OR, so an OR beside one is refused below.
    for word in expression.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "AND" if depth == 0 => outer.push(String::new()),
            word => outer.last_mut().unwrap().extend([" ", word]),
        }
    }
    outer
        .iter()
        .all(|part| part.split(" OR ").any(|licence| allowed.contains(licence.trim())))
}

#[test]
fn an_expression_is_read_as_spdx_means_it() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned).into();
    for (expression, may) in [
        ("MIT", true),
        ("MIT OR Apache-2.0", true),
        ("Unlicense/MIT", true),
        ("BSD-2-Clause OR Apache-2.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("MIT AND Zlib", false),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
        ("Apache-2.0 WITH LLVM-exception", false),
        ("GPL-3.0-only", false),
        ("", false),
    ] {
        assert_eq!(may_be_used(expression, &allowed), may, "{expression}");
    }
}

/// `cargo deny` checks the same, and more, for every system; this much is checked wherever the tests run.
#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let allowed = allowed();
    assert!(allowed.contains("MIT"), "{allowed:?}");
    let listed = cargo()
        .args([
            "tree",
            "--offline",
            "--locked",
            "--all-features",
            "--edges",
            "normal,build,dev",
        ])
        .args(["--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"])
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let crates = String::from_utf8(listed.stdout).unwrap();
    let crates: BTreeSet<&str> = crates.lines().filter(|line| !line.is_empty()).collect();
    assert!(crates.len() > 50, "{crates:?}");
    for line in crates {
        let (name, licence) = line.rsplit_once('|').unwrap();
        assert!(
            may_be_used(licence, &allowed),
            "{name} has the licence \"{licence}\", which .config/deny.toml does not allow"
        );
    }
}

#[test]
fn the_texts_of_the_projects_own_licences_are_there() {
    assert!(
        fs::read_to_string("Cargo.toml")
            .unwrap()
            .contains("\nlicense = \"MIT OR Apache-2.0\"")
    );
    let mit = fs::read_to_string("docs/LICENSE-MIT").unwrap();
    assert!(mit.contains("Copyright (c) 2026 the socket-lab authors") && mit.contains("WITHOUT WARRANTY OF ANY KIND"));
    let apache = fs::read_to_string("docs/LICENSE-APACHE").unwrap();
    assert!(apache.contains("Version 2.0, January 2004") && apache.contains("END OF TERMS AND CONDITIONS"));
    let readme = fs::read_to_string("README.md").unwrap();
    assert!(readme.contains("(docs/LICENSE-MIT)") && readme.contains("(docs/LICENSE-APACHE)"));
}
