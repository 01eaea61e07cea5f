//! A team whose sprints are two weeks long: the first begins a week after the story does.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use plimsoll::sandbox::github::{Issue, Project, Repository};
use plimsoll::store::SprintRow;

use crate::world::{POLICY_PATH, World};

/// Sprints on a project of an organisation.
pub(crate) const PROJECT: &str = "version: 1
boards:
  - sprints: { project: acme/1 }
    time_zone: Europe/Vienna
    agreement: { share: 20% }
    report: { issue: auto }
";

pub(crate) const TECHNICAL: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);
pub(crate) const PRODUCT: (&str, &str) =
    ("feat: Gift cards at checkout", "As a customer I want to pay with a gift card.");

pub(crate) const FIRST: Date = date(2026, 3, 9);
pub(crate) const SECOND: Date = date(2026, 3, 23);

pub(crate) struct Team {
    pub(crate) world: World,
    pub(crate) shop: Repository,
    pub(crate) project: Project,
}

impl Team {
    pub(crate) async fn new() -> Self {
        Self::under(PROJECT).await
    }

    /// With this policy in the shop.
    pub(crate) async fn under(policy: &str) -> Self {
        let team = Self::without_a_policy().await;
        team.agree(policy).await;
        team
    }

    pub(crate) async fn without_a_policy() -> Self {
        let world = World::new().await;
        let shop = world.github.repository("acme/shop");
        let project = world.github.project("acme", "Shop");
        project.number_field("Estimate");
        project.iterations("Iteration", &[("Sprint 1", FIRST, 14), ("Sprint 2", SECOND, 14)]);
        Self { world, shop, project }
    }

    pub(crate) async fn agree(&self, policy: &str) {
        self.shop.commit_file(POLICY_PATH, policy);
        self.world.settle().await;
        self.world.later(SignedDuration::from_mins(1));
    }

    /// Opens an issue and plans it.
    pub(crate) fn plan(&self, what: (&str, &str), sprint: Date, points: f64) -> (Issue, u64) {
        let issue = self.shop.open("alice", what.0, what.1);
        let item = self.put(&issue, Some(sprint));
        self.project.estimate("alice", item, "Estimate", Some(points));
        (issue, item)
    }

    /// Plans an issue, or only puts it on the board.
    pub(crate) fn put(&self, issue: &Issue, sprint: Option<Date>) -> u64 {
        let item = self.project.add("alice", issue);
        self.project.plan("alice", item, "Iteration", sprint);
        item
    }

    /// Lets time pass until a moment, working off what comes.
    pub(crate) async fn until(&self, moment: &str) {
        self.world.gather().await;
        let moment = moment.parse().unwrap();
        assert!(self.world.now() <= moment, "the story goes forward");
        self.world.clock.set(moment);
        self.world.tick().await;
        self.world.settle().await;
    }

    /// The process dies and another starts on the same database.
    pub(crate) async fn restart(self) -> Self {
        Self { world: self.world.restart().await, ..self }
    }

    pub(crate) fn report(&self) -> Option<Issue> {
        self.shop.issues().into_iter().find(|issue| issue.view().is_some_and(|view| view.author == "plimsoll[bot]"))
    }

    /// The report's comments, the hidden lines left out.
    pub(crate) fn comments(&self) -> Vec<String> {
        let comments = self.report().map(|issue| issue.comments()).unwrap_or_default();
        let url = self.world.github.url();
        comments.iter().map(|comment| shown(&comment.body).replace(&url, "https://github.test")).collect()
    }

    /// The first sentence of each of the report's comments, below its heading.
    pub(crate) fn verdicts(&self) -> Vec<String> {
        let verdict = |comment: &String| comment.lines().filter(|line| !line.is_empty()).nth(1).map(str::to_owned);
        self.comments().iter().filter_map(verdict).collect()
    }

    /// The rows of the newest comment's table of items: what each is, its side, its weight.
    pub(crate) fn counted(&self) -> Vec<String> {
        let newest = self.comments().pop().unwrap_or_default();
        let table = newest.split("How it was counted").nth(1).unwrap_or_default().to_owned();
        let rows = table.lines().filter(|line| line.starts_with("| ")).skip(2);
        rows.map(|row| row.split(" | ").take(3).collect::<Vec<_>>().join(" | ").trim_end().to_owned()).collect()
    }

    /// What the newest comment says is to be done.
    pub(crate) fn advice(&self) -> String {
        let newest = self.comments().pop().unwrap_or_default();
        let advice = newest.lines().skip_while(|line| !line.contains("What to do"));
        advice.take_while(|line| !line.starts_with("Put") && !line.starts_with("Take")).collect::<Vec<_>>().join("\n")
    }

    /// What is remembered of the only board's sprints.
    pub(crate) async fn sprints(&self) -> Vec<SprintRow> {
        let boards = self.world.store.boards().await.unwrap();
        self.world.store.sprints(&boards[0].subject, 10).await.unwrap()
    }
}

pub(crate) fn shown(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("<!--"));
    lines.fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    })
}
