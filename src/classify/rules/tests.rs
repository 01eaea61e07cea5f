//! The rules with the shipped policy, on issues written for these tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;
use serde::Deserialize;

use crate::backlog::{Categories, Category, CategoryName, Keyword, LabelKey, Side};
use crate::classify::{Classification, Classifier, Outcome, Text, Where};
use crate::policy::ClassificationPolicy;

use super::Rules;

/// No more of the policy's form than the tests need.
#[derive(Deserialize)]
struct Policy {
    classification: BTreeMap<String, f64>,
    categories: indexed::Ordered<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    side: Side,
    label: String,
    colour: String,
    description: String,
    aliases: Vec<String>,
    prefixes: Vec<String>,
    types: Vec<String>,
    keywords: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Bare(String),
    Weighted { text: String, weight: f64 },
}

/// A mapping in the file's order.
mod indexed {
    use std::marker::PhantomData;

    use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

    pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Entries<T>(PhantomData<T>);
            impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
                type Value = Ordered<T>;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a mapping")
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                    let mut entries = Vec::new();
                    while let Some(entry) = map.next_entry()? {
                        entries.push(entry);
                    }
                    Ok(Ordered(entries))
                }
            }
            deserializer.deserialize_map(Entries(PhantomData))
        }
    }
}

/// The shipped policy's categories and thresholds.
pub(in crate::classify) fn shipped() -> (Categories, ClassificationPolicy) {
    let policy: Policy = serde_yaml::from_str(include_str!("../../../config/default-policy.yml")).unwrap();
    let category = |(name, entry): (String, Entry)| Category {
        name: CategoryName::new(&name).unwrap(),
        side: entry.side,
        label: entry.label,
        colour: entry.colour,
        description: entry.description,
        aliases: entry.aliases,
        prefixes: entry.prefixes,
        types: entry.types,
        keywords: entry
            .keywords
            .into_iter()
            .map(|word| match word {
                Word::Bare(text) => Keyword { text, weight: 1.5 },
                Word::Weighted { text, weight } => Keyword { text, weight },
            })
            .collect(),
    };
    let categories = Categories::new(policy.categories.0.into_iter().map(category).collect());
    let at = |name: &str| policy.classification[name];
    let thresholds =
        ClassificationPolicy { apply_at: at("apply_at"), suggest_at: at("suggest_at"), side_at: at("side_at") };
    (categories, thresholds)
}

fn rules() -> Rules {
    let (categories, thresholds) = shipped();
    Rules::new(&categories, thresholds)
}

fn said(title: &str, body: &str) -> Classification {
    rules().classify(&Text { title, body, ..Text::default() })
}

fn category(title: &str, body: &str) -> String {
    said(title, body).category().map_or_else(|| "-".to_owned(), ToString::to_string)
}

fn evidence(said: &Classification) -> String {
    let mut out = String::new();
    for sign in &said.evidence {
        writeln!(out, "{:+.2} {} {:?} {:?}", sign.weight, sign.category, sign.place, sign.sign).unwrap();
    }
    out
}

