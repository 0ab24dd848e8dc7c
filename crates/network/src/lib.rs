//! Strongroom: network.
