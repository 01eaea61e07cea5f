//! Where an item's weight is written: wherever its boards read it. That is the field of each board's project on which the
//! item is; else the organisation's issue field; else, which is the caller's to do, a label.
//!
//! A project that the bot may not write in counts as one without a field while nothing stands there: the next place is read
//! then. Where a number stands there it hides whatever is written elsewhere, so the refusal is told.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::command::Points;
use crate::policy::SprintSource;
use crate::tracker::{Missing, TrackerError};

use super::super::adapter::{Desk, GitHub};
use super::super::answer::Purpose;
use super::super::ids::item_address;
use super::super::pacing::Write;
use super::points::number_in;
use super::project::{Declared, Field, points_field};
use super::work::Nodes;

const PLACED: &str = include_str!("placed.graphql");
const SET: &str = include_str!("set_value.graphql");
const CLEAR: &str = include_str!("clear_value.graphql");

#[derive(Deserialize)]
struct Answer {
    repository: Option<WithIssue>,
}

#[derive(Deserialize)]
struct WithIssue {
    issue: Option<WithProjects>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithProjects {
    project_items: Nodes<Placed>,
}

/// The item on a project.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Placed {
    id: String,
    project: OnProject,
    field_values: Nodes<Held>,
}

#[derive(Deserialize)]
struct OnProject {
    id: String,
    number: u32,
    owner: Owner,
    fields: Nodes<Field>,
}

#[derive(Deserialize)]
struct Owner {
    #[serde(default)]
    login: String,
}

/// A value that stands in a field; of other kinds of fields nothing is told.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    number: Option<f64>,
    option_id: Option<String>,
    field: Option<HeldIn>,
}

#[derive(Deserialize)]
struct HeldIn {
    id: Option<String>,
}

/// A field of a project with what stands there for the item.
struct Spot<'a> {
    placed: &'a Placed,
    field: &'a Field,
    held: Option<&'a Held>,
}

impl Placed {
    /// Where a board that is declared so reads the item's weight.
    fn spot(&self, declared: Declared<'_>) -> Option<Spot<'_>> {
        let project = declared.project;
        let is_it =
            project.number == self.project.number && project.owner.eq_ignore_ascii_case(&self.project.owner.login);
        let fields = || self.project.fields.nodes.iter().flatten();
        let field = points_field(fields(), declared.points_field).filter(|_| is_it)?;
        let stands_there = |held: &&Held| held.field.as_ref().and_then(|of| of.id.as_deref()) == Some(&field.id);
        Some(Spot { placed: self, field, held: self.field_values.nodes.iter().flatten().find(stands_there) })
    }
}

impl Spot<'_> {
    /// The weight as the field takes it. None: it has no option for it.
    fn value(&self, points: Points) -> Option<Value> {
        if self.field.data_type == "NUMBER" {
            return Some(json!({ "number": points.value() }));
        }
        let says = |name: &str| Points::parse(name.split_whitespace().next().filter(|word| number_in(word).is_some())?);
        let option = self.field.options.iter().find(|option| says(&option.name) == Some(points))?;
        Some(json!({ "singleSelectOptionId": option.id }))
    }

    fn holds(&self, value: &Value) -> bool {
        let same_number =
            |held: &Held| held.number.is_some() && held.number == value.get("number").and_then(Value::as_f64);
        let same_option = |held: &Held| {
            held.option_id.is_some()
                && held.option_id.as_deref() == value.get("singleSelectOptionId").and_then(Value::as_str)
        };
        self.held.is_some_and(|held| same_number(held) || same_option(held))
    }
}

/// Where these boards read the item's weight.
fn spots<'a>(declared: &[Declared<'_>], placed: &'a [Placed]) -> Vec<Spot<'a>> {
    declared.iter().flat_map(|one| placed.iter().filter_map(|placed| placed.spot(*one))).collect()
}

