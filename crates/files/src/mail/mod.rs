//! RFC 5322 messages with their MIME parts, over `mail-parser`.
//!
//! Addresses and links become observables, attachments and attached messages children. The words of the
//! bodies are offered as passwords to whatever is attached.

mod encoded;
mod mailbox;
mod signed;

pub(crate) use signed::content_of as content_of_signed;

use crate::examine::{Carrier, Walk};
use crate::{kind_of, markup, names, password, rules, scan};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use strongroom_model::{Finding, Gap, Interval, Kind, Limit, Moment, Observable, Report, Role, Span, Why};

/// Reads a message, or each of a mailbox.
pub(crate) fn read_mail(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    if let Some(messages) = mailbox::messages(bytes) {
        for (number, message) in messages.into_iter().enumerate() {
            let name = format!("message {}", number + 1);
            if let Err(gap) = walk.meter.charge_bytes(&name, message.len() as u64) {
                return report.gap(gap);
            }
            walk.child(report, Carrier::Mail, &name, message);
        }
        return;
    }
    let bytes = from_first_field(bytes);
    let Some(message) = MessageParser::default().parse(bytes) else {
        report.gap(Gap::new("content", Why::Damaged, "no message can be read"));
        return;
    };
    dated(&message, report);
    people(&message, report);
    let texts = bodies(&message, report, walk);
    let candidates = password::candidates(&texts);
    let carrier = carrier_of(&message);
    walk.offering(candidates, |walk| {
        attachments(bytes, &message, carrier, report, walk);
        pages(&message, report, walk);
        misplaced(bytes, &message, carrier, report, walk);
    });
}

/// Word reads a page archive from where its fields begin, whatever stands before.
fn from_first_field(bytes: &[u8]) -> &[u8] {
    const LOOK: usize = 4096;
    let head = bytes.get(..LOOK).unwrap_or(bytes).to_ascii_lowercase();
    let begins = head
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    if begins > 0 && head.get(begins) == Some(&b':') || head.starts_with(b"from ") {
        return bytes;
    }
    let at = scan::find(&head, b"mime-version:", 0).unwrap_or(0);
    bytes.get(at..).unwrap_or(bytes)
}

/// A page archive (MHTML, RFC 2557) has nobody who sent it: what is in it did not come as an attachment.
fn carrier_of(message: &Message<'_>) -> Carrier {
    let travelled = message.from().is_some()
        || message.to().is_some()
        || message.received().is_some()
        || message.return_address().is_some();
    if travelled {
        Carrier::Mail
    } else {
        Carrier::Document
    }
}

/// Reads what a strict reader of MIME does not see: files spelled in the text, and parts behind a boundary that is not
/// the one that the header says.
fn misplaced(
    bytes: &[u8],
    message: &Message<'_>,
    carrier: Carrier,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    for part in message.text_bodies() {
        let PartType::Text(text) = &part.body else {
            continue;
        };
        let (files, more) = encoded::files_in(text);
        if more {
            report.gap(Gap::limit("files in the text", Limit::Children, encoded::FILES));
        }
        for file in files {
            attach(&file.name, &file.bytes, carrier, report, walk);
            if !file.whole {
                report.gap(Gap::new(file.name, Why::Truncated, "the file in the text has no end").harmless());
            }
        }
    }
    let said = message.content_type().and_then(|kind| kind.attribute("boundary"));
    let is_multipart = message
        .content_type()
        .is_some_and(|kind| kind.c_type.eq_ignore_ascii_case("multipart"));
    let alone = message.parts.len() <= 2;
    if is_multipart
        && alone
        && let Some(again) = mailbox::with_own_boundary(bytes, said.unwrap_or_default())
    {
        let what =
            "the boundary that the header says is not the body's; the parts were read by the body's own";
        report.gap(Gap::new("content", Why::Damaged, what).harmless());
        attach("parts", &again, carrier, report, walk);
    }
}

fn attach(name: &str, bytes: &[u8], carrier: Carrier, report: &mut Report, walk: &mut Walk<'_>) {
    match walk.meter.charge_bytes(name, bytes.len() as u64) {
        Ok(()) => walk.child(report, carrier, name, bytes),
        Err(gap) => report.gap(gap),
    }
}

/// Reads the files that pages carry in their links.
fn pages(message: &Message<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    for part in message.html_bodies() {
        if let PartType::Html(html) = &part.body {
            markup::carried(html, report, walk);
        }
    }
}

/// Reads the header fields of a message that is stored otherwise; returns whether they date it.
pub(crate) fn read_headers(headers: &str, report: &mut Report) -> bool {
    if headers.trim().is_empty() {
        return false;
    }
    let text = format!("{}\r\n\r\n", headers.trim());
    let Some(message) = MessageParser::default().parse_headers(text.as_bytes()) else {
        return false;
    };
    people(&message, report);
    dated(&message, report)
}

/// Adds when a message was sent.
pub(crate) fn note_sent(sent: Moment, report: &mut Report) {
    let finding = Finding::of(&rules::MAIL, Span::whole()).fact("sent", sent.to_string());
    report.find(finding.during(Interval::at(sent)));
}

