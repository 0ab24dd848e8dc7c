//! Lines of a stream under a bound: a longer one is skipped as it flows by, never held whole.

use std::io::{self, BufRead};

/// One line without its line feed.
pub(crate) enum Line<'a> {
    /// A line within the bound; `ended` says whether its line feed was there.
    Text { bytes: &'a [u8], ended: bool },
    /// A line over the bound.
    TooLong,
}

/// A stream cut into lines.
pub(crate) struct Lines<R> {
    input: R,
    held: Vec<u8>,
    line_bytes: u64,
    number: u64,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, line_bytes: u64) -> Self {
        Lines {
            input,
            held: Vec::new(),
            line_bytes,
            number: 0,
            read: 0,
        }
    }

    /// The number of the line that was handed out last, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Bytes taken from the stream so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Returns the next line, `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.held.clear();
        self.number += 1;
        let (mut some, mut long, mut ended) = (false, false, false);
        while !ended {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            some = true;
            let feed = memchr::memchr(b'\n', chunk);
            let part = chunk.get(..feed.unwrap_or(chunk.len())).unwrap_or_default();
            long |= (self.held.len() + part.len()) as u64 > self.line_bytes;
            if !long {
                self.held.extend_from_slice(part);
            }
            let used = part.len() + usize::from(feed.is_some());
            ended = feed.is_some();
            self.input.consume(used);
            self.read += used as u64;
        }
        Ok(match (some, long) {
            (false, _) => None,
            (true, true) => Some(Line::TooLong),
            (true, false) => Some(Line::Text {
                bytes: self.held.strip_suffix(b"\r").unwrap_or(&self.held),
                ended,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn cut(text: &[u8], bound: u64) -> Vec<Option<(Vec<u8>, bool)>> {
        let mut lines = Lines::new(BufReader::with_capacity(3, text), bound);
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(match line {
                Line::Text { bytes, ended } => Some((bytes.to_vec(), ended)),
                Line::TooLong => None,
            });
        }
        all
    }

    #[test]
    fn lines_end_at_feeds_and_the_last_may_lack_one() {
        let some = |text: &[u8], ended| Some((text.to_vec(), ended));
        assert_eq!(
            cut(b"ab\r\n\nlong", 10),
            [some(b"ab", true), some(b"", true), some(b"long", false)]
        );
        assert_eq!(cut(b"", 10), []);
    }

    #[test]
    fn a_line_over_the_bound_is_skipped_and_the_next_is_read() {
        let all = cut(b"0123456789\nab\n0123456789", 4);
        assert_eq!(all, [None, Some((b"ab".to_vec(), true)), None]);
    }
}