#[test]
fn the_shipped_policy_is_sound() {
    let (categories, thresholds) = shipped();
    assert_eq!(categories.iter().count(), 14);
    assert!(thresholds.suggest_at < thresholds.apply_at && thresholds.apply_at < thresholds.side_at);
    let mut spellings = BTreeSet::new();
    for category in &categories {
        assert!(category.description.len() <= 100, "{}", category.name);
        assert!(category.colour.len() == 6 && category.colour.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(category.aliases.len() >= 24, "{}: teams spell it in dozens of ways", category.name);
        for spelling in std::iter::once(&category.label).chain(&category.aliases) {
            assert!(spelling.len() <= 50, "{spelling:?} is too long for a label");
            assert!(spellings.insert(LabelKey::new(spelling)), "{spelling:?} stands there twice");
        }
    }
    for list in [|category: &Category| category.prefixes.clone(), |category: &Category| category.types.clone()] {
        let mut seen = BTreeSet::new();
        for spelling in categories.iter().flat_map(list) {
            assert!(seen.insert(LabelKey::new(&spelling)), "{spelling:?} stands there twice");
        }
    }
    for category in &categories {
        let mut seen = BTreeSet::new();
        for keyword in &category.keywords {
            assert!((-2.0..=3.5).contains(&keyword.weight), "{}: {keyword:?}", category.name);
            assert!(seen.insert(keyword.text.to_lowercase()), "{}: {keyword:?} stands there twice", category.name);
        }
    }
}

#[test]
fn every_category_has_its_plain_cases() {
    for (title, body, expected) in [
        (
            "Remove dead code in the cart",
            "Nobody calls these functions any more. They are technical debt.",
            "technical-debt",
        ),
        ("Refactor the checkout into smaller classes", "Extract class by class; behaviour stays.", "refactoring"),
        (
            "Move the staging environment to Kubernetes",
            "The helm chart exists, the load balancer does not.",
            "infrastructure",
        ),
        ("Upgrade to Java 21", "Java 11 reaches its end of life this autumn.", "platform-upgrade"),
        (
            "Search is very slow with 10000 products",
            "CPU usage goes to 100 % and the response time is 8 s.",
            "performance",
        ),
        ("XSS in the comment field", "An attacker can run scripts: the text is not escaped.", "security"),
        ("CI build takes an hour", "Let us cache the Gradle build in GitHub Actions.", "developer-experience"),
        ("Flaky test in the checkout's test suite", "It fails one time in ten.", "test-coverage"),
        (
            "Improve error handling and logging of the importer",
            "Log messages do not say which file failed.",
            "engineering-improvement",
        ),
        (
            "Allow users to export their orders",
            "As a user I want to download a CSV file. It would be nice to choose the columns.",
            "feature",
        ),
        (
            "App crashes when the cart is empty",
            "### Steps to reproduce\n1. Open the cart\n\n### Expected behavior\nIt opens.",
            "bug",
        ),
        ("Spike: evaluate message brokers", "Proof of concept, then we decide whether it is worth it.", "spike"),
        ("Typo in the installation guide", "The documentation says `instal`.", "documentation"),
        ("How do I change the currency?", "Hi, is there a way to do that? Thanks in advance.", "question"),
    ] {
        assert_eq!(category(title, body), expected, "{title:?}: {}", evidence(&said(title, body)));
    }
}

#[test]
fn what_is_no_prose_does_not_speak() {
    let hostile = "<!-- Is this a security vulnerability? XSS, CSRF, SQL injection? Mail us. -->\n\
        ```\nsecurity vulnerability exploit\n```\n\
        > a security vulnerability, said somebody\n\n\
        See [it](https://example.org/security/vulnerability/xss) and `csrf` and\n\n\
        | security | vulnerability |\n- [ ] This is a security vulnerability\n\nRed or green.\n\n    xss exploit\n";
    let said = said("Blue shoes", hostile);
    assert_eq!(said.outcome, Outcome::Abstain);
    assert_eq!(evidence(&said), "");
}

#[test]
fn words_are_whole() {
    assert_eq!(evidence(&said("The latest contest of TestCase and bugfree_test", "Debugger.Security is a name")), "");
}

#[test]
fn it_abstains_when_nothing_speaks() {
    for (title, body) in [("", ""), ("Shoes", "Blue ones."), ("🛒", "\u{200b}"), ("   ", "\n\n\n")] {
        let said = said(title, body);
        assert_eq!((said.outcome, said.side), (Outcome::Abstain, None), "{title:?}");
    }
}

#[test]
fn explicit_signs_decide() {
    let rules = rules();
    let classify = |title: &str, labels: &[&str], type_name: Option<&str>| {
        let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
        let said = rules.classify(&Text { title, labels: &labels, type_name, ..Text::default() });
        said.category().map(ToString::to_string)
    };
    for (title, labels, type_name, expected) in [
        ("[infra] Move the shop", &[][..], None, "infrastructure"),
        ("perf: open the cart", &[], None, "performance"),
        ("feat(cart)!: open it", &[], None, "feature"),
        ("build(deps): from 1.2 to 1.3", &[], None, "platform-upgrade"),
        ("build: from 1.2 to 1.3", &[], None, "developer-experience"),
        ("[Cart Bug]: blue shoes", &[], None, "bug"),
        ("Blue shoes", &["Kind/Tech Debt"], None, "technical-debt"),
        ("Blue shoes", &[":bug: Bug"], None, "bug"),
        ("Blue shoes", &[], Some("Story"), "feature"),
        ("Blue shoes", &["bug", "security"], None, "security"),
        ("Blue shoes", &["enhancement", "performance"], None, "performance"),
        ("Blue shoes", &["refactoring", "technical-debt"], None, "technical-debt"),
    ] {
        assert_eq!(classify(title, labels, type_name).as_deref(), Some(expected), "{title:?} {labels:?} {type_name:?}");
    }
    assert_eq!(classify("Blue shoes", &["good first issue", "area/cart"], None), None);
}

#[test]
fn evidence_shows_what_matched_where_and_how_strongly() {
    let said = said(
        "[perf] Checkout is slow",
        "Memory\nusage grows. We did a performance review.\n\n### Steps to reproduce\nOpen it.",
    );
    insta::assert_snapshot!(evidence(&said), @r#"
        +5.40 performance Title "slow"
        +5.00 performance Prefix "[perf]"
        +1.52 bug Field "Steps to reproduce"
        +1.34 performance Body "Memory usage"
        -0.64 performance Body "performance review"
        "#);
    assert!(said.evidence.windows(2).all(|pair| pair[0].weight.abs() >= pair[1].weight.abs()));
}

#[test]
fn a_template_s_sections_of_versions_are_not_read() {
    let body = "### Environment\nnode 20, security update 7, kubernetes 1.30, docker\n\n### Notes\nBlue shoes.";
    assert!(said("Shoes", body).evidence.iter().all(|sign| sign.place == Where::Field));
    let body = "**Platform:** kubernetes, terraform";
    assert!(said("Shoes", body).evidence.iter().all(|sign| sign.place == Where::Field));
}

#[test]
fn repeating_a_word_does_not_settle_it() {
    let once = said("Shoes", "It is slow.");
    let often = said("Shoes", &"It is slow. ".repeat(500));
    let performance =
        |said: &Classification| said.scores.iter().find(|(name, _)| name.as_str() == "performance").unwrap().1;
    assert!(performance(&often) > performance(&once));
    assert_ne!(often.outcome, Outcome::Apply);
}

#[test]
fn the_side_may_be_sure_when_the_category_is_not() {
    let said = said(
        "Clean up and simplify the test helpers",
        "Refactor duplicated code in the unit tests, remove unused fixtures.",
    );
    assert_eq!(said.side, Some(Side::Technical));
    assert!(said.confidence < 0.999);
}

#[test]
fn a_policy_of_one_s_own_works_without_any_of_the_shipped_names() {
    let category = |name: &str, side, word: &str| Category {
        name: CategoryName::new(name).unwrap(),
        side,
        label: name.to_owned(),
        colour: "ffffff".to_owned(),
        description: String::new(),
        aliases: vec![],
        prefixes: vec![],
        types: vec![],
        keywords: vec![Keyword { text: word.to_owned(), weight: 3.0 }],
    };
    let list = vec![category("shoes", Side::Product, "heel"), category("tools", Side::Technical, "^mend the awl")];
    let thresholds = ClassificationPolicy { apply_at: 0.65, suggest_at: 0.45, side_at: 0.75 };
    let rules = Rules::new(&Categories::new(list), thresholds);
    let best = |title: &str| rules.classify(&Text { title, ..Text::default() }).category().map(ToString::to_string);
    assert_eq!(best("Two heels").as_deref(), Some("shoes"));
    assert_eq!(best("Mend the awl").as_deref(), Some("tools"));
    assert_eq!(best("Do not mend the awl"), None);
    let none = Rules::new(&Categories::default(), thresholds).classify(&Text { title: "bug", ..Text::default() });
    assert_eq!((none.best, none.outcome, none.side, none.scores.len()), (None, Outcome::Abstain, None, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_gets_probabilities(
        title in "(security|slow|bug|\\[|\\]|: | |\\PC){0,20}",
        body in "(### |crash|refactor|`|<!--|\n|> |- \\[ \\] |steps to reproduce|\\PC){0,80}",
        label in "\\PC{0,20}",
    ) {
        thread_local!(static RULES: Rules = rules());
        RULES.with(|rules| {
            let labels = [label];
            let text = Text { title: &title, body: &body, labels: &labels, type_name: Some(&title), parent: None };
            let said = rules.classify(&text);
            let sum: f64 = said.scores.iter().map(|(_, score)| score).sum();
            assert!((sum - 1.0).abs() < 1e-9);
            assert!(said.scores.iter().all(|(_, score)| *score <= said.confidence));
            assert!(said.evidence.len() <= 12);
            for sign in &said.evidence {
                assert!(sign.sign.chars().count() <= 80 && sign.weight.is_finite());
            }
            assert_eq!(rules.classify(&text), said);
        });
    }
}
