//! Where a silence is no silence: a daily hole in which nothing ever happens (a night, for what runs in working
//! hours alone), and hours whose calls were not kept.
//!
//! Silences that cross a fixed moment of the day are left out whole. For calls by chance the silences that
//! remain within a day are the spacings of a fixed window and as random as before, so nothing looks more
//! regular for it.

use crate::calls::{HOUR, hour, is_kept};

/// Slots of the day in which the hole is sought.
const SLOTS: usize = 96;
const SLOT: i64 = DAY / SLOTS as i64;
const DAY: i64 = 24 * HOUR;

/// The places where a run of calls is cut.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cuts {
    /// A moment of the day, in microseconds after midnight.
    pub daily: Option<i64>,
    /// The level of [`crate::calls::Calls`].
    pub level: u8,
}

impl Cuts {
    /// Returns whether the time between two calls is cut.
    pub(crate) fn between(&self, one: i64, next: i64) -> bool {
        let night = self.daily.is_some_and(|moment| {
            one.saturating_sub(moment).div_euclid(DAY) != next.saturating_sub(moment).div_euclid(DAY)
        });
        night || (self.level > 0 && !(hour(one)..=hour(next)).all(|hour| is_kept(hour, self.level)))
    }
}

/// Returns the length and the middle of the longest part of the day in which no call falls, both in
/// microseconds, to a quarter of an hour.
pub(crate) fn hole(times: &[i64]) -> Option<(i64, i64)> {
    let mut filled = [false; SLOTS];
    for time in times {
        let slot = usize::try_from(time.rem_euclid(DAY) / SLOT).ok()?;
        *filled.get_mut(slot)? = true;
    }
    let first = filled.iter().position(|slot| *slot)?;
    let (mut longest, mut begins, mut run) = (0, 0, 0);
    for place in 1..=SLOTS {
        let slot = (first + place) % SLOTS;
        if *filled.get(slot)? {
            run = 0;
        } else {
            run += 1;
            if run > longest {
                (longest, begins) = (run, first + place + 1 - run);
            }
        }
    }
    let middle = (begins as i64 * SLOT + longest as i64 * SLOT / 2).rem_euclid(DAY);
    Some((longest as i64 * SLOT, middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hole_of_working_hours_is_the_night() {
        let times: Vec<i64> = (0..5)
            .flat_map(|day| (9..17).map(move |hour| day * DAY + hour * HOUR))
            .collect();
        let (length, middle) = hole(&times).unwrap();
        assert!((length - 16 * HOUR).abs() < HOUR, "{length}");
        assert!((middle - HOUR).abs() < HOUR, "{middle}");
        let cuts = Cuts {
            daily: Some(middle),
            level: 0,
        };
        assert!(cuts.between(16 * HOUR, DAY + 9 * HOUR));
        assert!(!cuts.between(9 * HOUR, 16 * HOUR));
    }

    #[test]
    fn an_hour_that_is_not_kept_cuts() {
        let cuts = Cuts {
            daily: None,
            level: 3,
        };
        let lost = (0..100).find(|hour| !is_kept(*hour, 3)).unwrap();
        assert!(cuts.between((lost - 1) * HOUR, (lost + 1) * HOUR));
    }
}
