//! Conversations with the whole service: a simulated GitHub over real HTTP drives the real router; each ends with no open
//! work, no webhook unread and no rule of GitHub broken.

mod limits;
mod moves;
mod opening;
mod people;
mod policy;
mod trouble;
mod webhooks;
mod world;
