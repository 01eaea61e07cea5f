//! `plimsoll commands`: which commands a comment holds, as JSON; or the documentation page of all commands.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::command::{Found, Vocabulary, new_commands, page};

use super::output::done_reading;

/// Comments are read up to this many bytes; the grammar reads less and only needs to know that there was more.
const READ_UP_TO: u64 = 1024 * 1024;

/// Why a comment could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum CommandsError {
    /// A file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The result could not be written.
    #[error("cannot write the result: {0}")]
    Write(#[from] io::Error),
    /// Both texts were to come from standard input.
    #[error("only one of --in and --previous can be `-`: the other must be a file")]
    BothFromStdin,
}

/// A command in the documented form: see docs/commands.md.
#[derive(Debug, Serialize)]
struct Row<'a> {
    line: usize,
    command: Option<&'a str>,
    args: &'a str,
    error: Option<String>,
}

impl<'a> From<&'a Found> for Row<'a> {
    fn from(found: &'a Found) -> Self {
        Self {
            line: found.line,
            command: found.name.as_deref(),
            args: &found.args,
            error: found.outcome.as_ref().err().map(ToString::to_string),
        }
    }
}

/// Prints the commands of a text as JSON, with `previous` only the new ones. A path of `-` is standard input.
pub fn run(
    input: &Path,
    previous: Option<&Path>,
    vocabulary: &Vocabulary,
    mut stdin: impl Read,
    mut out: impl Write,
) -> Result<(), CommandsError> {
    let is_stdin = |path: &Path| path.as_os_str() == "-";
    if is_stdin(input) && previous.is_some_and(is_stdin) {
        return Err(CommandsError::BothFromStdin);
    }
    let mut read = |path: &Path| {
        let text = if is_stdin(path) { text_of(&mut stdin) } else { std::fs::File::open(path).and_then(text_of) };
        text.map_err(|source| CommandsError::Read { path: path.to_owned(), source })
    };
    let text = read(input)?;
    let previous = previous.map(&mut read).transpose()?;
    let found = new_commands(previous.as_deref(), &text, vocabulary);
    let rows: Vec<Row<'_>> = found.iter().map(Row::from).collect();
    let json = serde_json::to_string_pretty(&rows).map_err(io::Error::from)?;
    done_reading(writeln!(out, "{json}"))?;
    Ok(())
}

/// Prints the documentation page.
pub fn write_page(mut out: impl Write) -> Result<(), CommandsError> {
    done_reading(out.write_all(page().as_bytes()))?;
    Ok(())
}

fn text_of(reader: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(READ_UP_TO).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_of(text: &str, previous: Option<&str>) -> String {
        let file = previous.map(|text| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            file
        });
        let mut out = Vec::new();
        let previous = file.as_ref().map(tempfile::NamedTempFile::path);
        run(Path::new("-"), previous, &Vocabulary::default(), text.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_form_is_the_documented_one() {
        insta::assert_snapshot!(json_of("Hello\n\n/points 5\n/infr\n/share much\n/lgtm\n/impact a\nb\n", None), @r#"
        [
          {
            "line": 3,
            "command": "points",
            "args": "5",
            "error": null
          },
          {
            "line": 4,
            "command": null,
            "args": "",
            "error": "`/infr` is no command here. Did you mean `/infra`?"
          },
          {
            "line": 5,
            "command": "share",
            "args": "much",
            "error": "`/share much`: expected a percentage from 0% to 100%. Example: `/share 30%`"
          },
          {
            "line": 7,
            "command": "impact",
            "args": "a\nb",
            "error": null
          }
        ]
        "#);
        assert_eq!(json_of("nothing", None), "[]\n");
    }

    #[test]
    fn with_the_text_before_only_what_is_new_is_printed() {
        let rows = json_of("/Tech-Debt\n/points 5", Some("/techdebt\n/points 3"));
        insta::assert_snapshot!(rows, @r#"
        [
          {
            "line": 2,
            "command": "points",
            "args": "5",
            "error": null
          }
        ]
        "#);
    }

    #[test]
    fn a_reader_that_goes_away_is_no_error() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let text = "/infra\n".repeat(1000);
        assert!(run(Path::new("-"), None, &Vocabulary::default(), text.as_bytes(), Gone).is_ok());
        assert!(write_page(Gone).is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let missing = run(Path::new("no/such/file"), None, &Vocabulary::default(), io::empty(), io::sink());
        assert!(missing.unwrap_err().to_string().starts_with("cannot read no/such/file: "));
        let dash = Path::new("-");
        let both = run(dash, Some(dash), &Vocabulary::default(), io::empty(), io::sink());
        assert!(matches!(both, Err(CommandsError::BothFromStdin)));
    }

    #[test]
    fn the_checked_in_page_is_the_one_that_is_made() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
        let checked_in = std::fs::read_to_string(path).unwrap_or_default();
        assert!(checked_in == page(), "docs/commands.md has drifted: plimsoll commands --page > docs/commands.md");
    }
}
