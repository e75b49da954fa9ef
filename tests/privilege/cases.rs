use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use socket_lab::capture::live::{Capture, CaptureEvent, CaptureOptions, CaptureStatistics, OpenError};
use socket_lab::privilege::{Dropped, drop_privileges, enter_private_network};
use tempfile::TempDir;

use super::support::{Missing, Tool, copy, copy_program, need, needs, tool};

const ROLE: &str = "SOCKET_LAB_TEST_ROLE";
/// Where the subject tries to write a file.
const FILE: &str = "SOCKET_LAB_TEST_FILE";

const NOBODY: u32 = 65_534;
/// A number that belongs to nobody at all.
const UNKNOWN: u32 = 54_321;

pub(crate) fn main() -> ExitCode {
    match std::env::var(ROLE).as_deref() {
        Ok("drop") => open_and_drop(),
        Ok("enter") => enter_and_drop(),
        Ok("threads") => with_threads(),
        _ => return tests(),
    }
    ExitCode::SUCCESS
}

// The roles. Each says what it sees on standard output.

fn open_and_drop() {
    let mut capture = CaptureOptions::on("lo").open().unwrap();
    match drop_privileges() {
        Ok(dropped) => println!("dropped: {dropped}\n{dropped:?}"),
        Err(error) => return println!("error: {error}"),
    }
    println!("{}", fs::read_to_string("/proc/self/status").unwrap());
    if let Some(path) = std::env::var_os(FILE) {
        println!("file: {:?}", fs::write(path, "x").map_err(|error| error.kind()));
    }
    capture_one(&mut capture);
    let again = CaptureOptions::on("lo").open();
    println!(
        "again refused: {}",
        matches!(again, Err(OpenError::NoPermission { .. }))
    );
}

fn enter_and_drop() {
    if let Err(refused) = enter_private_network() {
        return println!("refused: {refused}\n{:?}", refused.reason);
    }
    println!("entered");
    println!("{}", fs::read_to_string("/proc/self/status").unwrap());
    let mut capture = CaptureOptions::on("lo").open().unwrap();
    println!("{:?}", drop_privileges().unwrap());
    capture_one(&mut capture);
    // Nothing but loopback: no way out.
    let interfaces = socket_lab::capture::live::interfaces().unwrap();
    println!("interfaces: {}", interfaces.len());
}

fn with_threads() {
    let (wait, _keep) = crate::support::pipe();
    std::thread::spawn(move || std::io::copy(&mut { wait }, &mut std::io::sink()));
    match drop_privileges() {
        Ok(dropped) => println!("{dropped}"),
        Err(error) => println!("{error}"),
    }
    println!("{}", enter_private_network().unwrap_err());
}

fn capture_one(capture: &mut Capture) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"hello", socket.local_addr().unwrap()).unwrap();
    let event = capture.next(Some(Duration::from_secs(5)), None).unwrap();
    assert!(
        matches!(&event, CaptureEvent::Frame(frame, _) if frame.bytes.ends_with(b"hello")),
        "{event:?}"
    );
    assert_eq!(
        capture.statistics().unwrap(),
        CaptureStatistics {
            received: 1,
            dropped: 0
        }
    );
    println!("captured");
}

// The tests.

fn tests() -> ExitCode {
    let tests = [
        trial("sudo_drops_to_its_caller", sudo_drops_to_its_caller),
        trial(
            "a_caller_without_a_name_gets_one_group",
            a_caller_without_a_name_gets_one_group,
        ),
        trial(
            "root_without_sudo_keeps_one_capability",
            root_without_sudo_keeps_one_capability,
        ),
        trial(
            "a_variable_that_is_no_number_ends_the_program",
            a_variable_that_is_no_number_ends_the_program,
        ),
        trial(
            "a_file_capability_is_enough_and_is_given_up",
            a_file_capability_is_enough_and_is_given_up,
        ),
        trial("nobody_gets_a_network_of_ones_own", nobody_gets_a_network_of_ones_own),
        trial("root_gets_a_network_of_its_own", root_gets_a_network_of_its_own),
        trial("a_limit_is_named", a_limit_is_named),
        trial("threads_are_refused", threads_are_refused),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests.into()).exit_code()
}

fn trial(name: &'static str, test: fn()) -> Trial {
    Trial::test(name, move || {
        // A test that is skipped is named after its thread.
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(test)?;
        thread.join().map_err(|_| "it panicked: see above".into())
    })
}

