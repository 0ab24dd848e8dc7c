//! The schedules that are planted: period, jitter, activity, sizes and number of calls drawn by lot, and some
//! shapes besides.

use crate::background::log_uniform;
use crate::rows::{Pair, Rows, address, host};
use crate::town::{DAY, HOUR, Lot, MINUTE, MONDAY, SECOND};
use std::net::IpAddr;

const KIND: u16 = 0xc2;

/// When a beacon is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Active {
    ThreeHours,
    WorkingHours,
    Always,
}

/// How the calls follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Each gap uniform in T(1 ± j).
    Jitter,
    /// The same, one call in five missed.
    Missed,
    /// Each gap 1.618 times the one before, from a minute on, back to it after a day's gap.
    Growth,
    /// Two periods to the same place, with a tenth of jitter at most.
    Interleaved,
    /// One of three servers by lot, with a tenth of jitter at most; this is one of them.
    Rotation,
}

/// One planted pair.
#[derive(Clone, Debug)]
pub struct Planted {
    pub shape: Shape,
    pub calls: usize,
    pub jitter: f64,
    pair: (usize, usize),
    #[allow(dead_code, reason = "told when it is missed")]
    period: i64,
    #[allow(dead_code, reason = "told when it is missed")]
    active: Active,
}

impl Planted {
    /// Returns the source and the destination as they stand in the log.
    pub fn key(&self) -> (IpAddr, String) {
        (host(self.pair.0), address(KIND, self.pair.1 as u32).to_string())
    }

    /// Returns whether every one of its sort should be found: 24 calls and half the period of jitter.
    pub fn is_owed(&self) -> bool {
        self.shape == Shape::Jitter && self.calls >= 24 && self.jitter <= 0.5
    }
}

/// Plants beacons, one or a few hosts each, and returns what was planted.
pub fn plant(lot: &mut Lot, hosts: usize, count: usize, rows: &mut Rows) -> Vec<Planted> {
    let mut all = Vec::new();
    for number in 0..count {
        let infected = if lot.below(10) == 0 {
            2 + lot.below(5) as usize
        } else {
            1
        };
        let schedule = Schedule::drawn(lot);
        for host in 0..infected {
            let host = (number * 6 + host + 1) % hosts;
            let times = schedule.times(lot);
            if times.len() < 4 {
                continue;
            }
            let pair = Pair {
                host,
                kind: KIND,
                number,
                port: 443,
            };
            for time in &times {
                rows.call(pair, *time, schedule.bytes(lot));
            }
            all.push(Planted {
                shape: schedule.shape,
                calls: times.len(),
                jitter: schedule.jitter,
                pair: (host, number),
                period: schedule.period / SECOND,
                active: schedule.active,
            });
        }
    }
    all
}

struct Schedule {
    shape: Shape,
    period: i64,
    jitter: f64,
    active: Active,
    most: usize,
    size: u64,
    spread: u64,
}

impl Schedule {
    fn drawn(lot: &mut Lot) -> Self {
        let shape = match lot.below(20) {
            0 => Shape::Growth,
            1 => Shape::Interleaved,
            2 => Shape::Rotation,
            3 | 4 => Shape::Missed,
            _ => Shape::Jitter,
        };
        let jitter = lot.below(9) as f64 / 10.0;
        let quick = lot.below(60) == 0;
        let period = if quick {
            12 * SECOND
        } else {
            log_uniform(lot, MINUTE, 12 * HOUR)
        };
        Schedule {
            shape,
            period,
            jitter: match shape {
                Shape::Jitter | Shape::Missed => jitter,
                Shape::Growth | Shape::Interleaved | Shape::Rotation => jitter / 8.0,
            },
            active: match lot.below(3) {
                0 if period < 30 * MINUTE => Active::ThreeHours,
                1 if period < 4 * HOUR => Active::WorkingHours,
                _ => Active::Always,
            },
            most: if quick {
                50_000
            } else {
                log_uniform(lot, 6, 20_000) as usize
            },
            size: 100 + lot.below(2_000),
            spread: [1, 16, 3_000].get(lot.below(3) as usize).copied().unwrap_or(1),
        }
    }

    fn bytes(&self, lot: &mut Lot) -> u64 {
        self.size + lot.below(self.spread)
    }

    fn times(&self, lot: &mut Lot) -> Vec<i64> {
        // So that what is cut short by its number of calls may lie anywhere.
        let begins = MONDAY + lot.below(DAY as u64) as i64;
        let mut times: Vec<i64> = match self.active {
            Active::Always => self.run(lot, begins, MONDAY + 7 * DAY),
            Active::ThreeHours => self.run(lot, begins, begins + 3 * HOUR),
            Active::WorkingHours => (0..5)
                .flat_map(|day| {
                    let morning = MONDAY + day * DAY + 9 * HOUR;
                    self.run(lot, morning, morning + 8 * HOUR)
                })
                .collect(),
        };
        times.sort_unstable();
        times.truncate(self.most);
        times
    }

    fn run(&self, lot: &mut Lot, from: i64, to: i64) -> Vec<i64> {
        match self.shape {
            Shape::Jitter => self.steady(lot, self.period, from, to),
            Shape::Missed => {
                let mut all = self.steady(lot, self.period, from, to);
                all.retain(|_| lot.below(5) != 0);
                all
            }
            Shape::Interleaved => {
                let other = (self.period as f64 * (1.3 + 2.0 * lot.share())) as i64;
                let mut all = self.steady(lot, self.period, from, to);
                all.extend(self.steady(lot, other, from, to));
                all
            }
            Shape::Rotation => {
                let mut all = self.steady(lot, self.period, from, to);
                all.retain(|_| lot.below(3) == 0);
                all
            }
            Shape::Growth => self.growing(lot, from, to),
        }
    }

    fn steady(&self, lot: &mut Lot, period: i64, from: i64, to: i64) -> Vec<i64> {
        let mut now = from + (lot.share() * period as f64) as i64;
        let mut times = Vec::new();
        while now < to {
            times.push(now);
            now += lot.about(period, self.jitter).max(1);
        }
        times
    }

    fn growing(&self, lot: &mut Lot, from: i64, to: i64) -> Vec<i64> {
        let (mut now, mut gap) = (from, MINUTE as f64);
        let mut times = Vec::new();
        while now < to {
            times.push(now);
            now += lot.about(gap as i64, self.jitter);
            gap *= 1.618_033_988_749_895;
            if gap > DAY as f64 {
                gap = MINUTE as f64;
            }
        }
        times
    }
}
