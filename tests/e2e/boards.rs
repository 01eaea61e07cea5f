//! What the adapter reads of boards, from a simulated GitHub whose GraphQL gives what is selected and nothing more.

use jiff::civil::date;
use plimsoll::backlog::{Lane, Parent, Place, Repository, Subject};
use plimsoll::policy::{self, SprintSource};
use plimsoll::sandbox::github::{GitHub, Options};
use plimsoll::tracker::github::{self as adapter, BaseUrl, Credentials, Settings, TRACKER};
use plimsoll::tracker::{BoardView, Boards as _, Errand, PlannedItem, TrackerError};

struct Scene {
    github: GitHub,
    adapter: adapter::GitHub,
    repository: Repository,
}

impl Scene {
    async fn new() -> Self {
        let github = GitHub::start(Options::default()).await.unwrap();
        let shop = github.repository("acme/shop");
        let app = github.app();
        let credentials = Credentials::App { id: app.id, private_key: app.private_key_pem.into() };
        let adapter = adapter::GitHub::new(&Settings::new(BaseUrl::new(&github.url()).unwrap(), credentials)).unwrap();
        let installation = github.installation("acme").unwrap().to_string();
        let place = Place { tracker: TRACKER, installation, repository: shop.id().to_string() };
        Self { repository: Repository { place, name: "acme/shop".into() }, github, adapter }
    }

    fn source(sprints: &str) -> SprintSource {
        let policy = policy::parse(&format!("version: 1\nsprints: {sprints}\n")).unwrap();
        policy.boards[0].sprints.clone()
    }

    fn errand(&self) -> Errand {
        Errand { subject: self.subject(), lane: Lane::Events, now: jiff::Timestamp::UNIX_EPOCH }
    }

    fn subject(&self) -> Subject {
        self.adapter.board_subject(&self.repository.place, &Self::source("{ project: acme/1 }"))
    }

    async fn board(&self, source: &SprintSource) -> Result<BoardView, TrackerError> {
        self.adapter.board(&self.repository, &self.errand(), source).await
    }

    async fn planned(&self, source: &SprintSource, sprint: usize) -> Vec<PlannedItem> {
        let board = self.board(source).await.unwrap();
        let sprint = &board.sprints[sprint];
        self.adapter.planned(&self.repository, &self.errand(), source, &board, sprint).await.unwrap()
    }

    fn queries(&self) -> Vec<String> {
        self.github.requests().into_iter().filter_map(|request| request.operation).collect()
    }
}

fn titles(planned: &[PlannedItem]) -> Vec<&str> {
    planned.iter().map(|one| one.item.title.as_str()).collect()
}

#[tokio::test]
async fn a_projects_sprint_is_read_with_points_drafts_and_parents() {
    let scene = Scene::new().await;
    let shop = scene.github.repository("acme/shop");
    let project = scene.github.project("acme", "Shop board");
    project.iterations("Sprint", &[("Sprint 1", date(2026, 3, 2), 14), ("Sprint 2", date(2026, 3, 16), 14)]);
    project.number_field("Story Points");
    let epic = shop.open_with_labels("alice", "Epic", "All of it.", &["tech-debt"]);
    let part = shop.open_with_labels("alice", "A part", "One of it.", &["infra"]);
    part.set_parent("alice", &epic);
    part.react("bob", "+1");
    let other = shop.open("bob", "Next time", "");
    let pull = shop.pull_request("bob", "A change", "");
    for (issue, start, points) in [
        (&epic, date(2026, 3, 2), None),
        (&part, date(2026, 3, 2), Some(5.0)),
        (&other, date(2026, 3, 16), Some(1.0)),
        (&pull, date(2026, 3, 2), Some(2.0)),
    ] {
        let item = project.add("alice", issue);
        project.plan("alice", item, "Sprint", Some(start));
        project.estimate("alice", item, "Story Points", points);
    }
    let draft = project.draft("alice", "An idea", "Not written yet.");
    project.plan("alice", draft, "Sprint", Some(date(2026, 3, 2)));

    let source = Scene::source("{ project: acme/1 }");
    let board = scene.board(&source).await.unwrap();
    assert_eq!((board.title.as_str(), board.points_field.as_deref()), ("Shop board", Some("Story Points")));
    let days: Vec<_> = board.sprints.iter().map(|it| (it.name.as_str(), it.start, it.end)).collect();
    assert_eq!(
        days,
        [("Sprint 1", date(2026, 3, 2), date(2026, 3, 15)), ("Sprint 2", date(2026, 3, 16), date(2026, 3, 29)),]
    );
    let planned = scene.planned(&source, 0).await;
    assert_eq!(titles(&planned), ["Epic", "A part", "An idea"], "pull requests are left out");
    assert_eq!(planned.iter().map(|one| one.points).collect::<Vec<_>>(), [None, Some(5.0), None]);
    let [epic, part, draft] = planned.as_slice() else { panic!("three") };
    assert_eq!(part.ancestors, [epic.subject.clone().unwrap()]);
    assert_eq!(part.item.parent, Some(Parent { labels: vec!["tech-debt".into()], type_name: None }));
    assert_eq!(epic.item.parent, None);
    assert_eq!((part.item.reactions, part.item.labels.as_slice()), (1, ["infra".to_owned()].as_slice()));
    assert_eq!((part.repository.as_str(), part.item.key.as_str()), ("acme/shop", "#2"));
    assert_eq!((draft.subject.as_ref(), draft.item.body.as_str()), (None, "Not written yet."));
    assert_eq!(scene.github.violations(), []);
}

