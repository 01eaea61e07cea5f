//! Random choices of a run: the same for the same seed.

use plimsoll::clock::{Entropy as _, Random};

pub(crate) struct Dice(Random);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// A number from 0 to `sides` - 1.
    pub(crate) fn below(&self, sides: usize) -> usize {
        usize::try_from(self.0.next() % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }

    /// A number between these, both included.
    pub(crate) fn between(&self, low: usize, high: usize) -> usize {
        low + self.below(high + 1 - low)
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of these.
    pub(crate) fn of<'a, T>(&self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}
