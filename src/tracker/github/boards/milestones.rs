//! Sprints that live in a repository itself: its milestones, or a label per stretch of a cadence.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::policy::{Cadence, CadenceSprint, MilestoneChoice, SprintMark};
use crate::tracker::{BoardView, Missing, PlannedItem, SprintDates, TrackerError};

use super::super::adapter::{Desk, GitHub};
use super::super::answer::Purpose;
use super::work::{Connection, Nodes, Work, set};

const MILESTONES: &str = include_str!("milestones.graphql");
const OF_MILESTONE: &str =
    concat!(include_str!("milestone_items.graphql"), include_str!("works.graphql"), include_str!("work.graphql"));
const OF_LABEL: &str =
    concat!(include_str!("labelled_items.graphql"), include_str!("works.graphql"), include_str!("work.graphql"));

/// Pages of fifty items that are read of a sprint at most.
const MAX_PAGES: usize = 40;

#[derive(Deserialize)]
struct Answer<T> {
    repository: Option<T>,
}

#[derive(Deserialize)]
struct WithMilestones {
    url: Option<String>,
    milestones: Nodes<Milestone>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Milestone {
    number: u64,
    title: String,
    due_on: Option<Timestamp>,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct WithMilestone {
    milestone: Option<WithIssues>,
}

#[derive(Deserialize)]
struct WithIssues {
    issues: Connection<Work>,
}

impl GitHub {
    /// The repository's milestones that have a due date.
    pub(super) async fn milestones(
        &self,
        desk: &Desk<'_>,
        choice: &MilestoneChoice,
        cadence: Option<&Cadence>,
    ) -> Result<BoardView, TrackerError> {
        let found = self.read_milestones(desk).await?;
        let chosen = found.milestones.nodes.into_iter().flatten().filter(|one| choice.includes(&one.title)).collect();
        Ok(view(desk, found.url, sprints(chosen, cadence.map(|cadence| cadence.length.days()))))
    }

    /// A calendar around the present day. Each sprint's items carry its label or stand in its milestone.
    pub(super) async fn calendar(
        &self,
        desk: &Desk<'_>,
        cadence: &Cadence,
        mark: &SprintMark,
    ) -> Result<BoardView, TrackerError> {
        let days = around(cadence, day(desk.errand.now));
        match mark {
            SprintMark::Label(pattern) => {
                let named = days.into_iter().map(|one| (pattern.name(one.number, one.start), one));
                let sprints = named.map(|(name, one)| dates(name.clone(), &one, name)).collect();
                Ok(view(desk, None, sprints))
            }
            SprintMark::Milestone(pattern) => {
                let found = self.read_milestones(desk).await?;
                let all: Vec<Milestone> = found.milestones.nodes.into_iter().flatten().collect();
                let number = |name: &str| {
                    let same = all.iter().find(|one| one.title.trim().eq_ignore_ascii_case(name.trim()));
                    same.map(|one| one.number.to_string()).unwrap_or_default()
                };
                let named = days.into_iter().map(|one| (pattern.name(one.number, one.start), one));
                let sprints = named.map(|(name, one)| dates(name.clone(), &one, number(&name))).collect();
                Ok(view(desk, found.url, sprints))
            }
        }
    }

    async fn read_milestones(&self, desk: &Desk<'_>) -> Result<WithMilestones, TrackerError> {
        let purpose = purpose(format!("reading the milestones of {}", desk.repository.name));
        let (owner, name) = owner_and_name(desk);
        let variables = json!({ "owner": owner, "name": name });
        let answer: Answer<WithMilestones> = self.client.query(desk.caller(), MILESTONES, variables, &purpose).await?;
        answer.repository.ok_or_else(|| purpose.missing())
    }

    /// What is in a milestone.
    pub(super) async fn milestone_items(
        &self,
        desk: &Desk<'_>,
        sprint: &SprintDates,
    ) -> Result<Vec<PlannedItem>, TrackerError> {
        let purpose = purpose(format!("reading the milestone {} of {}", sprint.name, desk.repository.name));
        // A calendar's sprint whose milestone nobody has made yet.
        let Ok(number) = sprint.handle.parse::<u64>() else { return Ok(Vec::new()) };
        let (owner, name) = owner_and_name(desk);
        let mut variables = json!({ "owner": owner, "name": name, "number": number, "after": null });
        let mut planned = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer: Answer<WithMilestone> =
                self.client.query(desk.caller(), OF_MILESTONE, variables.clone(), &purpose).await?;
            let found = answer.repository.and_then(|found| found.milestone).ok_or_else(|| purpose.missing())?;
            if !take(found.issues, &mut planned, &mut variables) {
                break;
            }
        }
        self.read_issue_fields(desk, None, &mut planned).await?;
        Ok(planned)
    }

    /// What carries a label.
    pub(super) async fn labelled_items(
        &self,
        desk: &Desk<'_>,
        sprint: &SprintDates,
    ) -> Result<Vec<PlannedItem>, TrackerError> {
        let purpose = purpose(format!("reading what is labelled {} in {}", sprint.handle, desk.repository.name));
        let (owner, name) = owner_and_name(desk);
        let mut variables = json!({ "owner": owner, "name": name, "label": sprint.handle, "after": null });
        let mut planned = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer: Answer<WithIssues> =
                self.client.query(desk.caller(), OF_LABEL, variables.clone(), &purpose).await?;
            let found = answer.repository.ok_or_else(|| purpose.missing())?;
            if !take(found.issues, &mut planned, &mut variables) {
                break;
            }
        }
        self.read_issue_fields(desk, None, &mut planned).await?;
        Ok(planned)
    }
}

