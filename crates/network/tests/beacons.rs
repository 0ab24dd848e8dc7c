//! Planted beacons are found in a week of 200 hosts, and nothing else is.

mod town;

use std::collections::BTreeSet;
use strongroom_model::{Evidence, Kind, Limits, Verdict};
use strongroom_network::{Network, Reader, Standing, Test};
use town::{Call, DAY, HOUR, Line, Lot, MINUTE, MONDAY, Rhythm, SECOND, host, outside, poisson};

const HOSTS: usize = 200;

fn read(calls: &[Call], dns: &str) -> Network {
    let (conn, ssl) = town::tsv(calls);
    let mut reader = Reader::new(&Limits::default());
    reader.read("conn.log", conn.as_bytes());
    reader.read("ssl.log", ssl.as_bytes());
    reader.read("dns.log", dns.as_bytes());
    reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new())
}

/// Calls at these times, with bytes that vary by a few.
fn calls(lot: &mut Lot, line: &Line, times: Vec<i64>) -> Vec<Call> {
    times
        .into_iter()
        .map(|micros| line.at(micros, 300 + lot.below(8)))
        .collect()
}

/// Each planted beacon: what it is, and its calls.
fn planted(lot: &mut Lot) -> Vec<(&'static str, Vec<Call>)> {
    let rhythm = |period, jitter, missed| Rhythm {
        period,
        jitter,
        missed,
    };
    let tuesday = MONDAY + DAY;
    let mut all = Vec::new();
    let mut plant = |lot: &mut Lot, what, line: Line, times| {
        let made = calls(lot, &line, times);
        all.push((what, made));
    };

    let times = rhythm(MINUTE, 0.1, 0.0).calls(lot, tuesday + 10 * HOUR, tuesday + 13 * HOUR);
    plant(
        lot,
        "a minute, three hours only",
        Line::new(3, "203.0.113.1", 443),
        times,
    );

    let days = (0..5).flat_map(|day| {
        let morning = MONDAY + day * DAY + 9 * HOUR;
        rhythm(5 * MINUTE, 0.2, 0.0).calls(lot, morning, morning + 8 * HOUR)
    });
    let times = days.collect();
    plant(
        lot,
        "five minutes, working hours only",
        Line::new(17, "203.0.113.2", 8080),
        times,
    );

    let times = rhythm(4 * HOUR, 0.02, 0.0).calls(lot, tuesday, tuesday + DAY);
    plant(
        lot,
        "four hours, six calls",
        Line::new(29, "203.0.113.3", 443),
        times,
    );

    let times = rhythm(HOUR, 0.5, 0.0).calls(lot, MONDAY, MONDAY + 7 * DAY);
    plant(
        lot,
        "an hour, jitter 50 %",
        Line::new(41, "203.0.113.4", 443),
        times,
    );

    let times = rhythm(10 * MINUTE, 0.1, 0.3).calls(lot, tuesday, tuesday + 2 * DAY);
    plant(
        lot,
        "ten minutes, three in ten missed",
        Line::new(53, "203.0.113.5", 443),
        times,
    );

    // Behind an address that everybody uses, told apart by its name alone.
    let named = Line::new(67, outside(1, 0), 443).named("c2.example");
    let times = rhythm(15 * MINUTE, 0.3, 0.0).calls(lot, tuesday, tuesday + 2 * DAY);
    plant(lot, "behind a shared address", named, times);

    // One minute of sleep, then one of three servers by lot.
    let mut servers = [Vec::new(), Vec::new(), Vec::new()];
    for time in rhythm(MINUTE, 0.08, 0.0).calls(lot, tuesday, tuesday + 10 * HOUR) {
        servers
            .get_mut(lot.below(3) as usize)
            .expect("three servers")
            .push(time);
    }
    for (number, times) in servers.into_iter().enumerate() {
        let line = Line::new(79, format!("203.0.113.{}", 10 + number), 443);
        plant(lot, "one of three by lot", line, times);
    }
    all
}

/// DNS rows that name the clock's address.
fn clock_answers() -> String {
    let mut dns = "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tquery\tanswers\n#types\t\
                   time\taddr\taddr\tport\tstring\tvector[string]\n"
        .to_owned();
    dns += &format!(
        "1552867200.0\t{}\t10.0.0.2\t53\t2.pool.ntp.org\t{}\n",
        host(0),
        outside(0x123, 0)
    );
    dns
}

