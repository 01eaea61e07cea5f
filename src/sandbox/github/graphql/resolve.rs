//! What each field of each type holds.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::http::auth::{Access, Caller};
use super::super::http::limits::budget_at;
use super::super::render;
use super::super::state::{
    Account, AccountKind, FieldKind, FieldValue, Issue, Iteration, Project, ProjectContent, ProjectItem, Repository,
    Role, World,
};
use super::execute::Arguments;
use super::git;
use super::mutate::mutation;
use super::nodes::{Found, Node};
use super::{GraphQlError, PATH};

/// A list without an argument that says how much of it is refused by GitHub.
const MOST_AT_ONCE: u64 = 100;

pub(super) type Resolved = Result<Found, GraphQlError>;

pub(super) fn resolve(world: &mut World, caller: &Caller, node: &Node, field: &str, arguments: &Arguments) -> Resolved {
    match node {
        Node::Query => query(world, caller, field, arguments),
        Node::Mutation => mutation(world, caller, field, arguments),
        Node::Owner(account) => owner(world, caller, account, field, arguments),
        Node::Repository(id) => repository(world, *id, field, arguments),
        Node::Milestone { repository, number } => milestone(world, *repository, *number, field, arguments),
        Node::Issue { repository, number, is_pull_request: false } => {
            issue(world, caller, (*repository, *number), field, arguments)
        }
        Node::Project(id) => project(world, *id, field, arguments),
        Node::ProjectItem { project, item } => project_item(world, *project, *item, field, arguments),
        Node::FieldValue { project, item, field: of, .. } => value_of_field(world, (*project, *item, *of), field),
        Node::Connection { kind, nodes, total, next } => match field {
            "nodes" => Ok(Found::Many(nodes.clone())),
            "totalCount" => scalar(*total),
            "pageInfo" => plain("PageInfo", json!({"hasNextPage": next.is_some(), "endCursor": next})),
            _ => Err(no_field(kind, field)),
        },
        Node::Plain { kind, members } => match members.get(field) {
            Some(Value::Array(all)) => {
                let of = |member: &Value| Node::Plain { kind: "Object", members: member.clone() };
                Ok(Found::Many(all.iter().map(of).collect()))
            }
            Some(members @ Value::Object(_)) => plain("Object", members.clone()),
            Some(value) => scalar(value.clone()),
            None => Err(no_field(kind, field)),
        },
        Node::Issue { is_pull_request: true, .. } => Err(no_field("PullRequest", field)),
    }
}

pub(super) fn no_field(kind: &str, field: &str) -> GraphQlError {
    GraphQlError::invalid("undefinedField", format!("Field '{field}' doesn't exist on type '{kind}'"))
}

#[expect(clippy::unnecessary_wraps, reason = "resolvers have one form")]
fn scalar(value: impl Into<Value>) -> Resolved {
    Ok(Found::Scalar(value.into()))
}

#[expect(clippy::unnecessary_wraps, reason = "resolvers have one form")]
pub(super) fn plain(kind: &'static str, members: Value) -> Resolved {
    Ok(Found::One(Node::Plain { kind, members }))
}

/// A page of a list: `first` many after the cursor.
fn connection(kind: &'static str, all: Vec<Node>, arguments: &Arguments) -> Resolved {
    let first = arguments.number("first").ok_or_else(|| {
        GraphQlError::invalid("MISSING_PAGINATION_BOUNDARIES", format!("You must provide a `first` value on {kind}"))
    })?;
    if first > MOST_AT_ONCE {
        let message = format!("Requesting {first} records on {kind} exceeds the `first` limit of 100 records.");
        return Err(GraphQlError::invalid("EXCESSIVE_PAGINATION", message));
    }
    let begin: usize = arguments.text("after").and_then(|cursor| cursor.strip_prefix("at ")?.parse().ok()).unwrap_or(0);
    let (total, end) = (all.len(), begin.saturating_add(usize::try_from(first).unwrap_or(0)));
    let nodes = all.into_iter().skip(begin).take(end - begin).collect();
    Ok(Found::One(Node::Connection { kind, nodes, total, next: (end < total).then(|| format!("at {end}")) }))
}

