//! `plimsoll plan OWNER/REPO`: shows all that would happen, and writes nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use plimsoll::cli::live::{Live, LiveError, Progress};
use plimsoll::cli::plan::live::{Request, plan_live};
use plimsoll::sandbox::github::{Fault, Repository};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{ON, POLICY_PATH, World};

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

/// A repository with so many open issues, one every second; every fourth is nothing to be sure of.
async fn backlog(count: usize) -> (World, Repository, TempDir) {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    for number in 1..=count {
        world.later(SignedDuration::from_secs(1));
        let title = if number % 4 == 0 { "Shoes" } else { INFRA.0 };
        shop.open("alice", title, if number % 4 == 0 { "" } else { INFRA.1 });
    }
    world.github.forget_pending();
    (world, shop, tempfile::tempdir().unwrap())
}

fn request(state: &TempDir) -> Request {
    Request {
        repository: "acme/shop".into(),
        policy: None,
        since: None,
        limit: None,
        now: None,
        state: state.path().to_owned(),
        json: false,
    }
}

async fn planned(world: &World, request: Request) -> Result<String, LiveError> {
    planned_by(&world.live_with_token(), request).await
}

async fn planned_by(live: &Live, request: Request) -> Result<String, LiveError> {
    let mut out = Vec::new();
    plan_live(live, request, &mut Progress::silent(), &mut out).await?;
    Ok(String::from_utf8(out).unwrap())
}

/// The planned items by number.
async fn items(world: &World, request: Request) -> Result<BTreeMap<u64, Value>, LiveError> {
    let text = planned(world, Request { json: true, ..request }).await?;
    let list: Vec<Value> = serde_json::from_str(&text).unwrap();
    let items: BTreeMap<u64, Value> = list.iter().map(|item| (item["id"].as_u64().unwrap(), item.clone())).collect();
    assert_eq!(items.len(), list.len(), "every item once");
    Ok(items)
}

fn is_empty(state: &TempDir) -> bool {
    std::fs::read_dir(state.path()).unwrap().next().is_none()
}

