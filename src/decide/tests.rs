//! People win: told as short stories, and as properties over random ones.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::backlog::{Actor, Categories, Category, CategoryName, Event, Fact, Item, LabelKey, Side};
use crate::classify::{Classification, Classifier, Evidence, Outcome, Text, Where};
use crate::policy::{ClassificationPolicy, Policy, PolicyVersion};

use super::{Action, ItemMemory, Plan, Snapshot, Step, Verdict, decide, must_be_verified, needs_history};

/// A classifier that finds a category's name in the title.
struct ByTitle;

impl Classifier for ByTitle {
    fn version(&self) -> &'static str {
        "by-title"
    }

    fn classify(&self, text: &Text<'_>) -> Classification {
        let found = ["infrastructure", "security", "bug"].into_iter().find(|word| text.title.contains(word));
        let is_unsure = text.title.contains("perhaps");
        let best = found.map(name);
        let evidence = best.iter().map(|category| Evidence {
            sign: category.to_string(),
            place: Where::Title,
            category: category.clone(),
            weight: 3.0,
        });
        Classification {
            confidence: if best.is_some() { 0.9 } else { 0.2 },
            outcome: match &best {
                Some(_) if is_unsure => Outcome::Suggest,
                Some(_) => Outcome::Apply,
                None => Outcome::Abstain,
            },
            side: None,
            scores: Vec::new(),
            evidence: evidence.collect(),
            best,
        }
    }
}

fn name(text: &str) -> CategoryName {
    CategoryName::new(text).unwrap()
}

fn policy() -> Policy {
    let category = |text: &str, side, aliases: &[&str]| Category {
        name: name(text),
        side,
        label: text.to_owned(),
        colour: "ededed".to_owned(),
        description: String::new(),
        aliases: aliases.iter().map(ToString::to_string).collect(),
        prefixes: Vec::new(),
        types: Vec::new(),
        keywords: Vec::new(),
    };
    Policy {
        version: PolicyVersion("test".to_owned()),
        categories: Categories::new(vec![
            category("infrastructure", Side::Technical, &["area/infra"]),
            category("security", Side::Technical, &["T-security"]),
            category("bug", Side::Product, &["kind/bug"]),
        ]),
        classification: ClassificationPolicy { apply_at: 0.8, suggest_at: 0.5, side_at: 0.8 },
        ..crate::policy::defaults()
    }
}

fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * n).unwrap()
}

/// An item, what happens to it, and the bot that looks at it now and then.
struct Story {
    item: Item,
    memory: Option<ItemMemory>,
    unseen: Vec<Event>,
    all: Vec<Event>,
    minute: i64,
    active_since: Option<Timestamp>,
    missed: bool,
}

impl Story {
    fn opened(title: &str, labels: &[&str]) -> Self {
        let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
        let item = Item {
            id: "1".to_owned(),
            key: "#1".to_owned(),
            title: title.to_owned(),
            author: Some(Actor::person("alice")),
            created_at: Some(minute(0)),
            labels: labels.clone(),
            ..Item::default()
        };
        let mut story = Self {
            item,
            memory: None,
            unseen: Vec::new(),
            all: Vec::new(),
            minute: 0,
            active_since: None,
            missed: false,
        };
        story.happens(Actor::person("alice"), Fact::Opened { labels: labels.clone(), id: None });
        for label in labels {
            story.happens(Actor::person("alice"), Fact::Labelled { label });
        }
        story.minute = 1;
        story
    }

    fn happens(&mut self, by: Actor, fact: Fact) {
        let event = Event { fact, by, at: minute(self.minute) };
        self.unseen.push(event.clone());
        self.all.push(event);
    }

    fn puts(&mut self, by: &Actor, label: &str) {
        self.minute += 1;
        if !self.item.labels.iter().any(|present| present == label) {
            self.item.labels.push(label.to_owned());
            self.happens(by.clone(), Fact::Labelled { label: label.to_owned() });
        }
    }

    fn removes(&mut self, by: &Actor, label: &str) {
        self.minute += 1;
        if self.item.labels.iter().any(|present| present == label) {
            self.item.labels.retain(|present| present != label);
            self.happens(by.clone(), Fact::Unlabelled { label: Some(label.to_owned()) });
        }
    }

    fn edits(&mut self, title: &str) {
        self.minute += 1;
        self.item.title = title.to_owned();
        self.happens(Actor::person("alice"), Fact::Edited);
    }

