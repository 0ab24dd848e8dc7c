//! One piece of evidence on a page of its own: the verdict and why, what it contains, what each part shows and names,
//! and its scripts step by step.

use super::evidence::{findings, gaps, kind_name, observables};
use super::layers;
use super::parts::{Pen, cites, more, verdict};
use super::{closing, sheet};
use crate::chain::Recorded;
use crate::shown::{capital, grouped};
use crate::view::View;
use maud::{Markup, html};
use std::collections::BTreeSet;
use strongroom_model::{EvidenceId, Report, Verdict};

/// Parts of one file that are drawn.
const PARTS: usize = 300;
/// Levels of the list of contents.
const LEVELS: usize = 20;

/// The folder of the pages, inside the case's folder.
const FOLDER: &str = "files";

/// Draws a page for each piece of evidence of the last run that has something to tell: the file's name inside the
/// case's folder, and the page.
pub fn file_pages(recorded: &[Recorded]) -> Vec<(String, String)> {
    let view = View::of(recorded);
    let pen = Pen::of(&view);
    let mut drawn = BTreeSet::new();
    let told = view.reports.iter().filter(|(_, report)| has_page(report));
    told.filter(|(_, report)| drawn.insert(report.evidence.id.to_string()))
        .map(|(seq, report)| (path(&report.evidence.id), page(&pen, report, *seq)))
        .collect()
}

/// Returns whether there is more to tell of a file than stands in the report's one line.
pub(super) fn has_page(report: &Report) -> bool {
    let tells =
        |part: &Report| !(part.findings.is_empty() && part.gaps.is_empty() && part.scripts.is_empty());
    report.walk().into_iter().any(tells)
}

/// Returns where a file's page lies, seen from the report. A journal from elsewhere may call evidence what it likes: no name leads
/// out of the folder, or is longer than a hash.
pub(super) fn path(id: &EvidenceId) -> String {
    const DIGITS: usize = 64;
    let digits = id.as_str().rsplit(':').next().unwrap_or_default().chars();
    let digits: String = digits.filter(char::is_ascii_alphanumeric).take(DIGITS).collect();
    format!("{FOLDER}/{digits}.html")
}

fn page(pen: &Pen<'_>, report: &Report, seq: u64) -> String {
    pen.turn();
    let title = format!("{} – Strongroom", pen.text(&report.evidence.name));
    let parts: Vec<&Report> = report.walk();
    sheet(
        &title,
        &html! {
            (masthead(pen, report, seq))
            main.file-page {
                @if parts.len() > 1 {
                    section id="contents" aria-labelledby="contents-title" {
                        h2 id="contents-title" { "What it contains" }
                        ul.contents { (entry(pen, &parts, report, 0)) }
                    }
                }
                @for (number, part) in parts.iter().take(PARTS).enumerate() {
                    @if number == 0 || tells(part) { (section(pen, part, number)) }
                }
                (more(parts.len(), PARTS, "parts"))
            }
            footer { (closing::colophon(pen)) }
        },
    )
}

fn masthead(pen: &Pen<'_>, report: &Report, seq: u64) -> Markup {
    let evidence = &report.evidence;
    html! {
        header.masthead {
            div.inner {
                p.eyebrow { a href="../report.html#evidence" { "← Case report" } span aria-hidden="true" { " / " } "file" }
                p.title { span.file { (pen.text(&evidence.name)) } " " (verdict(report.verdict())) " " (cites(&[seq])) }
                h1 { (capital(&pen.text(&report.because()))) }
                dl.figures {
                    div { dt { "Score" } dd { span.value { (report.score()) } span.note { "of 100" } } }
                    div { dt { "Kind" } dd { span.value { (kind_name(evidence.kind)) } span.note { "by content" } } }
                    div { dt { "Size" } dd { span.value { (grouped(&evidence.size.to_string())) } span.note { "bytes" } } }
                    div { dt { "Parts" } dd { span.value { (report.walk().len()) } span.note { "itself included" } } }
                }
                p.hash { code { (evidence.id) } }
            }
        }
    }
}

/// Draws the tree of what a part contains; a part with more to tell leads to its section.
fn entry(pen: &Pen<'_>, parts: &[&Report], part: &Report, level: usize) -> Markup {
    let number = parts.iter().position(|other| std::ptr::eq(*other, part));
    let evidence = &part.evidence;
    html! {
        li {
            span.entry {
                (verdict(part.verdict())) " "
                @match number.filter(|number| *number < PARTS && (*number == 0 || tells(part))) {
                    Some(number) => a href=(format!("#part-{number}")) { (pen.text(&evidence.name)) },
                    None => span { (pen.text(&evidence.name)) },
                }
                " " span.quiet { (kind_name(evidence.kind)) ", " (grouped(&evidence.size.to_string())) " bytes" }
            }
            @if !part.children.is_empty() && level < LEVELS {
                ul { @for child in part.children.iter().take(PARTS) { (entry(pen, parts, child, level + 1)) } }
                (more(part.children.len(), PARTS, "parts"))
            }
        }
    }
}

fn tells(part: &Report) -> bool {
    !(part.findings.is_empty()
        && part.gaps.is_empty()
        && part.scripts.is_empty()
        && part.observables.is_empty())
}

fn section(pen: &Pen<'_>, part: &Report, number: usize) -> Markup {
    let id = format!("part-{number}");
    let name = if number == 0 {
        "The file itself".to_owned()
    } else {
        pen.text(&part.evidence.name)
    };
    html! {
        section id=(id) aria-labelledby=(format!("{id}-title")) {
            h2 id=(format!("{id}-title")) { span { (name) } @if number > 0 { " " (verdict(part.verdict())) } }
            @if number > 0 {
                p.because { (capital(&pen.text(&part.because()))) }
                p.hash { code { (part.evidence.id) } }
            }
            @if !tells(part) { p.quiet { (nothing(part)) } }
            (findings(pen, &part.findings))
            (observables(pen, part))
            (gaps(pen, &part.gaps))
            @for (which, script) in part.scripts.iter().enumerate() { (layers::script(pen, script, &format!("{id}-script-{which}"))) }
        }
    }
}

fn nothing(part: &Report) -> &'static str {
    match (part.verdict(), part.children.is_empty()) {
        (Verdict::Clean, true) => "Nothing was found in it.",
        _ => "Nothing was found in it beside what it contains.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lies_in_its_folder_whatever_evidence_is_called() {
        let id = EvidenceId::of(b"");
        let digits = id.as_str().strip_prefix("sha256:").unwrap();
        assert_eq!(path(&id), format!("files/{digits}.html"));
        let hostile: EvidenceId = serde_json::from_str("\"sha256:../../etc/x\"").unwrap();
        assert_eq!(path(&hostile), "files/etcx.html");
        let long: EvidenceId = serde_json::from_str(&format!("\"{}\"", "a".repeat(300))).unwrap();
        assert_eq!(path(&long).len(), "files/.html".len() + 64);
    }
}
