//! An issue is opened, and comes back labelled.

use crate::world::World;

const SLOW: (&str, &str) = (
    "perf: product search takes 9 seconds",
    "The query does a full table scan. Add an index and cache the first page; latency should fall.",
);
const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

#[tokio::test]
async fn an_opened_issue_is_labelled_and_the_reason_is_recorded() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    let records = world.store.records(None, 10).await.unwrap();
    assert_eq!(records.len(), 1);
    insta::assert_snapshot!(records[0].action, @"add_label infrastructure");
    assert!(records[0].reason.starts_with("looks like infrastructure ("), "{}", records[0].reason);
    assert!(!records[0].evidence.is_empty());
    let label = shop.label("infrastructure").expect("created with its colour and description");
    assert_ne!(label.color, "ededed");
    assert!(label.description.is_some());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_label_costs_two_calls_and_an_event_that_changes_nothing_one() {
    let (world, shop) = World::with_shop().await;
    shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    let issue = shop.open("bob", INFRA.0, INFRA.1);
    world.github.forget_requests();
    world.settle().await;
    let path = format!("/repos/acme/shop/issues/{}", issue.view().unwrap().number);
    assert_eq!(world.calls(), [format!("GET {path} 200"), format!("POST {path}/labels 200")]);

    issue.comment("bob", "Any news?");
    world.github.forget_requests();
    world.settle().await;
    assert_eq!(world.calls().len(), 1, "{:?}", world.calls());
    assert_eq!(world.writes(), Vec::<String>::new());
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_existing_label_is_adopted_not_doubled() {
    let (world, shop) = World::with_shop().await;
    shop.create_label("alice", "area/infra", "112233", "ours");
    world.settle().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["area/infra"]);
    assert_eq!(shop.label("infrastructure"), None);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_vague_issue_gets_no_label() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", "The basket", "As agreed on Tuesday.");
    world.settle().await;
    assert!(issue.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn pull_requests_are_no_items() {
    let (world, shop) = World::with_shop().await;
    let pull_request = shop.pull_request("alice", SLOW.0, SLOW.1);
    pull_request.comment("bob", "Nice");
    world.settle().await;
    assert!(pull_request.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn without_a_policy_the_bot_only_observes() {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert!(issue.labels().is_empty());
    assert_eq!(world.writes(), Vec::<String>::new());
    let records = world.store.records(None, 10).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].action.as_str(), records[0].result.as_str()), ("add_label infrastructure", "would"));
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_issue_from_before_the_policy_is_left_alone_until_somebody_edits_it() {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    let old = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(jiff::SignedDuration::from_mins(5));
    shop.commit_file(crate::world::POLICY_PATH, crate::world::ON);
    old.comment("bob", "still relevant");
    world.settle().await;
    assert!(old.labels().is_empty());
    old.rewrite("alice", "Terraform modules exist. It needs a deployment pipeline, DNS and monitoring.");
    world.settle().await;
    assert_eq!(old.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_bots_own_report_is_no_item_but_a_copy_of_its_marker_is() {
    let (world, shop) = World::with_shop().await;
    let body = format!("<!-- plimsoll:report -->\n{}", INFRA.1);
    let own = shop.open("plimsoll[bot]", INFRA.0, &body);
    let copy = shop.open("mallory", INFRA.0, &body);
    world.settle().await;
    assert!(own.labels().is_empty());
    assert_eq!(copy.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}
