//! The pace of writes outlives the process: a service that is started again and again must not write a burst each time.
//!
//! Known race, harmless: whoever dies between a write and its record forgets the writes of the work in hand, a few at most.

use crate::store::StoreError;
use crate::tracker::Tracker;

use super::Engine;

impl Engine {
    /// Takes up the pace that was kept before, once.
    pub(super) async fn resume_pace(&self) -> Result<(), StoreError> {
        let resumed = self.resumed.get_or_try_init(async || {
            for (name, tracker) in &self.trackers {
                for (installation, pace) in self.store.paces(name).await? {
                    tracker.resume_pace(&installation, pace);
                }
            }
            Ok(())
        });
        resumed.await.copied()
    }

    /// Notes the pace where something was written.
    pub(super) async fn keep_pace(&self, tracker: &dyn Tracker) -> Result<(), StoreError> {
        for (installation, pace) in tracker.take_paces() {
            self.store.save_pace(&tracker.name(), &installation, pace).await?;
        }
        Ok(())
    }
}