    /// The events are lost: the service was down.
    fn misses_events(&mut self) {
        self.unseen.clear();
        self.missed = true;
    }

    /// The bot looks, and what it plans is done.
    fn looks(&mut self) -> Plan {
        let policy = policy();
        let mut snapshot = Snapshot {
            item: self.item.clone(),
            me: me(),
            memory: self.memory.clone(),
            events: std::mem::take(&mut self.unseen),
            history: None,
            answered: Vec::new(),
            spoken: Vec::new(),
            repository_labels: None,
            active_since: self.active_since,
        };
        if needs_history(&snapshot, &policy.categories) {
            snapshot.history = Some(self.all.clone());
        }
        let mut plan = decide(&snapshot, &policy, &ByTitle, minute(self.minute));
        if must_be_verified(&plan, &snapshot) {
            snapshot.history = Some(self.all.clone());
            plan = decide(&snapshot, &policy, &ByTitle, minute(self.minute));
        }
        self.carry_out(&plan);
        plan
    }

    fn carry_out(&mut self, plan: &Plan) {
        let mut memory = plan.memory.clone();
        for step in &plan.steps {
            match &step.action {
                Action::Mark { category } => {
                    self.puts(&me(), category.as_str());
                    memory.own_marks.push(category.to_string());
                }
                Action::Unmark { label } => {
                    self.removes(&me(), label);
                    memory.own_marks.retain(|mark| mark != label);
                }
                Action::Label { .. }
                | Action::Open { .. }
                | Action::Acknowledge { .. }
                | Action::Unacknowledge { .. }
                | Action::RemoveNote { .. }
                | Action::Note { .. }
                | Action::Weigh { .. }
                | Action::Close { .. } => {}
            }
        }
        memory.item.labels.clone_from(&self.item.labels);
        self.memory = Some(memory);
    }

    fn labels(&self) -> Vec<&str> {
        self.item.labels.iter().map(String::as_str).collect()
    }
}

fn me() -> Actor {
    Actor::bot("plimsoll[bot]")
}

fn bob() -> Actor {
    Actor::person("bob")
}

#[test]
fn a_new_item_is_marked_with_its_reason() {
    let mut story = Story::opened("infrastructure: move the servers", &[]);
    let plan = story.looks();
    assert_eq!(story.labels(), ["infrastructure"]);
    insta::assert_snapshot!(plan.steps[0].reason, @"looks like infrastructure (90 % sure): “infrastructure” in the title");
    assert!(story.looks().steps.is_empty(), "a second look changes nothing");
}

impl Story {
    fn is_asked_for(&mut self) {
        self.minute += 1;
        self.happens(Actor::person("whoever runs the bot"), Fact::Asked { id: Some("1".to_owned()) });
    }
}

#[test]
fn an_old_item_is_taken_up_when_somebody_asks() {
    let mut story = Story::opened("infrastructure", &[]);
    story.active_since = Some(minute(10));
    story.misses_events();
    assert!(story.looks().steps.is_empty());
    story.is_asked_for();
    story.looks();
    assert_eq!(story.labels(), ["infrastructure"]);
}

#[test]
fn asked_to_look_again_the_bot_changes_its_own_mark_and_nobody_elses() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.item.title = "security".to_owned();
    assert!(story.looks().steps.is_empty(), "not by itself");
    story.is_asked_for();
    let plan = story.looks();
    assert_eq!(story.labels(), ["security"]);
    insta::assert_snapshot!(plan.steps[1].reason, @"looked at again, it looks like security");
    story.removes(&bob(), "security");
    story.looks();
    story.is_asked_for();
    assert!(story.looks().steps.is_empty(), "a veto stands");
    story.puts(&bob(), "kind/bug");
    story.is_asked_for();
    story.looks();
    assert_eq!(story.labels(), ["kind/bug"]);
}

#[test]
fn a_label_put_by_a_person_decides_and_the_bots_own_goes() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.puts(&bob(), "T-security");
    let plan = story.looks();
    assert_eq!(story.labels(), ["T-security"]);
    insta::assert_snapshot!(plan.steps[0].reason, @"bob decided security");
    assert_eq!(plan.memory.side, Some(Side::Technical));
}

#[test]
fn a_label_removed_by_a_person_never_comes_back() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.removes(&bob(), "infrastructure");
    story.looks();
    story.edits("infrastructure again");
    story.looks();
    assert!(story.labels().is_empty());
    assert_eq!(story.memory.as_ref().unwrap().verdict, Verdict::Nobody);
}

