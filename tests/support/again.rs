//! A test that starts its own program once more, to run there alone.
//!
//! The new process is given the test by its path, for example `flow::live::ports_are_used_again`. The path comes from the closure
//! that the test hands over, so the closure has to stand in the test itself.

use std::any::type_name;
use std::process::{Command, Output};

use super::skipped;
use super::tools::this_test;

/// Set in the process that [`in_own_process`] starts.
const ALONE: &str = "SOCKET_LAB_TEST_ALONE";

/// The path of the test in which this closure stands, as the test harness has it.
///
/// The compiler's name for the closure is `integration::flow::live::ports_are_used_again::{{closure}}`. The name of the thread is
/// the path, too, but only where the harness gives each test a thread, which it need not do with `--test-threads=1`.
///
/// # Panics
/// The closure stands in another function.
pub fn path_of<F>(_test: &F) -> &'static str {
    let mut path = type_name::<F>();
    while let Some(outer) = path.strip_suffix("::{{closure}}") {
        path = outer;
    }
    let path = path.split_once("::").map_or(path, |(_program, path)| path);
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main");
    assert!(
        test.is_none_or(|test| test == path),
        "the closure stands in {path}, not in the test {test:?}"
    );
    path
}

/// A command that runs the test of this path, and no other, in a new process.
pub fn command(path: &str) -> Command {
    let mut again = this_test();
    again.args([path, "--exact", "--nocapture"]);
    if let Some(list) = skipped::list() {
        again.env(skipped::LIST, list);
    }
    again
}

/// What the new process has printed.
///
/// # Panics
/// The test has failed there, or there is no test of this path.
#[track_caller]
pub fn passed(path: &str, output: &Output) -> String {
    let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{path}: {}: {printed}", output.status);
    assert!(printed.contains("1 passed"), "there is no test {path}: {printed}");
    printed.into_owned()
}

/// Runs the test in a process of its own: for a test that measures or changes what belongs to the whole process.
pub fn in_own_process(test: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return test();
    }
    let path = path_of(&test);
    let output = command(path).env(ALONE, "1").output().unwrap();
    print!("{}", passed(path, &output));
}

/// Allows this process as many open files as the system lets it have, up to `most`.
///
/// # Panics
/// This is the process that other tests run in: the programs that they start would inherit the limit.
pub fn allow_open_files(most: u64) {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    assert!(std::env::var_os(ALONE).is_some(), "only in a process of its own");
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(most).max(soft), hard).unwrap();
}

#[test]
fn a_test_finds_itself_in_another_process() {
    in_own_process(|| println!("process {}", std::process::id()));
}

#[test]
fn a_test_finds_itself_with_one_thread_too() {
    const TIMES: &str = "SOCKET_LAB_TEST_TIMES";
    let test = || ();
    let path = path_of(&test);
    if std::env::var_os(TIMES).is_none() {
        let mut again = command(path);
        passed(path, &again.arg("--test-threads=1").env(TIMES, "2").output().unwrap());
    }
}

#[test]
#[should_panic(expected = "not in the test")]
fn a_closure_of_another_function_is_refused() {
    fn other() -> impl Fn() {
        || ()
    }
    // A thread with a test's name, whatever thread the harness has chosen.
    let thread = std::thread::Builder::new().name("a::test".to_owned());
    let refused = thread.spawn(|| path_of(&other())).unwrap().join();
    std::panic::resume_unwind(refused.unwrap_err());
}
