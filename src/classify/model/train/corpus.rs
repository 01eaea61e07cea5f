//! Labelled issues: which sets there are, what their labels mean, and how far each is believed.
//!
//! Three sets carry Plimsoll's own categories and are the truth. The others use their own words: their labels say how
//! likely each category is, no more, and every set has its own bias in training, so that what is common in a set is not
//! mistaken for what its words mean.

use serde_json::Value;

use crate::classify::model::categories::{K, Scores, place};

/// A set of examples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// Its file, without `.jsonl`.
    pub(super) name: &'static str,
    /// How much an example counts; the truth has 1.
    pub(super) weight: f32,
    /// Where it comes from, under which licence.
    pub(super) origin: &'static str,
}

const fn truth(name: &'static str, origin: &'static str) -> Source {
    Source { name, weight: 1.0, origin }
}

const fn helper(name: &'static str, weight: f32, origin: &'static str) -> Source {
    Source { name, weight, origin }
}

/// The sets that are used, where the data directory has them.
pub(super) const SOURCES: &[Source] = &[
    truth(
        "annotated",
        "nine agile Jira backlogs (gpt2sp, MIT) and Camel, Hadoop, Thrift (rp-td-lifecycle, CC-BY-4.0), labelled for Plimsoll",
    ),
    truth(
        "annotated_github",
        "GitHub issues of many repositories (no licence stated for the collections), labelled for Plimsoll",
    ),
    truth("gold", "43 projects, Jira and GitHub, two readers each, labelled for Plimsoll"),
    helper("tan_td_issues", 0.2, "rp-td-lifecycle, CC-BY-4.0: self-admitted debt, by hand"),
    helper("atd_jira", 0.2, "Apache-2.0: architecture debt in five Jira projects"),
    helper("gtd_github", 0.4, "no licence stated: GitHub's own debt labels"),
    helper("nlbse24_train", 0.4, "empty licence file: bug, feature, question of five repositories"),
    helper("tickettagger", 0.3, "no licence stated: bug, feature, question"),
    helper("github_four", 0.2, "no licence stated: bug, feature, docs, question of three repositories"),
    helper("sklearn_issues", 0.2, "no licence stated: one repository's labels"),
    helper("android_apps", 0.2, "no licence stated: labels of 57 repositories"),
    helper("herzig_titles", 0.2, "no licence stated: bug or not, by hand, titles alone"),
    helper("farsec_ohira", 0.2, "no licence stated: Jira types; security and performance by hand"),
    helper("li_small500", 0.2, "no licence stated: two Jira projects, by hand"),
];

/// The name that collections give to issues whose repository they do not tell.
pub(super) const MIXED: &str = "github-mixed";

/// What an example says about its category.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    /// A distribution over the categories.
    Is(Scores),
    /// How likely the set's label is for an item of each category, up to a factor.
    Label(Scores),
}

/// An issue that was labelled.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) set: &'static str,
    pub(super) project: String,
    pub(super) title: String,
    pub(super) body: String,
    /// The truth, where it is known: a place in the model's order.
    pub(super) category: Option<usize>,
    /// Whether it was drawn at random, and not for a rare category.
    pub(super) natural: bool,
    /// Whether it comes from Jira.
    pub(super) jira: bool,
    /// The set's own label.
    pub(super) class: String,
    /// The set's own word on technical debt.
    pub(super) debt: Option<bool>,
    pub(super) says: Option<Says>,
    pub(super) weight: f32,
    /// The first letters of its text: issues that share them are one.
    pub(super) gist: String,
    /// How much of the issue is there.
    pub(super) part: Part,
}

/// How much of an issue an example has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All.
    Whole,
    /// The title of an issue that has a body.
    Title,
    /// The first words of the title.
    FirstWords,
}

/// How much a part of an issue counts beside the whole.
const TITLE_WEIGHT: f32 = 0.3;
const FIRST_WORDS_WEIGHT: f32 = 0.15;

