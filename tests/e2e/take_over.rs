//! `plimsoll apply OWNER/REPO`: a backlog is taken over because somebody asked, and in no other way.

use std::sync::Arc;

use jiff::SignedDuration;
use plimsoll::cli::apply::{Achieved, Means, Request, Summary, take_over};
use plimsoll::cli::live::{Live, LiveError, Progress};
use plimsoll::clock::Random;
use plimsoll::engine::Rulebook;
use plimsoll::policy;
use plimsoll::sandbox::github::{Fault, Repository};
use tempfile::TempDir;

use crate::world::{ON, POLICY_PATH, World};

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

/// A repository with so many open issues from before the App was installed; then it is, with a policy.
async fn backlog(count: usize) -> (World, Repository, TempDir) {
    let (world, shop, state) = ungoverned(count).await;
    shop.commit_file(POLICY_PATH, ON);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    (world, shop, state)
}

async fn ungoverned(count: usize) -> (World, Repository, TempDir) {
    let world = World::new().await;
    let shop = world.github.repository_without_app("acme/shop");
    for _ in 0..count {
        world.later(SignedDuration::from_secs(1));
        shop.open("alice", INFRA.0, INFRA.1);
    }
    world.later(SignedDuration::from_mins(1));
    shop.add_to_installation();
    world.settle().await;
    (world, shop, tempfile::tempdir().unwrap())
}

fn request(state: &TempDir) -> Request {
    Request { repository: "acme/shop".into(), policy: None, since: None, limit: None, state: state.path().to_owned() }
}

fn means(world: &World, is_served: bool) -> Means {
    Means {
        store: Arc::clone(&world.store),
        entropy: Arc::new(Random::seeded(5)),
        is_served: Box::new(move || is_served),
    }
}

async fn apply(world: &World, live: &Live, request: Request) -> Result<Achieved, LiveError> {
    let means = means(world, false);
    let mut progress = Progress::silent();
    let done = Box::pin(take_over(live, &means, request, &mut progress, |_| true)).await?;
    Ok(done.unwrap_or_default())
}

/// The issues that have the label, and how often a label was put on any.
fn labelled(world: &World, shop: &Repository) -> (usize, usize) {
    let labelled = shop.issues().iter().filter(|issue| issue.labels() == ["infrastructure"]).count();
    let puts = world.github.writes();
    let puts = puts.iter().filter(|write| write.path.contains("/issues/") && write.path.ends_with("/labels"));
    (labelled, puts.filter(|put| put.status == 200 && !put.faulted).count())
}

