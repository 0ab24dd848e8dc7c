//! Every feature sample of `../shared/data/office/oletools` shows the feature that its name or its folder names.
//!
//! What a sample must show is drawn from its path alone: `harmless-clean.doc` is clean, `dde-test.xlsb` has a DDE
//! command, whatever lies under `external_link/` links to elsewhere. A sample whose name says two things shows both.
//! Locked archives come as they would: in a mail that gives the password.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use base64::Engine;
use shared::shared_data;
use std::path::Path;
use strongroom_model::{Fact, Finding, Kind, Limits, Report, Severity, Verdict, Why};

/// What is not shown yet: the beginning of the paths and the feature. Shrinks; what shows it must leave the list.
const NOT_YET: &[(&str, &str)] = &[];

/// The password of the samples' own locked archives, as their documentation gives it.
const PASSWORD: &str = "infected-test";

type Check = fn(&Report) -> bool;

/// A feature: its name, whether a path names it, and whether a report shows it.
struct Feature {
    name: &'static str,
    named_by: fn(&str) -> bool,
    shown_by: Check,
}

const FEATURES: &[Feature] = &[
    Feature {
        name: "a DDE command with its program",
        named_by: |path| file(path).contains("dde-"),
        shown_by: |report| {
            // Word's fields may carry text alone (`DDEAUTO "text"`), so the command must be there, not a certain one.
            fact_of(report, "files.dde", "command").any(|command| command.len() > 3)
        },
    },
    Feature {
        name: "an Excel 4 macro sheet, evaluated",
        named_by: |path| path.starts_with("excel4-macros/"),
        shown_by: |report| {
            finds(report, "files.macro-sheet")
                && !report.walk().iter().any(|part| hides(part))
                && report.walk().iter().any(|part| !part.scripts.is_empty())
        },
    },
    Feature {
        name: "the default password opens it",
        named_by: |path| path.contains("standardpassword"),
        shown_by: |report| finds(report, "files.encrypted") && !locked(report),
    },
    Feature {
        name: "a macro that starts by itself",
        named_by: |path| file(path).starts_with("autostart-"),
        shown_by: |report| finds(report, "macro.auto-run") || finds(report, "files.macro-sheet"),
    },
    Feature {
        name: "encryption, and not cleared",
        named_by: |path| file(path).starts_with("encrypted."),
        shown_by: |report| {
            finds(report, "files.encrypted") && (locked(report) && report.verdict() == Verdict::NotCleared)
        },
    },
    Feature {
        name: "an embedded file, opened",
        named_by: |path| file(path).starts_with("embedded-"),
        shown_by: |report| {
            finds(report, "files.package")
                && parts_below(report)
                    .any(|part| part.evidence.name.contains(".txt") && part.evidence.size > 0)
        },
    },
    Feature {
        name: "an embedded file's name in Unicode",
        named_by: |path| file(path).starts_with("embedded-unicode"),
        shown_by: |report| parts_below(report).any(|part| beyond_latin(&part.evidence.name)),
    },
    Feature {
        name: "an external link with its address",
        named_by: |path| path.contains("external_link"),
        shown_by: |report| {
            let all = findings(report).filter(|f| f.code.starts_with("files.remote-"));
            all.flat_map(|f| &f.observables)
                .any(|seen| seen.value().starts_with("https://"))
        },
    },
    Feature {
        name: "an embedded program",
        named_by: |path| file(path).contains("calc_embedded"),
        shown_by: |report| {
            parts_below(report).any(|part| part.evidence.kind == Kind::Exe)
                && report.verdict() >= Verdict::Suspicious
        },
    },
    Feature {
        name: "a shortcut inside, read",
        named_by: |path| file(path).contains("lnk_file"),
        shown_by: |report| {
            parts_below(report).any(|part| part.evidence.kind == Kind::Lnk && !hides(part))
                && report.verdict() >= Verdict::Suspicious
        },
    },
    Feature {
        name: "a link to a program",
        named_by: |path| file(path).contains("lnk_to_"),
        shown_by: |report| {
            findings(report).any(|f| f.severity >= Severity::High && f.title.to_lowercase().contains("calc"))
        },
    },
    Feature {
        name: "macros with their source",
        named_by: |path| path.contains("with_vba") || path.starts_with("oleform/"),
        shown_by: |report| {
            finds(report, "files.macros")
                && report.walk().iter().any(|part| {
                    part.scripts
                        .iter()
                        .any(|script| script.layers.iter().any(|layer| layer.text.contains("Sub ")))
                })
        },
    },
    Feature {
        name: "objects of an RTF, read",
        named_by: |path| path.starts_with("rtfobj/"),
        shown_by: |report| {
            let rtf = report
                .walk()
                .into_iter()
                .find(|part| part.evidence.kind == Kind::Rtf);
            rtf.is_some_and(|rtf| {
                !rtf.walk()
                    .iter()
                    .any(|part| part.gaps.iter().any(|gap| gap.cause == Why::Unsupported))
                    && (!rtf.children.is_empty() || rtf.findings.iter().any(|f| f.severity > Severity::Info))
            })
        },
    },
    Feature {
        name: "nothing at all",
        named_by: |path| file(path).starts_with("harmless-") || path.starts_with("other/") || plain(path),
        shown_by: |report| report.verdict() == Verdict::Clean && report.score() < 25,
    },
];

