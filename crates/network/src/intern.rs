//! Small numbers for values that come again and again.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Numbers handed out in the order of first sight; that order never reaches an output.
#[derive(Debug)]
pub(crate) struct Interner<T> {
    ids: HashMap<T, u32>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner { ids: HashMap::new() }
    }
}

impl<T: Eq + Hash> Interner<T> {
    /// Returns the number of a value, a new one at first sight.
    pub(crate) fn id<Q>(&mut self, value: &Q, own: impl FnOnce(&Q) -> T) -> u32
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        if let Some(id) = self.ids.get(value) {
            return *id;
        }
        let id = u32::try_from(self.ids.len()).expect("the limit on keys lies below 2³²");
        self.ids.insert(own(value), id);
        id
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns the values, each at the place of its number.
    pub(crate) fn into_values(self) -> Vec<T> {
        let mut pairs: Vec<(T, u32)> = self.ids.into_iter().collect();
        pairs.sort_unstable_by_key(|(_, id)| *id);
        pairs.into_iter().map(|(value, _)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_number() {
        let mut interner: Interner<Box<str>> = Interner::default();
        let ids: Vec<u32> = ["b", "a", "b"]
            .map(|text| interner.id(text, |text| text.into()))
            .to_vec();
        assert_eq!(ids, [0, 1, 0]);
        assert_eq!(interner.len(), 2);
        assert_eq!(interner.into_values(), ["b".into(), "a".into()]);
    }
}
