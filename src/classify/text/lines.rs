//! What a single line is, told by its looks.

/// Whether the line belongs to a stack trace or is an error as a program prints it.
pub(super) fn is_stack_trace(line: &str) -> bool {
    let line = line.trim_start();
    match line.as_bytes().first() {
        Some(b'a') => is_frame(line),
        Some(b'F') => line.starts_with("File \"") && line.contains("line "),
        Some(b'T') if line.starts_with("Traceback (most recent call") => true,
        Some(b'C') if line.starts_with("Caused by:") => true,
        Some(b't') if line.starts_with("thread '") => line.contains("panicked at"),
        Some(b'g') if line.starts_with("goroutine ") => true,
        Some(b'.') => line.starts_with("... ") && line.ends_with(" more"),
        Some(b'#') => is_debugger_frame(line),
        _ => names_an_exception(line),
    }
}

/// `at org.acme.Shop.open(Shop.java:17)`, `at open (/srv/shop.js:3:14)`.
fn is_frame(line: &str) -> bool {
    let Some((call, place)) = line.strip_prefix("at ").and_then(|rest| rest.split_once('(')) else { return false };
    let is_call = !call.contains(' ') && call.contains('.');
    let is_place = place.as_bytes().windows(2).any(|pair| matches!(pair, [b':', b'0'..=b'9']));
    is_call || is_place
}

/// `TypeError: x is undefined`, `java.lang.IllegalStateException: closed`, `Exception in thread "main" …`.
fn names_an_exception(line: &str) -> bool {
    let first = line.split_ascii_whitespace().next().unwrap_or_default();
    let name = first.trim_end_matches(':');
    let is_one = (name.ends_with("Exception") || name.ends_with("Error")) && !matches!(name, "Exception" | "Error");
    (is_one && (first.ends_with(':') || name == line.trim_end())) || line.starts_with("Exception in thread")
}

/// `#0  0x00007f… in main ()`.
fn is_debugger_frame(line: &str) -> bool {
    let after = line.trim_start_matches('#').trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() + 1 < line.len() && after.trim_start().starts_with("0x")
}

/// Whether the line is one of a log: it starts with a time or with a level in brackets or capitals.
pub(super) fn is_log(line: &str) -> bool {
    let line = line.trim_start();
    let inner = line.trim_start_matches(['[', '(']);
    let stamped = match inner.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9', b':', ..] => true,
        start => is_date(start),
    };
    stamped || starts_with_level(line)
}

/// `2026-11-21` or `2026/11/21`, with something after it.
fn is_date(bytes: &[u8]) -> bool {
    let digits = |from: usize, to: usize| bytes.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let separator = |at: usize| matches!(bytes.get(at), Some(b'-' | b'/'));
    bytes.len() > 16 && digits(0, 4) && separator(4) && digits(5, 7) && separator(7) && digits(8, 10)
}

fn starts_with_level(line: &str) -> bool {
    const LEVELS: [&str; 8] = ["ERROR", "WARN", "WARNING", "INFO", "DEBUG", "TRACE", "FATAL", "SEVERE"];
    let bracketed = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(level, _)| level.trim());
    let bare = || line.split_once([' ', ':']).map(|(level, _)| level);
    bracketed.or_else(bare).is_some_and(|level| LEVELS.contains(&level))
}

/// What a line opens as a heading, without its marks: `## Steps`, `h3. Steps`, `**Steps**`, `*Steps:*`, `Steps:`.
pub(super) fn heading(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with('#') {
        let after = line.trim_start_matches('#');
        let level = line.len() - after.len();
        return (level <= 6 && !after.starts_with(|c: char| c.is_ascii_digit()))
            .then(|| after.trim_end_matches('#').trim())
            .filter(|text| !text.is_empty());
    }
    if let [b'h' | b'H', b'1'..=b'6', b'.', ..] = line.as_bytes() {
        return line.get(3..).map(str::trim).filter(|text| !text.is_empty() && text.len() <= LONGEST_HEADING);
    }
    if line.len() > LONGEST_HEADING {
        return None;
    }
    let bare = line.trim_end_matches(':').trim_matches(['*', '_']).trim_end_matches(':');
    let emphasised = line.starts_with(['*', '_']) && line.trim_end_matches(':').ends_with(['*', '_']);
    let announced = line.ends_with(':') || bare.len() + 1 < line.len() && emphasised;
    let short = bare.split_whitespace().count() <= 7;
    (announced && short && !bare.is_empty() && !bare.contains(['.', '*'])).then_some(bare)
}

const LONGEST_HEADING: usize = 80;

