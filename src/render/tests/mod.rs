//! What people see: whole comments for realistic sprints, and that foreign text does nothing in any of them.

mod harmless;
mod sprints;
mod world;
