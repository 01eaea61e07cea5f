//! The documents say what the code does: every line that the service can log is in docs/logging.md, and nothing else.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What one line of the log is: its level, its message, its own fields.
type Line = (String, String, BTreeSet<String>);

/// Rooms that the service does not run.
const NO_SERVICE: [&str; 3] = ["src/sandbox/", "src/cli/demo/", "src/classify/model/train/"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !NO_SERVICE.iter().any(|room| path.to_string_lossy().contains(room))
        {
            found.push(path);
        }
    }
}

/// The arguments of a macro's call, from behind its opening parenthesis.
fn arguments(text: &str) -> Vec<String> {
    let (mut arguments, mut depth, mut quoted, mut escaped) = (vec![String::new()], 0, false, false);
    for c in text.chars() {
        if !quoted && depth == 0 && c == ')' {
            break;
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                arguments.push(String::new());
                continue;
            }
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        arguments.last_mut().unwrap().push(c);
    }
    arguments.iter().map(|argument| argument.trim().to_owned()).collect()
}

fn line(level: &str, call: &str) -> Line {
    let mut fields = BTreeSet::new();
    for argument in arguments(call) {
        if let Some(message) = argument.strip_prefix('"') {
            return (level.to_owned(), message.trim_end_matches('"').replace('`', ""), fields);
        }
        let name = argument.split('=').next().unwrap().trim().trim_start_matches(['%', '?']);
        fields.insert(name.to_owned());
    }
    (level.to_owned(), "no message".to_owned(), fields)
}

fn logged() -> BTreeSet<Line> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut lines = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for level in ["error", "warn", "info", "debug"] {
            for (at, found) in text.match_indices(&format!("tracing::{level}!(")) {
                lines.insert(line(level, &text[at + found.len()..]));
            }
        }
    }
    lines
}

fn documented() -> BTreeSet<Line> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/logging.md")).unwrap();
    let mut lines = BTreeSet::new();
    for row in page.lines().filter(|row| row.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if ["error", "warn", "info", "debug"].contains(&cells[0]) {
            let fields = cells[2].split(',').map(|field| field.trim().trim_matches('`').to_owned());
            let fields = fields.filter(|field| !field.is_empty()).collect();
            lines.insert((cells[0].to_owned(), cells[1].replace('`', ""), fields));
        }
    }
    lines
}

#[test]
fn every_line_of_the_log_is_documented() {
    let (logged, documented) = (logged(), documented());
    let missing: Vec<&Line> = logged.difference(&documented).collect();
    let stale: Vec<&Line> = documented.difference(&logged).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "not in docs/logging.md: {missing:#?}\nno longer logged: {stale:#?}"
    );
}

/// A run's own fields stand beside an event's: one name must not mean two things in a line.
#[test]
fn no_event_has_a_field_of_the_run() {
    for (_, message, fields) in logged() {
        let own: Vec<&String> =
            fields.iter().filter(|field| ["subject", "installation"].contains(&field.as_str())).collect();
        assert!(own.is_empty(), "`{message}` has {own:?}, which its span has too");
        assert!(
            !fields.contains("delivery") || message == "received" || message.starts_with("a delivery"),
            "{message}"
        );
    }
}
