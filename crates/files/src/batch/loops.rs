//! `for`: over words, numbers, and the lines and tokens of texts and commands' output.

use super::parse::For;
use super::shell::{Flow, Shell};
use strongroom_model::Limit;

/// What one round puts into the variables.
type Round = Vec<(char, Option<String>)>;

impl Shell<'_, '_> {
    pub(super) fn repeat(&mut self, each: &For) -> Result<Flow, Limit> {
        let set = self.late(&each.set)?;
        match each.kind {
            Some('l') => return self.count(each, &set),
            Some('f') => {
                let rounds = self.tokens(each, &set)?;
                return self.rounds(each, rounds);
            }
            Some(_) => return self.rounds(each, vec![vec![(each.variable, None)]]),
            None => {}
        }
        let words = words(&set);
        let rounds = words
            .into_iter()
            .map(|word| {
                // Names of files that are there.
                let matches = word.contains(['*', '?']);
                vec![(each.variable, (!matches).then_some(word))]
            })
            .collect();
        self.rounds(each, rounds)
    }

    fn rounds(&mut self, each: &For, rounds: Vec<Round>) -> Result<Flow, Limit> {
        for round in rounds {
            self.budget.step()?;
            let before = self.loops.len();
            self.loops.extend(round);
            let flow = self.node(&each.body);
            self.loops.truncate(before);
            match flow? {
                Flow::Next => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::Next)
    }

    /// `for /l %i in (start,step,end)`
    fn count(&mut self, each: &For, set: &str) -> Result<Flow, Limit> {
        let numbers: Vec<Option<i64>> = set
            .split([',', ' ', ';', '='])
            .filter(|part| !part.is_empty())
            .map(|part| part.trim().parse().ok())
            .collect();
        let [Some(start), Some(step), Some(end)] = numbers.as_slice() else {
            return self.rounds(each, vec![vec![(each.variable, None)]]);
        };
        let mut at = *start;
        while (*step >= 0 && at <= *end) || (*step < 0 && at >= *end) {
            match self.rounds(each, vec![vec![(each.variable, Some(at.to_string()))]])? {
                Flow::Next => {}
                other => return Ok(other),
            }
            at = at.saturating_add(*step);
        }
        Ok(Flow::Next)
    }

    /// `for /f "options" %i in (set)`
    fn tokens(&mut self, each: &For, set: &str) -> Result<Vec<Round>, Limit> {
        let options = Options::of(&each.options);
        let set = set.trim();
        let (command, text) = if options.back_quotes {
            ('`', '\'')
        } else {
            ('\'', '"')
        };
        let inside = |quote: char| {
            set.strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote))
                .map(str::to_owned)
        };
        let content = if let Some(line) = inside(command) {
            self.output_of(&line)?
        } else if let Some(text) = inside(text) {
            Some(text)
        } else {
            self.content_of(set.trim_matches('"'))
        };
        let Some(content) = content else {
            return Ok(vec![options.unknown(each.variable)]);
        };
        self.budget.build(content.len())?;
        let lines = content.lines().skip(options.skip);
        Ok(lines
            .filter_map(|line| options.round(line, each.variable))
            .collect())
    }
}

/// Splits at blanks and `,;=` outside quotes.
pub(super) fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        quoted ^= c == '"';
        if !quoted && (c.is_whitespace() || matches!(c, ',' | ';' | '=')) {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The options of `for /f`.
struct Options {
    end_of_line: Option<char>,
    skip: usize,
    delimiters: String,
    /// Tokens from 1, and whether the rest of the line is the last.
    tokens: Vec<usize>,
    rest: bool,
    back_quotes: bool,
}

impl Options {
    fn of(text: &str) -> Self {
        let mut options = Options {
            end_of_line: Some(';'),
            skip: 0,
            delimiters: " \t".to_owned(),
            tokens: vec![1],
            rest: false,
            back_quotes: false,
        };
        let text = text.trim().trim_matches('"');
        let lower = text.to_ascii_lowercase();
        options.back_quotes = lower.contains("usebackq");
        if let Some(at) = lower.find("delims=") {
            // The delimiters go on to the next option, or to the end.
            let rest = text.get(at + 7..).unwrap_or_default();
            let end = [" tokens=", " eol=", " skip=", " usebackq"]
                .iter()
                .filter_map(|next| rest.to_ascii_lowercase().find(next))
                .min()
                .unwrap_or(rest.len());
            options.delimiters = rest.get(..end).unwrap_or_default().to_owned();
        }
        if let Some(at) = lower.find("eol=") {
            options.end_of_line = text
                .get(at + 4..)
                .and_then(|rest| rest.chars().next())
                .filter(|c| *c != ' ');
        }
        let number = |name: &str| {
            let at = lower.find(name)? + name.len();
            lower.get(at..)?.split(' ').next().map(str::to_owned)
        };
        if let Some(skip) = number("skip=").and_then(|skip| skip.parse().ok()) {
            options.skip = skip;
        }
        if let Some(tokens) = number("tokens=") {
            options.tokens.clear();
            for part in tokens.split(',') {
                options.token(part);
            }
            options.tokens.sort_unstable();
            options.tokens.dedup();
        }
        options
    }

    fn token(&mut self, part: &str) {
        let part = match part.strip_suffix('*') {
            Some(part) => {
                self.rest = true;
                part
            }
            None => part,
        };
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) {
            self.tokens
                .extend((first..=last.min(first + 31)).filter(|token| *token > 0));
        }
    }

    /// Returns the variables that follow the first in the alphabet.
    fn names(&self, first: char) -> impl Iterator<Item = char> {
        let count = self.tokens.len() + usize::from(self.rest);
        (0..count.max(1))
            .filter_map(move |place| char::from_u32(u32::from(first) + u32::try_from(place).ok()?))
    }

    fn unknown(&self, first: char) -> Round {
        self.names(first).map(|name| (name, None)).collect()
    }

    fn round(&self, line: &str, first: char) -> Option<Round> {
        if line.is_empty() || self.end_of_line.is_some_and(|end| line.starts_with(end)) {
            return None;
        }
        let delimiter = |c: char| self.delimiters.contains(c);
        let (mut values, mut rest, mut number) = (Vec::new(), line, 0);
        let most = self.tokens.last().copied().unwrap_or(0);
        while number < most {
            rest = rest.trim_start_matches(delimiter);
            if rest.is_empty() {
                break;
            }
            number += 1;
            let end = rest.find(delimiter).unwrap_or(rest.len());
            if self.tokens.contains(&number) {
                values.push(rest.get(..end).unwrap_or_default().to_owned());
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        // A line without the first token that is asked for runs nothing.
        if values.is_empty() && !(self.rest && most == 0) {
            return None;
        }
        if self.rest {
            values.push(rest.trim_start_matches(delimiter).to_owned());
        }
        let mut values = values.into_iter();
        Some(
            self.names(first)
                .map(|name| (name, Some(values.next().unwrap_or_default())))
                .collect(),
        )
    }
}
