//! What the texts of a document's items may take together: one place of a file may be named by many items, each of which
//! would hold a copy of it.

/// Code units of all texts that are taken from one allowance.
const UNITS: usize = 1 << 24;

/// Code units that are left.
#[derive(Debug)]
pub(super) struct Allowance(usize);

impl Allowance {
    pub(super) fn new() -> Self {
        Allowance(UNITS)
    }

    /// Takes so many code units; `None` where fewer are left: then the text is not read.
    pub(super) fn take(&mut self, units: usize) -> Option<()> {
        self.0 = self.0.checked_sub(units)?;
        Some(())
    }
}
