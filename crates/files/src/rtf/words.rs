//! Control words that are known, and those among them that lead text elsewhere (RTF 1.9.1, appendix B).

use std::sync::LazyLock;

static KNOWN: LazyLock<Words> = LazyLock::new(|| Words::of(include_str!("words.txt")));

/// Destinations. Some that the specification calls one lead nothing away in Word (`private`, `pxe`, `mmath`, …) and
/// do not stand here.
static ELSEWHERE: LazyLock<Words> = LazyLock::new(|| Words::of(include_str!("destinations.txt")));

/// Lengths that are told apart.
const LENGTHS: usize = 32;

/// A set of words by first letter and length: every control word of a text is asked for, and most are not in it.
struct Words(Vec<Vec<&'static [u8]>>);

impl Words {
    fn of(text: &'static str) -> Self {
        let mut shelves = vec![Vec::new(); 32 * LENGTHS];
        for word in text.split_ascii_whitespace().map(str::as_bytes) {
            if let Some(shelf) = shelves.get_mut(shelf(word)) {
                shelf.push(word);
            }
        }
        Words(shelves)
    }

    fn contains(&self, word: &[u8]) -> bool {
        self.0.get(shelf(word)).is_some_and(|words| words.contains(&word))
    }
}

fn shelf(word: &[u8]) -> usize {
    let letter = word.first().map_or(0, |letter| usize::from(letter & 31));
    letter * LENGTHS + word.len().min(LENGTHS - 1)
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
        assert!(ELSEWHERE.0.iter().flatten().all(|word| is_known(word)));
        assert!(is_known(b"pxe") && !is_destination(b"pxe"));
        assert!(!is_known(b"pnaiud") && is_destination(b"objdata"));
    }
}
