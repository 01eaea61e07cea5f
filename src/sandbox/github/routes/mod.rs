//! GitHub's addresses, one file per resource.

mod app;
mod comments;
mod commits;
mod contents;
mod fields;
mod hooks;
mod issue_labels;
mod issues;
mod labels;
mod milestones;
mod reactions;
mod repositories;
mod teams;
mod timeline;
mod users;

use std::sync::Arc;

use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Router, middleware};

use super::Shared;
use super::graphql;
use super::http::call::{Call, Handler};
use super::http::error::ApiError;
use super::http::gate::{from_reply, gate, run};

/// All of it, behind the gate.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/app", read(app::show))
        .route("/app/installations", read(app::installations))
        .route("/app/installations/{id}", read(app::installation))
        .route("/app/installations/{id}/access_tokens", write(app::access_token))
        .route("/app/hook/deliveries", read(hooks::list))
        .route("/app/hook/deliveries/{id}", read(hooks::show))
        .route("/app/hook/deliveries/{id}/attempts", write(hooks::attempt))
        .route("/installation/repositories", read(app::repositories))
        .route(graphql::PATH, write(graphql::answer))
        .route("/rate_limit", read(users::rate_limit))
        .route("/user", read(users::me))
        .route("/users/{login}", read(users::show))
        .route("/users/{login}/installation", read(app::installation_of_owner))
        .route("/orgs/{login}/installation", read(app::installation_of_owner))
        .route("/orgs/{login}/issue-types", read(issues::types))
        .route("/orgs/{login}/issue-fields", read(fields::of_organisation))
        .route("/orgs/{login}/teams/{team}/memberships/{member}", read(teams::membership))
        .nest("/repos/{owner}/{repo}", repository())
        .nest("/repositories/{repository_id}", repository())
        .fallback(async || from_reply(ApiError::not_found().into()))
        .method_not_allowed_fallback(async || from_reply(ApiError::not_found().into()))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), gate))
        .with_state(shared)
}

/// What stands below a repository, by name or by id.
fn repository() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", read(repositories::show))
        .route("/installation", read(app::installation_of_repository))
        .route("/collaborators/{login}/permission", read(repositories::permission))
        .route("/contents", read(contents::show))
        .route("/contents/{*path}", read(contents::show))
        .route("/commits", read(commits::list))
        .route("/commits/{reference}", read(commits::show))
        .route("/commits/{reference}/statuses", read(commits::statuses))
        .route("/commits/{reference}/status", read(commits::combined_status))
        .route("/statuses/{sha}", write(commits::set_status))
        .route("/labels", read(labels::list).merge(write(labels::create)))
        .route("/labels/{name}", read(labels::show).merge(change(labels::edit)).merge(remove(labels::delete)))
        .route("/milestones", read(milestones::list).merge(write(milestones::create)))
        .route(
            "/milestones/{milestone}",
            read(milestones::show).merge(change(milestones::edit)).merge(remove(milestones::delete)),
        )
        .route("/issues", read(issues::list).merge(write(issues::create)))
        .route("/issues/{number}", read(issues::show).merge(change(issues::edit)))
        .route("/issues/{number}/timeline", read(timeline::list))
        .route("/issues/{number}/events", read(timeline::events))
        .route(
            "/issues/{number}/labels",
            read(issue_labels::list)
                .merge(write(issue_labels::add))
                .merge(put(issue_labels::replace))
                .merge(remove(issue_labels::clear)),
        )
        .route("/issues/{number}/labels/{name}", remove(issue_labels::remove))
        .route("/issues/{number}/comments", read(comments::of_issue).merge(write(comments::create)))
        .route("/issues/comments", read(comments::of_repository))
        .route(
            "/issues/comments/{comment}",
            read(comments::show).merge(change(comments::edit)).merge(remove(comments::delete)),
        )
        .route("/issues/{number}/reactions", read(reactions::of_issue).merge(write(reactions::on_issue)))
        .route("/issues/{number}/reactions/{reaction}", remove(reactions::off_issue))
        .route("/issues/comments/{comment}/reactions", read(reactions::of_comment).merge(write(reactions::on_comment)))
        .route("/issues/comments/{comment}/reactions/{reaction}", remove(reactions::off_comment))
        .route(
            "/pulls/comments/{comment}/reactions",
            read(reactions::of_review_comment).merge(write(reactions::on_review_comment)),
        )
        .route("/pulls/comments/{comment}/reactions/{reaction}", remove(reactions::off_review_comment))
        .route("/issues/{number}/issue-field-values", read(fields::list).merge(write(fields::set)))
        .route("/issues/{number}/issue-field-values/{field}", remove(fields::clear))
}

type Route = MethodRouter<Arc<Shared>>;

fn read(handler: Handler) -> Route {
    route(MethodFilter::GET, handler)
}

fn write(handler: Handler) -> Route {
    route(MethodFilter::POST, handler)
}

fn put(handler: Handler) -> Route {
    route(MethodFilter::PUT, handler)
}

fn change(handler: Handler) -> Route {
    route(MethodFilter::PATCH, handler)
}

fn remove(handler: Handler) -> Route {
    route(MethodFilter::DELETE, handler)
}

fn route(method: MethodFilter, handler: Handler) -> Route {
    on(method, move |state, caller, asked, params, request| run(handler, state, caller, asked, params, request))
}

/// The names in a body's list of labels: texts, or objects with a `name`; alone or below `labels`.
fn label_names(call: &Call) -> Option<Vec<String>> {
    let list = call.body.get("labels").unwrap_or(&call.body).as_array()?;
    list.iter().map(|one| one.as_str().or_else(|| one.get("name")?.as_str()).map(str::to_owned)).collect()
}
