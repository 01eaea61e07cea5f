//! What people do in a run, made from its seed.
//!
//! A story is told in rounds, and before each round the bot has come to rest. Within a round several items are worked on at
//! once, and each item gets one *episode*: a few actions of one kind. What an episode may hold is the definition of "the
//! same state as undisturbed": the bot acts on how things stand when it looks, so whoever is seen late is seen without what
//! has passed since. Where the rules of the bot make that moment matter on purpose, there is a rest in between:
//!
//! - A mark stands while a later text is unclear, and closed items are left alone: so a text becomes unclear, and an item is
//!   closed, only in an episode of its own. Otherwise texts may change as often as they like among clear ones.
//! - People answer to what they see: a mark of the bot is only rejected when it was there at the last rest.
//! - Only the last of several policy files between two looks is judged: one push per repository and round.
//! - A transfer drops labels that the other repository does not have, and nobody can tell that from a person's word: only
//!   items go on which nobody has said anything.
//! - What an author labels within seconds of opening counts as the form's word and not as a person's: others label then.
//! - `/why` tells how things stand when it is answered, and a label's deletion concerns those who carry it: alone.
//!
//! All else must come to the same: however often, late, twice or in whatever order deliveries arrive, and wherever the
//! service dies.

use jiff::SignedDuration;

use crate::action::{Action, Text};
use crate::dice::Dice;
use crate::words::{self, CATEGORIES, CLEAR, UNCLEAR};

/// The repositories of a story. The second has no policy in the beginning.
pub(crate) const REPOSITORIES: [&str; 3] = ["acme/shop", "acme/site", "umbrella/app"];

/// What people do between two rests, each after this time.
pub(crate) type Round = Vec<(SignedDuration, Action)>;

/// An item as its people know it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Item {
    repository: usize,
    open: bool,
    is_pull: bool,
    gone: bool,
    /// Whether its text is clear to the classifier.
    clear: bool,
    /// Labels that people put.
    labels: Vec<&'static str>,
    comments: usize,
}

pub(crate) struct Story {
    dice: Dice,
    items: Vec<Item>,
    has_policy: [bool; REPOSITORIES.len()],
    pushes: usize,
    renames: usize,
}

