//! `plimsoll eval --items FILE`: how often the classifier is wrong on issues whose category is known.
//!
//! A line is an issue as `plimsoll classify` reads it, with its `category`. Without one, a label that marks a category
//! says what the issue is; such labels are then hidden from the classifier, or it would only read them back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use crate::backlog::{Categories, CategoryName, Parent, Side};
use crate::classify::metrics::{self, Answer, Bin, ClassScore, Confusion};
use crate::classify::{Classification, Classifier, Outcome, Text};

use super::arguments::Format;
use super::fields::Fields;
use super::json_lines::{Line, Lines};
use super::{Failure, output, rulebook};

#[derive(Debug, clap::Args)]
pub(super) struct EvalArguments {
    /// Labelled issues, JSON Lines as `classify` reads them with a `category`; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    items: PathBuf,
    /// The policy file; without one the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn main(arguments: &EvalArguments) -> Result<ExitCode, Failure> {
    let rulebook = rulebook::read(arguments.policy.as_deref())?;
    let input: Box<dyn BufRead> = if arguments.items.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let shown = arguments.items.display();
        let file = File::open(&arguments.items).map_err(|error| format!("cannot read the items {shown}: {error}"))?;
        Box::new(BufReader::new(file))
    };
    let categories = &rulebook.policy.categories;
    let ran = run(input, io::stdout().lock(), arguments.format, rulebook.classifier.as_ref(), categories);
    output::done_reading(ran)?;
    Ok(ExitCode::SUCCESS)
}

/// Classifies every labelled issue of the input and writes how good that was.
///
/// # Errors
/// When reading or writing fails. Lines that cannot be read, or whose category is not known, are counted and left out.
pub(super) fn run(
    input: impl BufRead,
    mut output: impl Write,
    format: Format,
    classifier: &dyn Classifier,
    categories: &Categories,
) -> io::Result<()> {
    let report = report(input, classifier, categories)?;
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut output, &report)?;
            output.write_all(b"\n")
        }
        Format::Text => text(&report, &mut output),
    }
}

/// The figures.
#[derive(Debug, Serialize)]
struct Report {
    classifier: String,
    /// Issues that were judged.
    issues: usize,
    /// Lines that could not be read.
    unreadable: usize,
    /// Issues of which no category of the policy is known.
    unlabelled: usize,
    applied: Part,
    suggested: Part,
    abstained: usize,
    side: Part,
    /// The share where the best guess, sure or not, is right.
    best_right: f64,
    /// The share where technical or not is right, sure or not.
    technical_right: f64,
    macro_f1: f64,
    calibration_error: f64,
    calibration: Vec<Bin>,
    categories: BTreeMap<String, OfCategory>,
    /// What is → what was said, sure or not → how often.
    confusion: BTreeMap<String, BTreeMap<String, usize>>,
}

/// Issues of which something was said.
#[derive(Debug, Default, Serialize)]
struct Part {
    count: usize,
    coverage: f64,
    right: f64,
}

impl Part {
    fn of(answers: &[Answer], all: usize) -> Self {
        Self { count: answers.len(), coverage: metrics::share(answers.len(), all), right: metrics::accuracy(answers) }
    }
}

#[derive(Debug, Serialize)]
struct OfCategory {
    #[serde(flatten)]
    score: ClassScore,
    /// Of the issues of this category, the share of which any category was applied.
    coverage: f64,
    calibration_error: f64,
}

/// An issue with what it is and what was said of it.
struct Judged {
    is: CategoryName,
    is_side: Side,
    said: Classification,
    technical: f64,
}

fn report(input: impl BufRead, classifier: &dyn Classifier, categories: &Categories) -> io::Result<Report> {
    let (mut judged, mut unreadable, mut unlabelled) = (Vec::new(), 0, 0);
    let mut lines = Lines::new(input);
    while let Some((_, line)) = lines.next(|| Ok(()))? {
        let read = match line {
            Line::Text(text) => read(text, categories),
            Line::Bad(problem) => Err(problem),
        };
        match read {
            Ok(Some((issue, is, is_side))) => judged.push(issue.judge(classifier, categories, is, is_side)),
            Ok(None) => unlabelled += 1,
            Err(_) => unreadable += 1,
        }
    }
    Ok(Report { unreadable, unlabelled, ..summarise(&judged, classifier.version()) })
}

struct Issue {
    title: String,
    body: String,
    labels: Vec<String>,
    type_name: Option<String>,
    parent: Option<Parent>,
}

