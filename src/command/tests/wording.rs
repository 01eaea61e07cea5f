//! What people are told.

use crate::command::list::category::shipped_names;
use crate::command::{
    Admission, CommandError, CommandPolicy, Right, Rule, Vocabulary, commands, help, public_sites, refusal, reply,
};

fn reply_to(text: &str) -> String {
    let found = commands(text, &Vocabulary::default());
    reply(found.iter().filter_map(|found| found.outcome.as_ref().err())).unwrap_or_default()
}

#[test]
fn a_malformed_command_is_answered_with_what_was_expected() {
    insta::assert_snapshot!(reply_to("/share much"), @"`/share much`: expected a percentage from 0% to 100%. Example: `/share 30%`");
    insta::assert_snapshot!(
        reply_to(
            "/points\n/points -1\n/impact\n\n***\n/due tomorrow\n/due 2027-02-30\n/debt\n/keep until then\n\
             /duplicate\n/duplicate #12 #13\n/help me\n",
        ),
        @"
    - `/points`: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/points 5`
    - `/points -1`: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/points 5`
    - `/impact`: expected what happens if nothing is done, in a sentence or more. Example: `/impact Every deployment needs two people for an hour`
    - `/due tomorrow`: expected a date as year-month-day, then a reason if you like. Example: `/due 2027-03-31`
    - `/due 2027-02-30`: expected a date as year-month-day, then a reason if you like. Example: `/due 2027-03-31`
    - `/debt`: expected a title of at most 256 characters for the new item. Example: `/debt Remove the retry workaround in the uploader`
    - `/keep until then`: expected nothing, or `until` and a date as year-month-day. Example: `/keep until 2027-03-31`
    - `/duplicate`: expected one other item, as `#12`, `acme/shop#12` or its address. Example: `/duplicate #12`
    - `/duplicate #12 #13`: expected one other item, as `#12`, `acme/shop#12` or its address. Example: `/duplicate #12`
    - `/help me`: expected nothing, or the name of a command. Example: `/help points`
    "
    );
    insta::assert_snapshot!(reply_to("/classify banana"), @"`/classify banana`: expected a category (`technical-debt`, `refactoring`, `infrastructure`, `platform-upgrade`, `performance`, `security`, `developer-experience`, `test-coverage`, `engineering-improvement`, `feature`, `bug`, `spike`, `documentation`, `question`) or `auto`. Example: `/classify technical-debt`");
    assert!(reply_to("/classify infrastucture").ends_with("Example: `/classify infrastructure`"));
    insta::assert_snapshot!(reply_to("/tests fail on main"), @"`/tests fail on main`: expected nothing after it on the same line. Example: `/tests`");
    insta::assert_snapshot!(reply_to("/stale bread\n/why not\n/backlog now"), @"
    - `/stale bread`: expected nothing after it on the same line. Example: `/stale`
    - `/why not`: expected nothing after it on the same line. Example: `/why`
    - `/backlog now`: expected nothing after it on the same line. Example: `/backlog`
    ");
}

#[test]
fn an_unknown_word_is_answered_only_when_it_is_close() {
    insta::assert_snapshot!(reply_to("/infr"), @"`/infr` is no command here. Did you mean `/infra`?");
    insta::assert_snapshot!(reply_to("/infra!"), @"`/infra!` is no command here. Did you mean `/infra`?");
    insta::assert_snapshot!(reply_to("/plimsoll banana"), @"`/plimsoll banana` is no command here. `/plimsoll help` lists all commands.");
    insta::assert_snapshot!(reply_to("/plimsoll securty"), @"`/plimsoll securty` is no command here. Did you mean `/security`?");
    insta::assert_snapshot!(reply_to("/plimsoll infra."), @"`/plimsoll infra.` is no command here. Did you mean `/infra`?");
    assert_eq!(reply_to("/banana\n/test\n/what's up"), "");
}

#[test]
fn a_reply_is_short_and_quotes_in_code() {
    insta::assert_snapshot!(reply_to("/points ``` @ann ` </code> \u{202e}x"), @"````/points ``` @ann ` </code> x````: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/points 5`");
    insta::assert_snapshot!(reply_to(&format!("/share {}", "very ".repeat(1000))), @"`/share very very very very very very very very very very ver…`: expected a percentage from 0% to 100%. Example: `/share 30%`");
    assert_eq!(reply_to(&"/infr\n".repeat(5000)).lines().count(), 11);
}

#[test]
fn no_answer_gives_a_command_or_mentions_anybody() {
    let vocabulary = Vocabulary::default();
    let hostile = "/points x\n/infr\n/share @ann\n/due /infra\n/debt\n/plimsoll @ann\n/keep `@ann`\n/help `\\`/infra\n";
    let mut answers = vec![reply_to(hostile), help(&vocabulary, None)];
    answers.extend(vocabulary.entries().iter().map(|entry| help(&vocabulary, Some(&entry.name))));
    let named = Rule { people: vec!["ann".to_owned()], ..Right::Manage.into() };
    answers.extend(refusal("/report @ann", &named, Admission::Unreadable));
    for answer in answers {
        assert_eq!(super::said(&answer), Vec::<String>::new(), "{answer}");
        let outside_code: String = answer.split('`').step_by(2).collect();
        assert!(!outside_code.contains('@'), "{answer}");
    }
}

#[test]
fn somebody_who_may_not_is_told_who_may() {
    let rule = Rule::from(Right::Manage);
    assert_eq!(refusal("/report", &rule, Admission::Admitted), None);
    insta::assert_snapshot!(refusal("/report", &rule, Admission::Refused).unwrap(), @"`/report` is for people who may write to the repository or manage the project.");
    insta::assert_snapshot!(refusal("/keep", &Right::Author.into(), Admission::Unreadable).unwrap(), @"`/keep` is for the item's author and people who may edit items, and your rights could not be read just now: nothing was done.");
}

#[test]
fn help_lists_all_commands() {
    insta::assert_snapshot!(help(&Vocabulary::default(), None), @"
    Write a command at the start of a line; several may stand in one comment.

    | command | what it does | who may |
    |---|---|---|
    | `/techdebt` `/refactor` `/infra` `/upgrade` `/performance` `/security` `/dx` `/tests` `/improvement` `/feature` `/bug` `/spike` `/docs` `/question` | sets the category | people who may edit items |
    | `/classify CATEGORY` or `/classify auto` | sets the category by its name or any of its words; `auto` gives the decision back to the bot | people who may edit items |
    | `/why` | says how the item is classified and why: the evidence, how sure it is, who decided | anyone |
    | `/share PERCENT` | says how much of the item is technical work: that much of its weight counts as technical | people who may edit items |
    | `/points NUMBER` or `/points clear` | sets the item's weight where it is read: the board's field, else the item's field, else a label; `clear` takes it away | people who may edit items |
    | `/impact TEXT` | records what happens if nothing is done: the risk, the cost, what is blocked; the sprint comment shows it | the item's author and people who may edit items |
    | `/due DATE` or `/due DATE REASON` | sets a date with consequences: an end of support, a certificate, a law | people who may write to the repository or manage the project |
    | `/debt TITLE` | opens a new technical-debt item that links back to this place in the discussion; in pull requests too | people who may edit items |
    | `/keep` or `/keep until DATE` | keeps the item from ever being called stale, or until a date | the item's author and people who may edit items |
    | `/stale` | marks the item as stale now, without waiting | people who may edit items |
    | `/duplicate ITEM` | marks the item as a duplicate of another one, and closes it where the policy allows | people who may edit items |
    | `/report` or `/report SPRINT` | posts or refreshes the sprint comment here: for the present sprint, or for the one that is named | people who may write to the repository or manage the project |
    | `/backlog` | sums up the technical backlog: how many items, how old, the top ones, growing or shrinking | people who may write to the repository or manage the project |
    | `/help` or `/help COMMAND` | lists the commands, or says all about one | anyone |

    `/plimsoll help COMMAND` says more of one; the prefix works with every command.
    ");
}

#[test]
fn help_says_all_about_one() {
    let vocabulary = Vocabulary::default();
    insta::assert_snapshot!(help(&vocabulary, Some("points")), @"
    `/points NUMBER` or `/points clear`: sets the item's weight where it is read: the board's field, else the item's field, else a label; `clear` takes it away. The board's field is the policy's `points_field`, else Estimate, Points, Story Points or Size, where the item is on the board's project; of a field with options the one that begins with the number. The item's own field is the organisation's issue field of that name. The label is `points/5`.

    - Examples: `/points 5`, `/points 0.5`, `/points clear`
    - Also: `/story-points`
    - Who may: people who may edit items
    ");
    insta::assert_snapshot!(help(&vocabulary, Some("techdebt")), @"
    `/techdebt`: sets the category `technical-debt`.

    - Also: `/tech-debt`, `/technical-debt`
    - Who may: people who may edit items
    ");
    insta::assert_snapshot!(help(&vocabulary, Some("impact")), @"
    `/impact TEXT`: records what happens if nothing is done: the risk, the cost, what is blocked; the sprint comment shows it. The text may run over the following lines, to the next command, heading or rule. Holds as long as the comment does: deleting it, or taking the line out of it, withdraws that.

    - Examples: `/impact Every deployment needs two people for an hour`
    - Who may: the item's author and people who may edit items
    ");
}

#[test]
fn help_shows_what_a_team_changed() {
    let policy = CommandPolicy {
        bare: false,
        aliases: [("schulden".to_owned(), "techdebt".to_owned())].into(),
        off: ["spike".to_owned()].into(),
        rights: [
            ("security".to_owned(), Rule { teams: vec!["acme/red|team".to_owned()], ..Right::Manage.into() }),
            ("why".to_owned(), Right::Edit.into()),
        ]
        .into(),
        ..CommandPolicy::default()
    };
    let vocabulary = Vocabulary::new(&policy, shipped_names(), public_sites());
    let all = help(&vocabulary, None);
    let first_rows: Vec<&str> = all.lines().skip(4).take(4).collect();
    insta::assert_snapshot!(first_rows.join("\n"), @r"
    | `/plimsoll techdebt` `/plimsoll refactor` `/plimsoll infra` `/plimsoll upgrade` `/plimsoll performance` `/plimsoll dx` `/plimsoll tests` `/plimsoll improvement` `/plimsoll feature` `/plimsoll bug` `/plimsoll docs` `/plimsoll question` | sets the category | people who may edit items |
    | `/plimsoll security` | sets the category | people who may write to the repository or manage the project, and `acme/red\|team` |
    | `/plimsoll classify CATEGORY` or `/plimsoll classify auto` | sets the category by its name or any of its words; `auto` gives the decision back to the bot | people who may edit items |
    | `/plimsoll why` | says how the item is classified and why: the evidence, how sure it is, who decided | people who may edit items |
    ");
    insta::assert_snapshot!(help(&vocabulary, Some("techdebt")), @"
    `/plimsoll techdebt`: sets the category `technical-debt`.

    - Also: `/plimsoll tech-debt`, `/plimsoll technical-debt`, `/plimsoll schulden`
    - Who may: people who may edit items
    ");
    insta::assert_snapshot!(help(&vocabulary, Some("spike")), @"
    `/plimsoll spike`: sets the category `spike`.

    - Who may: people who may edit items
    - It is switched off here.
    ");
}

#[test]
fn errors_are_data() {
    let found = commands("/share much", &Vocabulary::default());
    let Some(Err(CommandError::Malformed { command, .. })) = found.first().map(|found| &found.outcome) else {
        panic!("{found:?}");
    };
    assert_eq!(command, "share");
}
