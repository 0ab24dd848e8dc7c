//! What the machines of the house do all week: people at their desks, and the regular calls of every machine.
//!
//! People come in sessions, in working hours, to few sites often and to many seldom. The regulars are what a
//! search for beacons stumbles over: updates, time and monitoring at fixed intervals by many machines, a chat
//! and three price feeds at exponential gaps with one constant size.

use super::sites::{CHAT, FEEDS, MONITOR, Site, TIME, UPDATES, pages, service};
use super::wire::{Request, SECOND, Size, Wire};
use crate::demo::cast::{USER_AGENT, WEEK, WEEK_DAYS, hours};
use crate::demo::stream::Stream;
use std::net::Ipv4Addr;

/// Machines in the house.
pub(in crate::demo) const HOSTS: u64 = 200;
/// User agents in the house; the first is the one that the C2 is called with.
const AGENTS: [&str; 3] = [
    USER_AGENT,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:65.0) Gecko/20100101 Firefox/65.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_3) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Safari/605.1.15",
];
const UPDATER: &str = "Os-Vendor-Update-Agent/10.0";

/// Returns a machine's address.
pub(in crate::demo) fn address(number: u64) -> Ipv4Addr {
    Ipv4Addr::new(10, 20, (number / 120) as u8, (number % 120 + 10) as u8)
}

/// Every fourth machine is on day and night, the others while people work.
fn is_on(number: u64, at: i64) -> bool {
    let (day, second) = ((at - WEEK) / 86_400, (at - WEEK) % 86_400);
    let offset = number as i64 % 37 * 60;
    number.is_multiple_of(4) || day < 5 && (1_800 + offset..39_600 + offset).contains(&second)
}

/// Puts the whole week on the wire.
pub(super) fn run(wire: &mut Wire, seed: u64) {
    let pages = pages();
    for number in 0..HOSTS {
        people(
            wire,
            &mut Stream::of(seed, &format!("network/people/{number}")),
            number,
            &pages,
        );
    }
    regulars(wire, seed);
}

fn people(wire: &mut Wire, draw: &mut Stream, number: u64, pages: &[Site]) {
    let agent = *draw.pick(&AGENTS);
    for day in 0..WEEK_DAYS {
        let busy = if day < 5 {
            draw.between(2, 9)
        } else {
            u64::from(draw.percent(15))
        };
        let mut starts: Vec<i64> = (0..busy).map(|_| hours(draw)).collect();
        starts.sort_unstable();
        for start in starts {
            session(wire, draw, number, pages, agent, WEEK + day * 86_400 + start);
        }
    }
}

fn session(wire: &mut Wire, draw: &mut Stream, number: u64, pages: &[Site], agent: &str, start: i64) {
    let host = address(number);
    let mut at = start * SECOND;
    for _ in 0..draw.heavy(2, 5) {
        let octave = draw.below(9);
        let rank = draw.below(pages.len() as u64 >> octave) as usize;
        let site = pages.get(rank).expect("a rank below the number of pages");
        let size = Size {
            sent: draw.heavy(420, 6) as u64,
            received: draw.heavy(1_800, 11) as u64,
        };
        if site.clear {
            let uri = format!("/{}/{}", draw.letters(6), draw.below(100_000));
            wire.clear(
                at,
                host,
                site,
                size,
                &Request {
                    method: "GET",
                    uri: &uri,
                    agent,
                },
            );
        } else {
            wire.secret(at, host, site, size);
        }
        at += draw.exponential(9e6) as i64 + 40_000;
    }
}

fn regulars(wire: &mut Wire, seed: u64) {
    for number in 0..HOSTS {
        let draw = &mut Stream::of(seed, &format!("network/regulars/{number}"));
        let updates = service(UPDATES);
        every(draw, number, 3_600, 60, |draw, at| {
            let request = Request {
                method: "GET",
                uri: "/v2/catalogue",
                agent: UPDATER,
            };
            let received = if draw.percent(5) {
                draw.heavy(90_000, 6) as u64
            } else {
                612
            };
            wire.clear(
                at,
                address(number),
                &updates,
                Size { sent: 388, received },
                &request,
            );
        });
        let time = service(TIME);
        every(draw, number, 4_096, 2, |_, at| {
            wire.time(at, address(number), &time)
        });
        if number.is_multiple_of(4) {
            let monitor = service(MONITOR);
            let size = Size {
                sent: 1_840,
                received: 310,
            };
            every(draw, number, 1_800, 5, |_, at| {
                wire.secret(at, address(number), &monitor, size)
            });
        }
        if number % 3 == 1 {
            poll(wire, draw, number, CHAT, 600);
        }
    }
    for (feed, number) in FEEDS.iter().zip([20, 84, 148]) {
        poll(wire, &mut Stream::of(seed, feed), number, feed, 420);
    }
}

/// Calls at fixed intervals with a little jitter, both in seconds, while the machine is on.
fn every(draw: &mut Stream, number: u64, interval: i64, jitter: u64, mut call: impl FnMut(&mut Stream, i64)) {
    let mut at = WEEK + draw.below(interval as u64) as i64;
    while at < WEEK + WEEK_DAYS * 86_400 {
        let micros = at * SECOND + draw.below(jitter * 1_000_000) as i64;
        if is_on(number, at) {
            call(draw, micros);
        }
        at += interval;
    }
}

/// Calls at exponential gaps with one constant size.
fn poll(wire: &mut Wire, draw: &mut Stream, number: u64, name: &str, mean: i64) {
    let site = service(name);
    let size = Size {
        sent: 1_164,
        received: 702,
    };
    let mut at = WEEK * SECOND;
    while at < (WEEK + WEEK_DAYS * 86_400) * SECOND {
        at += draw.exponential((mean * SECOND) as f64) as i64 + 1;
        if is_on(number, at / SECOND) {
            wire.secret(at, address(number), &site, size);
        }
    }
}
