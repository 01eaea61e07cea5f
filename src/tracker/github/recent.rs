//! A bounded map that forgets what was not used for longest, roughly: two generations, and the elder is dropped whole.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Holds at most `capacity` units of weight; an entry that weighs more than half of it is not kept.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    young_weight: usize,
    capacity: usize,
}

impl<K: Hash + Eq + Clone, V> Recent<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), young_weight: 0, capacity }
    }

    /// Puts an entry in, in place of one with the same key.
    pub(super) fn insert(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        let generation = self.capacity / 2;
        if weight > generation {
            return;
        }
        if self.young_weight + weight > generation {
            self.old = std::mem::take(&mut self.young);
            self.young_weight = 0;
        }
        self.young_weight += weight;
        self.young.insert(key, (value, weight));
    }

    /// Finds an entry and makes it young again.
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, (value, weight))) = self.old.remove_entry(key) {
            self.insert(key, value, weight);
        }
        self.young.get_mut(key).map(|(value, _)| value)
    }

    /// All entries, in no order; none becomes younger.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.young.values().chain(self.old.values()).map(|(value, _)| value)
    }

    pub(super) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Some((_, weight)) = self.young.remove(key) {
            self.young_weight -= weight;
        }
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Recent;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let mut recent = Recent::new(4);
        for key in 0..100 {
            recent.insert(key, key * 10, 1);
            assert_eq!(recent.get(&0).copied(), Some(0), "kept by use, at {key}");
        }
        assert_eq!(recent.get(&99).copied(), Some(990));
        assert_eq!(recent.get(&50), None);
    }

    #[test]
    fn what_is_too_heavy_is_not_kept_and_replaces_nothing_silently() {
        let mut recent = Recent::new(10);
        recent.insert("a", 1, 5);
        recent.insert("a", 2, 6);
        assert_eq!(recent.get("a"), None);
    }

    proptest! {
        #[test]
        fn the_weight_stays_within_the_capacity(steps in prop::collection::vec((0u8..20, 0usize..8, any::<bool>()), 0..200)) {
            let mut recent = Recent::new(16);
            for (key, weight, insert) in steps {
                if insert {
                    recent.insert(key, weight, weight);
                    prop_assert_eq!(recent.get(&key).copied(), Some(weight));
                } else if let Some(found) = recent.get(&key) {
                    prop_assert!(*found < 8);
                }
                let held: usize = recent.young.values().chain(recent.old.values()).map(|(_, weight)| weight).sum();
                prop_assert!(held <= 16);
                prop_assert_eq!(recent.young.values().map(|(_, weight)| weight).sum::<usize>(), recent.young_weight);
            }
        }
    }
}
