//! Runs the binary and holds what it said.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a run said, and its exit code.
#[derive(Debug)]
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Ran {
    fn of(output: Output) -> Self {
        Ran {
            out: String::from_utf8(output.stdout).expect("the binary prints UTF-8"),
            err: String::from_utf8(output.stderr).expect("the binary prints UTF-8"),
            code: output.status.code().expect("the binary ends by itself"),
        }
    }

    /// Returns the lines of standard output as JSON objects.
    pub fn json(&self) -> Vec<serde_json::Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(parse).collect()
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_strongroom"));
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Runs the binary with these arguments.
pub fn strongroom<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    Ran::of(command().args(args).output().expect("the binary starts"))
}

/// Runs the binary with these arguments and this on its standard input.
pub fn strongroom_with(input: &[u8], args: &[&str]) -> Ran {
    let mut child = command()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child
        .stdin
        .take()
        .expect("it was piped")
        .write_all(input)
        .expect("the binary reads its input");
    Ran::of(child.wait_with_output().expect("the binary ends"))
}

/// Returns a path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}
