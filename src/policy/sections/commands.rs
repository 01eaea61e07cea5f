//! `commands`: how slash commands are written, which work, and who may use them.

use std::collections::BTreeMap;

use crate::backlog::Categories;
use crate::command::{self, ALL_CATEGORIES, CommandPolicy, Rule, Vocabulary, VocabularyProblem, public_sites};
use crate::policy::problem::{Problems, Span, quoted};
use crate::policy::read::{At, Named, Term as _, section};
use crate::policy::terms::{KnownCommand, OnOff, Right, ShortText};

section! {
    /// The slash commands.
    CommandsSection {
        may {
            /// Who may use a command: `anyone`, `author` (or `edit`), `edit` (triage and up), `manage` (write and up).
            #[schemars(extend("propertyNames" = { "enum": KnownCommand::NAMES }))]
            rights: Named<Right>,
            /// Who else may use a command, by their account's name.
            #[schemars(extend("propertyNames" = { "enum": KnownCommand::NAMES }))]
            people: Named<Vec<ShortText>>,
            /// Which teams besides may use a command: `platform`, or with the organisation `acme/platform`.
            #[schemars(extend("propertyNames" = { "enum": KnownCommand::NAMES }))]
            teams: Named<Vec<ShortText>>,
            /// The word that always reaches this bot: `plimsoll` makes `/plimsoll infra` work.
            prefix: ShortText,
            /// Whether commands work without the prefix; `off` where they belong to another bot.
            short_form: OnOff,
            /// A team's own words, each with the command that it stands for.
            aliases: Named<At<ShortText>>,
            /// Commands that do not work here.
            off: Vec<At<ShortText>>,
        }
    }
}

/// What the policy says about slash commands; what it does not mention is as [`CommandPolicy`] has it by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Who may use a command, by its name.
    pub rights: BTreeMap<&'static str, Right>,
    /// Who else may, by the command's name.
    pub people: BTreeMap<&'static str, Vec<String>>,
    /// Which teams besides may, by the command's name.
    pub teams: BTreeMap<&'static str, Vec<String>>,
    /// The word that always reaches the bot.
    pub prefix: Option<String>,
    /// Whether commands work only after the prefix.
    pub only_with_prefix: bool,
    /// Words of the team's own, each with the command that it stands for.
    pub aliases: BTreeMap<String, String>,
    /// What does not work here.
    pub off: Vec<String>,
}

impl Commands {
    /// The same in the words of the room of commands. Words that set a category go by `classify`.
    #[must_use]
    pub fn for_vocabulary(&self, categories: &Categories) -> CommandPolicy {
        let plain = CommandPolicy::default();
        let bare = Vocabulary::new(&plain, names(categories), Vec::new());
        let mut rights = BTreeMap::new();
        for name in KnownCommand::NAMES {
            if ![self.rights.contains_key(name), self.people.contains_key(name), self.teams.contains_key(name)]
                .contains(&true)
            {
                continue;
            }
            let right = self.rights.get(name).map(|right| right.in_commands());
            let Some(right) = right.or_else(|| bare.default_right(name)) else { continue };
            let named = |all: &BTreeMap<_, Vec<String>>| all.get(name).cloned().unwrap_or_default();
            let rule = Rule { right, people: named(&self.people), teams: named(&self.teams) };
            if name == "classify" {
                rights.insert(ALL_CATEGORIES.to_owned(), rule.clone());
            }
            rights.insert(name.to_owned(), rule);
        }
        CommandPolicy {
            prefix: self.prefix.clone().unwrap_or(plain.prefix),
            bare: !self.only_with_prefix,
            aliases: self.aliases.clone(),
            off: self.off.iter().cloned().collect(),
            rights,
        }
    }
}

fn names(categories: &Categories) -> impl Iterator<Item = crate::backlog::CategoryName> {
    categories.iter().map(|category| category.name.clone())
}

impl Right {
    const fn in_commands(self) -> command::Right {
        match self {
            Self::Anyone => command::Right::Anyone,
            Self::Author => command::Right::Author,
            Self::Edit => command::Right::Edit,
            Self::Manage => command::Right::Manage,
        }
    }
}

impl CommandsSection {
    pub(super) fn check(this: Option<Self>, categories: &Categories, problems: &mut Problems) -> Commands {
        let Some(this) = this else { return Commands::default() };
        let aliases = this.aliases.map(|named| named.0).unwrap_or_default();
        let off = this.off.unwrap_or_default();
        let texts = |named: Option<Named<Vec<ShortText>>>| {
            let all: BTreeMap<&'static str, Vec<ShortText>> = by_command(named, problems);
            all.into_iter().map(|(name, texts)| (name, texts.into_iter().map(|one| one.0).collect())).collect()
        };
        let [people, teams] = [this.people, this.teams].map(texts);
        let commands = Commands {
            rights: by_command(this.rights, problems),
            people,
            teams,
            prefix: this.prefix.map(|word| word.0),
            only_with_prefix: this.short_form == Some(OnOff(false)),
            aliases: aliases.iter().map(|(word, target)| (word.value.clone(), target.value.0.clone())).collect(),
            off: off.iter().map(|command| command.value.0.clone()).collect(),
        };
        let policy = commands.for_vocabulary(categories);
        for problem in Vocabulary::new(&policy, names(categories), public_sites()).problems() {
            let place = |wanted: &str| {
                let alias = aliases.iter().find(|(word, _)| word.value == wanted).map(|(word, _)| word.at);
                let target = aliases.iter().find(|(_, target)| target.value.0 == wanted).map(|(_, target)| target.at);
                alias.or(target).or_else(|| off.iter().find(|one| one.value.0 == wanted).map(|one| one.at))
            };
            tell(problem, place, problems);
        }
        commands
    }
}

fn by_command<T>(named: Option<Named<T>>, problems: &mut Problems) -> BTreeMap<&'static str, T> {
    let mut all = BTreeMap::new();
    for (name, value) in named.into_iter().flat_map(|named| named.0) {
        match KnownCommand::parse(&name.value) {
            Ok(command) => {
                all.insert(command.0, value);
            }
            Err(mistake) => problems.add(name.at, mistake.what, mistake.advice),
        }
    }
    all
}

fn tell(problem: &VocabularyProblem, place: impl Fn(&str) -> Option<Span>, problems: &mut Problems) {
    let (word, what, advice) = match problem {
        VocabularyProblem::NoCommand(word) => {
            (word, "is no command", "docs/commands.md names them; each category has one")
        }
        VocabularyProblem::NoWord(word) => {
            (word, "cannot be a command's word", "use letters, digits, hyphens and underscores, without a slash")
        }
        // A category can have any name; it is set with `/classify NAME` then.
        VocabularyProblem::Taken(_) => return,
    };
    if let Some(at) = place(word) {
        problems.add(at, format!("{} {what}", quoted(word)), advice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_commands_are_those_of_the_default_policys_categories() {
        let defaults = crate::policy::defaults().categories;
        let shipped = Vocabulary::default();
        assert_eq!(names(&defaults).collect::<Vec<_>>(), shipped.categories());
        for name in names(&defaults) {
            let word = shipped.name_of(name.as_str());
            assert!(word.is_some_and(|word| word.len() <= name.as_str().len()), "{name} has no word of its own");
        }
    }
}
