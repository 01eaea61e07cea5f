//! Two clocks: GitHub's, which is right, and the service's, which may be set wrongly at any time.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use plimsoll::clock::{Clock, ManualClock};

/// A clock that is wrong by some time.
pub(crate) struct WrongClock {
    right: Arc<ManualClock>,
    by: Mutex<SignedDuration>,
}

impl WrongClock {
    pub(crate) fn new(right: Arc<ManualClock>) -> Self {
        Self { right, by: Mutex::new(SignedDuration::ZERO) }
    }

    /// From now on it is wrong by so much: ahead where positive.
    pub(crate) fn set_wrong(&self, by: SignedDuration) {
        *self.by.lock().unwrap() = by;
    }

    fn wrong_by(&self) -> SignedDuration {
        *self.by.lock().unwrap()
    }
}

impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        self.right.now() + self.wrong_by()
    }
}
