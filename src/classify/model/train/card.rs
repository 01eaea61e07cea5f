//! MODEL.md: what the model is, what it was made from, and how often it is wrong.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::classify::metrics::{accuracy, at_least, calibration, calibration_error, mean_sure, share, surest};
use crate::classify::model::categories::CATEGORIES;

use super::corpus::{Example, Part, SOURCES};
use super::folds::FOLDS;
use super::judge::{Figures, Ranking, Verdict, merged};

/// How the model fares on the label sets of others.
pub(super) struct Others {
    pub(super) gtd: Option<Ranking>,
    pub(super) jira_mix: Option<Ranking>,
    pub(super) tan: Option<Ranking>,
    pub(super) types: Option<f64>,
}

/// What the finished model is.
pub(super) struct Facts {
    pub(super) hash: String,
    pub(super) bytes: usize,
    pub(super) features: usize,
    pub(super) sharpness: f32,
}

/// Writes the card. Writing into a String does not fail, so the results are let go.
pub(super) fn write(examples: &[Example], verdicts: &[Verdict<'_>], others: &Others, facts: &Facts) -> String {
    let all: Vec<&Verdict<'_>> = verdicts.iter().filter(|verdict| verdict.example.part == Part::Whole).collect();
    let natural: Vec<&Verdict<'_>> = all.iter().copied().filter(|verdict| verdict.example.natural).collect();
    let gold: Vec<&Verdict<'_>> = all.iter().copied().filter(|verdict| verdict.example.set == "gold").collect();
    let lengths = lengths_of(verdicts);
    let (natural, all, gold) = (Figures::of(&natural), Figures::of(&all), Figures::of(&gold));
    let mut out = String::new();
    let _ = write!(
        out,
        include_str!("card_head.md"),
        hash = facts.hash,
        size = facts.bytes / 1024,
        features = facts.features,
        folds = FOLDS,
        sharpness = facts.sharpness,
        projects = verdicts.iter().map(|verdict| verdict.example.project.as_str()).collect::<BTreeSet<_>>().len(),
    );
    data(&mut out, examples);
    results(&mut out, &natural, &all, &gold);
    thresholds(&mut out, &natural, &all);
    categories(&mut out, &natural, &all);
    calibrations(&mut out, &natural);
    by_length(&mut out, &lengths);
    comparison(&mut out, &all, others);
    out.push_str(include_str!("card_foot.md"));
    out
}

fn data(out: &mut String, examples: &[Example]) {
    out.push_str("\n## Data\n\n| set | issues | weight | where from, licence |\n|---|---|---|---|\n");
    for source in SOURCES {
        let is_of = |example: &&Example| example.set == source.name && example.part == Part::Whole;
        let count = examples.iter().filter(is_of).filter(|example| example.says.is_some()).count();
        let _ = writeln!(out, "| {} | {count} | {} | {} |", source.name, source.weight, source.origin);
    }
}

fn results(out: &mut String, natural: &Figures, all: &Figures, gold: &Figures) {
    out.push_str("\n## On projects that it was not trained on\n\n");
    out.push_str("| | as issues come | all that were labelled | gold |\n|---|---|---|---|\n");
    let mut row = |name: &str, value: &dyn Fn(&Figures) -> String| {
        let _ = writeln!(out, "| {name} | {} | {} | {} |", value(natural), value(all), value(gold));
    };
    row("issues", &|figures| figures.count.to_string());
    row("macro-F1, three as one", &|figures| three(figures.confusion.macro_f1()));
    row("best category right", &|figures| percent(accuracy(&figures.categories)));
    row("… of the surest 40 %", &|figures| percent(accuracy(&surest(&figures.categories, 0.4))));
    row("technical or not right", &|figures| percent(figures.technical));
    row("side right", &|figures| percent(accuracy(&figures.sides)));
    row("… of the surest 80 %", &|figures| percent(accuracy(&surest(&figures.sides, 0.8))));
    row("calibration error, category", &|figures| three(calibration_error(&figures.categories)));
    row("calibration error, side", &|figures| three(calibration_error(&figures.sides)));
}

fn thresholds(out: &mut String, natural: &Figures, all: &Figures) {
    out.push_str("\n## What a threshold costs\n\n| probability from | category right | coverage | (all) right | (all) coverage | side right | coverage | (all) right | (all) coverage |\n|---|---|---|---|---|---|---|---|---|\n");
    for percent_from in [40u8, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90] {
        let from = f64::from(percent_from) / 100.0;
        let _ = write!(out, "| {from:.2} |");
        for answers in [&natural.categories, &all.categories, &natural.sides, &all.sides] {
            let sure = at_least(answers, from);
            let _ = write!(out, " {} | {} |", percent(accuracy(&sure)), percent(share(sure.len(), answers.len())));
        }
        out.push('\n');
    }
}

fn categories(out: &mut String, natural: &Figures, all: &Figures) {
    out.push_str("\n## By category\n\nAs issues come, and (all) among all that were labelled, where rare categories are common.\n\n| category | issues | precision | recall | F1 | (all) issues | precision | recall | F1 |\n|---|---|---|---|---|---|---|---|---|\n");
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in CATEGORIES {
        if !names.contains(&merged(name)) {
            names.push(merged(name));
        }
    }
    for name in names {
        let _ = write!(out, "| {name} |");
        for figures in [natural, all] {
            let score = figures.confusion.class(name);
            let (precision, recall) = (percent(score.precision), percent(score.recall));
            let _ = write!(out, " {} | {precision} | {recall} | {:.2} |", score.support, score.f1);
        }
        out.push('\n');
    }
}

fn calibrations(out: &mut String, natural: &Figures) {
    out.push_str("\n## Calibration\n\nHow sure it was on average, and how often it was right, as issues come.\n\n| issues | sure | right |\n|---|---|---|\n");
    for bin in calibration(&natural.categories) {
        let _ = writeln!(out, "| {} | {} | {} |", bin.count, percent(bin.sure), percent(bin.right));
    }
}

/// From this probability on the default policy applies a category.
const APPLIED_FROM: f64 = 0.7;

/// How the model fares on texts of different lengths: name, figures.
fn lengths_of(verdicts: &[Verdict<'_>]) -> Vec<(&'static str, Figures)> {
    let words = |example: &Example| example.title.split_whitespace().chain(example.body.split_whitespace()).count();
    let of = |name: &'static str, part: Part, from: usize, to: usize| {
        let is_of = |verdict: &&Verdict<'_>| {
            let example = verdict.example;
            example.natural && example.part == part && (from..to).contains(&words(example))
        };
        (name, Figures::of(&verdicts.iter().filter(is_of).collect::<Vec<_>>()))
    };
    vec![
        of("the title's first one to three words", Part::FirstWords, 0, usize::MAX),
        of("titles alone", Part::Title, 0, usize::MAX),
        of("under 8 words", Part::Whole, 0, 8),
        of("8 to 40 words", Part::Whole, 8, 41),
        of("over 40 words", Part::Whole, 41, usize::MAX),
    ]
}

