//! Writes to standard output. A reader that goes away (`| head`) ends a command quietly.

use std::io::{self, Write as _};

use serde::Serialize;

/// Prints a line each, or `nothing` where there are none.
pub(super) fn lines(lines: impl IntoIterator<Item = String>, nothing: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut any = false;
    for line in lines {
        any = true;
        if done_reading(writeln!(out, "{line}"))? {
            return Ok(());
        }
    }
    if !any && !nothing.is_empty() {
        done_reading(writeln!(out, "{nothing}"))?;
    }
    Ok(())
}

/// Prints one JSON document.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    done_reading(writeln!(io::stdout().lock(), "{text}")).map(|_| ())
}

/// Whether the reader has gone; any other error stays one.
pub(super) fn done_reading(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(true),
        Err(error) => Err(error),
        Ok(()) => Ok(false),
    }
}
