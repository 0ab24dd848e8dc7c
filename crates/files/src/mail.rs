//! RFC 5322 messages with their MIME parts, over `mail-parser`.
//!
//! Addresses and links become observables, attachments and attached messages children. The words of the
//! bodies are offered as passwords to whatever is attached.

use crate::examine::{Carrier, Walk};
use crate::{markup, password, rules, scan};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use strongroom_model::{Finding, Gap, Interval, Limit, Moment, Observable, Report, Role, Span, Why};

/// Reads a message.
pub(crate) fn read_mail(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let Some(message) = MessageParser::default().parse(bytes) else {
        report.gap(Gap::new("content", Why::Damaged, "no message can be read"));
        return;
    };
    dated(&message, report);
    people(&message, report);
    let texts = bodies(&message, report, walk);
    let candidates = password::candidates(&texts);
    walk.offering(candidates, |walk| attachments(bytes, &message, report, walk));
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

fn attachments(bytes: &[u8], message: &Message<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    let most = walk.limits().children as usize;
    for (number, part) in message.attachments().enumerate() {
        if number >= most {
            report.gap(Gap::limit("attachments", Limit::Children, most));
            break;
        }
        let named = part.attachment_name().map(str::to_owned);
        let name = named
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| format!("part {}", number + 1));
        if let Some(content) = content_of(bytes, part)
            && let Err(gap) = walk.meter.charge_bytes(&name, content.len() as u64)
        {
            report.gap(gap);
        } else if let Some(content) = content_of(bytes, part) {
            walk.child(report, Carrier::Mail, &name, content);
        }
        if part.is_encoding_problem {
            report.gap(Gap::new(
                name,
                Why::Damaged,
                "the part's transfer encoding is broken",
            ));
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