#[tokio::test]
async fn without_a_policy_the_defaults_show_what_would_be() {
    let (world, shop, state) = backlog(2).await;
    shop.open_with_labels("alice", "Blue shoes", "", &["bug"]);
    shop.issue(2).close("alice", "completed");
    shop.pull_request("alice", "A pull request", "");
    insta::assert_snapshot!(planned(&world, request(&state)).await.unwrap(), @"
    1  [infra] Move staging to the new Kubernetes cluster
        would add label infrastructure: looks like infrastructure (100 % sure): “[infra]” as the title's prefix, “staging” in the title, “Kubernetes” in the title
    3  Blue shoes
        nothing to do: bug already
    2 items read; the bot would act on 1 of them. Nothing was written.
    acme/shop: it has no policy. This is what the defaults would do; nothing happens before a policy is merged (`version: 1` is enough).
    ");
    let item = &items(&world, request(&state)).await.unwrap()[&1];
    assert_eq!((&item["actions"][0]["action"], &item["actions"][0]["result"]), (&"add_label".into(), &"would".into()));
    assert_eq!(world.writes(), Vec::<String>::new());
    assert!(is_empty(&state));
    world.github.forget_pending();
    world.ends_quietly().await;
}

#[tokio::test]
async fn with_a_policy_it_is_what_will_be() {
    let (world, shop, state) = backlog(1).await;
    shop.commit_file(POLICY_PATH, "version: 1\ncategories: { infrastructure: { label: ops } }\n");
    insta::assert_snapshot!(planned(&world, request(&state)).await.unwrap(), @"
    1  [infra] Move staging to the new Kubernetes cluster
        add label ops: looks like infrastructure (100 % sure): “[infra]” as the title's prefix, “staging” in the title, “Kubernetes” in the title
    1 items read; the bot would act on 1 of them. Nothing was written.
    ");
    assert_eq!(items(&world, request(&state)).await.unwrap()[&1]["actions"][0].get("result"), None);
    shop.commit_file(POLICY_PATH, "version: 1\ncategorise: {}\n");
    let broken = planned(&world, request(&state)).await.unwrap();
    assert!(broken.contains("would add label infrastructure") && broken.contains("its policy is broken"), "{broken}");
    world.github.forget_pending();
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_organisations_defaults_lie_under_the_repositorys_own_policy() {
    let (world, shop, state) = backlog(1).await;
    let home = world.github.repository("acme/.github");
    let does = async || planned(&world, request(&state)).await.unwrap();
    let shared = "version: 1\ncategories: { infrastructure: { label: ops } }\n";
    home.commit_file(POLICY_PATH, shared);
    assert!(does().await.contains("would add label ops"), "the defaults alone turn nothing on");
    home.commit_file(POLICY_PATH, &format!("{shared}mode: act\n"));
    assert!(does().await.contains("    add label ops"), "they do where they say so");
    home.commit_file(POLICY_PATH, shared);
    shop.commit_file(POLICY_PATH, ON);
    assert!(does().await.contains("    add label ops"), "a file of the repository's own does");
    shop.commit_file(POLICY_PATH, "version: 1\nmode: observe\n");
    let observing = does().await;
    assert!(observing.contains("would add label ops") && observing.contains("only observes"), "{observing}");
    home.commit_file(POLICY_PATH, "version: 1\ncategorise: {}\n");
    shop.commit_file(POLICY_PATH, ON);
    assert!(does().await.contains("    add label infrastructure"), "broken defaults are left out");
    world.github.forget_pending();
    world.ends_quietly().await;
}

/// Both policies say something, so that one that was not read would be missed.
const SHARED: &str = "version: 1\ncategories: { infrastructure: { label: ops } }\n";
const ONE_CALL: [&str; 2] = ["POST /graphql 200", "GET /repos/acme/shop/issues 200"];

async fn organisation() -> (World, Repository, Repository, TempDir) {
    let (world, shop, state) = backlog(1).await;
    let home = world.github.repository("acme/.github");
    home.commit_file(POLICY_PATH, SHARED);
    shop.commit_file(POLICY_PATH, ON);
    world.github.forget_pending();
    world.github.forget_requests();
    (world, shop, home, state)
}

#[tokio::test]
async fn both_policies_are_read_by_one_call() {
    let (world, _, _, state) = organisation().await;
    assert!(planned(&world, request(&state)).await.unwrap().contains("    add label ops"));
    assert_eq!(world.calls(), ONE_CALL);
    let home = Request { repository: "acme/.github".into(), ..request(&state) };
    world.github.forget_requests();
    assert!(planned(&world, home).await.unwrap().contains("0 items read"));
    assert_eq!(world.calls().len(), 2, "the home of the defaults has one file");
    world.ends_quietly().await;
}

#[tokio::test]
async fn where_graphql_tells_nothing_they_are_read_one_by_one() {
    let (world, _, _, state) = organisation().await;
    let told = planned(&world, request(&state)).await.unwrap();
    let graphql = || Fault::on("POST", "/graphql");
    let error = |kind: &str| json!({"data": null, "errors": [{"type": kind, "message": "No.", "path": ["shared"]}]});
    let unknown =
        json!({"errors": [{"message": "Field 'object' doesn't exist", "extensions": {"code": "undefinedField"}}]});
    for fault in [
        graphql().answer(404),
        graphql().answer(403),
        graphql().answer(502),
        graphql().drop_connection(),
        graphql().truncate(),
        graphql().answer(200).body(unknown),
        graphql().answer(200).body(error("FORBIDDEN")),
        graphql().answer(200).body(error("NOT_FOUND")),
        graphql().answer(200).body(json!({"data": {"own": {"nameWithOwner": 7}}})),
        graphql().answer(200).body(json!("what is GraphQL?")),
        graphql().answer(403).header("x-ratelimit-remaining", "0").body(json!({"message": "API rate limit exceeded"})),
    ] {
        let what = format!("{fault:?}");
        world.github.script(fault);
        world.github.forget_requests();
        assert_eq!(planned(&world, request(&state)).await.unwrap(), told, "{what}");
        let calls = world.calls();
        let rest = calls.iter().filter(|call| call.contains("/contents/.github/plimsoll.yml 200")).count();
        assert_eq!((calls.len(), rest), (4, 2), "{what}: {calls:?}");
    }
    world.ends_quietly().await;
}

#[tokio::test]
async fn whoever_is_told_to_wait_asks_nothing_else_meanwhile() {
    let (world, _, _, state) = organisation().await;
    world.github.script(Fault::on("POST", "/graphql").secondary_limit(Some(60)));
    let before = world.now();
    assert!(planned(&world, request(&state)).await.unwrap().contains("    add label ops"));
    assert_eq!(world.calls(), ["POST /graphql 403", ONE_CALL[0], ONE_CALL[1]]);
    assert!(world.now().duration_since(before) >= SignedDuration::from_mins(1));
    world.ends_quietly().await;
}

#[tokio::test]
async fn defaults_that_are_not_there_are_not_spoken_of() {
    let (world, shop, state) = backlog(1).await;
    shop.commit_file(POLICY_PATH, ON);
    let plan = async || {
        let terminal = Terminal::default();
        let mut progress = Progress::on(Box::new(terminal.clone()));
        world.github.forget_requests();
        plan_live(&world.live_with_token(), request(&state), &mut progress, Vec::new()).await.unwrap();
        assert_eq!(world.calls(), ONE_CALL);
        terminal.lines().iter().filter(|line| !line.contains("items read")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(plan().await, [""; 0], "no such repository");
    let home = world.github.repository("acme/.github");
    assert_eq!(plan().await, [""; 0], "an empty one");
    home.commit_file("profile/README.md", "Acme");
    assert_eq!(plan().await, [""; 0], "one without the folder");
    home.commit_file(".github/dependabot.yml", "version: 2\n");
    assert_eq!(plan().await, [""; 0], "one without the file");
    home.commit_file(POLICY_PATH, "version: 0\n");
    insta::assert_snapshot!(plan().await.join("\n"), @"plimsoll: the policy of acme/.github is left out: the organisation's file, line 1, column 10: version `0` is not understood: this build understands version 1: write `version: 1`, or upgrade…");
    home.commit_file(POLICY_PATH, &"#".repeat(70_000));
    insta::assert_snapshot!(plan().await.join("\n"), @"plimsoll: the policy of acme/.github is left out: it has 70000 bytes; at most 65536 are read");
    home.set_private(true);
    assert_eq!(plan().await, [""; 0], "one that may not be seen");
    world.github.forget_pending();
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_is_no_file_to_be_read_is_no_policy() {
    let (world, shop, state) = backlog(1).await;
    shop.commit_file(POLICY_PATH, &"#".repeat(70_000));
    let large = planned(&world, request(&state)).await.unwrap();
    assert!(large.contains("its policy has 70000 bytes, and at most 65536 are read"), "{large}");
    shop.remove_file("alice", POLICY_PATH);
    shop.commit_file(&format!("{POLICY_PATH}/version"), "1");
    let folder = planned(&world, request(&state)).await.unwrap();
    assert!(folder.contains("acme/shop: it has no policy."), "{folder}");
    world.github.forget_pending();
    world.ends_quietly().await;
}

/// As for the service: whoever did not install it there did not ask for these defaults.
#[tokio::test]
async fn an_app_reads_its_organisations_defaults_only_where_it_is_installed() {
    let (world, _, state) = backlog(1).await;
    let home = world.github.repository("acme/.github");
    home.commit_file(POLICY_PATH, "version: 1\nmode: act\n");
    home.remove_from_installation();
    let does = async || planned_by(&world.live(), request(&state)).await.unwrap();
    assert!(does().await.contains("it has no policy"));
    home.add_to_installation();
    assert!(does().await.contains("    add label infrastructure"));
    assert!(!world.calls().iter().any(|call| call.contains("/graphql")));
    world.github.forget_pending();
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_thousand_items_cost_eleven_calls() {
    costs(1_000, 11).await;
}

#[tokio::test]
#[ignore = "ten thousand items take a minute; run by hand"]
async fn ten_thousand_items_cost_a_hundred_and_one_calls() {
    costs(10_000, 101).await;
}

async fn costs(count: usize, calls: usize) {
    let (world, _, state) = backlog(count).await;
    world.github.forget_requests();
    assert_eq!(items(&world, request(&state)).await.unwrap().len(), count);
    assert_eq!(world.calls().len(), calls);
    world.ends_quietly().await;
}

/// What a terminal is shown.
#[derive(Clone, Default)]
struct Terminal(Arc<Mutex<Vec<u8>>>);

impl Terminal {
    fn lines(&self) -> Vec<String> {
        let shown = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = shown.split("\r\u{1b}[2K").map(str::trim_end).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_terminal_is_shown_how_far_it_is() {
    let (world, _, state) = backlog(250).await;
    let terminal = Terminal::default();
    let mut progress = Progress::on(Box::new(terminal.clone()));
    world.github.set_rate_limit(2);
    plan_live(&world.live_with_token(), request(&state), &mut progress, Vec::new()).await.unwrap();
    insta::assert_snapshot!(terminal.lines().join("\n"), @"
    ########................ items read: 100 of 300
    ################........ items read: 200 of 300
    plimsoll: waiting until 2026-03-02T10:04:11Z (the hourly limit is used up)
    ######################## items read: 250 of 250
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn since_and_limit_read_less() {
    let (world, _, state) = backlog(150).await;
    let opened = "2026-03-02T09:01:41Z".parse().unwrap();
    let since = items(&world, Request { since: Some(opened), ..request(&state) }).await.unwrap();
    assert_eq!(since.keys().copied().collect::<Vec<_>>(), (101..=150).collect::<Vec<_>>());
    world.github.forget_requests();
    let few = items(&world, Request { limit: Some(30), ..request(&state) }).await.unwrap();
    assert_eq!(few.keys().copied().collect::<Vec<_>>(), (1..=30).collect::<Vec<_>>());
    assert_eq!(world.calls().len(), 2, "the policies, and one page");
    assert!(is_empty(&state));
    world.ends_quietly().await;
}

/// Each run gets as far as one page, then the hour's limit is used up and somebody presses Ctrl-C.
#[tokio::test]
async fn it_survives_an_interruption_at_every_page() {
    let (world, shop, state) = backlog(450).await;
    shop.commit_file(POLICY_PATH, ON);
    world.github.set_rate_limit(1);
    let mut runs = 0;
    let items = loop {
        runs += 1;
        assert!(runs < 20);
        let (live, mut out) = (world.impatient_with_token(), Vec::new());
        let mut progress = Progress::silent();
        match plan_live(&live, Request { json: true, ..request(&state) }, &mut progress, &mut out).await {
            Ok(_) => break serde_json::from_slice::<Vec<Value>>(&out).unwrap(),
            Err(LiveError::Interrupted) => assert!(out.is_empty()),
            Err(error) => panic!("{error}"),
        }
        world.later(SignedDuration::from_hours(2));
        // Meanwhile people work: what was listed moves to the end.
        shop.issue(runs).retitle("alice", "Blue shoes");
    };
    let mut numbers: Vec<u64> = items.iter().map(|item| item["id"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=450).collect::<Vec<_>>(), "every item once");
    assert!(runs >= 5, "{runs}");
    let newest = items.iter().find(|item| item["id"] == 1).unwrap();
    assert_eq!(newest["actions"], Value::Array(vec![]), "as it was listed last: {newest}");
    assert!(is_empty(&state));
    world.github.forget_pending();
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_limit_is_waited_out_and_an_outage_too() {
    let (world, _, state) = backlog(250).await;
    world.github.set_rate_limit(3);
    world.github.script(Fault::on("GET", "/repositories").answer(502).times(2));
    let before = world.now();
    assert_eq!(items(&world, request(&state)).await.unwrap().len(), 250);
    assert!(world.now().duration_since(before) >= SignedDuration::from_hours(1));
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let (world, shop, state) = backlog(1).await;
    let missing = planned(&world, Request { repository: "acme/nothing".into(), ..request(&state) }).await;
    insta::assert_snapshot!(missing.unwrap_err(), @"there is no repository acme/nothing, or the bot may not see it: check the name, and that the App is installed there or the token may read it");
    shop.rename("acme/store");
    let renamed = planned(&world, request(&state)).await;
    insta::assert_snapshot!(renamed.unwrap_err(), @"reading .github/plimsoll.yml of acme/shop: the repository has another name now");
    world.github.script(Fault::on("*", "/").answer(500).always());
    let out_of_order = planned(&world, Request { repository: "acme/store".into(), ..request(&state) }).await;
    insta::assert_snapshot!(out_of_order.unwrap_err(), @"reading .github/plimsoll.yml of acme/store: told to come back later (GitHub answered 500, 31 times in a row)");
    world.github.clear_faults();
    world.github.forget_pending();
    world.ends_quietly().await;
}
