//! Where a command stands: finds the lines of a comment that speak to the bot.
//!
//! The text is parsed as `CommonMark` with GitHub's extensions, never split by hand: a line counts when it is a line of a
//! top-level paragraph and no inline construct reaches over its start. `/a/path.like`, `//x`, `/infra.` and the like
//! are no words and stay unheard. Everything here is linear in the text, which is read up to [`limit::READ_UP_TO`].

mod email;
mod html;
mod limit;
mod paragraph;
mod reading;
mod table;
mod word;

pub(super) use limit::{Bounded, READ_UP_TO, bounded, with_plain_line_ends};
pub(super) use reading::{Line, read};
pub(super) use word::{Token, Utterance, is_directional, is_invisible, split, utterance};