#[test]
fn a_removal_that_nobody_reported_is_read_from_the_history() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.removes(&bob(), "infrastructure");
    story.misses_events();
    assert!(story.looks().steps.is_empty());
    assert!(story.labels().is_empty());
}

#[test]
fn a_lost_database_is_rebuilt_from_the_history() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.puts(&bob(), "security");
    story.misses_events();
    story.memory = None;
    story.looks();
    assert_eq!(story.labels(), ["security"], "the bot still knows which of the two was its own");
}

#[test]
fn labels_of_other_bots_and_of_templates_are_no_decisions() {
    let mut story = Story::opened("infrastructure", &["kind/bug"]);
    let plan = story.looks();
    assert!(plan.memory.decisions.is_empty());
    story.puts(&Actor::bot("triage[bot]"), "security");
    assert!(story.looks().memory.decisions.is_empty());
    assert_eq!(story.labels(), ["kind/bug", "security"], "nor does it fight them");
}

#[test]
fn a_deleted_label_is_nobodys_word() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.minute += 1;
    story.item.labels.clear();
    story.happens(bob(), Fact::Unlabelled { label: None });
    let plan = story.looks();
    assert!(plan.memory.decisions.is_empty());
}

#[test]
fn the_bots_mark_changes_only_after_a_person_edited_the_item() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    story.item.title = "security".to_owned();
    story.happens(bob(), Fact::Touched);
    assert!(story.looks().steps.is_empty(), "as with a new model: nobody asked");
    story.edits("security");
    story.looks();
    assert_eq!(story.labels(), ["security"]);
}

fn corrected(story: &Story) -> Option<(CategoryName, Option<CategoryName>, String)> {
    let correction = story.memory.as_ref()?.correction()?;
    Some((correction.said, correction.is, correction.by.name))
}

#[test]
fn a_persons_word_against_the_bots_is_a_correction() {
    let mut story = Story::opened("infrastructure", &[]);
    story.looks();
    assert_eq!(corrected(&story), None);
    story.removes(&bob(), "infrastructure");
    story.looks();
    assert_eq!(corrected(&story), Some((name("infrastructure"), None, "bob".to_owned())));
    story.puts(&bob(), "security");
    story.looks();
    let says_security = Some((name("infrastructure"), Some(name("security")), "bob".to_owned()));
    assert_eq!(corrected(&story), says_security);
    story.memory = None;
    story.misses_events();
    story.looks();
    assert_eq!(corrected(&story), says_security, "the history tells as much as the database did");
    story.puts(&bob(), "infrastructure");
    story.looks();
    assert_eq!(corrected(&story), None, "bob thought better of it");
}

#[test]
fn where_the_bot_said_nothing_nothing_is_corrected() {
    let mut story = Story::opened("hello", &[]);
    story.looks();
    story.puts(&bob(), "security");
    story.looks();
    assert_eq!(corrected(&story), None);
}

#[test]
fn what_is_worth_a_suggestion_is_remembered_and_written_nowhere() {
    let mut story = Story::opened("perhaps infrastructure", &[]);
    let plan = story.looks();
    assert_eq!((plan.steps.len(), plan.memory.suggestion), (0, Some(name("infrastructure"))));
    story.puts(&bob(), "infrastructure");
    story.removes(&bob(), "infrastructure");
    assert_eq!(story.looks().memory.suggestion, None, "what was taken away is not suggested again");
}

#[test]
fn an_item_from_before_the_bot_is_taken_up_when_somebody_changes_it() {
    let mut story = Story::opened("infrastructure", &[]);
    story.misses_events();
    story.active_since = Some(minute(10));
    story.happens(bob(), Fact::Touched);
    assert!(story.looks().steps.is_empty());
    story.edits("infrastructure");
    assert!(story.looks().steps.is_empty(), "that was before, and is only told now");
    story.minute = 10;
    story.edits("infrastructure, please");
    story.looks();
    assert_eq!(story.labels(), ["infrastructure"]);
}

#[test]
fn two_changes_in_one_second_are_ordered_by_how_the_item_stands() {
    let mut story = Story::opened("nothing", &[]);
    story.looks();
    story.minute = 5;
    story.happens(bob(), Fact::Unlabelled { label: Some("security".to_owned()) });
    story.happens(bob(), Fact::Labelled { label: "security".to_owned() });
    let plan = story.looks();
    assert_eq!(plan.memory.verdict, Verdict::Nobody, "the label is not there: it was removed last");
}

