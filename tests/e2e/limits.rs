//! GitHub says "later": the work waits in the store, and nothing counts as a failure.

use jiff::SignedDuration;
use plimsoll::sandbox::github::Fault;
use plimsoll::store::WorkState;

use crate::world::World;

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

#[tokio::test]
async fn retry_after_lets_the_installation_rest_and_the_label_comes_later() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/").secondary_limit(Some(90)));
    world.settle().await;
    assert!(issue.labels().is_empty());
    let work = world.open_work().await;
    assert_eq!((work[0].state, work[0].attempts), (WorkState::Waiting, 0));
    assert!(work[0].due_at >= world.now() + SignedDuration::from_secs(90));

    let other = shop.open("alice", INFRA.0, INFRA.1);
    world.github.forget_requests();
    world.settle().await;
    assert_eq!(world.calls(), Vec::<String>::new(), "the installation rests");

    world.later(SignedDuration::from_secs(120));
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    assert_eq!(other.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn another_installation_goes_on_meanwhile() {
    let (world, shop) = World::with_shop().await;
    let other = world.github.repository("umbrella/site");
    other.commit_file(crate::world::POLICY_PATH, crate::world::ON);
    world.settle().await;
    shop.open("alice", INFRA.0, INFRA.1);
    world.github.script(Fault::on("*", "/repos/acme/shop").secondary_limit(Some(600)).always());
    world.settle().await;
    let issue = other.open("bob", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.github.clear_faults();
    world.later(SignedDuration::from_mins(20));
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_exhausted_limit_is_waited_out_to_its_reset() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.exhaust_rate_limit("acme");
    world.settle().await;
    assert!(issue.labels().is_empty());
    assert_eq!(world.open_work().await[0].attempts, 0);
    world.later(SignedDuration::from_hours(1) + SignedDuration::from_mins(1));
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_outage_is_no_failure() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.script(Fault::on("GET", "/repos/acme/shop").answer(502).always());
    for _ in 0..12 {
        world.settle().await;
        world.later(SignedDuration::from_mins(5));
    }
    let work = world.open_work().await;
    assert_eq!((work[0].state, work[0].attempts), (WorkState::Waiting, 0));
    world.github.clear_faults();
    world.wait_for_work().await;
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_hundred_issues_at_once_are_paced_and_none_is_forgotten() {
    let (world, shop) = World::with_shop().await;
    let issues: Vec<_> = (0..100).map(|_| shop.open("alice", INFRA.0, INFRA.1)).collect();
    world.settle().await;
    let at_once = issues.iter().filter(|issue| !issue.labels().is_empty()).count();
    assert!(at_once < 60, "{at_once} were written without a pause");
    for _ in 0..300 {
        if world.open_work().await.is_empty() {
            break;
        }
        world.wait_for_work().await;
    }
    assert!(issues.iter().all(|issue| issue.labels() == ["infrastructure"]));
    world.ends_quietly().await;
}

/// GitHub counts on, whoever asks; it would be told on as a broken rule otherwise.
#[tokio::test]
async fn a_service_that_is_started_again_and_again_keeps_its_pace() {
    let (mut world, shop) = World::with_shop().await;
    let issues: Vec<_> = (0..100).map(|_| shop.open("alice", INFRA.0, INFRA.1)).collect();
    for _ in 0..10 {
        world.settle().await;
        world = world.restart().await;
    }
    let at_once = issues.iter().filter(|issue| !issue.labels().is_empty()).count();
    assert!(at_once < 20, "{at_once} were written without a pause");
    for _ in 0..300 {
        if world.open_work().await.is_empty() {
            break;
        }
        world.wait_for_work().await;
    }
    assert!(issues.iter().all(|issue| issue.labels() == ["infrastructure"]));
    world.ends_quietly().await;
}

/// Told to wait, by an answer that came late: the time counts from the answer, also where the process dies meanwhile.
#[tokio::test]
async fn a_wait_that_was_told_is_kept_across_a_restart() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    let clock = std::sync::Arc::clone(&world.clock);
    let slow = move || clock.advance(SignedDuration::from_secs(50));
    world.github.script(Fault::on("GET", "/repos/acme/shop/issues/1").meanwhile(slow));
    world.github.script(Fault::on("GET", "/repos/acme/shop/issues/1").sparing(1).secondary_limit(Some(60)));
    world.settle().await;
    let world = world.restart().await;
    for _ in 0..5 {
        world.wait_for_work().await;
    }
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

/// It is told in the head of the answer.
#[tokio::test]
async fn a_wait_that_was_told_in_half_an_answer_is_kept() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.exhaust_rate_limit("acme");
    world.github.script(Fault::on("GET", "/repos/acme/shop/issues/1").truncate());
    world.settle().await;
    assert_eq!(world.github.faults_waiting(), 0);
    for _ in 0..5 {
        world.wait_for_work().await;
    }
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_end_of_the_limit_that_is_past_by_our_clock_is_waited_for_all_the_same() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    let an_hour_ago = (world.now() - SignedDuration::from_hours(1)).as_second().to_string();
    let used_up = Fault::on("*", "/repos/acme/shop").answer(403).header("x-ratelimit-remaining", "0");
    world.github.script(used_up.header("x-ratelimit-reset", &an_hour_ago).always());
    world.settle().await;
    assert!(world.open_work().await[0].due_at >= world.now() + SignedDuration::from_mins(1));
    world.github.clear_faults();
    world.later(SignedDuration::from_mins(5));
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}
