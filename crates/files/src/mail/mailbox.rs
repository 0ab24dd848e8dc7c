//! What holds messages: mailboxes of several (mbox, RFC 4155), and bodies whose boundary is not the one that is said.

use crate::scan;

/// Returns the messages of a mailbox, where there are several: each begins with a line `From ` behind an empty one.
pub(super) fn messages(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    if !bytes.starts_with(b"From ") {
        return None;
    }
    let mut starts = vec![0];
    let mut from = 0;
    while let Some(at) = scan::find(bytes, b"\nFrom ", from) {
        from = at + 1;
        let before = bytes.get(..at).unwrap_or_default();
        let empty = before.ends_with(b"\n") || before.ends_with(b"\n\r");
        let line = |rest: &[u8]| rest.iter().position(|byte| *byte == b'\n');
        let next = bytes.get(from..).and_then(|rest| rest.get(line(rest)? + 1..));
        if empty && next.is_some_and(begins_with_field) {
            starts.push(from);
        }
    }
    if starts.len() < 2 {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    Some(
        starts
            .iter()
            .zip(ends)
            .filter_map(|(start, end)| bytes.get(*start..end))
            .collect(),
    )
}

fn begins_with_field(bytes: &[u8]) -> bool {
    let name = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    name > 1 && bytes.get(name) == Some(&b':')
}

/// Returns the message with the boundary that stands in its body: the first line of two dashes before a field of MIME.
pub(super) fn with_own_boundary(bytes: &[u8], said: &str) -> Option<Vec<u8>> {
    let mut from = 0;
    loop {
        let at = scan::find(bytes, b"\n--", from)?;
        let rest = bytes.get(at + 3..)?;
        let length = rest.iter().position(|byte| *byte == b'\n')?;
        let boundary = rest.get(..length)?.trim_ascii_end();
        let field = rest.get(length + 1..)?;
        let is_field = field
            .get(..8)
            .is_some_and(|field| field.eq_ignore_ascii_case(b"content-"));
        if is_field && !boundary.is_empty() && boundary.len() <= 200 {
            let found = std::str::from_utf8(boundary)
                .ok()
                .filter(|found| *found != said && !found.contains('"'))?;
            let head =
                format!("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{found}\"\r\n\r\n");
            return Some([head.as_bytes(), bytes.get(at + 1..)?].concat());
        }
        from = at + 3;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_several_messages() {
        let text = b"From a@b.example Mon\nSubject: one\n\nFrom here on\n\nFrom c@d.example Tue\nSubject: two\n\nx\n";
        let found = messages(text).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[1].starts_with(b"From c@d"));
        assert_eq!(messages(b"From a\nSubject: x\n\ny\n"), None);
    }

    #[test]
    fn the_boundary_of_the_body_counts() {
        let text = b"Content-Type: multipart/mixed; boundary=said\r\n\r\n--real\r\nContent-Type: text/plain\r\n\r\nx\r\n--real--\r\n";
        let again = with_own_boundary(text, "said").unwrap();
        assert!(again.starts_with(b"MIME-Version") && again.ends_with(b"--real--\r\n"));
        assert_eq!(with_own_boundary(text, "real"), None);
    }
}
