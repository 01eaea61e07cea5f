//! What of an item's description is said to the bot, and so not about the item: slash commands and what they are given.

use crate::command::{Vocabulary, without_commands};

use super::{Classification, Classifier, Text};

/// A classifier that does not see commands.
pub struct WithoutCommands {
    inner: Box<dyn Classifier>,
    vocabulary: Vocabulary,
}

impl WithoutCommands {
    /// Hides the commands of this vocabulary from a classifier.
    #[must_use]
    pub fn new(inner: Box<dyn Classifier>, vocabulary: Vocabulary) -> Self {
        Self { inner, vocabulary }
    }
}

impl Classifier for WithoutCommands {
    fn version(&self) -> &str {
        self.inner.version()
    }

    fn classify(&self, text: &Text<'_>) -> Classification {
        let body = without_commands(text.body, &self.vocabulary);
        self.inner.classify(&Text { body: &body, ..*text })
    }
}

#[cfg(test)]
mod tests {
    use super::WithoutCommands;
    use crate::classify::{Classification, Classifier as _, Text, Trained};
    use crate::command::Vocabulary;
    use crate::policy;

    fn says(body: &str) -> Classification {
        let policy = policy::defaults();
        let trained = Trained::new(&policy.categories, &policy.categories, policy.classification).unwrap();
        let classifier = WithoutCommands::new(Box::new(trained), Vocabulary::default());
        classifier.classify(&Text { title: "The basket", body, ..Text::default() })
    }

    #[test]
    fn commands_move_no_score() {
        let without = says("It forgets what is in it.\n\n---\n\nSince Tuesday.");
        for commands in [
            "/points 5",
            "/infra",
            "/impact Deployments to the Kubernetes cluster fail.\nTerraform, monitoring, pipelines.",
            "/due 2027-03-31 the TLS certificate expires: a security risk\n/debt Refactor the module",
            "/impact Slow queries, high latency.\r\nMore of that.\r\n/infr\r\n/share much",
        ] {
            let spoken = says(&format!("It forgets what is in it.\n\n{commands}\n\n---\n\nSince Tuesday."));
            assert_eq!((&spoken.scores, &spoken.evidence), (&without.scores, &without.evidence), "{commands}");
        }
    }

    #[test]
    fn what_is_no_command_of_ours_still_speaks() {
        let prose = "The Kubernetes cluster needs Terraform and monitoring.";
        assert_ne!(says(prose).scores, says(&format!("/impact {prose}")).scores);
        assert_eq!(says(&format!("/lgtm\n\n{prose}")).best, says(prose).best);
    }
}
