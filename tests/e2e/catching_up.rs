//! What was missed while the service was down, or never told: it is found, once, and nothing else is.

use jiff::SignedDuration;
use plimsoll::backlog::Place;
use plimsoll::sandbox::github::{Issue, Repository};

use crate::world::{ON, POLICY_PATH, World};

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);
const NOTHING: (&str, &str) = ("Hello", "");
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1/webhooks/github";

/// Everything that is due, and everything that waits for its turn to write.
async fn settles_at_last(world: &World) {
    world.settle().await;
    for _ in 0..100 {
        if world.open_work().await.is_empty() {
            return;
        }
        world.wait_for_work().await;
    }
    panic!("there is always more to do: {:?}", world.open_work().await);
}

/// The service is down for an hour while this happens: GitHub reaches nobody, and notes that.
async fn down_while(world: World, happens: impl FnOnce()) -> World {
    world.github.send_webhooks_to(NOWHERE);
    happens();
    world.github.deliver_all().await;
    world.later(SignedDuration::from_hours(1));
    world.restart().await
}

fn open_ten(shop: &Repository) -> Vec<Issue> {
    (0..10).map(|_| shop.open("alice", INFRA.0, INFRA.1)).collect()
}

fn all_are_labelled(issues: &[Issue]) {
    for issue in issues {
        assert_eq!(issue.labels(), ["infrastructure"], "#{}", issue.number());
    }
}

/// How often a path that ends so was asked for with this method.
fn count(world: &World, method: &str, ending: &str) -> usize {
    world.github.requests().iter().filter(|one| one.method == method && one.path.ends_with(ending)).count()
}

fn place_of(world: &World, repository: &Repository, owner: &str) -> Place {
    Place {
        tracker: plimsoll::tracker::github::TRACKER,
        installation: world.github.installation(owner).unwrap().to_string(),
        repository: repository.id().to_string(),
    }
}

async fn is_known(world: &World, place: &Place) -> bool {
    world.store.repository(place).await.unwrap().is_some()
}

