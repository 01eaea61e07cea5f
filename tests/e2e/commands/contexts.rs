//! Every context of the grammar's table, posted as a comment: an effect, or silence.

#[path = "../../../src/command/tests/table.rs"]
mod table;

use super::{VAGUE, shop};
use jiff::SignedDuration;
use table::{SILENT, SPEAKING};

#[tokio::test]
async fn a_comment_says_what_its_writer_says_and_nothing_that_they_quote_show_or_hide() {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", VAGUE.0, VAGUE.1);
    world.settle().await;
    for (name, text) in SPEAKING {
        world.later(SignedDuration::from_mins(1));
        let comment = issue.comment("bob", text);
        assert_ne!(comment, 0, "{name}: GitHub takes it");
        world.settle().await;
        assert_eq!(issue.labels(), ["infrastructure"], "{name}: {text:?}");
        let reactions: Vec<String> =
            issue.comments().pop().unwrap().reactions.into_iter().map(|one| one.content).collect();
        assert_eq!(reactions, ["eyes", "+1"], "{name}: {text:?}");
        world.later(SignedDuration::from_mins(1));
        issue.unlabel("bob", "infrastructure");
        world.settle().await;
    }
    world.github.forget_requests();
    for (name, text) in SILENT.iter().filter(|(_, text)| !text.trim().is_empty()) {
        world.later(SignedDuration::from_mins(1));
        assert_ne!(issue.comment("bob", text), 0, "{name}: GitHub takes it");
        world.settle().await;
        assert_eq!(world.writes(), Vec::<String>::new(), "{name}: {text:?}");
    }
    assert!(SPEAKING.len() + SILENT.len() > 45);
    world.ends_quietly().await;
}
