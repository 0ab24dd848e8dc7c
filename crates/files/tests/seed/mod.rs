//! Chance that a number fixes, so that a failure repeats, and what the generators of scripts do with it.

// Each test takes its own part of this.
#![allow(dead_code)]

/// A stream of numbers (a linear congruential generator, its upper bits).
pub struct Seed(pub u64);

impl Seed {
    /// Returns a number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Returns a text in a mix of cases.
    pub fn case(&mut self, text: &str) -> String {
        text.chars()
            .map(|c| {
                if self.below(2) == 0 {
                    c.to_ascii_uppercase()
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect()
    }

    /// Returns the parts of a text, each of so many characters at most.
    pub fn cut(&mut self, text: &str, longest: usize) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut parts = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let end = (at + 1 + self.below(longest)).min(chars.len());
            parts.push(chars[at..end].iter().collect());
            at = end;
        }
        parts
    }
}

/// Returns a text as a literal of PowerShell in single quotes.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
