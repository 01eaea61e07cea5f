//! What counts in a sprint, and as how much: items of several repositories, parts and wholes, estimates wherever they
//! stand, and items that the bot had never seen.

use plimsoll::backlog::Subject;
use plimsoll::tracker::github::item_subject;

use crate::team::{FIRST, PRODUCT, PROJECT, SECOND, TECHNICAL, Team};

fn subject(issue: &plimsoll::sandbox::github::Issue) -> Subject {
    item_subject(issue.repository().id(), issue.number())
}

#[tokio::test]
async fn a_board_spans_repositories() {
    let team = Team::new().await;
    let api = team.world.github.repository("acme/api");
    team.plan(PRODUCT, FIRST, 8.0);
    let cluster = api.open("bob", TECHNICAL.0, TECHNICAL.1);
    let cluster = team.put(&cluster, Some(FIRST));
    team.project.estimate("bob", cluster, "Estimate", Some(1.0));
    let waiting = api.open_with_labels("bob", "[infra] Rotate the certificates", "Terraform. Cluster.", &["points/1"]);
    team.until("2026-03-08T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Less technical work than agreed: 11 % of 9 points; agreed are 20 % (18 % to 22 %).** 0.8 points more would do.");
    insta::assert_snapshot!(team.advice(), @r"
    **What to do:** Pull in this item, 1 point: the share is 20 % then, as agreed.

    | Item | Weight | Share then | Why this one |
    | --- | --- | --- | --- |
    | [acme/api#2](https://github.test/acme/api/issues/2) \[infra\] Rotate the certificates | 1 point | 20 %, as agreed | infrastructure |

    **How:** on the board acme/1 set `Iteration` to Sprint 1; other technical items from the backlog do as well. This comment follows. If the sprint is full, exchange 0.7 points of product work for technical work instead.

    <details><summary>How it was counted</summary>

    1 technical + 8 product = 9 points.

    - feature: 8 points in 1 item
    - infrastructure: 1 point in 1 item

    | Item | Side | Weight | How that is known |
    | --- | --- | --- | --- |
    | [acme/api#1](https://github.test/acme/api/issues/1) \[infra\] Move staging to the new Kubernetes cluster | technical | 1 | infrastructure: looks like infrastructure (100 % sure): “\[infra\]” as the title's prefix, “staging” in the title, “Kubernetes” in the title |
    | [#1](https://github.test/acme/shop/issues/1) feat: Gift cards at checkout | product | 8 | feature: looks like feature (99 % sure): “feat:” as the title's prefix, “I want” in the text, “customer” in the text |

    </details>
    ");
    let waiting = team.put(&waiting, Some(FIRST));
    team.project.estimate("bob", waiting, "Estimate", Some(1.0));
    team.until("2026-03-09T12:00:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 % (18 % to 22 %).**");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn parts_count_instead_of_what_they_are_parts_of() {
    let team = Team::new().await;
    let (whole, _) = team.plan(PRODUCT, FIRST, 20.0);
    let (part, _) = team.plan(TECHNICAL, FIRST, 2.0);
    let (other, _) = team.plan(("feat: Invoices by e-mail", "As a customer I want it."), FIRST, 8.0);
    part.set_parent("alice", &whole);
    team.until("2026-03-08T23:05:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 % (18 % to 22 %).**");
    insta::assert_snapshot!(team.counted().join("\n"), @r"
    | [#2](https://github.test/acme/shop/issues/2) \[infra\] Move staging to the new Kubernetes cluster | technical | 2
    | [#3](https://github.test/acme/shop/issues/3) feat: Invoices by e-mail | product | 8
    | [#1](https://github.test/acme/shop/issues/1) feat: Gift cards at checkout | not counted: its parts are |
    ");

    // Over one that is in no sprint.
    let between = team.shop.open("alice", "Payments", "");
    between.set_parent("alice", &whole);
    part.set_parent("alice", &between);
    other.set_parent("alice", &part);
    team.until("2026-03-09T12:00:00Z").await;
    insta::assert_snapshot!(team.counted().join("\n"), @r"
    | [#3](https://github.test/acme/shop/issues/3) feat: Invoices by e-mail | product | 8
    | [#1](https://github.test/acme/shop/issues/1) feat: Gift cards at checkout | not counted: its parts are |
    | [#2](https://github.test/acme/shop/issues/2) \[infra\] Move staging to the new Kubernetes cluster | not counted: its parts are |
    ");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn an_estimate_is_found_wherever_it_stands() {
    let team = Team::new().await;
    team.world.github.add_number_field("Story points");
    let in_project = team.plan(("feat: In the project", "As a customer I want it."), FIRST, 5.0).0;
    in_project.estimate("alice", "Story points", 4.0);
    for (title, field, labels) in [
        ("feat: In a field of the issue", Some(3.0), ["points/4"].as_slice()),
        ("feat: In a label", None, &["points/2"]),
        ("feat: Nowhere", None, &[]),
    ] {
        let issue = team.shop.open_with_labels("alice", title, "As a customer I want it.", labels);
        team.put(&issue, Some(FIRST));
        if let Some(points) = field {
            issue.estimate("alice", "Story points", points);
        }
    }
    let draft = team.project.draft("alice", "An idea", "Not written yet.");
    team.project.plan("alice", draft, "Iteration", Some(FIRST));
    team.until("2026-03-08T23:05:00Z").await;
    insta::assert_snapshot!(team.counted().join("\n"), @"
    | [#1](https://github.test/acme/shop/issues/1) feat: In the project | product | 5
    | [#2](https://github.test/acme/shop/issues/2) feat: In a field of the issue | product | 3
    | [#4](https://github.test/acme/shop/issues/4) feat: Nowhere | product | 3 (no estimate)
    | [#3](https://github.test/acme/shop/issues/3) feat: In a label | product | 2
    | Draft: An idea | not known | 3 (no estimate)
    ");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn what_was_planned_before_the_bot_came_is_remembered_and_left_alone() {
    let team = Team::without_a_policy().await;
    let (product, _) = team.plan(PRODUCT, FIRST, 8.0);
    let technical = team.shop.open_with_labels("alice", TECHNICAL.0, TECHNICAL.1, &["points/2"]);
    let on_board = team.put(&technical, Some(FIRST));
    team.world.github.forget_pending();
    team.world.later(jiff::SignedDuration::from_hours(1));
    team.agree(PROJECT).await;
    team.until("2026-03-08T23:05:00Z").await;
    let report = team.report().expect("a report");
    team.put(&report, Some(FIRST));
    team.until("2026-03-09T12:00:00Z").await;
    for issue in [&product, &technical] {
        assert!(team.world.store.item(&subject(issue)).await.unwrap().is_some());
        assert!(
            issue.labels().iter().all(|label| label == "points/2"),
            "a backlog is taken over by nobody who did not ask for it"
        );
    }
    assert_eq!(team.world.store.item(&subject(&report)).await.unwrap(), None);
    assert_eq!(team.counted().len(), 2, "the bot's own report is no item");

    team.project.plan("bob", on_board, "Iteration", None);
    team.until("2026-03-10T12:00:00Z").await;
    insta::assert_snapshot!(team.advice(), @r"
    **What to do:** Pull in this item, 2 points: the share is 20 % then, as agreed.

    | Item | Weight | Share then | Why this one |
    | --- | --- | --- | --- |
    | [#2](https://github.test/acme/shop/issues/2) \[infra\] Move staging to the new Kubernetes cluster | 2 points | 20 %, as agreed | infrastructure |

    **How:** on the board acme/1 set `Iteration` to Sprint 1; other technical items from the backlog do as well. This comment follows. If the sprint is full, exchange 1.5 points of product work for technical work instead.

    **What makes the figure unsure**

    - 1 item taken out after the start (2 points).

    <details><summary>How it was counted</summary>

    0 technical + 8 product = 8 points.

    - feature: 8 points in 1 item

    | Item | Side | Weight | How that is known |
    | --- | --- | --- | --- |
    | [#1](https://github.test/acme/shop/issues/1) feat: Gift cards at checkout | product | 8 | feature: looks like feature (99 % sure): “feat:” as the title's prefix, “I want” in the text, “customer” in the text |

    </details>
    ");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn what_the_next_sprint_has_is_not_suggested_for_this_one() {
    let team = Team::new().await;
    team.plan(PRODUCT, FIRST, 8.0);
    let certificates = ("[infra] Rotate the certificates", TECHNICAL.1);
    let planned = team.shop.open_with_labels("alice", certificates.0, certificates.1, &["points/2"]);
    team.put(&planned, Some(SECOND));
    team.until("2026-03-08T23:05:00Z").await;
    assert!(team.advice().contains("No technical item outside of a sprint fits"), "{}", team.advice());
    team.shop.open_with_labels("alice", TECHNICAL.0, TECHNICAL.1, &["points/2"]);
    team.until("2026-03-09T12:00:00Z").await;
    assert!(team.advice().contains("[#4]"), "{}", team.advice());
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn what_an_event_of_a_project_left_behind_is_swept_by_nobody() {
    let team = Team::new().await;
    team.plan(PRODUCT, SECOND, 8.0);
    team.until("2026-03-03T12:00:00Z").await;
    let known = team.world.store.repositories(&plimsoll::tracker::github::TRACKER).await.unwrap();
    assert_eq!(known.iter().map(|row| row.repository.name.as_str()).collect::<Vec<_>>(), ["acme/shop"]);
    team.world.catch_up().await;
    team.world.work().await;
    assert_eq!(team.world.open_work().await, []);
    team.world.ends_quietly().await;
}
