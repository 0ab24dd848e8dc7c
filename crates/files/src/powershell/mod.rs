//! PowerShell, evaluated.
