//! Does the tasks, one after the other: each is asked for in the queue, and worked off here or by the service.

use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Repository, Subject};
use crate::cli::live::{Live, LiveError, Progress};
use crate::engine::Engine;
use crate::store::{Record, WorkRow, WorkState};

use super::Means;
use super::summary::Result as Achieved;
use super::tasks::Task;

/// So many failures in a row, and an item is left over.
const TRIES: u32 = 3;
/// How long to wait before looking again, at least, doubled while nothing happens, and at most.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(1);
const LAST_LOOK: SignedDuration = SignedDuration::from_secs(5);
/// A longer wait is said.
const SAID: SignedDuration = SignedDuration::from_secs(60);
/// So many records of an item are looked through for what was done just now.
const RECORDS: u32 = 20;

pub(super) struct Work<'a> {
    pub(super) live: &'a Live,
    pub(super) means: &'a Means,
    pub(super) engine: Engine,
    pub(super) repository: Repository,
    /// A service on the same store may do it: it goes by the same policy.
    pub(super) serves_too: bool,
}

/// What became of one item.
enum Outcome {
    Done(Vec<Record>),
    LeftOver(String),
}

impl Work<'_> {
    /// Does all tasks. Interrupted, it says how far it came.
    pub(super) async fn through(&self, tasks: Vec<Task>, progress: &mut Progress) -> Result<Achieved, LiveError> {
        let mut achieved = Achieved::default();
        let total = tasks.len();
        for (index, task) in tasks.into_iter().enumerate() {
            progress.show("items", index as u64, Some(total as u64));
            let name = task.asked.item.key.clone();
            match self.see_to(&task, progress).await {
                Ok(Outcome::Done(records)) => note(&mut achieved, &records),
                Ok(Outcome::LeftOver(why)) => achieved.left_over.push((name, why)),
                Err(LiveError::Interrupted) => {
                    achieved.was_interrupted = true;
                    achieved.not_reached = total - index;
                    return Ok(achieved);
                }
                Err(error) => return Err(error),
            }
        }
        progress.clear();
        Ok(achieved)
    }

    async fn see_to(&self, task: &Task, progress: &mut Progress) -> Result<Outcome, LiveError> {
        if self.live.stop.is_cancelled() {
            return Err(LiveError::Interrupted);
        }
        let (subject, begun) = (&task.asked.subject, self.live.clock.now());
        self.engine.ask(&self.repository, &task.asked).await?;
        let mut look = FIRST_LOOK;
        loop {
            let worked = !self.is_served() && self.engine.settle_one(subject).await?;
            let Some(row) = self.means.store.work_on(subject).await? else {
                return self.done_since(subject, begun).await;
            };
            if row.state == WorkState::Dead || row.attempts >= TRIES {
                return Ok(Outcome::LeftOver(row.note.unwrap_or_else(|| "it failed".to_owned())));
            }
            look = if worked { FIRST_LOOK } else { (look * 2).min(LAST_LOOK) };
            self.wait(&row, look, progress).await?;
        }
    }

    fn is_served(&self) -> bool {
        self.serves_too && (self.means.is_served)()
    }

    async fn wait(&self, row: &WorkRow, look: SignedDuration, progress: &mut Progress) -> Result<(), LiveError> {
        let now = self.live.clock.now();
        let soon = now.checked_add(look).unwrap_or(Timestamp::MAX);
        if let Some(note) = row.note.as_ref().filter(|_| row.due_at.duration_since(now) > SAID) {
            progress.say(&format!("waiting until {} ({note})", crate::cli::live::whole_seconds(row.due_at)));
        }
        self.live.wait_until(row.due_at.max(soon)).await
    }

    async fn done_since(&self, subject: &Subject, begun: Timestamp) -> Result<Outcome, LiveError> {
        let records = self.means.store.records(Some(subject), RECORDS).await?;
        Ok(Outcome::Done(records.into_iter().filter(|record| record.at >= begun && record.result == "done").collect()))
    }
}

fn note(achieved: &mut Achieved, records: &[Record]) {
    let mut changed = false;
    for record in records {
        changed = true;
        match record.action.split_once(' ') {
            Some(("add_label", label)) => achieved.writes.put(label),
            Some(("remove_label", label)) => achieved.writes.taken(label),
            Some(("comment", _)) => achieved.writes.comment(),
            _ => {}
        }
    }
    if changed {
        achieved.changed += 1;
    } else {
        achieved.unneeded += 1;
    }
}