fn by_length(out: &mut String, lengths: &[(&str, Figures)]) {
    out.push_str("\n## By length\n\nAs issues come; the first two rows are cut from issues that have more.\n\n| text | issues | best category right | sure on average | calibration error | applied | right of these |\n|---|---|---|---|---|---|---|\n");
    for (name, figures) in lengths {
        let applied = at_least(&figures.categories, APPLIED_FROM);
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} | {} |",
            figures.count,
            percent(accuracy(&figures.categories)),
            percent(mean_sure(&figures.categories)),
            three(calibration_error(&figures.categories)),
            percent(share(applied.len(), figures.count)),
            percent(accuracy(&applied)),
        );
    }
}

fn comparison(out: &mut String, all: &Figures, others: &Others) {
    let absent = || "not in the data".to_owned();
    let ranked = |value: Option<Ranking>| {
        value.map_or_else(absent, |ranking| format!("{} ({} by side)", three(ranking.debt), three(ranking.side)))
    };
    out.push_str("\n## Beside others\n\nNothing of the judged projects was trained on. Keywords, linear baseline and published figures as measured by those who gave the data.\n\n| task | aim | this model | keywords | linear baseline | published |\n|---|---|---|---|---|---|\n");
    let _ = writeln!(
        out,
        "| Plimsoll's categories, macro-F1 (all labelled) | 0.66 | {} | – | 0.61 | – |",
        three(all.confusion.macro_f1())
    );
    let _ = writeln!(out, "| technical or not (all labelled) | 84 % | {} | – | 80 % | – |", percent(all.technical));
    let _ = writeln!(
        out,
        "| GitHub's debt labels (gtd_github), AUC | 0.85 | {} | F1 0.47 | 0.88, trained on debt labels | DistilRoBERTa 0.87 |",
        ranked(others.gtd)
    );
    let _ = writeln!(
        out,
        "| debt in Jira (tan_td_issues, atd_jira, li_small500), AUC | 0.74 | {} | F1 0.35 | 0.755, trained on debt labels | DistilRoBERTa 0.75 |",
        ranked(others.jira_mix)
    );
    let _ = writeln!(
        out,
        "| tan_td_issues, AUC | 0.72 | {} | F1 0.39 | 0.82, trained on two of its three projects | – |",
        ranked(others.tan)
    );
    let _ = writeln!(
        out,
        "| bug, feature, question across repositories (nlbse24), macro-F1 | 0.65 | {} | – | 0.601 | – (0.81 within repositories) |",
        others.types.map_or_else(absent, three)
    );
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

fn three(value: f64) -> String {
    format!("{value:.3}")
}
