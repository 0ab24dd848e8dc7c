//! A town of hosts with a week of made-up traffic: the same in every run, on documentation addresses only.
#![allow(dead_code, reason = "each test uses its part of the town")]

use std::fmt::Write;

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// Monday, 2019-03-18T00:00:00Z.
pub const MONDAY: i64 = 1_552_867_200 * SECOND;

/// Numbers without rhythm, the same in every run (SplitMix64).
pub struct Lot(u64);

impl Lot {
    pub fn new(seed: u64) -> Self {
        Lot(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Between 0 and 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn exponential(&mut self, mean: i64) -> i64 {
        (-(1.0 - self.share()).ln() * mean as f64) as i64
    }

    /// Between `1 - jitter` and `1 + jitter` times the length.
    pub fn about(&mut self, length: i64, jitter: f64) -> i64 {
        (length as f64 * (1.0 + jitter * (2.0 * self.share() - 1.0))) as i64
    }
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Call {
    pub micros: i64,
    pub source: String,
    pub target: String,
    pub port: u16,
    pub bytes: u64,
    pub name: Option<String>,
}

/// Who calls whom.
#[derive(Clone)]
pub struct Line {
    pub source: String,
    pub target: String,
    pub port: u16,
    pub name: Option<String>,
}

impl Line {
    pub fn new(source: usize, target: impl Into<String>, port: u16) -> Self {
        Line {
            source: host(source),
            target: target.into(),
            port,
            name: None,
        }
    }

    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    pub fn at(&self, micros: i64, bytes: u64) -> Call {
        Call {
            micros,
            source: self.source.clone(),
            target: self.target.clone(),
            port: self.port,
            bytes,
            name: self.name.clone(),
        }
    }
}

pub fn host(number: usize) -> String {
    format!("10.1.{}.{}", number / 250, number % 250 + 1)
}

/// An address outside that no other number has.
pub fn outside(kind: u16, number: usize) -> String {
    format!("2001:db8:{kind:x}::{:x}", number + 1)
}

/// Sleeps `period` give or take `jitter` after each call; of the calls a share goes missing.
pub struct Rhythm {
    pub period: i64,
    pub jitter: f64,
    pub missed: f64,
}

impl Rhythm {
    pub fn calls(&self, lot: &mut Lot, from: i64, to: i64) -> Vec<i64> {
        let mut now = from + lot.below(self.period as u64) as i64;
        let mut calls = Vec::new();
        while now < to {
            if lot.share() >= self.missed {
                calls.push(now);
            }
            now += lot.about(self.period, self.jitter).max(1);
        }
        calls
    }
}

pub fn poisson(lot: &mut Lot, mean: i64, from: i64, to: i64) -> Vec<i64> {
    let mut now = from + lot.exponential(mean);
    let mut calls = Vec::new();
    while now < to {
        calls.push(now);
        now += lot.exponential(mean) + 1;
    }
    calls
}

/// A week of what `hosts` hosts do without any beacon.
pub fn background(lot: &mut Lot, hosts: usize) -> Vec<Call> {
    let mut calls = Vec::new();
    for number in 0..hosts {
        people(lot, number, &mut calls);
        machines(lot, number, &mut calls);
    }
    calls
}

/// Visits in working hours, page by page, and one portal each morning.
fn people(lot: &mut Lot, number: usize, calls: &mut Vec<Call>) {
    for day in 0..5 {
        let morning = MONDAY + day * DAY + 8 * HOUR + lot.below(HOUR as u64) as i64;
        let portal = Line::new(number, outside(2, number), 443).named(format!("portal{number}.example"));
        calls.push(portal.at(morning, 700 + lot.below(900)));
        let mut now = morning;
        while now < morning + 9 * HOUR {
            now += lot.exponential(25 * MINUTE);
            // Few sites take most visits.
            let site = (400.0 * lot.share().powi(3)) as usize;
            let line = Line::new(number, outside(1, site), 443).named(format!("site{site}.example"));
            for _ in 0..2 + lot.below(12) {
                calls.push(line.at(now, 300 + lot.below(4000)));
                let pause = if lot.below(3) == 0 { 40 * SECOND } else { SECOND };
                now += lot.exponential(pause);
            }
        }
    }
}

/// Clock, updates, monitoring, and a program that calls at random with the same bytes each time.
fn machines(lot: &mut Lot, number: usize, calls: &mut Vec<Call>) {
    let week = (MONDAY, MONDAY + 7 * DAY);
    let mut rhythm = |line: Line, period, jitter, bytes| {
        let rhythm = Rhythm {
            period,
            jitter,
            missed: 0.0,
        };
        let times = rhythm.calls(lot, week.0, week.1);
        calls.extend(times.into_iter().map(|micros| line.at(micros, bytes)));
    };
    rhythm(Line::new(number, outside(0x123, 0), 123), 2048 * SECOND, 0.02, 48);
    let update = Line::new(number, "198.51.100.80", 443).named("update.vendor.example");
    rhythm(update, 4 * HOUR, 0.05, 900);
    rhythm(Line::new(number, "10.0.0.5", 9100), 30 * MINUTE, 0.01, 120);
    let random = Line::new(number, outside(3, number), 443).named(format!("random{number}.example"));
    let times = poisson(lot, 20 * MINUTE, week.0, week.1);
    calls.extend(times.into_iter().map(|micros| random.at(micros, 512)));
}

fn seconds(micros: i64) -> String {
    format!("{}.{:06}", micros.div_euclid(SECOND), micros.rem_euclid(SECOND))
}

/// Writes conn.log and ssl.log as TSV.
pub fn tsv(calls: &[Call]) -> (String, String) {
    let head = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n";
    let mut conn = format!(
        "{head}#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\t\
         duration\torig_bytes\tresp_bytes\tconn_state\n#types\ttime\tstring\taddr\tport\taddr\tport\tenum\t\
         string\tinterval\tcount\tcount\tstring\n"
    );
    let mut ssl = format!(
        "{head}#path\tssl\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\n#types\t\
         time\tstring\taddr\tport\taddr\tport\tstring\n"
    );
    for (number, call) in calls.iter().enumerate() {
        let port = 40_000 + number % 20_000;
        let common = format!(
            "{}\tC{number:x}\t{}\t{port}\t{}\t{}",
            seconds(call.micros),
            call.source,
            call.target,
            call.port
        );
        let service = if call.name.is_some() { "ssl" } else { "-" };
        writeln!(conn, "{common}\ttcp\t{service}\t0.5\t{}\t900\tSF", call.bytes)
            .expect("writing to a String cannot fail");
        if let Some(name) = &call.name {
            writeln!(ssl, "{common}\t{name}").expect("writing to a String cannot fail");
        }
    }
    (conn, ssl)
}

/// Writes the same as JSON lines, both streams in one text.
pub fn json(calls: &[Call]) -> String {
    let mut text = String::new();
    for (number, call) in calls.iter().enumerate() {
        let port = 40_000 + number % 20_000;
        let common = format!(
            "\"ts\":{},\"uid\":\"C{number:x}\",\"id.orig_h\":\"{}\",\"id.orig_p\":{port},\"id.resp_h\":\"{}\",\
             \"id.resp_p\":{}",
            seconds(call.micros),
            call.source,
            call.target,
            call.port
        );
        let service = if call.name.is_some() {
            ",\"service\":\"ssl\""
        } else {
            ""
        };
        writeln!(
            text,
            "{{{common},\"proto\":\"tcp\"{service},\"duration\":0.5,\"orig_bytes\":{},\"conn_state\":\"SF\"}}",
            call.bytes
        )
        .expect("writing to a String cannot fail");
        if let Some(name) = &call.name {
            writeln!(
                text,
                "{{{common},\"server_name\":\"{name}\",\"established\":true}}"
            )
            .expect("writing to a String cannot fail");
        }
    }
    text
}