#[tokio::test]
async fn what_was_opened_while_the_service_was_down_is_labelled_once() {
    let (world, shop) = World::with_shop().await;
    let mut issues = Vec::new();
    let world = down_while(world, || issues = open_ten(&shop)).await;
    world.github.forget_requests();
    world.catch_up().await;
    settles_at_last(&world).await;
    all_are_labelled(&issues);
    assert_eq!(count(&world, "POST", "/labels"), 10 + 1, "each once, and the label made");
    assert_eq!(count(&world, "POST", "/attempts"), 10);
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_no_log_of_deliveries_knows_is_found_by_the_sweep() {
    let (world, shop) = World::with_shop().await;
    let issues = open_ten(&shop);
    world.github.forget_pending();
    world.catch_up().await;
    settles_at_last(&world).await;
    all_are_labelled(&issues);
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    settles_at_last(&world).await;
    world.github.forget_requests();
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    world.settle().await;
    let asked: Vec<String> = world.calls().into_iter().filter(|call| call.contains("/issues/")).collect();
    assert_eq!(asked, Vec::<String>::new(), "what has not changed is left alone");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_was_said_while_the_service_was_down_is_answered() {
    let (world, shop) = World::with_shop().await;
    shop.set_permission("bob", "write");
    let issue = shop.open("alice", NOTHING.0, NOTHING.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    let world = down_while(world, || {
        issue.comment("bob", "/security");
    })
    .await;
    world.catch_up().await;
    settles_at_last(&world).await;
    assert_eq!(issue.labels(), ["security"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_lost_delivery_is_asked_for_once_however_often_the_service_starts() {
    let (world, shop) = World::with_shop().await;
    let world = down_while(world, || {
        open_ten(&shop);
    })
    .await;
    let mut world = world;
    for _ in 0..3 {
        world.catch_up().await;
        world.work().await;
        world = world.restart().await;
    }
    assert_eq!(count(&world, "POST", "/attempts"), 10, "what was asked for is awaited");
    settles_at_last(&world).await;
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    settles_at_last(&world).await;
    assert_eq!(count(&world, "POST", "/attempts"), 10);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_redelivery_that_fails_too_is_asked_for_again_and_ever_more_seldom() {
    let (world, shop) = World::with_shop().await;
    shop.open("alice", NOTHING.0, NOTHING.1);
    world.github.send_webhooks_to(NOWHERE);
    world.github.deliver_all().await;
    for _ in 0..18 {
        world.tick().await;
        world.work().await;
        world.github.deliver_all().await;
        world.later(SignedDuration::from_mins(10));
    }
    let asked = count(&world, "POST", "/attempts");
    assert!((4..=6).contains(&asked), "{asked} times in three hours");
    let world = world.restart().await;
    world.later(SignedDuration::from_hours(24));
    world.tick().await;
    settles_at_last(&world).await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn installing_the_app_takes_no_backlog_over() {
    let world = World::new().await;
    let shop = world.github.repository_without_app("acme/shop");
    let old = open_ten(&shop);
    world.later(SignedDuration::from_hours(1));
    shop.add_to_installation();
    world.settle().await;
    world.catch_up().await;
    world.settle().await;
    shop.commit_file(POLICY_PATH, ON);
    world.settle().await;
    for _ in 0..3 {
        world.later(SignedDuration::from_hours(1));
        world.tick().await;
        world.settle().await;
    }
    assert_eq!(count(&world, "GET", "/issues/1"), 0, "nobody looked at it");
    old[1].comment("alice", "Any news?");
    world.github.forget_pending();
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    world.settle().await;
    assert!(count(&world, "GET", "/issues/2") > 0, "it changed");
    assert!(old.iter().all(|issue| issue.labels().is_empty()));
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_delivery_from_before_the_policy_takes_nothing_over() {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    world.settle().await;
    let mut issues = Vec::new();
    let world = down_while(world, || issues = open_ten(&shop)).await;
    shop.commit_file(POLICY_PATH, ON);
    world.settle().await;
    world.catch_up().await;
    settles_at_last(&world).await;
    assert_eq!(count(&world, "POST", "/attempts"), 10);
    assert!(issues.iter().all(|issue| issue.labels().is_empty()));
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_repository_that_nobody_told_of_is_found() {
    let (world, _) = World::with_shop().await;
    let site = world.github.repository("acme/site");
    site.commit_file(POLICY_PATH, ON);
    world.github.forget_pending();
    world.catch_up().await;
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    let issue = site.open("alice", INFRA.0, INFRA.1);
    world.github.forget_pending();
    world.catch_up().await;
    settles_at_last(&world).await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_installation_that_nobody_told_of_is_found() {
    let (world, _) = World::with_shop().await;
    let app = world.github.repository("umbrella/app");
    app.commit_file(POLICY_PATH, ON);
    world.github.forget_pending();
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    settles_at_last(&world).await;
    assert!(is_known(&world, &place_of(&world, &app, "umbrella")).await);
    world.later(SignedDuration::from_mins(1));
    let issue = app.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn with_a_token_the_repositories_that_are_named_are_looked_through() {
    let world = World::new().await;
    let shop = world.github.repository_without_app("acme/shop");
    shop.set_permission("helper", "write");
    let early = shop.open("alice", INFRA.0, INFRA.1);
    shop.commit_file(POLICY_PATH, ON);
    world.later(SignedDuration::from_mins(1));
    let service = world.service_with_token("helper", &["acme/gone", "acme/shop"]);
    let work = async || {
        service.engine().catch_up().await.unwrap();
        service.engine().settle().await.unwrap();
        world.later(SignedDuration::from_hours(1));
    };
    work().await;
    let late = shop.open("alice", INFRA.0, INFRA.1);
    work().await;
    assert_eq!((early.labels(), late.labels()), (vec![], vec!["infrastructure".to_owned()]));
    let named = plimsoll::tracker::github::TRACKER;
    assert_eq!(world.store.repositories(&named).await.unwrap().len(), 1);
    world.github.forget_pending();
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_new_name_that_nobody_told_of_is_learnt() {
    let (world, shop) = World::with_shop().await;
    shop.rename("acme/store");
    world.github.forget_pending();
    world.catch_up().await;
    world.settle().await;
    let known = world.store.repository(&place_of(&world, &shop, "acme")).await.unwrap().unwrap();
    assert_eq!(known.repository.name, "acme/store");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_repository_that_changes_hands_is_followed_and_loses_nothing() {
    let (world, shop) = World::with_shop().await;
    let other = world.github.repository("spokes/other");
    world.settle().await;
    let before = place_of(&world, &shop, "acme");
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    shop.transfer_to("spokes");
    world.github.forget_pending();
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    settles_at_last(&world).await;
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    settles_at_last(&world).await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    assert!(!is_known(&world, &before).await, "the former place is let go");
    assert!(is_known(&world, &place_of(&world, &shop, "spokes")).await);
    assert!(is_known(&world, &place_of(&world, &other, "spokes")).await);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_repository_that_is_taken_away_is_let_go_and_begins_anew_when_it_comes_back() {
    let (world, shop) = World::with_shop().await;
    let place = place_of(&world, &shop, "acme");
    shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    shop.remove_from_installation();
    world.github.deliver_all().await;
    world.settle().await;
    settles_at_last(&world).await;
    assert!(!is_known(&world, &place).await);
    world.github.forget_requests();
    let meanwhile = shop.open("alice", INFRA.0, INFRA.1);
    world.later(SignedDuration::from_hours(1));
    world.tick().await;
    world.settle().await;
    assert!(world.calls().iter().all(|call| !call.contains("acme/shop")), "{:?}", world.calls());

    world.later(SignedDuration::from_hours(1));
    shop.add_to_installation();
    world.settle().await;
    let after = shop.open("alice", INFRA.0, INFRA.1);
    world.github.forget_pending();
    world.catch_up().await;
    settles_at_last(&world).await;
    assert_eq!(after.labels(), ["infrastructure"]);
    assert!(meanwhile.labels().is_empty(), "what was opened while it was away is left alone");
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_app_that_is_uninstalled_or_suspended_leaves_no_work() {
    let (world, shop) = World::with_shop().await;
    let place = place_of(&world, &shop, "acme");
    world.github.suspend("acme", true);
    world.github.forget_pending();
    world.catch_up().await;
    world.settle().await;
    assert!(is_known(&world, &place).await, "a suspended installation may go on");
    world.github.suspend("acme", false);
    world.github.uninstall("acme");
    world.github.forget_pending();
    world.later(SignedDuration::from_hours(2));
    world.tick().await;
    settles_at_last(&world).await;
    assert!(!is_known(&world, &place).await);
    world.ends_quietly().await;
}

#[tokio::test]
async fn hundreds_of_repositories_cost_a_bounded_number_of_calls_at_start() {
    let world = World::new().await;
    let repositories: Vec<Repository> =
        (0..300).map(|number| world.github.repository(&format!("acme/part-{number}"))).collect();
    world.github.forget_pending();
    world.catch_up().await;
    world.settle().await;
    let first = world.github.requests().len();
    assert!(first <= 2 * 300 + 10, "{first} calls when all are new");
    for repository in &repositories {
        assert!(is_known(&world, &place_of(&world, repository, "acme")).await);
    }

    world.github.forget_requests();
    world.later(SignedDuration::from_mins(10));
    let world = world.restart().await;
    world.catch_up().await;
    world.settle().await;
    let again = world.github.requests().len();
    assert!(again <= 300 + 10, "{again} calls when all are known");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_repository_where_much_changed_keeps_no_other_waiting() {
    let world = World::new().await;
    let noisy = world.github.repository("acme/noisy");
    let quiet: Vec<Repository> =
        (0..20).map(|number| world.github.repository(&format!("acme/quiet-{number}"))).collect();
    world.settle().await;
    world.catch_up().await;
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    for number in 0..120 {
        noisy.open("alice", &format!("Hello {number}"), "");
    }
    for repository in &quiet {
        repository.open("alice", NOTHING.0, NOTHING.1);
    }
    world.github.forget_pending();
    world.github.forget_requests();
    world.catch_up().await;
    world.settle().await;
    let is_issue = |path: &String| path.rsplit('/').next().is_some_and(|end| end.parse::<u64>().is_ok());
    let read: Vec<String> = world.github.requests().into_iter().map(|one| one.path).filter(is_issue).collect();
    let last_quiet = read.iter().rposition(|path| path.contains("/quiet-")).unwrap();
    let noisy_before = read.iter().take(last_quiet).filter(|path| path.contains("/noisy/")).count();
    assert_eq!(read.iter().filter(|path| path.contains("/noisy/")).count(), 120);
    assert!(noisy_before <= 25, "{noisy_before} of the noisy one went before the last quiet one");
    world.ends_quietly().await;
}
