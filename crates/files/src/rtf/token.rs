//! The tokens of a rich text: groups, control words and symbols, text, binary data.
//!
//! Word's limits, not the specification's: a control word with its parameter takes at most 253 bytes, and what is
//! longer goes on as text.

use memchr::memchr3;

/// Bytes of a control word with its parameter.
const WORD: usize = 253;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A control word with its parameter; a parameter beyond 64 bits stays at the bound.
    Word(&'a [u8], Option<i64>),
    /// `\'` with the two bytes behind it, whatever they are.
    Hex(&'a [u8]),
    /// Any other control symbol.
    Symbol(u8),
    /// Text up to the next brace or backslash.
    Text(&'a [u8]),
    /// The data of a `\bin`; the second says that it claims more than the file holds.
    Bin(&'a [u8], bool),
}

/// The tokens in their order, each with the byte where it begins.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
    binary: Option<i64>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Tokens {
            bytes,
            at: 0,
            binary: None,
        }
    }

    /// Returns the place of the next token.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn control(&mut self, rest: &'a [u8]) -> Token<'a> {
        match rest.get(1) {
            Some(byte) if byte.is_ascii_alphabetic() => self.word(rest),
            Some(b'\'') => {
                let digits = rest.get(2..4).or(rest.get(2..)).unwrap_or_default();
                self.at += 2 + digits.len();
                Token::Hex(digits)
            }
            Some(symbol) => {
                self.at += 2;
                Token::Symbol(*symbol)
            }
            None => {
                self.at += 1;
                Token::Text(rest)
            }
        }
    }

    fn word(&mut self, rest: &'a [u8]) -> Token<'a> {
        let body = rest.get(1..).unwrap_or_default();
        let body = body.get(..WORD).unwrap_or(body);
        let letters = body
            .iter()
            .position(|byte| !byte.is_ascii_alphabetic())
            .unwrap_or(body.len());
        let (name, behind) = body.split_at(letters);
        let (parameter, digits) = parameter(behind);
        self.at += 1 + letters + digits;
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if name == b"bin" {
            self.binary = parameter.filter(|length| *length > 0);
        }
        Token::Word(name, parameter)
    }

    fn binary(&mut self, length: i64) -> Token<'a> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let data = rest.get(..length).unwrap_or(rest);
        self.at += data.len();
        Token::Bin(data, data.len() < length)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(length) = self.binary.take() {
            return Some(self.binary(length));
        }
        let rest = self.bytes.get(self.at..)?;
        Some(match *rest.first()? {
            b'{' => {
                self.at += 1;
                Token::Open
            }
            b'}' => {
                self.at += 1;
                Token::Close
            }
            b'\\' => self.control(rest),
            _ => {
                let end = memchr3(b'\\', b'{', b'}', rest).unwrap_or(rest.len());
                self.at += end;
                Token::Text(rest.get(..end).unwrap_or_default())
            }
        })
    }
}

/// Reads a signed number; a hyphen without digits is text.
fn parameter(bytes: &[u8]) -> (Option<i64>, usize) {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let digits = bytes.get(sign..).unwrap_or_default();
    let count = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    if count == 0 {
        return (None, 0);
    }
    let value = digits.iter().take(count).fold(0i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    (Some(if sign == 1 { -value } else { value }), sign + count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &[u8]) -> Vec<Token<'_>> {
        Tokens::new(text).collect()
    }

    #[test]
    fn words_symbols_and_groups_are_told_apart() {
        assert_eq!(
            tokens(b"{\\rtf1\\a-1 b\\b-c\\~\\'4g}"),
            [
                Token::Open,
                Token::Word(b"rtf", Some(1)),
                Token::Word(b"a", Some(-1)),
                Token::Text(b"b"),
                Token::Word(b"b", None),
                Token::Text(b"-c"),
                Token::Symbol(b'~'),
                Token::Hex(b"4g"),
                Token::Close
            ]
        );
    }

    #[test]
    fn binary_data_is_taken_by_its_length() {
        assert_eq!(
            tokens(b"\\bin0003 {}\\x"),
            [
                Token::Word(b"bin", Some(3)),
                Token::Bin(b"{}\\", false),
                Token::Text(b"x")
            ]
        );
        assert_eq!(
            tokens(b"\\bin-3 ab"),
            [Token::Word(b"bin", Some(-3)), Token::Text(b"ab")]
        );
        assert_eq!(
            tokens(b"\\bin99999999999999999999 ab")[1],
            Token::Bin(b"ab", true)
        );
    }

    #[test]
    fn an_overlong_word_goes_on_as_text() {
        let text = [b"\\".as_slice(), &[b'a'; 250], b"1234567"].concat();
        let tokens = tokens(&text);
        assert_eq!(tokens[1], Token::Text(b"4567"));
    }
}
