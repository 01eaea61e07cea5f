//! The trained classifier with the shipped policy, on issues written for these tests.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::backlog::{Categories, Category, CategoryName, Keyword, Parent, Side};
use crate::classify::rules::tests::shipped;
use crate::classify::{Classification, Classifier, Outcome, Text, Where};

use super::Trained;

static CLASSIFIER: LazyLock<Trained> = LazyLock::new(|| {
    let (categories, thresholds) = shipped();
    Trained::new(&categories, &categories, thresholds).unwrap()
});

fn classifier() -> &'static Trained {
    &CLASSIFIER
}

/// With other categories than the shipped ones.
fn with(change: impl FnOnce(Vec<Category>) -> Vec<Category>) -> Trained {
    let (categories, thresholds) = shipped();
    let changed = Categories::new(change(categories.iter().cloned().collect()));
    Trained::new(&changed, &categories, thresholds).unwrap()
}

fn say(classifier: &Trained, title: &str, body: &str) -> Classification {
    classifier.classify(&Text { title, body, ..Text::default() })
}

fn name(said: &Classification) -> &str {
    said.best.as_ref().map_or("", CategoryName::as_str)
}

fn score(said: &Classification, category: &str) -> f64 {
    said.scores.iter().find(|(name, _)| name.as_str() == category).map_or(0.0, |(_, score)| *score)
}

