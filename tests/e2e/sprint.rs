//! A sprint lived from planning to close: noticed once, told in one comment, edited in place; and what of that survives.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use plimsoll::sandbox::github::{Issue, Project, Repository};

use crate::world::{POLICY_PATH, World};

const POLICY: &str = "version: 1
boards:
  - sprints: { project: acme/1 }
    time_zone: Europe/Vienna
    agreement: { share: 20% }
    report: { issue: auto }
";

const TECHNICAL: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);
const PRODUCT: (&str, &str) = ("feat: Gift cards at checkout", "As a customer I want to pay with a gift card.");

const FIRST: Date = date(2026, 3, 9);
const SECOND: Date = date(2026, 3, 23);

/// A shop whose sprints are two weeks long; the first begins a week after the story does.
struct Team {
    world: World,
    shop: Repository,
    project: Project,
}

impl Team {
    async fn new() -> Self {
        let world = World::new().await;
        let shop = world.github.repository("acme/shop");
        let project = world.github.project("acme", "Shop");
        project.number_field("Estimate");
        project.iterations("Iteration", &[("Sprint 1", FIRST, 14), ("Sprint 2", SECOND, 14)]);
        shop.commit_file(POLICY_PATH, POLICY);
        world.settle().await;
        world.later(SignedDuration::from_mins(1));
        Self { world, shop, project }
    }

    /// Opens an issue and plans it.
    fn plan(&self, what: (&str, &str), sprint: Date, points: f64) -> (Issue, u64) {
        let issue = self.shop.open("alice", what.0, what.1);
        let item = self.project.add("alice", &issue);
        self.project.plan("alice", item, "Iteration", Some(sprint));
        self.project.estimate("alice", item, "Estimate", Some(points));
        (issue, item)
    }

    /// Lets time pass until a moment, working off what comes.
    async fn until(&self, moment: &str) {
        self.world.gather().await;
        let moment = moment.parse().unwrap();
        assert!(self.world.now() <= moment, "the story goes forward");
        self.world.clock.set(moment);
        self.world.tick().await;
        self.world.settle().await;
    }

    fn report(&self) -> Option<Issue> {
        self.shop.issues().into_iter().find(|issue| issue.view().is_some_and(|view| view.author == "plimsoll[bot]"))
    }

    /// The report's comments, the hidden lines left out.
    fn comments(&self) -> Vec<String> {
        let comments = self.report().map(|issue| issue.comments()).unwrap_or_default();
        comments.iter().map(|comment| shown(&comment.body)).collect()
    }
}

fn shown(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("<!--"));
    lines.fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    })
}

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

    let Team { world, shop, project } = team;
    let team = Team { world: world.restart().await, shop, project };
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
    let boards = team.world.store.boards().await.unwrap();
    let sprints = team.world.store.sprints(&boards[0].subject, 10).await.unwrap();
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
    let boards = team.world.store.boards().await.unwrap();
    let sprints = team.world.store.sprints(&boards[0].subject, 10).await.unwrap();
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
    insta::assert_snapshot!(share(), @"**Technical work is as agreed: 20 % of 10 points; agreed are 20 %, give or take 2 %.**");
    technical.comment("alice", "/points 8");
    team.world.gather().await;
    assert_eq!(team.project.value(item, "Estimate").as_deref(), Some("8"));
    insta::assert_snapshot!(share(), @"**More technical work than agreed: 50 % of 16 points; agreed are 20 %, give or take 2 %.** 5.8 points less would do.");
    technical.comment("alice", "/points clear");
    team.project.remove("alice", item);
    team.world.gather().await;
    insta::assert_snapshot!(share(), @"**Less technical work than agreed: 0 % of 8 points; agreed are 20 %, give or take 2 %.** 1.8 points more would do.");
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
    insta::assert_snapshot!(told(POLICY, "/report").await, @"The report of `acme/1` is written as soon as a sprint runs.");
    insta::assert_snapshot!(told("version: 1\nsprints: { project: acme/1 }\n", "/report Sprint 1").await, @"`/report Sprint 1`: the policy names no place for the report of `acme/1`; add `report: { issue: auto }`.");
    insta::assert_snapshot!(told("version: 1\n", "/report Sprint 1").await, @"`/report Sprint 1`: the policy of this repository declares no board, so there is no sprint comment.");
    team.world.github.deny("acme", "organization_projects");
    insta::assert_snapshot!(told(POLICY, "/report Sprint 2").await, @"`/report Sprint 2`: the board `acme/1` could not be read just now.");
}

#[tokio::test]
async fn a_board_has_one_policy_file() {
    let team = Team::new().await;
    let other = team.world.github.repository("acme/api");
    let commit = other.commit_file(POLICY_PATH, POLICY);
    team.world.settle().await;
    let statuses = other.statuses(&commit);
    let said = statuses[0].description.clone().unwrap_or_default();
    assert_eq!(statuses[0].state, "error");
    insta::assert_snapshot!(said, @"the board acme/1 is declared in acme/shop and in acme/api: keep it in one of the two");
    team.world.ends_quietly().await;
}