#[test]
fn planted_beacons_are_found_in_a_week_and_nothing_else_is() {
    let mut lot = Lot::new(20_190_324);
    let mut all = town::background(&mut lot, HOSTS);
    let planted = planted(&mut lot);
    all.extend(planted.iter().flat_map(|(_, calls)| calls.iter().cloned()));
    let network = read(&all, &clock_answers());
    eprintln!(
        "{} rows of {HOSTS} hosts",
        network.read.iter().map(|log| log.rows_read()).sum::<u64>()
    );

    let key = |call: &Call| {
        let target = call.name.clone().unwrap_or_else(|| call.target.clone());
        (call.source.clone(), target)
    };
    let wanted: BTreeSet<_> = planted.iter().map(|(_, calls)| key(&calls[0])).collect();
    let found: BTreeSet<_> = network
        .beacons
        .iter()
        .map(|beacon| (beacon.source.to_string(), beacon.destination.value().to_owned()))
        .collect();
    for beacon in &network.beacons {
        eprintln!(
            "{} {} score {}: {}",
            beacon.source, beacon.destination, beacon.score, beacon.why
        );
    }
    let missed: Vec<_> = planted
        .iter()
        .filter(|(_, calls)| !found.contains(&key(&calls[0])))
        .collect();
    assert!(
        missed.is_empty(),
        "missed: {:?}",
        missed.iter().map(|(what, _)| what).collect::<Vec<_>>()
    );
    assert_eq!(found, wanted, "false alarms");

    let aside = |standing| {
        network
            .set_aside
            .iter()
            .filter(|beacon| beacon.standing == standing)
            .count()
    };
    let counts = [Standing::Safe, Standing::Common, Standing::Inside].map(aside);
    eprintln!("set aside: safe, common, inside = {counts:?}");
    assert!(counts.iter().all(|count| *count >= HOSTS - 10), "{counts:?}");
}

#[test]
fn three_servers_by_lot_are_each_others_fallback() {
    let mut lot = Lot::new(5);
    let calls: Vec<Call> = planted(&mut lot)
        .into_iter()
        .flat_map(|(_, calls)| calls)
        .collect();
    let network = read(&calls, "");
    let fallback = network.report.findings.iter().filter(|finding| {
        finding.code == "network.beacon" && finding.techniques.iter().any(|id| id == "T1008")
    });
    let targets: BTreeSet<_> = fallback
        .map(|finding| finding.observables[0].value().to_owned())
        .collect();
    assert_eq!(
        targets.into_iter().collect::<Vec<_>>(),
        ["203.0.113.10", "203.0.113.11", "203.0.113.12"]
    );
}

/// Returns how many of 200 lines, each with times of its own, are alarms, and how many RITA rates at least
/// 700.
fn of_200(seed: u64, times: impl Fn(&mut Lot) -> Vec<i64>) -> (usize, usize) {
    let mut lot = Lot::new(seed);
    let mut all = Vec::new();
    for number in 0..200 {
        let times = times(&mut lot);
        let line = Line::new(number, outside(9, number), 443);
        all.extend(times.into_iter().map(|micros| line.at(micros, 512)));
    }
    let network = read(&all, "");
    let rita = |beacon: &&strongroom_network::Beacon| beacon.rita.is_some_and(|rita| rita.total >= 700);
    (network.beacons.len(), network.beacons.iter().filter(rita).count())
}

#[test]
fn detection_falls_with_jitter_and_rises_with_calls() {
    eprintln!("alarms of 200 lines; 5 minutes' period, jitter 0 to 80 %");
    let mut table = Vec::new();
    for count in [8, 12, 24, 48, 100] {
        let row: Vec<usize> = (0..=8)
            .map(|tenth| {
                let rhythm = Rhythm {
                    period: 5 * MINUTE,
                    jitter: f64::from(tenth) / 10.0,
                    missed: 0.0,
                };
                of_200(100 + count as u64, |lot| {
                    rhythm
                        .calls(lot, MONDAY, MONDAY + DAY)
                        .into_iter()
                        .take(count)
                        .collect()
                })
                .0
            })
            .collect();
        eprintln!("{count:>4} calls: {row:?}");
        table.push(row);
    }
    let (twelve, hundred) = (&table[1], &table[4]);
    assert!(twelve[..=3].iter().all(|found| *found == 200), "{twelve:?}");
    assert!(hundred[..=7].iter().all(|found| *found >= 198), "{hundred:?}");
}

