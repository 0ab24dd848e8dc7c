//! Words of a mail that may open what is attached to it.
//!
//! A locked archive travels with its password in the text. The words behind a hint ("password", "암호") come
//! first, then every word of the text that could be one, up to a bound: each candidate costs a key derivation
//! for each locked archive.

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
    let mut found: Vec<String> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let lower = word.to_lowercase();
        if HINTS.iter().any(|hint| lower.contains(hint)) {
            words
                .iter()
                .skip(place)
                .take(BEHIND + 1)
                .for_each(|word| add(word, &mut found));
        }
    }
    words.iter().for_each(|word| add(word, &mut found));
    found.truncate(MOST);
    found
}

/// Adds a word as it stands, without its quotes and punctuation, and what stands behind its colon.
fn add(word: &str, found: &mut Vec<String>) {
    if found.len() >= MOST {
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
        if fits && !found.iter().any(|known| known == candidate) {
            found.push(candidate.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::candidates;

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
    fn a_long_text_gives_no_more_than_the_bound() {
        let text: String = (0..5000).map(|n| format!("word{n} ")).collect();
        assert_eq!(candidates(&text).len(), super::MOST);
    }
}
