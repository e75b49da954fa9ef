//! Links to a heading: a page that is rewritten keeps the headings that other pages link to.

use std::fs;
use std::path::{Path, PathBuf};

/// What follows `#` in a link to this heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|&c| c.is_alphanumeric() || "-_ ".contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The anchors of a page. A line of a block is not a heading.
fn anchors(page: &str) -> Vec<String> {
    let texts = page.split("```").step_by(2);
    let headings = texts
        .flat_map(str::lines)
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#'));
    headings.map(anchor).collect()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![PathBuf::from("README.md")];
    for folder in ["docs", "docs/lessons", "captures"] {
        pages.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    pages
}

#[test]
fn a_heading_is_found_by_its_anchor() {
    assert_eq!(
        anchors("# A `b()`, c\ntext\n```sh\n# no\n```\n### Two-words here\n"),
        ["a-b-c", "two-words-here"]
    );
}

#[test]
fn every_heading_that_a_page_links_to_is_there() {
    let mut checked = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let Some((file, wanted)) = target.split_once('#').filter(|_| !target.contains("://")) else {
                continue;
            };
            let other = match file {
                "" => page.clone(),
                file => page.parent().unwrap_or_else(|| Path::new("")).join(file),
            };
            if other.extension().is_some_and(|ending| ending == "md") {
                let there = anchors(&fs::read_to_string(&other).unwrap());
                assert!(there.iter().any(|one| one == wanted), "{}: {target}", page.display());
                checked += 1;
            }
        }
    }
    assert!(checked >= 3, "{checked} links to headings");
}
