//! `plimsoll model build --data DIR`: labelled issues → the model's file and MODEL.md. The same files give the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Failure, output};
use crate::classify::model::train::{self, Built, Corpus, Trouble};

#[derive(Debug, clap::Subcommand)]
pub(super) enum ModelAction {
    /// Build the model and its card, MODEL.md, into a checkout of the sources; the same data gives the same bytes.
    Build {
        /// Where the labelled sets lie, one JSON Lines file each.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The checkout.
        #[arg(long, value_name = "DIR", default_value = ".")]
        into: PathBuf,
    },
}

pub(super) fn main(action: &ModelAction) -> Result<ExitCode, Failure> {
    let ModelAction::Build { data, into } = action;
    let built = build_into(data, into, |what| {
        // Whoever reads this may have gone; the build goes on.
        output::lines([what.to_owned()], "").ok();
    })?;
    output::lines([format!("{MODEL_FILE}: {} bytes; {CARD_FILE} says how good it is", built.model.len())], "")?;
    Ok(ExitCode::SUCCESS)
}

/// Why no model was built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is no JSON.
    #[error("{path}, line {line}: {source}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The directory has none of the sets.
    #[error("{path} has none of the sets that a model is made from: {}", train::sets().join(".jsonl, ") + ".jsonl")]
    NoData {
        /// The directory.
        path: PathBuf,
    },
    /// The data does not suffice.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// A result cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Where the embedded model lies in the sources.
pub const MODEL_FILE: &str = "src/classify/model/model.bin";

/// Where its card lies.
pub const CARD_FILE: &str = "MODEL.md";

/// Builds the model from the sets in a directory. Sets that are not there are done without; `progress` is told what is
/// being done.
///
/// # Errors
/// When a set cannot be read, or when there is too little to learn from.
pub fn build(data: &Path, progress: impl FnMut(&str)) -> Result<Built, BuildError> {
    let mut corpus = Corpus::default();
    let mut found = false;
    for set in train::sets() {
        let path = data.join(format!("{set}.jsonl"));
        match fs::read_to_string(&path) {
            Ok(text) => {
                found = true;
                add(&mut corpus, set, &text, &path)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(BuildError::Read { path, source }),
        }
    }
    if !found {
        return Err(BuildError::NoData { path: data.to_owned() });
    }
    Ok(train::build(&corpus, progress)?)
}

fn add(corpus: &mut Corpus, set: &str, text: &str, path: &Path) -> Result<(), BuildError> {
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        let row =
            serde_json::from_str(row).map_err(|source| BuildError::Line { path: path.to_owned(), line, source })?;
        corpus.add(set, &row);
    }
    Ok(())
}

/// Builds the model and writes it and its card where a checkout of the sources keeps them, below `root`.
///
/// # Errors
/// As [`build`], and when a file cannot be written.
pub fn build_into(data: &Path, root: &Path, progress: impl FnMut(&str)) -> Result<Built, BuildError> {
    let built = build(data, progress)?;
    for (file, bytes) in [(MODEL_FILE, built.model.as_slice()), (CARD_FILE, built.card.as_bytes())] {
        let path = root.join(file);
        fs::write(&path, bytes).map_err(|source| BuildError::Write { path, source })?;
    }
    Ok(built)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{BuildError, build, build_into};
    use crate::classify::model::{Model, hash_of};

    fn sample() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/model"))
    }

    #[test]
    fn the_same_data_gives_the_same_bytes() {
        let (once, again) = (build(sample(), |_| ()).unwrap(), build(sample(), |_| ()).unwrap());
        assert_eq!(once.model, again.model);
        assert_eq!(once.card, again.card);
        assert!(Model::read(&once.model).is_ok());
        assert!(once.card.contains(&hash_of(&once.model)));
    }

    #[test]
    fn a_build_writes_the_model_and_its_card() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("src/classify/model")).unwrap();
        let mut told = Vec::new();
        let built = build_into(sample(), root.path(), |what| told.push(what.to_owned())).unwrap();
        assert_eq!(std::fs::read(root.path().join(super::MODEL_FILE)).unwrap(), built.model);
        assert_eq!(std::fs::read_to_string(root.path().join(super::CARD_FILE)).unwrap(), built.card);
        assert!(told.first().is_some_and(|first| first.contains("67 issues")), "{told:?}");
    }

    #[test]
    fn what_is_missing_or_broken_is_named() {
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(build(empty.path(), |_| ()), Err(BuildError::NoData { .. })));
        std::fs::write(empty.path().join("gold.jsonl"), "{\"title\":\"a\"}\nnot json\n").unwrap();
        let error = build(empty.path(), |_| ()).unwrap_err().to_string();
        assert!(error.contains("gold.jsonl, line 2"), "{error}");
        std::fs::write(empty.path().join("gold.jsonl"), "{}\n").unwrap();
        let error = build(empty.path(), |_| ()).unwrap_err().to_string();
        assert!(error.contains("0 projects"), "{error}");
    }
}
