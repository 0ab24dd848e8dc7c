//! The built-in commands: variables, calls, shells inside, files.

use super::super::Started;
use super::super::arithmetic;
use super::super::loops::words;
use super::{Flow, MOST_LEVELS, MOST_STARTED, Shell};
use base64::Engine as _;
use std::collections::BTreeSet;
use strongroom_model::Limit;

impl Shell<'_, '_> {
    /// Runs one command whose text is complete.
    pub(super) fn command(&mut self, text: &str) -> Result<Flow, Limit> {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '='));
        if text.is_empty() {
            return Ok(Flow::Next);
        }
        let (word, rest) = first_word(text);
        let name = word.to_ascii_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        match name {
            "set" => self.set(rest)?,
            "echo" => self.echo(rest)?,
            "call" => return self.call(rest.trim_start()),
            "goto" if self.file => return self.jump(rest),
            "exit" => {
                let back = rest.to_ascii_lowercase().contains("/b");
                return Ok(match (self.uncertain, back) {
                    (1.., _) => Flow::Next,
                    (_, true) => Flow::Back,
                    _ => Flow::Exit,
                });
            }
            "setlocal" => {
                let kept = (self.snapshot()?, self.delayed);
                self.kept.push(kept);
                let lower = rest.to_ascii_lowercase();
                self.delayed |= lower.contains("enabledelayedexpansion");
                self.delayed &= !lower.contains("disabledelayedexpansion");
            }
            "endlocal" => {
                if let Some((variables, delayed)) = self.kept.pop() {
                    self.variables = variables;
                    self.delayed = delayed;
                }
            }
            "shift" => {
                if self.arguments.len() > 1 {
                    self.arguments.remove(1);
                }
            }
            "type" => {
                let content = self.content_of(rest);
                self.emit(content.as_deref())?;
            }
            "del" | "erase" => self.delete(rest),
            "copy" => self.copy(rest)?,
            "move" | "ren" | "rename" => self.rename(rest),
            "rem" | "title" | "color" | "cls" | "pause" | "prompt" | "ver" | "verify" | "vol" | "break"
            | "cd" | "chdir" | "pushd" | "popd" | "md" | "mkdir" | "rd" | "rmdir" | "date" | "time"
            | "path" | "mode" | "timeout" | "chcp" | "attrib" | "dir" | "assoc" | "ftype" => {
                if matches!(name, "dir" | "assoc" | "ftype" | "ver" | "path" | "cd") {
                    self.emit(None)?;
                }
            }
            "find" | "findstr" | "more" | "sort" => self.emit(None)?,
            "cmd" => return self.shell(text, rest),
            "start" => return self.command(start_target(rest)),
            "certutil" if rest.to_ascii_lowercase().contains("decode") => {
                self.decode(rest)?;
                self.start(text)?;
            }
            "forfiles" | "pcalua" | "conhost" | "wmic" => {
                self.start(text)?;
                if let Some(inner) = handed_on(name, rest) {
                    self.level += 1;
                    if self.level < MOST_LEVELS {
                        self.typed(&inner)?;
                    }
                    self.level -= 1;
                }
            }
            _ if is_cmd(name) => return self.shell(text, rest),
            _ => self.start(text)?,
        }
        Ok(Flow::Next)
    }

    fn start(&mut self, line: &str) -> Result<(), Limit> {
        self.emit(None)?;
        self.budget.build(line.len())?;
        if self.ran.started.len() >= MOST_STARTED {
            return Err(Limit::Rows);
        }
        let started = Started {
            line: line.trim_end().to_owned(),
            input: self.input.take().filter(|input| !input.is_empty()),
            at: self.at,
        };
        if !self.ran.started.contains(&started) {
            self.ran.started.push(started);
        }
        Ok(())
    }

    /// `set name=value`, `set "name=value"`, `set /a`, `set /p`, `set name`
    fn set(&mut self, rest: &str) -> Result<(), Limit> {
        let rest = rest.trim_start();
        let lower = rest.to_ascii_lowercase();
        if lower.starts_with("/a") {
            let sum = rest.get(2..).unwrap_or_default().trim().replace('"', "");
            let value = arithmetic::evaluate(&sum, &mut self.variables);
            // In a file the result is not written out.
            let value = value.map(|value| value.to_string());
            return if self.file {
                Ok(())
            } else {
                self.emit(value.as_deref())
            };
        }
        let (asks, rest) = match lower.starts_with("/p") {
            true => (true, rest.get(2..).unwrap_or_default().trim_start()),
            false => (false, rest),
        };
        let rest = match rest.strip_prefix('"') {
            // What stands behind the last quote does not count.
            Some(inner) => inner.rsplit_once('"').map_or(inner, |(inner, _)| inner),
            None => rest,
        };
        let Some((name, value)) = rest.split_once('=') else {
            return self.print(rest.trim());
        };
        if asks {
            return self.ask(name, value);
        }
        if name.is_empty() {
            return Ok(());
        }
        if value.is_empty() {
            self.variables.unset(name);
        } else {
            self.budget.build(value.len())?;
            self.variables.set(name, Some(value.to_owned()));
        }
        Ok(())
    }

    /// `set /p name=prompt` writes the prompt out and reads a line; without a name it is a way to write without a line's end.
    fn ask(&mut self, name: &str, prompt: &str) -> Result<(), Limit> {
        let prompt = prompt.trim_start();
        let prompt = match prompt.strip_prefix('"') {
            Some(inner) => inner.rsplit_once('"').map_or(inner, |(inner, _)| inner),
            None => prompt,
        };
        self.emit(Some(prompt))?;
        let input = self.input.take();
        if !name.is_empty() {
            let line = input.and_then(|input| input.lines().next().map(str::to_owned));
            self.variables.set(name, line);
        }
        Ok(())
    }

    /// `set name` writes out all variables that begin so; those of the machine are among them where none is named.
    fn print(&mut self, start: &str) -> Result<(), Limit> {
        let own = self.variables.beginning(start);
        if start.is_empty() || own.is_empty() {
            return self.emit(None);
        }
        for (name, value) in own {
            let line = value.map(|value| format!("{name}={value}\r\n"));
            self.emit(line.as_deref())?;
        }
        Ok(())
    }

    fn echo(&mut self, rest: &str) -> Result<(), Limit> {
        let text = rest
            .strip_prefix(|c: char| ".:(,;+/\\[] \t=".contains(c))
            .unwrap_or(rest);
        if matches!(text.trim().to_ascii_lowercase().as_str(), "on" | "off") {
            return Ok(());
        }
        self.emit(Some(&format!("{text}\r\n")))
    }

    fn call(&mut self, rest: &str) -> Result<Flow, Limit> {
        if self.level >= MOST_LEVELS {
            return Err(Limit::Nesting);
        }
        self.level += 1;
        let flow = self.called(rest);
        self.level -= 1;
        flow
    }

    fn called(&mut self, rest: &str) -> Result<Flow, Limit> {
        let text = self.early(rest)?;
        if !(self.file && text.starts_with(':')) {
            // A second round through all phases but the cut into commands.
            let text = self.late(&text)?;
            let flow = self.command(&text)?;
            return Ok(if flow == Flow::Exit { flow } else { Flow::Next });
        }
        let mut arguments = words(&text);
        let label = arguments.first().cloned().unwrap_or_default();
        let Some(place) = self.label(&label) else {
            return Ok(Flow::Next);
        };
        std::mem::swap(&mut self.arguments, &mut arguments);
        let at = self.at;
        let mut visited = BTreeSet::new();
        let flow = self.run_ways(place, &mut visited);
        self.reached.extend(visited);
        self.at = at;
        self.arguments = arguments;
        Ok(match flow? {
            Flow::Exit if self.uncertain == 0 => Flow::Exit,
            _ => Flow::Next,
        })
    }

    fn jump(&mut self, rest: &str) -> Result<Flow, Limit> {
        let label = rest.trim();
        Ok(match (self.uncertain, label.to_ascii_lowercase().as_str()) {
            (1.., ":eof") => Flow::Next,
            (1.., _) => {
                self.begin_way(label)?;
                Flow::Next
            }
            (_, ":eof") => Flow::Back,
            _ => Flow::Goto(label.to_owned()),
        })
    }

    /// `cmd /v:on /c "…"`: a shell of its own, with the variables of this one.
    fn shell(&mut self, text: &str, rest: &str) -> Result<Flow, Limit> {
        let Some((switches, inner)) = after_switch(rest) else {
            // A shell that reads its commands from the pipe.
            if let Some(input) = self.input.take() {
                return self.inner(&input, self.delayed);
            }
            self.start(text)?;
            return Ok(Flow::Next);
        };
        let delayed = switches.contains("/v") && !switches.contains("/v:off");
        self.inner(&inner, delayed)
    }

    fn inner(&mut self, lines: &str, delayed: bool) -> Result<Flow, Limit> {
        if self.level >= MOST_LEVELS {
            return Err(Limit::Nesting);
        }
        let variables = self.snapshot()?;
        self.level += 1;
        let before = (self.delayed, self.file, std::mem::take(&mut self.loops));
        self.delayed = delayed;
        self.file = false;
        let mut result = Ok(Flow::Next);
        for line in lines.lines() {
            result = self.typed(line);
            if result.is_err() {
                break;
            }
        }
        (self.delayed, self.file, self.loops) = before;
        self.variables = variables;
        self.level -= 1;
        result.map(|_| Flow::Next)
    }

    fn delete(&mut self, rest: &str) {
        for word in words(rest) {
            if !word.starts_with('/') && self.ran.deleted.len() < MOST_STARTED {
                self.ran
                    .deleted
                    .push((word.trim_matches('"').to_owned(), self.at));
            }
        }
    }

    /// `move a b`, `ren a b`: what the script has written has another name then.
    fn rename(&mut self, rest: &str) {
        let words = words(rest);
        let files: Vec<&str> = words
            .iter()
            .filter(|word| !word.starts_with('/'))
            .map(|word| word.trim_matches('"'))
            .collect();
        let [from, to] = files.as_slice() else { return };
        // A name alone stays in the folder of the other.
        let to = match from.rfind(['\\', '/']).filter(|_| !to.contains(['\\', '/'])) {
            Some(end) => format!("{}{to}", from.get(..=end).unwrap_or_default()),
            None => (*to).to_owned(),
        };
        if let Some((_, content)) = self.files.remove(&from.to_lowercase()) {
            self.files.insert(to.to_lowercase(), (to, content));
        }
    }

    /// `copy /b a+b c`
    fn copy(&mut self, rest: &str) -> Result<(), Limit> {
        let files: Vec<String> = words(rest)
            .into_iter()
            .filter(|word| !word.starts_with('/'))
            .collect();
        let [parts @ .., to] = files.as_slice() else {
            return Ok(());
        };
        let parts = parts.join("+");
        let mut content = Some(String::new());
        for part in parts.split('+').filter(|part| !part.is_empty()) {
            content = content.zip(self.content_of(part)).map(|(all, more)| all + &more);
        }
        if content.as_deref().is_some_and(|content| !content.is_empty()) {
            self.write(&[(to.trim_matches('"').to_owned(), false)], content)?;
        }
        Ok(())
    }

    /// `certutil -decode from to`, of a file that the script has written.
    fn decode(&mut self, rest: &str) -> Result<(), Limit> {
        let words = words(rest);
        let files: Vec<&String> = words
            .iter()
            .filter(|word| !word.starts_with(['-', '/']))
            .collect();
        let [from, to, ..] = files.as_slice() else {
            return Ok(());
        };
        let Some(text) = self.content_of(from) else {
            return Ok(());
        };
        self.budget.work(text.len())?;
        let hex = rest.to_ascii_lowercase().contains("decodehex");
        if let Some(decoded) = decoded(&text, hex) {
            self.budget.build(decoded.len())?;
            self.put_file(to.trim_matches('"'), false, Some(decoded))?;
        }
        Ok(())
    }
}

