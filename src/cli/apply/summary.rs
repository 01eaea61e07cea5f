//! What a take-over will do, and what it did, in words.

use std::collections::BTreeMap;
use std::fmt;

use jiff::SignedDuration;

use crate::backlog::Repository;
use crate::cli::output::printable;
use crate::decide::Action;
use crate::engine::Rulebook;

use super::tasks::Found;

/// So many items that were left over are named.
const NAMED: usize = 20;

/// What is going to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    repository: String,
    read: usize,
    items: usize,
    beyond_limit: usize,
    writes: Writes,
    takes: SignedDuration,
}

/// So many writes of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Writes {
    put: BTreeMap<String, u64>,
    taken: BTreeMap<String, u64>,
    comments: u64,
}

impl Writes {
    pub(super) fn put(&mut self, label: &str) {
        *self.put.entry(label.to_owned()).or_default() += 1;
    }

    pub(super) fn taken(&mut self, label: &str) {
        *self.taken.entry(label.to_owned()).or_default() += 1;
    }

    pub(super) const fn comment(&mut self) {
        self.comments += 1;
    }

    /// What counts as content; taking a label away does not.
    fn content(&self) -> u64 {
        self.put.values().sum::<u64>() + self.comments
    }
}

impl Summary {
    pub(super) fn of(
        repository: &Repository,
        found: &Found,
        rulebook: &Rulebook,
        pace: &dyn Fn(u64) -> SignedDuration,
    ) -> Self {
        let mut writes = Writes::default();
        for step in found.tasks.iter().flat_map(|task| &task.steps) {
            match &step.action {
                Action::Mark { category } => {
                    let label = rulebook.policy.categories.get(category).map(|category| category.label.as_str());
                    writes.put(label.unwrap_or(category.as_str()));
                }
                Action::Label { label, .. } => writes.put(label),
                Action::Unmark { label } => writes.taken(label),
                Action::Note { .. } => writes.comment(),
                Action::Open { .. }
                | Action::Acknowledge { .. }
                | Action::Unacknowledge { .. }
                | Action::RemoveNote { .. }
                | Action::Weigh { .. }
                | Action::Close { .. } => {}
            }
        }
        Self {
            repository: repository.name.clone(),
            read: found.read,
            items: found.tasks.len(),
            beyond_limit: found.beyond_limit,
            takes: pace(writes.content()),
            writes,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = counted(self.read, "open item");
        writeln!(f, "{}: {read} read, {} to change", self.repository, self.items)?;
        write!(f, "{}", self.writes)?;
        if self.items > 0 {
            let takes = in_words(self.takes);
            writeln!(f, "Paced to the tracker's limits this takes {takes}.")?;
            writeln!(f, "Each item is read again first: what people decided by then stands.")?;
        }
        if self.beyond_limit > 0 {
            writeln!(f, "{} more are left for another time (--limit).", self.beyond_limit)?;
        }
        Ok(())
    }
}

impl fmt::Display for Writes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |one: &str, several: &str, labels: &BTreeMap<String, u64>| {
            let total: u64 = labels.values().sum();
            let mut each: Vec<(&String, &u64)> = labels.iter().collect();
            each.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
            let each: Vec<String> = each.iter().map(|(label, count)| format!("{} {count}", printable(label))).collect();
            let what = if total == 1 { one } else { several };
            if total > 0 { writeln!(f, "  {total} {what}: {}", each.join(", ")) } else { Ok(()) }
        };
        line("label put", "labels put", &self.put)?;
        line("own label taken away", "own labels taken away", &self.taken)?;
        match self.comments {
            0 => {}
            1 => writeln!(f, "  1 comment")?,
            some => writeln!(f, "  {some} comments")?,
        }
        Ok(())
    }
}

/// What a take-over did, and what it did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Result {
    /// So many items were changed.
    pub changed: usize,
    /// So many needed nothing any more when their turn came.
    pub unneeded: usize,
    /// What people call the items that could not be changed, and why.
    pub left_over: Vec<(String, String)>,
    /// So many were not reached.
    pub not_reached: usize,
    /// Somebody pressed Ctrl-C.
    pub was_interrupted: bool,
    pub(super) writes: Writes,
}

impl fmt::Display for Result {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} changed", counted(self.changed, "item"))?;
        write!(f, "{}", self.writes)?;
        if self.unneeded > 0 {
            writeln!(f, "{} needed nothing any more when their turn came.", self.unneeded)?;
        }
        if !self.left_over.is_empty() {
            writeln!(f, "{} could not be changed; `plimsoll work` shows what becomes of them:", self.left_over.len())?;
            for (item, why) in self.left_over.iter().take(NAMED) {
                writeln!(f, "  {}: {}", printable(item), printable(why))?;
            }
        }
        if self.left_over.len() > NAMED {
            writeln!(f, "  … and {} more", self.left_over.len() - NAMED)?;
        }
        if self.was_interrupted {
            let rest = counted(self.not_reached, "item");
            writeln!(f, "Interrupted: {rest} left. The same command goes on where this one ended.")?;
        }
        Ok(())
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn in_words(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    match minutes {
        ..1 => "less than a minute".to_owned(),
        1 => "at least a minute".to_owned(),
        2..120 => format!("at least {minutes} minutes"),
        _ => format!("at least {} hours and {} minutes", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use jiff::SignedDuration;

    #[test]
    fn long_times_are_told_in_hours() {
        let told = |seconds| in_words(SignedDuration::from_secs(seconds));
        assert_eq!(told(59), "less than a minute");
        assert_eq!(told(60), "at least a minute");
        assert_eq!(told(7_199), "at least 119 minutes");
        assert_eq!(told(24_000), "at least 6 hours and 40 minutes");
    }
}
