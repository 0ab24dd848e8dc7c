//! A week of what hosts do without any beacon: people, services that all hosts poll, tools that a department
//! polls, and programs of one host alone.

use crate::rows::{Pair, Rows};
use crate::town::{DAY, HOUR, Lot, MINUTE, MONDAY, Rhythm, SECOND, poisson};

const WEEK: (i64, i64) = (MONDAY, MONDAY + 7 * DAY);
/// Kinds of destination, as they stand in an address.
const INSIDE: u16 = 0;
const SITE: u16 = 1;
const FAVOURITE: u16 = 2;
const SERVICE: u16 = 3;
const TOOL: u16 = 4;
const PRIVATE: u16 = 5;
const CHANCE: u16 = 6;

/// Returns what a destination is, by its address.
pub fn kind_of(address: &str) -> &'static str {
    match address
        .strip_prefix("2001:db8:")
        .and_then(|rest| rest.split(':').next())
    {
        Some("1" | "2") => "site",
        Some("3") => "service",
        Some("4") => "tool",
        Some("5") => "private",
        Some("6") => "chance",
        _ => "inside",
    }
}

/// Adds the week.
pub fn week(lot: &mut Lot, hosts: usize, rows: &mut Rows) {
    for host in 0..hosts {
        let person = Person::new(lot, host);
        for day in 0..7 {
            person.day(lot, day, rows);
        }
        services(lot, host, rows);
    }
    tools(lot, hosts, rows);
    private(lot, hosts, rows);
    for number in 0..hosts / 4 {
        let pair = Pair {
            host: number * 3 % hosts,
            kind: CHANCE,
            number,
            port: 443,
        };
        let mean = log_uniform(lot, 5 * MINUTE, 6 * HOUR);
        let bytes = 200 + lot.below(800);
        for time in poisson(lot, mean, WEEK.0, WEEK.1) {
            rows.call(pair, time, bytes);
        }
    }
}

/// Returns a length between two, each order of magnitude as likely as another.
pub fn log_uniform(lot: &mut Lot, from: i64, to: i64) -> i64 {
    (from as f64 * (to as f64 / from as f64).powf(lot.share())) as i64
}

/// How a person works.
struct Person {
    host: usize,
    begins: i64,
    hours: i64,
    weekends: bool,
    favourites: Vec<usize>,
    /// A page that asks for news by itself while it stands open.
    live: Option<(usize, i64)>,
}

impl Person {
    fn new(lot: &mut Lot, host: usize) -> Self {
        let favourites = (0..4 + lot.below(10)).map(|_| (3_000.0 * lot.share().powi(2)) as usize);
        let favourites: Vec<usize> = favourites.collect();
        let live =
            (lot.below(6) == 0).then(|| (lot.below(40) as usize, (20 + lot.below(100) as i64) * SECOND));
        Person {
            host,
            begins: 7 * HOUR + lot.below(3 * HOUR as u64) as i64,
            hours: 6 + lot.below(5) as i64,
            weekends: lot.below(10) == 0,
            favourites,
            live,
        }
    }

    fn day(&self, lot: &mut Lot, day: i64, rows: &mut Rows) {
        if day >= 5 && !self.weekends {
            return;
        }
        let morning = MONDAY + day * DAY + self.begins + lot.below(40 * MINUTE as u64) as i64;
        let evening = morning + self.hours * HOUR;
        // The first look of the day goes to the same place.
        self.visit(
            lot,
            FAVOURITE,
            self.favourites.first().copied().unwrap_or(0),
            morning,
            rows,
        );
        let mut now = morning;
        while now < evening {
            now += lot.exponential(22 * MINUTE);
            let (kind, site) = if lot.below(3) == 0 {
                (SITE, (8_000.0 * lot.share().powi(3)) as usize)
            } else {
                let place = (self.favourites.len() as f64 * lot.share().powi(2)) as usize;
                (FAVOURITE, self.favourites.get(place).copied().unwrap_or(0))
            };
            now = self.visit(lot, kind, site, now, rows);
        }
        if let Some((site, period)) = self.live {
            let opened = morning + lot.below((self.hours * HOUR) as u64) as i64;
            let rhythm = Rhythm {
                period,
                jitter: 0.05,
                missed: 0.0,
            };
            let closed = opened + log_uniform(lot, 5 * MINUTE, 2 * HOUR);
            for time in rhythm.calls(lot, opened, closed) {
                rows.call(self.pair(SITE, site), time, 150 + lot.below(40));
            }
        }
    }