/// Takes a page. Whether another one follows.
fn take(page: Connection<Work>, planned: &mut Vec<PlannedItem>, variables: &mut Value) -> bool {
    planned.extend(page.nodes.into_iter().flatten().map(|work| work.into_planned(None)));
    let next = page.page.next();
    let follows = next.is_some();
    set(variables, "after", next);
    follows
}

fn purpose(doing: String) -> Purpose {
    Purpose { doing, missing: Missing::Below, needs: "issues: read" }
}

fn owner_and_name<'a>(desk: &'a Desk<'_>) -> (&'a str, &'a str) {
    desk.repository.name.split_once('/').unwrap_or_default()
}

/// GitHub keeps a due date as some hour of that day; the day is what people chose.
fn day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn view(desk: &Desk<'_>, url: Option<String>, sprints: Vec<SprintDates>) -> BoardView {
    BoardView {
        id: Some(desk.repository.place.repository.clone()),
        title: desk.repository.name.clone(),
        url: url.map(|url| format!("{url}/milestones")),
        sprints,
        sprint_field: None,
        points_field: None,
    }
}

/// A calendar never ends: so many sprints before the present one and after it are looked at.
const AROUND: u32 = 3;

fn around(cadence: &Cadence, today: Date) -> Vec<CadenceSprint> {
    let present = cadence.on(today).map_or(cadence.numbered_from, |sprint| sprint.number);
    let numbers = present.saturating_sub(AROUND)..=present.saturating_add(AROUND);
    numbers.filter_map(|number| cadence.numbered(number)).collect()
}

fn dates(name: String, sprint: &CadenceSprint, handle: String) -> SprintDates {
    SprintDates { name, start: sprint.start, end: sprint.end, handle }
}

/// By due date. A milestone starts on the day after the previous one is due; the first one so many days before it is due
/// itself, or when it was made.
fn sprints(milestones: Vec<Milestone>, length: Option<u16>) -> Vec<SprintDates> {
    let mut dated: Vec<(Date, Milestone)> =
        milestones.into_iter().filter_map(|one| Some((day(one.due_on?), one))).collect();
    dated.sort_by_key(|(due, one)| (*due, one.number));
    // Two that are due on the same day cannot be told apart by their dates: the older one stands.
    dated.dedup_by_key(|(due, _)| *due);
    let mut before: Option<Date> = None;
    let mut sprints = Vec::new();
    for (due, one) in dated {
        let start = match (length, before) {
            (_, Some(before)) => before.tomorrow().unwrap_or(due),
            (Some(days), None) => due.checked_sub((i64::from(days) - 1).days()).unwrap_or(due),
            (None, None) => day(one.created_at).min(due),
        };
        before = Some(due);
        sprints.push(SprintDates { name: one.title, start, end: due, handle: one.number.to_string() });
    }
    sprints
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn milestone(number: u64, due: Option<&str>) -> Milestone {
        Milestone {
            number,
            title: format!("Sprint {number}"),
            due_on: due.map(|due| due.parse().unwrap()),
            created_at: "2026-02-20T10:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_milestone_starts_when_the_one_before_is_due() {
        let due = |day| Some(day);
        let all = || {
            vec![
                milestone(2, due("2026-03-29T07:00:00Z")),
                milestone(1, due("2026-03-15T07:00:00Z")),
                milestone(3, None),
                milestone(4, due("2026-03-29T08:00:00Z")),
            ]
        };
        let dates = |sprints: Vec<SprintDates>| -> Vec<(String, Date, Date)> {
            sprints.into_iter().map(|it| (it.handle, it.start, it.end)).collect()
        };
        assert_eq!(
            dates(sprints(all(), None)),
            [
                ("1".to_owned(), date(2026, 2, 20), date(2026, 3, 15)),
                ("2".to_owned(), date(2026, 3, 16), date(2026, 3, 29)),
            ]
        );
        assert_eq!(dates(sprints(all(), Some(14)))[0].1, date(2026, 3, 2));
    }
}
