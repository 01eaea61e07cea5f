//! Which category a label marks: every spelling belongs to one.
//!
//! Within one file two claims to a spelling are a mistake. Between files the higher one wins over an alias below it, so
//! that neither an upgrade's new aliases nor an organisation's break a team's file; a label below is never taken away
//! silently, because the bot would then put a label that marks something else.

use std::collections::HashMap;

use crate::backlog::LabelKey;
use crate::policy::checked::Note;
use crate::policy::problem::{Problems, Span, quoted};

/// What a spelling is for the category that claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Label,
    Alias,
}

#[derive(Clone, Copy, Debug)]
struct Claim {
    category: usize,
    role: Role,
    at: Span,
}

/// All spellings with who claims them.
pub(super) struct Claims<'a> {
    names: &'a [String],
    by_key: HashMap<LabelKey, Claim>,
}

impl<'a> Claims<'a> {
    /// `names`: the categories' names, in the policy's order.
    pub(super) fn new(names: &'a [String]) -> Self {
        Self { names, by_key: HashMap::new() }
    }

    /// Claims a spelling for a category. Labels are to be claimed before aliases.
    pub(super) fn claim(
        &mut self,
        spelling: &str,
        category: usize,
        role: Role,
        at: Span,
        problems: &mut Problems,
        notes: &mut Vec<Note>,
    ) {
        let claim = Claim { category, role, at };
        let Some(held) = self.by_key.get_mut(&LabelKey::new(spelling)) else {
            self.by_key.insert(LabelKey::new(spelling), claim);
            return;
        };
        if held.category == category {
            return;
        }
        let name = |index: usize| self.names.get(index).map_or("", String::as_str);
        let (winner, loser) = if held.at.layer >= at.layer { (*held, claim) } else { (claim, *held) };
        let may_give_way = loser.role == Role::Alias && winner.at.layer > loser.at.layer;
        if may_give_way {
            notes.push(Note {
                at: winner.at,
                text: format!(
                    "{} now marks `{}`; by {} it was an alias of `{}`",
                    quoted(spelling),
                    name(winner.category),
                    loser.at.layer,
                    name(loser.category)
                ),
            });
            *held = winner;
            return;
        }
        let (here, there) = if held.at.layer > at.layer { (*held, claim) } else { (claim, *held) };
        let word = match there.role {
            Role::Label => "the label",
            Role::Alias => "an alias",
        };
        let line = if there.at.layer == here.at.layer { format!(" (line {})", there.at.line) } else { String::new() };
        problems.add(
            here.at,
            format!("{} is already {word} of `{}`{line}", quoted(spelling), name(there.category)),
            "a label can mark one category: choose another, or take it away there",
        );
    }

    /// Claims a spelling only if nobody else does.
    pub(super) fn claim_if_free(&mut self, spelling: &str, category: usize, at: Span) {
        self.by_key.entry(LabelKey::new(spelling)).or_insert(Claim { category, role: Role::Alias, at });
    }

    /// Whether a category holds a spelling as an alias. Each spelling is given out once.
    pub(super) fn take_alias(&mut self, spelling: &str, category: usize) -> bool {
        let key = LabelKey::new(spelling);
        let holds = self.by_key.get(&key).is_some_and(|claim| claim.category == category && claim.role == Role::Alias);
        if holds {
            self.by_key.remove(&key);
        }
        holds
    }
}
