//! README.md is run: each command of it, each output of it.

use crate::support::{Running, Side, ours};
#[cfg(all(feature = "sniffer", target_os = "linux"))]
use crate::support::{needs, path_of_ours, shell};

/// The console blocks: the command, and what stands below it.
fn blocks() -> Vec<(String, String)> {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let blocks = readme.split("```console\n$ ").skip(1);
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
    let is_call = |line: &&str| line.contains(" socket ") && line.contains(" in ");
    let (calls, words): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| is_call(line));
    [words, calls].concat().join("\n")
}

#[test]
fn it_names_the_rust_that_the_manifest_asks_for() {
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap();
    let asked = manifest
        .split("\nrust-version = \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (before, _) = readme.split_once("```console").unwrap();
    assert!(before.contains(&format!("Rust {asked} or newer")), "{asked}");
    assert!(before.contains(&format!("`requires rustc {asked}`")), "{asked}");
}

#[test]
fn each_transcript_is_what_the_programs_print() {
    let blocks = blocks();
    let mut server: Option<(Running, u16, String)> = None;
    let mut checked = 0;
    for (command, output) in &blocks {
        let Some((name, arguments)) = program_of(command).filter(|(name, _)| *name != "sniffer") else {
            continue;
        };
        if name.ends_with("-server") {
            let (running, port) = crate::support::server_with(name, &arguments);
            server = Some((running, port, output.clone()));
            continue;
        }
        let (running, port, shown) = server.as_ref().expect("a server's block stands before the client's");
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
        let banner = |text: &str| neutral(text).lines().skip(1).take(3).collect::<Vec<_>>().join("\n");
        assert_eq!(
            banner(&seen).replace("127.0.0.1", "IP"),
            banner(shown).replace("192.0.2.2", "IP")
        );
        checked += 1;
    }
    assert!(checked >= 3, "{checked} client blocks");
}

#[cfg(feature = "sniffer")]
#[test]
fn each_breakdown_is_what_the_sniffer_prints() {
    let mut checked = 0;
    for (command, output) in blocks() {
        let Some(("sniffer", arguments)) = program_of(&command) else {
            continue;
        };
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
    assert_eq!(checked, 6);
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

/// What is left of a line when all that differs from run to run is taken away: times, ports, descriptors, process
/// numbers, and whether the other end is in a call at that moment.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
fn skeleton(line: &str) -> String {
    let is_kept = |word: &&str| word.chars().any(char::is_alphabetic) && !word.contains(':');
    // Where its number leaves room for it, the socket's kind is told as well.
    let line = line.replace("makes connection socket", "makes a socket");
    let words = line.split([' ', '│', '║', '╫', '╥', '╨']).filter(is_kept);
    words.collect::<Vec<_>>().join(" ")
}

/// The block under the first command shows parts of the story, with `[...]` for what is left out between them.
#[cfg(all(feature = "sniffer", target_os = "linux"))]
#[test]
fn the_first_command_tells_the_story_that_is_shown() {
    if !needs::namespaces() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = ours("socket-lab");
    let run = command
        .env("LC_ALL", "C.UTF-8")
        .env_remove("NO_COLOR")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        run.status.success() && run.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let printed = String::from_utf8(run.stdout).unwrap();
    let told: Vec<String> = printed.lines().map(skeleton).collect();
    let blocks = blocks();
    let (_, shown) = blocks
        .iter()
        .find(|(command, shown)| command == "cargo run --release" && shown.contains("[...]"))
        .unwrap();
    let mut checked = 0;
    // The sentence about a pause is broken where its numbers leave room.
    for line in shown.lines().filter(|line| *line != "[...]" && !line.contains(". . .")) {
        assert!(told.contains(&skeleton(line)), "{line:?} is not in: {printed}");
        checked += usize::from(!skeleton(line).is_empty());
    }
    assert!(checked > 25, "{checked} lines");
    // Numbers that every run has.
    for line in shown
        .lines()
        .filter(|line| line.starts_with("round trips") || line.starts_with("sockets of"))
    {
        assert!(printed.contains(line), "{line:?} is not in: {printed}");
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
    let mut named: Vec<&str> = rows.chain(["udp", "tcp"]).collect();
    named.sort_unstable();
    let help = ours("socket-lab").arg("--help").output().unwrap();
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
    assert!(blocks().iter().any(|(command, _)| command == "cargo run --release"));
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

/// docs/calls.md: its example has the shape of what is written, and its table names every key.
#[test]
fn the_call_log_is_documented_key_by_key() {
    let page = std::fs::read_to_string("docs/calls.md").unwrap();
    let example: Vec<&str> = page.lines().filter(|line| line.starts_with("{\"program\"")).collect();
    let calls: Vec<_> = socket_lab::calls::lines::read(example.join("\n").as_bytes())
        .map(Result::unwrap)
        .collect();
    for (call, line) in calls.iter().zip(&example) {
        assert_eq!(socket_lab::calls::lines::to_json(call).unwrap(), *line);
    }
    let words: Vec<&str> = calls.iter().map(|call| call.call.word()).collect();
    assert_eq!(words, ["socket", "setsockopt", "sendto", "recvfrom", "close"]);
    for line in &example {
        for key in line
            .split('"')
            .filter(|part| part.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !part.is_empty())
        {
            let is_key = line.contains(&format!("\"{key}\":"));
            assert!(!is_key || page.contains(&format!("`{key}`")), "{key} is not explained");
        }
    }
    for &name in socket_lab::calls::CallName::ALL {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
    for &role in socket_lab::calls::Role::ALL {
        assert!(page.contains(&format!("`{role}`")), "{role}");
    }
}
