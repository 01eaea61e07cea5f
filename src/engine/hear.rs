//! What was said to the bot: finds the commands in what somebody wrote, leaves out what was answered before, and asks the
//! tracker who may.
//!
//! Never heard: programs, the bot itself first of all; who changes another's text; what was written before the bot was
//! turned on here (recovery reads state, it does not replay).

use std::collections::HashSet;

use jiff::Timestamp;

use crate::backlog::{Event, Fact, Item, Remark};
use crate::command::{Command, CommandKey, Found, MOST_OBEYED, Reference, Vocabulary, commands, help, new_commands};
use crate::decide::{self, ItemMemory, Order, Revision, Spoken, Told, Trouble as Mistake};
use crate::tracker::{Errand, Tracker};

use super::Engine;
use super::board::AskedReport;
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

/// What has become of a text since it was written so.
enum Since<'a> {
    /// It stands.
    Nothing,
    /// It says this now.
    Changed(&'a Remark),
    /// Something else was read there already, or it was deleted.
    Gone,
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
        for (index, event) in events.iter().enumerate() {
            let Fact::Said { remark } = &event.fact else { continue };
            let by_its_author = remark.author.as_ref().is_some_and(|author| author.is(&event.by));
            if !event.by.decides(&self.tracker.me().await?) || !by_its_author {
                continue;
            }
            let since = self.since(event, remark, events.get(index + 1..).unwrap_or_default());
            let is_past = matches!(since, Since::Gone);
            let unanswered = self.unanswered(remark, is_past, taken);
            let revision = self.revision(event, remark, &unanswered).await?;
            if !unanswered.commands.is_empty() || unanswered.surplus.is_some() || revision.is_some() {
                let mut said = Spoken { revision, is_past, ..self.judge(event, remark, unanswered).await? };
                if let Since::Changed(now) = since {
                    self.forgive(&mut said, now);
                }
                spoken.push(said);
            }
        }
        Ok(spoken)
    }

    /// What is not in the text any more need not be complained of.
    fn forgive(&self, said: &mut Spoken, now: &Remark) {
        let present: Vec<CommandKey> =
            self.keyed(now, commands(&now.text, self.vocabulary())).into_iter().map(|(key, _)| key).collect();
        let (wrong, mended) =
            std::mem::take(&mut said.troubles).into_iter().partition(|trouble| present.contains(&trouble.key));
        said.troubles = wrong;
        said.mended = Vec::into_iter(mended).map(|trouble| trouble.key).collect();
    }

    fn told(&self) -> Option<&Told> {
        match self.ground {
            Ground::Item(_, memory) => memory.map(|memory| &memory.told),
            Ground::PullRequest => None,
        }
    }

    /// What names a text in the keys of its commands.
    fn place<'r>(&'r self, remark: &'r Remark) -> &'r str {
        remark.comment.as_ref().unwrap_or(&self.errand.subject.id)
    }

    /// What has become of a text, by what its author did later and as it was read before.
    fn since<'e>(&self, event: &Event, remark: &Remark, later: &[&'e Event]) -> Since<'e> {
        let comment = remark.comment.as_deref();
        let is_deletion =
            |other: &&Event| matches!(&other.fact, Fact::Unsaid { comment: gone } if Some(gone.as_str()) == comment);
        let is_known = |told: &Told| told.is_gone(comment) || told.read_of(comment).is_some_and(|read| event.at < read);
        if self.told().is_some_and(is_known) || later.iter().any(is_deletion) {
            return Since::Gone;
        }
        let changed = later.iter().rev().find_map(|other| match &other.fact {
            Fact::Said { remark: now } if now.comment == remark.comment && other.by.is(&event.by) => Some(now),
            _ => None,
        });
        changed.map_or(Since::Nothing, Since::Changed)
    }

    fn unanswered(&self, remark: &Remark, is_past: bool, taken: &mut HashSet<CommandKey>) -> Unanswered {
        let told = self.told();
        // What was taken out of the text counts no more, until it stands there again.
        let is_answered = |key: &CommandKey| {
            told.is_some_and(|told| if told.taken_out.contains(key) { is_past } else { told.has_answered(key) })
        };
        let mut is_new = |key: &CommandKey| !is_answered(key) && taken.insert(key.clone());
        let mut all = self.keyed(remark, new_commands(remark.previous.as_deref(), &remark.text, self.vocabulary()));
        // Counted before those that were answered are left out, so that a redelivery does not get to the rest.
        let beyond = all.split_off(all.len().min(MOST_OBEYED));
        let sentence = decide::too_many(MOST_OBEYED, beyond.len());
        let first_beyond = beyond.into_iter().next().map(|(key, _)| key).filter(&mut is_new);
        let surplus = first_beyond.map(|key| Mistake { key, sentence });
        let is_deleted = told.is_some_and(|told| told.is_gone(remark.comment.as_deref()));
        let went_with_it = |found: &Found| is_deleted && found.outcome.as_ref().is_ok_and(Command::lives_in_comment);
        all.retain(|(key, found)| !went_with_it(found) && is_new(key));
        Unanswered { commands: all, surplus }
    }

    fn vocabulary(&self) -> &Vocabulary {
        &self.governed.rulebook.vocabulary
    }

    fn keyed(&self, remark: &Remark, found: Vec<Found>) -> Vec<(CommandKey, Found)> {
        let (tracker, place) = (&self.errand.subject.tracker, self.place(remark));
        found.into_iter().map(|found| (found.key(tracker.clone(), place), found)).collect()
    }

    /// What an edit made of the text, where it changed a command.
    async fn revision(
        &self,
        event: &Event,
        remark: &Remark,
        unanswered: &Unanswered,
    ) -> Result<Option<Revision>, Trouble> {
        let Some(previous) = &remark.previous else { return Ok(None) };
        let taken_out = self.keyed(remark, new_commands(Some(&remark.text), previous, self.vocabulary()));
        if taken_out.is_empty() && unanswered.commands.is_empty() {
            return Ok(None);
        }
        let lives_there = |found: &Found| found.outcome.as_ref().is_ok_and(Command::lives_in_comment);
        let mut revision = Revision {
            says: Vec::new(),
            taken_out: taken_out.into_iter().filter(|(_, found)| lives_there(found)).map(|(key, _)| key).collect(),
            still_wrong: Vec::new(),
        };
        for (key, found) in self.keyed(remark, commands(&remark.text, self.vocabulary())) {
            let is_new = unanswered.commands.iter().any(|(new, _)| *new == key);
            if !is_new && let Some(sentence) = self.objection(&event.by.name, &found).await? {
                revision.still_wrong.push(sentence);
            }
            revision.says.extend(found.outcome.ok());
        }
        Ok(Some(revision))
    }

    /// Parts what is understood and allowed from what is not.
    async fn judge(&self, event: &Event, remark: &Remark, unanswered: Unanswered) -> Result<Spoken, Trouble> {
        let by = &event.by.name;
        let mut orders = Vec::new();
        let mut troubles = Vec::new();
        for (key, found) in unanswered.commands {
            let objection = self.objection(by, &found).await?;
            let (Ok(command), None) = (found.outcome, &objection) else {
                troubles.push(Mistake { key, sentence: objection.unwrap_or_default() });
                continue;
            };
            match self.answer(event, &found.written, &command).await? {
                Reply::Cannot(sentence) => troubles.push(Mistake { key, sentence }),
                Reply::Says(answer) => {
                    let may_close = self.may_close(by, &command).await?;
                    orders.push(Order { key, command, answer, may_close });
                }
            }
        }
        troubles.extend(unanswered.surplus);
        Ok(Spoken {
            place: self.place(remark).to_owned(),
            comment: remark.comment.clone(),
            url: remark.url.clone(),
            by: event.by.clone(),
            at: event.at,
            orders,
            troubles,
            mended: Vec::new(),
            revision: None,
            is_past: false,
        })
    }

    /// Why a command is not obeyed; none where it is.
    async fn objection(&self, by: &str, found: &Found) -> Result<Option<String>, Trouble> {
        match &found.outcome {
            Err(error) => Ok(Some(error.to_string())),
            Ok(command) => match self.out_of_place(found, command) {
                Some(sentence) => Ok(Some(sentence)),
                None => Ok(self.refusal(by, found).await?),
            },
        }
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
    async fn answer(&self, event: &Event, written: &str, command: &Command) -> Result<Reply, Trouble> {
        Ok(match command {
            Command::Help { about } => Reply::Says(Some(help(self.vocabulary(), about.as_deref()))),
            Command::Backlog => {
                let items = self.engine.store.items_in(&self.governed.repository.place, SUMMED_UP).await?;
                Reply::Says(Some(decide::backlog_summary(&items, self.errand.now)))
            }
            Command::Report { sprint } => {
                let asked = AskedReport { by: &event.by, written, sprint: sprint.as_deref() };
                match self.engine.ask_for_report(self.tracker, self.governed, self.errand, asked).await? {
                    Ok(answer) => Reply::Says(Some(answer)),
                    Err(sentence) => Reply::Cannot(sentence),
                }
            }
            _ => Reply::Says(None),
        })
    }
}

/// What comes of a command before anything is decided.
enum Reply {
    /// This is its answer, if it has one.
    Says(Option<String>),
    /// It cannot be done, and why.
    Cannot(String),
}

const fn works_in_pull_requests(command: &Command) -> bool {
    matches!(command, Command::Debt { .. } | Command::Help { .. } | Command::Backlog)
}

/// Whether the bot was turned on here when it was said. Trackers tell times in whole seconds.
fn is_recent(event: &Event, active_since: Option<Timestamp>) -> bool {
    active_since.is_some_and(|since| event.at.as_second() >= since.as_second())
}
