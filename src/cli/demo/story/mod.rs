//! What happens in the demo, and whether it comes out as expected.

mod labels;
mod sprints;

use super::Failure;
use super::stage::Stage;

/// Who moves items: whoever looks at the demo.
pub(super) const VISITOR: &str = "you";
const POLICY_FILE: &str = ".github/plimsoll.yml";

/// How the story went so far.
#[derive(Default)]
pub(super) struct Ending {
    lines: Vec<String>,
    missing: Vec<String>,
}

impl Ending {
    /// Whether everything came out as expected.
    pub(super) const fn as_expected(&self) -> bool {
        self.missing.is_empty()
    }

    /// What to print.
    pub(super) fn summary(&self) -> Vec<String> {
        let mut lines = self.lines.clone();
        lines.push(String::new());
        if self.as_expected() {
            lines.push("Everything came out as expected.".to_owned());
        } else {
            lines.push("Not as expected:".to_owned());
            lines.extend(self.missing.iter().map(|missing| format!("  {missing}")));
        }
        lines
    }

    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn expect(&mut self, holds: bool, what: &str) {
        if !holds {
            self.missing.push(what.to_owned());
        }
    }
}

/// Tells the story until a sprint has started below the agreed share.
pub(super) async fn begin(stage: &Stage) -> Result<Ending, Failure> {
    let mut ending = Ending::default();
    labels::tell(stage, &mut ending).await?;
    sprints::begin(stage, &mut ending).await?;
    rules_are_kept(stage, &mut ending);
    Ok(ending)
}

/// Tells the rest, doing what a visitor of the page would do, and what was seen in all.
pub(super) async fn go_on(stage: &Stage, mut ending: Ending) -> Result<Ending, Failure> {
    sprints::go_on(stage, &mut ending).await?;
    let github = &stage.github;
    ending.say(format!(
        "\nIn all: {} issues, {} webhooks, {} calls to GitHub, {} of them writes.",
        stage.shop.issues().len(),
        github.deliveries().len(),
        github.requests().len(),
        github.writes().len(),
    ));
    rules_are_kept(stage, &mut ending);
    Ok(ending)
}

fn rules_are_kept(stage: &Stage, ending: &mut Ending) {
    let broken = stage.github.violations();
    ending.missing.extend(broken.iter().map(|one| format!("a rule of GitHub was broken: {one:?}")));
}
