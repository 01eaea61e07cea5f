//! The decision on an item.

use jiff::Timestamp;

use crate::allocation::impact_section;
use crate::backlog::{CategoryName, Decision, Item, LabelKey, Standing, Word};
use crate::classify::{Classification, Classifier, Evidence, Outcome, Text, Where};
use crate::policy::Policy;

use super::category::Ruling;
use super::people::People;
use super::{Action, ItemMemory, Plan, Snapshot, Spoken, Told, Verdict, category, orders};

/// How many signs are kept with a decision.
const EVIDENCE_KEPT: usize = 12;

/// So many characters are kept of why an item matters.
const IMPACT_KEPT: usize = 1_000;

/// The weight that a decision is shown with: more than any sign of the classifier has.
pub(super) const DECISION_WEIGHT: f64 = 10.0;

/// Decides on an item: what has to be written, and what is to be remembered. The same input gives the same plan.
#[must_use]
pub fn decide(snapshot: &Snapshot, policy: &Policy, classifier: &dyn Classifier, now: Timestamp) -> Plan {
    let people = People::of(snapshot, &policy.categories);
    let says = classify(&snapshot.item, &people, classifier);
    let ruling = category::rule(snapshot, &people, &policy.categories, &says);
    let side = match &ruling.verdict {
        Verdict::Person { category, .. } | Verdict::Bot { category } => policy.categories.side(category),
        Verdict::Nobody => says.side,
    };
    let suggestion = suggestion(&people.decisions, &ruling.verdict, &says);
    let own_word = own_word(&ruling).or(people.own_word);
    let confidence = if matches!(ruling.verdict, Verdict::Person { .. }) { 1.0 } else { says.confidence };
    let decided = decided_by(&people.decisions, &ruling.verdict);
    let mut told = snapshot.memory.as_ref().map(|memory| memory.told.clone()).unwrap_or_default();
    told.hear(&snapshot.answered, &[]);
    told.hear(&snapshot.spoken, &snapshot.events);
    let memory = ItemMemory {
        item: Item { body: String::new(), ..snapshot.item.clone() },
        own_marks: people.own_marks,
        decisions: people.decisions,
        verdict: ruling.verdict,
        side,
        confidence,
        evidence: decided.into_iter().chain(says.evidence).take(EVIDENCE_KEPT).collect(),
        model_version: classifier.version().to_owned(),
        policy_version: policy.version.to_string(),
        seen_at: now,
        told,
        own_word,
        suggestion,
        impact: impact_section(&snapshot.item.body).map(|text| text.chars().take(IMPACT_KEPT).collect()),
    };
    let mut steps = orders::all_steps(&snapshot.spoken, ruling.steps, &memory, policy);
    steps.extend(orders::after_deletion(&snapshot.events, &memory.told));
    Plan { steps, findings: Vec::new(), memory }
}

/// What follows from commands where there is no item to decide on: in a pull request, known only by what it is called.
#[must_use]
pub fn outside_the_backlog(spoken: &[Spoken], called: Item, policy: &Policy, now: Timestamp) -> Plan {
    let memory = ItemMemory {
        item: called,
        own_marks: Vec::new(),
        decisions: Vec::new(),
        verdict: Verdict::Nobody,
        side: None,
        confidence: 0.0,
        evidence: Vec::new(),
        model_version: String::new(),
        policy_version: policy.version.to_string(),
        seen_at: now,
        told: Told::default(),
        own_word: None,
        suggestion: None,
        impact: None,
    };
    let steps = orders::all_steps(spoken, Vec::new(), &memory, policy);
    Plan { steps, findings: Vec::new(), memory }
}

/// The category that the bot is to put by itself.
fn own_word(ruling: &Ruling) -> Option<CategoryName> {
    let Verdict::Bot { category } = &ruling.verdict else { return None };
    let mark = Action::Mark { category: category.clone() };
    ruling.steps.iter().any(|step| step.action == mark).then(|| category.clone())
}

/// What is suggested where nobody decided: never what a person took away.
fn suggestion(decisions: &[Decision], verdict: &Verdict, says: &Classification) -> Option<CategoryName> {
    let best = says.best.as_ref().filter(|_| *verdict == Verdict::Nobody && says.outcome != Outcome::Abstain)?;
    (!Standing::of(decisions).vetoed.contains(&best)).then(|| best.clone())
}

/// A person's decision as the first sign of all: where it can be read.
fn decided_by(decisions: &[Decision], verdict: &Verdict) -> Option<Evidence> {
    let Verdict::Person { category, .. } = verdict else { return None };
    let decision = decisions.iter().rev().find(|decision| decision.word == Word::Is(category.clone()))?;
    let (sign, place) = match decision.label() {
        Some(label) => (label, Where::Label),
        None => (decision.source.as_str(), Where::Body),
    };
    Some(Evidence { sign: sign.to_owned(), place, category: category.clone(), weight: DECISION_WEIGHT })
}

/// Asks the classifier, which sees only labels that are neither the bot's own nor somebody's decision.
fn classify(item: &Item, people: &People, classifier: &dyn Classifier) -> Classification {
    let own = people.own_marks.iter().map(|mark| LabelKey::new(mark));
    let decided = people.decisions.iter().filter_map(|decision| decision.label().map(LabelKey::new));
    let spoken_for: Vec<LabelKey> = own.chain(decided).collect();
    let labels: Vec<String> =
        item.labels.iter().filter(|label| !spoken_for.contains(&LabelKey::new(label))).cloned().collect();
    classifier.classify(&Text { labels: &labels, ..Text::from(item) })
}
