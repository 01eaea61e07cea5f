//! Any text at all: no panic, no slow one (libFuzzer's `-timeout`), and what must hold of whatever is found.
#![no_main]

#[allow(dead_code, unused_imports)]
#[path = "../../src/backlog/mod.rs"]
mod backlog;
#[allow(dead_code, unused_imports)]
#[path = "../../src/command/mod.rs"]
mod command;

use std::sync::LazyLock;

use command::{Vocabulary, commands, new_commands, reply, without_commands};

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::default);

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let found = commands(&text, &VOCABULARY);

    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = plain.split('\n').collect();
    let mut last = 0;
    for command in &found {
        assert!(command.line > last, "lines grow");
        last = command.line;
        assert!(lines[command.line - 1].contains('/'), "a command is where it is said to be");
        assert!(command.understood().len() <= 200, "a key is short");
    }

    let rest = without_commands(&text, &VOCABULARY);
    assert!(rest.len() <= text.len(), "commands are left out, nothing comes in");
    assert_eq!(found.is_empty(), *rest == *text, "nothing else is left out");

    assert!(new_commands(Some(&text), &text, &VOCABULARY).is_empty(), "an edit that changes nothing says nothing");
    let again: Vec<_> = commands(&plain, &VOCABULARY).iter().map(|found| (found.line, found.understood())).collect();
    let first: Vec<_> = found.iter().map(|found| (found.line, found.understood())).collect();
    if text.len() < 60_000 {
        assert_eq!(first, again, "line ends make no difference");
    }

    if let Some(answer) = reply(found.iter().filter_map(|found| found.outcome.as_ref().err())) {
        assert!(commands(&answer, &VOCABULARY).is_empty(), "an answer gives no command");
        assert!(answer.len() < 10_000, "an answer is short");
    }
});
