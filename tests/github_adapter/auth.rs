//! Who the bot is, how installation tokens come and go, and below which address everything is asked.

use plimsoll::backlog::{Actor, Repository};
use plimsoll::tracker::github::{BaseUrl, Credentials, GitHub, Settings, SettingsError};
use plimsoll::tracker::{Missing, Tracker as _, TrackerError};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{errand, place, repository, with_app, with_token};

const TOKENS: &str = "POST /app/installations/42/access_tokens";
const LABELS: &str = "GET /repos/acme/shop/labels?per_page=100";

/// An installation token as GitHub gives it.
pub(crate) fn token(token: &str, expires_at: &str) -> Reply {
    Reply::json(201, json!({"token": token, "expires_at": expires_at, "permissions": {"issues": "write"}}))
}

#[tokio::test]
async fn an_app_is_its_slug_and_is_asked_once() {
    let server = Server::start().await;
    server.on("GET /app", Reply::ok(json!({"id": 99, "slug": "plimsoll-acme", "name": "Plimsoll at Acme"})));
    let github = with_app(&server);
    for _ in 0..2 {
        assert_eq!(github.me().await, Ok(Actor::bot("plimsoll-acme[bot]")));
    }
    insta::assert_snapshot!(server.log(), @"GET /app as App");
}

#[tokio::test]
async fn a_token_is_its_account_and_a_failure_is_not_remembered() {
    let server = Server::start().await;
    server.on("GET /user", Reply::empty(502)).on("GET /user", Reply::ok(json!({"login": "acme-bot", "type": "User"})));
    let github = with_token(&server);
    assert!(matches!(github.me().await, Err(TrackerError::Later { .. })));
    assert_eq!(github.me().await, Ok(Actor::person("acme-bot")));
}

