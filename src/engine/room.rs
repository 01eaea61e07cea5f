//! How many subjects may be in hand at once. A subject gives up its room as soon as its handler has ended: while the ending
//! is on its way into the store, the next subject can be claimed, and both share a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Room for a number of subjects.
#[derive(Debug)]
pub(super) struct Room {
    free: AtomicUsize,
    made: Notify,
}

/// Room that one subject takes, until this is dropped.
#[derive(Debug)]
pub(super) struct Seat(Arc<Room>);

impl Room {
    /// Room for so many.
    pub(super) fn new(subjects: usize) -> Arc<Self> {
        Arc::new(Self { free: AtomicUsize::new(subjects), made: Notify::new() })
    }

    /// For how many more there is room now.
    pub(super) fn free(&self) -> usize {
        self.free.load(Ordering::Acquire)
    }

    /// Takes room. Only who claims takes any, so that what was free still is.
    pub(super) fn take(self: &Arc<Self>) -> Seat {
        self.free.fetch_sub(1, Ordering::AcqRel);
        Seat(Arc::clone(self))
    }

    /// Returns when there is more room than before.
    pub(super) async fn made(&self) {
        self.made.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.free.fetch_add(1, Ordering::AcqRel);
        self.0.made.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::Room;

    #[test]
    fn whoever_leaves_makes_room_and_says_so() {
        let room = Room::new(2);
        let (one, _other) = (room.take(), room.take());
        assert_eq!((room.free(), room.made().now_or_never()), (0, None));
        drop(one);
        assert_eq!((room.free(), room.made().now_or_never()), (1, Some(())));
    }
}
