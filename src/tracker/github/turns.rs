//! One write at a time per installation, as GitHub advises (docs.github.com, "Best practices for using the REST API").
//!
//! Races: an installation that was forgotten while a write was under way gets a new queue, and one write more at once;
//! several processes each have their own queues.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::recent::Recent;

/// So many installations are remembered.
const MAX_INSTALLATIONS: usize = 2_000;

/// The queues of all installations, first come, first served.
#[derive(Debug)]
pub(super) struct Turns(Mutex<Recent<String, Arc<tokio::sync::Mutex<()>>>>);

impl Default for Turns {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(MAX_INSTALLATIONS)))
    }
}

impl Turns {
    /// Waits for the writes before it, each no longer than a request's time limit; the turn ends when the guard is
    /// dropped.
    pub(super) async fn take(&self, installation: &str) -> OwnedMutexGuard<()> {
        let queue = self.queue(installation);
        queue.lock_owned().await
    }

    fn queue(&self, installation: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(installation) {
            return Arc::clone(queue);
        }
        let queue = Arc::default();
        queues.insert(installation.to_owned(), Arc::clone(&queue), 1);
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_installation_writes_one_thing_at_a_time_and_others_do_not_wait_for_it() {
        let turns = Arc::new(Turns::default());
        let first = turns.take("1").await;
        let second = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { drop(turns.take("1").await) }
        });
        drop(turns.take("2").await);
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap();
    }
}