#[tokio::test]
async fn reading_a_sprint_costs_no_more_in_a_long_backlog() {
    let scene = Scene::new().await;
    let shop = scene.github.repository("acme/shop");
    let project = scene.github.project("acme", "Board");
    project.iterations("Iteration", &[("Now", date(2026, 3, 2), 14)]);
    for number in 0..320 {
        let item = project.add("alice", &shop.open("alice", &format!("Item {number}"), ""));
        if number % 4 == 0 {
            project.plan("alice", item, "Iteration", Some(date(2026, 3, 2)));
        }
    }
    let source = Scene::source("{ project: acme/1 }");
    assert_eq!(scene.planned(&source, 0).await.len(), 80);
    assert_eq!(scene.queries(), ["query Project", "query ProjectItemsOfSprint", "query ProjectItemsOfSprint"]);

    scene.github.cannot_filter_projects();
    scene.github.forget_requests();
    assert_eq!(scene.planned(&source, 0).await.len(), 80, "Enterprise Server gives all of them");
    assert_eq!(scene.queries().iter().filter(|it| *it == "query ProjectItems").count(), 7);
}

#[tokio::test]
async fn milestones_are_sprints_too() {
    let scene = Scene::new().await;
    let shop = scene.github.repository("acme/shop");
    let first = shop.create_milestone("alice", "Sprint 1", Some("2099-03-15T07:00:00Z"));
    shop.create_milestone("alice", "Sprint 2", Some("2099-03-29T07:00:00Z"));
    shop.create_milestone("alice", "Someday", None);
    let planned = shop.open_with_labels("alice", "Planned", "", &["points/3"]);
    planned.set_milestone("alice", Some(first));
    shop.open("alice", "Not planned", "");
    let source = Scene::source("{ milestones: true }");
    let board = scene.board(&source).await.unwrap();
    assert_eq!(board.sprints.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Sprint 1", "Sprint 2"]);
    assert_eq!(board.sprints[1].start, date(2099, 3, 16));
    let items = scene.planned(&source, 0).await;
    assert_eq!(
        (titles(&items), items[0].item.labels.as_slice()),
        (vec!["Planned"], ["points/3".to_owned()].as_slice())
    );
}

#[tokio::test]
async fn a_project_that_cannot_be_seen_says_what_to_do() {
    let scene = Scene::new().await;
    let refused = scene.board(&Scene::source("{ project: acme/7 }")).await.unwrap_err();
    insta::assert_snapshot!(refused, @"reading the project acme/7: refused (there is no such project, or the bot may not see it); check the number in `sprints.project`; for an organisation's project grant the App `organization projects: read`; an App sees no project that belongs to a person");
}
