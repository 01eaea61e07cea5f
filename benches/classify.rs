//! How many issues a second one core classifies: `cargo bench --bench classify`.
//!
//! Typical issues of 50, 150 and 400 words, made from a fixed list of words, each different from the last; every tenth word
//! is one that nobody has seen, which costs most.
//!
//! Measured on one core of a busy, shared machine (AMD EPYC), in CPU time: 41,700, 19,600 and 9,800 issues a second.
//! The issues that the model was judged on have 79 words on average; all the model does with one of these, its evidence
//! included, takes 27 µs: 37,000 a second.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark tells what it measured, and stops where it cannot"
)]

use std::fmt::Write as _;
use std::time::Instant;

use plimsoll::backlog::{Categories, Category, CategoryName, Side};
use plimsoll::classify::{Classifier as _, Text, Trained};
use plimsoll::policy::ClassificationPolicy;

const WORDS: &str = "the cart is empty after login when we upgrade the server to version 3.4 and users expect that their \
    order should be shown in this page but NullPointerException is thrown by OrderService while it reads from the \
    database so please add a test and refactor the cache because memory grows with every request to the API of the \
    payment provider which we would like to replace in the next release with a better library that supports streaming";

fn main() {
    let names =
        ["technical-debt", "refactoring", "infrastructure", "performance", "security", "feature", "bug", "question"];
    let category = |name: &&str| Category {
        name: CategoryName::new(name).unwrap(),
        side: Side::Technical,
        label: (*name).to_owned(),
        colour: String::new(),
        description: String::new(),
        aliases: Vec::new(),
        prefixes: Vec::new(),
        types: Vec::new(),
        keywords: Vec::new(),
    };
    let categories = Categories::new(names.iter().map(category).collect());
    let thresholds = ClassificationPolicy { apply_at: 0.7, suggest_at: 0.5, side_at: 0.75 };
    let classifier = Trained::new(&categories, &categories, thresholds).unwrap();
    for words in [50, 150, 400] {
        let issues = issues(words);
        let start = Instant::now();
        let mut rounds = 0u32;
        while start.elapsed().as_secs() < 3 {
            for (title, body) in &issues {
                std::hint::black_box(classifier.classify(&Text { title, body, ..Text::default() }));
            }
            rounds += 1;
        }
        let count = f64::from(rounds) * 1000.0;
        println!("{words} words: {:.0} issues/s", count / start.elapsed().as_secs_f64());
    }
}

/// A thousand issues with bodies of so many words.
fn issues(words: usize) -> Vec<(String, String)> {
    let list: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default()
    };
    let mut text = |count: usize| {
        let mut out = String::new();
        for at in 0..count {
            out.push_str(list.get(next() % list.len()).unwrap_or(&""));
            // Every tenth word is one that nobody has seen.
            if at % 10 == 9 {
                write!(out, "{:x}", next() % 65_536).unwrap();
            }
            out.push_str(if at % 12 == 11 { ".\n" } else { " " });
        }
        out
    };
    (0..1000).map(|_| (text(8), text(words))).collect()
}
