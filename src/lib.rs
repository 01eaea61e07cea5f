//! Plimsoll keeps the agreed share of technical work in every sprint, inside the tracker that a team already uses.
//!
//! ARCHITECTURE.md walks through the rooms; what is listed above may use what is listed below, never the other way round.

pub mod cli;

pub mod service;

pub mod web;

pub mod engine;

pub mod tracker;

pub mod sandbox;

pub mod store;

pub mod render;

pub mod decide;

pub mod classify;

pub mod allocation;

pub mod command;

pub mod policy;

pub mod backlog;

pub mod clock;
