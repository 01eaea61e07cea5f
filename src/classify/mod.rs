//! What kind of work an item is, with the evidence for it. Pure: text in, classification out.
//!
//! One interface, [`Classifier`]: [`Trained`] adds explicit signs and a policy's own keywords to what the trained
//! [`model`] reads; [`Rules`] do without a model.

mod addressed;
mod classification;
pub mod metrics;
pub mod model;
mod rules;
mod text;
mod trained;

pub use addressed::WithoutCommands;
pub use classification::{Classification, Classifier, Evidence, Outcome, Text, Where};
pub use rules::Rules;
pub use trained::Trained;