fn query(world: &mut World, caller: &Caller, field: &str, arguments: &Arguments) -> Resolved {
    match field {
        "rateLimit" => {
            let budget = *budget_at(world, caller, PATH);
            let (limit, remaining, used) = (budget.limit, budget.remaining(), budget.used);
            let reset = render::time(budget.resets_at);
            plain(
                "RateLimit",
                json!({"cost": 1, "limit": limit, "remaining": remaining, "used": used, "resetAt": reset}),
            )
        }
        "repositoryOwner" => {
            let account = world.known_account(arguments.text("login").unwrap_or_default());
            Ok(account
                .filter(|it| it.kind != AccountKind::Bot)
                .map_or(Found::Nothing, |it| Found::One(Node::Owner(it))))
        }
        "repository" => {
            let name = format!(
                "{}/{}",
                arguments.text("owner").unwrap_or_default(),
                arguments.text("name").unwrap_or_default()
            );
            let former = || world.repositories.get(world.former_names.get(&name.to_lowercase())?);
            let found = world.repository_named(&name).or_else(former);
            let found = found.filter(|it| sees(world, caller, it)).map(|it| it.id);
            let not_found = || GraphQlError::not_found(&format!("Repository with the name '{name}'"));
            found.map(|id| Found::One(Node::Repository(id))).ok_or_else(not_found)
        }
        "node" => {
            let wanted = arguments.text("id").unwrap_or_default();
            let found = world.projects.values().find(|it| render::node_id("PVT", it.id) == wanted);
            let found = found.filter(|it| caller.sees_projects_of(world, &it.owner));
            let not_found = || GraphQlError::not_found(&format!("node with the global id of '{wanted}'"));
            found.map(|it| Found::One(Node::Project(it.id))).ok_or_else(not_found)
        }
        "nodes" => {
            let ids = arguments.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
            Ok(Found::Many(ids.iter().filter_map(Value::as_str).map(|id| text(world, id)).collect()))
        }
        _ => Err(no_field("Query", field)),
    }
}

/// The issue or comment with this id, as far as its text is concerned. Of any other type nothing is selected.
fn text(world: &World, id: &str) -> Node {
    let issues = || world.repositories.values().flat_map(Repository::living_issues);
    let of_issues = issues().map(|issue| (render::node_id("I", issue.id), issue.editor.as_ref()));
    let of_comments = issues()
        .flat_map(|issue| &issue.comments)
        .map(|comment| (render::node_id("IC", comment.id), comment.editor.as_ref()));
    match of_issues.chain(of_comments).find(|(own, _)| own == id) {
        Some((id, editor)) => Node::Plain {
            kind: "IssueComment",
            members: json!({"id": id, "editor": editor.map(|account| actor(account))}),
        },
        None => Node::Plain { kind: "Object", members: json!({}) },
    }
}

fn actor(account: &Account) -> Value {
    json!({"__typename": account.kind.name(), "login": account.login.trim_end_matches("[bot]")})
}

fn sees(world: &World, caller: &Caller, repository: &Repository) -> bool {
    !matches!(caller.access(world, repository), Access::None | Access::Role(Role::None))
}

fn owner(world: &World, caller: &Caller, account: &Account, field: &str, arguments: &Arguments) -> Resolved {
    match field {
        "login" => scalar(account.login.clone()),
        "projectV2" => {
            let number = arguments.number("number").unwrap_or_default();
            let found = world.projects.values().find(|it| it.owner.id == account.id && it.number == number);
            let found = found.filter(|it| caller.sees_projects_of(world, &it.owner));
            let not_found = || GraphQlError::not_found(&format!("ProjectV2 with the number {number}"));
            found.map(|it| Found::One(Node::Project(it.id))).ok_or_else(not_found)
        }
        _ => Err(no_field("Organization", field)),
    }
}