#[test]
fn calls_by_chance_with_constant_sizes_are_no_beacons() {
    for (mean, span) in [
        (MINUTE, 6 * HOUR),
        (10 * MINUTE, DAY),
        (HOUR, 3 * DAY),
        (3 * HOUR, 2 * DAY),
    ] {
        let alarms: usize = (0..10)
            .map(|seed| of_200(seed, |lot| poisson(lot, mean, MONDAY, MONDAY + span)).0)
            .sum();
        assert!(alarms <= 2, "{alarms} of 2000 with a mean of {} s", mean / SECOND);
    }
}

/// Returns RITA's mean score over forty beacons with these times and constant sizes in one day, which
/// are alarms here.
fn rita_of(times: impl Fn(&mut Lot) -> Vec<i64>) -> u32 {
    let mut lot = Lot::new(11);
    // Somebody calls at midnight, so that the window is the day.
    let mut all = vec![Line::new(50, outside(8, 100), 80).at(MONDAY, 1)];
    for number in 0..40 {
        let line = Line::new(number, outside(8, number), 443);
        let times = times(&mut lot);
        all.extend(times.iter().map(|micros| line.at(*micros, 512)));
    }
    let network = read(&all, "");
    let found = network.beacons.len();
    assert!(found >= 38, "{found} of 40 found");
    let scores = network
        .beacons
        .iter()
        .map(|beacon| beacon.rita.expect("calls enough").total);
    scores.sum::<u32>() / found as u32
}

#[test]
fn what_rita_misses_is_found_and_ritas_score_is_as_measured() {
    let rhythm = |period| Rhythm {
        period,
        jitter: 0.15,
        missed: 0.0,
    };
    let three_hours = rita_of(|lot| rhythm(MINUTE).calls(lot, MONDAY + 10 * HOUR, MONDAY + 13 * HOUR));
    let working_hours = rita_of(|lot| rhythm(5 * MINUTE).calls(lot, MONDAY + 9 * HOUR, MONDAY + 17 * HOUR));
    let four_hours = rita_of(|lot| rhythm(4 * HOUR).calls(lot, MONDAY, MONDAY + DAY));
    let found = [three_hours, working_hours, four_hours];
    eprintln!("RITA: three hours, working hours, four hours = {found:?} (measured 478, 646, 677)");
    // The measured figures are of one beacon each; the skew of six calls' five gaps varies most from one to the
    // next.
    for (found, (measured, within)) in found.iter().zip([(478u32, 30), (646, 30), (677, 50)]) {
        assert!(found.abs_diff(measured) <= within, "{found} for {measured}");
    }
}

#[test]
fn a_handshake_that_claims_a_safe_name_does_not_hide_its_address() {
    let mut lot = Lot::new(23);
    let line = Line::new(5, "203.0.113.9", 443).named("update.microsoft.com");
    let rhythm = Rhythm {
        period: 5 * MINUTE,
        jitter: 0.1,
        missed: 0.0,
    };
    let times = rhythm.calls(&mut lot, MONDAY, MONDAY + DAY);
    let all = calls(&mut lot, &line, times);
    let alarms = |dns: &str| -> Vec<String> {
        let network = read(&all, dns);
        assert_eq!(network.set_aside.len(), 1, "the name itself");
        network
            .beacons
            .iter()
            .map(|beacon| beacon.destination.value().to_owned())
            .collect()
    };
    assert_eq!(
        alarms(&clock_answers()),
        ["203.0.113.9"],
        "DNS was read and never gave this address"
    );
    assert_eq!(alarms(""), [""; 0], "without DNS the name stands");
}

#[test]
fn a_destination_that_the_lookup_knows_is_never_set_aside() {
    let mut lot = Lot::new(31);
    let mut all = Vec::new();
    for number in 0..20 {
        let line = Line::new(number, "203.0.113.9", 443);
        let rhythm = Rhythm {
            period: 5 * MINUTE,
            jitter: 0.1,
            missed: 0.0,
        };
        let times = rhythm.calls(&mut lot, MONDAY, MONDAY + 6 * HOUR);
        all.extend(calls(&mut lot, &line, times));
    }
    let network = read(&all, "");
    assert_eq!((network.beacons.len(), network.set_aside.len()), (0, 20));
    let (conn, _) = town::tsv(&all);
    let mut reader = Reader::new(&Limits::default());
    reader.read("conn.log", conn.as_bytes());
    let network = reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|asked| {
        let known = asked.value() == "203.0.113.9:443";
        if known {
            vec!["a list".to_owned()]
        } else {
            Vec::new()
        }
    });
    assert_eq!((network.beacons.len(), network.set_aside.len()), (20, 0));
    assert_eq!(network.contacts.len(), 20);
}

