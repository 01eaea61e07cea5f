//! Which boards read an item's weight.

use crate::policy::SprintSource;
use crate::tracker::Tracker;

use super::super::Engine;
use super::super::repository::{Governed, Trouble};
use super::declared;

impl Engine {
    /// Where the boards have their sprints that may read an item of this repository: those of its own policy, and the
    /// projects that other repositories of its installation declare.
    pub(in crate::engine) async fn boards_of(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
    ) -> Result<Vec<SprintSource>, Trouble> {
        let home = &governed.repository.place;
        let mut sources: Vec<SprintSource> =
            governed.rulebook.policy.boards.iter().map(|board| board.sprints.clone()).collect();
        for row in self.store.boards().await? {
            let is_neighbour = row.place.tracker == home.tracker && row.place.installation == home.installation;
            if !is_neighbour || row.place == *home {
                continue;
            }
            let Some(other) = self.governed_as_known(&row.place).await? else { continue };
            if let Some(board) = declared(tracker, &other, &row)
                && matches!(board.sprints, SprintSource::GitHubProject { .. })
            {
                sources.push(board.sprints.clone());
            }
        }
        Ok(sources)
    }
}
