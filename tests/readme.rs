//! README.md, docs/programs.md, docs/sniffer.md and docs/two-captures.md are run: each command of them, each output of them.

use crate::support::{Running, Side, Tool, need, ours, tool};
#[cfg(all(feature = "sniffer", unix))]
use crate::support::{path_of_ours, shell};

const README: &str = "README.md";
const PROGRAMS: &str = "docs/programs.md";
const SNIFFER: &str = "docs/sniffer.md";
const TWO_CAPTURES: &str = "docs/two-captures.md";

/// The most that README.md may have, so that it is read to its end.
const MOST_LINES: usize = 150;
const MOST_BYTES: usize = 9000;

fn read(page: &str) -> String {
    std::fs::read_to_string(page).unwrap()
}

/// The console blocks of a page: the command, and what is shown below it.
pub(super) fn blocks(page: &str) -> Vec<(String, String)> {
    let text = read(page);
    let blocks = text.split("```console\n$ ").skip(1);
    blocks
        .map(|block| {
            let block = block.split("\n```").next().unwrap();
            let (command, output) = block.split_once('\n').unwrap_or((block, ""));
            (command.to_owned(), output.to_owned())
        })
        .collect()
}

/// What differs from run to run made equal: times of day, durations, and numbers of ports.
fn neutral(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.trim_end().lines() {
        let mut words: Vec<String> = Vec::new();
        for word in line.trim_end().split(' ') {
            let before = words.last().map(String::as_str);
            words.push(match before {
                Some("in") if word.contains('s') => {
                    format!("DURATION{}", if word.ends_with(',') { "," } else { "" })
                }
                _ if word.len() == 18 && word.matches(':').count() == 2 => "TIME".into(),
                _ => without_port(word),
            });
        }
        lines.push(words.join(" "));
    }
    lines.join("\n")
}

/// A number of four or five digits with nothing but `:`, `#` or nothing before it is a port.
fn without_port(word: &str) -> String {
    let digits = word.trim_end_matches([')', ':']);
    let start = digits.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let after_mark = start == 0 || digits[..start].ends_with([':', '#']);
    match digits.len() - start {
        4..=5 if after_mark => format!("{}PORT{}", &digits[..start], &word[digits.len()..]),
        _ => word.to_owned(),
    }
}

fn program_of(command: &str) -> Option<(&str, Vec<&str>)> {
    let rest = command.strip_prefix("cargo run --release --bin ")?;
    let (name, arguments) = rest.split_once(" -- ").unwrap_or((rest, ""));
    Some((name, arguments.split_whitespace().collect()))
}

/// A client's block with a server that is running: types what the block shows as typed.
fn run_client(command: &str, output: &str, port: u16) -> String {
    let (name, arguments) = program_of(command).unwrap();
    let port = port.to_string();
    let mut next_is = "";
    let arguments: Vec<&str> = arguments
        .into_iter()
        .map(|word| {
            let given = match next_is {
                "-ip" => "127.0.0.1",
                "-p" => &port,
                _ => word,
            };
            next_is = word;
            given
        })
        .collect();
    let mut client = Running::start(Side::Ours.command(name).args(&arguments));
    let typed: Vec<&str> = output
        .lines()
        .filter_map(|line| line.strip_prefix("Input lowercase text: "))
        .filter(|line| !line.is_empty() && *line != "^Z")
        .collect();
    assert!(!typed.is_empty(), "the block shows a line that is typed");
    for (number, line) in typed.iter().enumerate() {
        client.wait_for_outputs("Input lowercase text: ", number + 1);
        client.type_line(line);
    }
    client.wait_for_outputs("Input lowercase text: ", typed.len() + 1);
    client.signal(nix::sys::signal::Signal::SIGTSTP);
    assert!(client.wait().success());
    // Two streams, one screen: by kind, in the order of each.
    client.output() + &client.errors()
}

/// The block's lines by kind: first what is on standard output, then the socket calls.
fn by_stream(output: &str) -> String {
    let is_call = |line: &&str| line.contains(" socket: ") && line.contains(" in ");
    let (calls, words): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| is_call(line));
    [words, calls].concat().join("\n")
}

/// The beginning of a server's screen, without its address: its port, how it ends, the first line that it received.
fn banner(screen: &str) -> String {
    let screen = neutral(screen);
    let lines: Vec<&str> = screen.lines().skip(1).take(3).collect();
    lines.join("\n").replace("127.0.0.1", "IP").replace("192.0.2.2", "IP")
}

