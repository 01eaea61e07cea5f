//! Projects (v2): sprints are the iterations of a field.
//!
//! github.com finds the items of one iteration (`items(query:)`), so that reading a sprint costs no more in a long backlog.
//! Enterprise Server up to 3.19 at least does not know that argument: there all items are read. Either way each item's
//! own iteration decides, so a filter that finds too much does no harm.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::policy::{Project, SprintSource};
use crate::tracker::{BoardView, Missing, PlannedItem, SprintDates, TrackerError};

use super::super::adapter::{Desk, GitHub};
use super::super::answer::Purpose;
use super::super::graphql::QueryError;
use super::points::{USUAL_NAMES, number_in};
use super::work::{Connection, Draft, Nodes, Work, set};

const PROJECT: &str = include_str!("project.graphql");
const ALL_ITEMS: &str =
    concat!(include_str!("project_items.graphql"), include_str!("project_item.graphql"), include_str!("work.graphql"));
const SPRINTS_ITEMS: &str = concat!(
    include_str!("project_items_of_sprint.graphql"),
    include_str!("project_item.graphql"),
    include_str!("work.graphql")
);

/// What people call the field unless the policy names another.
const USUAL_ITERATION_FIELD: &str = "Iteration";
/// Pages of fifty items that are read at most: GitHub's own limit of a project's items.
const MAX_PAGES: usize = 1_000;

/// A project as the policy declares it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared<'a> {
    pub(super) project: &'a Project,
    pub(super) iteration_field: Option<&'a str>,
    pub(super) points_field: Option<&'a str>,
}

impl<'a> Declared<'a> {
    /// None: its sprints live in no project.
    pub(super) fn of(source: &'a SprintSource) -> Option<Self> {
        match source {
            SprintSource::GitHubProject { project, iteration_field, points_field } => {
                Some(Self::new(project, iteration_field.as_deref(), points_field.as_deref()))
            }
            SprintSource::Milestones { .. } | SprintSource::Cadence { .. } => None,
        }
    }

    pub(super) const fn new(
        project: &'a Project,
        iteration_field: Option<&'a str>,
        points_field: Option<&'a str>,
    ) -> Self {
        Self { project, iteration_field, points_field }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    repository_owner: Option<Owner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    #[serde(default)]
    project_v2: Option<FoundProject>,
}

#[derive(Deserialize)]
struct FoundProject {
    id: String,
    title: String,
    url: Option<String>,
    fields: Nodes<Field>,
}

/// A field of a project, as far as the query at hand asks for it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) data_type: String,
    #[serde(default)]
    pub(super) options: Vec<Choice>,
    configuration: Option<Configuration>,
}

/// An option of a field.
#[derive(Deserialize)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    iterations: Vec<Iteration>,
    completed_iterations: Vec<Iteration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Iteration {
    title: String,
    start_date: Date,
    duration: i64,
}

impl Iteration {
    fn dates(&self) -> SprintDates {
        let last = self.duration.clamp(1, 3_650) - 1;
        SprintDates {
            name: self.title.clone(),
            start: self.start_date,
            end: self.start_date.checked_add(last.days()).unwrap_or(self.start_date),
            handle: self.title.clone(),
        }
    }
}

#[derive(Deserialize)]
struct Items {
    node: Option<ProjectNode>,
}