fn project(world: &World, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(it) = world.projects.get(&id) else { return Ok(Found::Nothing) };
    match field {
        "id" => scalar(render::node_id("PVT", id)),
        "number" => scalar(it.number),
        "owner" => Ok(Found::One(Node::Owner(Arc::clone(&it.owner)))),
        "title" => scalar(it.title.clone()),
        "url" => scalar(format!("{}/orgs/{}/projects/{}", world.url, it.owner.login, it.number)),
        "fields" => {
            let today = world.now().to_zoned(TimeZone::UTC).date();
            let fields = it.fields.iter().map(|field| project_field(field, today)).collect();
            connection("ProjectV2FieldConfigurationConnection", fields, arguments)
        }
        "items" => {
            if arguments.has("query") && !world.filters_projects {
                let message = "Field 'items' doesn't accept argument 'query'".to_owned();
                return Err(GraphQlError::invalid("argumentNotAccepted", message));
            }
            let filter = arguments.text("query");
            let wanted = it.items.iter().filter(|item| filter.is_none_or(|filter| is_found(it, item, filter)));
            let items = wanted.map(|item| Node::ProjectItem { project: id, item: item.id }).collect();
            connection("ProjectV2ItemConnection", items, arguments)
        }
        _ => Err(no_field("ProjectV2", field)),
    }
}

fn project_field(field: &super::super::state::ProjectField, today: jiff::civil::Date) -> Node {
    let shown = |one: &Iteration| json!({"title": one.title, "startDate": one.start, "duration": one.duration});
    let (kind, data_type, more) = match &field.kind {
        FieldKind::Number => ("ProjectV2Field", "NUMBER", None),
        FieldKind::SingleSelect(options) => {
            let options: Vec<Value> =
                options.iter().map(|name| json!({"id": option_id(field.id, name), "name": name})).collect();
            ("ProjectV2SingleSelectField", "SINGLE_SELECT", Some(("options", json!(options))))
        }
        FieldKind::Iteration(all) => {
            let (over, rest): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.is_completed(today));
            let list = |part: Vec<&Iteration>| part.into_iter().map(shown).collect::<Vec<_>>();
            let configuration = json!({"iterations": list(rest), "completedIterations": list(over)});
            ("ProjectV2IterationField", "ITERATION", Some(("configuration", configuration)))
        }
    };
    let mut members = json!({"id": render::node_id("PVTF", field.id), "name": field.name, "dataType": data_type});
    if let (Some(members), Some((name, value))) = (members.as_object_mut(), more) {
        members.insert(name.to_owned(), value);
    }
    Node::Plain { kind, members }
}

/// The id of an option, by which it is chosen.
pub(super) fn option_id(field: u64, name: &str) -> String {
    render::node_id(
        &format!("option {field}"),
        name.bytes().fold(0, |id, byte| id * 31 % 0xffff_ffff + u64::from(byte)),
    )
}

/// Whether a filter such as `iteration:"Sprint 42"` finds an item. Other filters find nothing.
fn is_found(of: &Project, item: &ProjectItem, filter: &str) -> bool {
    let Some((name, value)) = filter.split_once(':') else { return false };
    let title = value.trim_matches('"');
    let field = of.fields.iter().find(|field| field.name.to_lowercase().replace(' ', "-") == name);
    field.is_some_and(|field| match item.values.get(&field.id) {
        Some(FieldValue::Iteration(start)) => of.iteration(field.id, *start).is_some_and(|one| one.title == title),
        _ => false,
    })
}

fn project_item(world: &World, project: u64, item: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(of) = world.projects.get(&project) else { return Ok(Found::Nothing) };
    let Some(it) = of.item(item) else { return Ok(Found::Nothing) };
    match field {
        "id" => scalar(render::node_id("PVTI", item)),
        "isArchived" => scalar(it.archived_at.is_some()),
        "fieldValueByName" => {
            let field = of.field(arguments.text("name").unwrap_or_default());
            let value = field.and_then(|field| Some((field.id, it.values.get(&field.id)?)));
            Ok(value.map_or(Found::Nothing, |(field, value)| field_value(of, field, value)))
        }
        "project" => Ok(Found::One(Node::Project(project))),
        "fieldValues" => {
            let value = |(field, value): (&u64, &FieldValue)| Node::FieldValue {
                kind: value_kind(value),
                project,
                item,
                field: *field,
            };
            connection("ProjectV2ItemFieldValueConnection", it.values.iter().map(value).collect(), arguments)
        }
        "content" => match &it.content {
            ProjectContent::Issue { repository, number } => Ok(issue_node(world, *repository, *number)),
            ProjectContent::Draft { id, title, body, by } => {
                let creator = json!({"__typename": by.kind.name(), "login": by.login});
                let created = render::time(it.created_at);
                let id = render::node_id("DI", *id);
                plain(
                    "DraftIssue",
                    json!({"id": id, "title": title, "body": body, "createdAt": created, "creator": creator}),
                )
            }
        },
        _ => Err(no_field("ProjectV2Item", field)),
    }
}

