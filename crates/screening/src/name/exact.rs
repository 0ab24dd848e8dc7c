//! The exact normalisation of names in `strongroom-exact/1`. Frozen: a change is a new algorithm name.
//!
//! 1. Unicode NFKD, then the combining marks U+0300 to U+036F are dropped (é → e; ø and ł stay).
//! 2. Case is folded: to lower case, to upper and to lower again, so that ß and ẞ are ss.
//! 3. Full stops, apostrophes (' ’ ‘ ʼ `) and characters that nobody sees (zero-width ones, soft hyphens, marks of
//!    direction, controls) are dropped (S.A. → sa); everything else that is neither letter nor digit is a blank.
//! 4. Runs of blanks are one; none at the ends. Marks that came together are put in canonical order (NFKD again).
//!
//! A listed name with one comma ("LAST, First") is also known as "First LAST". Nothing is transliterated, no
//! word is left out, no order is ignored: that is scoring, and not this.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Returns the normal form; empty if no letter and no digit stands in the text.
pub(crate) fn normalise(text: &str) -> String {
    let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
    let decomposed = nfkd.normalize(text);
    let mut normal = String::with_capacity(decomposed.len());
    for character in decomposed.chars().filter(|c| !is_dropped(*c)) {
        if character.is_alphanumeric() {
            let upper = character.to_lowercase().flat_map(char::to_uppercase);
            normal.extend(upper.flat_map(char::to_lowercase));
        } else if !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    if normal.ends_with(' ') {
        normal.pop();
    }
    nfkd.normalize(&normal).into_owned()
}

pub(super) fn is_dropped(character: char) -> bool {
    is_invisible(character)
        || matches!(
            character,
            '\u{300}'..='\u{36f}' | '.' | '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`'
        )
}

/// Returns whether a character leaves no trace on a page: it comes along when a text is copied, or is put there to
/// keep two texts from being equal.
pub(crate) fn is_invisible(character: char) -> bool {
    let control = character.is_control() && !character.is_whitespace();
    control
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Returns the normal forms that a listed name answers to.
pub(crate) fn forms(name: &str) -> Vec<String> {
    let mut forms = vec![normalise(name)];
    if let Some((last, first)) = name.split_once(',').filter(|(_, first)| !first.contains(',')) {
        forms.push(normalise(&format!("{first} {last}")));
    }
    forms.retain(|form| !form.is_empty());
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_documented_is_folded_and_no_more() {
        assert_eq!(normalise("  Müller-Straße, S.A. "), "muller strasse sa");
        assert_eq!(normalise("O’Neill"), "oneill");
        assert_eq!(normalise("ＦＵＬＬ  ﬁ"), "full fi");
        assert_eq!(normalise("Łódź ø"), "łodz ø");
        assert_eq!(normalise("...—'"), "");
        assert_eq!(normalise("JO\u{200b}HN\u{ad}\u{202e} DOE"), "john doe");
        assert_eq!(normalise("GROẞ"), normalise("groß"));
        assert_eq!(normalise("\u{610}'\u{6ed}"), normalise("\u{6ed}\u{610}"));
    }

    #[test]
    fn a_comma_turns_a_name_around() {
        assert_eq!(forms("ZHENG, Fujing"), ["zheng fujing", "fujing zheng"]);
        assert_eq!(forms("CIMEX, S.A., Ltd."), ["cimex sa ltd"]);
    }

    proptest::proptest! {
        #[test]
        fn the_normal_form_is_its_own(text in "\\PC{0,40}") {
            let once = normalise(&text);
            proptest::prop_assert_eq!(normalise(&once), once);
        }
    }
}
