//! Ids by 64-bit key, in flat memory: twelve bytes for a slot, at most three slots of four taken.
//!
//! A key may have several ids, since keys are shortened hashes: whoever looks one up compares the whole before it counts.

const FREE: u32 = u32::MAX;
const SMALLEST: usize = 64;

#[derive(Clone, Copy, Debug)]
struct Slot {
    high: u32,
    low: u32,
    id: u32,
}

const EMPTY: Slot = Slot {
    high: 0,
    low: 0,
    id: FREE,
};

impl Slot {
    fn of(key: u64, id: u32) -> Self {
        Slot {
            high: (key >> 32) as u32,
            low: key as u32,
            id,
        }
    }

    fn key(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }
}

/// A table with open addressing; ids are below `u32::MAX`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    slots: Vec<Slot>,
    taken: usize,
}

impl Table {
    pub(crate) fn clear(&mut self) {
        self.slots.fill(EMPTY);
        self.taken = 0;
    }

    /// Makes place for so many ids in all.
    pub(crate) fn reserve(&mut self, ids: usize) {
        let needed = (ids + ids / 3 + 1).max(SMALLEST);
        if needed > self.slots.len() {
            self.resize(needed);
        }
    }

    /// Returns where a key's ids are looked for first. Keys that somebody chose are spread by the multiplication.
    #[inline]
    fn home(&self, key: u64) -> usize {
        let spread = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((u128::from(spread) * self.slots.len() as u128) >> 64) as usize
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }

    /// Returns how many steps lead from one slot to another.
    fn steps(&self, from: usize, to: usize) -> usize {
        if to >= from {
            to - from
        } else {
            to + self.slots.len() - from
        }
    }

    /// Returns the first id of the key for which `is` holds.
    #[inline]
    pub(crate) fn find<E>(
        &self,
        key: u64,
        mut is: impl FnMut(u32) -> Result<bool, E>,
    ) -> Result<Option<u32>, E> {
        let mut at = self.home(key);
        while let Some(slot) = self.slots.get(at) {
            if slot.id == FREE {
                break;
            }
            if slot.key() == key && is(slot.id)? {
                return Ok(Some(slot.id));
            }
            at = self.after(at);
        }
        Ok(None)
    }

    /// Adds an id, whatever ids the key has.
    pub(crate) fn add(&mut self, key: u64, id: u32) {
        debug_assert!(id != FREE, "the free slot's mark is no id");
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            self.resize((self.slots.len() + self.slots.len() / 2).max(SMALLEST));
        }
        self.place(Slot::of(key, id));
        self.taken += 1;
    }

    fn place(&mut self, slot: Slot) {
        let mut at = self.home(slot.key());
        while self.slots.get(at).is_some_and(|slot| slot.id != FREE) {
            at = self.after(at);
        }
        if let Some(free) = self.slots.get_mut(at) {
            *free = slot;
        }
    }

    fn resize(&mut self, slots: usize) {
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; slots]);
        old.into_iter()
            .filter(|slot| slot.id != FREE)
            .for_each(|slot| self.place(slot));
    }

    /// Takes an id out; nothing happens where the key does not have it.
    pub(crate) fn remove(&mut self, key: u64, id: u32) {
        let mut hole = self.home(key);
        loop {
            match self.slots.get(hole) {
                Some(slot) if slot.id == id && slot.key() == key => break,
                Some(slot) if slot.id != FREE => hole = self.after(hole),
                _ => return,
            }
        }
        let mut next = self.after(hole);
        while let Some(slot) = self.slots.get(next).copied().filter(|slot| slot.id != FREE) {
            // What lies beyond the hole moves into it unless it would come before its own home.
            if self.steps(self.home(slot.key()), next) >= self.steps(hole, next) {
                self.set(hole, slot);
                hole = next;
            }
            next = self.after(next);
        }
        self.set(hole, EMPTY);
        self.taken -= 1;
    }

    fn set(&mut self, at: usize, slot: Slot) {
        if let Some(place) = self.slots.get_mut(at) {
            *place = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    fn ids(table: &Table, key: u64) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let none = table.find(key, |id| {
            found.insert(id);
            Ok::<_, Infallible>(false)
        });
        assert_eq!(none, Ok(None));
        found
    }

    proptest! {
        #[test]
        fn it_holds_what_was_added_and_not_removed(
            steps in prop::collection::vec((0u64..40, 0u32..6, any::<bool>()), 0..600)
        ) {
            let (mut table, mut truth) = (Table::default(), BTreeSet::new());
            for (key, id, add) in steps {
                match (add, truth.contains(&(key, id))) {
                    (true, false) => {
                        table.add(key, id);
                        truth.insert((key, id));
                    }
                    (false, _) => {
                        table.remove(key, id);
                        truth.remove(&(key, id));
                    }
                    _ => {}
                }
                prop_assert_eq!(table.taken, truth.len());
            }
            for key in 0..40 {
                let expected = truth.iter().filter(|(k, _)| *k == key).map(|(_, id)| *id);
                prop_assert_eq!(ids(&table, key), expected.collect());
            }
        }
    }
}
