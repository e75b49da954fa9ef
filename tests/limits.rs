//! Limits of resources, a disk without room, odd surroundings: each program says in one line what to do, or works.

#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::{Command, Output, Stdio};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    use super::support::{Tool, need, need_all, needs, ours, path_of_ours, tool};

    /// Each program with arguments that let it do something and end by itself; a server is ended when it listens.
    const RUNS: [&[&str]; 9] = [
        &["sniffer", "-r", "captures/tcp.pcapng", "--view", "summary"],
        &["sniffer", "-r", "captures/tcp.pcapng", "--view", "ladder"],
        &["sniffer", "-q", "-r", "captures/long.pcapng", "--html", "FOLDER"],
        &["sniffer", "-r", "captures/tcp.pcapng", "-w", "-"],
        &["udp-server", "--bind", "127.0.0.1"],
        &["tcp-server", "--bind", "127.0.0.1"],
        &["udp-client", "-ip", "127.0.0.1", "-p", "1"],
        &["tcp-client", "-ip", "127.0.0.1", "-p", "1"],
        &["socket-lab", "udp", "-o", "FOLDER"],
    ];

    /// Starts the program under these limits, in the words of prlimit(1), and waits for its end.
    fn run(limits: &[&str], words: &[&str]) -> Output {
        let mut command = tool(Tool::Prlimit);
        command.args(limits).arg(path_of_ours(words[0]));
        ended(command, words)
    }

    /// Adds the arguments and waits for the end. A server that has printed all it has to is ended as Ctrl+C does it.
    fn ended(mut command: Command, words: &[&str]) -> Output {
        let is_server = words[0].ends_with("server");
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("new");
        let arguments = words[1..].iter().map(|&word| match word {
            "FOLDER" => name.as_os_str(),
            word => word.as_ref(),
        });
        command.args(arguments);
        let (read, write) = super::support::pipe();
        let child = command.stdin(Stdio::null()).stdout(write).stderr(Stdio::piped());
        let child = child.spawn().unwrap();
        // The end to write is the program's alone now, so what it says has an end.
        command.stdout(Stdio::null());
        let pid = Pid::from_raw(child.id().try_into().unwrap());
        let mut lines = Vec::new();
        for line in std::io::BufRead::split(std::io::BufReader::new(read), b'\n') {
            let line = line.unwrap();
            if is_server && line.starts_with(b"Press Ctrl+Z") {
                kill(pid, Signal::SIGINT).unwrap();
            }
            lines.extend(line);
            lines.push(b'\n');
        }
        let mut output = child.wait_with_output().unwrap();
        output.stdout = lines;
        output
    }

    /// It worked, or it says in one line what failed and what to do, and ends with status 1.
    fn works_or_says(output: &Output, what: &str) {
        let said = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1)), "{what}: {:?}: {said}", output.status);
        for never in ["panicked", "memory allocation of", "RUST_BACKTRACE"] {
            assert!(!said.contains(never), "{what}: {said}");
        }
        let errors: Vec<&str> = said.lines().filter(|line| !line.starts_with("warning: ")).collect();
        if code == Some(0) {
            assert_eq!(errors, Vec::<&str>::new(), "{what}");
            return;
        }
        assert_eq!(errors.len(), 1, "{what}: {said}");
        let line = errors[0].strip_prefix("error: ");
        let next = line.and_then(|line| line.split_once("; "));
        assert!(next.is_some_and(|(_, next)| !next.is_empty()), "{what}: {said}");
    }

    #[test]
    fn few_open_files_are_enough_or_it_is_said() {
        if !need(Tool::Prlimit) {
            return;
        }
        for most in ["20", "14", "12", "11", "10", "9", "8", "7", "6", "5", "4"] {
            for words in RUNS {
                let output = run(&[&format!("--nofile={most}")], words);
                let what = format!("{most} files: {words:?}");
                works_or_says(&output, &what);
                // What has nothing to do with files does not come up as the cause.
                let said = String::from_utf8_lossy(&output.stderr);
                let is_of_files = said.is_empty() || said.contains("ulimit -n") || said.contains("refused");
                assert!(is_of_files, "{what}: {said}");
            }
        }
    }

    /// Limits of data and of addresses, down to where a program cannot even be loaded.
    #[test]
    fn little_memory_is_enough_or_it_is_said() {
        if !need(Tool::Prlimit) {
            return;
        }
        for limit in ["--as=104857600", "--as=67108864", "--data=67108864", "--data=8388608"] {
            for words in RUNS {
                works_or_says(&run(&[limit], words), &format!("{limit}: {words:?}"));
            }
        }
    }

    /// Where memory runs out in the middle of work, nothing aborts: one line, status 1.
    #[test]
    fn no_memory_left_is_said_in_a_line() {
        if !need(Tool::Prlimit) {
            return;
        }
        let words = ["sniffer", "-q", "-r", "captures/long.pcapng", "--html", "FOLDER"];
        let output = run(&["--data=1048576"], &words);
        works_or_says(&output, "1 MiB");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.starts_with("error: no memory for ") && said.contains("ulimit -v"),
            "{said}"
        );
    }

    #[test]
    fn a_full_disk_keeps_what_is_said_to_be_kept() {
        if !needs::root() || !need_all(&[Tool::Unshare, Tool::Mount]) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let (long, sniffer) = (
            fs::canonicalize("captures/long.pcapng").unwrap(),
            path_of_ours("sniffer"),
        );
        // 100 KiB have room for a part of the capture; then the program that reads counts what is there.
        let script = format!(
            "mount -t tmpfs -o size=100k tmpfs {0} && cd {0} && {sniffer} -q -r {1} -w part.pcapng; echo $?; \
             {sniffer} -r part.pcapng --view summary",
            folder.path().display(),
            long.display()
        );
        let mut command = tool(Tool::Unshare);
        let output = command.args(["--mount", "sh", "-c", &script]).output().unwrap();
        let (shown, said) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        let mut lines = shown.lines();
        assert_eq!(lines.next(), Some("1"), "{said}");
        let whole = format!("packets whole in it: {};", lines.count());
        assert!(said.contains(&whole) && said.contains("make room"), "{said}\n{whole}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }

    /// A locale, a terminal and a home that are odd or missing.
    #[test]
    fn odd_surroundings_change_characters_at_most() {
        let settings: [&[(&str, &str)]; 9] = [
            &[],
            &[("LANG", "C")],
            &[("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")],
            &[("LANG", "C.UTF-8"), ("TERM", "dumb")],
            &[("TERM", "no-such-terminal")],
            &[("COLUMNS", "0")],
            &[("COLUMNS", "1")],
            &[("COLUMNS", "wide")],
            &[("COLUMNS", "99999999999999999999")],
        ];
        for setting in settings {
            let is_utf8 = setting.iter().any(|(_, value)| *value == "C.UTF-8");
            for words in RUNS.iter().filter(|words| !words.contains(&"-w")) {
                let mut command = ours(words[0]);
                command.env_clear().envs(setting.iter().copied());
                let output = ended(command, words);
                let what = format!("{setting:?}: {words:?}");
                works_or_says(&output, &what);
                // A page says itself how it is encoded.
                if !is_utf8 && !words.contains(&"--html") {
                    assert!(
                        output.stdout.is_ascii(),
                        "{what}: {}",
                        String::from_utf8_lossy(&output.stdout)
                    );
                }
                assert!(output.stderr.is_ascii(), "{what}");
            }
        }
    }
}
