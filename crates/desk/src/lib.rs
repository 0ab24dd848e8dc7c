//! Strongroom: desk.

pub mod demo;