/// A folder that everybody may enter, with a copy of this program in it: where it was built not everybody may go.
struct Subject {
    folder: TempDir,
    program: PathBuf,
}

impl Subject {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = folder.path().join("subject");
        copy_program(std::env::current_exe().unwrap(), &program);
        Self { folder, program }
    }

    /// A folder in it that belongs to this user and is closed to everybody else.
    fn folder_of(&self, user: u32) -> PathBuf {
        let folder = self.folder.path().join(user.to_string());
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        chown(&folder, Some(user), Some(user)).unwrap();
        folder
    }

    /// What the role says, played in an empty network with loopback up; `before` is what starts it.
    fn play(&self, role: &str, before: &[&str], variables: &[(&str, &str)], file: Option<&Path>) -> String {
        let mut command = tool(Tool::Unshare);
        command.args(["--net", "--", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
        command.args(before).arg(&self.program);
        run(&mut command, role, variables, file)
    }
}

fn run(command: &mut Command, role: &str, variables: &[(&str, &str)], file: Option<&Path>) -> String {
    command.env_remove("SUDO_UID").env_remove("SUDO_GID").env(ROLE, role);
    command
        .envs(variables.iter().copied())
        .envs(file.map(|file| (FILE, file)));
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {said}");
    said
}

/// What stands behind `name:` in /proc/PID/status.
fn line(said: &str, name: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let words = line.unwrap_or_else(|| panic!("no {name} in {said}")).split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_no_capabilities(said: &str) {
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(line(said, set), "0000000000000000", "{set}");
    }
    assert_eq!(line(said, "NoNewPrivs"), "1");
}

fn ready() -> bool {
    needs::root() && need(Tool::Ip) && need(Tool::Setpriv) && needs::namespaces()
}

fn sudo_drops_to_its_caller() {
    if !ready() {
        return;
    }
    let subject = Subject::new();
    let file = subject.folder_of(NOBODY).join("capture");
    let id = NOBODY.to_string();
    let caller = [("SUDO_UID", id.as_str()), ("SUDO_GID", id.as_str())];
    // Groups of root's that must not stay.
    let said = subject.play("drop", &["setpriv", "--groups", "0,4,27"], &caller, Some(&file));
    assert!(
        said.contains("dropped: gave up root: now nobody (uid 65534, gid 65534)"),
        "{said}"
    );
    for ids in ["Uid", "Gid"] {
        assert_eq!(line(&said, ids), "65534 65534 65534 65534");
    }
    assert_eq!(line(&said, "Groups"), "65534");
    assert_no_capabilities(&said);
    assert_eq!(line(&said, "CapBnd"), "0000000000000000");
    assert!(
        said.contains("file: Ok") && said.contains("captured") && said.contains("again refused: true"),
        "{said}"
    );
    let made = fs::metadata(&file).unwrap();
    assert_eq!((made.uid(), made.gid()), (NOBODY, NOBODY));
    // Root's folders are closed to it.
    let said = subject.play("drop", &[], &caller, Some(&subject.folder_of(0).join("capture")));
    assert!(said.contains("file: Err(PermissionDenied)"), "{said}");
}

fn a_caller_without_a_name_gets_one_group() {
    if !ready() {
        return;
    }
    let caller = [("SUDO_UID", "54321"), ("SUDO_GID", "54322")];
    let said = Subject::new().play("drop", &["setpriv", "--groups", "0,4,27"], &caller, None);
    assert_eq!(line(&said, "Uid"), [UNKNOWN.to_string().as_str(); 4].join(" "));
    assert_eq!(
        (line(&said, "Groups"), line(&said, "Gid")),
        ("54322".into(), "54322 54322 54322 54322".into())
    );
    assert_no_capabilities(&said);
}

fn root_without_sudo_keeps_one_capability() {
    if !ready() {
        return;
    }
    let subject = Subject::new();
    let file = subject.folder_of(NOBODY).join("capture");
    let said = subject.play("drop", &[], &[], Some(&file));
    assert_eq!(line(&said, "Uid"), "0 0 0 0");
    // CAP_DAC_OVERRIDE is number 1.
    for set in ["CapPrm", "CapEff"] {
        assert_eq!(line(&said, set), "0000000000000002", "{set}");
    }
    assert_eq!(line(&said, "CapBnd"), "0000000000000000");
    assert_eq!(line(&said, "NoNewPrivs"), "1");
    assert!(
        said.contains("file: Ok") && said.contains("captured") && said.contains("again refused: true"),
        "{said}"
    );
    let said = subject.play("drop", &[], &[("SUDO_UID", "0"), ("SUDO_GID", "0")], None);
    assert!(
        said.contains(&format!("{:?}", Dropped::RootWithoutCapabilities)),
        "{said}"
    );
}

fn a_variable_that_is_no_number_ends_the_program() {
    if !ready() {
        return;
    }
    let said = Subject::new().play("drop", &[], &[("SUDO_UID", "4294967295"), ("SUDO_GID", "1")], None);
    assert!(said.contains("error: cannot give up the privileges"), "{said}");
    assert!(said.contains("SUDO_UID is \"4294967295\", not a number"), "{said}");
}

fn a_file_capability_is_enough_and_is_given_up() {
    if !ready() || !need(Tool::Setcap) {
        return;
    }
    let subject = Subject::new();
    let marked = tool(Tool::Setcap)
        .arg("cap_net_raw+ep")
        .arg(&subject.program)
        .status()
        .unwrap();
    if !marked.success() {
        return needs::skip(Missing::Part("a file system that keeps capabilities"));
    }
    let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    // What sudo left in the environment means nothing here.
    let said = subject.play("drop", &nobody, &[("SUDO_UID", "0"), ("SUDO_GID", "0")], None);
    assert!(
        said.contains("dropped: gave up every capability that is not needed\nCapabilities\n"),
        "{said}"
    );
    assert_eq!(line(&said, "Uid"), "65534 65534 65534 65534");
    assert_no_capabilities(&said);
    assert!(
        said.contains("captured") && said.contains("again refused: true"),
        "{said}"
    );
}

fn nobody_gets_a_network_of_ones_own() {
    let subject = Subject::new();
    let root = nix::unistd::geteuid().is_root();
    if root && !need(Tool::Setpriv) {
        return;
    }
    let mut command = if root {
        let id = UNKNOWN.to_string();
        let mut command = tool(Tool::Setpriv);
        command.args([
            "--reuid",
            &id,
            "--regid",
            &id,
            "--clear-groups",
            "--bounding-set",
            "-all",
        ]);
        command.arg(&subject.program);
        command
    } else {
        copy(&subject.program)
    };
    let said = run(&mut command, "enter", &[], None);
    if said.contains("refused: ") {
        return needs::skip(Missing::UserNamespaces);
    }
    let id = if root { UNKNOWN } else { nix::unistd::getuid().as_raw() };
    assert_eq!(line(&said, "Uid"), [id.to_string().as_str(); 4].join(" "));
    assert!(
        said.contains("entered") && said.contains("captured") && said.contains("interfaces: 1"),
        "{said}"
    );
    assert!(said.contains("\nCapabilities\n"), "{said}");
}

fn root_gets_a_network_of_its_own() {
    if !ready() {
        return;
    }
    let said = run(&mut copy(Subject::new().program), "enter", &[], None);
    assert_eq!(line(&said, "Uid"), "0 0 0 0");
    assert!(said.contains("entered") && said.contains("captured"), "{said}");
}

fn a_limit_is_named() {
    if !needs::namespaces() {
        return;
    }
    let subject = Subject::new();
    let limits = "cd /proc/sys/user && echo 0 >max_user_namespaces && echo 0 >max_net_namespaces && exec \"$@\"";
    let mut command = tool(Tool::Unshare);
    command
        .args(["--user", "--map-root-user", "sh", "-c", limits, "sh"])
        .arg(&subject.program);
    let said = run(&mut command, "enter", &[], None);
    assert!(
        said.contains("refused: cannot make a private network: unshare: No space left on device"),
        "{said}"
    );
    assert!(
        said.contains("sudo sysctl user.max_user_namespaces=") && said.contains("\nLimit\n"),
        "{said}"
    );
}

fn threads_are_refused() {
    let said = run(&mut copy(Subject::new().program), "threads", &[], None);
    // Without privileges there is nothing that the other thread could keep.
    let words = if nix::unistd::geteuid().is_root() {
        "2 threads already"
    } else {
        "had no privileges to give up"
    };
    assert!(said.contains(words), "{said}");
    assert!(
        said.contains("cannot make a private network") && said.contains("before the program starts threads"),
        "{said}"
    );
}
