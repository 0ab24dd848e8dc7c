//! Strongroom: columns.