#[test]
fn the_readme_is_short_and_begins_with_a_picture() {
    let readme = read(README);
    let (lines, bytes) = (readme.lines().count(), readme.len());
    assert!(
        lines <= MOST_LINES && bytes <= MOST_BYTES,
        "{lines} lines, {bytes} bytes"
    );
    let (top, _) = readme.split_once("\n## ").unwrap();
    let (_, picture) = top.split_once("<img src=\"").expect("a picture below the title");
    let file = picture.split('"').next().unwrap();
    assert!(std::path::Path::new(file).is_file(), "{file}");
    let text = picture.split("alt=\"").nth(1).and_then(|rest| rest.split('"').next());
    assert!(
        text.is_some_and(|text| text.len() > 100),
        "the picture in words: {text:?}"
    );
}

/// Each page with console blocks has a test that runs them, and each block of these pages is of a kind that is run.
#[test]
fn no_block_is_left_out() {
    let mut with_blocks = Vec::new();
    for folder in [".", "docs", "docs/lessons"] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_page = path.extension().is_some_and(|ending| ending == "md");
            if is_page && std::fs::read_to_string(&path).unwrap().contains("```console") {
                with_blocks.push(path.display().to_string().trim_start_matches("./").to_owned());
            }
        }
    }
    let is_lesson = |page: &String| page.starts_with("docs/lessons/");
    with_blocks.retain(|page| !is_lesson(page));
    with_blocks.sort();
    // The tests of the others: install, lessons.
    assert_eq!(
        with_blocks,
        [
            README,
            "docs/handing-out.md",
            "docs/install.md",
            PROGRAMS,
            SNIFFER,
            TWO_CAPTURES
        ]
    );
    let kinds = |page: &str| {
        let kind = |(command, _): &(String, String)| match program_of(command) {
            Some((name, _)) => name.to_owned(),
            None => command.clone(),
        };
        blocks(page).iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(README),
        ["cargo run --release", "tcp-server", "python3 client.py"]
    );
    let both = ["udp-server", "udp-client", "tcp-server", "tcp-client", "tcp-client"];
    assert_eq!(kinds(PROGRAMS), both);
    assert_eq!(kinds(SNIFFER), ["sniffer"; 5]);
    assert_eq!(kinds(TWO_CAPTURES), ["sniffer"; 3]);
}

#[test]
fn both_pages_name_the_rust_that_the_manifest_asks_for() {
    let manifest = read("Cargo.toml");
    let asked = manifest.split("\nrust-version = \"").nth(1).unwrap();
    let asked = asked.split('"').next().unwrap();
    for page in [README, "docs/install.md"] {
        let text = read(page);
        let (before, _) = text.split_once("```console").unwrap();
        assert!(before.contains(&format!("Rust {asked} or newer")), "{page}: {asked}");
    }
    assert!(
        read("docs/install.md").contains(&format!("`requires rustc {asked}`")),
        "{asked}"
    );
}

/// What a reader types from the page works, and both screens show what the page shows.
#[test]
fn the_client_in_python_has_its_line_returned_in_uppercase() {
    if !need(Tool::Python) {
        return;
    }
    let readme = read(README);
    let program = readme.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let lines: Vec<&str> = program.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() <= 10, "{program}");
    let imports: Vec<&&str> = lines.iter().filter(|line| line.contains("import")).collect();
    assert_eq!(imports, [&"from socket import *"], "the socket API is enough");
    let blocks = blocks(README);
    let [_, (server_command, server_screen), (_, client_screen)] = blocks.as_slice() else {
        panic!("{blocks:?}")
    };
    // The port of the page may be taken on this machine: the test takes one that is free, in both commands.
    let (name, arguments) = program_of(server_command).unwrap();
    let (option, port_of_page) = (arguments[0], arguments[1]);
    let free = crate::support::port_of_our_own().to_string();
    let (server, port) = crate::support::server_with(name, &[option, &free]);
    assert_eq!(port.to_string(), free);
    assert_eq!(program.matches(port_of_page).count(), 1, "{program}");
    let (prompt_and_line, answer) = client_screen.split_once('\n').unwrap();
    let (prompt, line) = prompt_and_line.split_once(": ").unwrap();
    let mut client = Running::start(tool(Tool::Python).args(["-u", "-c", &program.replace(port_of_page, &free)]));
    client.wait_for_output(prompt);
    client.type_line(line);
    assert!(client.wait().success(), "{}", client.errors());
    // What is typed shows on a terminal only.
    assert_eq!(client.output().trim_end(), format!("{prompt}: {answer}"));
    let seen = server.wait_for_output("Received from");
    assert_eq!(banner(&seen), banner(server_screen));
}

