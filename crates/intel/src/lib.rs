//! Strongroom: intel.
