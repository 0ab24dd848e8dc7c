//! Progress: how desk tells whoever called it how far a long piece of work is. Desk draws nothing itself.

/// What a piece of work reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Work begins; `total` in the unit that the name says, 0 where nobody knows.
    Begin {
        /// What is being done.
        what: &'a str,
        /// How much there is.
        total: u64,
        /// Whether it counts bytes.
        bytes: bool,
    },
    /// This much more is done.
    Advance(u64),
    /// The work that began last is done.
    End,
}

/// Receives steps, from any thread.
pub type Progress<'a> = dyn Fn(Step<'_>) + Sync + 'a;

/// A progress that nobody looks at.
pub fn silent(_: Step<'_>) {}