#[tokio::test]
async fn installing_the_app_and_merging_a_policy_touch_no_old_item() {
    let (world, shop, _state) = backlog(3).await;
    assert_eq!(labelled(&world, &shop), (0, 0));
    shop.issue(1).comment("alice", "Any news?");
    world.settle().await;
    assert_eq!(labelled(&world, &shop), (0, 0), "a comment takes nothing over");
    shop.issue(1).retitle("alice", "[infra] Move production to the new Kubernetes cluster");
    world.settle().await;
    assert_eq!(labelled(&world, &shop), (1, 1), "an edited item is taken up");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_backlog_is_taken_over_after_a_summary_and_once() {
    let (world, shop, state) = backlog(3).await;
    shop.open_with_labels("alice", "Blue shoes", "", &["bug"]);
    world.settle().await;
    let live = world.live();
    let mut shown = String::new();
    let confirm = |summary: &Summary| {
        shown = summary.to_string();
        false
    };
    let refused = take_over(&live, &means(&world, false), request(&state), &mut Progress::silent(), confirm).await;
    assert_eq!(refused.unwrap(), None);
    insta::assert_snapshot!(shown, @"
    acme/shop: 4 open items read, 3 to change
      3 labels put: infrastructure 3
    Paced to the tracker's limits this takes less than a minute.
    Each item is read again first: what people decided by then stands.
    ");
    assert_eq!(labelled(&world, &shop), (0, 0), "nothing before it is confirmed");

    insta::assert_snapshot!(apply(&world, &live, request(&state)).await.unwrap(), @"
    3 items changed
      3 labels put: infrastructure 3
    ");
    world.settle().await;
    assert_eq!(labelled(&world, &shop), (3, 3));
    let record = &world.store.records(None, 1).await.unwrap()[0];
    assert_eq!((record.action.as_str(), record.result.as_str()), ("add_label infrastructure", "done"));

    insta::assert_snapshot!(apply(&world, &live, request(&state)).await.unwrap(), @"0 items changed");
    assert_eq!(labelled(&world, &shop), (3, 3));
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_people_decided_stands_whenever_they_did() {
    let (world, shop, state) = backlog(3).await;
    // A veto from long ago leaves no other trace than the timeline.
    shop.issue(1).label("bob", "infrastructure");
    world.later(SignedDuration::from_mins(1));
    shop.issue(1).unlabel("bob", "infrastructure");
    world.github.forget_pending();
    let live = world.live();
    // And somebody decides after the summary was shown.
    let confirm = |_: &Summary| {
        shop.issue(2).label("bob", "bug");
        true
    };
    let done = take_over(&live, &means(&world, false), request(&state), &mut Progress::silent(), confirm).await;
    insta::assert_snapshot!(done.unwrap().unwrap(), @"
    1 item changed
      1 label put: infrastructure 1
    2 needed nothing any more when their turn came.
    ");
    assert!(shop.issue(1).labels().is_empty());
    assert_eq!(shop.issue(2).labels(), ["bug"]);
    assert_eq!(shop.issue(3).labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn asked_for_it_changes_its_own_earlier_label() {
    let (world, shop, state) = backlog(0).await;
    let zorping_is = |category: &str| {
        format!("version: 1\ncategories: {{ {category}: {{ keywords: [{{ text: zorp, weight: 5 }}] }} }}\n")
    };
    shop.commit_file(POLICY_PATH, &zorping_is("infrastructure"));
    let issue = shop.open("alice", "Zorp", "The zorp.");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.later(SignedDuration::from_mins(1));
    shop.commit_file(POLICY_PATH, &zorping_is("performance"));
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"], "a new policy relabels nothing by itself");
    insta::assert_snapshot!(apply(&world, &world.live(), request(&state)).await.unwrap(), @"
    1 item changed
      1 label put: performance 1
      1 own label taken away: infrastructure 1
    ");
    world.settle().await;
    assert_eq!(issue.labels(), ["performance"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn without_a_policy_it_refuses() {
    let (world, shop, state) = ungoverned(1).await;
    let refused = apply(&world, &world.live(), request(&state)).await.unwrap_err();
    insta::assert_snapshot!(refused, @"acme/shop: it has no policy; merge one (.github/plimsoll.yml, `version: 1` is enough), or name one with --policy; `plimsoll plan` shows what the defaults would do");
    shop.commit_file(POLICY_PATH, "version: 1\ncategorise: {}\n");
    let broken = apply(&world, &world.live(), request(&state)).await.unwrap_err().to_string();
    assert!(broken.contains("its policy is broken"), "{broken}");
    assert_eq!(labelled(&world, &shop), (0, 0));

    let named = || Request { policy: Some(Rulebook::new(policy::defaults())), ..request(&state) };
    let served = take_over(&world.live(), &means(&world, true), named(), &mut Progress::silent(), |_| true).await;
    insta::assert_snapshot!(served.unwrap_err(), @"a service runs on this database and goes by the repository's own policy: merge the policy there, or stop the service while --policy is used");
    apply(&world, &world.live(), named()).await.unwrap();
    assert_eq!(labelled(&world, &shop), (1, 1), "with a policy that is named it acts");
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_organisations_defaults_count_here_too() {
    let (world, shop, state) = ungoverned(2).await;
    let home = world.github.repository_without_app("acme/.github");
    home.commit_file(POLICY_PATH, "version: 1\ncategories: { infrastructure: { label: ops } }\n");
    home.add_to_installation();
    world.settle().await;
    let refused = apply(&world, &world.live(), request(&state)).await.unwrap_err().to_string();
    assert!(refused.contains("it has no policy"), "{refused}");
    shop.commit_file(POLICY_PATH, ON);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    apply(&world, &world.live(), request(&state)).await.unwrap();
    let labels: Vec<Vec<String>> = shop.issues().iter().map(plimsoll::sandbox::github::Issue::labels).collect();
    assert_eq!(labels, [["ops"], ["ops"]]);
    shop.commit_file(POLICY_PATH, "version: 1\nmode: observe\n");
    world.settle().await;
    let refused = apply(&world, &world.live(), request(&state)).await.unwrap_err();
    insta::assert_snapshot!(refused, @"acme/shop: by its policy the bot only observes (`mode: observe`): take that out, or name another policy with --policy");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_service_on_the_same_database_does_the_work_itself() {
    let (world, shop, state) = backlog(12).await;
    let live = world.beside_the_service();
    let done = take_over(&live, &means(&world, true), request(&state), &mut Progress::silent(), |_| true).await;
    insta::assert_snapshot!(done.unwrap().unwrap(), @"
    12 items changed
      12 labels put: infrastructure 12
    ");
    assert_eq!(labelled(&world, &shop), (12, 12));
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_limit_that_ends_in_the_middle_is_waited_out() {
    let (world, shop, state) = backlog(30).await;
    world.github.set_rate_limit(50);
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/7").secondary_limit(Some(90)));
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/9").after().answer(502));
    let before = world.now();
    let done = apply(&world, &world.live(), request(&state)).await.unwrap();
    assert!(done.left_over.is_empty() && !done.was_interrupted, "{done}");
    assert!(world.now().duration_since(before) >= SignedDuration::from_hours(2));
    world.github.set_rate_limit(5_000);
    world.wait_for_work().await;
    assert_eq!(labelled(&world, &shop).0, 30);
    world.ends_quietly().await;
}

/// Each run gets as far as the hour's limit lets it; then somebody presses Ctrl-C.
#[tokio::test]
async fn it_survives_an_interruption_anywhere_and_writes_nothing_twice() {
    for limit in [10, 13] {
        let (world, shop, state) = backlog(7).await;
        world.github.set_rate_limit(limit);
        let mut interrupted = 0;
        loop {
            let ended = apply(&world, &world.impatient(), request(&state)).await;
            match ended {
                Ok(achieved) if !achieved.was_interrupted => break,
                Ok(_) | Err(LiveError::Interrupted) => interrupted += 1,
                Err(error) => panic!("{error}"),
            }
            assert!(interrupted < 100);
            world.later(SignedDuration::from_hours(2));
        }
        assert!(interrupted >= 3, "{interrupted}");
        world.github.set_rate_limit(5_000);
        world.wait_for_work().await;
        assert_eq!(labelled(&world, &shop), (7, 7));
        world.ends_quietly().await;
    }
}

/// Each run gets as far as one page, then the hour's limit is used up and somebody presses Ctrl-C.
#[tokio::test]
async fn it_survives_an_interruption_at_every_page_of_the_backlog() {
    let (world, shop, state) = backlog(450).await;
    let (mut runs, mut pages) = (0, 0);
    let mut limit = 3;
    loop {
        runs += 1;
        assert!(runs < 30);
        world.github.set_rate_limit(limit);
        world.github.forget_requests();
        let request = Request { limit: Some(2), ..request(&state) };
        let (live, mut is_listed) = (world.impatient(), false);
        let confirm = |_: &Summary| {
            is_listed = true;
            true
        };
        let ended = take_over(&live, &means(&world, false), request, &mut Progress::silent(), confirm).await;
        pages += world.calls().iter().filter(|call| *call == "GET /repos/acme/shop/issues 200").count();
        match ended {
            Ok(Some(achieved)) if !achieved.was_interrupted => break,
            Ok(_) | Err(LiveError::Interrupted) => world.later(SignedDuration::from_hours(2)),
            Err(error) => panic!("{error}"),
        }
        // All of it is listed: the work itself needs more.
        limit = if is_listed { 5_000 } else { limit };
    }
    assert!(runs >= 5, "{runs}");
    assert!(pages <= 2 * 5 + 2, "{pages} pages were read of a backlog of five, which is listed twice");
    let labelled = shop.issues().iter().filter(|issue| issue.labels() == ["infrastructure"]).count();
    assert_eq!(labelled, 2);
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_fails_is_left_over_and_said() {
    let (world, shop, state) = backlog(3).await;
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/2/").answer(400).always());
    insta::assert_snapshot!(apply(&world, &world.live(), request(&state)).await.unwrap(), @"
    2 items changed
      2 labels put: infrastructure 2
    1 could not be changed; `plimsoll work` shows what becomes of them:
      #2: putting the label `infrastructure` on acme/shop#2: GitHub answered 400 (Bad Request)
    ");
    assert_eq!(labelled(&world, &shop), (2, 2));
    world.github.clear_faults();
    world.wait_for_work().await;
    assert_eq!(labelled(&world, &shop), (3, 3), "the service tries on");
    world.ends_quietly().await;
}

#[tokio::test]
async fn over_five_hundred_labels_keep_to_the_hourly_limit_and_take_as_long_as_was_said() {
    let (world, shop, state) = backlog(510).await;
    let before = world.now();
    let mut shown = String::new();
    let confirm = |summary: &Summary| {
        shown = summary.to_string();
        true
    };
    let live = world.live();
    let done = take_over(&live, &means(&world, false), request(&state), &mut Progress::silent(), confirm).await;
    assert_eq!(done.unwrap().unwrap().changed, 510);
    assert_eq!(labelled(&world, &shop), (510, 510));
    insta::assert_snapshot!(shown, @"
    acme/shop: 510 open items read, 510 to change
      510 labels put: infrastructure 510
    Paced to the tracker's limits this takes at least 64 minutes.
    Each item is read again first: what people decided by then stands.
    ");
    let took = world.now().duration_since(before).as_mins();
    assert!((60..75).contains(&took), "{took}");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_limit_of_items_leaves_the_rest_for_another_time() {
    let (world, shop, state) = backlog(3).await;
    let few = Request { limit: Some(2), ..request(&state) };
    assert_eq!(apply(&world, &world.live(), few).await.unwrap().changed, 2);
    assert_eq!(labelled(&world, &shop), (2, 2));
    world.ends_quietly().await;
}
