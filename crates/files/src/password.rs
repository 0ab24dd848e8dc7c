//! Passwords on offer: Office's own, the user's, those of a mail's text, and what samples are locked with by custom.
//!
//! A locked archive travels with its password in the text. The words behind a hint ("password", "암호") come
//! first, then every word of the text that could be one, up to a bound: each candidate costs a key derivation
//! for each locked archive.

use std::collections::HashSet;

/// What Office tries by itself: workbooks that are only protected are encrypted with the first (MS-XLS 2.4.117),
/// presentations with the second.
const OFFICE: [&str; 2] = ["VelvetSweatshop", PRESENTATION];
pub(crate) const PRESENTATION: &str = "/01Hannes Ruescher/01";
/// What samples are exchanged under, and what nobody should choose.
const CONVENTION: [&str; 10] = [
    "infected",
    "infected-test",
    "malware",
    "virus",
    "password",
    "1234",
    "12345",
    "123456",
    "123",
    "4321",
];

/// Where a password comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Office tries it by itself.
    Office,
    /// The user named it.
    User,
    /// A text above offered it.
    Text,
    /// It is custom.
    Convention,
}

impl Source {
    /// Returns the source as it stands in a finding.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Office => "Office tries it by itself",
            Source::User => "named by the user",
            Source::Text => "from the mail's text",
            Source::Convention => "a customary one",
        }
    }
}

/// A password with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    /// The password.
    pub word: String,
    /// Where it comes from.
    pub source: Source,
}

/// Lists what is tried, the likelier first, each once. The user's come before the text's, which may be hundreds.
pub(crate) fn offered(user: &[String], text: &[String]) -> Vec<Offered> {
    let fixed = |words: &'static [&'static str], source| {
        words.iter().map(move |word| Offered {
            word: (*word).to_owned(),
            source,
        })
    };
    let given = |words: &[String], source| -> Vec<Offered> {
        let word = |word: &String| Offered {
            word: word.clone(),
            source,
        };
        words.iter().map(word).collect()
    };
    let mut seen = HashSet::new();
    fixed(&OFFICE, Source::Office)
        .chain(given(user, Source::User))
        .chain(fixed(&CONVENTION, Source::Convention))
        .chain(given(text, Source::Text))
        .filter(|offered| seen.insert(offered.word.clone()))
        .collect()
}

/// Candidates of one mail.
const MOST: usize = 300;
/// Words behind a hint that are taken.
const BEHIND: usize = 6;
/// Characters of a candidate.
const LENGTH: std::ops::RangeInclusive<usize> = 3..=40;

static HINTS: [&str; 16] = [
    "password",
    "passcode",
    "passphrase",
    "passwort",
    "kennwort",
    "pwd",
    "pw:",
    "passwd",
    "pass:",
    "code:",
    "pin:",
    "비밀번호",
    "암호",
    "패스워드",
    "密码",
    "パスワード",
];

/// Returns candidates, the likelier first, each once.
pub(crate) fn candidates(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Candidates::default();
    // Words before this one were taken: hints may stand in a row.
    let mut taken = 0;
    for (place, word) in words.iter().enumerate() {
        let lower = word.to_lowercase();
        if HINTS.iter().any(|hint| lower.contains(hint)) {
            let end = place + BEHIND + 1;
            let from = taken.max(place);
            words.iter().take(end).skip(from).for_each(|word| found.add(word));
            taken = end;
        }
    }
    words.iter().for_each(|word| found.add(word));
    found.words.truncate(MOST);
    found.words
}

/// Candidates in their order, each once.
#[derive(Default)]
struct Candidates {
    words: Vec<String>,
    known: HashSet<String>,
}

impl Candidates {
    /// Adds a word as it stands, without its quotes and punctuation, and what stands behind its colon.
    fn add(&mut self, word: &str) {
        if self.words.len() >= MOST {
            return;
        }
        let quotes = |c: char| {
            matches!(c, '"' | '\'' | '(' | ')' | '[' | ']' | '<' | '>' | ',' | ';')
                || ('\u{2018}'..='\u{201d}').contains(&c)
                || matches!(c, '\u{ab}' | '\u{bb}')
        };
        let bare = word.trim_end_matches('.').trim_matches(quotes);
        let unstopped = bare.trim_end_matches(['.', ':', '!', '?']);
        let behind = bare
            .split_once([':', '='])
            .map_or("", |(_, rest)| rest)
            .trim_matches(['"', '\'']);
        for candidate in [behind, unstopped, bare, word] {
            let fits = LENGTH.contains(&candidate.chars().count()) && !candidate.contains("://");
            if fits && !self.known.contains(candidate) {
                self.known.insert(candidate.to_owned());
                self.words.push(candidate.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, candidates, offered};

    #[test]
    fn the_word_behind_the_hint_comes_first() {
        let found =
            candidates("Dear Kim, find the file attached. The password is \"Kim-2019!\". Regards, Lee");
        let place = |word: &str| found.iter().position(|found| found == word).unwrap();
        assert!(place("Kim-2019!") < place("Dear"));
        assert!(candidates("\u{c554}\u{d638}:abc123").contains(&"abc123".to_owned()));
        assert!(candidates("pw:x1y2.").contains(&"x1y2".to_owned()));
    }

    #[test]
    fn each_password_is_offered_once_the_likelier_first() {
        let list = offered(&["infected".to_owned()], &["Kim-2019!".to_owned()]);
        assert_eq!(
            list.iter().filter(|offered| offered.word == "infected").count(),
            1
        );
        let place = |word: &str| list.iter().position(|offered| offered.word == word).unwrap();
        assert!(place("VelvetSweatshop") < place("infected") && place("infected") < place("Kim-2019!"));
        assert_eq!(list[place("infected")].source, Source::User);
    }

    #[test]
    fn hints_in_a_row_are_no_more_work_than_other_words() {
        let several: String = (0..90).map(|n| format!("word{n} ")).collect();
        let text = several + &"pwd ".repeat(400_000);
        let begun = std::time::Instant::now();
        assert!(candidates(&text).contains(&"pwd".to_owned()));
        assert!(begun.elapsed().as_secs() < 15);
    }

    #[test]
    fn a_long_text_gives_no_more_than_the_bound() {
        let text: String = (0..5000).map(|n| format!("word{n} ")).collect();
        assert_eq!(candidates(&text).len(), super::MOST);
    }
}
