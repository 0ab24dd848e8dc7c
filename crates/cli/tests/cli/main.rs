//! The real binary, run as a user runs it.

mod flags;
mod inspect;
mod intel;
mod investigate;
mod ledger;
mod network;
mod run;
mod screen;