impl GitHub {
    /// True: whoever reads the item's weight finds it there. False: a label is to hold it.
    pub(in super::super) async fn weigh(
        &self,
        desk: &Desk<'_>,
        boards: &[SprintSource],
        points: Option<Points>,
    ) -> Result<bool, TrackerError> {
        let projects: Vec<Declared<'_>> = boards.iter().filter_map(Declared::of).collect();
        let in_projects = !projects.is_empty() && self.weigh_in_projects(desk, &projects, points).await?;
        // A board without fields of its own reads elsewhere, and what is cleared must stand nowhere.
        if in_projects && points.is_some() && projects.len() == boards.len() {
            return Ok(true);
        }
        let mut names: Vec<Option<&str>> = boards.iter().map(|board| Declared::of(board)?.points_field).collect();
        if names.is_empty() {
            names.push(None);
        }
        names.sort_unstable();
        names.dedup();
        let mut in_field = false;
        let mut written = Vec::new();
        for name in names {
            if let Some(id) = self.points_issue_field(desk, name).await?
                && !written.contains(&id)
            {
                written.push(id);
                in_field |= self.put_points(desk, id, points).await?;
            }
        }
        Ok(in_field)
    }

    /// Whether the weight stands in a project's field.
    async fn weigh_in_projects(
        &self,
        desk: &Desk<'_>,
        declared: &[Declared<'_>],
        points: Option<Points>,
    ) -> Result<bool, TrackerError> {
        let placed = self.placed(desk).await?;
        let mut stands = false;
        for spot in spots(declared, &placed) {
            let value = points.and_then(|points| spot.value(points));
            let done = match &value {
                Some(value) if spot.holds(value) => Ok(()),
                None if spot.held.is_none() => Ok(()),
                _ => self.put_value(desk, &spot, value.as_ref()).await,
            };
            match done {
                Err(error @ TrackerError::Refused { .. }) if spot.held.is_none() => {
                    tracing::warn!(%error, "the weight is written elsewhere");
                }
                done => {
                    done?;
                    stands |= value.is_some();
                }
            }
        }
        Ok(stands)
    }

    /// The projects on which the item is, as far as the bot may see them.
    async fn placed(&self, desk: &Desk<'_>) -> Result<Vec<Placed>, TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("looking on which projects {} is", item.name),
            missing: Missing::Below,
            needs: "organization projects: read",
        };
        let (owner, name) = desk.repository.name.split_once('/').unwrap_or_default();
        let number = item_address(&desk.errand.subject).map(|(_, number)| number);
        let variables = json!({ "owner": owner, "name": name, "number": number });
        let asked = self.client.query::<Answer>(desk.caller(), PLACED, variables, &purpose).await;
        match asked.map_err(TrackerError::from) {
            Ok(answer) => {
                let issue = answer.repository.and_then(|found| found.issue);
                Ok(issue.into_iter().flat_map(|issue| issue.project_items.nodes).flatten().collect())
            }
            Err(error @ TrackerError::Refused { .. }) => {
                tracing::warn!(%error, "the weight is written elsewhere");
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    async fn put_value(&self, desk: &Desk<'_>, spot: &Spot<'_>, value: Option<&Value>) -> Result<(), TrackerError> {
        let purpose = Purpose {
            doing: format!("writing the field `{}` of {} in its project", spot.field.name, desk.item()?.name),
            missing: Missing::Below,
            needs: "organization projects: write",
        };
        let (project, item, field) = (&spot.placed.project.id, &spot.placed.id, &spot.field.id);
        let mut variables = json!({ "project": project, "item": item, "field": field });
        let document = match value {
            Some(value) => {
                super::work::set(&mut variables, "value", value.clone());
                SET
            }
            None => CLEAR,
        };
        let answer =
            self.client.mutate::<IgnoredAny>(desk.caller(), Write::Change, document, variables, &purpose).await;
        answer.map(|_| ())
    }
}
