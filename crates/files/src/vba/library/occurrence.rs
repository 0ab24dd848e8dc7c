//! Where a run of units stands in another. Each unit is looked at a bounded number of times, whatever the two are made of
//! (Knuth, Morris, Pratt).

/// The places of a run that is not empty, those that overlap among them.
pub(super) struct Occurrences<'u, T> {
    text: &'u [T],
    run: &'u [T],
    /// For each beginning of the run, how long the longest shorter beginning is that it ends in.
    borders: Vec<usize>,
    at: usize,
    matched: usize,
}

impl<'u, T: PartialEq> Occurrences<'u, T> {
    /// Begins to look from a place on.
    pub(super) fn of(text: &'u [T], run: &'u [T], from: usize) -> Self {
        let mut borders = Vec::with_capacity(run.len());
        let mut border = 0;
        for (at, unit) in run.iter().enumerate() {
            if at > 0 {
                border = advanced(run, &borders, border, unit);
            }
            borders.push(border);
        }
        Occurrences {
            text,
            run,
            borders,
            at: from,
            matched: 0,
        }
    }
}

/// How much of the run has matched behind one unit more.
fn advanced<T: PartialEq>(run: &[T], borders: &[usize], mut matched: usize, unit: &T) -> usize {
    loop {
        if run.get(matched) == Some(unit) {
            return matched + 1;
        }
        match matched.checked_sub(1).and_then(|last| borders.get(last)) {
            Some(border) => matched = *border,
            None => return 0,
        }
    }
}

impl<T: PartialEq> Iterator for Occurrences<'_, T> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.run.is_empty() {
            return None;
        }
        while let Some(unit) = self.text.get(self.at) {
            self.at += 1;
            self.matched = advanced(self.run, &self.borders, self.matched, unit);
            if self.matched == self.run.len() {
                return self.at.checked_sub(self.run.len());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// A unit that counts how often it is compared.
    struct Counted<'c>(u8, &'c Cell<usize>);

    impl PartialEq for Counted<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.1.set(self.1.get() + 1);
            self.0 == other.0
        }
    }

    #[test]
    fn places_are_found_in_order() {
        let places =
            |text: &str, run: &str| Occurrences::of(text.as_bytes(), run.as_bytes(), 0).collect::<Vec<_>>();
        assert_eq!(places("abcabc", "bc"), [1, 4]);
        assert_eq!(places("aaaa", "aa"), [0, 1, 2]);
        assert_eq!(places("ababac", "abac"), [2]);
        assert!(places("abc", "x").is_empty());
        assert!(places("abc", "").is_empty());
        let behind: Vec<usize> = Occurrences::of(b"abab", b"ab", 1).collect();
        assert_eq!(behind, [2]);
    }

    #[test]
    fn a_unit_is_looked_at_few_times() {
        let count = Cell::new(0);
        let units = |text: &str| text.bytes().map(|byte| Counted(byte, &count)).collect::<Vec<_>>();
        let (text, run) = (
            units(&"a".repeat(4_000)),
            units(&format!("{}b", "a".repeat(2_000))),
        );
        assert_eq!(Occurrences::of(&text, &run, 0).next(), None);
        assert!(count.get() < 4 * 6_000, "{}", count.get());
    }
}