    fn pair(&self, kind: u16, site: usize) -> Pair {
        Pair {
            host: self.host,
            kind,
            number: site,
            port: 443,
        }
    }

    /// Some pages, each with what it loads; returns when the last was read.
    fn visit(&self, lot: &mut Lot, kind: u16, site: usize, from: i64, rows: &mut Rows) -> i64 {
        let mut now = from;
        for _ in 0..1 + lot.below(5) {
            for _ in 0..1 + lot.below(4) {
                rows.call(self.pair(kind, site), now, 300 + lot.below(4_000));
                now += 1 + lot.exponential(SECOND / 2);
            }
            now += lot.exponential(50 * SECOND);
        }
        now
    }
}

fn poll(lot: &mut Lot, pair: Pair, rhythm: &Rhythm, hours: Option<(i64, i64)>, bytes: u64, rows: &mut Rows) {
    let spread = lot.below(3) * 10;
    let spans: Vec<(i64, i64)> = match hours {
        None => vec![WEEK],
        Some((from, to)) => (0..5)
            .map(|day| (MONDAY + day * DAY + from, MONDAY + day * DAY + to))
            .collect(),
    };
    for (from, to) in spans {
        for time in rhythm.calls(lot, from, to) {
            rows.call(pair, time, bytes + lot.below(spread + 1));
        }
    }
}

/// What every host polls: clocks, updates, a scanner's cloud, mail, chat, monitoring inside.
fn services(lot: &mut Lot, host: usize, rows: &mut Rows) {
    let working = Some((
        8 * HOUR + lot.below(HOUR as u64) as i64,
        17 * HOUR + lot.below(HOUR as u64) as i64,
    ));
    let service = |number: u64, port| Pair {
        host,
        kind: SERVICE,
        number: number as usize,
        port,
    };
    let rhythm = |period, jitter| Rhythm {
        period,
        jitter,
        missed: 0.01,
    };
    let clock = service(lot.below(4), 123);
    poll(lot, clock, &rhythm(2048 * SECOND, 0.02), None, 48, rows);
    let update = service(10 + lot.below(5), 443);
    let period = log_uniform(lot, HOUR, 12 * HOUR);
    poll(lot, update, &rhythm(period, 0.1), None, 900, rows);
    let scanner = service(20 + lot.below(3), 443);
    poll(lot, scanner, &rhythm(15 * MINUTE, 0.3), None, 350, rows);
    if lot.below(2) == 0 {
        let mail = service(30 + lot.below(2), 993);
        poll(lot, mail, &rhythm(10 * MINUTE, 0.05), working, 210, rows);
    }
    if lot.below(4) == 0 {
        let chat = service(40 + lot.below(6), 443);
        poll(lot, chat, &rhythm(5 * MINUTE, 0.2), working, 120, rows);
    }
    let monitor = Pair {
        host,
        kind: INSIDE,
        number: 0,
        port: 9100,
    };
    poll(lot, monitor, &rhythm(HOUR, 0.01), None, 120, rows);
}

/// Thirty tools that a department polls: 20 to 120 hosts each.
fn tools(lot: &mut Lot, hosts: usize, rows: &mut Rows) {
    for number in 0..30 {
        let rhythm = Rhythm {
            period: log_uniform(lot, MINUTE, HOUR),
            jitter: 0.3 * lot.share(),
            missed: 0.02,
        };
        let hours = (lot.below(2) == 0).then_some((9 * HOUR, 17 * HOUR));
        let first = lot.below(hosts as u64) as usize;
        let users = log_uniform(lot, 20, 120) as usize;
        for user in 0..users.min(hosts) {
            let pair = Pair {
                host: (first + user) % hosts,
                kind: TOOL,
                number,
                port: 443,
            };
            // Slow enough that thirty tools do not outweigh the town.
            let rhythm = Rhythm {
                period: rhythm.period.max(10 * MINUTE),
                ..rhythm
            };
            poll(lot, pair, &rhythm, hours, 400, rows);
        }
    }
}

/// Regular programs of one to three hosts, which no timing tells from a beacon.
fn private(lot: &mut Lot, hosts: usize, rows: &mut Rows) {
    for number in 0..18 {
        let rhythm = Rhythm {
            period: log_uniform(lot, 2 * MINUTE, 4 * HOUR),
            jitter: 0.2 * lot.share(),
            missed: 0.0,
        };
        for _ in 0..1 + lot.below(3) {
            let pair = Pair {
                host: lot.below(hosts as u64) as usize,
                kind: PRIVATE,
                number,
                port: 443,
            };
            poll(lot, pair, &rhythm, None, 500, rows);
        }
    }
}