/// Says when the sender claims to have sent it. A missing or impossible date stays missing.
fn dated(message: &Message<'_>, report: &mut Report) -> bool {
    let date = message.date().filter(|date| date.is_valid());
    let sent = date.and_then(|date| Moment::from_seconds(date.to_timestamp()));
    if let Some(sent) = sent {
        note_sent(sent, report);
    }
    sent.is_some()
}

fn people(message: &Message<'_>, report: &mut Report) {
    let from = [
        message.from(),
        message.sender(),
        message.reply_to(),
        message.return_path().as_address(),
    ];
    for address in from.into_iter().flatten() {
        note_people(address, Role::Sender, report);
    }
    for address in [message.to(), message.cc(), message.bcc()].into_iter().flatten() {
        note_people(address, Role::Recipient, report);
    }
    if let Some(path) = message.return_address() {
        note_person(path, Role::Sender, report);
    }
}

fn note_people(address: &Address<'_>, role: Role, report: &mut Report) {
    for person in address.iter().filter_map(|person| person.address()) {
        note_person(person, role, report);
    }
}

/// Adds a mail address in a role; what is none is left out.
pub(crate) fn note_person(address: &str, role: Role, report: &mut Report) {
    if let Ok(observable) = Observable::email(address.trim_matches(['<', '>', '\'', '"'])) {
        report.sight(observable, role);
    }
}

/// Notes what the bodies name and returns subject and bodies as one text.
fn bodies(message: &Message<'_>, report: &mut Report, walk: &Walk<'_>) -> String {
    let mut texts = message.subject().unwrap_or_default().to_owned();
    scan::note_text(&texts, report, walk);
    for part in message.text_bodies().chain(message.html_bodies()) {
        match &part.body {
            PartType::Text(text) => {
                scan::note_text(text, report, walk);
                texts = texts + "\n" + text;
            }
            PartType::Html(html) => {
                markup::note_html(html, report, walk);
                texts = texts + "\n" + &markup::words_of(html);
            }
            PartType::Binary(_)
            | PartType::InlineBinary(_)
            | PartType::Message(_)
            | PartType::Multipart(_) => {}
        }
    }
    texts
}

fn attachments(
    bytes: &[u8],
    message: &Message<'_>,
    carrier: Carrier,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let most = walk.limits().children as usize;
    let attached: std::collections::HashSet<usize> =
        message.attachments.iter().map(|at| *at as usize).collect();
    // A text with a file's name is a file to the reader, wherever it stands.
    let named = message.parts.iter().enumerate().filter(|(number, part)| {
        let text = matches!(part.body, PartType::Text(_) | PartType::Html(_));
        text && !attached.contains(number) && part.attachment_name().is_some_and(|name| !name.is_empty())
    });
    let parts = message.attachments().chain(named.map(|(_, part)| part));
    for (number, part) in parts.enumerate() {
        if number >= most {
            report.gap(Gap::limit("attachments", Limit::Children, most));
            break;
        }
        let name = name_of(part).unwrap_or_else(|| format!("part {}", number + 1));
        if part.is_encoding_problem || is_undecoded(bytes, part) {
            read_broken(bytes, part, &name, carrier, report, walk);
        } else if let Some(content) = content_of(bytes, part) {
            attach(&name, content, carrier, report, walk);
        }
    }
}

/// Returns what a part is called. Where its two names differ the one that runs counts: readers go by either.
fn name_of(part: &MessagePart<'_>) -> Option<String> {
    let disposition = part
        .content_disposition()
        .and_then(|field| field.attribute("filename"));
    let kind = part.content_type().and_then(|field| field.attribute("name"));
    let given = [disposition, kind]
        .into_iter()
        .flatten()
        .filter(|name| !name.trim().is_empty());
    let runs = given.clone().find(|name| names::runs(name));
    runs.or_else(|| given.clone().next())
        .or_else(|| part.attachment_name().filter(|name| !name.is_empty()))
        .map(str::to_owned)
}

/// Returns whether a part says that it is in base64.
fn is_base64(part: &MessagePart<'_>) -> bool {
    let said = part.content_transfer_encoding();
    said.is_some_and(|said| said.trim().eq_ignore_ascii_case("base64"))
}

/// Returns whether a part in base64 came out as it stands: the parser gives up where other characters stand in it.
fn is_undecoded(bytes: &[u8], part: &MessagePart<'_>) -> bool {
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize);
    let raw = raw.unwrap_or_default().trim_ascii();
    let content = content_of(bytes, part).unwrap_or_default().trim_ascii();
    is_base64(part) && !content.is_empty() && content == raw
}