const fn value_kind(value: &FieldValue) -> &'static str {
    match value {
        FieldValue::Number(_) => "ProjectV2ItemFieldNumberValue",
        FieldValue::Option(_) => "ProjectV2ItemFieldSingleSelectValue",
        FieldValue::Iteration(_) => "ProjectV2ItemFieldIterationValue",
    }
}

fn field_value(of: &Project, field: u64, value: &FieldValue) -> Found {
    let members = match value {
        FieldValue::Number(number) => json!({"number": number}),
        FieldValue::Option(name) => json!({"name": name, "optionId": option_id(field, name)}),
        FieldValue::Iteration(start) => {
            let Some(one) = of.iteration(field, *start) else { return Found::Nothing };
            json!({"title": one.title, "startDate": one.start, "duration": one.duration})
        }
    };
    Found::One(Node::Plain { kind: value_kind(value), members })
}

/// What a value that stands in a list of values tells, its field among it.
fn value_of_field(world: &World, (project, item, of): (u64, u64, u64), field: &str) -> Resolved {
    let Some(it) = world.projects.get(&project) else { return Ok(Found::Nothing) };
    let Some(value) = it.item(item).and_then(|item| item.values.get(&of)) else { return Ok(Found::Nothing) };
    if field == "field" {
        let today = world.now().to_zoned(TimeZone::UTC).date();
        let found = it.fields.iter().find(|one| one.id == of);
        return Ok(found.map_or(Found::Nothing, |one| Found::One(project_field(one, today))));
    }
    let Found::One(Node::Plain { kind, members }) = field_value(it, of, value) else { return Ok(Found::Nothing) };
    members.get(field).map_or_else(|| Err(no_field(kind, field)), |value| scalar(value.clone()))
}

fn issue_node(world: &World, repository: u64, number: u64) -> Found {
    world.issue(repository, number).map_or(Found::Nothing, |issue| {
        Found::One(Node::Issue { repository, number, is_pull_request: issue.is_pull_request })
    })
}

fn repository(world: &World, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(it) = world.repositories.get(&id) else { return Ok(Found::Nothing) };
    match field {
        "databaseId" => scalar(id),
        "nameWithOwner" => scalar(it.full_name()),
        "url" => scalar(format!("{}/{}", world.url, it.full_name())),
        "object" => Ok(git::object(world, it, arguments.text("expression").unwrap_or_default())),
        "issue" => {
            let number = arguments.number("number").unwrap_or_default();
            match it.issue(number).filter(|issue| !issue.is_pull_request) {
                Some(_) => Ok(Found::One(Node::Issue { repository: id, number, is_pull_request: false })),
                None => Err(GraphQlError::not_found(&format!("Issue with the number of {number}"))),
            }
        }
        "milestone" => {
            let number = arguments.number("number").unwrap_or_default();
            let found = it.milestone(number).map(|one| Node::Milestone { repository: id, number: one.number });
            Ok(found.map_or(Found::Nothing, Found::One))
        }
        "milestones" => {
            let mut all: Vec<_> = it.milestones.iter().collect();
            all.sort_by_key(|one| std::cmp::Reverse((one.due_on.clone(), one.number)));
            let nodes = all.iter().map(|one| Node::Milestone { repository: id, number: one.number }).collect();
            connection("MilestoneConnection", nodes, arguments)
        }
        "issues" => {
            let labels: Option<Vec<&str>> = arguments
                .get("labels")
                .and_then(Value::as_array)
                .map(|all| all.iter().filter_map(Value::as_str).collect());
            let is_wanted = |issue: &Issue| {
                labels.as_ref().is_none_or(|names| {
                    names.iter().any(|name| it.label_named(name).is_some_and(|label| issue.labels.contains(&label.id)))
                })
            };
            connection("IssueConnection", issues(it, is_wanted), arguments)
        }
        _ => Err(no_field("Repository", field)),
    }
}

