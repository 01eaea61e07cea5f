//! `plimsoll classify`: issues as JSON Lines in, what the classifier says of each as JSON Lines out, in order.
//!
//! Memory is constant, and an answer is sent before the next line is waited for, so that a program may write one line
//! and wait for its answer.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::backlog::{CategoryName, Side};
use crate::classify::{Classification, Classifier, Evidence, Outcome, Text};

use super::fields::Fields;
use super::json_lines::{Line, Lines};
use super::{Failure, rulebook};

#[derive(Debug, clap::Args)]
pub(super) struct ClassifyArguments {
    /// Classify one text instead: its title.
    #[arg(long)]
    title: Option<String>,
    /// Its body.
    #[arg(long)]
    body: Option<String>,
    /// The policy file whose categories and keywords count; without one the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

pub(super) fn run(arguments: &ClassifyArguments) -> Result<ExitCode, Failure> {
    let rulebook = rulebook::read(arguments.policy.as_deref())?;
    let (classifier, out) = (rulebook.classifier.as_ref(), io::stdout().lock());
    match (&arguments.title, &arguments.body) {
        (None, None) => stream(io::stdin().lock(), out, classifier)?,
        (title, body) => {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            single(&text(title), &text(body), out, classifier)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads issues until the input ends and answers each with one line.
///
/// A line that cannot be read is answered by `{"line":…,"id":null,"error":…}`; the rest goes on.
///
/// # Errors
/// When reading or writing fails; not when whoever reads the output has gone, which only ends the work.
pub fn stream(input: impl BufRead, output: impl Write, classifier: &dyn Classifier) -> io::Result<()> {
    until_nobody_reads(answer_all(Lines::new(input), &mut BufWriter::new(output), classifier))
}

/// Answers for a single text, with `"id": null`.
///
/// # Errors
/// When writing fails; not when whoever reads the output has gone.
pub fn single(title: &str, body: &str, mut output: impl Write, classifier: &dyn Classifier) -> io::Result<()> {
    let said = classifier.classify(&Text { title, body, ..Text::default() });
    until_nobody_reads(write_line(&mut output, &Answer::new(None, &said)).and_then(|()| output.flush()))
}

fn answer_all(mut lines: Lines<impl BufRead>, output: &mut impl Write, classifier: &dyn Classifier) -> io::Result<()> {
    while let Some((number, line)) = lines.next(|| output.flush())? {
        let answered = match line {
            Line::Text(text) => answer(text, output, classifier)?,
            Line::Bad(error) => Err(error),
        };
        if let Err(error) = answered {
            write_line(output, &Refusal { line: number, id: (), error })?;
        }
    }
    output.flush()
}

/// Answers one line, or says what is wrong with it.
fn answer(line: &str, output: &mut impl Write, classifier: &dyn Classifier) -> io::Result<Result<(), String>> {
    let issue = match Issue::parse(line) {
        Ok(issue) => issue,
        Err(error) => return Ok(Err(error)),
    };
    let text =
        Text { title: &issue.title, body: &issue.body, labels: &issue.labels, type_name: issue.type_name.as_deref() };
    write_line(output, &Answer::new(issue.id, &classifier.classify(&text))).map(Ok)
}

fn write_line(output: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}

fn until_nobody_reads(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// An issue as a line gives it.
struct Issue<'a> {
    id: Option<&'a RawValue>,
    title: String,
    body: String,
    labels: Vec<String>,
    type_name: Option<String>,
}

/// The id exactly as it is written: a long number keeps its digits.
#[derive(serde::Deserialize)]
struct Id<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
}

impl<'a> Issue<'a> {
    fn parse(line: &'a str) -> Result<Self, String> {
        let mut fields = Fields::parse(line)?;
        if !matches!(fields.id, Value::Null | Value::String(_) | Value::Number(_)) {
            return Err("`id` must be a text, a number or null".to_owned());
        }
        let id = serde_json::from_str::<Id<'a>>(line).ok().and_then(|line| line.id);
        Ok(Self {
            id,
            title: fields.title()?,
            body: fields.body()?,
            labels: fields.labels()?,
            type_name: fields.type_name()?,
        })
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    category: Option<&'a CategoryName>,
    side: Option<Side>,
    confidence: f64,
    evidence: &'a [Evidence],
    outcome: Outcome,
    scores: BTreeMap<&'a str, f64>,
}

impl<'a> Answer<'a> {
    fn new(id: Option<&'a RawValue>, said: &'a Classification) -> Self {
        Self {
            id,
            category: said.category(),
            side: said.side,
            confidence: shown(said.confidence),
            evidence: &said.evidence,
            outcome: said.outcome,
            scores: said.scores.iter().map(|(name, score)| (name.as_str(), shown(*score))).collect(),
        }
    }
}

/// Six decimals are enough for anybody.
fn shown(probability: f64) -> f64 {
    (probability * 1e6).round() / 1e6
}

#[derive(Serialize)]
struct Refusal {
    line: u64,
    id: (),
    error: String,
}
