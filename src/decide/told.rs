//! What people told the bot by command, as it is remembered with the item.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backlog::{Actor, Event, Fact};
use crate::command::{Command, CommandKey};

use super::Spoken;

/// So many statements are kept, the newest.
const STATEMENTS: usize = 100;
/// So many commands that were answered are remembered, the newest.
const ANSWERED: usize = 1_000;

/// A command whose effect lies in what is remembered: `/impact`, `/due`, `/share`, `/keep`, `/stale`, `/duplicate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What was said.
    #[serde(flatten)]
    pub command: Command,
    /// Who said it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Where: the tracker's id of the comment; none for the item's description.
    pub comment: Option<String>,
}

/// All that was said by command, and which commands were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What holds, oldest first: of two statements of the same kind the later holds.
    pub statements: Vec<Statement>,
    /// What was done or refused, and is not done again.
    pub answered: Vec<CommandKey>,
    /// What lived in a comment and was taken out of it by an edit: when it comes back, it counts again.
    pub taken_out: Vec<CommandKey>,
    /// As of when texts were last read: what they said earlier and is told later does not change what they say.
    pub read: Vec<ReadText>,
    /// Comments that were deleted: what is told of them later is past.
    pub gone: Vec<String>,
    /// When the weight was said that holds; the weight itself lives in its label. What was said earlier changes it no more,
    /// however late it is heard.
    pub weighed_at: Option<Timestamp>,
}

/// A text in which somebody spoke to the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadText {
    /// The tracker's id of the comment; none for the item's description.
    pub comment: Option<String>,
    /// When what was last read of it was written.
    pub written_at: Timestamp,
}

impl Told {
    /// Whether a comment was deleted.
    #[must_use]
    pub fn is_gone(&self, comment: Option<&str>) -> bool {
        self.gone.iter().any(|gone| Some(gone.as_str()) == comment)
    }

    /// When what was last read of a text was written.
    #[must_use]
    pub fn read_of(&self, comment: Option<&str>) -> Option<Timestamp> {
        self.read.iter().find(|text| text.comment.as_deref() == comment).map(|text| text.written_at)
    }

    /// Whether a command was answered before.
    #[must_use]
    pub fn has_answered(&self, key: &CommandKey) -> bool {
        self.answered.contains(key)
    }

    /// Takes in what was said and what was withdrawn since.
    pub(super) fn hear(&mut self, spoken: &[Spoken], events: &[Event]) {
        for said in spoken {
            self.answered.extend(said.keys().cloned());
            self.taken_out.retain(|key| !said.keys().any(|again| again == key));
            if !said.is_past {
                self.read_again(said);
            }
            if said.orders.iter().any(|order| matches!(order.command, Command::Points { .. })) {
                self.weighed_at = self.weighed_at.max(Some(said.at));
            }
            for order in said.orders.iter().filter(|order| is_statement(&order.command)) {
                self.state(Statement {
                    command: order.command.clone(),
                    by: said.by.clone(),
                    at: said.at,
                    comment: said.comment.clone(),
                });
            }
        }
        for event in events {
            if let Fact::Unsaid { comment } = &event.fact {
                self.gone.push(comment.clone());
                self.statements.retain(|statement| {
                    statement.comment.as_ref() != Some(comment) || !statement.command.lives_in_comment()
                });
            }
        }
        keep_last(&mut self.statements, STATEMENTS);
        keep_last(&mut self.answered, ANSWERED);
        keep_last(&mut self.taken_out, STATEMENTS);
        keep_last(&mut self.read, STATEMENTS);
        keep_last(&mut self.gone, STATEMENTS);
    }

    /// Notes that a text was read, and forgets what an edit took out of it.
    fn read_again(&mut self, said: &Spoken) {
        self.read.retain(|text| text.comment != said.comment);
        self.read.push(ReadText { comment: said.comment.clone(), written_at: said.at });
        if let Some(revision) = &said.revision {
            self.taken_out.extend(revision.taken_out.iter().cloned());
            self.statements.retain(|statement| {
                let elsewhere = statement.comment != said.comment || !statement.command.lives_in_comment();
                elsewhere || revision.says.contains(&statement.command)
            });
        }
    }

    /// Where a comment is corrected, the correction stands in place of what it said.
    fn state(&mut self, new: Statement) {
        let kind = std::mem::discriminant(&new.command);
        self.statements.retain(|old| {
            old.comment != new.comment || std::mem::discriminant(&old.command) != kind || old.at > new.at
        });
        self.statements.push(new);
        self.statements.sort_by_key(|statement| statement.at);
    }
}

const fn is_statement(command: &Command) -> bool {
    match command {
        Command::Share { .. }
        | Command::Impact { .. }
        | Command::Due { .. }
        | Command::Keep { .. }
        | Command::Stale
        | Command::Duplicate { .. } => true,
        // A weight lives in its label.
        Command::Points { .. }
        | Command::SetCategory { .. }
        | Command::GiveBack
        | Command::Why
        | Command::Debt { .. }
        | Command::Report { .. }
        | Command::Backlog
        | Command::Help { .. } => false,
    }
}

fn keep_last<T>(list: &mut Vec<T>, count: usize) {
    let surplus = list.len().saturating_sub(count);
    list.drain(..surplus);
}
