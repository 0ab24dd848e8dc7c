//! VBA, evaluated.
