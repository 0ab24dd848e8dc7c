//! Strongroom: case.