/// Reads a part whose transfer encoding is broken, as mail readers do.
fn read_broken(
    bytes: &[u8],
    part: &MessagePart<'_>,
    name: &str,
    carrier: Carrier,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let gap = Gap::new(name, Why::Damaged, "the part's transfer encoding is broken");
    let raw = bytes
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    let lenient = is_base64(part).then(|| encoded::lenient_base64(raw)).flatten();
    let known = lenient.filter(|bytes| kind_of(bytes) != Kind::Unknown);
    match known {
        Some(content) => {
            report.gap(gap.harmless());
            attach(name, &content, carrier, report, walk);
        }
        None => {
            report.gap(gap);
            if let Some(content) = content_of(bytes, part) {
                attach(name, content, carrier, report, walk);
            }
        }
    }
}

/// Returns a part's bytes as they were before transfer encoding; an attached message as it stands.
fn content_of<'m>(bytes: &'m [u8], part: &'m MessagePart<'_>) -> Option<&'m [u8]> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(text.as_bytes()),
        PartType::Binary(content) | PartType::InlineBinary(content) => Some(content),
        PartType::Message(inner) => {
            let raw = inner.raw_message();
            let raw = if raw.is_empty() {
                bytes.get(part.offset_body as usize..part.offset_end as usize)?
            } else {
                raw
            };
            Some(raw)
        }
        PartType::Multipart(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Kind, Limits, Report};

    fn examine(text: &str) -> Report {
        crate::examine("m.eml", text.as_bytes(), &Limits::default())
    }

    fn children(report: &Report) -> Vec<(&str, &str)> {
        let told = |child| -> (&str, &str) {
            let child: &Report = child;
            (child.evidence.name.as_str(), child.evidence.kind.as_str())
        };
        report.children.iter().map(told).collect()
    }

    const HEAD: &str = "From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\n";

    #[test]
    fn names_are_put_together_and_a_named_text_is_a_file() {
        let text = format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=p\r\n\r\n--p\r\nContent-Type: text/plain\r\n\r\nhi\r\n\
             --p\r\nContent-Type: application/pdf;\r\n name*0=\"inv\"; name*1=\"oice.pdf\"\r\n\r\n%PDF-1.4\r\n\
             --p\r\nContent-Type: text/plain; name=\"=?utf-8?B?cnVu?=.ps1\"\r\n\r\nWrite-Host hello\r\n\
             --p\r\nContent-Type: application/octet-stream; name=\"a.exe\"\r\nContent-Disposition: attachment; filename*=utf-8''a%2Etxt\r\n\r\nhello\r\n--p--\r\n"
        );
        let report = examine(&text);
        let mut told = children(&report);
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("a.exe", "text"),
                ("invoice.pdf", "pdf"),
                ("run.ps1", "powershell")
            ]
        );
    }

    #[test]
    fn files_outside_of_mime_are_read() {
        let spelled = examine(&format!(
            "{HEAD}\r\nhello\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n"
        ));
        assert_eq!(children(&spelled), [("cat.txt", "text")]);
        let boundary = examine(&format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=said\r\n\r\n--real\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4\r\n--real--\r\n"
        ));
        assert!(
            boundary
                .walk()
                .iter()
                .any(|report| report.evidence.kind == Kind::Pdf),
            "{boundary:?}"
        );
        let garbage = examine(&format!(
            "{HEAD}Content-Type: application/octet-stream; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ!KJeLj*z9MKMSAwIG9iago8PD4+CmVuZG9iagp0cmFpbGVyCg==\r\n"
        ));
        assert!(
            garbage
                .walk()
                .iter()
                .any(|report| report.evidence.kind == Kind::Pdf),
            "{:?}",
            children(&garbage)
        );
    }

    #[test]
    fn a_mailbox_and_a_page_archive_are_read() {
        let message = format!(
            "From a@b.example Mon Apr 1 10:00:00 2019\n{}\nhello\n\n",
            HEAD.replace('\r', "")
        );
        assert_eq!(children(&examine(&message.repeat(2))).len(), 2);
        let archive = "garbage\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=p\r\n\r\n--p\r\nContent-Location: file:///C:/a.htm\r\nContent-Type: text/html\r\n\r\n<html>x</html>\r\n--p\r\nContent-Location: file:///C:/editdata.mso\r\nContent-Transfer-Encoding: base64\r\nContent-Type: application/x-mso\r\n\r\nQWN0aXZlTWltZQAA\r\n--p--\r\n";
        let report = examine(archive);
        assert_eq!(report.evidence.kind, Kind::Mail);
        let told = |child: &Report| child.gaps.iter().any(|gap| gap.why.contains("ActiveMime"));
        assert!(report.children.iter().any(told), "{:?}", children(&report));
    }

    #[test]
    fn a_page_carries_files_in_its_links() {
        let page = "<html><a href=\"data:application/pdf;base64,JVBERi0xLjQK\">x</a><img src='data:image/png;base64,iVBORw0KGgo='><a href=\"data:text/html,%3Chtml%3E%3C/html%3E\">y</a></html>";
        let report = examine(&format!("{HEAD}Content-Type: text/html\r\n\r\n{page}\r\n"));
        assert_eq!(children(&report), [("data 1", "pdf"), ("data 2", "html")]);
    }
}
