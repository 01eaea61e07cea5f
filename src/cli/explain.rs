//! Where each value of a policy comes from, a line each; entries of a list that one file gives stand together.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::policy::{LayerName, Origin, Reading};

use super::output::printable;

/// How many characters of a list are shown.
const SHOWN: usize = 100;

/// The values under one path that one file gives.
struct Given {
    path: String,
    layer: LayerName,
    line: usize,
    values: Vec<String>,
}

/// Writes the values in the policy's order.
pub(super) fn write(reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
    for given in together(reading.origins()) {
        let (path, values) = (printable(&given.path), printable(&joined(&given.values)));
        writeln!(out, "  {path}: {values} ({}, line {})", given.layer, given.line)?;
    }
    Ok(())
}

fn together(origins: Vec<Origin>) -> Vec<Given> {
    let mut all: Vec<Given> = Vec::new();
    let mut known: HashMap<(String, LayerName), usize> = HashMap::new();
    for Origin { path, value, at } in origins {
        let key = (path, at.layer);
        if let Some(given) = known.get(&key).and_then(|index| all.get_mut(*index)) {
            given.values.push(value);
        } else {
            all.push(Given { path: key.0.clone(), layer: at.layer, line: at.line, values: vec![value] });
            known.insert(key, all.len() - 1);
        }
    }
    all
}

fn joined(values: &[String]) -> String {
    let all = values.join(", ");
    if all.chars().count() <= SHOWN {
        return all;
    }
    let start: String = all.chars().take(SHOWN).collect();
    match values.len() {
        1 => format!("{start}…"),
        count => format!("{start}… ({count} in all)"),
    }
}
