//! What people write.

use crate::action::Text;
use crate::dice::Dice;

/// Texts of which the classifier is sure; a test holds it to that.
pub(crate) const CLEAR: &[Text] = &[
    (
        "[infra] Move staging to the new Kubernetes cluster",
        "Terraform modules exist. Needs a deployment pipeline and monitoring.",
    ),
    ("perf: product search is slow", "Latency and throughput; a cache would help performance."),
    ("[bug] Checkout crashes", "It crashes with a stack trace and error 500. Steps to reproduce: press pay."),
    ("refactor: split the order service", "Refactoring: extract the module, remove duplication, clean up the code."),
    ("docs: how to install it", "The documentation lacks a guide. Update the README and fix the typos in the docs."),
];

/// Texts that say nothing.
pub(crate) const UNCLEAR: &[Text] = &[("Hello", "As discussed."), ("Monday", "")];

/// Labels of categories that people put. No clear text and no command asks for one: a label that the bot was faster to put
/// would be nobody's word, and the same label a person's where the bot was late.
pub(crate) const CATEGORIES: [&str; 4] = ["security", "technical-debt", "test-coverage", "feature"];

/// Commands by which people decide.
pub(crate) const ORDERS: &[&str] = &["/infra", "/bug", "/spike", "/dx", "/classify auto"];

/// Remarks with and without commands and mistakes.
pub(crate) const REMARKS: &[&str] = &[
    "/impact Every deployment needs two people",
    "/impact Nobody can deploy on a Friday",
    "/due 2027-03-31",
    "/keep until 2027-03-31",
    "/share 30%",
    "/infr",
    "/points many",
    "Never mind.",
    "/help points",
];

pub(crate) fn debt(dice: &Dice) -> String {
    format!("/debt {}", dice.of(&["Remove the second cache", "One retry is enough", "Old flags are still read"]))
}

/// A policy that changes nothing but its own text.
pub(crate) fn policy(version: usize) -> String {
    format!("version: 1\n# {version}\n")
}

/// A policy with an error.
pub(crate) fn broken_policy(version: usize) -> String {
    format!("version: 1\nhygien: {version}\n")
}

#[test]
fn clear_texts_are_clear_and_unclear_ones_are_not() {
    use plimsoll::classify::Text;
    let rulebook = plimsoll::engine::Rulebook::new(plimsoll::policy::defaults());
    let category = |(title, body): (&str, &str)| {
        let says = rulebook.classifier.classify(&Text { title, body, labels: &[], type_name: None, parent: None });
        says.category().map(ToString::to_string)
    };
    for text in UNCLEAR {
        assert_eq!(category(*text), None, "{text:?}");
    }
    let found: Vec<Option<String>> = CLEAR.iter().map(|text| category(*text)).collect();
    let expected = ["infrastructure", "performance", "bug", "refactoring", "documentation"];
    assert_eq!(found, expected.map(|name| Some(name.to_owned())));
}