impl Issue {
    fn judge(&self, classifier: &dyn Classifier, categories: &Categories, is: CategoryName, is_side: Side) -> Judged {
        let said = classifier.classify(&Text {
            title: &self.title,
            body: &self.body,
            labels: &self.labels,
            type_name: self.type_name.as_deref(),
            parent: self.parent.as_ref(),
        });
        let technical = said.scores.iter().filter(|(name, _)| categories.side(name) == Some(Side::Technical));
        Judged { is, is_side, technical: technical.map(|(_, score)| score).sum(), said }
    }
}

/// An issue with what it is, where that is known.
fn read(line: &str, categories: &Categories) -> Result<Option<(Issue, CategoryName, Side)>, String> {
    #[derive(serde::Deserialize)]
    struct Named {
        #[serde(default)]
        category: Value,
    }
    let mut fields = Fields::parse(line)?;
    let mut labels = fields.labels()?;
    let named: Named = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let category = if let Some(name) = named.category.as_str() {
        CategoryName::new(name).ok().and_then(|name| categories.get(&name))
    } else {
        let marked = labels.iter().find_map(|label| categories.marked_by(label));
        labels.retain(|label| categories.marked_by(label).is_none());
        marked
    };
    let Some(category) = category else { return Ok(None) };
    let issue = Issue {
        title: fields.title()?,
        body: fields.body()?,
        labels,
        type_name: fields.type_name()?,
        parent: fields.parent()?,
    };
    Ok(Some((issue, category.name.clone(), category.side)))
}

fn summarise(judged: &[Judged], version: &str) -> Report {
    let mut confusion = Confusion::default();
    let mut table: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let (mut applied, mut suggested, mut sides, mut best) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut by_category: BTreeMap<&str, Vec<(&Judged, Answer)>> = BTreeMap::new();
    let mut technical = 0;
    for issue in judged {
        let said = issue.said.best.as_ref().map_or("", CategoryName::as_str);
        confusion.add(issue.is.as_str(), said);
        *table.entry(issue.is.to_string()).or_default().entry(said.to_owned()).or_default() += 1;
        let answer = Answer { sure: issue.said.confidence, right: said == issue.is.as_str() };
        best.push(answer);
        by_category.entry(issue.is.as_str()).or_default().push((issue, answer));
        match issue.said.outcome {
            Outcome::Apply => applied.push(answer),
            Outcome::Suggest => suggested.push(answer),
            Outcome::Abstain => {}
        }
        sides.extend(issue.said.side.map(|side| Answer { sure: 1.0, right: side == issue.is_side }));
        technical += usize::from((issue.technical > 0.5) == (issue.is_side == Side::Technical));
    }
    let categories = by_category.into_iter().map(|(name, issues)| {
        let answers: Vec<Answer> = issues.iter().map(|(_, answer)| *answer).collect();
        let sure = issues.iter().filter(|(issue, _)| issue.said.outcome == Outcome::Apply).count();
        let of = OfCategory {
            score: confusion.class(name),
            coverage: metrics::share(sure, issues.len()),
            calibration_error: metrics::calibration_error(&answers),
        };
        (name.to_owned(), of)
    });
    Report {
        classifier: version.to_owned(),
        issues: judged.len(),
        unreadable: 0,
        unlabelled: 0,
        abstained: judged.len() - applied.len() - suggested.len(),
        applied: Part::of(&applied, judged.len()),
        suggested: Part::of(&suggested, judged.len()),
        side: Part::of(&sides, judged.len()),
        best_right: metrics::accuracy(&best),
        technical_right: metrics::share(technical, judged.len()),
        macro_f1: confusion.macro_f1(),
        calibration_error: metrics::calibration_error(&best),
        calibration: metrics::calibration(&best),
        categories: categories.collect(),
        confusion: table,
    }
}

