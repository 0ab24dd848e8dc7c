//! What is watched, and the thresholds of the rules.

/// Which accounts are watched.
#[derive(Clone, Copy)]
pub enum Watch<'a> {
    /// The accounts of the house, as it names them. Nothing is inferred: an account that is not named is a
    /// stranger.
    Own(&'a dyn Fn(&str) -> bool),
    /// Every account that has paid long and often enough to have habits. Without a house to ask, every
    /// receiver is a stranger until it has been paid for days, and an account without a past never alarms.
    Every,
}

impl Watch<'_> {
    pub(super) fn watches(&self, account: &str) -> bool {
        match self {
            Watch::Own(own) => own(account),
            Watch::Every => true,
        }
    }

    pub(super) fn is_own(&self, account: &str) -> bool {
        match self {
            Watch::Own(own) => own(account),
            Watch::Every => false,
        }
    }

    pub(super) fn knows_owner(&self) -> bool {
        matches!(self, Watch::Own(_))
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.knows_owner() { "Own" } else { "Every" })
    }
}

/// The thresholds. Times in microseconds, shares in permille.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainConfig {
    /// The window in which an asset's loss is measured.
    pub hour: i64,
    /// The window in which emptied assets are counted, and the time that must pass before a window counts as
    /// the past.
    pub half_day: i64,
    /// The window in which large payments are counted.
    pub quarter: i64,
    /// How long the peak of a balance is remembered.
    pub day: i64,
    /// Time without a payment to strangers that ends an alarm.
    pub quiet: i64,
    /// Time from an account's first transfer until it can have a past, and once more until there is one to
    /// compare with.
    pub past: i64,
    /// Payments until an account has a past.
    pub payments: u64,
    /// Payments of one asset until it has a past.
    pub asset_payments: u64,
    /// Share of the peak that must leave within the hour.
    pub share: u64,
    /// Share of the peak that is nearly all of it.
    pub share_nearly_all: u64,
    /// Payments, each of a good part, in which nearly all must leave where amounts do not tell: there is no
    /// past, or its greatest hour was as much and a smaller share.
    pub parts: u64,
    /// Share of the peak that is a good part.
    pub part: u64,
    /// Times the greatest past hour that must leave.
    pub times_past: u64,
    /// Share of the peak that may be left in an emptied asset.
    pub left: u64,
    /// Emptied assets.
    pub assets: u64,
    /// Large payments of a burst.
    pub large: u64,
    /// Times the greatest past quarter's count of large payments.
    pub times_large: u64,
    /// Share of one asset's peak that must leave with a burst.
    pub share_of_burst: u64,
    /// Share of the peak from which a payment counts for something.
    pub notable: u64,
    /// Accounts kept in memory.
    pub accounts: usize,
    /// Assets and receivers kept in memory, of all accounts together.
    pub keys: usize,
    /// Rows and receivers of one drain, each.
    pub rows: usize,
}

impl Default for DrainConfig {
    fn default() -> Self {
        const MINUTE: i64 = 60_000_000;
        DrainConfig {
            hour: 60 * MINUTE,
            half_day: 12 * 60 * MINUTE,
            quarter: 15 * MINUTE,
            day: 24 * 60 * MINUTE,
            quiet: 2 * 60 * MINUTE,
            past: 3 * 24 * 60 * MINUTE,
            payments: 50,
            asset_payments: 20,
            share: 600,
            share_nearly_all: 900,
            parts: 3,
            part: 50,
            times_past: 2,
            left: 100,
            assets: 4,
            large: 10,
            times_large: 4,
            share_of_burst: 100,
            notable: 10,
            accounts: 200_000,
            keys: 5_000_000,
            rows: 10_000,
        }
    }
}
