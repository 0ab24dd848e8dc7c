//! Strongroom: screening.