/// The issues, pull requests left out as GitHub does here.
fn issues(it: &Repository, is_wanted: impl Fn(&Issue) -> bool) -> Vec<Node> {
    let wanted = it.living_issues().filter(|issue| !issue.is_pull_request && is_wanted(issue));
    wanted.map(|issue| Node::Issue { repository: it.id, number: issue.number, is_pull_request: false }).collect()
}

fn milestone(world: &World, repository: u64, number: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(of) = world.repositories.get(&repository) else { return Ok(Found::Nothing) };
    let Some(it) = of.milestone(number) else { return Ok(Found::Nothing) };
    match field {
        "number" => scalar(it.number),
        "title" => scalar(it.title.clone()),
        "dueOn" => scalar(it.due_on.clone()),
        "createdAt" => scalar(render::time(it.created_at)),
        "issues" => connection("IssueConnection", issues(of, |issue| issue.milestone == Some(number)), arguments),
        _ => Err(no_field("Milestone", field)),
    }
}

fn issue(
    world: &World,
    caller: &Caller,
    (repository, number): (u64, u64),
    field: &str,
    arguments: &Arguments,
) -> Resolved {
    let Some(of) = world.repositories.get(&repository) else { return Ok(Found::Nothing) };
    let Some(it) = of.issue(number) else { return Ok(Found::Nothing) };
    match field {
        "id" => scalar(render::node_id("I", it.id)),
        "fullDatabaseId" => scalar(it.id.to_string()),
        "number" => scalar(number),
        "title" => scalar(it.title.clone()),
        "body" => scalar(it.body.clone().unwrap_or_default()),
        "url" => scalar(format!("{}/{}/issues/{number}", world.url, of.full_name())),
        "state" => scalar(it.state.name().to_uppercase()),
        "stateReason" => scalar(it.state_reason.as_deref().map(str::to_uppercase)),
        "createdAt" => scalar(render::time(it.created_at)),
        "updatedAt" => scalar(render::time(it.updated_at)),
        "author" => {
            let login = it.author.login.trim_end_matches("[bot]");
            let kind = if it.author.kind == AccountKind::Bot { "Bot" } else { "User" };
            plain(kind, json!({"login": login}))
        }
        "labels" => {
            let names = it.labels.iter().filter_map(|id| of.label(*id));
            let nodes =
                names.map(|label| Node::Plain { kind: "Label", members: json!({"name": label.name}) }).collect();
            connection("LabelConnection", nodes, arguments)
        }
        "projectItems" => {
            let is_it = |content: &ProjectContent| matches!(content, ProjectContent::Issue { repository: of, number: at } if (*of, *at) == (repository, number));
            let archived = arguments.get("includeArchived").and_then(Value::as_bool).unwrap_or(true);
            let seen = world.projects.values().filter(|one| caller.sees_projects_of(world, &one.owner));
            let items = seen.flat_map(|one| one.items.iter().map(move |item| (one.id, item)));
            let items = items.filter(|(_, item)| is_it(&item.content) && (archived || item.archived_at.is_none()));
            let nodes = items.map(|(project, item)| Node::ProjectItem { project, item: item.id }).collect();
            connection("ProjectV2ItemConnection", nodes, arguments)
        }
        "repository" => Ok(Found::One(Node::Repository(repository))),
        "reactions" => plain("ReactionConnection", json!({"totalCount": it.reactions.len()})),
        "parent" => Ok(it.parent.map_or(Found::Nothing, |(of, number)| issue_node(world, of, number))),
        _ => Err(no_field("Issue", field)),
    }
}
