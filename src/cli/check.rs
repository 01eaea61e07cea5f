//! `plimsoll check FILE…`: says whether policy files are in order, and if not, at which line and what to do.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::snippet::Source;
use crate::policy::{self, Layer, LayerName, PolicyErrors, Reading};

/// Checks each file as a repository's policy over the shipped defaults. What is in order goes to `out`, errors with the
/// marked lines to `err`. Success if all files are in order; else, or when nothing can be written, exit code 1.
pub fn run(files: &[PathBuf], out: &mut dyn Write, err: &mut dyn Write, color: bool) -> ExitCode {
    let mut all_in_order = true;
    for file in files {
        match check(file, out, err, color) {
            Ok(in_order) => all_in_order &= in_order,
            Err(_cannot_write) => return ExitCode::FAILURE,
        }
    }
    if all_in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether the file is in order.
fn check(file: &Path, out: &mut dyn Write, err: &mut dyn Write, color: bool) -> io::Result<bool> {
    let name = file.display().to_string();
    let text = match read(file) {
        Ok(text) => text,
        Err(error) => {
            writeln!(err, "{name}: cannot be read: {error}")?;
            return Ok(false);
        }
    };
    match policy::read(&[Layer { name: LayerName::Repository, text: &text }]) {
        Ok(reading) => {
            write_summary(&name, &reading, out)?;
            Ok(true)
        }
        Err(errors) => {
            write_errors(&name, &text, &errors, err, color)?;
            Ok(false)
        }
    }
}

/// The file's text; of a file that is too long, enough to be refused.
fn read(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(policy::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(8);
    File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > policy::MAX_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is not UTF-8; save the file in that encoding"))
    })
}

fn write_summary(name: &str, reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{name}: ok")?;
    match reading.declares.as_slice() {
        [] => writeln!(out, "  the defaults, {} categories", reading.policy.categories.iter().len())?,
        declares => {
            writeln!(out, "  {}; {} categories in all", declares.join(", "), reading.policy.categories.iter().len())?
        }
    }
    for note in reading.notes.iter().filter(|note| note.at.layer == LayerName::Repository) {
        writeln!(out, "  note, line {}: {}", note.at.line, note.text)?;
    }
    Ok(())
}

fn write_errors(name: &str, text: &str, errors: &PolicyErrors, err: &mut dyn Write, color: bool) -> io::Result<()> {
    let source = Source::new(name, text);
    for problem in errors.problems() {
        match source.show(problem, color) {
            Ok(shown) if problem.at.layer == LayerName::Repository => writeln!(err, "{}", shown.trim_end())?,
            _ => writeln!(err, "{name}: {problem}")?,
        }
        writeln!(err)?;
    }
    let count = errors.problems().len() + errors.untold();
    writeln!(err, "{name}: {count} error{}", if count == 1 { "" } else { "s" })
}
