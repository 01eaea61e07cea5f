//! What kind of work an item is, with the evidence for it. Pure: text in, classification out.
//!
//! One interface, [`Classifier`], so that a trained model can take over from the rules.

mod classification;
mod rules;
mod text;

pub use classification::{Classification, Classifier, Evidence, Outcome, Text, Where};
pub use rules::Rules;
