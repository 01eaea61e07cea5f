//! Prints what is planned, for people or for programs.

use std::io::{self, Write};

use crate::cli::arguments::Format;
use crate::cli::items::ItemError;
use crate::cli::output::printable;

use super::{Line, PlannedAction};

/// Prints items as they are planned.
pub(super) struct Printer<W: Write> {
    format: Format,
    out: io::BufWriter<W>,
    seen: u64,
    acted: u64,
    unreadable: u64,
}

impl<W: Write> Printer<W> {
    pub(super) fn new(format: Format, out: W) -> Self {
        Self { format, out: io::BufWriter::new(out), seen: 0, acted: 0, unreadable: 0 }
    }

    pub(super) fn print(&mut self, line: &Line) -> io::Result<()> {
        let before = if self.seen == 0 { "[\n" } else { ",\n" };
        self.seen += 1;
        self.acted += u64::from(!line.planned.actions.is_empty());
        match self.format {
            Format::Text => write!(self.out, "{}", in_words(line)),
            Format::Json => write!(self.out, "{before}{}", serde_json::to_string(&line.planned)?),
        }
    }

    /// An item that cannot be read is named on standard error; the others go on.
    pub(super) fn unreadable(&mut self, error: &ItemError) -> io::Result<()> {
        self.unreadable += 1;
        writeln!(io::stderr(), "plimsoll: {error}; left out")
    }

    /// Whether the input held an item, or nothing at all, which is fine too.
    pub(super) const fn read_anything(&self) -> bool {
        self.seen > 0 || self.unreadable == 0
    }

    /// Ends the output; `note` is what the text form says besides.
    pub(super) fn end(&mut self, note: Option<&str>) -> io::Result<()> {
        match self.format {
            Format::Json if self.seen == 0 => writeln!(self.out, "[]")?,
            Format::Json => writeln!(self.out, "\n]")?,
            Format::Text => {
                let (seen, acted) = (self.seen, self.acted);
                writeln!(self.out, "{seen} items read; the bot would act on {acted} of them. Nothing was written.")?;
                if let Some(note) = note {
                    writeln!(self.out, "{}", printable(note))?;
                }
            }
        }
        self.out.flush()
    }
}

fn in_words(line: &Line) -> String {
    let planned = &line.planned;
    let id = planned.id.as_str().map_or_else(|| planned.id.to_string(), str::to_owned);
    let mut lines = vec![format!("{id}  {}", line.title)];
    for action in &planned.actions {
        let would = action.result.map(|result| format!("{result} ")).unwrap_or_default();
        let (what, reason) = match &action.what {
            PlannedAction::AddLabel { label, reason } => (format!("add label {label}"), reason),
            PlannedAction::RemoveLabel { label, reason } => (format!("remove label {label}"), reason),
            PlannedAction::Comment { reason, .. } => ("comment".to_owned(), reason),
        };
        lines.push(format!("    {would}{what}: {reason}"));
    }
    if planned.actions.is_empty() {
        lines.push(format!("    {}", standing(line)));
    }
    lines.iter().map(|line| printable(line) + "\n").collect()
}

/// Why there is nothing to do.
fn standing(line: &Line) -> String {
    match &line.planned.category {
        _ if line.is_closed => "closed: left alone".to_owned(),
        Some(category) => format!("nothing to do: {category} already"),
        None => {
            let percent = (line.planned.confidence * 100.0).round();
            let suggested = line.planned.suggestion.as_ref();
            suggested.map_or_else(
                || format!("nothing to do: not sure enough ({percent} %)"),
                |category| format!("perhaps {category} ({percent} %); /classify {category} accepts that"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::in_words;
    use crate::cli::plan::plan;
    use crate::cli::{items, rulebook};

    fn shown(input: &str) -> String {
        let rulebook = rulebook::read(None).unwrap();
        let mut shown = String::new();
        items::read(input.as_bytes(), |listed| {
            let listed = listed.unwrap();
            shown += &in_words(&plan(&rulebook, listed.id, listed.item, Timestamp::UNIX_EPOCH));
            Ok(())
        })
        .unwrap();
        shown
    }

    #[test]
    fn nothing_of_an_item_steers_the_terminal() {
        let hostile =
            r#"{"id":"\u001b[2J\u202e7\n8","title":"\u001b]0;x\u0007\u2066Refactor the\nlegacy parser\u009b"}"#;
        insta::assert_snapshot!(shown(hostile), @"
        [2J7 8  ]0;xRefactor the legacy parser
            add label refactoring: looks like refactoring (99 % sure): “Refactor” in the title, “parser” in the title, “legacy” in the title
        ");
    }

    #[test]
    fn why_nothing_is_done_is_true() {
        let items = r#"
            {"id":1,"title":"Refactor the legacy parser","state":"closed"}
            {"id":2,"title":"Refactor the legacy parser"}
            {"id":3,"title":"Shoes","labels":["bug"]}
            {"id":4,"title":"Shoes"}"#;
        insta::assert_snapshot!(shown(items), @"
        1  Refactor the legacy parser
            closed: left alone
        2  Refactor the legacy parser
            add label refactoring: looks like refactoring (99 % sure): “Refactor” in the title, “parser” in the title, “legacy” in the title
        3  Shoes
            nothing to do: bug already
        4  Shoes
            nothing to do: not sure enough (31 %)
        ");
    }
}
