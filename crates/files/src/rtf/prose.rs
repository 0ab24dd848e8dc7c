//! Text of a destination as its characters.

use encoding_rs::Encoding;

/// Characters put together from bytes in some encoding and from `\u`.
#[derive(Debug)]
pub(super) struct Prose {
    text: String,
    run: Vec<u8>,
    encoding: &'static Encoding,
    /// A first half of a surrogate pair that waits for its second.
    high: Option<u16>,
}

impl Prose {
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        Prose {
            text: String::new(),
            run: Vec::new(),
            encoding,
            high: None,
        }
    }

    /// Takes bytes; line ends are the file's and not the text's.
    pub(super) fn bytes(&mut self, bytes: &[u8], encoding: &'static Encoding) {
        if encoding != self.encoding {
            self.flush();
            self.encoding = encoding;
        }
        for part in bytes.split(|byte| matches!(byte, b'\r' | b'\n')) {
            self.run.extend_from_slice(part);
        }
    }

    /// Takes a character.
    pub(super) fn char(&mut self, c: char) {
        self.flush();
        self.text.push(c);
    }

    /// Takes a text.
    pub(super) fn text(&mut self, text: &str) {
        self.flush();
        self.text.push_str(text);
    }

    /// Takes a UTF-16 unit of `\u`, which writes those above 32,767 as negative.
    pub(super) fn unit(&mut self, unit: u16) {
        let high = self.high.take();
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
            return;
        }
        let units = high.into_iter().chain([unit]);
        let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        for c in chars {
            self.char(c);
        }
    }

    /// Returns the byte of the text at which the next character will stand.
    pub(super) fn place(&mut self) -> usize {
        self.flush();
        self.text.len()
    }

    fn flush(&mut self) {
        if !self.run.is_empty() {
            let text = self.encoding.decode_without_bom_handling(&self.run).0;
            self.text.push_str(&text);
            self.run.clear();
        }
    }

    /// Returns the text.
    pub(super) fn into_text(mut self) -> String {
        self.flush();
        self.text
    }
}
