//! What GraphQL changes, with the rights and errors that GitHub has for each.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::change::{self, ReactionTarget};
use super::super::http::auth::{Access, Caller};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Account, FieldKind, FieldValue, Project, Repository, Role, World};
use super::GraphQlError;
use super::execute::Arguments;
use super::resolve::{Resolved, no_field, option_id, plain};

/// The members of a mutation's `input`.
struct Input<'a>(Option<&'a Value>);

impl Input<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0?.get(name)
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

pub(super) fn mutation(world: &mut World, caller: &Caller, field: &str, arguments: &Arguments) -> Resolved {
    let input = Input(arguments.get("input"));
    match field {
        "pinIssue" => pin(world, caller, &input),
        "updateProjectV2ItemFieldValue" => set_value(world, caller, &input, true),
        "clearProjectV2ItemFieldValue" => set_value(world, caller, &input, false),
        "addReaction" => react(world, caller, &input, true),
        "removeReaction" => react(world, caller, &input, false),
        _ => Err(no_field("Mutation", field)),
    }
}

fn actor(world: &World, caller: &Caller) -> Result<Arc<Account>, GraphQlError> {
    match caller {
        Caller::Installation(_) => Ok(Arc::clone(&world.bot)),
        Caller::Account(account) => Ok(Arc::clone(account)),
        Caller::App | Caller::Anonymous => Err(GraphQlError::forbidden()),
    }
}

fn unprocessable(error: ApiError) -> GraphQlError {
    GraphQlError { kind: Some("UNPROCESSABLE"), code: None, message: error.message }
}

fn unknown_node(id: &str) -> GraphQlError {
    GraphQlError::not_found(&format!("node with the global id of '{id}'"))
}

fn pin(world: &mut World, caller: &Caller, input: &Input<'_>) -> Resolved {
    let wanted = input.text("issueId");
    let found = world.repositories.values().find_map(|of| {
        let issue = of.living_issues().find(|issue| render::node_id("I", issue.id) == wanted)?;
        Some((of.id, issue.number, may(world, caller, of, "issues", Role::Write)))
    });
    let Some((of, number, may)) = found else { return Err(unknown_node(wanted)) };
    let by = actor(world, caller)?;
    if !may {
        return Err(GraphQlError::forbidden());
    }
    change::pin(world, of, number, &by).map_err(unprocessable)?;
    plain("PinIssuePayload", json!({"issue": {"id": wanted}}))
}

fn may(world: &World, caller: &Caller, of: &Repository, permission: &str, least: Role) -> bool {
    match caller.access(world, of) {
        Access::None => false,
        Access::Permissions(granted) => granted.get(permission).is_some_and(|access| access == "write"),
        Access::Role(role) => role >= least,
    }
}

/// Sets a field's value of a project's item, or empties it; emptying an empty one changes nothing.
fn set_value(world: &mut World, caller: &Caller, input: &Input<'_>, sets: bool) -> Resolved {
    let (project, item, field) = (input.text("projectId"), input.text("itemId"), input.text("fieldId"));
    let of = world.projects.values().find(|one| render::node_id("PVT", one.id) == project);
    let of = of.filter(|one| caller.sees_projects_of(world, &one.owner)).ok_or_else(|| unknown_node(project))?;
    let found =
        of.items.iter().find(|one| render::node_id("PVTI", one.id) == item).ok_or_else(|| unknown_node(item))?;
    let known = of.fields.iter().find(|one| render::node_id("PVTF", one.id) == field);
    let known = known.ok_or_else(|| unknown_node(field))?;
    if !caller.writes_projects_of(world, &of.owner) {
        return Err(GraphQlError::forbidden());
    }
    let value = if sets { Some(value(of, known.id, input.get("value"))?) } else { None };
    let (of, found, name) = (of.id, found.id, known.name.clone());
    let by = actor(world, caller)?;
    change::set_value(world, of, found, &by, &name, value).map_err(unprocessable)?;
    plain("UpdateProjectV2ItemFieldValuePayload", json!({"projectV2Item": {"id": item}}))
}

/// A value as the field's kind wants it.
fn value(of: &Project, field: u64, given: Option<&Value>) -> Result<FieldValue, GraphQlError> {
    let kind = of.fields.iter().find(|one| one.id == field).map(|one| &one.kind);
    let member = |name: &str| given.and_then(|given| given.get(name));
    let wrong = |expected: &str| {
        let message = format!("Did not receive a {expected} value to update a field of type {expected}");
        GraphQlError { kind: Some("UNPROCESSABLE"), code: None, message }
    };
    match kind {
        Some(FieldKind::Number) => {
            member("number").and_then(Value::as_f64).map(FieldValue::Number).ok_or_else(|| wrong("number"))
        }
        Some(FieldKind::SingleSelect(options)) => {
            let chosen =
                member("singleSelectOptionId").and_then(Value::as_str).ok_or_else(|| wrong("single_select"))?;
            let option = options.iter().find(|name| option_id(field, name) == chosen);
            let missing = || GraphQlError {
                kind: Some("UNPROCESSABLE"),
                code: None,
                message: "The single select option Id does not belong to the field".to_owned(),
            };
            option.map(|name| FieldValue::Option(name.clone())).ok_or_else(missing)
        }
        Some(FieldKind::Iteration(_)) | None => Err(wrong("iteration")),
    }
}

/// Reacts to a review of a pull request, or takes that back; other things have their own addresses.
fn react(world: &mut World, caller: &Caller, input: &Input<'_>, adds: bool) -> Resolved {
    const CONTENTS: [(&str, &str); 3] = [("EYES", "eyes"), ("THUMBS_UP", "+1"), ("CONFUSED", "confused")];
    let subject = input.text("subjectId");
    let content = CONTENTS.iter().find(|(name, _)| *name == input.text("content")).map(|(_, content)| *content);
    let Some(content) = content else {
        return Err(GraphQlError::invalid("argumentLiteralsIncompatible", "no such ReactionContent".to_owned()));
    };
    let found = world.repositories.values().find_map(|of| {
        let review =
            of.living_issues().flat_map(|one| &one.reviews).find(|one| render::node_id("PRR", one.id) == subject)?;
        Some((of.id, review, may(world, caller, of, "pull_requests", Role::Read)))
    });
    let Some((of, review, may)) = found else { return Err(unknown_node(subject)) };
    let by = actor(world, caller)?;
    if !may {
        return Err(GraphQlError::forbidden());
    }
    let target = ReactionTarget::Review(review.id);
    let known = review.reactions.iter().find(|one| one.by.id == by.id && one.content == content).map(|one| one.id);
    let done = match (adds, known) {
        (true, _) => change::react(world, of, target, &by, content).map(|_| ()),
        (false, Some(id)) => change::unreact(world, of, target, &by, id),
        (false, None) => Ok(()),
    };
    done.map_err(unprocessable)?;
    plain("AddReactionPayload", json!({"reaction": {"content": input.text("content")}}))
}
