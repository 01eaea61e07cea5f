//! One board: its sprints, who is in them, and the report.

use jiff::{SignedDuration, Timestamp};

use crate::backlog::Lane;
use crate::store::{BoardRow, Claim, Disposition, Ending, Signal, StoreError};
use crate::tracker::Tracker;

use super::Engine;
use super::repository::Trouble;

/// Whoever plans moves many items at once: the board is looked at when they may be done.
const GATHER: SignedDuration = SignedDuration::from_secs(20);

impl Engine {
    pub(super) async fn handle_board(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        match self.tend_board(tracker, claim).await {
            Ok(()) => {
                self.outages.over(&claim.place);
                Ok(Ending { disposition: Disposition::Done, memory: None, records: Vec::new() })
            }
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Tracker(error)) => self.end_with(tracker, claim, error, Vec::new()).await,
        }
    }

    async fn tend_board(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<(), Trouble> {
        if let Some(id) = tracker.board_id(&claim.subject) {
            let boards = self.store.boards_called(&claim.subject.tracker, id).await?;
            return Ok(self.look_soon(boards).await?);
        }
        Ok(())
    }

    /// Makes boards dirty, to be looked at in a moment.
    pub(super) async fn look_soon(&self, boards: Vec<BoardRow>) -> Result<(), StoreError> {
        let due = self.clock.now().checked_add(GATHER).unwrap_or(Timestamp::MAX);
        for board in boards {
            let signal = Signal {
                subject: board.subject,
                place: board.place,
                repository_name: None,
                lane: Lane::Events,
                event: None,
            };
            self.store.enqueue(signal, due).await?;
        }
        Ok(())
    }
}