/// Decodes as `certutil` does: hexadecimal digits, or base64; of a text with a certificate's marks what stands between them.
fn decoded(text: &str, hex: bool) -> Option<Vec<u8>> {
    let mark = |line: &str, word: &str| line.trim_start().starts_with(word);
    let marked = text.lines().any(|line| mark(line, "-----BEGIN"));
    let inside = text
        .lines()
        .skip_while(|line| marked && !mark(line, "-----BEGIN"))
        .take_while(|line| !mark(line, "-----END"))
        .filter(|line| !mark(line, "-----"));
    let digits: String = inside
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    if hex {
        let pairs = digits.as_bytes().chunks(2);
        return pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
    }
    let digits = digits.trim_end_matches('=');
    base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(digits)
        .ok()
}

/// The first word, which may stand in quotes, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (word, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
        return (word, rest);
    }
    let lower = text.get(..4).unwrap_or_default().to_ascii_lowercase();
    // `echo.` and its like end at the sign.
    let end = if lower == "echo"
        && !text
            .get(4..5)
            .is_some_and(|next| next.chars().all(char::is_alphanumeric))
    {
        4
    } else {
        text.find([' ', '\t', '/', ',', ';', '=', '"', '('])
            .unwrap_or(text.len())
    };
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn is_cmd(name: &str) -> bool {
    let file = name.rsplit(['\\', '/']).next().unwrap_or_default();
    matches!(file, "cmd" | "%comspec%")
}