#[tokio::test]
async fn an_installation_token_is_kept_until_it_expires() {
    let server = Server::start().await;
    server.on(TOKENS, token("expired", "2020-01-01T00:00:00Z")).on(TOKENS, token("fresh", "2099-01-01T00:00:00Z"));
    let github = with_app(&server);
    for _ in 0..3 {
        server.on(LABELS, Reply::ok(json!([])));
        github.labels(&repository(), &errand()).await.unwrap();
        github.forget_labels(&repository());
    }
    insta::assert_snapshot!(server.log(), @r"
    POST /app/installations/42/access_tokens as App {}
    GET /repos/acme/shop/labels?per_page=100 as expired
    POST /app/installations/42/access_tokens as App {}
    GET /repos/acme/shop/labels?per_page=100 as fresh
    GET /repos/acme/shop/labels?per_page=100 as fresh
    ");
}

#[tokio::test]
async fn a_revoked_token_is_renewed_and_the_write_sent_once_more() {
    let server = Server::start().await;
    server.on(TOKENS, token("revoked", "2099-01-01T00:00:00Z")).on(TOKENS, token("fresh", "2099-01-01T00:00:00Z"));
    let path = "DELETE /repos/acme/shop/issues/7/labels/bug";
    server.on(path, Reply::refusal(401, "Bad credentials")).on(path, Reply::ok(json!([])));
    assert_eq!(with_app(&server).unmark(&repository(), &errand(), "bug").await, Ok(()));
    insta::assert_snapshot!(server.log(), @r"
    POST /app/installations/42/access_tokens as App {}
    DELETE /repos/acme/shop/issues/7/labels/bug as revoked
    POST /app/installations/42/access_tokens as App {}
    DELETE /repos/acme/shop/issues/7/labels/bug as fresh
    ");
}

#[tokio::test]
async fn without_a_token_the_error_names_what_to_do() {
    let server = Server::start().await;
    let github = with_app(&server);
    server.on(TOKENS, Reply::refusal(401, "A JSON web token could not be decoded"));
    let refused = github.labels(&repository(), &errand()).await.unwrap_err();
    insta::assert_snapshot!(refused, @"reading the labels of acme/shop (asking for an installation token): refused (A JSON web token could not be decoded); check PLIMSOLL_GITHUB_APP_ID and PLIMSOLL_GITHUB_PRIVATE_KEY, and that this machine's clock is right");
    server.on(TOKENS, Reply::refusal(403, "This installation has been suspended"));
    let refused = github.labels(&repository(), &errand()).await.unwrap_err();
    insta::assert_snapshot!(refused, @"reading the labels of acme/shop (asking for an installation token): refused (This installation has been suspended); the installation is suspended: unsuspend it on GitHub, or uninstall the App there");
    server.on(TOKENS, Reply::refusal(404, "Not Found"));
    let gone = github.labels(&repository(), &errand()).await;
    assert!(matches!(gone, Err(TrackerError::Missing { what: Missing::Repository, .. })), "{gone:?}");
    server.on(TOKENS, Reply::refusal(403, "slow down").header("retry-after", "7"));
    let later = github.labels(&repository(), &errand()).await;
    assert!(matches!(later, Err(TrackerError::Later { .. })), "{later:?}");
}

#[tokio::test]
async fn an_untold_installation_is_looked_up_once() {
    let server = Server::start().await;
    server.on("GET /repos/acme/shop/installation", Reply::ok(json!({"id": 42, "app_id": 99})));
    server.on(TOKENS, token("fresh", "2099-01-01T00:00:00Z"));
    let github = with_app(&server);
    let place = plimsoll::backlog::Place { installation: String::new(), ..place() };
    let repository = Repository { place, ..repository() };
    for _ in 0..2 {
        server.on(LABELS, Reply::ok(json!([])));
        github.labels(&repository, &errand()).await.unwrap();
        github.forget_labels(&repository);
    }
    insta::assert_snapshot!(server.log(), @r"
    GET /repos/acme/shop/installation as App
    POST /app/installations/42/access_tokens as App {}
    GET /repos/acme/shop/labels?per_page=100 as fresh
    GET /repos/acme/shop/labels?per_page=100 as fresh
    ");
}

#[tokio::test]
async fn everything_is_asked_below_an_enterprise_servers_address() {
    let server = Server::start().await;
    let next = format!("<{}/api/v3/repositories/5/labels?per_page=100&page=2>; rel=\"next\"", server.url);
    server.on("POST /api/v3/app/installations/42/access_tokens", token("fresh", "2099-01-01T00:00:00Z"));
    server.on("GET /api/v3/repos/acme/shop/labels?per_page=100", Reply::ok(json!([])).header("link", next));
    server.on("GET /api/v3/repositories/5/labels?per_page=100&page=2", Reply::ok(json!([{"name": "bug"}])));
    let base_url = BaseUrl::new(&format!("{}/api/v3/", server.url)).unwrap();
    let private_key = include_str!("throwaway-app-key.pem").into();
    let github = GitHub::new(&Settings::new(base_url, Credentials::App { id: 99, private_key })).unwrap();
    assert_eq!(github.labels(&repository(), &errand()).await.unwrap(), ["bug"]);
    insta::assert_snapshot!(server.log(), @r"
    POST /api/v3/app/installations/42/access_tokens as App {}
    GET /api/v3/repos/acme/shop/labels?per_page=100 as fresh
    GET /api/v3/repositories/5/labels?per_page=100&page=2 as fresh
    ");
}

#[tokio::test]
async fn wrong_credentials_are_refused_before_anything_is_asked() {
    let new = |credentials| GitHub::new(&Settings::new(BaseUrl::default(), credentials)).unwrap_err();
    let no_key = Credentials::App { id: 1, private_key: "-----BEGIN nonsense".into() };
    assert!(matches!(new(no_key), SettingsError::PrivateKey));
    for token in ["", "  ", "two\nlines", "naïve"] {
        assert!(matches!(new(Credentials::Token(token.into())), SettingsError::Token), "{token:?}");
    }
    let one_line = include_str!("throwaway-app-key.pem").trim().replace('\n', "\\n");
    let settings = Settings::new(BaseUrl::default(), Credentials::App { id: 1, private_key: one_line.into() });
    assert!(GitHub::new(&settings).is_ok());
    assert!(!format!("{settings:?}").contains("BEGIN"));
}
