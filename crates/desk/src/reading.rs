//! Reading a report: most formats here, PDF in a process of its own.
//!
//! The reader of PDF is the same binary, started anew under a hidden verb with nothing but the document on its standard input:
//! bounds on memory and time hold for it alone, and whatever it dies of is a gap of that document.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::time::Duration;
use strongroom_intel::{Extraction, Format, extract};
use strongroom_model::{Gap, Limits, Why};

/// The hidden verb under which the binary reads one report from its standard input.
pub const READER_VERB: &str = "read-report";
/// Seconds after which a reader is given up on.
const SECONDS: u64 = 120;
/// Bytes of memory that a reader may take beside what the limits let it unpack.
const MEMORY: u64 = 1 << 30;
/// Bytes of its answer.
const ANSWER: u64 = 256 << 20;

static READER: OnceLock<PathBuf> = OnceLock::new();

/// Says which program answers to [`READER_VERB`]. Where nobody says so, PDF is read in this process.
pub fn use_reader(program: PathBuf) {
    // The first to say so is right: there is one binary.
    let _ = READER.set(program);
}

/// Reads a report of any format.
pub fn read_extraction(bytes: &[u8], limits: &Limits) -> Extraction {
    match READER.get() {
        Some(program) if Format::of(bytes) == Format::Pdf => read_apart(program, bytes),
        _ => extract(bytes, limits),
    }
}

/// What the hidden verb does: reads a report from standard input and writes what it names on standard output.
///
/// # Errors
/// Where either is closed.
pub fn read_report_from_stdin() -> anyhow::Result<()> {
    let limits = Limits::default();
    bound_self(MEMORY + limits.input_bytes + limits.unpacked_bytes);
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(limits.input_bytes + 1)
        .read_to_end(&mut bytes)?;
    let answer = serde_json::to_vec(&extract(&bytes, &limits))?;
    io::stdout().lock().write_all(&answer)?;
    Ok(())
}

/// Bounds memory and processor time of this process; where the system knows no such bound, the clock of whoever waits
/// is the only one.
fn bound_self(memory: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        for (resource, most) in [
            (Resource::As, memory),
            (Resource::Cpu, SECONDS),
            (Resource::Core, 0),
        ] {
            let bound = Rlimit {
                current: Some(most),
                maximum: Some(most),
            };
            let _ = setrlimit(resource, bound);
        }
    }
    #[cfg(not(unix))]
    let _ = memory;
}

fn read_apart(program: &Path, bytes: &[u8]) -> Extraction {
    ask(program, bytes, Duration::from_secs(SECONDS)).unwrap_or_else(|gap| Extraction {
        indicators: Vec::new(),
        gaps: vec![gap],
    })
}

fn ask(program: &Path, bytes: &[u8], patience: Duration) -> Result<Extraction, Gap> {
    let broken = |what: &str| Gap::new("content", Why::Unsupported, format!("the reader of PDF {what}"));
    let started = Command::new(program)
        .arg(READER_VERB)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = started.map_err(|cause| broken(&format!("does not start: {cause}")))?;
    let answer = talk(&mut child, bytes, patience);
    // It may have ended by itself: then there is nobody to stop.
    let _ = child.kill();
    let ended = child.wait();
    match answer {
        None => Err(Gap::new(
            "content",
            Why::TimedOut,
            format!("{} s of wall time", patience.as_secs()),
        )),
        Some(answer) if ended.is_ok() => serde_json::from_slice(&answer)
            .map_err(|_| broken("broke off: the document asks for too much, or a bug of ours")),
        Some(_) => Err(broken("cannot be waited for")),
    }
}

/// Hands the document over and takes the answer; nothing where the time is up.
fn talk(child: &mut Child, bytes: &[u8], patience: Duration) -> Option<Vec<u8>> {
    let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
    let (send, receive) = channel();
    let listen = move || {
        let mut answer = Vec::new();
        // A reader that dies has said what it said.
        let _ = output.take(ANSWER).read_to_end(&mut answer);
        let _ = send.send(answer);
    };
    std::thread::scope(|scope| {
        // One that reads no further closes its end; the answer tells.
        scope.spawn(move || {
            let _ = input.write_all(bytes);
        });
        std::thread::spawn(listen);
        let answer = receive.recv_timeout(patience).ok();
        if answer.is_none() {
            // Nobody reads on, so that the writer is let go.
            let _ = child.kill();
        }
        answer
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_dies_or_hangs_is_a_gap() {
        let gap = ask(Path::new("/bin/false"), b"%PDF-", Duration::from_secs(30)).unwrap_err();
        assert!(gap.hides && gap.why.contains("broke off"), "{gap:?}");
        let gap = ask(Path::new("/no/such/program"), b"%PDF-", Duration::from_secs(30)).unwrap_err();
        assert!(gap.why.contains("does not start"), "{gap:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hangs");
        std::fs::write(&path, "#!/bin/sh\nexec sleep 60\n").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&path, mode).unwrap();
        let large = vec![b'x'; 1 << 20];
        let gap = ask(&path, &large, Duration::from_millis(200)).unwrap_err();
        assert_eq!(gap.cause, Why::TimedOut);
    }
}
