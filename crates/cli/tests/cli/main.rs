//! The real binary, run as a user runs it.

mod flags;
mod inspect;
mod run;
