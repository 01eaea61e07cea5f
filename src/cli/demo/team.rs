//! The team at its board: it plans, moves, finishes what it can, and a sprint follows the other.

use jiff::civil::{Date, Time, time};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::sandbox::github::Issue;

use super::Failure;
use super::backlog::Story;
use super::plans::{LENGTH, PLANS, Plan};
use super::stage::{Stage, zone};

/// The project's field whose values are sprints.
const FIELD: &str = "Iteration";
/// Between two things that people do.
const A_WHILE: SignedDuration = SignedDuration::from_mins(1);
const EVENING: Time = time(16, 0, 0, 0);
const AFTER_MIDNIGHT: Time = time(0, 5, 0, 0);
const MORNING: Time = time(9, 0, 0, 0);

impl Stage {
    /// Gives the project its iterations, and plans the one that runs.
    pub(super) fn set_up_board(&self) {
        let iterations: Vec<(&str, Date, u16)> = PLANS.iter().map(|plan| (plan.name, plan.start, LENGTH)).collect();
        self.project.iterations(FIELD, &iterations);
        if let Some(first) = PLANS.first() {
            self.prepare(first);
        }
    }

    /// Opens an issue as its author would, with estimate and impact.
    pub(super) fn open(&self, story: &Story) -> Issue {
        let labels: Vec<&str> = story.estimate.into_iter().collect();
        let issue = self.shop.open_with_labels(story.author, story.title, story.body, &labels);
        if let Some(impact) = story.impact {
            issue.comment(story.author, &format!("/impact {impact}"));
        }
        self.later(A_WHILE);
        issue
    }

    /// The sprint that runs.
    pub(super) fn sprint(&self) -> Result<Option<&'static Plan>, Failure> {
        let today = self.now().to_zoned(zone()?).date();
        Ok(PLANS.iter().rfind(|plan| plan.start <= today))
    }

    /// The sprint after the one that runs.
    pub(super) fn next(&self) -> Result<Option<&'static Plan>, Failure> {
        let today = self.now().to_zoned(zone()?).date();
        Ok(PLANS.iter().find(|plan| today < plan.start))
    }

    /// What is in a sprint.
    pub(super) fn inside(&self, plan: &Plan) -> Vec<Issue> {
        let planned = self.project.items(FIELD).into_iter().filter(|item| item.starts == Some(plan.start));
        planned.filter_map(|item| item.issue).map(|number| self.shop.issue(number)).collect()
    }

    /// Plans an issue for a sprint, or for none.
    pub(super) fn plan(&self, who: &str, issue: &Issue, sprint: Option<&Plan>) {
        let item = self.project.add(who, issue);
        self.project.plan(who, item, FIELD, sprint.map(|sprint| sprint.start));
        self.later(A_WHILE);
    }

    /// Lets the running sprint end and the next one begin, as the team plans it. None: there is none.
    pub(super) async fn next_sprint(&self) -> Result<Option<&'static Plan>, Failure> {
        let (Some(ending), Some(beginning)) = (self.sprint()?, self.next()?) else { return Ok(None) };
        self.until(at(beginning.start.yesterday()?, EVENING)?).await?;
        let (late, done): (Vec<Issue>, Vec<Issue>) =
            self.inside(ending).into_iter().partition(|issue| title(issue).as_deref() == ending.not_done);
        for issue in done.iter().filter(|issue| is_open(issue)) {
            issue.close("lena", "completed");
        }
        self.prepare(beginning);
        self.until(at(beginning.start, AFTER_MIDNIGHT)?).await?;
        self.until(at(beginning.start, MORNING)?).await?;
        for issue in late.iter().filter(|issue| is_open(issue)) {
            self.plan("lena", issue, Some(beginning));
        }
        self.comes_to_rest().await?;
        Ok(Some(beginning))
    }

    /// The team's own planning: what came in for the sprint, and what it takes from the backlog if nobody has yet.
    fn prepare(&self, plan: &Plan) {
        for story in plan.stories {
            let issue = self.open(story);
            self.plan("peter", &issue, Some(plan));
        }
        let planned: Vec<u64> =
            self.project.items(FIELD).iter().filter(|item| item.starts.is_some()).filter_map(|it| it.issue).collect();
        for issue in self.shop.issues() {
            let wanted = title(&issue).is_some_and(|title| plan.from_backlog.contains(&title.as_str()));
            if wanted && is_open(&issue) && !planned.contains(&issue.number()) {
                self.plan("lena", &issue, Some(plan));
            }
        }
    }
}

/// The last day of a sprint.
pub(super) fn last_day(plan: &Plan) -> Date {
    plan.start.checked_add((i64::from(LENGTH) - 1).days()).unwrap_or(plan.start)
}

fn at(day: Date, time: Time) -> Result<Timestamp, Failure> {
    Ok(day.to_datetime(time).to_zoned(zone()?)?.timestamp())
}

pub(super) fn title(issue: &Issue) -> Option<String> {
    issue.view().map(|view| view.title)
}

fn is_open(issue: &Issue) -> bool {
    issue.view().is_some_and(|view| view.open)
}
