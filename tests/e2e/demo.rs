//! The demo from outside: what it tells, and what its page does under a visitor's hand.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.arg("demo").args(arguments);
    command
}

#[test]
fn the_demo_tells_how_a_sprint_that_began_below_the_agreed_share_came_right() {
    let done = demo(&["--once"]).output().unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    let (_, sprints) = told.split_once("it has technical-debt now.\n\n").unwrap_or_else(|| panic!("{told}"));
    let (sprints, end) = sprints.split_once("\n\nIn all: ").unwrap();
    assert!(end.trim_end().ends_with("Everything came out as expected."), "{end}");
    assert!(done.status.success());
    insta::assert_snapshot!(sprints);
}

/// A demo whose page is open; it ends with the test.
struct Page {
    process: Child,
    url: String,
    client: reqwest::Client,
}

impl Page {
    fn open() -> Self {
        let mut process = demo(&["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.find_map(|line| line.unwrap().strip_prefix("Open ").map(str::to_owned)).unwrap();
        let url = line.split_whitespace().next().unwrap().to_owned();
        Self { process, url, client: reqwest::Client::new() }
    }

    async fn state(&self) -> Value {
        let answer = self.client.get(format!("{}/state.json", self.url)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> u16 {
        self.client.post(format!("{}{path}", self.url)).json(body).send().await.unwrap().status().as_u16()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What the newest comment on the page says.
fn newest(state: &Value) -> &str {
    state["report"]["comments"][0]["html"].as_str().unwrap()
}

#[tokio::test]
async fn the_visitor_of_the_page_moves_items_and_the_comment_follows() {
    let page = tokio::task::spawn_blocking(Page::open).await.unwrap();
    let before = page.state().await;
    assert!(newest(&before).contains("Less technical work than agreed: 9 % of 23 points"), "{}", newest(&before));
    let asked: Vec<u64> = before["board"]["backlog"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|card| card["asked"] == true)
        .map(|card| card["number"].as_u64().unwrap())
        .collect();
    assert_eq!(asked, [5, 6]);

    for number in asked {
        assert_eq!(page.post("/moves", &json!({ "number": number, "into": true })).await, 204);
    }
    let after = page.state().await;
    assert!(newest(&after).contains("Technical work is as agreed: 28 % of 29 points"), "{}", newest(&after));
    let comment = |state: &Value| state["report"]["comments"][0]["id"].clone();
    assert_eq!(
        (comment(&after), &after["report"]["comments"][0]["edited"]),
        (comment(&before), &json!("16 March, 09:02"))
    );

    assert_eq!(page.post("/moves", &json!({ "number": 6, "into": false })).await, 204);
    assert!(newest(&page.state().await).contains("19 %"), "the visitor may take it out again");

    assert_eq!(page.post("/sprints", &json!({})).await, 204);
    let next = page.state().await;
    assert_eq!((&next["sprint"]["name"], &next["today"]), (&json!("Sprint 9"), &json!("Monday, 30 March 2026")));
    assert!(newest(&next).contains("src=\"data:image/svg+xml;base64,"), "the trend is drawn");
    assert_eq!(next["report"]["comments"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_a_visitor_writes_is_no_script_on_the_page() {
    let page = tokio::task::spawn_blocking(Page::open).await.unwrap();
    let title = "</details><script>alert(1)</script> <img src=x onerror=alert(1)>";
    assert_eq!(page.post("/issues", &json!({ "title": title, "body": "feat: more" })).await, 200);
    let number = page.state().await["issues"][0]["number"].clone();
    assert_eq!(page.post("/moves", &json!({ "number": number, "into": true })).await, 204);
    let state = page.state().await;
    assert!(newest(&state).contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{}", newest(&state));
    assert!(!newest(&state).contains("<script") && !newest(&state).contains("<img src=x"));
    let answer = page.client.get(&page.url).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert_eq!(page.post("/moves", &json!({ "number": 999, "into": true })).await, 404);
}
