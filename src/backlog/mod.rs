//! The words of the project as types: item, category, label, actor, event, decision, subject.
//!
//! Nothing here knows a tracker's shapes, a clock or a store.

mod actor;
mod category;
mod decision;
mod event;
mod item;
mod label;
mod remark;
mod subject;
mod text;

pub use actor::{Actor, ActorKind};
pub use category::{Categories, Category, CategoryName, InvalidCategoryName, Keyword, Side};
pub use decision::{Decision, Standing, Word};
pub use event::{Event, Fact};
pub use item::{CloseReason, Item, ItemState, Parent};
pub use label::LabelKey;
pub use remark::{Acknowledgement, Remark};
pub use subject::{InvalidSubject, Lane, Place, Repository, Subject, SubjectKind, TrackerName};
pub use text::steers_display;