fn plain(path: &str) -> bool {
    matches!(path, "basic/empty" | "basic/text" | "msodde/RTF-Spec-1.7.rtf")
}

fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn findings(report: &Report) -> impl Iterator<Item = &Finding> {
    report.walk().into_iter().flat_map(|part| &part.findings)
}

fn finds(report: &Report, code: &str) -> bool {
    findings(report).any(|finding| finding.code == code)
}

fn fact_of<'a>(report: &'a Report, code: &'a str, fact: &'a str) -> impl Iterator<Item = String> + 'a {
    findings(report)
        .filter(move |finding| finding.code == code)
        .filter_map(move |finding| finding.facts.get(fact).map(Fact::to_string))
}

fn parts_below(report: &Report) -> impl Iterator<Item = &Report> {
    report.walk().into_iter().skip(1)
}

fn hides(part: &Report) -> bool {
    part.gaps.iter().any(|gap| gap.hides)
}

fn locked(report: &Report) -> bool {
    let mut gaps = report.walk().into_iter().flat_map(|part| &part.gaps);
    gaps.any(|gap| gap.cause == Why::Encrypted)
}

/// Letters behind Latin-1, which no code page of the west can carry.
fn beyond_latin(name: &str) -> bool {
    name.chars().any(|c| c > '\u{ff}')
}

/// Returns the bytes of a mail with one attachment and its password in the text.
fn mailed(name: &str, bytes: &[u8]) -> Vec<u8> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "From: a@mail.example\r\nTo: b@mail.example\r\nSubject: the files\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=parts\r\n\r\n--parts\r\nContent-Type: text/plain\r\n\r\n\
         Password: {PASSWORD}\r\n--parts\r\nContent-Type: application/zip; name=\"{name}\"\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--parts--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

fn samples(folder: &Path) -> Vec<(String, Report)> {
    let mut paths = shared::paths_below(folder);
    paths.sort();
    let limits = Limits::default();
    let examine = |path: &std::path::PathBuf| {
        let short = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let (name, bytes) = (file(&short).to_owned(), std::fs::read(path).unwrap());
        let report = if name.ends_with(".zip") {
            strongroom_files::examine("letter.eml", &mailed(&name, &bytes), &limits)
        } else {
            strongroom_files::examine(&name, &bytes, &limits)
        };
        (short, report)
    };
    paths.iter().map(examine).collect()
}

#[test]
fn every_sample_shows_the_feature_that_its_name_names() {
    let test = "every_sample_shows_the_feature_that_its_name_names";
    let Some(folder) = shared_data("office/oletools", test) else {
        return;
    };
    let (mut shown, mut missing, mut nameless) = (0, Vec::new(), Vec::new());
    for (path, report) in samples(&folder) {
        let named: Vec<&Feature> = FEATURES
            .iter()
            .filter(|feature| (feature.named_by)(&path))
            .collect();
        if named.is_empty() {
            nameless.push(path.clone());
        }
        for feature in named {
            if (feature.shown_by)(&report) {
                shown += 1;
            } else {
                println!("  {path}: {} is not shown; {}", feature.name, report.because());
                missing.push((path.clone(), feature.name));
            }
        }
    }
    println!("features: {shown} of {} shown", shown + missing.len());
    let waits = |(path, feature): &&(String, &str)| {
        NOT_YET
            .iter()
            .any(|(start, name)| path.starts_with(start) && name == feature)
    };
    let lost: Vec<_> = missing.iter().filter(|one| !waits(one)).collect();
    let found: Vec<_> = NOT_YET
        .iter()
        .filter(|(start, name)| {
            !missing
                .iter()
                .any(|(path, feature)| path.starts_with(start) && name == feature)
        })
        .collect();
    assert!(nameless.is_empty(), "names that say nothing here: {nameless:?}");
    assert!(lost.is_empty(), "not shown: {lost:#?}");
    if !found.is_empty() {
        println!("shown by now, to be taken off the list: {found:#?}");
    }
}
