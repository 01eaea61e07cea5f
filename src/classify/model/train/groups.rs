//! Words that go together, from `lexicon.txt`: a word seen seldom speaks as its group does.

use std::collections::HashMap;

/// The groups, by their entries.
pub(super) struct Lexicon {
    words: HashMap<&'static str, Vec<u64>>,
    stems: Vec<(&'static str, u64)>,
    phrases: Vec<(&'static str, &'static str, u64)>,
}

impl Lexicon {
    /// Reads the list that is part of the program.
    pub(super) fn read() -> Self {
        let mut lexicon = Self { words: HashMap::new(), stems: Vec::new(), phrases: Vec::new() };
        let lines = include_str!("lexicon.txt").lines().filter(|line| !line.starts_with('#'));
        for (group, (_, entries)) in (1u64..).zip(lines.filter_map(|line| line.split_once(':'))) {
            for entry in entries.split(',').map(str::trim) {
                match (entry.split_once(' '), entry.strip_suffix('*')) {
                    (Some((first, second)), _) => lexicon.phrases.push((first, second, group)),
                    (None, Some(stem)) => lexicon.stems.push((stem, group)),
                    (None, None) => lexicon.words.entry(entry).or_default().push(group),
                }
            }
        }
        lexicon
    }

    /// The groups of a word, and whether the list names the word itself and not only its stem.
    pub(super) fn of_word(&self, word: &str) -> (Vec<u64>, bool) {
        let word = word.to_lowercase();
        let exact = self.words.get(word.as_str());
        let mut groups = exact.cloned().unwrap_or_default();
        groups.extend(self.stems.iter().filter(|(stem, _)| word.starts_with(stem)).map(|(_, group)| *group));
        groups.sort_unstable();
        groups.dedup();
        (groups, exact.is_some())
    }

    /// The words that the list names outright, in order.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let mut words: Vec<&'static str> = self.words.keys().copied().collect();
        words.sort_unstable();
        words
    }

    /// The groups of two words in a row.
    pub(super) fn of_phrase(&self, first: &str, second: &str) -> Vec<u64> {
        let (first, second) = (first.to_lowercase(), second.to_lowercase());
        let found = self.phrases.iter().filter(|(one, two, _)| matches(one, &first) && matches(two, &second));
        let mut groups: Vec<u64> = found.map(|(_, _, group)| *group).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

fn matches(pattern: &str, word: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == word, |stem| word.starts_with(stem))
}

#[cfg(test)]
mod tests {
    use super::Lexicon;

    #[test]
    fn words_stems_and_phrases_have_groups() {
        let lexicon = Lexicon::read();
        assert!(!lexicon.of_word("Kubernetes").0.is_empty() && lexicon.of_word("kubernetes").1);
        assert!(!lexicon.of_word("refactored").0.is_empty() && !lexicon.of_word("refactored").1);
        assert!(!lexicon.of_phrase("technical", "debt").is_empty());
        assert!(lexicon.of_word("cucumbersalad").0.len() < 2 && lexicon.of_phrase("blue", "shoes").is_empty());
    }
}
