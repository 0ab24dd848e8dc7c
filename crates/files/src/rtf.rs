//! Rich text (RTF 1.9): links as observables, objects and templates as what they are.
//!
//! The objects of a rich text are not read inside yet: where one stands, that is a hiding gap.

use crate::examine::Walk;
use crate::text::decode_text;
use crate::{rules, scan};
use strongroom_model::{Finding, Gap, Observable, Report, Role, Span, Why};

/// Control words behind which an object stands.
const OBJECTS: [&str; 5] = [
    "\\objdata",
    "\\objclass",
    "\\objupdate",
    "\\objautlink",
    "\\objocx",
];

/// Reads a rich text.
pub(crate) fn read_rtf(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let text = decode_text(bytes);
    scan::note_text(&text, report, walk);
    if let Some(word) = OBJECTS.iter().find(|word| text.contains(**word)) {
        report.gap(Gap::new(
            "content",
            Why::Unsupported,
            format!("an object ({word}) is not read inside"),
        ));
    }
    template(&text, report);
    for (at, _) in text.match_indices("DDEAUTO") {
        let command: String = text.get(at..).unwrap_or_default().chars().take(120).collect();
        report.find(Finding::of(&rules::DDE, Span::bytes("content", at, at + 7)).fact("command", command));
    }
}

/// A template on another machine is fetched when the text is opened, with its macros.
fn template(text: &str, report: &mut Report) {
    let Some(at) = text.find("\\*\\template") else {
        return;
    };
    let group = text
        .get(at..)
        .and_then(|rest| rest.split('}').next())
        .unwrap_or_default();
    let Some(seen) = scan::urls(group).next() else {
        return;
    };
    tell_external(
        &seen.observable,
        "attachedTemplate",
        Span::bytes("content", at, at + group.len()),
        report,
    );
}

/// Tells what a document fetches when it is opened.
pub(crate) fn tell_external(url: &Observable, what: &str, at: Span, report: &mut Report) {
    let finding = Finding::of(&rules::REMOTE_PART, at)
        .fact("what", what)
        .fact("url", url.value());
    report.find(finding.observing(url));
    report.sight(url.clone(), Role::Download);
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Limits, Verdict};

    #[test]
    fn an_object_hides_and_a_plain_text_does_not() {
        let examine = |text: &str| crate::examine("a.rtf", text.as_bytes(), &Limits::default());
        assert_eq!(examine("{\\rtf1 hello}").verdict(), Verdict::Clean);
        assert_eq!(
            examine("{\\rtf1{\\object{\\*\\objdata 0105}}}").verdict(),
            Verdict::NotCleared
        );
        let report = examine("{\\rtf1{\\*\\template http://a.example/x.dot}}");
        assert_eq!(report.findings[0].code, "files.remote-part");
    }
}
