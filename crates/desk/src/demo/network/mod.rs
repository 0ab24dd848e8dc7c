//! The network logs of the demo: a week of two hundred machines as Zeek logs them, one of them infected.

mod beacon;
pub(super) mod sites;
mod traffic;
mod wire;
mod zeek;

use super::cast::{Cast, WEEK, WEEK_DAYS};
use super::folder::Folder;
use super::truth::Infection;
use sites::{CHAT, FEEDS, MONITOR, TIME, UPDATES};
pub(super) use traffic::address;
use wire::{SECOND, Wire};
use zeek::{Keeping, Log};

/// What is true of the logs.
#[derive(Debug)]
pub(super) struct Traffic {
    /// The infected machine.
    pub infection: Infection,
    /// Hosts that many machines call regularly.
    pub widespread: Vec<String>,
    /// Names that one machine each polls at random times.
    pub polled: Vec<String>,
}

/// Writes the logs, rotated each day: some days are packed, one is JSON.
pub(super) fn write(folder: &mut Folder, cast: &Cast) -> anyhow::Result<Traffic> {
    let mut wire = Wire::new(cast.seed);
    traffic::run(&mut wire, cast.seed);
    let infection = beacon::run(&mut wire, cast);
    for log in Log::ALL {
        let rows = wire.close(log);
        for number in 0..WEEK_DAYS {
            let day = WEEK + number * 86_400;
            let end = rows.partition_point(|(at, _)| *at < (day + 86_400) * SECOND);
            let begin = rows.partition_point(|(at, _)| *at < day * SECOND);
            zeek::write(
                folder,
                log,
                day,
                keeping(number),
                rows.get(begin..end).unwrap_or_default(),
            )?;
        }
    }
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Ok(Traffic {
        infection,
        widespread: names(&[UPDATES, TIME, MONITOR, CHAT]),
        polled: names(&FEEDS),
    })
}

fn keeping(day: i64) -> Keeping {
    match day {
        3 => Keeping::Json,
        0..3 | 4 => Keeping::Packed,
        _ => Keeping::Plain,
    }
}