fn text(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let percent = |part: f64| format!("{:.1} %", part * 100.0);
    writeln!(out, "{} issues, judged by {}", report.issues, report.classifier)?;
    if report.unreadable + report.unlabelled > 0 {
        writeln!(out, "left out: {} unreadable, {} without a known category", report.unreadable, report.unlabelled)?;
    }
    writeln!(out)?;
    for (name, part) in [("applied", &report.applied), ("suggested", &report.suggested), ("side told", &report.side)] {
        let (coverage, right) = (percent(part.coverage), percent(part.right));
        writeln!(out, "{name:<22} {:>6}  {coverage:>8} of all  {right:>8} right", part.count)?;
    }
    writeln!(out, "{:<22} {:>6}", "abstained", report.abstained)?;
    writeln!(out, "{:<22} {:>17} right", "best guess", percent(report.best_right))?;
    writeln!(out, "{:<22} {:>17} right", "technical or not", percent(report.technical_right))?;
    writeln!(out, "{:<22} {:>15.3}", "macro-F1", report.macro_f1)?;
    writeln!(out, "{:<22} {:>15.3}", "calibration error", report.calibration_error)?;
    writeln!(
        out,
        "\n{:<24} {:>6} {:>10} {:>8} {:>6} {:>9} {:>18}",
        "category", "issues", "precision", "recall", "F1", "coverage", "calibration error"
    )?;
    for (name, of) in &report.categories {
        let (precision, recall) = (percent(of.score.precision), percent(of.score.recall));
        let coverage = percent(of.coverage);
        let (count, f1) = (of.score.support, of.score.f1);
        let error = of.calibration_error;
        writeln!(out, "{name:<24} {count:>6} {precision:>10} {recall:>8} {f1:>6.2} {coverage:>9} {error:>18.3}")?;
    }
    writeln!(out, "\nhow sure   how often right   issues")?;
    for bin in &report.calibration {
        writeln!(out, "{:>8}   {:>15}   {:>6}", percent(bin.sure), percent(bin.right), bin.count)?;
    }
    writeln!(out, "\nwhat is: what was said")?;
    for (is, row) in &report.confusion {
        let mut said: Vec<(&String, &usize)> = row.iter().collect();
        said.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let said: Vec<String> = said.into_iter().map(|(said, count)| format!("{said} {count}")).collect();
        writeln!(out, "{is}: {}", said.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Format, run};
    use crate::backlog::{Categories, Category, CategoryName, Side};
    use crate::classify::{Classification, Classifier, Outcome, Text};

    /// Says the title's first word, as sure as the second says; shows that the marking label is hidden.
    struct Parrot;

    impl Classifier for Parrot {
        fn version(&self) -> &'static str {
            "parrot"
        }

        fn classify(&self, text: &Text<'_>) -> Classification {
            assert!(!text.labels.contains(&"bug".to_owned()), "the answer was given away");
            let mut words = text.title.split(' ');
            let best = CategoryName::new(words.next().unwrap_or_default()).unwrap();
            let confidence: f64 = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
            let side = if best.as_str() == "infra" { Side::Technical } else { Side::Product };
            let outcome = if confidence > 0.7 { Outcome::Apply } else { Outcome::Abstain };
            let scores = vec![(best.clone(), confidence)];
            Classification { best: Some(best), confidence, outcome, side: Some(side), scores, evidence: Vec::new() }
        }
    }

    fn categories() -> Categories {
        let category = |name: &str, side: Side| Category {
            name: CategoryName::new(name).unwrap(),
            side,
            label: name.to_owned(),
            colour: String::new(),
            description: String::new(),
            aliases: Vec::new(),
            prefixes: Vec::new(),
            types: Vec::new(),
            keywords: Vec::new(),
        };
        Categories::new(vec![category("bug", Side::Product), category("infra", Side::Technical)])
    }

    const ITEMS: &str = r#"{"title":"bug 0.9","category":"bug"}
{"title":"bug 0.8","category":"infra"}
{"title":"infra 0.6","category":"infra"}
{"title":"infra 0.6","labels":["x","bug"]}
{"title":"bug 0.6","category":"unclear"}
{"title":"bug 0.6"}
no json
"#;

    fn evaluated(format: Format) -> String {
        let mut out = Vec::new();
        run(ITEMS.as_bytes(), &mut out, format, &Parrot, &categories()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn figures_for_people() {
        insta::assert_snapshot!("figures_for_people", evaluated(Format::Text));
    }

    #[test]
    fn figures_for_programs() {
        let report: Value = serde_json::from_str(&evaluated(Format::Json)).unwrap();
        assert_eq!(report["issues"], 4);
        assert_eq!(report["unreadable"], 1);
        assert_eq!(report["unlabelled"], 2);
        assert_eq!(report["applied"]["count"], 2);
        assert_eq!(report["applied"]["right"], 0.5);
        assert_eq!(report["confusion"]["infra"]["bug"], 1);
        assert_eq!(report["categories"]["bug"]["recall"], 0.5);
    }
}