#[test]
fn each_transcript_is_what_the_programs_print() {
    let blocks = blocks(PROGRAMS);
    let mut server: Option<(Running, u16, String)> = None;
    let mut checked = 0;
    for (command, output) in &blocks {
        let (name, arguments) = program_of(command).unwrap();
        if name.ends_with("-server") {
            let (running, port) = crate::support::server_with(name, &arguments);
            server = Some((running, port, output.clone()));
            continue;
        }
        let (running, port, shown) = server.as_ref().expect("a server's block comes before the client's");
        let printed = run_client(command, output, *port);
        // What is typed shows on a terminal only.
        let expected = by_stream(output).replace("192.0.2.2", "127.0.0.1");
        let expected: String = expected
            .lines()
            .map(|line| match line.strip_prefix("Input lowercase text: ") {
                Some("^Z" | "") | None => format!("{line}\n"),
                Some(_) => "Input lowercase text: ".into(),
            })
            .collect();
        assert_eq!(neutral(&printed), neutral(&expected.replace("^Z", "")), "{command}");
        let seen = running.wait_for_output("Received from");
        assert_eq!(banner(&seen), banner(shown));
        checked += 1;
    }
    assert_eq!(checked, 3, "client blocks");
}

#[cfg(feature = "sniffer")]
#[test]
fn each_breakdown_is_what_the_sniffer_prints() {
    let mut checked = 0;
    for (command, output) in [SNIFFER, TWO_CAPTURES].into_iter().flat_map(blocks) {
        let (_, arguments) = program_of(&command).unwrap();
        let run = ours("sniffer").args(arguments).output().unwrap();
        assert!(
            run.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        let printed = String::from_utf8(run.stdout).unwrap();
        if output.contains("[...]") {
            // What is left out between the parts is not shown, but they are in this order.
            let mut rest = printed.as_str();
            for part in output.split("[...]").map(str::trim).filter(|part| !part.is_empty()) {
                let place = rest.find(part);
                rest = &rest[place.unwrap_or_else(|| panic!("{command}: no {part:?} in {rest}")) + part.len()..];
            }
        } else {
            assert_eq!(printed.trim_end(), output.trim_end(), "{command}");
        }
        checked += 1;
    }
    assert_eq!(checked, 8);
}

/// Commands within sentences, in README.md and docs: those that read a recorded run.
#[cfg(feature = "sniffer")]
fn commands_in_sentences() -> Vec<(String, String)> {
    let folders = [".", "docs", "docs/lessons"].map(|folder| std::fs::read_dir(folder).unwrap());
    let files = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut found = Vec::new();
    for path in pages {
        let page = std::fs::read_to_string(&path).unwrap();
        // Every second piece between fences is a block, every second one between backquotes a command or a name.
        for text in page.split("```").step_by(2) {
            let spans = text.split('`').skip(1).step_by(2);
            let commands = spans
                .filter(|span| span.starts_with("sniffer ") && span.contains("-r captures/") && span.contains(".pcap"));
            found.extend(commands.map(|command| (path.display().to_string(), command.replace('\n', " "))));
        }
    }
    found
}

#[cfg(all(feature = "sniffer", unix))]
#[test]
fn each_command_within_a_sentence_shows_or_writes_something() {
    let commands = commands_in_sentences();
    assert!(commands.len() >= 4, "{commands:?}");
    let programs = std::path::Path::new(path_of_ours("sniffer")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    for (page, command) in commands {
        let folder = tempfile::tempdir().unwrap();
        let captures = std::fs::canonicalize("captures").unwrap();
        std::os::unix::fs::symlink(captures, folder.path().join("captures")).unwrap();
        let run = shell(&command)
            .env("PATH", &path)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && said.is_empty(), "{page}: {command}: {said}");
        let files = std::fs::read_dir(folder.path()).unwrap().count() - 1;
        assert!(!run.stdout.is_empty() || files > 0, "{page}: {command} shows nothing");
    }
}

/// Every run of the table is one that there is, and the other way round.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
#[test]
fn the_table_names_every_run() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let rows = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `socket-lab ")?.split('`').next());
    let mut named: Vec<&str> = rows.collect();
    named.sort_unstable();
    let help = ours("socket-lab").arg("--help-all").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let mut known: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.contains("[RUN]") || line.starts_with("Usage"))
        .take_while(|line| !line.starts_with("Options"))
        .filter_map(|line| line.trim().strip_prefix("- ")?.split(':').next())
        .collect();
    known.sort_unstable();
    assert_eq!(named, known, "{help}");
}

#[cfg(not(all(feature = "sniffer", target_os = "linux")))]
#[test]
fn the_first_command_says_what_is_missing_and_what_to_start() {
    assert!(
        blocks(README)
            .iter()
            .any(|(command, _)| command == "cargo run --release")
    );
    let run = ours("socket-lab").output().unwrap();
    assert!(run.status.success() && run.stderr.is_empty());
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("The guided run is not in this build"), "{text}");
    for command in text
        .lines()
        .filter_map(|line| line.strip_prefix("    cargo run --release --bin "))
    {
        let name = command.split(' ').next().unwrap();
        Side::Ours.command(name);
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_eq!(text.matches("    cargo run --release --bin ").count(), 2);
}

#[test]
fn the_manifest_starts_it_by_default() {
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap();
    assert!(manifest.contains("default-run = \"socket-lab\""));
}