/// Twenty issues as a reader sees them: what was said, how sure, and why.
#[test]
fn twenty_issues_with_their_evidence() {
    let issues = [
        ("Upgrade Spring Boot to 3.4", "Version 3.1 is out of support since November."),
        (
            "Cart is empty after login",
            "Steps to reproduce:\n1. Add shoes\n2. Log in\n\nExpected: shoes.\nActual: nothing.",
        ),
        ("Let customers save a second address", "As a customer I want to choose between home and office."),
        (
            "Search is slow with many filters",
            "With five filters a search takes 4 seconds; we join the price table twice.",
        ),
        ("Split OrderService into pricing and fulfilment", "3,000 lines. Move the rules out, no functional change."),
        ("Remove the deprecated tax table copy", "Dead code since the sale, a hack that we keep in step by hand."),
        ("Flaky test: CartTest.addsTwice", "Fails once in ten runs on CI."),
        ("Investigate whether Kafka fits order events", "Time-boxed spike; the result is a recommendation."),
        ("How do I test payments locally?", "I cannot find the test card numbers. Is there a sandbox? Thanks!"),
        ("Typo in the README", "It says `instal`."),
        ("Deploy the tile server with Terraform", "It is set up by hand on a virtual machine."),
        ("XSS in the product name", "A script tag in the name is executed; attackers can steal sessions."),
        ("Jenkins build fails when two run at once", "They share a working directory on the build server."),
        ("Log the order number with every payment error", "Nobody can find the order in the logs."),
        ("App crashes when GPS is off", "```\njava.lang.NullPointerException\n\tat maps.Gps.read(Gps.java:12)\n```"),
        ("Add dark mode", "Would be nice to have a dark theme."),
        ("Document the refund API", "There is no page about partial refunds."),
        ("Reduce memory of the nightly import", "It loads the whole catalogue into the heap."),
        ("Back up the user database every night", "There is no backup of the new cluster."),
        ("Improve things", ""),
    ];
    let classifier = classifier();
    let mut out = String::new();
    for (title, body) in issues {
        let said = say(classifier, title, body);
        let side = said.side.map_or("side unknown", Side::name);
        writeln!(out, "{title}\n  {:?}: {} {:.2}, {side}", said.outcome, name(&said), said.confidence).unwrap();
        for evidence in &said.evidence {
            let direction = if evidence.weight < 0.0 { "against" } else { "for" };
            writeln!(out, "  {:+.2} {direction}: {} ({:?})", evidence.weight, evidence.sign, evidence.place).unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn explicit_signs_go_before_words() {
    let classifier = classifier();
    let labels = ["kind/cleanup".to_owned()];
    let said = classifier.classify(&Text {
        title: "Export as PDF",
        body: "Users ask for it.",
        labels: &labels,
        ..Text::default()
    });
    assert_eq!((name(&said), said.outcome), ("technical-debt", Outcome::Apply));
    assert_eq!(said.evidence[0].sign, "kind/cleanup");
    let said = classifier.classify(&Text { title: "Export as PDF", type_name: Some("Bug"), ..Text::default() });
    assert_eq!(name(&said), "bug");
}

/// The bot's word for an item with these signs and nothing that speaks beside them.
fn said_by_signs(classifier: &Trained, labels: &[&str], type_name: Option<&str>, parent: Option<&Parent>) -> String {
    let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
    let text = Text { title: "The blue page", body: "", labels: &labels, type_name, parent };
    classifier.classify(&text).category().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn labels_are_understood_in_the_spellings_that_teams_use() {
    for (category, labels) in [
        (
            "technical-debt",
            &["tech-debt", "Tech Debt", "techdebt", "kind/cleanup", "C-cleanup", "type: tech debt", "debt"][..],
        ),
        ("refactoring", &["type: refactor", "refactoring", "kind/refactor", "Type/Refactoring", "C-refactor"]),
        ("infrastructure", &["area/infra", "infra", "infrastructure", "ops", "devops", "area: infrastructure"]),
        ("platform-upgrade", &["dependencies", "upgrade", "type: dependency"]),
        (
            "performance",
            &["I-slow", "performance", "perf", "type: performance", "topic: performance", "kind/performance"],
        ),
        ("security", &["T-security", "security", "vulnerability", "type: security", "area/security"]),
        ("developer-experience", &["dx", "developer experience", "ci", "build", "area/ci", "tooling"]),
        ("test-coverage", &["tests", "testing", "flaky-test", "type: test", "kind/flake", "area/test"]),
        ("feature", &["enhancement", "feature", "type: feature", "kind/feature", "feature request", "C-enhancement"]),
        ("bug", &["bug", "type: bug", "kind/bug", "C-bug", "T-defect", ":bug: bug", "defect"]),
        ("spike", &["spike", "research", "investigation", "type: spike"]),
        ("documentation", &["documentation", "docs", "area/docs", "kind/documentation", "C-docs"]),
        ("question", &["question", "type: question", "kind/support"]),
    ] {
        for label in labels {
            assert_eq!(said_by_signs(classifier(), &[label], None, None), category, "{label}");
        }
    }
    for (type_name, category) in [
        ("Bug", "bug"),
        ("Feature", "feature"),
        ("Story", "feature"),
        ("Spike", "spike"),
        ("Technical Debt", "technical-debt"),
    ] {
        assert_eq!(said_by_signs(classifier(), &[], Some(type_name), None), category, "{type_name}");
    }
}

/// People come before all of this, in `decide`. Then the policy's own rules, explicit signs, the parent, the words.
#[test]
fn each_authority_goes_before_the_next() {
    let own = with(|mut all| {
        for category in all.iter_mut().filter(|category| category.name.as_str() == "infrastructure") {
            category.aliases.push("team-blue".to_owned());
        }
        all
    });
    let epic = Parent { labels: vec!["tech-debt".to_owned()], type_name: Some("Epic".to_owned()) };
    assert_eq!(
        said_by_signs(&own, &["team-blue"], Some("Bug"), Some(&epic)),
        "infrastructure",
        "the policy's own rule"
    );
    assert_eq!(said_by_signs(&own, &[], Some("Bug"), Some(&epic)), "bug", "the item's own sign");
    let words = Text { title: "The blue page", ..Text::default() };
    let (with_parent, without) = (own.classify(&Text { parent: Some(&epic), ..words }), own.classify(&words));
    assert!(score(&with_parent, "technical-debt") > 3.0 * score(&without, "technical-debt"), "the parent adds");
    let sign = with_parent.evidence.iter().find(|evidence| evidence.place == Where::Parent).unwrap();
    assert_eq!((sign.sign.as_str(), sign.category.as_str()), ("tech-debt", "technical-debt"));
    let crash = Text { title: "App crashes on startup", body: "Steps to reproduce: open it. It crashes.", ..words };
    assert_eq!(name(&own.classify(&Text { parent: Some(&epic), ..crash })), "bug", "plain words outweigh the parent");
}

#[test]
fn a_policy_brings_keywords_in_its_own_language() {
    let german = with(|mut all| {
        for category in all.iter_mut().filter(|category| category.name.as_str() == "infrastructure") {
            category.keywords.push(Keyword { text: "Bereitstellung".to_owned(), weight: 3.0 });
        }
        all
    });
    let title = "Bereitstellung der Dienste auf den neuen Rechnern";
    let body = "Die Bereitstellung wird nicht mehr von Hand gemacht.";
    let said = say(&german, title, body);
    assert_eq!((name(&said), said.side), ("infrastructure", Some(Side::Technical)), "{:?}", said.confidence);
    assert!(said.evidence.iter().all(|evidence| evidence.sign == "Bereitstellung"), "{:?}", said.evidence);
    assert_eq!(say(classifier(), title, body).outcome, Outcome::Abstain, "without them the bot abstains");
}

#[test]
fn scores_are_probabilities() {
    let said = say(classifier(), "Cart is empty after login", "It was full before.");
    let sum: f64 = said.scores.iter().map(|(_, score)| score).sum();
    assert!((sum - 1.0).abs() < 1e-6 && said.scores.len() == 14);
    assert!((score(&said, name(&said)) - said.confidence).abs() < 1e-12);
}

#[test]
fn other_languages_are_abstained_on_but_their_signs_count() {
    let classifier = classifier();
    for (title, body) in [
        ("Warenkorb ist nach der Anmeldung leer", "Wenn ich mich anmelde, sind die Schuhe nicht mehr da."),
        ("Le panier est vide après la connexion", "Quand je me connecte, les chaussures ne sont plus là."),
        ("El carrito está vacío después de iniciar sesión", "Los zapatos no están cuando entro."),
        ("O carrinho fica vazio depois de entrar", "Os sapatos não estão mais no carrinho quando entro."),
        ("Корзина пуста после входа", "После входа товары исчезают."),
        ("ログイン後にカートが空になる", "商品が消えます。"),
        ("登录后购物车为空", "商品不见了。"),
        ("סל הקניות ריק לאחר התחברות", "הנעליים נעלמו."),
    ] {
        let said = say(classifier, title, body);
        assert_eq!((said.outcome, said.side), (Outcome::Abstain, None), "{title}");
        assert!(said.evidence.is_empty(), "{title}: {:?}", said.evidence);
        let said = say(classifier, &format!("[Bug] {title}"), body);
        assert_eq!((name(&said), said.outcome), ("bug", Outcome::Apply), "{title}");
    }
    for (title, body) in [
        ("Crash", ""),
        ("Upgrade Kubernetes", ""),
        ("NPE in XmlReader.parse()", "java.lang.NullPointerException"),
        ("Cart is empty after login in Köln", "It was full before."),
    ] {
        assert!(!say(classifier, title, body).evidence.is_empty(), "{title}");
    }
}

#[test]
fn a_category_that_is_switched_off_gets_nothing() {
    let classifier = with(|all| all.into_iter().filter(|category| category.name.as_str() != "question").collect());
    let said = say(&classifier, "How do I test payments locally?", "Is there a sandbox? I cannot find it. Thanks!");
    assert_eq!((score(&said, "question"), said.scores.len()), (0.0, 13));
    assert_ne!(said.outcome, Outcome::Apply, "what it most likely is, the policy does not have");
}

#[test]
fn a_team_s_own_category_lives_by_its_rules() {
    let classifier = with(|mut all| {
        let own = Category {
            name: CategoryName::new("accessibility").unwrap(),
            side: Side::Product,
            label: "a11y".to_owned(),
            keywords: vec![Keyword { text: "screen reader".to_owned(), weight: 3.0 }],
            ..all[0].clone()
        };
        all.push(own);
        all
    });
    let quiet = say(&classifier, "Cart is empty after login", "It was full before.");
    assert!(score(&quiet, "accessibility") < 0.05);
    let loud = say(&classifier, "Screen reader reads the price twice", "");
    assert_eq!(name(&loud), "accessibility");
    assert_eq!(loud.evidence[0].sign, "Screen reader");
}

/// How long the fastest of a few answers takes.
fn fastest(title: &str, body: &str) -> Duration {
    let once = || {
        let start = Instant::now();
        let said = say(classifier(), title, body);
        let took = start.elapsed();
        assert!(said.evidence.iter().all(|evidence| evidence.sign.chars().count() <= 80));
        took
    };
    (0..5).map(|_| once()).min().unwrap_or_default()
}

/// Four times the text takes about four times as long; were it the square, sixteen times.
#[test]
fn hostile_texts_take_linear_time() {
    let distinct = |count: u32| {
        (0..count).fold(String::new(), |mut text, n| {
            write!(text, "w{n:x}q ").unwrap();
            text
        })
    };
    let many = |text: &str| (text.repeat(250_000 / text.len()), text.repeat(1_000_000 / text.len()));
    let mut all = vec![(distinct(25_000), distinct(100_000))];
    for text in [
        "a",
        "`",
        "<",
        "\0",
        " ",
        "?",
        "#",
        "é",
        "\u{202e}",
        "\u{200b}",
        "שלום עולם ",
        "مرحبا ",
        "```\n",
        "> ",
        "- [x] ",
        "[a]",
        "{code}",
        "a b ",
        "\n",
        "a:\n",
        "\u{fffd}",
        "at a.b(C.java:1)\n",
        "http://",
        "**_",
        "|",
    ] {
        all.push(many(text));
    }
    for (short, long) in &all {
        for (small, large) in [((short.as_str(), ""), (long.as_str(), "")), (("", short.as_str()), ("", long.as_str()))]
        {
            let (small, large) = (fastest(small.0, small.1), fastest(large.0, large.1));
            let limit = (small * 10).max(Duration::from_millis(200));
            assert!(large < limit, "{:?}: {small:?}, then {large:?}", short.chars().take(8).collect::<String>());
        }
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(title in "\\PC{0,120}|[a-zA-Z #:\\[\\]`]{0,120}", body in "(\\PC|\\s|[`<>*_#-]){0,400}") {
        let said = say(classifier(), &title, &body);
        let sum: f64 = said.scores.iter().map(|(_, score)| score).sum();
        prop_assert!((sum - 1.0).abs() < 1e-6);
        prop_assert!(said.confidence.is_finite() && (0.0..=1.0).contains(&said.confidence));
        prop_assert_eq!(&said, &say(classifier(), &title, &body));
    }
}

/// CI compares the card with the model that lies beside it.
#[test]
fn the_card_names_the_embedded_model() {
    let card = include_str!("../../../MODEL.md");
    assert!(card.contains(&format!("`{}`", crate::classify::model::embedded_hash())), "build the model again");
}

/// A few words say nothing sure, unless one of them is an explicit sign.
#[test]
fn thin_text_is_not_applied() {
    for (title, body) in [
        ("Thoughts", ""),
        ("Stuff", ""),
        ("Look at this", ""),
        ("Please look at this", "As discussed."),
        ("Discuss next steps", "see meeting notes"),
        ("Meeting notes", ""),
        ("Improve things", ""),
    ] {
        let said = say(classifier(), title, body);
        assert_eq!(said.category(), None, "{title}: {:?}", said.confidence);
        let said = say(classifier(), &format!("[infra] {title}"), body);
        assert_eq!(said.category().map(CategoryName::as_str), Some("infrastructure"), "{title}: {:?}", said.confidence);
    }
    for (title, category) in
        [("Typo in the README", "documentation"), ("Add dark mode", "feature"), ("Flaky test", "test-coverage")]
    {
        assert_eq!(say(classifier(), title, "").category().map(CategoryName::as_str), Some(category), "{title}");
    }
}
