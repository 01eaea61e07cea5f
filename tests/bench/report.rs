//! The table of what was measured, with the machine it was measured on.

use std::fmt::Write as _;

use crate::machine;

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
    LessThan(f64),
    None,
}

impl Aim {
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::AtLeast(aim) => Some(value >= aim),
            Self::AtMost(aim) => Some(value <= aim),
            Self::LessThan(aim) => Some(value < aim),
            Self::None => None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(aim) => format!("≥ {aim}"),
            Self::AtMost(aim) => format!("≤ {aim}"),
            Self::LessThan(aim) => format!("< {aim}"),
            Self::None => String::new(),
        }
    }
}

/// What was measured.
#[derive(Default)]
pub(crate) struct Report(String);

impl Report {
    /// A figure of ours divided by one of what it is compared with.
    pub(crate) fn ratio(&mut self, what: &str, value: f64, aim: Aim, detail: &str) {
        self.figure(what, value, "×", aim, detail);
    }

    pub(crate) fn figure(&mut self, what: &str, value: f64, unit: &str, aim: Aim, detail: &str) {
        let digits = if value.abs() >= 100.0 { 0 } else { 2 };
        let met = match aim.is_met(value) {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        };
        writeln!(self.0, "| {what} | {value:.digits$} {unit} | {} | {met} | {detail} |", aim.text()).unwrap();
    }

    pub(crate) fn page(&self) -> String {
        format!("| | measured | aim | | |\n|---|---|---|---|---|\n{}\n{}\n", self.0, machine::described())
    }
}

/// The middle one; of an even number the lower.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() - 1) / 2]
}
