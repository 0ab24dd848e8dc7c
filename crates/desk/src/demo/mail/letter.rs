//! A mail as it is stored: headers in ASCII (RFC 2047, RFC 2231), a text in two forms, attachments.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use strongroom_model::Moment;

/// An attached file.
#[derive(Debug)]
pub(super) struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A mail.
#[derive(Debug)]
pub(super) struct Letter {
    /// When it was sent, in seconds since 1970.
    pub sent: i64,
    /// The sender's display name, as the header has it.
    pub from_name: String,
    /// The sender's address.
    pub from: &'static str,
    /// The recipient's name before the house's domain.
    pub to: &'static str,
    /// The subject.
    pub subject: &'static str,
    /// The text, one paragraph per line.
    pub text: String,
    /// The attachments.
    pub attachments: Vec<Attachment>,
}

impl Letter {
    /// Returns the mail's bytes; `number` tells it apart from the others.
    pub fn bytes(&self, number: usize) -> Vec<u8> {
        let (outer, inner) = (format!("=_outer_{number}"), format!("=_inner_{number}"));
        let house = crate::demo::cast::HOUSE;
        let domain = self.from.rsplit_once('@').map_or("", |(_, domain)| domain);
        let date = date(self.sent);
        let html: String = self.text.lines().map(|line| format!("<p>{line}</p>\n")).collect();
        let mut mail = format!(
            "Received: from mx.{domain} (mx.{domain} [198.51.100.{}])\r\n\tby mx.{house} with ESMTP id q{number:05}\r\n\t\
             for <{}@{house}>; {date}\r\nDate: {date}\r\nFrom: {} <{}>\r\nTo: <{}@{house}>\r\nSubject: {}\r\n\
             Message-ID: <{number}.{}@{domain}>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"{outer}\"\r\n\r\n\
             --{outer}\r\nContent-Type: multipart/alternative; boundary=\"{inner}\"\r\n\r\n\
             --{inner}\r\n{}--{inner}\r\n{}--{inner}--\r\n",
            191 + number,
            self.to,
            self.from_name,
            self.from,
            self.to,
            word(self.subject),
            self.sent,
            body("text/plain; charset=utf-8", self.text.as_bytes()),
            body(
                "text/html; charset=utf-8",
                format!("<html><body>\n{html}</body></html>\n").as_bytes()
            ),
        );
        for Attachment { name, media, bytes } in &self.attachments {
            let name = extended(name);
            mail += &format!(
                "--{outer}\r\nContent-Disposition: attachment; filename*={name}\r\n{}",
                body(media, bytes)
            );
        }
        (mail + &format!("--{outer}--\r\n")).into_bytes()
    }
}

fn body(media: &str, bytes: &[u8]) -> String {
    let code = STANDARD.encode(bytes);
    let mut text = format!("Content-Type: {media}\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    for (place, letter) in code.chars().enumerate() {
        if place > 0 && place % 76 == 0 {
            text += "\r\n";
        }
        text.push(letter);
    }
    text + "\r\n"
}

/// Returns a text as encoded words of RFC 2047, each below 75 characters.
pub(super) fn word(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let words = letters.chunks(14).map(|part| {
        let part: String = part.iter().collect();
        format!("=?UTF-8?B?{}?=", STANDARD.encode(part))
    });
    words.collect::<Vec<_>>().join("\r\n ")
}

/// Returns a parameter value of RFC 2231.
fn extended(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let code = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    format!("UTF-8''{}", text.bytes().map(code).collect::<String>())
}

/// Returns a date of RFC 5322; all mails are of March 2019.
fn date(at: i64) -> String {
    const DAYS: [&str; 7] = ["Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu"];
    let second = at - crate::demo::ledger::month::MONTH;
    let (day, rest) = (second / 86_400, second % 86_400);
    let name = DAYS.get((day % 7) as usize).copied().unwrap_or_default();
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!(
        "{name}, {:02} Mar 2019 {hour:02}:{minute:02}:{second:02} +0000",
        day + 1
    )
}

/// Returns the moment that a mail was sent.
pub(super) fn sent(letter: &Letter) -> Moment {
    crate::demo::ledger::book::moment(letter.sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_ascii_and_dates_have_their_weekday() {
        assert_eq!(word("김"), "=?UTF-8?B?6rmA?=");
        assert_eq!(extended("봇 1.zip"), "UTF-8''%EB%B4%87%201.zip");
        assert_eq!(
            date(crate::demo::cast::MAIL_SENT),
            "Tue, 19 Mar 2019 02:14:07 +0000"
        );
    }
}
