//! What was said to the bot: finds the commands in what somebody wrote, leaves out what was answered before, and asks the
//! tracker who may.
//!
//! Never heard: programs, the bot itself first of all; who changes another's text; what was written before the bot was
//! turned on here (recovery reads state, it does not replay).

use std::collections::HashSet;

use jiff::Timestamp;

use crate::backlog::{Event, Fact, Item, Remark};
use crate::command::{Access, Admission, Caller, Command, CommandKey, Found, help, new_commands, refusal};
use crate::decide::{self, ItemMemory, Order, Spoken, Trouble as Mistake};
use crate::tracker::{Errand, Tracker, TrackerError};

use super::Engine;
use super::repository::{Governed, Trouble};

/// So many items are looked at for a summary.
const SUMMED_UP: u32 = 5_000;

/// Where something is said.
#[derive(Clone, Copy)]
pub(super) enum Ground<'a> {
    /// On an item.
    Item(&'a Item, Option<&'a ItemMemory>),
    /// In a pull request, where only new debt is recorded.
    PullRequest,
}

/// Hears one claim's events.
struct Listener<'a> {
    engine: &'a Engine,
    tracker: &'a dyn Tracker,
    governed: &'a Governed,
    errand: &'a Errand,
    ground: Ground<'a>,
}

impl Engine {
    /// The commands in these events that are to be answered now. `answered` are those that the tracker shows as done.
    pub(super) async fn hear(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
        errand: &Errand,
        events: &[Event],
        ground: Ground<'_>,
        answered: &[Spoken],
    ) -> Result<Vec<Spoken>, Trouble> {
        let recent: Vec<&Event> = events.iter().filter(|event| is_recent(event, governed.active_since)).collect();
        let mut taken: HashSet<CommandKey> =
            answered.iter().flat_map(|said| &said.orders).map(|order| order.key.clone()).collect();
        Listener { engine: self, tracker, governed, errand, ground }.listen(&recent, &mut taken).await
    }

    /// What the commands that the bot has carried out said, of people who still may say it; for an item that is not
    /// remembered although the bot has known it.
    pub(super) async fn recall(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
        errand: &Errand,
        item: &Item,
    ) -> Result<Vec<Spoken>, Trouble> {
        let events = tracker.answered_remarks(&governed.repository, errand).await?;
        let ground = Ground::Item(item, None);
        let events: Vec<&Event> = events.iter().collect();
        Listener { engine: self, tracker, governed, errand, ground }.listen(&events, &mut HashSet::new()).await
    }
}

impl Listener<'_> {
    async fn listen(&self, events: &[&Event], taken: &mut HashSet<CommandKey>) -> Result<Vec<Spoken>, Trouble> {
        let mut spoken = Vec::new();
        for event in events {
            let Fact::Said { remark } = &event.fact else { continue };
            let by_its_author = remark.author.as_ref().is_some_and(|author| author.is(&event.by));
            if !event.by.decides(&self.tracker.me().await?) || !by_its_author {
                continue;
            }
            let found = self.unanswered(remark, taken);
            if !found.is_empty() {
                spoken.push(self.judge(event, remark, found).await?);
            }
        }
        Ok(spoken)
    }

    fn unanswered(&self, remark: &Remark, taken: &mut HashSet<CommandKey>) -> Vec<(CommandKey, Found)> {
        let told = match self.ground {
            Ground::Item(_, memory) => memory.map(|memory| &memory.told),
            Ground::PullRequest => None,
        };
        let subject = &self.errand.subject;
        let place = remark.comment.as_ref().unwrap_or(&subject.id);
        new_commands(remark.previous.as_deref(), &remark.text, &self.governed.rulebook.vocabulary)
            .into_iter()
            .map(|found| (found.key(subject.tracker.clone(), place), found))
            .filter(|(key, _)| !told.is_some_and(|told| told.has_answered(key)) && taken.insert(key.clone()))
            .collect()
    }

    /// Parts what is understood and allowed from what is not.
    async fn judge(&self, event: &Event, remark: &Remark, found: Vec<(CommandKey, Found)>) -> Result<Spoken, Trouble> {
        let mut orders = Vec::new();
        let mut mistakes = Vec::new();
        for (key, found) in found {
            let objection = match &found.outcome {
                Err(error) => Some(error.to_string()),
                Ok(command) => self.objection(&event.by.name, &found, command).await?,
            };
            match (found.outcome, objection) {
                (Ok(command), None) => {
                    let answer = self.answer(&command).await?;
                    orders.push(Order { key, command, answer });
                }
                (_, sentence) => mistakes.push(Mistake { key, sentence: sentence.unwrap_or_default() }),
            }
        }
        Ok(Spoken {
            comment: remark.comment.clone(),
            url: remark.url.clone(),
            by: event.by.clone(),
            at: event.at,
            orders,
            troubles: mistakes,
        })
    }

    /// Why a command that was understood is not obeyed; none when it is.
    async fn objection(&self, name: &str, found: &Found, command: &Command) -> Result<Option<String>, Trouble> {
        if matches!(self.ground, Ground::PullRequest) && !works_in_pull_requests(command) {
            return Ok(Some(decide::not_in_pull_requests(&found.written)));
        }
        let Some(rule) = &found.rule else { return Ok(None) };
        let is_author = match self.ground {
            Ground::Item(item, _) => item.author.as_ref().is_some_and(|author| author.name.eq_ignore_ascii_case(name)),
            Ground::PullRequest => false,
        };
        let stranger = Caller { name, is_author, access: None, teams: &[] };
        let admission = match rule.admits(&stranger) {
            Admission::Admitted => Admission::Admitted,
            Admission::Refused | Admission::Unreadable => {
                rule.admits(&Caller { access: self.access_of(name).await?, ..stranger })
            }
        };
        Ok(refusal(&found.written, rule, admission))
    }

    /// None: it cannot be read, and asking again does not help. Where it may, the error says so and the work waits.
    async fn access_of(&self, name: &str) -> Result<Option<Access>, TrackerError> {
        match self.tracker.rights(&self.governed.repository, self.errand, name).await {
            Ok(access) => Ok(Some(access)),
            Err(
                error @ (TrackerError::Refused { .. } | TrackerError::Missing { .. } | TrackerError::Failed { .. }),
            ) => {
                tracing::warn!(%error, "rights cannot be read: the command is refused");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The answer to a question that is not about the item.
    async fn answer(&self, command: &Command) -> Result<Option<String>, Trouble> {
        match command {
            Command::Help { about } => Ok(Some(help(&self.governed.rulebook.vocabulary, about.as_deref()))),
            Command::Backlog => {
                let items = self.engine.store.items_in(&self.governed.repository.place, SUMMED_UP).await?;
                Ok(Some(decide::backlog_summary(&items, self.errand.now)))
            }
            Command::Report { .. } => Ok(self.engine.ask_for_report(&self.governed.repository.place).await?),
            _ => Ok(None),
        }
    }
}

const fn works_in_pull_requests(command: &Command) -> bool {
    matches!(command, Command::Debt { .. } | Command::Help { .. } | Command::Backlog)
}

/// Whether the bot was turned on here when it was said. Trackers tell times in whole seconds.
fn is_recent(event: &Event, active_since: Option<Timestamp>) -> bool {
    active_since.is_some_and(|since| event.at.as_second() >= since.as_second())
}
