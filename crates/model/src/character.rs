//! Characters of evidence that somebody who reads it does not see.

/// Returns whether a character is a control, has no width, or turns the direction of its neighbours.
pub fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::hides;

    #[test]
    fn what_steers_or_turns_is_told_from_letters() {
        assert!(
            [
                '\u{0}', '\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{3164}', '\u{1160}', '\u{ffa0}'
            ]
            .into_iter()
            .all(hides)
        );
        assert!(!['a', ' ', 'é', '漢', '한', '…'].into_iter().any(hides));
    }
}