#[derive(Deserialize)]
struct ProjectNode {
    items: Option<Connection<ProjectItem>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProjectItem {
    #[serde(default)]
    is_archived: bool,
    sprint: Option<IterationValue>,
    points: Option<PointsValue>,
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IterationValue {
    start_date: Option<Date>,
}

#[derive(Deserialize)]
struct PointsValue {
    number: Option<f64>,
    name: Option<String>,
}

impl PointsValue {
    /// A number, or an option of a list that begins with one (`5`, `5 - large`).
    fn points(&self) -> Option<f64> {
        let first = self.name.as_deref().and_then(|name| name.split_whitespace().next());
        self.number.or_else(|| number_in(first?)).filter(|points| points.is_finite() && *points >= 0.0)
    }
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Content {
    Issue(Box<Work>),
    DraftIssue(Draft),
    /// A pull request.
    #[serde(other)]
    Other,
}

impl ProjectItem {
    fn into_planned(self) -> Option<PlannedItem> {
        let points = self.points.as_ref().and_then(PointsValue::points);
        match self.content? {
            Content::Issue(work) => Some(work.into_planned(points)),
            Content::DraftIssue(draft) => Some(draft.into_planned(points)),
            Content::Other => None,
        }
    }
}

impl GitHub {
    pub(super) async fn project(&self, desk: &Desk<'_>, declared: Declared<'_>) -> Result<BoardView, TrackerError> {
        let project = declared.project;
        let purpose = purpose(project);
        let variables = json!({ "owner": project.owner, "number": project.number });
        let answer: Answer =
            self.client.query(desk.caller(), PROJECT, variables, &purpose).await.map_err(TrackerError::from).or_else(
                // GitHub says NOT_FOUND for what is not there and for what may not be seen.
                |error| {
                    if matches!(error, TrackerError::Missing { .. }) {
                        Ok(Answer { repository_owner: None })
                    } else {
                        Err(error)
                    }
                },
            )?;
        let found = answer.repository_owner.and_then(|owner| owner.project_v2).ok_or_else(|| TrackerError::Refused {
            doing: purpose.doing.clone(),
            message: "there is no such project, or the bot may not see it".to_owned(),
            hint: format!(
                "check the number in `sprints.project`; for an organisation's project grant the App `{}`; an App sees no project that belongs to a person",
                purpose.needs
            ),
        })?;
        let fields: Vec<Field> = found.fields.nodes.into_iter().flatten().collect();
        let iteration = iteration_field(&fields, declared.iteration_field, &purpose)?;
        Ok(BoardView {
            id: Some(found.id),
            title: found.title,
            url: found.url,
            sprints: sprints(iteration),
            sprint_field: Some(iteration.name.clone()),
            points_field: points_field(&fields, declared.points_field).map(|field| field.name.clone()),
        })
    }

    pub(super) async fn project_items(
        &self,
        desk: &Desk<'_>,
        declared: Declared<'_>,
        board: &BoardView,
        sprint: &SprintDates,
    ) -> Result<Vec<PlannedItem>, TrackerError> {
        let field = board.sprint_field.as_deref().unwrap_or(USUAL_ITERATION_FIELD);
        let filter = filter(field, &sprint.handle);
        let mut planned = match filter {
            Some(filter) => match self.read_items(desk, declared, board, sprint, field, Some(&filter)).await {
                Err(QueryError::Unknown(why)) => {
                    tracing::debug!(%why, "all items of the project are read instead");
                    self.read_items(desk, declared, board, sprint, field, None).await?
                }
                read => read?,
            },
            None => self.read_items(desk, declared, board, sprint, field, None).await?,
        };
        self.read_issue_fields(desk, declared.points_field, &mut planned).await?;
        Ok(planned)
    }

    async fn read_items(
        &self,
        desk: &Desk<'_>,
        declared: Declared<'_>,
        board: &BoardView,
        sprint: &SprintDates,
        field: &str,
        filter: Option<&str>,
    ) -> Result<Vec<PlannedItem>, QueryError> {
        let purpose = Purpose {
            doing: format!("reading the sprint {} of {}", sprint.name, declared.project),
            ..purpose(declared.project)
        };
        let document = if filter.is_some() { SPRINTS_ITEMS } else { ALL_ITEMS };
        let mut variables = json!({
            "project": board.id,
            "after": null,
            "iteration": field,
            "points": board.points_field.as_deref().unwrap_or(USUAL_NAMES[0]),
        });
        if let Some(filter) = filter {
            set(&mut variables, "filter", filter);
        }
        let mut planned = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer: Items = self.client.query(desk.caller(), document, variables.clone(), &purpose).await?;
            let Some(items) = answer.node.and_then(|node| node.items) else { return Err(purpose.missing().into()) };
            let of_sprint = |item: &ProjectItem| {
                !item.is_archived && item.sprint.as_ref().and_then(|value| value.start_date) == Some(sprint.start)
            };
            let of_this = items.nodes.into_iter().flatten().filter(of_sprint);
            planned.extend(of_this.filter_map(ProjectItem::into_planned));
            match items.page.next() {
                Some(next) => set(&mut variables, "after", next),
                None => break,
            }
        }
        Ok(planned)
    }
}

fn purpose(project: &Project) -> Purpose {
    Purpose {
        doing: format!("reading the project {project}"),
        missing: Missing::Below,
        needs: "organization projects: read",
    }
}

/// The field that is named, else the usual one, else the only one.
fn iteration_field<'a>(
    fields: &'a [Field],
    wanted: Option<&str>,
    purpose: &Purpose,
) -> Result<&'a Field, TrackerError> {
    let all: Vec<&Field> = fields.iter().filter(|field| field.configuration.is_some()).collect();
    let named = |name: &str| all.iter().copied().find(|field| field.name.eq_ignore_ascii_case(name));
    let found = match (wanted, all.as_slice()) {
        (Some(name), _) => named(name),
        (None, [only]) => Some(*only),
        (None, _) => named(USUAL_ITERATION_FIELD),
    };
    found.ok_or_else(|| {
        let present: Vec<&str> = all.iter().map(|field| field.name.as_str()).collect();
        TrackerError::Refused {
            doing: purpose.doing.clone(),
            message: match (wanted, present.is_empty()) {
                (_, true) => "it has no iteration field".to_owned(),
                (Some(name), _) => format!("it has no iteration field `{name}`, but: {}", present.join(", ")),
                (None, _) => format!("it has several iteration fields: {}", present.join(", ")),
            },
            hint: "add one to the project, or name it in the policy: `sprints: { iteration_field: … }`".to_owned(),
        }
    })
}

