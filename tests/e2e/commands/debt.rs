//! Debt is recorded where it is noticed.

use jiff::SignedDuration;

use super::{say, seen, shop, shop_with_issue};
use crate::webhooks::request;

#[tokio::test]
async fn debt_is_opened_with_a_link_back_and_in_pull_requests_too() {
    let (world, shop, issue) = shop_with_issue().await;
    say(&world, &issue, "tess", "/debt Remove the retry workaround in the uploader").await;
    let opened = shop.issues().pop().unwrap();
    let view = opened.view().unwrap();
    let body = view.body.unwrap().replace(&world.github.url(), "https://github.test");
    insta::assert_snapshot!(format!("{}\n{}\n{:?}", view.title, body, view.labels), @r#"
    Remove the retry workaround in the uploader
    <!-- plimsoll:debt:github:1000021:1:debtRemovetheretryworkaroundintheuploader -->
    Technical debt that `tess` noticed [at this place](https://github.test/acme/shop/issues/1#issuecomment-1000021) in #1.
    ["technical-debt"]
    "#);
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    tess: /debt Remove the retry workaround in the uploader [eyes] [+1]
    ");
    let pull_request = shop.pull_request("carol", "Add retries", "");
    world.later(SignedDuration::from_mins(1));
    pull_request.comment("bob", "/debt Retries are copied three times\n/infra");
    let told = world.github.pending().into_iter().find(|one| one.event == "issue_comment.created").unwrap();
    world.settle().await;
    request(&world, "issue_comment", "again", &told.body).send().await.unwrap();
    world.settle().await;
    assert_eq!(shop.issues().len(), 4, "nothing is opened twice");
    assert_eq!(shop.issues().pop().unwrap().view().unwrap().title, "Retries are copied three times");
    insta::assert_snapshot!(seen(&pull_request), @"
    labels: 
    bob: /debt Retries are copied three times
      /infra [eyes] [+1] [confused]
    plimsoll[bot]: `/infra` works on issues only; in a pull request there are `/debt TITLE`, `/backlog` and `/help`.
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn debt_is_recorded_in_a_pull_requests_own_text_and_on_its_lines() {
    let (world, shop) = shop().await;
    let pull_request = shop.pull_request("bob", "Add retries", "Works, but:\n\n/debt Retries block the queue");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    pull_request.rewrite("bob", "Works, but:\n\n/debt Retries block the queue\n/debt And nobody sees them");
    pull_request.comment_on_line("tess", "/debt This is copied three times\n/infra");
    world.settle().await;
    let opened: Vec<String> = shop.issues().iter().skip(1).map(|issue| issue.view().unwrap().title).collect();
    insta::assert_snapshot!(opened.join("\n"), @"
    Retries block the queue
    And nobody sees them
    This is copied three times
    ");
    insta::assert_snapshot!(seen(&pull_request), @"
    labels: 
    description: [eyes] [+1]
    plimsoll[bot]: `/infra` works on issues only; in a pull request there are `/debt TITLE`, `/backlog` and `/help`.
    ");
    let on_lines: Vec<String> = pull_request.reactions_on_lines().into_iter().map(|one| one.content).collect();
    assert_eq!(on_lines, ["eyes", "+1", "confused"]);
    let body = shop.issues().pop().unwrap().view().unwrap().body.unwrap();
    assert!(body.contains("#discussion_r"), "{body}");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_review_says_something_too() {
    let (world, shop) = shop().await;
    let pull_request = shop.pull_request("bob", "Add retries", "");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    let review = pull_request.review("tess", "Fine, but:\n\n/debt Retries block the queue\n/debt");
    let told = world.github.pending().into_iter().find(|one| one.event == "pull_request_review.submitted").unwrap();
    world.settle().await;
    request(&world, "pull_request_review", "again", &told.body).send().await.unwrap();
    world.settle().await;
    let reactions = |issue: &plimsoll::sandbox::github::Issue| -> Vec<String> {
        issue.reactions_on_reviews().into_iter().map(|one| one.content).collect()
    };
    assert_eq!(reactions(&pull_request), ["eyes", "+1", "confused"]);
    insta::assert_snapshot!(seen(&pull_request), @"
    labels: 
    plimsoll[bot]: `/debt`: expected a title of at most 256 characters for the new item. Example: `/debt Remove the retry workaround in the uploader`
    ");
    world.later(SignedDuration::from_mins(1));
    pull_request.edit_review("tess", review, "Fine, but:\n\n/debt Retries block the queue\n/debt Nobody sees them");
    pull_request.edit_review("mallory", review, "/debt Fire everybody");
    world.settle().await;
    let opened: Vec<String> = shop.issues().iter().skip(1).map(|issue| issue.view().unwrap().title).collect();
    assert_eq!(opened, ["Retries block the queue", "Nobody sees them"]);
    assert_eq!(reactions(&pull_request), ["eyes", "+1"], "nothing is wrong with it any more");
    assert_eq!(pull_request.comments().len(), 0);
    let body = shop.issues().pop().unwrap().view().unwrap().body.unwrap();
    assert!(body.contains("#pullrequestreview-"), "{body}");
    world.ends_quietly().await;
}
