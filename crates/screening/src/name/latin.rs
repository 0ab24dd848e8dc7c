//! A name of any script in lower-case Latin letters, digits and blanks: what everything of `strongroom-name/1` starts
//! from. Characters go through the tables of `any_ascii`; nothing here knows languages.

use super::exact::is_dropped;
use any_ascii::any_ascii_char;
use icu_normalizer::ComposingNormalizerBorrowed;

/// The letters of a name that are looked at; a name that goes on is compared by its beginning, and never taken for the same.
pub(super) const LETTERS: usize = 512;

/// A word in Latin letters, and whether its script writes no vowels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LatinWord {
    pub(super) text: String,
    pub(super) abjad: bool,
}

/// Returns the words of a text, and whether something was cut off.
pub(super) fn words(text: &str) -> (Vec<LatinWord>, bool) {
    let head: String = text.chars().take(LETTERS).collect();
    let mut cut = head.len() < text.len();
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(&head);
    let mut words: Vec<LatinWord> = Vec::new();
    let mut open = false;
    let mut letters = 0;
    let mut characters = composed.chars().peekable();
    while let Some(character) = characters.next() {
        if is_dropped(character) {
            if is_apostrophe(character) && open {
                skip_possessive(&mut characters);
            }
            continue;
        }
        // A percent sign or a middle dot parts words; a soft sign, which has no letter either, does not.
        if !character.is_alphanumeric() {
            open = false;
            continue;
        }
        for byte in any_ascii_char(character)
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
        {
            letters += 1;
            if letters > LETTERS {
                cut = true;
                break;
            }
            if !open {
                words.push(LatinWord {
                    text: String::new(),
                    abjad: is_abjad(character),
                });
                open = true;
            }
            if let Some(word) = words.last_mut() {
                word.text.push(char::from(byte.to_ascii_lowercase()));
            }
        }
    }
    (words.into_iter().flat_map(parted).collect(), cut)
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}' | '\u{2bc}' | '`')
}

/// The s of "People's" is no letter of the word.
fn skip_possessive(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let mut ahead = characters.clone();
    let is_s = ahead.next().is_some_and(|c| c.eq_ignore_ascii_case(&'s'));
    if is_s && !ahead.next().is_some_and(char::is_alphanumeric) {
        characters.next();
    }
}

/// Arabic writes its article together with the word.
fn parted(word: LatinWord) -> Vec<LatinWord> {
    let rest = word
        .text
        .strip_prefix("al")
        .filter(|rest| word.abjad && rest.len() > 1);
    let Some(rest) = rest.map(str::to_owned) else {
        return vec![word];
    };
    let of = |text: &str| LatinWord {
        text: text.to_owned(),
        abjad: true,
    };
    vec![of("al"), of(&rest)]
}

/// Hebrew, Arabic and Syriac: long vowels alone are written, and by letters that are consonants elsewhere.
fn is_abjad(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{7ff}' | '\u{8a0}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(text: &str) -> String {
        let (words, _) = words(text);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    }

    #[test]
    fn every_script_becomes_latin_words() {
        assert_eq!(latin("Владимир Путин"), "vladimir putin");
        assert_eq!(latin("  Müller-Straße, S.A. "), "muller strasse sa");
        assert_eq!(latin("バラク・オバマ"), "baraku obama");
        assert_eq!(latin("O’Neill & Int’l"), "oneill intl");
        assert_eq!(latin("People’s Bank's"), "people bank");
        assert_eq!(latin("...%"), "");
        assert!(words("محمد").0.iter().all(|word| word.abjad));
    }
}