#[test]
fn a_beacon_is_suspicious_and_one_to_what_is_known_is_malicious() {
    let mut lot = Lot::new(37);
    let rhythm = Rhythm {
        period: 5 * MINUTE,
        jitter: 0.1,
        missed: 0.0,
    };
    let times = rhythm.calls(&mut lot, MONDAY, MONDAY + 6 * HOUR);
    let all = calls(
        &mut lot,
        &Line::new(1, "203.0.113.9", 443).named("c2.example"),
        times,
    );
    let (conn, ssl) = town::tsv(&all);
    let verdict = |known: &str| {
        let mut reader = Reader::new(&Limits::default());
        reader.read("conn.log", conn.as_bytes());
        reader.read("ssl.log", ssl.as_bytes());
        let lookup = |asked: &strongroom_model::Observable| {
            if asked.value() == known {
                vec!["a list".to_owned()]
            } else {
                Vec::new()
            }
        };
        let network = reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &lookup);
        assert_eq!(network.beacons.len(), 1);
        network.report.verdict()
    };
    assert_eq!(verdict("elsewhere.example"), Verdict::Suspicious);
    for known in ["c2.example", "203.0.113.9", "203.0.113.9:443"] {
        assert_eq!(verdict(known), Verdict::Malicious, "{known}");
    }
}

#[test]
fn growth_two_periods_and_few_calls_a_day_are_found_too() {
    let mut lot = Lot::new(41);
    let mut all = Vec::new();
    let (mut now, mut gap) = (MONDAY + 3 * HOUR, MINUTE);
    while gap < DAY {
        all.push(Line::new(1, "203.0.113.21", 443).at(now, 200));
        now += lot.about(gap, 0.05);
        gap = gap * 1_618 / 1_000;
    }
    for period in [10 * MINUTE, 17 * MINUTE] {
        let rhythm = Rhythm {
            period,
            jitter: 0.05,
            missed: 0.0,
        };
        let times = rhythm.calls(&mut lot, MONDAY, MONDAY + 2 * DAY);
        all.extend(calls(&mut lot, &Line::new(2, "203.0.113.22", 443), times));
    }
    for day in 0..7 {
        let morning = MONDAY + day * DAY + 9 * HOUR;
        let rhythm = Rhythm {
            period: 2 * HOUR,
            jitter: 0.2,
            missed: 0.0,
        };
        let times = rhythm.calls(&mut lot, morning, morning + 8 * HOUR);
        all.extend(calls(&mut lot, &Line::new(3, "203.0.113.23", 443), times));
    }
    let network = read(&all, "");
    let found: BTreeSet<_> = network
        .beacons
        .iter()
        .map(|beacon| (beacon.source.to_string(), beacon.test))
        .collect();
    let wanted = [(1, Test::Growth), (2, Test::Echo), (3, Test::Even)];
    let wanted: BTreeSet<_> = wanted.map(|(number, test)| (host(number), test)).into();
    assert_eq!(found, wanted, "{:?}", network.beacons);
}

#[test]
fn a_beacon_of_fifty_thousand_calls_is_found_and_counted_whole() {
    let mut lot = Lot::new(43);
    let rhythm = Rhythm {
        period: 12 * SECOND,
        jitter: 0.5,
        missed: 0.0,
    };
    let times = rhythm.calls(&mut lot, MONDAY, MONDAY + 7 * DAY);
    let count = times.len() as u64;
    let all = calls(&mut lot, &Line::new(1, "203.0.113.21", 443), times);
    let network = read(&all, "");
    assert_eq!(network.beacons.len(), 1);
    let beacon = &network.beacons[0];
    assert_eq!((beacon.connections, beacon.test), (count, Test::Even));
    assert!(
        beacon.period_micros.abs_diff(12 * SECOND) < 1_500_000,
        "{}",
        beacon.why
    );
    assert!(
        beacon.histogram.iter().sum::<u64>() == count,
        "{:?}",
        beacon.histogram
    );
    // Every hour of every day: nothing but its jitter is missing.
    let rita = beacon.rita.expect("calls enough");
    assert!(rita.histogram >= 900 && rita.duration == 1000, "{rita:?}");
}
