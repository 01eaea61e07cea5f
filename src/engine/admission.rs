//! Who may: asked of the tracker, and only as far as the command's rule needs it.
//!
//! Fail closed: what cannot be read is no right. An error that may pass makes the work wait instead.

use crate::backlog::Item;
use crate::command::{Access, Admission, Caller, Command, Found, Right, Rule, may, refusal};
use crate::tracker::{Missing, TrackerError};

use super::hear::{Ground, Listener};

impl Listener<'_> {
    /// The sentence for somebody who may not give this command; none when they may.
    pub(super) async fn refusal(&self, name: &str, found: &Found) -> Result<Option<String>, TrackerError> {
        let Some(rule) = &found.rule else { return Ok(None) };
        Ok(refusal(&found.written, rule, self.admission(name, rule).await?))
    }

    /// Whether somebody who calls an item a duplicate may also close it, where the policy closes any.
    pub(super) async fn may_close(&self, name: &str, command: &Command) -> Result<bool, TrackerError> {
        if !matches!(command, Command::Duplicate { .. }) || !self.governed.rulebook.policy.hygiene.close_duplicates {
            return Ok(false);
        }
        let access = readable(self.access_of(name).await)?;
        Ok(access.is_some_and(|access| may(Right::Manage, access, false)))
    }

    async fn admission(&self, name: &str, rule: &Rule) -> Result<Admission, TrackerError> {
        let is_author = match self.ground {
            Ground::Item(Item { author: Some(author), .. }, _) => author.name.eq_ignore_ascii_case(name),
            Ground::Item(..) | Ground::PullRequest => false,
        };
        let stranger = Caller { name, is_author, access: None, teams: &[] };
        if rule.admits(&stranger) == Admission::Admitted {
            return Ok(Admission::Admitted);
        }
        let access = readable(self.access_of(name).await)?;
        let admission = rule.admits(&Caller { access, ..stranger });
        if admission == Admission::Admitted { Ok(admission) } else { self.by_team(name, rule, admission).await }
    }

    /// What becomes of somebody who is not admitted by themselves.
    async fn by_team(&self, name: &str, rule: &Rule, otherwise: Admission) -> Result<Admission, TrackerError> {
        let mut admission = otherwise;
        for team in &rule.teams {
            let asked = self.tracker.belongs_to(&self.governed.repository, self.errand, name, team).await;
            match readable(asked)? {
                Some(true) => return Ok(Admission::Admitted),
                Some(false) => {}
                None => admission = Admission::Unreadable,
            }
        }
        Ok(admission)
    }

    async fn access_of(&self, name: &str) -> Result<Access, TrackerError> {
        self.tracker.rights(&self.governed.repository, self.errand, name).await
    }
}

/// None: it cannot be read, and asking again does not help. Where it may, the error says so and the work waits: so when the
/// tracker has not answered for this person at all, because the bot's own token is refused or there is none.
fn readable<T>(read: Result<T, TrackerError>) -> Result<Option<T>, TrackerError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(
            error @ (TrackerError::Refused { .. }
            | TrackerError::Missing { what: Missing::Below | Missing::Item, .. }
            | TrackerError::Failed { .. }),
        ) => {
            tracing::warn!(%error, "rights cannot be read: the command is refused");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
