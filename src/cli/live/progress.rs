//! How far a command is, on standard error: one line that is written over on a terminal, nothing elsewhere.

use std::io::{self, IsTerminal as _, Write};

use crate::cli::output::printable;

/// So wide is the bar, in characters.
const WIDTH: u64 = 24;

/// Shows how far a command is.
pub struct Progress {
    terminal: Option<Box<dyn Write + Send>>,
    others: Option<Box<dyn Write + Send>>,
}

impl Progress {
    /// A line on standard error if that is a terminal; what has to be said is said anyway.
    #[must_use]
    pub fn on_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self { terminal: Some(Box::new(io::stderr())), others: None }
        } else {
            Self { terminal: None, others: Some(Box::new(io::stderr())) }
        }
    }

    /// On this terminal, for tests.
    #[must_use]
    pub fn on(terminal: Box<dyn Write + Send>) -> Self {
        Self { terminal: Some(terminal), others: None }
    }

    /// Shows nothing.
    #[must_use]
    pub const fn silent() -> Self {
        Self { terminal: None, others: None }
    }

    /// Draws the line anew. `of`: how much there is in all, where that is known.
    pub fn show(&mut self, what: &str, done: u64, of: Option<u64>) {
        let line = match of.filter(|of| *of > 0) {
            Some(of) => format!("{} {what}: {done} of {}", bar(done, of), of.max(done)),
            None => format!("{what}: {done}"),
        };
        self.draw(&format!("\r\u{1b}[2K{}", printable(&line)));
    }

    /// Says something that stays.
    pub fn say(&mut self, text: &str) {
        let text = printable(text);
        self.draw(&format!("\r\u{1b}[2Kplimsoll: {text}\n"));
        if let Some(others) = &mut self.others {
            // Whoever closed standard error does not want to know.
            let _ = writeln!(others, "plimsoll: {text}");
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        self.draw("\r\u{1b}[2K");
    }

    fn draw(&mut self, text: &str) {
        if let Some(terminal) = &mut self.terminal {
            let _ = write!(terminal, "{text}").and_then(|()| terminal.flush());
        }
    }
}

fn bar(done: u64, of: u64) -> String {
    let full = done.saturating_mul(WIDTH).checked_div(of).unwrap_or(0).min(WIDTH);
    (0..WIDTH).map(|place| if place < full { '#' } else { '.' }).collect()
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn the_bar_fills_and_never_overflows() {
        assert_eq!(bar(0, 10), "........................");
        assert_eq!(bar(5, 10), "############............");
        assert_eq!(bar(99, 10), "########################");
    }
}
