//! Sprints that live in a repository: a calendar whose items carry a label or stand in a milestone, and milestones alone.

use crate::team::{PRODUCT, TECHNICAL, Team};

fn policy(sprints: &str) -> String {
    format!(
        "version: 1
boards:
  - sprints: {sprints}
    time_zone: Europe/Vienna
    agreement: {{ share: 20% }}
    report: {{ issue: auto }}
"
    )
}

#[tokio::test]
async fn a_label_marks_the_items_of_a_calendars_sprint() {
    let team = Team::under(&policy("{ length: 14d, starts: 2026-03-09, label: \"sprint-{number}\" }")).await;
    let technical = team.shop.open_with_labels("alice", TECHNICAL.0, TECHNICAL.1, &["Sprint-1", "points/2"]);
    team.shop.open_with_labels("alice", PRODUCT.0, PRODUCT.1, &["sprint-1", "points/8"]);
    let later = team.shop.open_with_labels("bob", "feat: Invoices", "As a customer I want it.", &["points/5"]);
    team.until("2026-03-08T22:55:00Z").await;
    assert!(team.report().is_none());
    team.until("2026-03-08T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 % (18 % to 22 %).**");

    later.label("bob", "sprint-1");
    team.until("2026-03-10T12:00:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Less technical work than agreed: 13 % of 15 points; agreed are 20 % (18 % to 22 %).** 0.9 points more would do.");
    technical.unlabel("bob", "Sprint-1");
    technical.label("bob", "sprint-2");
    team.until("2026-03-22T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"
    **Less technical work than agreed: 0 % of 13 points; agreed were 20 % (18 % to 22 %).** 2.9 points more would have done.
    **More technical work than agreed: 100 % of 2 points; agreed are 20 % (18 % to 22 %).** 2 points less would do.
    ");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn a_milestone_holds_the_items_of_a_calendars_sprint() {
    let team = Team::under(&policy("{ length: 14d, starts: 2026-03-09, milestone: \"Sprint {start}\" }")).await;
    let technical = team.shop.open_with_labels("alice", TECHNICAL.0, TECHNICAL.1, &["points/2"]);
    let product = team.shop.open_with_labels("alice", PRODUCT.0, PRODUCT.1, &["points/8"]);
    team.until("2026-03-08T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Nothing in this sprint counts yet.** No item is in it. So there is no share to compare with the agreed 20 % (18 % to 22 %).");

    // Nobody had made the milestone yet.
    let first = team.shop.create_milestone("alice", "sprint 2026-03-09", None);
    technical.set_milestone("alice", Some(first));
    product.set_milestone("alice", Some(first));
    team.until("2026-03-09T12:00:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 % (18 % to 22 %).**");
    let second = team.shop.create_milestone("alice", "Sprint 2026-03-23", Some("2026-04-05T07:00:00Z"));
    product.set_milestone("alice", Some(second));
    team.until("2026-03-22T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"
    **More technical work than agreed: 100 % of 2 points; agreed were 20 % (18 % to 22 %).** 2 points less would have done.
    **Less technical work than agreed: 0 % of 8 points; agreed are 20 % (18 % to 22 %).** 1.8 points more would do.
    ");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn milestones_follow_one_another() {
    let team = Team::under(&policy("{ milestones: \"Sprint *\", length: 14d, starts: 2026-03-09 }")).await;
    let first = team.shop.create_milestone("alice", "Sprint 1", Some("2026-03-22T07:00:00Z"));
    let second = team.shop.create_milestone("alice", "Sprint 2", Some("2026-04-05T07:00:00Z"));
    team.shop.create_milestone("alice", "Someday", Some("2026-03-25T07:00:00Z"));
    let technical = team.shop.open_with_labels("alice", TECHNICAL.0, TECHNICAL.1, &["points/2"]);
    technical.set_milestone("alice", Some(first));
    let product = team.shop.open_with_labels("alice", PRODUCT.0, PRODUCT.1, &["points/8"]);
    product.set_milestone("alice", Some(first));
    team.until("2026-03-08T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 % (18 % to 22 %).**");
    product.set_milestone("alice", Some(second));
    team.until("2026-03-20T12:00:00Z").await;
    team.until("2026-03-22T22:55:00Z").await;
    assert_eq!(team.comments().len(), 1);
    team.until("2026-03-22T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"
    **More technical work than agreed: 100 % of 2 points; agreed were 20 % (18 % to 22 %).** 2 points less would have done.
    **Less technical work than agreed: 0 % of 8 points; agreed are 20 % (18 % to 22 %).** 1.8 points more would do.
    ");
    team.world.ends_quietly().await;
}