/// The field that is named, else one with a usual name.
pub(super) fn points_field<'a>(fields: impl IntoIterator<Item = &'a Field>, wanted: Option<&str>) -> Option<&'a Field> {
    let holds_points = |field: &&Field| matches!(field.data_type.as_str(), "NUMBER" | "SINGLE_SELECT");
    let candidates: Vec<&Field> = fields.into_iter().filter(holds_points).collect();
    let named = |name: &str| candidates.iter().copied().find(|field| field.name.eq_ignore_ascii_case(name));
    match wanted {
        Some(name) => named(name),
        None => USUAL_NAMES.iter().find_map(|name| named(name)),
    }
}

fn sprints(field: &Field) -> Vec<SprintDates> {
    let Some(configuration) = &field.configuration else { return Vec::new() };
    let all = configuration.completed_iterations.iter().chain(&configuration.iterations);
    let mut sprints: Vec<SprintDates> = all.map(Iteration::dates).collect();
    sprints.sort_by_key(|sprint| sprint.start);
    sprints.dedup_by_key(|sprint| sprint.start);
    sprints
}

/// In the syntax of the board's own filter. None: a name that cannot be written in it.
fn filter(field: &str, title: &str) -> Option<String> {
    let is_plain =
        |text: &str| !text.trim().is_empty() && !text.chars().any(|c| c == '"' || c == '\\' || c.is_control());
    let field_is_plain = is_plain(field) && field.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let field = field.trim().to_lowercase().replace(' ', "-");
    (field_is_plain && is_plain(title)).then(|| format!("{field}:\"{title}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: serde_json::Value) -> Vec<Field> {
        serde_json::from_value(json).unwrap()
    }

    fn iteration(name: &str) -> serde_json::Value {
        json!({"name": name, "dataType": "ITERATION", "configuration": {"iterations": [], "completedIterations": []}})
    }

    #[test]
    fn fields_are_found_by_name_or_because_there_is_only_one() {
        let purpose = purpose(&Project { owner: "acme".into(), number: 7 });
        let one = fields(json!([{}, {"name": "Status", "dataType": "SINGLE_SELECT"}, iteration("Sprint")]));
        assert_eq!(iteration_field(&one, None, &purpose).unwrap().name, "Sprint");
        assert_eq!(iteration_field(&one, Some("sprint"), &purpose).unwrap().name, "Sprint");
        let two = fields(json!([iteration("Cycle"), iteration("Iteration")]));
        assert_eq!(iteration_field(&two, None, &purpose).unwrap().name, "Iteration");
        insta::assert_snapshot!(iteration_field(&one, Some("Cycle"), &purpose).err().unwrap(), @"reading the project acme/7: refused (it has no iteration field `Cycle`, but: Sprint); add one to the project, or name it in the policy: `sprints: { iteration_field: … }`");
        assert!(iteration_field(&[], None, &purpose).is_err());
    }

    #[test]
    fn points_are_looked_for_under_the_usual_names() {
        let found = |json| points_field(&fields(json), None).map(|field| field.name.clone());
        let number = |name: &str| json!({"name": name, "dataType": "NUMBER"});
        assert_eq!(found(json!([number("size"), number("Story points")])).as_deref(), Some("Story points"));
        assert_eq!(found(json!([{"name": "Points", "dataType": "TEXT"}])), None);
        let effort = fields(json!([number("Effort")]));
        assert_eq!(points_field(&effort, Some("effort")).map(|field| field.name.as_str()), Some("Effort"));
    }

    #[test]
    fn an_iteration_ends_on_its_last_day() {
        let iteration: Iteration =
            serde_json::from_value(json!({"title": "Sprint 1", "startDate": "2026-03-02", "duration": 14})).unwrap();
        assert_eq!(iteration.dates().end, jiff::civil::date(2026, 3, 15));
    }

    #[test]
    fn a_sprint_is_found_by_the_boards_own_filter() {
        assert_eq!(filter("Iteration", "Sprint 42").unwrap(), "iteration:\"Sprint 42\"");
        assert_eq!(filter("Dev Cycle", "Sprint 42").unwrap(), "dev-cycle:\"Sprint 42\"");
        assert_eq!(filter("Iteration", "the \"big\" one"), None);
        assert_eq!(filter("Iteration:no", "x"), None);
    }
}
