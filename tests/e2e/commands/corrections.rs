//! A text that was put right is not complained of any more, and what was taken out of it does not hold any more.

use jiff::SignedDuration;

use super::{VAGUE, say, seen, shop, shop_with_issue};
use crate::webhooks::request;
use crate::world::World;

async fn edit(world: &World, issue: &plimsoll::sandbox::github::Issue, who: &str, comment: u64, text: &str) {
    world.later(SignedDuration::from_mins(1));
    issue.edit_comment(who, comment, text);
    world.settle().await;
}

#[tokio::test]
async fn a_corrected_typo_takes_the_answer_back() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "bob", "/infr\n/points many\nThanks.").await;
    let told = world.github.deliveries().into_iter().rfind(|one| one.event == "issue_comment.created").unwrap();
    assert_eq!(issue.comments().len(), 2);
    edit(&world, &issue, "bob", comment, "/infra\n/points many\nThanks.").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure
    bob: /infra
      /points many
      Thanks. [confused] [eyes] [+1]
    plimsoll[bot]: `/points many`: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/points 5`
    ");
    edit(&world, &issue, "bob", comment, "/infra\n/points 5\nThanks.").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure, points/5
    bob: /infra
      /points 5
      Thanks. [eyes] [+1]
    ");
    request(&world, "issue_comment", "late", &told.body).send().await.unwrap();
    world.settle().await;
    assert_eq!(issue.comments().len(), 1, "what it said before is past");
    edit(&world, &issue, "bob", comment, "/infra\n/point 8\nThanks.").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure, points/5
    bob: /infra
      /point 8
      Thanks. [eyes] [+1] [confused]
    plimsoll[bot]: `/point` is no command here. Did you mean `/points`?
    ");
    edit(&world, &issue, "bob", comment, "Thanks.").await;
    assert_eq!((issue.comments().len(), issue.labels()), (1, vec!["infrastructure".to_owned(), "points/5".to_owned()]));
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_typo_that_is_corrected_at_once_is_never_complained_of() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = issue.comment("bob", "/infr");
    world.later(SignedDuration::from_secs(5));
    issue.edit_comment("bob", comment, "/infra");
    world.settle().await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure
    bob: /infra [eyes] [+1]
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_typo_that_stays_in_an_edited_comment_is_complained_of_once() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = issue.comment("bob", "/infr\n/share much");
    world.later(SignedDuration::from_secs(5));
    issue.edit_comment("bob", comment, "/infr\n/share 30%");
    issue.edit_comment("bob", comment, "/infr\n/share 30%\n\nThanks.");
    world.settle().await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    bob: /infr
      /share 30%
      
      Thanks. [eyes] [confused] [+1]
    plimsoll[bot]: `/infr` is no command here. Did you mean `/infra`?
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_edit_that_is_told_before_the_comment_itself_is_the_last_word() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = issue.comment("bob", "/infr\n/impact Slow.");
    world.github.delay_pending("issue_comment", world.now() + SignedDuration::from_mins(10));
    edit(&world, &issue, "bob", comment, "/infra").await;
    world.later(SignedDuration::from_mins(10));
    world.settle().await;
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure
    bob: /infra [eyes] [+1]
    carol: /why [eyes] [+1]
    plimsoll[bot]: This is **infrastructure**, technical work: `bob` decided that.
      
      Signs in the text:
      - `basket` in the title speaks against bug
      - `a short description` in the text speaks for bug
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_is_told_late_of_a_deleted_comment_is_past() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = issue.comment("bob", "/infr\n/impact Slow.\n/security");
    world.github.delay_pending("issue_comment", world.now() + SignedDuration::from_mins(10));
    world.later(SignedDuration::from_mins(1));
    issue.delete_comment("bob", comment);
    world.settle().await;
    world.later(SignedDuration::from_mins(10));
    world.settle().await;
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: security
    carol: /why [eyes] [+1]
    plimsoll[bot]: This is **security**, technical work: `bob` decided that.
      
      Signs in the text:
      - `basket` in the title speaks against bug
      - `a short description` in the text speaks for bug
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_typo_on_a_line_of_a_pull_request_is_put_right() {
    let (world, shop) = shop().await;
    let pull_request = shop.pull_request("bob", "Add retries", "");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    let comment = pull_request.comment_on_line("tess", "/debt");
    world.settle().await;
    assert_eq!((pull_request.comments().len(), pull_request.reactions_on_lines().len()), (1, 1));
    world.later(SignedDuration::from_mins(1));
    pull_request.edit_comment_on_line("tess", comment, "/debt Retries block the queue");
    world.settle().await;
    let reactions: Vec<String> = pull_request.reactions_on_lines().into_iter().map(|one| one.content).collect();
    assert_eq!((pull_request.comments().len(), reactions), (0, vec!["eyes".to_owned(), "+1".to_owned()]));
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_deleted_typo_takes_the_answer_with_it() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "bob", "/infr").await;
    assert_eq!(issue.comments().len(), 2);
    world.later(SignedDuration::from_mins(1));
    issue.delete_comment("bob", comment);
    world.settle().await;
    assert_eq!(issue.comments().len(), 0);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_description_is_put_right_too() {
    let (world, shop) = shop().await;
    let issue = shop.open("bob", VAGUE.0, "As agreed on Tuesday.\n\n/shar 30%");
    world.settle().await;
    assert_eq!((issue.comments().len(), issue.reactions().len()), (1, 1));
    world.later(SignedDuration::from_mins(1));
    issue.rewrite("bob", "As agreed on Tuesday.\n\n/share 30%");
    world.settle().await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    description: [eyes] [+1]
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn nobody_takes_a_complaint_back_for_another() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "carol", "/infra").await;
    edit(&world, &issue, "mallory", comment, "Never mind.").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    carol: Never mind. [confused]
    plimsoll[bot]: `/infra` is for people who may edit items.
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_is_taken_out_of_a_comment_holds_no_more_until_it_is_back() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "bob", "/impact Slow.\n\n/share 30%\n/infra").await;
    let on_record = async || {
        say(&world, &issue, "carol", "/why").await;
        let answer = issue.comments().pop().unwrap().body;
        answer.lines().filter(|line| line.starts_with("- `/")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(on_record().await.len(), 2);
    edit(&world, &issue, "bob", comment, "/impact Slow.").await;
    insta::assert_snapshot!(on_record().await.join("\n"), @"- `/impact Slow.` (`bob`)");
    assert_eq!(issue.labels(), ["infrastructure"], "a label is not in the comment");
    let back = "/impact Slow.\n\n/share 30%";
    edit(&world, &issue, "bob", comment, back).await;
    insta::assert_snapshot!(on_record().await.join("\n"), @"
    - `/impact Slow.` (`bob`)
    - `/share 30%` (`bob`)
    ");
    edit(&world, &issue, "bob", comment, "/impact Slower.").await;
    insta::assert_snapshot!(on_record().await.join("\n"), @"- `/impact Slower.` (`bob`)");
    world.ends_quietly().await;
}
