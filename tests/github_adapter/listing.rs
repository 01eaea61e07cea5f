//! Listing a repository's items: the tracker's own next page within a run, time and id across runs.

use jiff::Timestamp;
use plimsoll::tracker::{Bookmark, ItemPage, Listing, Tracker as _, TrackerError};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{errand, now, repository, with_token};

const FIRST: &str = "GET /repos/acme/shop/issues?state=open&sort=updated&direction=asc&per_page=100";

fn issue(number: u64, second: u32) -> Value {
    json!({"id": 900 + number, "number": number, "title": "x", "state": "open", "labels": [],
           "updated_at": format!("2026-12-02T00:00:{second:02}Z")})
}

fn page(issues: &[(u64, u32)]) -> Reply {
    Reply::ok(Value::Array(issues.iter().map(|(number, second)| issue(*number, *second)).collect()))
}

fn keys(page: &ItemPage) -> Vec<&str> {
    page.items.iter().map(|(_, item)| item.key.as_str()).collect()
}

/// As a file keeps it.
fn kept(bookmark: &Bookmark) -> Bookmark {
    serde_json::from_str(&serde_json::to_string(bookmark).unwrap()).unwrap()
}

#[tokio::test]
async fn a_run_follows_the_next_page_and_leaves_pull_requests_out() {
    let server = Server::start().await;
    let next = format!("{}/repositories/5/issues?after=abc&page=2", server.url);
    let last = format!("{}/repositories/5/issues?page=4", server.url);
    let mut pull_request = issue(2, 2);
    pull_request["pull_request"] = json!({});
    server.on(
        FIRST,
        Reply::ok(json!([issue(1, 1), pull_request]))
            .header("link", format!("<{next}>; rel=\"next\", <{last}>; rel=\"last\"")),
    );
    server.on("GET /repositories/5/issues?after=abc&page=2", page(&[(3, 2)]));
    let github = with_token(&server);
    let listing = Listing::default();
    let first = github.list_items(&repository(), &errand(), &listing, None).await.unwrap();
    assert_eq!((keys(&first), first.remaining), (vec!["#1"], Some(300)));
    assert_eq!(first.items[0].0.to_string(), "github:item:5/1");
    let second = github.list_items(&repository(), &errand(), &listing, first.next.as_ref()).await.unwrap();
    assert_eq!((keys(&second), &second.next, second.remaining), (vec!["#3"], &None, Some(0)));
}

#[tokio::test]
async fn a_kept_bookmark_goes_on_by_time_and_id() {
    let server = Server::start().await;
    let link = format!("<{}/repositories/5/issues?page=2>; rel=\"next\"", server.url);
    server.on(FIRST, page(&[(1, 1), (2, 5), (3, 5)]).header("link", link));
    server.on(&format!("{FIRST}&since=2026-12-02T00:00:04Z"), page(&[(2, 5), (3, 5), (4, 5), (5, 6)]));
    let github = with_token(&server);
    let first = github.list_items(&repository(), &errand(), &Listing::default(), None).await.unwrap();
    let bookmark = kept(&first.next.unwrap());
    let second = github.list_items(&repository(), &errand(), &Listing::default(), Some(&bookmark)).await.unwrap();
    assert_eq!(keys(&second), ["#4", "#5"]);
}

#[tokio::test]
async fn more_than_a_page_of_one_second_is_walked_through() {
    let server = Server::start().await;
    let since = "&since=2026-12-02T00:00:04Z";
    let link = format!("<{}/repositories/5/issues?page=2>; rel=\"next\"", server.url);
    server.on(FIRST, page(&[(1, 5), (2, 5)]).header("link", link.clone()));
    server.on(&format!("{FIRST}{since}"), page(&[(1, 5), (2, 5)]).header("link", link.clone()));
    server.on(&format!("{FIRST}{since}&page=2"), page(&[(3, 5), (4, 5)]).header("link", link));
    server.on(&format!("{FIRST}{since}&page=3"), page(&[(5, 5), (6, 8)]));
    let github = with_token(&server);
    let (mut bookmark, mut seen) = (None, Vec::new());
    loop {
        let page = github.list_items(&repository(), &errand(), &Listing::default(), bookmark.as_ref()).await.unwrap();
        seen.extend(keys(&page).into_iter().map(str::to_owned));
        let Some(next) = page.next else { break };
        bookmark = Some(next.thorough());
    }
    assert_eq!(seen, ["#1", "#2", "#3", "#4", "#5", "#6"]);
}

#[tokio::test]
async fn closed_ones_and_a_time_can_be_asked_for_and_an_unchanged_page_is_not_sent_again() {
    let server = Server::start().await;
    let request =
        "GET /repos/acme/shop/issues?state=all&sort=updated&direction=asc&per_page=100&since=2026-11-01T00:00:00Z";
    server.on(request, page(&[(1, 1)]).header("etag", "\"a\"")).on(request, Reply::empty(304));
    let since: Timestamp = "2026-11-01T00:00:00.5Z".parse().unwrap();
    let listing = Listing { closed_too: true, since: Some(since), ..Listing::default() };
    let github = with_token(&server);
    for _ in 0..2 {
        let page = github.list_items(&repository(), &errand(), &listing, None).await.unwrap();
        assert_eq!(keys(&page), ["#1"]);
    }
    assert!(server.log().ends_with("unless \"a\""));
}

#[tokio::test]
async fn a_repository_is_found_by_its_name() {
    let server = Server::start().await;
    server.on("GET /repos/acme/Shop", Reply::ok(json!({"id": 5, "full_name": "acme/shop"})));
    let github = with_token(&server);
    let found = github.find("acme/Shop", errand().lane, now()).await.unwrap();
    assert_eq!((found.name.as_str(), found.place.repository.as_str()), ("acme/shop", "5"));
    let missing = github.find("acme", errand().lane, now()).await;
    assert!(matches!(missing, Err(TrackerError::Failed { .. })), "{missing:?}");
}

#[tokio::test]
async fn an_app_finds_its_installation_with_the_repository() {
    let server = Server::start().await;
    server.on("GET /repos/acme/shop/installation", Reply::ok(json!({"id": 42})));
    server.on("POST /app/installations/42/access_tokens", crate::auth::token("42", "2099-01-01T00:00:00Z"));
    server.on("GET /repos/acme/shop", Reply::ok(json!({"id": 5, "full_name": "acme/shop"})));
    let found = crate::with_app(&server).find("acme/shop", errand().lane, now()).await.unwrap();
    assert_eq!(found, repository());
}
