//! The beacon: the infected machine calls the three C2 pages in rotation, about once a minute.
//!
//! It has jitter, misses calls, and was off the network twice: what a detector meets in the field.

use super::sites::Site;
use super::wire::{Request, SECOND, Size, Wire};
use crate::demo::cast::{Cast, MAIL_SENT, THEFT_ENDS, USER_AGENT};
use crate::demo::stream::Stream;
use crate::demo::truth::Infection;
use strongroom_model::{Interval, Moment};

/// Seconds of sleep between two calls.
const SLEEP: i64 = 60;

/// Puts the beacon on the wire.
pub(super) fn run(wire: &mut Wire, cast: &Cast) -> Infection {
    let mut draw = Stream::of(cast.seed, "network/beacon");
    let first = MAIL_SENT + draw.between(420, 900) as i64;
    let away = outages(&mut draw);
    let hosts = cast.c2_hosts.iter().zip(cast.c2_ips).zip(cast.c2_paths);
    let mut rotation = hosts.cycle();
    let mut calls: Vec<Moment> = Vec::new();
    let mut at = first * SECOND;
    while at < (THEFT_ENDS + 1_200) * SECOND {
        let ((name, ip), path) = rotation.next().expect("a cycle does not end");
        let missed = draw.percent(4)
            || away
                .iter()
                .any(|(from, to)| (*from..*to).contains(&(at / SECOND)));
        if calls.is_empty() || !missed {
            let site = Site {
                name: name.clone(),
                ip,
                clear: true,
            };
            let uri = format!("{path}?v={}", digits(&mut draw));
            let request = Request {
                method: "POST",
                uri: &uri,
                agent: USER_AGENT,
            };
            let began = wire.clear(at, cast.infected, &site, size(&mut draw), &request);
            calls.push(Moment::from_micros(began));
        }
        // A tenth of jitter either way, and the time that the call itself took.
        at += SLEEP * SECOND + draw.below(12_000_000) as i64 - 6_000_000 + draw.below(700_000) as i64;
    }
    Infection {
        host: cast.infected.to_string(),
        calls: calls
            .iter()
            .copied()
            .map(Interval::at)
            .reduce(Interval::join)
            .expect("the first call is never missed"),
        count: calls.len() as u64,
        sleep: SLEEP as u64,
    }
}

/// Two outages, from and to, in seconds since 1970.
fn outages(draw: &mut Stream) -> [(i64, i64); 2] {
    [(30, 5_400), (80, 14_400)].map(|(hour, most)| {
        let from = MAIL_SENT + hour * 3600 + draw.below(7_200) as i64;
        (from, from + draw.between(1_800, most) as i64)
    })
}

/// The ten digits in some order.
fn digits(draw: &mut Stream) -> String {
    let mut digits: Vec<char> = ('0'..='9').collect();
    draw.shuffle(&mut digits);
    digits.into_iter().collect()
}

/// Mostly nothing to say; now and then an order and its answer.
fn size(draw: &mut Stream) -> Size {
    match draw.percent(3) {
        true => Size {
            sent: draw.heavy(900, 6) as u64,
            received: draw.heavy(700, 4) as u64,
        },
        false => Size {
            sent: 548,
            received: 222,
        },
    }
}
