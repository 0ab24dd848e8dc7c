//! Strongroom: ledger.
