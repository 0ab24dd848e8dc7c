//! Control words that are known, and those among them that lead text elsewhere (RTF 1.9.1, appendix B).

use std::collections::HashSet;
use std::sync::LazyLock;

static KNOWN: LazyLock<HashSet<&'static [u8]>> = LazyLock::new(|| set(include_str!("words.txt")));

/// Destinations. Some that the specification calls one lead nothing away in Word (`private`, `pxe`, `mmath`, …) and
/// do not stand here.
static ELSEWHERE: LazyLock<HashSet<&'static [u8]>> = LazyLock::new(|| set(include_str!("destinations.txt")));

fn set(words: &'static str) -> HashSet<&'static [u8]> {
    words.split_ascii_whitespace().map(str::as_bytes).collect()
}

/// Returns whether Word knows a control word; behind `\*` it passes over the group of one that it does not know.
pub(super) fn is_known(word: &[u8]) -> bool {
    KNOWN.contains(word)
}

/// Returns whether a control word leads the text behind it elsewhere.
pub(super) fn is_destination(word: &[u8]) -> bool {
    ELSEWHERE.contains(word)
}

/// Returns whether a control symbol is one that the specification names.
pub(super) fn is_symbol(symbol: u8) -> bool {
    matches!(
        symbol,
        b'-' | b'*' | b':' | b'\\' | b'_' | b'{' | b'}' | b'|' | b'~' | b' ' | b'\n' | b'\r' | b'\t'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_known_words() {
        assert!(ELSEWHERE.iter().all(|word| is_known(word)));
        assert!(is_known(b"pxe") && !is_destination(b"pxe"));
        assert!(!is_known(b"pnaiud") && is_destination(b"objdata"));
    }
}
