//! docs/install.md is run: each command of it, and what comes of it is held by bash, zsh, fish, man and mandoc.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{Missing, Tool, need_all, needs, ours, path_of_ours, tool};

const PROGRAMS: [&str; 6] = [
    "udp-server",
    "udp-client",
    "tcp-server",
    "tcp-client",
    "sniffer",
    "socket-lab",
];

/// A home with the programs in `~/.local/bin`.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join(".local/bin");
        std::fs::create_dir_all(&bin).unwrap();
        for name in PROGRAMS {
            symlink(path_of_ours(name), bin.join(name)).unwrap();
        }
        Self(home)
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.0.path().join(below)
    }

    /// A command in this home.
    fn command(&self, program: Tool) -> Command {
        let mut command = tool(program);
        let path = std::env::var("PATH").unwrap();
        command
            .env("HOME", self.0.path())
            .env("PATH", format!("{}:{path}", self.path(".local/bin").display()))
            .current_dir(self.0.path());
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR", "MANPATH", "SUDO_UID"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the commands of docs/install.md below this title.
    fn follow(&self, title: &str) -> String {
        let commands = commands(title);
        let mut bash = self.command(Tool::Bash);
        let output = bash.args(["-e", "-c", &commands]).output().unwrap();
        succeeded(&output, &commands)
    }
}

fn succeeded(output: &Output, what: &str) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{what}: {}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// The console blocks below a title, without the prompts.
fn commands(title: &str) -> String {
    let page = std::fs::read_to_string("docs/install.md").unwrap();
    let section = page.split("\n## ").find(|part| part.starts_with(title));
    let section = section.unwrap_or_else(|| panic!("no section {title}"));
    let lines = section.split("```console\n").skip(1).flat_map(|block| {
        let block = block.split("\n```").next().unwrap();
        block.lines().map(|line| {
            let command = line.strip_prefix("$ ").or_else(|| line.strip_prefix("> "));
            command.unwrap_or_else(|| panic!("{line} is no command")).to_owned() + "\n"
        })
    });
    let commands: String = lines.collect();
    assert!(!commands.is_empty(), "{title}");
    commands
}

/// The long options that a help text has at the beginning of its lines.
fn options(help: &str) -> Vec<String> {
    let words = |line: &str| {
        let line = line.trim_start();
        let words = line.split([' ', ',']).filter(|_| line.starts_with('-'));
        words.take(3).find(|word| word.starts_with("--")).map(str::to_owned)
    };
    help.lines().filter_map(words).collect()
}

/// All that `socket-lab wire` takes: its long options, and its runs.
fn of_wire() -> (Vec<String>, Vec<String>) {
    let output = ours("socket-lab").args(["wire", "--help-all"]).output().unwrap();
    let help = succeeded(&output, "socket-lab wire --help-all");
    let options = options(&help);
    assert!(
        options.len() > 12 && options.contains(&"--rules-file".to_owned()),
        "{help}"
    );
    let arguments = help.split("Options:").next().unwrap();
    let runs = arguments.lines().filter_map(|line| {
        let (word, about) = line.trim_start().strip_prefix("- ")?.split_once(':')?;
        (!about.is_empty()).then(|| word.to_owned())
    });
    let runs: Vec<String> = runs.collect();
    assert!(runs.len() > 15 && runs.contains(&"bottleneck".to_owned()), "{help}");
    (options, runs)
}

/// Has a shell read `line`, types `typed` and Tab, and expects `wanted` on its terminal.
fn tab(home: &Home, line: &str, typed: &str, wanted: &str, shell: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/tab.py");
    let mut python = home.command(Tool::Python);
    python.arg("-B").arg(script).args([line, typed, wanted]).args(shell);
    succeeded(&python.output().unwrap(), &format!("{shell:?} {typed:?}"));
}