impl Example {
    /// Reads a line of a set; none where it carries no usable label.
    pub(super) fn read(source: &Source, row: &Value) -> Option<Self> {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (category, class) = (place(&text("category")), text("class"));
        let confidence = row.get("confidence").and_then(Value::as_i64).unwrap_or(2);
        let (says, trust) = match category {
            Some(category) => {
                let second = place(&text("second")).or_else(|| place(&text("also")));
                (Some(Says::Is(distribution(category, second, confidence))), if confidence < 2 { 0.6 } else { 1.0 })
            }
            None if row.get("category").is_some() => return None,
            None => (meaning(&class).map(Says::Label), 1.0),
        };
        let (title, body) = (text("title"), text("body"));
        let letters = title.chars().chain(body.chars()).filter(|c| c.is_alphanumeric());
        Some(Self {
            set: source.name,
            project: text("project"),
            gist: letters.flat_map(char::to_lowercase).take(60).collect(),
            title,
            body,
            category,
            natural: text("why") == "natural",
            jira: text("tracker") == "jira",
            class,
            debt: row.get("td").and_then(Value::as_i64).map(|debt| debt == 1),
            says,
            weight: source.weight * trust,
            part: Part::Whole,
        })
    }

    /// Parts of it, where its category is known: from them the model learns how little a few words say.
    pub(super) fn parts(&self) -> Vec<Self> {
        let words: Vec<&str> = self.title.split_whitespace().collect();
        let count = 1 + self.title.len() % 3;
        let mut parts = Vec::new();
        if self.category.is_some() && !self.body.trim().is_empty() {
            let weight = self.weight * TITLE_WEIGHT;
            parts.push(Self { body: String::new(), weight, part: Part::Title, ..self.clone() });
        }
        if let Some(first) = words.get(..count).filter(|first| self.category.is_some() && first.len() < words.len()) {
            let (title, weight) = (first.join(" "), self.weight * FIRST_WORDS_WEIGHT);
            parts.push(Self { title, body: String::new(), weight, part: Part::FirstWords, ..self.clone() });
        }
        parts
    }

    /// Issues with the same bias: of one set, of the truth's natural or enriched issues in one tracker, or parts of these.
    pub(super) fn pool(&self) -> &'static str {
        match (self.part, self.jira, self.natural) {
            _ if self.category.is_none() => self.set,
            (Part::Whole, true, true) => JIRA,
            (Part::Whole, true, false) => JIRA_ENRICHED,
            (Part::Whole, false, true) => GITHUB,
            (Part::Whole, false, false) => GITHUB_ENRICHED,
            (Part::Title | Part::FirstWords, _, true) => "in part, as it comes",
            (Part::Title | Part::FirstWords, _, false) => "in part, enriched",
        }
    }
}

/// The pools of the truth.
pub(super) const JIRA: &str = "jira, as it comes";
pub(super) const GITHUB: &str = "github, as it comes";
pub(super) const JIRA_ENRICHED: &str = "jira, enriched";
pub(super) const GITHUB_ENRICHED: &str = "github, enriched";

/// What a reader's word is worth where a second category was named beside it.
fn distribution(category: usize, second: Option<usize>, confidence: i64) -> Scores {
    let first = match (second, confidence) {
        (None, _) => 1.0,
        (Some(_), 3..) => 0.93,
        (Some(_), 2) => 0.85,
        (Some(_), _) => 0.7,
    };
    let mut out = [0.0; K];
    for (place, share) in [(Some(category), first), (second, 1.0 - first)] {
        if let Some(of) = place.and_then(|place| out.get_mut(place)) {
            *of += share;
        }
    }
    out
}

