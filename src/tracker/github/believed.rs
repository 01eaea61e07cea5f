//! What was asked of GitHub and is believed for some minutes without asking again.

use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::recent::Recent;

/// Answers by what was asked, each with when it came.
#[derive(Debug)]
pub(super) struct Believed<K, V> {
    answers: Mutex<Recent<K, (V, Timestamp)>>,
    holds: SignedDuration,
}

impl<K: Hash + Eq + Clone, V: Copy> Believed<K, V> {
    /// Remembers about so many answers, each for so long.
    pub(super) fn new(capacity: usize, holds: SignedDuration) -> Self {
        Self { answers: Mutex::new(Recent::new(capacity)), holds }
    }

    pub(super) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let known = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied();
        known.filter(|(_, read_at)| now.duration_since(*read_at) < self.holds).map(|(answer, _)| answer)
    }

    pub(super) fn keep(&self, key: K, answer: V, now: Timestamp) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (answer, now), 1);
    }
}
