//! Notes: one comment of a kind, found by marker and author, edited in place.

use plimsoll::tracker::{Tracker as _, TrackerError};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{errand, repository, with_token};

const COMMENTS: &str = "GET /repos/acme/shop/issues/7/comments?per_page=100";
const CREATE: &str = "POST /repos/acme/shop/issues/7/comments";

async fn server() -> Server {
    let server = Server::start().await;
    server.on("GET /user", Reply::ok(json!({"login": "plimsoll-bot", "type": "User"})));
    server
}

fn comment(id: u64, login: &str, body: &str) -> Value {
    json!({"id": id, "body": body, "user": {"login": login, "type": "User"}})
}

async fn write(server: &Server, text: &str) -> Result<(), TrackerError> {
    with_token(server).upsert_note(&repository(), &errand(), "classification", text).await
}

#[tokio::test]
async fn the_first_note_is_a_new_comment_with_a_hidden_marker() {
    let server = server().await;
    server.on(COMMENTS, Reply::ok(json!([comment(1, "octocat", "Hello")]))).on(CREATE, Reply::json(201, json!({})));
    write(&server, "Looks like **infrastructure**.").await.unwrap();
    insta::assert_snapshot!(server.log(), @r#"
    GET /user
    GET /repos/acme/shop/issues/7/comments?per_page=100
    POST /repos/acme/shop/issues/7/comments {"body":"<!-- plimsoll:classification -->\nLooks like **infrastructure**."}
    "#);
}

#[tokio::test]
async fn the_oldest_own_note_is_edited_in_place() {
    let server = server().await;
    let next = format!("<{}/repositories/5/issues/7/comments?per_page=100&page=2>; rel=\"next\"", server.url);
    let first = json!([
        comment(1, "mallory", "<!-- plimsoll:classification -->\nforged"),
        comment(2, "plimsoll-bot", "> <!-- plimsoll:classification -->\nquoted"),
        comment(3, "plimsoll-bot", "<!-- plimsoll:another -->\nother"),
    ]);
    let second = json!([
        comment(4, "Plimsoll-Bot", "<!-- plimsoll:classification -->\nold"),
        comment(5, "plimsoll-bot", "<!-- plimsoll:classification -->\na twin"),
    ]);
    server.on(COMMENTS, Reply::ok(first).header("link", next));
    server.on("GET /repositories/5/issues/7/comments?per_page=100&page=2", Reply::ok(second));
    server.on("PATCH /repos/acme/shop/issues/comments/4", Reply::ok(json!({})));
    write(&server, "new").await.unwrap();
    insta::assert_snapshot!(server.log().lines().last().unwrap(), @r#"PATCH /repos/acme/shop/issues/comments/4 {"body":"<!-- plimsoll:classification -->\nnew"}"#);
}

#[tokio::test]
async fn the_same_text_is_not_written_again() {
    let server = server().await;
    let same = comment(4, "plimsoll-bot", "<!-- plimsoll:classification -->\r\nas it is\r\n");
    server.on(COMMENTS, Reply::ok(json!([same])));
    write(&server, "as it is").await.unwrap();
    assert!(!server.log().contains("PATCH"));
}