/// Returns the switches of `cmd` in lower case, and the line behind `/c`, `/k` or `/r` without the quotes around it.
fn after_switch(rest: &str) -> Option<(String, String)> {
    let lower = rest.to_ascii_lowercase();
    let at = ["/c", "/k", "/r"]
        .iter()
        .filter_map(|switch| lower.find(switch))
        .min()?;
    let switches = lower.get(..at)?.to_owned();
    let line = rest.get(at + 2..)?.trim_start();
    let quotes = line.matches('"').count();
    let trimmed = line.trim_end();
    let outer = trimmed.len() > 1 && trimmed.starts_with('"') && trimmed.ends_with('"');
    // Two quotes around a program's path alone stay; else the first and the last go.
    let keeps = quotes == 2
        && outer
        && trimmed.to_ascii_lowercase().ends_with(".exe\"")
        && !trimmed.contains(['&', '<', '>', '(', ')', '@', '^', '|']);
    let inner = if line.starts_with('"') && !keeps {
        let inner = line.strip_prefix('"').unwrap_or(line);
        match inner.rsplit_once('"') {
            Some((before, after)) if outer || quotes % 2 == 0 && quotes > 2 && after.is_empty() => {
                before.to_owned() + after
            }
            // A quoted program with arguments keeps its quotes.
            _ if quotes == 2 => line.to_owned(),
            Some((before, after)) => before.to_owned() + after,
            None => inner.to_owned(),
        }
    } else {
        line.to_owned()
    };
    Some((switches, inner))
}

