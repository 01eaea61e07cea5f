//! What each command means, well formed and not.

use super::said;

/// Each row: a text, and what is understood of it.
const UNDERSTOOD: &[(&str, &[&str])] = &[
    ("/tech-debt", &["classify technical-debt"]),
    ("/refactor", &["classify refactoring"]),
    ("/upgrade", &["classify platform-upgrade"]),
    ("/perf", &["classify performance"]),
    ("/security", &["classify security"]),
    ("/dx", &["classify developer-experience"]),
    ("/tests", &["classify test-coverage"]),
    ("/improvement", &["classify engineering-improvement"]),
    ("/feature", &["classify feature"]),
    ("/bug", &["classify bug"]),
    ("/spike", &["classify spike"]),
    ("/docs", &["classify documentation"]),
    ("/question", &["classify question"]),
    ("/classify Tech-Debt", &["classify technical-debt"]),
    ("/classify /infra", &["classify infrastructure"]),
    ("/classify AUTO", &["classify auto"]),
    ("/why", &["why"]),
    ("/share 30%", &["share 30%"]),
    ("/share\t12.5 %", &["share 12.5%"]),
    ("/share \u{200b}30%\u{200e}", &["share 30%"]),
    ("/points 5", &["points 5"]),
    ("/points 0,5", &["points 0.5"]),
    ("/points Clear", &["points clear"]),
    ("/points 5\\\nmore", &["points 5"]),
    ("/points 5 <!-- a guess -->", &["points 5"]),
    ("/due 2027-03-31", &["due 2027-03-31"]),
    ("/due 2027-03-31  the  certificate\u{202e} expires", &["due 2027-03-31 the certificate expires"]),
    ("/debt Remove `retry()`  @ann", &["debt Remove `retry()` @ann"]),
    ("/keep", &["keep"]),
    ("/keep until 2027-03-31", &["keep until 2027-03-31"]),
    ("/keep 2027-03-31", &["keep until 2027-03-31"]),
    ("/stale", &["stale"]),
    ("/duplicate #12", &["duplicate #12"]),
    ("/duplicate of acme/shop#12", &["duplicate acme/shop#12"]),
    ("/dupe https://github.com/acme/shop/issues/12", &["duplicate acme/shop#12"]),
    ("/duplicate abc-12", &["duplicate ABC-12"]),
    ("/report", &["report"]),
    ("/report  Sprint  14", &["report Sprint 14"]),
    ("/backlog", &["backlog"]),
    ("/help", &["help"]),
    ("/help /tech-debt", &["help techdebt"]),
    ("/plimsoll", &["help"]),
    ("/plimsoll points 5", &["points 5"]),
    ("/impact Nobody can deploy", &["impact Nobody can deploy"]),
    ("/impact\nNobody\ncan deploy  \n", &["impact Nobody\ncan deploy"]),
    ("/impact a\n\nb\n- c\n", &["impact a\n\nb\n- c"]),
    ("/impact a <!-- x -->\nb <!-- y -->\n\n<!--\nz\n-->\n\nc", &["impact a\nb\n\nc"]),
    ("/impact a <!-- x\ny --> b", &["impact a\n b"]),
    ("/impact a\nb\n/infra\nc", &["impact a\nb", "classify infrastructure"]),
    ("/impact a\n/infr\nc", &["impact a", "! `/infr` is no command here. Did you mean `/infra`?"]),
    ("/impact a\n/assign @ann", &["impact a"]),
    ("/impact a\n/etc/hosts is broken", &["impact a\n/etc/hosts is broken"]),
    ("/impact a\n```\n/infra\n```", &["impact a\n```\n/infra\n```"]),
    ("/impact a\n\n# Steps\n\nb", &["impact a"]),
    ("/impact a\n\n***\n\nb", &["impact a"]),
    ("/impact a\n\nOn Monday, Ann wrote:\n> b", &["impact a"]),
    ("/impact a\n/impact b", &["impact a", "impact b"]),
];

#[test]
fn every_command_is_understood() {
    for (text, expected) in UNDERSTOOD {
        assert_eq!(said(text), *expected, "{text:?}");
    }
}

#[test]
fn a_teams_prefix_is_the_only_way_where_it_wants_so() {
    use crate::backlog::CategoryName;
    use crate::command::{CommandPolicy, Vocabulary, commands};

    let policy = CommandPolicy {
        prefix: "ship".to_owned(),
        bare: false,
        off: ["debt".to_owned()].into(),
        ..CommandPolicy::default()
    };
    let vocabulary = Vocabulary::new(&policy, [CategoryName::new("infrastructure").unwrap()], vec![]);
    let said = |text: &str| -> Vec<String> { commands(text, &vocabulary).iter().map(super::shown).collect() };
    assert_eq!(said("/infra\n/infr\n/plimsoll infra\n/infra!"), Vec::<String>::new());
    assert_eq!(said("/ship infra\n/SHIP /help"), ["classify infrastructure", "help"]);
    insta::assert_snapshot!(said("/ship points\n/ship inrfa\n/ship foo\n/ship debt x\n/ship @ann").join("\n"), @"
    ! `/ship points`: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/ship points 5`
    ! `/ship inrfa` is no command here. Did you mean `/ship infra`?
    ! `/ship foo` is no command here. `/ship help` lists all commands.
    ! `/ship debt` is switched off here.
    ! `/ship @ann` is no command here. `/ship help` lists all commands.
    ");
}

#[test]
fn a_command_that_is_switched_off_is_silent_unless_called_by_name() {
    use crate::command::list::category::shipped_names;
    use crate::command::{CommandPolicy, Vocabulary, commands};

    let policy = CommandPolicy { off: ["help".to_owned(), "infra".to_owned()].into(), ..CommandPolicy::default() };
    let vocabulary = Vocabulary::new(&policy, shipped_names(), vec![]);
    let said = |text: &str| -> Vec<String> { commands(text, &vocabulary).iter().map(super::shown).collect() };
    assert_eq!(said("/help\n/infra\n/infr"), Vec::<String>::new());
    assert_eq!(said("/plimsoll infra"), ["! `/plimsoll infra` is switched off here."]);
    assert_eq!(said("/plimsoll\n/classify infra"), ["help", "classify infrastructure"]);
}