/// The parts of `Expected behaviour: it opens`, where the first is short enough to be a field's name.
pub(super) fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let colon = line.bytes().take(44).position(|b| b == b':')?;
    let (key, value) = line.split_at_checked(colon)?;
    let value = value.strip_prefix(':')?;
    let key = key.trim().trim_matches(['*', '_']);
    let named = !key.is_empty() && key.split_whitespace().count() <= 5;
    (named && value.starts_with([' ', '*', '_', '\t'])).then(|| (key, value.trim_start_matches(['*', '_'])))
}

/// Whether the line is nothing but a rule or the underline of a heading.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.bytes().all(|b| matches!(b, b'-' | b'=' | b'*' | b'_' | b' ' | b'+'))
}

/// Whether the line introduces what somebody else wrote in an e-mail.
pub(super) fn opens_mail_quote(line: &str) -> bool {
    let line = line.trim();
    (line.starts_with("On ") && line.ends_with("wrote:")) || line.starts_with("-----Original Message")
}

/// A line's list marker: what follows it, and whether there was one.
pub(super) fn without_marker(line: &str) -> (&str, bool) {
    let trimmed = line.trim_start();
    if let Some(rest) = trimmed.strip_prefix(['-', '*', '+', '•']) {
        let rest = rest.trim_start_matches('*');
        if rest.starts_with([' ', '\t']) {
            return (rest.trim_start(), true);
        }
        return (line, false);
    }
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return (line, false);
    }
    match trimmed.get(digits..).and_then(|rest| rest.strip_prefix(['.', ')'])) {
        Some(rest) if rest.starts_with([' ', '\t']) => (rest.trim_start(), true),
        _ => (line, false),
    }
}

/// A template's box at the start of a list item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tick<'a> {
    /// Somebody ticked it.
    Yes(&'a str),
    /// Nobody did.
    No,
}

/// Reads `[x] text` and `[ ] text`.
pub(super) fn tick(item: &str) -> Option<Tick<'_>> {
    match item.as_bytes() {
        [b'[', b'x' | b'X', b']', ..] => item.get(3..).map(|text| Tick::Yes(text.trim_start())),
        [b'[', b' ', b']', ..] | [b'[', b']', b' ', ..] => Some(Tick::No),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Tick, heading, is_log, is_stack_trace, key_and_value, tick, without_marker};

    #[test]
    fn machines_output_is_known_by_its_looks() {
        for line in [
            "    at org.acme.Shop.open(Shop.java:17)",
            "    at open (/srv/shop.js:3:14)",
            "    at Acme.Shop.Open(String name) in C:\\shop.cs:line 3",
            "Traceback (most recent call last):",
            "  File \"shop.py\", line 3, in <module>",
            "Caused by: java.io.IOException: closed",
            "TypeError: cart is undefined",
            "java.lang.NullPointerException",
            "thread 'main' panicked at src/main.rs:4:5:",
            "#1  0x00005555 in main ()",
        ] {
            assert!(is_stack_trace(line), "{line:?}");
        }
        for line in
            ["at least (so they say) it opens", "Error: no", "#12 is a duplicate", "An Error: message", "Exception"]
        {
            assert!(!is_stack_trace(line), "{line:?}");
        }
        for line in
            ["2026-11-21 10:00:01,123 main shop", "[10:00:01] opened", "[INFO] built", "ERROR no shop", "12:00:01 up"]
        {
            assert!(is_log(line), "{line:?}");
        }
        for line in ["2026-11-21", "Errors are shown", "[infra] move", "12 shops", "INFORMATION for all"] {
            assert!(!is_log(line), "{line:?}");
        }
    }

    #[test]
    fn headings_of_all_kinds() {
        for line in [
            "### Steps to reproduce",
            "h3. Steps to reproduce",
            "**Steps to reproduce**",
            "*Steps to reproduce:*",
            "Steps to reproduce:",
            "#Steps to reproduce",
            "**Steps to reproduce:**",
        ] {
            assert_eq!(heading(line), Some("Steps to reproduce"), "{line:?}");
        }
        for line in [
            "#17",
            "plain text",
            "* item",
            "- item",
            "This sentence only happens to end in a colon, as sentences do:",
            "*",
            "**",
            "#",
            "",
        ] {
            assert_eq!(heading(line), None, "{line:?}");
        }
        assert_eq!(key_and_value("Expected: it opens"), Some(("Expected", " it opens")));
        assert_eq!(key_and_value("**OS:** Linux"), Some(("OS", " Linux")));
        assert_eq!(key_and_value("see https://example.org"), None);
        assert_eq!(without_marker("  12. item"), ("item", true));
        assert_eq!(without_marker("3.5 times"), ("3.5 times", false));
        assert_eq!(tick("[x] Bug"), Some(Tick::Yes("Bug")));
        assert_eq!(tick("[ ] Bug"), Some(Tick::No));
        assert_eq!(tick("[y] Bug"), None);
    }
}
