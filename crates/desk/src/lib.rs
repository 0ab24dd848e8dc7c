//! Strongroom: desk.
