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

use crate::backlog::{CategoryName, Parent, Side};
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
    let text = Text {
        title: &issue.title,
        body: &issue.body,
        labels: &issue.labels,
        type_name: issue.type_name.as_deref(),
        parent: issue.parent.as_ref(),
    };
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
    parent: Option<Parent>,
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
            parent: fields.parent()?,
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

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read, Write};
    use std::sync::mpsc;

    use serde_json::{Value, json};

    use crate::backlog::{CategoryName, Side};
    use crate::classify::{Classification, Classifier, Evidence, Outcome, Text, Where};

    use super::{single, stream};

    /// Says what it was given.
    struct Echo;

    impl Classifier for Echo {
        fn version(&self) -> &'static str {
            "echo"
        }

        fn classify(&self, text: &Text<'_>) -> Classification {
            let bug = CategoryName::new("bug").unwrap();
            let seen =
                format!("{}|{}|{}|{}", text.title, text.body, text.labels.join(","), text.type_name.unwrap_or("-"));
            let outcome = if text.title == "unsure" { Outcome::Suggest } else { Outcome::Apply };
            let evidence = vec![Evidence { sign: seen, place: Where::Title, category: bug.clone(), weight: 1.0 }];
            Classification {
                best: Some(bug.clone()),
                confidence: 0.9,
                outcome,
                side: Some(Side::Product),
                scores: vec![(bug, 0.9)],
                evidence,
            }
        }
    }

    fn answers(input: &[u8]) -> Vec<Value> {
        let mut output = Vec::new();
        stream(BufReader::with_capacity(16, input), &mut output, &Echo).unwrap();
        output
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    fn seen(line: &str) -> String {
        let answer = answers(line.as_bytes()).remove(0);
        answer["evidence"][0]["sign"].as_str().map_or_else(|| answer["error"].to_string(), str::to_owned)
    }

    #[test]
    fn one_answer_a_line_in_order_with_the_id_as_given() {
        let input = b"{\"id\":\"a\",\"title\":\"one\"}\n\n{\"id\":12345678901234567890123,\"title\":\"unsure\"}\n{\"title\":\"three\"}";
        let mut output = Vec::new();
        stream(&input[..], &mut output, &Echo).unwrap();
        let output = String::from_utf8(output).unwrap();
        insta::assert_snapshot!(output, @r#"
        {"id":"a","category":"bug","side":"product","confidence":0.9,"evidence":[{"sign":"one|||-","where":"title","category":"bug","weight":1.0}],"outcome":"apply","scores":{"bug":0.9}}
        {"id":12345678901234567890123,"category":null,"side":"product","confidence":0.9,"evidence":[{"sign":"unsure|||-","where":"title","category":"bug","weight":1.0}],"outcome":"suggest","scores":{"bug":0.9}}
        {"id":null,"category":"bug","side":"product","confidence":0.9,"evidence":[{"sign":"three|||-","where":"title","category":"bug","weight":1.0}],"outcome":"apply","scores":{"bug":0.9}}
        "#);
    }

    #[test]
    fn fields_come_in_several_shapes() {
        assert_eq!(
            seen(r#"{"title":"t","body":null,"labels":["a",{"name":"b","color":"f"},null],"type":"Bug"}"#),
            "t||a,b|Bug"
        );
        assert_eq!(seen(r#"{"title":"t","type":{"id":1,"name":"Bug"},"unknown":{"deep":[1]}}"#), "t|||Bug");
        assert_eq!(seen(r#"{"title":"t","type":null,"labels":null}"#), "t|||-");
        assert_eq!(seen("{}"), "|||-");
    }

    #[test]
    fn a_bad_line_is_answered_and_the_rest_goes_on() {
        let mut input = b"{\"id\":1}\nnot json\n[1,2]\n{\"id\":1,\"title\":7}\n{\"id\":[1]}\n{\"labels\":\"x\"}\n{\"labels\":[{}]}\n".to_vec();
        input.extend(b"{\"title\":\"\\ud800\"}\n\xff\n{\"id\":\"\\udc00\"}\n{\"id\":1,\"id\":2}\n{\"title\":\"cut");
        input.extend(b"\n{\"body\":\"");
        input.extend(vec![b'x'; 1024 * 1024]);
        input.extend(b"\"}\n{\"id\":2}\n");
        let answers = answers(&input);
        let errors: Vec<String> = answers
            .iter()
            .map(|answer| match answer.get("error") {
                Some(error) => {
                    assert_eq!(answer["id"], Value::Null);
                    format!("{} {}", answer["line"], error.as_str().unwrap())
                }
                None => format!("id {}", answer["id"]),
            })
            .collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        id 1
        2 this is not JSON (column 2)
        3 this is JSON but no object: write {"id": …, "title": …, "body": …}
        4 `title` holds a number, expected a text
        5 `id` must be a text, a number or null
        6 `labels` holds a text, expected a list
        7 `labels` holds an object without a name
        8 this is not JSON (column 17)
        9 the line is not UTF-8 (from byte 1 on): save it as UTF-8
        10 this is not JSON (column 13)
        11 a field stands there twice (column 12)
        12 the JSON ends too early (column 13)
        13 the line is longer than 1048576 bytes: shorten the body or leave it out
        id 2
        "#);
    }

    #[test]
    fn an_answer_comes_before_the_next_line_is_needed() {
        // The next line is only handed out once the answer to the one before it was seen.
        let (answered, answers) = mpsc::channel::<()>();
        let input = OneByOne { lines: vec!["{\"id\":1}\n", "{\"id\":2}\n", "{\"id\":3}"], answers, asked: 0 };
        stream(BufReader::new(input), Tell(answered), &Echo).unwrap();
    }

    struct OneByOne {
        lines: Vec<&'static str>,
        answers: mpsc::Receiver<()>,
        asked: usize,
    }

    impl Read for OneByOne {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.lines.is_empty() {
                return Ok(0);
            }
            if self.asked > 0 {
                assert!(self.answers.try_recv().is_ok(), "line {} was not answered yet", self.asked);
            }
            self.asked += 1;
            let line = self.lines.remove(0).as_bytes();
            buffer[..line.len()].copy_from_slice(line);
            Ok(line.len())
        }
    }

    struct Tell(mpsc::Sender<()>);

    impl Write for Tell {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            for _ in bytes.iter().filter(|byte| **byte == b'\n') {
                self.0.send(()).unwrap();
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_leaves_ends_the_work_quietly() {
        assert!(stream(&b"{}\n{}"[..], Gone, &Echo).is_ok());
        assert!(single("t", "b", Gone, &Echo).is_ok());
    }

    #[test]
    fn a_single_text_is_answered_without_an_id() {
        let mut output = Vec::new();
        single("t", "b", &mut output, &Echo).unwrap();
        let answer: Value = serde_json::from_slice(&output).unwrap();
        assert_eq!((&answer["id"], &answer["category"]), (&Value::Null, &json!("bug")));
    }
}
