//! A sprint lived from planning to close: noticed once, told in one comment, edited in place; and what of that survives.

use jiff::SignedDuration;
use jiff::civil::date;
use plimsoll::sandbox::github::Fault;

use crate::team::{FIRST, PRODUCT, PROJECT, SECOND, TECHNICAL, Team, shown};
use crate::world::POLICY_PATH;

#[tokio::test]
async fn a_sprint_is_told_in_one_comment_from_its_start_to_its_end() {
    let team = Team::new().await;
    team.plan(PRODUCT, FIRST, 8.0);
    let (technical, _) = team.plan(TECHNICAL, FIRST, 2.0);
    team.until("2026-03-08T22:59:00Z").await;
    assert!(team.report().is_none(), "nothing is said before the sprint begins in Vienna");

    team.until("2026-03-08T23:05:00Z").await;
    let report = team.report().expect("a report");
    assert!(report.is_pinned());
    assert_eq!(team.comments().len(), 1);
    assert!(team.comments()[0].contains("20"), "{}", team.comments()[0]);

    let before = report.comments();
    let writes = team.world.writes().len();
    team.until("2026-03-09T06:00:00Z").await;
    assert_eq!(team.world.writes().len(), writes, "nothing changed, nothing is written: {:?}", team.world.writes());

    team.plan(("feat: Invoices by e-mail", "As a customer I want my invoice."), FIRST, 10.0);
    team.world.github.duplicate_pending("projects_v2_item.edited");
    team.world.github.reverse_pending();
    team.until("2026-03-10T12:00:00Z").await;
    let after = report.comments();
    assert_eq!((after.len(), after[0].id), (1, before[0].id), "edited in place");
    assert_ne!(after[0].body, before[0].body);

    let team = team.restart().await;
    technical.close("alice", "completed");
    team.until("2026-03-22T23:05:00Z").await;
    let comments = report.comments();
    assert_eq!(comments.len(), 2, "the first is final, the second sprint has begun");
    assert_eq!(comments[0].id, before[0].id);

    let last_word = comments[0].body.clone();
    team.plan(PRODUCT, FIRST, 5.0);
    team.until("2026-03-24T12:00:00Z").await;
    assert_eq!(report.comments()[0].body, last_word, "what is over stays as it was");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn a_start_that_was_missed_is_taken_up_late() {
    let team = Team::new().await;
    team.plan(TECHNICAL, FIRST, 2.0);
    team.until("2026-03-12T12:00:00Z").await;
    assert_eq!(team.comments().len(), 1);
    let sprints = team.sprints().await;
    assert!(sprints[0].baseline.as_ref().is_some_and(|baseline| baseline.is_late));
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn the_history_is_read_again_from_the_comments() {
    let team = Team::new().await;
    team.plan(PRODUCT, FIRST, 8.0);
    team.plan(TECHNICAL, FIRST, 2.0);
    team.until("2026-03-08T23:05:00Z").await;
    team.until("2026-03-22T23:05:00Z").await;
    let report = team.report().expect("a report");
    let before: Vec<u64> = report.comments().iter().map(|comment| comment.id).collect();

    let Team { world, shop, project } = team;
    let team = Team { world: world.lose_database().await, shop, project };
    team.shop.open("bob", "feat: Something else", "As a customer I want it.");
    team.until("2026-03-23T12:00:00Z").await;
    let after: Vec<u64> = report.comments().iter().map(|comment| comment.id).collect();
    assert_eq!(after, before, "no comment is written anew");
    let sprints = team.sprints().await;
    assert_eq!(sprints.iter().map(|row| row.start).collect::<Vec<_>>(), [FIRST, SECOND]);
    assert!(sprints[0].record.as_ref().is_some_and(|record| record.share().is_some()));
    assert_eq!(
        team.shop.issues().iter().filter(|it| it.view().is_some_and(|it| it.author == "plimsoll[bot]")).count(),
        1
    );
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn whoever_asks_for_the_report_is_told_where_it_is() {
    let team = Team::new().await;
    team.shop.set_permission("alice", "maintain");
    let (issue, _) = team.plan(TECHNICAL, FIRST, 2.0);
    team.until("2026-03-09T06:00:00Z").await;
    issue.comment("alice", "/report");
    team.world.gather().await;
    let answer = issue.comments().pop().unwrap();
    assert_eq!(answer.author, "plimsoll[bot]");
    let told = shown(&answer.body).replace(&team.world.github.url(), "https://github.test");
    insta::assert_snapshot!(told, @"The report of `acme/1` on `Sprint 1` is [in #2](https://github.test/acme/shop/issues/2#issuecomment-1000034); it is being brought up to date.");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn a_weight_given_by_command_moves_the_share_in_the_comment() {
    let team = Team::new().await;
    team.shop.set_permission("alice", "triage");
    team.plan(PRODUCT, FIRST, 8.0);
    let (technical, item) = team.plan(TECHNICAL, FIRST, 2.0);
    team.until("2026-03-09T06:00:00Z").await;
    let share = || {
        let comment = team.comments().remove(0);
        comment.lines().find(|line| line.contains('%')).unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(share(), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 % (18 % to 22 %).**");
    technical.comment("alice", "/points 8");
    team.world.gather().await;
    assert_eq!(team.project.value(item, "Estimate").as_deref(), Some("8"));
    insta::assert_snapshot!(share(), @"**More technical work than agreed: 50 % of 16 points; agreed are 20 % (18 % to 22 %).** 5.8 points less would do.");
    technical.comment("alice", "/points clear");
    team.project.remove("alice", item);
    team.world.gather().await;
    insta::assert_snapshot!(share(), @"**Less technical work than agreed: 0 % of 8 points; agreed are 20 % (18 % to 22 %).** 1.8 points more would do.");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn a_sprint_that_is_named_is_reported_and_one_that_is_not_there_is_told() {
    let team = Team::new().await;
    team.shop.set_permission("alice", "maintain");
    let (issue, _) = team.plan(TECHNICAL, FIRST, 2.0);
    team.plan(PRODUCT, SECOND, 8.0);
    team.until("2026-03-09T06:00:00Z").await;
    let url = team.world.github.url();
    let answers = || {
        let comments = issue.comments();
        let by_bot = comments.iter().filter(|comment| comment.author == "plimsoll[bot]");
        by_bot.map(|comment| shown(&comment.body)).collect::<String>().replace(&url, "https://github.test")
    };
    let asked = issue.comment("alice", "/report sprint 2\n/report Sprint 9");
    team.world.gather().await;
    insta::assert_snapshot!(answers(), @"
    The report of `acme/1` on `Sprint 2` is being written [in #3](https://github.test/acme/shop/issues/3).
    `/report Sprint 9`: `acme/1` has no such sprint; it has `Sprint 1`, `Sprint 2`.
    ");
    assert_eq!(team.comments().len(), 2, "the second sprint is told of in advance");
    assert!(team.comments()[1].contains("Sprint 2"), "{}", team.comments()[1]);
    let in_advance = team.report().expect("a report").comments()[1].id;
    team.until("2026-03-23T06:00:00Z").await;
    let comments = team.report().expect("a report").comments();
    assert_eq!((comments.len(), comments[1].id), (2, in_advance), "edited in place when it begins");
    issue.delete_comment("alice", asked);
    let last_word = comments[0].body.clone();
    issue.comment("alice", "/report Sprint 1\n/report");
    team.world.gather().await;
    insta::assert_snapshot!(answers(), @"
    The report of `acme/1` on `Sprint 2` is being written [in #3](https://github.test/acme/shop/issues/3).
    The sprint is over: the last report of `acme/1` on `Sprint 1` is [in #3](https://github.test/acme/shop/issues/3#issuecomment-1000042).

    ---

    The report of `acme/1` on `Sprint 2` is [in #3](https://github.test/acme/shop/issues/3#issuecomment-1000057); it is being brought up to date.
    ");
    assert_eq!(team.report().expect("a report").comments()[0].body, last_word);
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn who_asks_for_a_report_that_cannot_be_is_told_why() {
    let team = Team::new().await;
    team.shop.set_permission("alice", "maintain");
    let (issue, _) = team.plan(TECHNICAL, FIRST, 2.0);
    let told = async |policy: &str, command: &str| {
        team.shop.commit_file(POLICY_PATH, policy);
        team.world.settle().await;
        team.world.later(SignedDuration::from_mins(1));
        issue.comment("alice", command);
        team.world.gather().await;
        let answer = issue.comments().pop().unwrap();
        assert_eq!(answer.author, "plimsoll[bot]", "{command}");
        shown(&answer.body)
    };
    insta::assert_snapshot!(told(PROJECT, "/report").await, @"The report of `acme/1` is written as soon as a sprint runs.");
    insta::assert_snapshot!(told("version: 1\nsprints: { project: acme/1 }\n", "/report Sprint 1").await, @"`/report Sprint 1`: the policy names no place for the report of `acme/1`; add `report: { issue: auto }`.");
    insta::assert_snapshot!(told("version: 1\n", "/report Sprint 1").await, @"`/report Sprint 1`: the policy of this repository declares no board, so there is no sprint comment.");
    team.world.github.deny("acme", "organization_projects");
    insta::assert_snapshot!(told(PROJECT, "/report Sprint 2").await, @"`/report Sprint 2`: the board `acme/1` could not be read just now.");
}

#[tokio::test]
async fn a_board_has_one_policy_file() {
    let team = Team::new().await;
    let other = team.world.github.repository("acme/api");
    let commit = other.commit_file(POLICY_PATH, PROJECT);
    team.world.settle().await;
    let statuses = other.statuses(&commit);
    let said = statuses[0].description.clone().unwrap_or_default();
    assert_eq!(statuses[0].state, "error");
    insta::assert_snapshot!(said, @"the board acme/1 is declared in acme/shop and in acme/api: keep it in one of the two");
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn a_sprint_is_lived_from_planning_to_close() {
    let team = Team::new().await;
    let (gift_cards, _) = team.plan(PRODUCT, FIRST, 8.0);
    let (cluster, _) = team.plan(TECHNICAL, FIRST, 2.0);
    let (invoices, invoices_on_board) = team.plan(("feat: Invoices by e-mail", "As a customer I want it."), FIRST, 3.0);
    // The comment is written, but GitHub's answer to that is lost.
    team.world.github.script(Fault::on("POST", "/repos/acme/shop/issues/4/comments").drop_connection().after());
    team.until("2026-03-08T23:05:00Z").await;
    team.world.wait_for_work().await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Less technical work than agreed: 15 % of 13 points; agreed are 20 % (18 % to 22 %).** 0.5 points more would do.");
    let told = team.report().expect("a report").comments();
    assert_eq!(told.len(), 1, "what was written and not heard of is found again");

    // The scope changes, told twice and in disorder, and the process dies before it has looked.
    team.project.plan("bob", invoices_on_board, "Iteration", Some(SECOND));
    let (_, added) = team.plan(("feat: Wish lists", "As a customer I want to keep a list of wishes."), FIRST, 5.0);
    team.world.github.duplicate_pending("projects_v2_item.edited");
    team.world.github.shuffle_pending();
    team.world.settle().await;
    let team = team.restart().await;
    team.until("2026-03-10T12:00:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Less technical work than agreed: 13 % of 15 points; agreed are 20 % (18 % to 22 %).** 0.9 points more would do.");
    team.project.estimate("bob", added, "Estimate", Some(1.0));
    team.until("2026-03-11T12:00:00Z").await;
    insta::assert_snapshot!(team.verdicts().join("\n"), @"**Technical work is as agreed: 18 % of 11 points; agreed are 20 % (18 % to 22 %).**");

    cluster.close("alice", "completed");
    gift_cards.retitle("alice", "feat: Gift cards");
    team.until("2026-03-22T22:55:00Z").await;
    let team = team.restart().await;
    team.until("2026-03-22T23:05:00Z").await;
    let ended = team.comments();
    assert_eq!(ended.len(), 2, "the next sprint has a comment of its own");
    let at_the_end = ended[0].lines().find(|line| line.contains("At the end")).unwrap_or_default();
    let at_the_end = at_the_end.replace('\u{200b}', "");
    insta::assert_snapshot!(format!("{}\n{at_the_end}", team.verdicts().join("\n")), @r"
    **Technical work is as agreed: 18 % of 11 points; agreed were 20 % (18 % to 22 %).**
    **Less technical work than agreed: 0 % of 3 points; agreed are 20 % (18 % to 22 %).** 0.7 points more would do.
    **At the end:** 3 items planned, 1 added, 1 taken out, 1 done, 2 left: [#1](https://github.test/acme/shop/issues/1), [#5](https://github.test/acme/shop/issues/5). Taken out: \#3.
    ");
    assert_eq!(team.report().expect("a report").comments()[0].id, told[0].id, "edited in place to the end");
    let stays = team.world.store.stays(&team.world.store.boards().await.unwrap()[0].subject, FIRST).await.unwrap();
    let gone: Vec<&str> = stays.iter().filter(|it| it.left_at.is_some()).map(|it| it.member.title.as_str()).collect();
    assert_eq!(gone, ["feat: Invoices by e-mail"]);
    invoices.close("bob", "not_planned");
    team.world.gather().await;
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn a_late_start_stays_marked_when_the_database_is_lost() {
    let team = Team::new().await;
    team.plan(TECHNICAL, FIRST, 2.0);
    team.until("2026-03-12T12:00:00Z").await;
    let before = team.comments();
    assert!(before[0].contains("The start was seen late"), "{}", before[0]);
    let Team { world, shop, project } = team;
    let team = Team { world: world.lose_database().await, shop, project };
    team.shop.open("bob", "feat: Something else", "As a customer I want it.");
    team.until("2026-03-13T12:00:00Z").await;
    assert!(team.sprints().await[0].baseline.as_ref().is_some_and(|baseline| baseline.is_late));
    assert_eq!(team.comments(), before);
    team.world.ends_quietly().await;
}

#[tokio::test]
async fn thirds_are_no_change() {
    let policy = PROJECT.replace("share: 20%", "share: 20%, average_over: 3 sprints");
    let team = Team::under(&policy).await;
    let (part, _) = team.plan(PRODUCT, FIRST, 1.0 / 3.0);
    team.plan(TECHNICAL, FIRST, 0.01);
    team.shop.set_permission("alice", "maintain");
    part.comment("alice", "/share 7%");
    team.plan(PRODUCT, SECOND, 7.0);
    team.plan(TECHNICAL, SECOND, 0.3);
    team.until("2026-03-08T23:05:00Z").await;
    team.until("2026-03-22T23:05:00Z").await;
    assert_eq!(team.comments().len(), 2);
    let writes = team.world.writes();
    let stays = stays(&team).await;
    let team = team.restart().await;
    team.until("2026-03-23T07:00:00Z").await;
    team.until("2026-03-23T08:30:00Z").await;
    assert_eq!(team.world.writes(), writes, "nothing changed");
    assert_eq!(self::stays(&team).await, stays);
    team.world.ends_quietly().await;
}

async fn stays(team: &Team) -> Vec<plimsoll::store::Stay> {
    let board = team.world.store.boards().await.unwrap().remove(0).subject;
    team.world.store.stays(&board, SECOND).await.unwrap()
}

#[tokio::test]
async fn a_day_begins_at_midnight_there_also_when_the_clocks_change() {
    let team = Team::without_a_policy().await;
    // The clocks go forward in the night to the 29th of March.
    let sprints =
        [("Before", date(2026, 3, 15), 14), ("The day itself", date(2026, 3, 29), 1), ("After", date(2026, 3, 30), 14)];
    team.project.iterations("Iteration", &sprints);
    team.agree(PROJECT).await;
    for (_, start, _) in sprints {
        team.plan(TECHNICAL, start, 1.0);
    }
    let mut seen = Vec::new();
    for moment in [
        "2026-03-14T22:59:00Z",
        "2026-03-14T23:00:00Z",
        "2026-03-28T22:59:00Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:00Z",
        "2026-03-29T22:00:00Z",
    ] {
        team.until(moment).await;
        seen.push(team.comments().len());
    }
    assert_eq!(seen, [0, 1, 1, 2, 2, 3]);
    assert!(team.sprints().await.iter().all(|it| it.baseline.as_ref().is_some_and(|baseline| !baseline.is_late)));
    team.world.ends_quietly().await;
}
