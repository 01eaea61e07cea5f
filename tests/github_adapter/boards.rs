//! Boards: where GraphQL is asked, what its errors mean, and where an estimate is found when the board has none.

use jiff::civil::date;
use plimsoll::policy::{self, SprintSource};
use plimsoll::tracker::github::{BaseUrl, Credentials, GitHub, Settings};
use plimsoll::tracker::{
    BoardView, Boards as _, CallKind, CallResult, PauseScope, SprintDates, Tracker as _, TrackerError,
};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{errand, now, repository, token_settings, with_token};

fn source() -> SprintSource {
    policy::parse("version: 1\nsprints: { project: acme/7 }\n").unwrap().boards.remove(0).sprints
}

fn project() -> Value {
    let iteration = json!({"title": "Sprint 1", "startDate": "2026-03-02", "duration": 14});
    let configuration = json!({"iterations": [iteration], "completedIterations": []});
    let field = json!({"name": "Iteration", "dataType": "ITERATION", "configuration": configuration});
    let found = json!({"id": "PVT_1", "title": "Shop", "url": null, "fields": {"nodes": [{}, field]}});
    json!({"data": {"rateLimit": {"cost": 1, "remaining": 4999}, "repositoryOwner": {"projectV2": found}}})
}

fn view() -> BoardView {
    BoardView {
        id: Some("PVT_1".into()),
        title: "Shop".into(),
        url: None,
        sprints: vec![sprint()],
        sprint_field: Some("Iteration".into()),
        points_field: None,
    }
}

fn sprint() -> SprintDates {
    let (start, end) = (date(2026, 3, 2), date(2026, 3, 15));
    SprintDates { name: "Sprint 1".into(), start, end, handle: "Sprint 1".into() }
}

#[tokio::test]
async fn on_enterprise_server_graphql_lies_beside_the_rest_api() {
    let server = Server::start().await;
    let url = format!("{}/api/v3", server.url);
    server.on("POST /api/graphql", Reply::ok(project())).on("POST /api/graphql", Reply::ok(project()));
    let plain = GitHub::new(&token_settings(&url)).unwrap();
    assert_eq!(plain.board(&repository(), &errand(), &source()).await.unwrap(), view());
    assert_eq!(
        plain.traffic(now()).calls,
        [(CallKind::Read, CallResult::Ok, 1)],
        "whoever reads by POST writes nothing"
    );

    let token = crate::auth::token("42", "2099-01-01T00:00:00Z");
    server.on("POST /api/v3/app/installations/42/access_tokens", token);
    let private_key = include_str!("throwaway-app-key.pem").into();
    let settings = Settings::new(BaseUrl::new(&url).unwrap(), Credentials::App { id: 99, private_key });
    GitHub::new(&settings).unwrap().board(&repository(), &errand(), &source()).await.unwrap();
    let asked: Vec<String> =
        server.log().lines().map(|line| line.split(" {").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        asked,
        ["POST /api/graphql", "POST /api/v3/app/installations/42/access_tokens as App", "POST /api/graphql as 42"]
    );
}

#[tokio::test]
async fn a_used_up_hour_of_graphql_does_not_stop_the_rest() {
    let server = Server::start().await;
    let limited = Reply::refusal(403, "API rate limit exceeded for installation ID 42.")
        .header("x-ratelimit-resource", "graphql")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", (now().as_second() + 600).to_string());
    server.on("POST /graphql", limited);
    let github = with_token(&server);
    for _ in 0..2 {
        let later = github.board(&repository(), &errand(), &source()).await.unwrap_err();
        let TrackerError::Later { later, .. } = later else { panic!("{later}") };
        assert_eq!(later.scope, PauseScope::Subject);
        assert_eq!(later.until.map(|until| until.as_second() - now().as_second()), Some(601));
    }
    assert_eq!(server.log().lines().count(), 1, "the second time nothing is asked");
}

#[tokio::test]
async fn an_older_server_is_asked_without_the_filter() {
    let server = Server::start().await;
    let unknown = json!({"message": "Field 'items' doesn't accept argument 'query'", "extensions": {"code": "argumentNotAccepted"}});
    let nothing = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": []});
    server
        .on("POST /graphql", Reply::ok(json!({"errors": [unknown]})))
        .on("POST /graphql", Reply::ok(json!({"data": {"node": {"items": nothing}}})));
    let planned = with_token(&server).planned(&repository(), &errand(), &source(), &view(), &sprint()).await.unwrap();
    assert_eq!(planned, []);
    let log = server.log();
    let asked: Vec<bool> = log.lines().map(|line| line.contains("iteration:\\\"Sprint 1\\\"")).collect();
    assert_eq!(asked, [true, false]);
}

#[tokio::test]
async fn what_the_board_does_not_estimate_an_issue_field_may() {
    let server = Server::start().await;
    let issue = json!({
        "__typename": "Issue", "fullDatabaseId": "900", "number": 7, "title": "Upgrade", "body": "", "state": "OPEN",
        "stateReason": null, "url": null, "createdAt": null, "updatedAt": null, "author": null,
        "labels": {"nodes": []}, "repository": {"databaseId": 5, "nameWithOwner": "acme/shop"},
        "reactions": {"totalCount": 2}, "parent": null,
    });
    let item = json!({"isArchived": false, "sprint": {"startDate": "2026-03-02"}, "points": null, "content": issue});
    let page = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [item]});
    let fields = json!([{"id": 3, "name": "Effort", "data_type": "number"}, {"id": 4, "name": "story points", "data_type": "number"}]);
    let values = json!([{"issue_field_id": 3, "value": 1}, {"issue_field_id": 4, "value": 8}]);
    server
        .on("POST /graphql", Reply::ok(json!({"data": {"node": {"items": page}}})))
        .on("GET /orgs/acme/issue-fields", Reply::ok(fields))
        .on("GET /repos/acme/shop/issues/7/issue-field-values", Reply::ok(values));
    let planned = with_token(&server).planned(&repository(), &errand(), &source(), &view(), &sprint()).await.unwrap();
    assert_eq!((planned[0].points, planned[0].item.reactions), (Some(8.0), 2));
}
