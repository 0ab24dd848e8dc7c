//! What a reading may be told: what is known to be harmless, and from which score on a beacon is an alarm.

use crate::safe_list::SafeList;

/// The choices of a reading; [`Config::default`] holds the program's own safe list and the documented threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Names and networks that are set aside.
    pub safe: SafeList,
    /// The score, 0 to 1000, from which a regular pair is an alarm.
    pub alarm_permille: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            safe: SafeList::default(),
            alarm_permille: 700,
        }
    }
}
