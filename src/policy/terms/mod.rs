//! Single values with a form of their own: each checks its text and says what it expected.

mod colour;
mod condition;
mod date;
mod issue;
mod pattern;
mod percent;
mod period;
mod probability;
mod project;
mod share;
mod sprints;
mod text;
mod version;
mod words;
mod zone;

pub use condition::{Comparison, Condition};
pub use issue::ReportIssue;
pub use pattern::{MilestoneChoice, SprintPattern};
pub use percent::Percent;
pub use period::Period;
pub use project::Project;
pub use share::AgreedShare;
pub use sprints::SprintCount;
pub use words::{PolicyMode, Right, WeightBy};
pub use zone::Zone;

pub(super) use colour::Colour;
pub(super) use date::Date;
pub(super) use pattern::FirstNumber;
pub(super) use period::PeriodOrNever;
pub(super) use probability::Probability;
pub(super) use text::{Alias, Description, FieldName, LabelName, ShortText};
pub(super) use version::FileVersion;
pub(super) use words::{KnownCommand, OnOff};
