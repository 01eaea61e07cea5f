//! What was said to the bot: finds the commands in what somebody wrote, leaves out what was answered before, and asks the
//! tracker who may.
//!
//! Never heard: programs, the bot itself first of all; who changes another's text; what was written before the bot was
//! turned on here (recovery reads state, it does not replay).

use std::collections::HashSet;

use jiff::Timestamp;

use crate::backlog::{Event, Fact, Item, Remark};
use crate::command::{Command, CommandKey, Found, MOST_OBEYED, Reference, help, new_commands};
use crate::decide::{self, ItemMemory, Order, Spoken, Trouble as Mistake};
use crate::tracker::{Errand, Tracker};

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
pub(super) struct Listener<'a> {
    engine: &'a Engine,
    pub(super) tracker: &'a dyn Tracker,
    pub(super) governed: &'a Governed,
    pub(super) errand: &'a Errand,
    pub(super) ground: Ground<'a>,
}

/// The commands of one text that nobody has answered.
#[derive(Default)]
struct Unanswered {
    commands: Vec<(CommandKey, Found)>,
    /// Beyond those that are obeyed, by the name of the first.
    surplus: Option<Mistake>,
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
            let unanswered = self.unanswered(remark, taken);
            if !unanswered.commands.is_empty() || unanswered.surplus.is_some() {
                spoken.push(self.judge(event, remark, unanswered).await?);
            }
        }
        Ok(spoken)
    }

    fn unanswered(&self, remark: &Remark, taken: &mut HashSet<CommandKey>) -> Unanswered {
        let told = match self.ground {
            Ground::Item(_, memory) => memory.map(|memory| &memory.told),
            Ground::PullRequest => None,
        };
        let subject = &self.errand.subject;
        let place = remark.comment.as_ref().unwrap_or(&subject.id);
        let mut is_new =
            |key: &CommandKey| !told.is_some_and(|told| told.has_answered(key)) && taken.insert(key.clone());
        let mut all: Vec<(CommandKey, Found)> =
            new_commands(remark.previous.as_deref(), &remark.text, &self.governed.rulebook.vocabulary)
                .into_iter()
                .map(|found| (found.key(subject.tracker.clone(), place), found))
                .collect();
        // Counted before those that were answered are left out, so that a redelivery does not get to the rest.
        let beyond = all.split_off(all.len().min(MOST_OBEYED));
        let sentence = decide::too_many(MOST_OBEYED, beyond.len());
        let first_beyond = beyond.into_iter().next().map(|(key, _)| key).filter(&mut is_new);
        let surplus = first_beyond.map(|key| Mistake { key, sentence });
        all.retain(|(key, _)| is_new(key));
        Unanswered { commands: all, surplus }
    }

    /// Parts what is understood and allowed from what is not.
    async fn judge(&self, event: &Event, remark: &Remark, unanswered: Unanswered) -> Result<Spoken, Trouble> {
        let by = &event.by.name;
        let mut orders = Vec::new();
        let mut troubles = Vec::new();
        for (key, found) in unanswered.commands {
            let objection = match &found.outcome {
                Err(error) => Some(error.to_string()),
                Ok(command) => match self.out_of_place(&found, command) {
                    Some(sentence) => Some(sentence),
                    None => self.refusal(by, &found).await?,
                },
            };
            match (found.outcome, objection) {
                (Ok(command), None) => {
                    let answer = self.answer(&command).await?;
                    let may_close = self.may_close(by, &command).await?;
                    orders.push(Order { key, command, answer, may_close });
                }
                (_, sentence) => troubles.push(Mistake { key, sentence: sentence.unwrap_or_default() }),
            }
        }
        troubles.extend(unanswered.surplus);
        let (comment, url) = (remark.comment.clone(), remark.url.clone());
        Ok(Spoken { comment, url, by: event.by.clone(), at: event.at, orders, troubles })
    }

    /// Why a command that was understood makes no sense here.
    fn out_of_place(&self, found: &Found, command: &Command) -> Option<String> {
        match (self.ground, command) {
            (Ground::PullRequest, command) if !works_in_pull_requests(command) => {
                Some(decide::not_in_pull_requests(&found.written))
            }
            (Ground::Item(item, _), Command::Duplicate { of }) if self.is_named_by(of, item) => {
                Some(decide::of_itself(&found.written))
            }
            _ => None,
        }
    }

    fn is_named_by(&self, reference: &Reference, item: &Item) -> bool {
        match reference {
            Reference::Number(_) | Reference::Key(_) => reference.to_string() == item.key,
            Reference::Elsewhere { repository, number } => {
                repository.eq_ignore_ascii_case(&self.governed.repository.name) && format!("#{number}") == item.key
            }
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