#[test]
fn bash_completes_after_the_page_was_followed() {
    const LOADER: &str = "/usr/share/bash-completion/bash_completion";
    if !need_all(&[Tool::Bash, Tool::Python]) {
        return;
    }
    if !Path::new(LOADER).exists() {
        return needs::skip(Missing::BashCompletion);
    }
    let home = Home::new();
    home.follow("Completion in the shell");
    let shell = ["bash", "--norc", "--noprofile", "-i"];
    let load = format!("source {LOADER}");
    tab(&home, &load, "sniffer --handsh", "sniffer --handshake-only", &shell);
    tab(&home, &load, "sniffer --view dia", "sniffer --view diagram", &shell);
    tab(&home, &load, "udp-client --ipa", "udp-client --ipaddress", &shell);

    // Each of them registers a function, and that function knows the arguments.
    for name in PROGRAMS {
        let script = format!(
            "source ~/.local/share/bash-completion/completions/{name}\n\
             complete -p {name}\n\
             COMP_WORDS=({name} --); COMP_CWORD=1\n\
             _{} {name} -- {name}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            name.replace('-', "__")
        );
        let output = home.command(Tool::Bash).args(["-c", &script]).output().unwrap();
        let told = succeeded(&output, name);
        assert!(
            told.contains(&format!("-F _{} {name}", name.replace('-', "__"))),
            "{told}"
        );
        let own = if name == "socket-lab" { "--line" } else { "--port" };
        for flag in ["--color", "--help", own] {
            assert!(told.lines().any(|line| line == flag), "{name} {flag}: {told}");
        }
        assert!(!told.contains("--man") && !told.contains("--completions"), "{told}");
    }
    // Behind `wire` are arguments of its own.
    tab(&home, &load, "socket-lab wi", "socket-lab wire", &shell);
    tab(
        &home,
        &load,
        "socket-lab wire --rules-f",
        "socket-lab wire --rules-file",
        &shell,
    );
    tab(&home, &load, "socket-lab refu", "socket-lab refused", &shell);
    let script = "source ~/.local/share/bash-completion/completions/socket-lab\n\
                  COMP_WORDS=(socket-lab wire ''); COMP_CWORD=2\n\
                  _socket__lab socket-lab '' wire; printf '%s\\n' \"${COMPREPLY[@]}\"\n\
                  COMP_WORDS=(socket-lab wire --); COMP_CWORD=2\n\
                  _socket__lab socket-lab -- wire; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = home.command(Tool::Bash).args(["-c", script]).output().unwrap();
    let told = succeeded(&output, "socket-lab wire");
    let (options, runs) = of_wire();
    for word in options.iter().chain(&runs) {
        assert!(told.lines().any(|line| line == word), "{word}: {told}");
    }
}

#[test]
fn zsh_completes_after_the_page_was_followed() {
    if !need_all(&[Tool::Bash, Tool::Zsh, Tool::Python]) {
        return;
    }
    let home = Home::new();
    home.follow("Completion in the shell");
    for name in PROGRAMS {
        let file = home.path(&format!(".local/share/zsh/site-functions/_{name}"));
        let output = home.command(Tool::Zsh).args(["-f", "-n"]).arg(file).output().unwrap();
        succeeded(&output, name);
        assert!(output.stderr.is_empty(), "{name}: {output:?}");
    }
    // ~/.zshrc is as the page made it.
    let shell = ["zsh", "-d", "-i"];
    tab(&home, ":", "sniffer --handsh", "sniffer --handshake-only", &shell);
    tab(&home, ":", "tcp-server --idl", "tcp-server --idle-timeout", &shell);
    tab(&home, ":", "socket-lab refu", "socket-lab refused", &shell);
    tab(
        &home,
        ":",
        "socket-lab refused --loop",
        "socket-lab refused --loopback",
        &shell,
    );
    tab(&home, ":", "socket-lab wi", "socket-lab wire", &shell);
    tab(
        &home,
        ":",
        "socket-lab wire bottl",
        "socket-lab wire bottleneck",
        &shell,
    );
    let (options, _) = of_wire();
    for option in options
        .iter()
        .filter(|option| !["--rules", "--help"].contains(&option.as_str()))
    {
        // One character less than it has: where another one begins so, zsh would stop there.
        let typed = format!("socket-lab wire {}", &option[..option.len() - 1]);
        tab(&home, ":", &typed, &format!("socket-lab wire {option}"), &shell);
    }
}

#[test]
fn fish_completes_after_the_page_was_followed() {
    if !need_all(&[Tool::Bash, Tool::Fish]) {
        return;
    }
    let home = Home::new();
    home.follow("Completion in the shell");
    for (typed, wanted) in [
        ("sniffer --handsh", "--handshake-only"),
        ("sniffer --view dia", "diagram"),
        ("udp-server --b", "--bind"),
        ("udp-client --ipa", "--ipaddress"),
        ("tcp-server --idl", "--idle-timeout"),
        ("tcp-client --tim", "--timeout"),
    ] {
        let mut fish = home.command(Tool::Fish);
        let output = fish.args(["-c", "complete -C $argv[1]", typed]).output().unwrap();
        let told = succeeded(&output, typed);
        let first = told.split(['\t', '\n']).next();
        assert_eq!(first, Some(wanted), "{typed}: {told}");
    }
    // The values of an argument without a name are in clap_complete's scripts for bash and zsh only.
    let typed = "socket-lab wire --";
    let output = home
        .command(Tool::Fish)
        .args(["-c", "complete -C $argv[1]", typed])
        .output()
        .unwrap();
    let told = succeeded(&output, typed);
    let words: Vec<&str> = told.lines().filter_map(|line| line.split('\t').next()).collect();
    for option in of_wire().0 {
        assert!(words.contains(&option.as_str()), "{option}: {told}");
    }
    assert!(!words.contains(&"--view"), "of socket-lab only: {told}");
}