#[derive(Clone, Debug)]
enum Move {
    Put(usize, &'static str),
    Remove(usize, &'static str),
    Edit(&'static str),
    Look,
    MissEvents,
    LoseDatabase,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let label =
        prop::sample::select(vec!["infrastructure", "security", "bug", "area/infra", "T-security", "help wanted"]);
    let title = prop::sample::select(vec!["infrastructure", "security", "bug", "anything"]);
    prop::collection::vec(
        prop_oneof![
            3 => (0..3_usize, label.clone()).prop_map(|(who, label)| Move::Put(who, label)),
            3 => (0..3_usize, label).prop_map(|(who, label)| Move::Remove(who, label)),
            2 => title.prop_map(Move::Edit),
            4 => Just(Move::Look),
            1 => Just(Move::MissEvents),
            1 => Just(Move::LoseDatabase),
        ],
        0..30,
    )
}

proptest! {
    #[test]
    fn people_win_whatever_happens(title in prop::sample::select(vec!["infrastructure", "security", "anything"]), moves in moves()) {
        let who = [bob(), Actor::person("carol"), Actor::bot("triage[bot]")];
        let mut story = Story::opened(title, &[]);
        for step in moves {
            match step {
                Move::Put(by, label) => story.puts(&who[by], label),
                Move::Remove(by, label) => story.removes(&who[by], label),
                Move::Edit(title) => story.edits(title),
                Move::MissEvents => story.misses_events(),
                Move::LoseDatabase => story.memory = None,
                Move::Look => {
                    let before = story.labels().iter().map(ToString::to_string).collect::<Vec<_>>();
                    let owners = owners(&story.all);
                    let plan = story.looks();
                    check(&before, &owners, &story, &plan)?;
                    prop_assert!(story.looks().steps.is_empty(), "a second look changes nothing");
                }
            }
        }
    }
}

/// Who put each label that was put last.
fn owners(events: &[Event]) -> Vec<(LabelKey, Actor)> {
    let mut owners: Vec<(LabelKey, Actor)> = Vec::new();
    for event in events {
        match &event.fact {
            Fact::Labelled { label } => owners.push((LabelKey::new(label), event.by.clone())),
            Fact::Unlabelled { label: Some(label) } => owners.retain(|(key, _)| *key != LabelKey::new(label)),
            _ => {}
        }
    }
    owners
}

fn check(before: &[String], owners: &[(LabelKey, Actor)], story: &Story, plan: &Plan) -> Result<(), TestCaseError> {
    let put_by = |label: &str| owners.iter().rev().find(|(key, _)| *key == LabelKey::new(label)).map(|(_, by)| by);
    for label in before {
        let gone = !story.labels().contains(&label.as_str());
        prop_assert!(!gone || put_by(label).is_some_and(|by| by.is(&me())), "removed {label}, which was not its own");
    }
    let policy = policy();
    let last_word = story
        .all
        .iter()
        .filter(|event| event.by.decides(&me()))
        .filter_map(|event| match &event.fact {
            Fact::Labelled { label } => {
                policy.categories.marked_by(label).map(|category| (true, category.name.clone()))
            }
            Fact::Unlabelled { label: Some(label) } => {
                policy.categories.marked_by(label).map(|category| (false, category.name.clone()))
            }
            _ => None,
        })
        .next_back();
    match last_word {
        Some((true, category)) => {
            let another =
                |step: &Step| matches!(&step.action, Action::Mark { category: marked } if *marked != category);
            prop_assert!(
                !plan.steps.iter().any(another),
                "put another category than {category}, which a person decided"
            );
            // A label that came and went while nobody was listening is looked for only before something is written.
            if !story.missed {
                prop_assert_eq!(&plan.memory.verdict, &Verdict::Person { category, by: verdict_by(plan) });
            }
        }
        Some((false, category)) => {
            let applied = plan.steps.iter().any(|step| step.action == Action::Mark { category: category.clone() });
            prop_assert!(!applied, "put {category} back against a veto");
        }
        None => {}
    }
    Ok(())
}

fn verdict_by(plan: &Plan) -> Actor {
    match &plan.memory.verdict {
        Verdict::Person { by, .. } => by.clone(),
        _ => Actor::person("nobody"),
    }
}

#[test]
fn the_times_of_the_stories_are_apart() {
    assert!(minute(1).duration_since(minute(0)) > SignedDuration::from_secs(5));
}
