//! The seeds of the fuzzers, through the same doors, on every run of the tests.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use strongroom_model::{Limits, Report};

const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

const PACKAGE: &[u8] =
    b"<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">";

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = root.join("fuzz/corpus").join(target);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} has no seeds", folder.display());
    paths
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn examine(bytes: &[u8]) -> Report {
    strongroom_files::examine(
        "input",
        bytes,
        &Limits {
            steps: 20_000,
            unpacked_bytes: 16 << 20,
            ..Limits::default()
        },
    )
}

#[test]
fn every_seed_is_answered_the_same_way_twice() {
    for (target, lead) in [
        ("files_examine", &b""[..]),
        ("files_mail", b"From: a@b.example\r\nTo: c@d.example\r\n"),
        ("files_ole", OLE),
        ("files_zip", b"PK\x03\x04"),
        ("files_rtf", b"{\\rt"),
        (
            "files_lnk",
            b"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46",
        ),
        ("files_msg", b"\x78\x9F\x3E\x22\0\0"),
        ("files_flat", b"<?xml version=\"1.0\"?>"),
        ("files_ooxml", PACKAGE),
    ] {
        for (path, seed) in seeds(target) {
            let bytes = [lead, &seed].concat();
            assert_eq!(examine(&bytes), examine(&bytes), "{}", path.display());
        }
    }
}

#[test]
fn every_cut_of_a_seed_is_answered() {
    for (_, seed) in seeds("files_examine") {
        for end in 0..seed.len() {
            examine(&seed[..end]);
        }
    }
}

#[test]
fn every_cut_and_every_flipped_byte_of_a_project_is_answered() {
    let project =
        strongroom_files::write_vba_project(&[("ThisDocument", "Sub AutoOpen()\n  x = 1\nEnd Sub\n")]);
    assert!(project.starts_with(OLE));
    for place in (0..project.len()).step_by(7) {
        examine(&project[..place]);
        let mut flipped = project.clone();
        flipped[place] ^= 0xFF;
        examine(&flipped);
    }
}

#[test]
fn the_narrow_doors_answer_every_seed() {
    for (_, seed) in seeds("files_ovba") {
        let unpacked = strongroom_files::decompress_ovba(&seed, 1 << 20);
        let dir = unpacked.map_or(seed, |(bytes, _)| bytes);
        assert!(strongroom_files::modules_of_dir(&dir).len() < 100);
    }
}

#[test]
fn objects_of_every_class_answer_every_seed_and_every_cut() {
    let classes: [&[u8]; 4] = [b"Package\0", b"OLE2Link\0", b"Equation.3\0", b"Paint.Picture\0"];
    for (_, seed) in seeds("files_native") {
        for end in 1..=seed.len() {
            let class = classes[usize::from(seed[0]) % classes.len()];
            let data = &seed[1..end];
            let mut object = b"\x01\x05\0\0\x02\0\0\0".to_vec();
            object.extend((class.len() as u32).to_le_bytes());
            object.extend(class);
            object.extend([0; 8]);
            object.extend((data.len() as u32).to_le_bytes());
            object.extend(data);
            let head = format!("{{\\rt{{\\object\\objdata\\bin{} ", object.len());
            examine(&[head.as_bytes(), &object, b"}}"].concat());
        }
    }
}

#[test]
fn every_cut_and_every_flipped_byte_of_p_code_is_answered() {
    let decompile = |seed: &[u8]| {
        let (head, rest) = seed.split_first_chunk::<3>()?;
        let at = usize::from(u16::from_le_bytes([head[0], head[1]])).min(rest.len());
        let (project, module) = rest.split_at(at);
        strongroom_files::decompile_vba(project, module, head[2] & 1 == 1)
    };
    let mut whole = 0;
    for (_, seed) in seeds("files_pcode") {
        whole += usize::from(decompile(&seed).is_some());
        for place in 0..seed.len() {
            decompile(&seed[..place]);
            let mut flipped = seed.clone();
            flipped[place] ^= 0xFF;
            decompile(&flipped);
        }
    }
    assert!(whole > 0);
}

#[test]
fn every_rich_body_is_read_to_its_end() {
    for (_, seed) in seeds("files_rtfcp") {
        for end in 0..=seed.len() {
            let cut = &seed[..end];
            let rich =
                strongroom_files::decompress_rich_text(cut, 1 << 16).map_or(cut.to_vec(), |read| read.0);
            assert!(strongroom_files::encapsulated_body(&rich).0.len() <= 4 * rich.len() + 4);
        }
    }
}
