//! Redirections: the files that a command reads and writes.

use super::{Command, Parse, Parser};

impl Parser {
    /// `> file`, `>> file`, `< file`, `2>&1`; what goes to a stream other than the first is no output of ours.
    pub(super) fn redirections(&mut self, command: &mut Command, first: Option<char>) -> Parse<()> {
        let mut stream = first;
        loop {
            let before = self.at;
            self.skip(|c| matches!(c, ' ' | '\t'));
            if let Some(digit) = self.peek().filter(char::is_ascii_digit)
                && matches!(self.chars.get(self.at + 1), Some('>' | '<'))
            {
                stream = Some(digit);
                self.at += 1;
            }
            let reads = match self.peek() {
                Some('>') => false,
                Some('<') => true,
                _ => {
                    self.at = before;
                    return Ok(());
                }
            };
            self.at += 1;
            let append = !reads && self.eat('>');
            let stream = stream.take();
            if self.eat('&') {
                self.skip(|c| c.is_ascii_digit());
                continue;
            }
            let file = self.file_name();
            match (reads, stream) {
                (true, None | Some('0')) => command.input = Some(file),
                (false, None | Some('1')) => command.outputs.push((file, append)),
                _ => {}
            }
        }
    }

    fn file_name(&mut self) -> String {
        self.skip(|c| matches!(c, ' ' | '\t'));
        let (mut text, mut quoted) = (String::new(), false);
        while let Some(c) = self.peek() {
            if !quoted && (c.is_whitespace() || matches!(c, '&' | '|' | ')' | '<' | '>')) {
                break;
            }
            self.at += 1;
            match c {
                '"' => quoted = !quoted,
                // A caret keeps the next character from meaning anything.
                '^' if !quoted => {
                    if let Some(next) = self.peek().filter(|next| *next != '\n') {
                        text.push(next);
                        self.at += 1;
                    }
                }
                c => text.push(c),
            }
        }
        text
    }
}
