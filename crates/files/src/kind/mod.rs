//! What the content of bytes is. The name never counts.
//!
//! Magic numbers first; compound files by their streams, packages by their content types; texts last and
//! cautiously: what does not tell stays plain text, bytes that do not tell stay unknown.

mod compound;
mod magic;
mod package;
mod text;

pub(crate) use compound::names_entry;

use strongroom_model::Kind;

/// Returns the kind of content, by content alone.
///
/// ```
/// use strongroom_model::Kind;
/// assert_eq!(strongroom_files::kind_of(b"%PDF-1.7\n"), Kind::Pdf);
/// assert_eq!(strongroom_files::kind_of(b"@echo off\r\ncd %TEMP%\r\n"), Kind::Batch);
/// assert_eq!(strongroom_files::kind_of(b"dear all,\nsee you\n"), Kind::Text);
/// ```
pub fn kind_of(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    match magic::kind_of_magic(bytes) {
        Some(Kind::Ole) => compound::kind_of_bytes(bytes),
        Some(Kind::Zip) => package::kind_of_zip(bytes),
        // Some magic numbers are letters, and a script may begin with them: `ID3=1`, `GIF89a=1`.
        Some(kind @ (Kind::Gif | Kind::Audio | Kind::Video | Kind::Font | Kind::Tiff)) => {
            text::kind_of_text(bytes).unwrap_or(kind)
        }
        Some(kind) => kind,
        None => text::kind_of_text(bytes).unwrap_or(Kind::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::kind_of;
    use strongroom_model::Kind;

    #[test]
    fn text_kinds_are_told_apart_by_content() {
        let cases: &[(&str, Kind)] = &[
            (
                "$a = New-Object Net.WebClient\n$a.DownloadString('x') | iex\n",
                Kind::PowerShell,
            ),
            (
                "param([string]$Name)\nWrite-Host \"hello $Name\"\n",
                Kind::PowerShell,
            ),
            ("powershell -nop -w hidden -enc SQBFAFgA", Kind::Batch),
            ("Attribute VB_Name = \"M\"\r\nSub A()\r\nEnd Sub\r\n", Kind::Vba),
            (
                "Dim s\nSet s = CreateObject(\"WScript.Shell\")\ns.Run \"calc\"\n",
                Kind::Vbs,
            ),
            (
                "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nhello\r\n",
                Kind::Mail,
            ),
            ("<!DOCTYPE html><html><body>x</body></html>", Kind::Html),
            ("<?xml version=\"1.0\"?><a/>", Kind::Xml),
            ("{\"a\": [1, 2]}", Kind::Json),
            ("a,b,c\n1,2,3\n4,5,6\n", Kind::Csv),
            ("WEB\n1\nhttps://a.example/q\n", Kind::Iqy),
            ("[InternetShortcut]\nURL=https://a.example/\n", Kind::Url),
            ("#!/bin/sh\nls\n", Kind::Shell),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", Kind::Pem),
            (
                "Dear customer, our price is $5 and the set is for all.\n",
                Kind::Text,
            ),
            (
                "The password for the subject: see below\nFrom: nobody\n",
                Kind::Text,
            ),
        ];
        for (text, kind) in cases {
            assert_eq!(kind_of(text.as_bytes()), *kind, "{text:?}");
        }
    }

    #[test]
    fn a_text_that_begins_like_a_picture_or_a_song_is_a_text() {
        let text = "ID3=1\n$a = New-Object Net.WebClient\n$a.DownloadString('x') | iex\n";
        assert_eq!(kind_of(text.as_bytes()), Kind::PowerShell);
        assert_eq!(
            kind_of(b"GIF89a=1;var a=function(){eval(a)};var b=a;"),
            Kind::JavaScript
        );
        assert_eq!(
            kind_of(b"GIF89a\x01\0\x01\0\x80\0\0\xFF\xFF\xFF\0\0\0;"),
            Kind::Gif
        );
        assert_eq!(kind_of(b"ID3\x03\0\0\0\0\0\x0A"), Kind::Audio);
    }

    #[test]
    fn utf_16_text_is_text() {
        let wide: Vec<u8> = "\u{feff}$x = Get-Item C:\\\nWrite-Host $x\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(kind_of(&wide), Kind::PowerShell);
    }

    #[test]
    fn bytes_that_do_not_tell_are_unknown() {
        assert_eq!(kind_of(&[0, 1, 2, 3, 0, 255, 254]), Kind::Unknown);
        assert_eq!(kind_of(b""), Kind::Empty);
    }
}
