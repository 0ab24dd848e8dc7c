//! Shortcuts of `../shared/data/formats/yara-x/lnk`: every field as its `.out` file has it.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use shared::shared_data;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use strongroom_files::lnk::{Item, Named, Shortcut, Show};
use strongroom_model::{Limits, Verdict};

#[test]
fn every_field_is_as_expected() {
    let Some(folder) = shared_data("formats/yara-x/lnk", "every_field_is_as_expected") else {
        return;
    };
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut compared = 0;
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "out"))
    {
        let expected = std::fs::read_to_string(path).unwrap();
        let bytes = sample(path);
        let found = render(Shortcut::read(&bytes).as_ref(), bytes.len());
        assert_eq!(sorted(&found), sorted(&expected), "{}", path.display());
        compared += sorted(&expected).len();
    }
    println!("lnk: {compared} fields as expected");
    assert!(compared > 150);
}

#[test]
fn shortcuts_are_judged_by_what_they_start() {
    let Some(folder) = shared_data("formats/yara-x/lnk", "shortcuts_are_judged_by_what_they_start") else {
        return;
    };
    for (name, verdict) in [
        ("lnk-cve-2010-2568", Verdict::Malicious),
        ("lnk-malformed-2", Verdict::Suspicious),
        ("lnk-extradata-1", Verdict::Clean),
        ("lnk-extradata-2", Verdict::Clean),
        ("lnk-malformed-1", Verdict::Clean),
        ("lnk-network", Verdict::Clean),
        ("lnk-overlay", Verdict::Clean),
        ("lnk-standard", Verdict::Clean),
        ("lnk-unknown-item", Verdict::Clean),
    ] {
        let bytes = sample(&folder.join(name).with_extension("out"));
        let report = strongroom_files::examine("a.lnk", &bytes, &Limits::default());
        println!("{name}: {}: {}", report.verdict().as_str(), report.because());
        assert!(
            report.verdict() == verdict || report.score() >= 50 && verdict == Verdict::Suspicious,
            "{name}"
        );
    }
}

/// Reads the sample beside an `.out` file: Intel hex in a ZIP archive.
fn sample(out: &Path) -> Vec<u8> {
    let file = std::fs::File::open(out.with_extension("in.zip")).unwrap();
    let mut text = String::new();
    zip::ZipArchive::new(file)
        .unwrap()
        .by_index(0)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    let mut bytes = Vec::new();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix(':')) {
        let record: Vec<u8> = (0..line.len() / 2)
            .map(|at| u8::from_str_radix(&line[at * 2..at * 2 + 2], 16).unwrap())
            .collect();
        if record[3] == 0 {
            bytes.extend(&record[4..4 + usize::from(record[0])]);
        }
    }
    bytes
}

/// The fields without the order in which they stand; an item's stay together.
fn sorted(text: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    let mut list = false;
    for line in text.lines() {
        list |= line.starts_with("target_id_list");
        match fields.last_mut().filter(|_| list && line.starts_with(' ')) {
            Some(last) => last.push_str(&format!("\n{line}")),
            None => fields.push(line.to_owned()),
        }
    }
    fields.sort();
    fields
}

fn render(shortcut: Option<&Shortcut>, length: usize) -> String {
    let Some(s) = shortcut else {
        return "is_lnk: false".to_owned();
    };
    let mut out = String::from("is_lnk: true\n");
    let mut text = |key: &str, value: Option<&String>| {
        if let Some(value) = value {
            writeln!(out, "{key}: \"{}\"", escaped(value.as_bytes())).unwrap();
        }
    };
    text("name", s.name.as_ref());
    text("relative_path", s.relative.as_ref());
    text("working_dir", s.folder.as_ref());
    text("cmd_line_args", s.arguments.as_ref());
    text("icon_location", s.icon.as_ref());
    if let Some(info) = &s.info {
        text("volume_label", info.label.as_ref());
        text("local_base_path", info.base.as_ref());
        text("common_path_suffix", info.suffix.as_ref());
    }
    for (key, time) in ["creation_time", "access_time", "write_time"].iter().zip(s.times) {
        if let Some(time) = time {
            writeln!(out, "{key}: {time}").unwrap();
        }
    }
    writeln!(
        out,
        "file_size: {}\nfile_attributes: {}\nicon_index: {}",
        s.size, s.attributes, s.icon_index
    )
    .unwrap();
    let show = match s.shown() {
        Show::Normal => "NORMAL",
        Show::Maximized => "MAXIMIZED",
        Show::Minimized => "MIN_NO_ACTIVE",
    };
    writeln!(out, "show_command: {show}").unwrap();
    if let Some((kind, serial)) = s.info.as_ref().and_then(|info| info.drive) {
        let kinds = [
            "UNKNOWN",
            "NO_ROOT_DIR",
            "REMOVABLE",
            "FIXED",
            "REMOTE",
            "CDROM",
            "RAMDISK",
        ];
        writeln!(
            out,
            "drive_type: {}\ndrive_serial_number: {serial}",
            kinds[kind as usize]
        )
        .unwrap();
    }
    rest(s, length, &mut out);
    out
}

fn rest(s: &Shortcut, length: usize, out: &mut String) {
    if s.whole {
        let size = s.overlay.map_or(0, |at| length - at);
        writeln!(out, "overlay_size: {size}").unwrap();
    }
    if let Some(at) = s.overlay {
        writeln!(out, "overlay_offset: {at}").unwrap();
    }
    if let Some(tracker) = &s.tracker {
        writeln!(
            out,
            "tracker_data:\n    version: {}\n    machine_id: \"{}\"",
            tracker.version, tracker.machine
        )
        .unwrap();
        let keys = [
            "droid_volume_id",
            "droid_file_id",
            "droid_birth_volume_id",
            "droid_birth_file_id",
        ];
        for (key, droid) in keys.iter().zip(&tracker.droids) {
            writeln!(out, "    {key}: \"{droid}\"").unwrap();
        }
    }
    if !s.items.is_empty() {
        writeln!(out, "target_id_list:").unwrap();
        s.items.iter().for_each(|item| write_item(item, out));
    }
}

fn write_item(item: &Item, out: &mut String) {
    let (kind, key, value) = match item.named() {
        Named::Root(guid) => ("ROOT_FOLDER", "root_folder_id", guid),
        Named::Drive(name) => ("VOLUME", "volume_name", name),
        Named::Folder(guid) => ("VOLUME", "volume_id", guid),
        Named::File(_) => ("FILE_ENTRY", "file_entry_name", item.short_name()),
        Named::Module(path) => ("CONTROL_PANEL_CPL", "cpl_file_path", path),
        other => {
            assert_eq!(other, Named::Other);
            writeln!(
                out,
                "  - item_type: {:#x}\n    data: \"{}\"",
                item.class,
                escaped(&item.data)
            )
            .unwrap();
            return;
        }
    };
    writeln!(
        out,
        "  - item_type: {kind}\n    data: \"{}\"",
        escaped(&item.data)
    )
    .unwrap();
    writeln!(out, "    {key}: \"{}\"", escaped(value.as_bytes())).unwrap();
}

fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'\t' => "\\t".into(),
            b'\r' => "\\r".into(),
            b'\n' => "\\n".into(),
            b'"' => "\\\"".into(),
            b'\'' => "\\'".into(),
            b'\\' => "\\\\".into(),
            0x20..=0x7E => char::from(*byte).to_string(),
            other => format!("\\x{other:02x}"),
        })
        .collect()
}
