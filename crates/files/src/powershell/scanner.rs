//! A cursor over PowerShell text: characters, blanks, comments, names, numbers.
//!
//! PowerShell has no one token stream: what `-a` or `5` or `{` is depends on whether a command or an
//! expression is being read. So the parser asks this cursor for what it expects next, as PowerShell's own
//! parser does with its tokenizer modes.

use super::value::{IntKind, Value};

#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Scanner { source, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back (or on) to a place that this cursor returned before.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    pub(super) fn source(&self) -> &'s str {
        self.source
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Returns the character `n` characters ahead.
    pub(super) fn ahead(&self, n: usize) -> Option<char> {
        self.rest().chars().nth(n)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes the text if it stands next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let stands = self.rest().starts_with(text);
        if stands {
            self.at += text.len();
        }
        stands
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.source.len()
    }

    /// Skips blanks, comments and continued lines, but not the end of the line.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some('<') if self.rest().starts_with("<#") => self.skip_block_comment(),
                Some('#') => self.skip_line_comment(),
                Some('`') if self.continues_line() => {
                    self.bump();
                    self.eat("\r");
                    self.eat("\n");
                }
                Some(c) if is_blank(c) => {
                    self.bump();
                }
                _ => return,
            }
        }
    }

    /// Skips blanks, comments and ends of lines.
    pub(super) fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !matches!(self.peek(), Some('\n' | '\r')) {
                return;
            }
            self.bump();
        }
    }

    /// Skips what may stand between two statements.
    pub(super) fn skip_separators(&mut self) {
        loop {
            self.skip_lines();
            if !self.eat(";") {
                return;
            }
        }
    }

    fn continues_line(&self) -> bool {
        matches!(self.ahead(1), Some('\n' | '\r'))
    }

    fn skip_line_comment(&mut self) {
        let rest = self.rest();
        self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
    }

    fn skip_block_comment(&mut self) {
        let rest = self.rest();
        self.at += rest.find("#>").map_or(rest.len(), |end| end + 2);
    }

    /// Takes characters while the test holds.
    pub(super) fn take_while(&mut self, test: impl Fn(char) -> bool) -> &'s str {
        let rest = self.rest();
        let length = rest.find(|c| !test(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Returns the word of letters that stands next in lower case, without taking it.
    pub(super) fn peek_word(&self) -> String {
        let mut ahead = *self;
        ahead.take_while(is_name).to_ascii_lowercase()
    }

    /// Takes the word if it stands next, whatever its case, and no further name character follows.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let stands = self.peek_word() == word;
        if stands {
            self.at += word.len();
        }
        stands
    }

    /// Takes the name behind a `$` that was already taken: `name`, `scope:name`, `{any text}`, `_`, `$`, `?`, `^`.
    pub(super) fn variable(&mut self) -> Option<String> {
        match self.peek()? {
            '{' => {
                self.bump();
                Some(self.braced_name())
            }
            c @ ('$' | '?' | '^') => {
                self.bump();
                Some(c.to_string())
            }
            c if is_name(c) => Some(self.scoped_name()),
            _ => None,
        }
    }

    fn braced_name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.bump() {
            match c {
                '}' => break,
                '`' => name.extend(self.bump()),
                c => name.push(c),
            }
        }
        name
    }

    fn scoped_name(&mut self) -> String {
        let mut name = self.take_while(is_name).to_owned();
        let names_on = self.ahead(1).is_some_and(is_name);
        if self.peek() == Some(':') && names_on {
            self.bump();
            name.push(':');
            name.push_str(self.take_while(is_name));
        }
        name
    }

    /// Takes a number if one stands next and ends there: `5`, `0x1F`, `1.5e3`, `10kb`, `7L`.
    pub(super) fn number(&mut self) -> Option<Value> {
        let start = self.at;
        let value = self.number_body();
        let ends = !self
            .peek()
            .is_some_and(|c| is_name(c) || (c == '.' && self.ahead(1).is_some_and(|d| d.is_ascii_digit())));
        if value.is_none() || !ends {
            self.at = start;
            return None;
        }
        value
    }

    fn number_body(&mut self) -> Option<Value> {
        if self.eat("0x") || self.eat("0X") {
            let digits = self.take_while(|c| c.is_ascii_hexdigit());
            let value = hexadecimal(digits)?;
            return self.suffixed(value);
        }
        let start = self.at;
        let whole = self.take_while(|c| c.is_ascii_digit());
        let fraction = self.peek() == Some('.') && self.ahead(1).is_some_and(|c| c.is_ascii_digit());
        let trailing = self.peek() == Some('.') && !whole.is_empty() && !self.dot_goes_on();
        if fraction || trailing {
            self.bump();
            self.take_while(|c| c.is_ascii_digit());
        }
        if whole.is_empty() && !fraction {
            return None;
        }
        let exponent = self.exponent();
        let text = self.source.get(start..self.at).unwrap_or_default();
        let value = if fraction || trailing || exponent {
            Value::Double(text.parse().ok()?)
        } else {
            decimal(text)
        };
        self.suffixed(value)
    }

    /// Whether the dot ahead begins a range or a member.
    fn dot_goes_on(&self) -> bool {
        self.ahead(1).is_some_and(|c| c == '.' || is_name(c))
    }

    fn exponent(&mut self) -> bool {
        let start = self.at;
        if !(self.eat("e") || self.eat("E")) {
            return false;
        }
        if !self.eat("+") {
            self.eat("-");
        }
        if self.take_while(|c| c.is_ascii_digit()).is_empty() {
            self.at = start;
            return false;
        }
        true
    }

    fn suffixed(&mut self, value: Value) -> Option<Value> {
        let suffix = self.take_while(|c| c.is_ascii_alphabetic()).to_ascii_lowercase();
        let (kind, unit) = ["kb", "mb", "gb", "tb", "pb"]
            .iter()
            .position(|unit| suffix.ends_with(unit))
            .map_or((suffix.as_str(), 0), |place| {
                (suffix.get(..suffix.len() - 2).unwrap_or_default(), place + 1)
            });
        let factor = 1_i64 << (10 * unit);
        match (value, kind) {
            (Value::Int(_, n), "l") => Some(Value::Int(IntKind::Int64, n.checked_mul(factor)?)),
            (Value::Int(_, n), "") if unit > 0 => Some(Value::integer(n.checked_mul(factor)?)),
            (Value::Double(n), "") => Some(Value::Double(n * factor as f64)),
            (value, "") => Some(value),
            _ => None,
        }
    }
}

/// A decimal literal takes the smallest of int, long and double that holds it.
fn decimal(text: &str) -> Value {
    text.parse::<i64>()
        .map(Value::integer)
        .unwrap_or_else(|_| Value::Double(text.parse().unwrap_or(f64::INFINITY)))
}

/// A hexadecimal literal of eight digits is a signed int, one of sixteen a signed long.
fn hexadecimal(digits: &str) -> Option<Value> {
    let significant = digits.trim_start_matches('0');
    let bits = u64::from_str_radix(if significant.is_empty() { "0" } else { significant }, 16).ok()?;
    Some(if digits.is_empty() {
        return None;
    } else if significant.len() <= 8 {
        Value::Int(IntKind::Int32, i64::from(bits as u32 as i32))
    } else {
        Value::Int(IntKind::Int64, bits as i64)
    })
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{b}' | '\u{c}' | '\u{a0}' | '\u{85}' | '\u{feff}'
    ) || (c > '\u{7f}' && c.is_whitespace())
}

pub(super) fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

pub(super) fn is_single_quote(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’' | '‚' | '‛')
}

pub(super) fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '―')
}