impl Story {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), items: Vec::new(), has_policy: [true, false, true], pushes: 0, renames: 0 }
    }

    /// What happens first: the policies.
    pub(crate) fn beginning() -> Round {
        let push = |repository| Action::Push { repository, policy: words::policy(0) };
        vec![(SignedDuration::from_secs(60), push(0)), (SignedDuration::from_secs(60), push(2))]
    }

    /// What happens next.
    pub(crate) fn round(&mut self) -> Round {
        let mut episodes: Vec<Vec<Action>> = Vec::new();
        for repository in 0..REPOSITORIES.len() {
            if let Some(alone) = self.of_the_whole_repository(repository) {
                episodes.push(alone);
                continue;
            }
            if self.dice.percent(25) {
                episodes.push(self.of_the_file_or_name(repository));
            }
            for item in 0..self.items.len() {
                let it = &self.items[item];
                if it.repository == repository && !it.gone && self.dice.percent(35) {
                    episodes.push(self.episode(item));
                }
            }
            for _ in 0..self.dice.between(0, 2) {
                episodes.push(self.opening(repository));
            }
        }
        self.woven(episodes)
    }

    /// Weaves episodes into each other; each keeps its order. Actions on one item are at least a second apart, as GitHub
    /// tells times in seconds.
    fn woven(&self, mut episodes: Vec<Vec<Action>>) -> Round {
        for episode in &mut episodes {
            episode.reverse();
        }
        let mut round = Vec::new();
        loop {
            episodes.retain(|episode| !episode.is_empty());
            if episodes.is_empty() {
                return round;
            }
            let which = self.dice.below(episodes.len());
            let seconds = *self.dice.of(&[1, 1, 2, 7, 30, 90, 600]);
            round.extend(episodes[which].pop().map(|action| (SignedDuration::from_secs(seconds), action)));
        }
    }

    /// What leaves nobody else in the repository room: its first policy, and a label that is deleted.
    fn of_the_whole_repository(&mut self, repository: usize) -> Option<Vec<Action>> {
        if !self.has_policy[repository] && self.dice.percent(15) {
            self.has_policy[repository] = true;
            return Some(vec![Action::Push { repository, policy: words::policy(0) }]);
        }
        let label = CATEGORIES[self.dice.below(CATEGORIES.len())];
        if !self.dice.percent(4) {
            return None;
        }
        for item in self.items.iter_mut().filter(|item| item.repository == repository) {
            item.labels.retain(|one| *one != label);
        }
        Some(vec![Action::DeleteLabel { repository, label }])
    }

    fn of_the_file_or_name(&mut self, repository: usize) -> Vec<Action> {
        if self.dice.percent(30) {
            self.renames += 1;
            let name = format!("{}-{}", REPOSITORIES[repository], self.renames);
            return vec![Action::Rename { repository, name }];
        }
        if !self.has_policy[repository] {
            return Vec::new();
        }
        self.pushes += 1;
        let policy = if self.dice.percent(40) { words::broken_policy(self.pushes) } else { words::policy(self.pushes) };
        vec![Action::Push { repository, policy }]
    }

    fn person(&self) -> &'static str {
        self.dice.of::<&str>(&["alice", "bob", "tess", "carol"])
    }

    fn clear_text(&self) -> Text {
        *self.dice.of(CLEAR)
    }

    fn opening(&mut self, repository: usize) -> Vec<Action> {
        let (item, who) = (self.items.len(), self.person());
        let is_pull = self.dice.percent(5);
        let clear = !is_pull && self.dice.percent(75);
        let (open, gone, labels) = (true, false, Vec::new());
        self.items.push(Item { repository, open, is_pull, gone, clear, labels, comments: 0 });
        if is_pull {
            return vec![Action::OpenPull { item, repository, who }];
        }
        let text = if clear { self.clear_text() } else { *self.dice.of(UNCLEAR) };
        let mut actions = vec![Action::Open { item, repository, who, text }];
        if clear && self.dice.percent(40) {
            actions.extend(self.rewriting(item));
        }
        if self.dice.percent(30) {
            let other = if who == "bob" { "tess" } else { "bob" };
            actions.extend(self.labelling(item).into_iter().map(|action| action.not_by(who, other)));
        }
        if self.dice.percent(20) {
            actions.push(self.chat(item));
        }
        actions
    }

    fn episode(&mut self, item: usize) -> Vec<Action> {
        if self.items[item].is_pull {
            let text = words::debt(&self.dice);
            return vec![self.comment(item, "bob", text)];
        }
        let who = self.person();
        if !self.items[item].open {
            return match self.dice.below(3) {
                0 => {
                    self.items[item].open = true;
                    vec![Action::Reopen { item, who }]
                }
                1 => self.labelling(item),
                _ => vec![self.chat(item)],
            };
        }
        match self.dice.below(20) {
            0..=3 => {
                self.items[item].clear = true;
                self.rewriting(item)
            }
            4 => {
                self.items[item].clear = false;
                vec![Action::Edit { item, who, text: *self.dice.of(UNCLEAR) }]
            }
            5..=7 => self.labelling(item),
            8 | 9 => self.rejecting(item),
            10 => {
                self.items[item].open = false;
                vec![Action::Close { item, who }]
            }
            11 => vec![self.chat(item), self.chat(item)],
            12 | 13 => self.weighing(item),
            14 | 15 => self.ordering(item),
            16 => self.remarking(item),
            17 => vec![self.comment(item, who, "/why".to_owned())],
            18 => {
                let text = words::debt(&self.dice);
                vec![self.comment(item, "tess", text)]
            }
            _ => self.leaving(item),
        }
    }

    /// Between clear texts.
    fn rewriting(&self, item: usize) -> Vec<Action> {
        let times = self.dice.between(1, 3);
        (0..times).map(|_| Action::Edit { item, who: self.person(), text: self.clear_text() }).collect()
    }

    /// Somebody puts one or two categories' labels, or takes off one that somebody put.
    fn labelling(&mut self, item: usize) -> Vec<Action> {
        let mut actions = Vec::new();
        for _ in 0..self.dice.between(1, 2) {
            let (who, label) = (self.person(), *self.dice.of(&CATEGORIES));
            let labels = &mut self.items[item].labels;
            if labels.contains(&label) {
                labels.retain(|one| *one != label);
                actions.push(Action::Unlabel { item, who, label });
            } else {
                labels.push(label);
                actions.push(Action::Label { item, who, label });
            }
        }
        actions
    }

    /// Somebody takes off what the bot put, and goes on editing.
    fn rejecting(&self, item: usize) -> Vec<Action> {
        let mut actions = vec![Action::RejectMarks { item, who: self.person() }];
        if self.items[item].clear && self.dice.percent(50) {
            actions.extend(self.rewriting(item));
        }
        actions
    }

    fn weighing(&mut self, item: usize) -> Vec<Action> {
        let times = self.dice.between(1, 3);
        let order = |dice: &Dice| format!("/points {}", dice.of(&["1", "3", "5", "8", "clear"]));
        (0..times)
            .map(|_| {
                let text = order(&self.dice);
                self.comment(item, "bob", text)
            })
            .collect()
    }

    /// Somebody decides by command, and perhaps gives it back.
    fn ordering(&mut self, item: usize) -> Vec<Action> {
        let times = self.dice.between(1, 3);
        let order = |dice: &Dice| (*dice.of(words::ORDERS)).to_owned();
        (0..times)
            .map(|_| {
                let text = order(&self.dice);
                self.comment(item, self.person(), text)
            })
            .collect()
    }

    /// Somebody says something, corrects it, takes it back.
    fn remarking(&mut self, item: usize) -> Vec<Action> {
        let who = "bob";
        let text = |dice: &Dice| (*dice.of(words::REMARKS)).to_owned();
        let mut actions = vec![self.comment(item, who, text(&self.dice))];
        if self.dice.percent(50) {
            actions.push(Action::EditComment { item, who, text: text(&self.dice) });
        }
        if self.dice.percent(40) {
            self.items[item].comments -= 1;
            actions.push(Action::DeleteComment { item, who });
        }
        actions
    }

    /// The item goes: for good, or into another repository of the same owner.
    fn leaving(&mut self, item: usize) -> Vec<Action> {
        let from = self.items[item].repository;
        let untouched = self.items[item].labels.is_empty() && self.items[item].comments == 0;
        if from < 2 && untouched && self.dice.percent(50) && self.has_policy[0] && self.has_policy[1] {
            let to = 1 - from;
            self.items[item].repository = to;
            // Which labels it keeps depends on those that the other repository has.
            self.items[item].gone = true;
            return vec![Action::Transfer { item, to }];
        }
        self.items[item].gone = true;
        vec![Action::Delete { item }]
    }

    fn chat(&mut self, item: usize) -> Action {
        let who = self.person();
        self.comment(item, who, "I saw that too.".to_owned())
    }

    fn comment(&mut self, item: usize, who: &'static str, text: String) -> Action {
        self.items[item].comments += 1;
        Action::Comment { item, who, text }
    }
}