/// How likely others put a label on an item of each category, up to a factor. Estimated by eye from what the sets'
/// descriptions and rows say; it has to be roughly right only.
pub(super) fn meaning(label: &str) -> Option<Scores> {
    Some(match label {
        //  debt  refac infra platf perf  secur devex tests engin feat  bug   spike docs  question
        "bug" => [0.20, 0.08, 0.30, 0.25, 0.40, 0.60, 0.35, 0.40, 0.15, 0.05, 1.00, 0.02, 0.10, 0.12],
        "feature" => [0.40, 0.50, 0.40, 0.40, 0.45, 0.30, 0.40, 0.30, 0.60, 1.00, 0.08, 0.40, 0.20, 0.06],
        "question" => [0.05, 0.05, 0.20, 0.10, 0.12, 0.10, 0.20, 0.05, 0.08, 0.10, 0.22, 0.35, 0.30, 1.00],
        "docs" => [0.02, 0.03, 0.02, 0.02, 0.01, 0.02, 0.05, 0.03, 0.02, 0.02, 0.02, 0.10, 1.00, 0.06],
        "tech_debt" => NARROW.debt,
        "refactor" => [1.00, 1.00, 0.10, 0.20, 0.20, 0.05, 0.15, 0.15, 0.60, 0.06, 0.06, 0.05, 0.05, 0.01],
        "non_td" => NARROW.other,
        "test" => [0.03, 0.03, 0.02, 0.02, 0.02, 0.01, 0.10, 1.00, 0.03, 0.01, 0.04, 0.01, 0.02, 0.01],
        "dependency" => [0.30, 0.10, 0.10, 1.00, 0.02, 0.15, 0.20, 0.03, 0.05, 0.05, 0.06, 0.05, 0.02, 0.01],
        "performance" => [0.05, 0.05, 0.03, 0.02, 1.00, 0.01, 0.02, 0.02, 0.02, 0.02, 0.04, 0.02, 0.01, 0.01],
        "security" => [0.01, 0.01, 0.05, 0.10, 0.01, 1.00, 0.02, 0.01, 0.02, 0.05, 0.10, 0.02, 0.03, 0.02],
        "infra" => [0.10, 0.10, 0.80, 0.50, 0.05, 0.10, 1.00, 0.30, 0.10, 0.02, 0.04, 0.05, 0.05, 0.02],
        "spike" => [0.05, 0.05, 0.03, 0.05, 0.03, 0.02, 0.05, 0.02, 0.05, 0.15, 0.01, 1.00, 0.05, 0.15],
        "improvement" => [0.60, 0.80, 0.50, 0.60, 0.80, 0.50, 0.50, 0.40, 1.00, 0.80, 0.12, 0.10, 0.30, 0.03],
        "non_bug" => [0.80, 0.80, 0.60, 0.60, 0.60, 0.40, 0.60, 0.60, 0.80, 0.80, 0.05, 0.40, 0.60, 0.40],
        _ => return None,
    })
}

/// What a set means by debt: how likely an item of each category is called so, and how likely not.
pub(super) struct Sense {
    pub(super) debt: Scores,
    pub(super) other: Scores,
}

/// Debt as teams label it on GitHub: shortcuts in the code.
pub(super) const NARROW: Sense = Sense {
    //     debt  refac infra platf perf  secur devex tests engin feat  bug   spike docs  question
    debt: [1.00, 0.90, 0.35, 0.50, 0.30, 0.20, 0.40, 0.45, 0.70, 0.12, 0.12, 0.25, 0.20, 0.02],
    other: [0.08, 0.15, 0.60, 0.50, 0.50, 0.80, 0.60, 0.50, 0.40, 1.00, 0.90, 0.70, 0.70, 1.00],
};

/// Debt as studies of Jira label it by hand: of documentation, tests, builds and performance too.
pub(super) const WIDE: Sense = Sense {
    debt: [1.00, 0.90, 0.50, 0.60, 0.50, 0.20, 0.50, 0.60, 0.80, 0.12, 0.12, 0.25, 0.80, 0.02],
    other: [0.08, 0.15, 0.50, 0.40, 0.50, 0.80, 0.50, 0.40, 0.30, 1.00, 0.90, 0.70, 0.20, 1.00],
};
