//! The words and strings of a source, with nothing of its form: what a comparison of two texts goes by.

use super::lexer::tokens;
use super::token::Lexeme;
use super::value::Value;
use std::collections::BTreeSet;

/// The words of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Names and keywords in lower case, without type characters and brackets.
    pub names: BTreeSet<String>,
    /// The strings between quotes.
    pub strings: BTreeSet<String>,
}

/// Returns the words of a source; comments have none.
pub(crate) fn words(source: &str) -> Words {
    let mut words = Words::default();
    for token in tokens(source) {
        match token.lexeme {
            Lexeme::Word(name) | Lexeme::Bracketed(name) => {
                words.names.insert(name.to_string());
            }
            Lexeme::Literal(Value::Text(text)) => {
                words.strings.insert(String::from_utf16_lossy(text.units()));
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_case_and_folds_do_not_count() {
        let one = words("Sub Hello() ' Shell\n  MsgBox _\n    \"a\"\"b\"\nEnd Sub");
        assert_eq!(one, words("sub hello\nMSGBOX \"a\"\"b\"\nend sub\nRem Shell"));
        assert!(one.strings.contains("a\"b"));
        assert!(!one.names.contains("shell"));
    }
}
