//! Which category a label marks: every spelling belongs to one.
//!
//! Within one file two claims to a spelling are a mistake. Between files the higher one wins over an alias below it, so
//! that neither an upgrade's new aliases nor an organisation's break a team's file; a label below is never taken away
//! silently, because the bot would then put a label that marks something else.

use std::collections::HashMap;

use crate::backlog::LabelKey;
use crate::policy::problem::{Problems, Span, quoted};

/// What a spelling is for the category that claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Label,
    Alias,
}

/// A category's claim to a spelling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    /// The category's place in the policy's order.
    pub(super) category: usize,
    pub(super) role: Role,
    pub(super) at: Span,
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

    /// Claims a spelling. Labels are to be claimed before aliases.
    pub(super) fn claim(&mut self, spelling: &str, new: Claim, problems: &mut Problems) {
        let held = *self.by_key.entry(LabelKey::new(spelling)).or_insert(new);
        if held.category == new.category {
            return;
        }
        let (above, below) = if held.at.layer > new.at.layer { (held, new) } else { (new, held) };
        if above.at.layer > below.at.layer && below.role == Role::Alias {
            self.by_key.insert(LabelKey::new(spelling), above);
            let (now, before) = (self.name(above), self.name(below));
            let text = format!("{} now marks `{now}`; in {} it marks `{before}`", quoted(spelling), below.at.layer);
            problems.note(above.at, text);
        } else {
            self.refuse(spelling, above, below, problems);
        }
    }

    fn refuse(&self, spelling: &str, here: Claim, there: Claim, problems: &mut Problems) {
        let role = match there.role {
            Role::Label => "the label",
            Role::Alias => "an alias",
        };
        let other = self.name(there);
        let (place, advice) = if here.at.layer == there.at.layer {
            (format!(" (line {})", there.at.line), "a label marks one category: keep it at one of the two".to_owned())
        } else {
            (String::new(), format!("choose another, or give `{other}` another label, or write `{other}: off`"))
        };
        problems.add(here.at, format!("{} is already {role} of `{other}`{place}", quoted(spelling)), advice);
    }

    fn name(&self, claim: Claim) -> &str {
        self.names.get(claim.category).map_or("", String::as_str)
    }

    /// Claims a spelling only if nobody else does.
    pub(super) fn claim_if_free(&mut self, spelling: &str, claim: Claim) {
        self.by_key.entry(LabelKey::new(spelling)).or_insert(claim);
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