/// What `start` starts: behind its title and switches.
fn start_target(rest: &str) -> &str {
    let mut rest = rest.trim_start();
    if let Some(title) = rest.strip_prefix('"')
        && let Some((_, behind)) = title.split_once('"')
        && !behind.trim().is_empty()
    {
        rest = behind.trim_start();
    }
    while let Some(switch) = rest.strip_prefix('/') {
        let (word, behind) = switch.split_once(char::is_whitespace).unwrap_or((switch, ""));
        rest = behind.trim_start();
        // The folder stands behind its switch.
        if word.eq_ignore_ascii_case("d") {
            rest = rest
                .split_once(char::is_whitespace)
                .map_or("", |(_, behind)| behind.trim_start());
        }
    }
    rest
}

/// Returns the command line that a program starts in turn.
fn handed_on(name: &str, rest: &str) -> Option<String> {
    let lower = rest.to_ascii_lowercase();
    let behind = |mark: &str| {
        lower
            .find(mark)
            .and_then(|at| rest.get(at + mark.len()..))
            .map(str::trim)
    };
    let line = match name {
        "forfiles" => behind("/c")?.trim_matches('"').to_owned(),
        "pcalua" => behind("-a")?.to_owned(),
        "conhost" => rest.trim().to_owned(),
        _ => {
            let line = behind("call create").or(behind("call \"create\""))?;
            line.trim_matches(['"', '\'']).replace("\\\"", "\"")
        }
    };
    (!line.is_empty()).then_some(line)
}
