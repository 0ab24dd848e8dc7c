//! The real binary, run as a user runs it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a panic is how a test fails

mod coins;
mod decisions;
mod exposure;
mod flags;
mod inspect;
mod intel;
mod investigate;
mod ledger;
mod ledger_files;
mod lists;
mod network;
mod network_threads;
mod output;
mod run;
mod screen;
