//! The seeds of the fuzz targets, through the same doors.

use std::path::Path;
use strongroom_intel::{examine, extract};
use strongroom_model::{Limits, Span};

/// What each target puts around its bytes.
const TARGETS: [(&str, &[(&str, &str)]); 6] = [
    ("intel_text", &[("", "")]),
    ("intel_html", &[("<html>", "")]),
    ("intel_pdf", &[("%PDF-1.7\n", "")]),
    (
        "intel_pattern",
        &[(
            "{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"pattern\":\"",
            "\"}]}",
        )],
    ),
    ("intel_csv", &[("type,value\n", ""), ("host;note\n", "")]),
    (
        "intel_feed",
        &[
            ("{\"type\":\"bundle\",\"objects\":", "}"),
            ("{\"Event\":{\"info\":\"\",\"Attribute\":", "}}"),
        ],
    ),
];

#[test]
fn seeds_are_read_and_each_place_is_inside_the_file() {
    for (target, frames) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fuzz/corpus")
            .join(target);
        let files =
            std::fs::read_dir(&folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
        let (mut seeds, mut found) = (0, 0);
        for file in files {
            let seed = std::fs::read(file.expect("an entry").path()).expect("a readable seed");
            seeds += 1;
            for (head, tail) in frames {
                let bytes = [head.as_bytes(), &seed, tail.as_bytes()].concat();
                let limits = Limits::default();
                for indicator in extract(&bytes, &limits).indicators {
                    found += 1;
                    let Span::Bytes { layer, start, end } = indicator.at else {
                        panic!("a place in bytes: {:?}", indicator.at);
                    };
                    assert!(
                        start < end && (layer != "content" || end <= bytes.len() as u64),
                        "{target}"
                    );
                }
                assert_eq!(examine("seed", &bytes, &limits), examine("seed", &bytes, &limits));
            }
        }
        assert!(seeds > 1 && found > 2, "{target}: {seeds} seeds, {found} found");
    }
}