#[test]
fn man_shows_each_page_without_a_warning() {
    if !need_all(&[Tool::Bash, Tool::Man, Tool::Mandoc]) {
        return;
    }
    let home = Home::new();
    home.follow("Man pages");
    // As `man socket-lab wire` finds it.
    let pages = PROGRAMS.map(|name| (name, vec![name]));
    for (name, words) in pages
        .into_iter()
        .chain([("socket-lab-wire", vec!["socket-lab", "wire"])])
    {
        let page = home.path(&format!(".local/share/man/man1/{name}.1"));
        let found = succeeded(&home.command(Tool::Man).arg("-w").args(&words).output().unwrap(), name);
        assert_eq!(Path::new(found.trim()), page);
        let mut man = home.command(Tool::Man);
        man.args(["--warnings", "-P", "cat", "-l"])
            .arg(&page)
            .env("MANWIDTH", "80");
        let output = man.env("LC_ALL", "C.UTF-8").output().unwrap();
        let shown = succeeded(&output, name);
        assert!(output.stderr.is_empty(), "{name}: {output:?}");
        for title in ["NAME", "SYNOPSIS", "OPTIONS", "VERSION"] {
            assert!(shown.lines().any(|line| line == title), "{name} {title}: {shown}");
        }
        // What --help-all lists, the page explains.
        let help = ours(words[0]).args(&words[1..]).arg("--help-all").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let flags: Vec<&str> = help
            .split_whitespace()
            .filter(|word| word.starts_with("--") && word.len() > 3)
            .map(|word| word.trim_end_matches([',', ':', ';', '.', ']']))
            .collect();
        assert!(flags.len() > 5, "{help}");
        for flag in flags {
            assert!(shown.contains(flag), "{name} {flag}: {shown}");
        }
        // No option without its words.
        let entries: Vec<&str> = shown.lines().collect();
        for pair in entries.windows(3) {
            let words = pair[0].trim();
            let is_option = pair[0].starts_with("       -") && (words.ends_with('>') || !words.contains(' '));
            let is_alone = pair[1].is_empty() && pair[2].starts_with("       -");
            assert!(!(is_option && is_alone), "{name}: {}", pair[0]);
        }
        let lint = home
            .command(Tool::Mandoc)
            .args(["-T", "lint", "-W", "warning"])
            .arg(&page)
            .output();
        let lint = lint.unwrap();
        assert!(lint.status.success() && lint.stdout.is_empty(), "{name}: {lint:?}");
    }
}

#[test]
fn every_program_writes_for_every_shell_and_says_what_it_cannot() {
    for name in PROGRAMS {
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let output = ours(name).args(["--completions", shell]).output().unwrap();
            let script = succeeded(&output, shell);
            assert!(script.contains(name) && script.contains("color"), "{script}");
            assert!(output.stderr.is_empty(), "{output:?}");
        }
        let refused = ours(name).args(["--completions", "ksh"]).output().unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), told.lines().count()), (Some(2), 1), "{told}");
        assert!(told.contains("bash, elvish, fish, powershell, zsh"), "{told}");
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let refused = ours(name).arg("--man").stdout(full).output().unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), told.lines().count()), (Some(1), 1), "{told}");
    }
}

#[test]
fn wireshark_is_given_the_sniffer_and_it_is_taken_away() {
    if !need_all(&[Tool::Bash, Tool::Tshark]) {
        return;
    }
    let home = Home::new();
    let commands = commands("Wireshark");
    let (put, take) = commands.trim_end().split_once('\n').unwrap();
    let lists = || {
        let output = home.command(Tool::Tshark).arg("-D").output().unwrap();
        succeeded(&output, "tshark -D").contains("socketlab-lo (Socket lab: lo)")
    };
    assert!(!lists());
    for (command, listed) in [(put, true), (take, false)] {
        let output = home.command(Tool::Bash).args(["-e", "-c", command]).output().unwrap();
        succeeded(&output, command);
        assert_eq!(lists(), listed, "{command}");
    }
}
