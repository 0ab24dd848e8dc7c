//! The drain detector on made-up months: it alarms on the shapes of real thefts, and stays quiet in months
//! that are only busy.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod tables;

use strongroom_ledger::{
    Direction, Drain, DrainConfig, DrainDetector, Drains, Opening, Policy, Seed, Stops, Trigger, Watch,
    detect, trace,
};
use strongroom_model::{Amount, Limits, Moment, Transfer};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const THEFT: i64 = 28 * DAY + 2 * HOUR;

struct Paid {
    micros: i64,
    from: String,
    to: String,
    asset: String,
    amount: u64,
}

/// A made-up exchange: its hot wallet, its cold wallet, customers who pay in and out.
struct Month {
    state: u64,
    paid: Vec<Paid>,
    balances: Vec<u64>,
    target: u64,
    customers: u64,
}

impl Month {
    fn new(seed: u64, assets: usize) -> Self {
        let mut month = Month {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            paid: Vec::new(),
            balances: vec![0; assets],
            target: 1_000_000_000,
            customers: 0,
        };
        for asset in 0..assets {
            month.move_in(0, "cold", asset, 1_000_000_000);
        }
        month
    }

    fn random(&mut self, below: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) % below
    }

    fn push(&mut self, micros: i64, from: &str, to: &str, asset: usize, amount: u64) {
        let asset = format!("A{asset}");
        self.paid.push(Paid {
            micros,
            from: from.into(),
            to: to.into(),
            asset,
            amount,
        });
    }

    fn move_in(&mut self, micros: i64, from: &str, asset: usize, amount: u64) {
        self.balances[asset] += amount;
        self.push(micros, from, "hot", asset, amount);
    }

    fn move_out(&mut self, micros: i64, to: &str, asset: usize, amount: u64) {
        self.balances[asset] -= amount;
        self.push(micros, "hot", to, asset, amount);
    }

    /// Twice as much is half as likely: a tail as heavy as customers' is.
    fn heavy(&mut self, base: u64) -> u64 {
        let doublings = self.random(1 << 20).trailing_zeros().min(16);
        (base << doublings) + self.random(base)
    }

    /// A customer's withdrawal, mostly to an address that was never paid; a quarter of the wallet at most.
    fn withdrawal(&mut self, micros: i64) {
        let asset = self.random(self.balances.len() as u64) as usize;
        let amount = self.heavy(100_000).min(self.balances[asset] / 4);
        self.customers += 1;
        let to = match self.random(3) {
            0 => format!("regular{}", self.random(50)),
            _ => format!("customer{}", self.customers),
        };
        self.move_out(micros, &to, asset, amount);
        if self.balances[asset] < self.target / 3 {
            let missing = self.target - self.balances[asset];
            self.move_in(micros + 1, "cold", asset, missing);
        }
    }

    fn deposit(&mut self, micros: i64, cold: &str) {
        let asset = self.random(self.balances.len() as u64) as usize;
        let amount = self.heavy(120_000);
        self.move_in(micros, "depositor", asset, amount);
        if self.balances[asset] > self.target / 2 * 3 {
            let more = self.balances[asset] - self.target / 2;
            self.move_out(micros + 1, cold, asset, more);
        }
    }

    /// Thirty days: some two hundred payments a day, a salary day with five times as many, sweeps to the cold
    /// wallet, refills from it.
    fn busy(seed: u64, assets: usize, days: i64, cold: &str) -> Self {
        let mut month = Month::new(seed, assets);
        for hour in 1..days * 24 {
            let salaries = hour / 24 == 25 && (8..16).contains(&(hour % 24));
            let count = if salaries { 45 } else { 4 + month.random(10) };
            let mut times: Vec<i64> = (0..count)
                .map(|_| hour * HOUR + month.random(HOUR as u64) as i64)
                .collect();
            times.sort_unstable();
            for time in times {
                match month.random(2) {
                    0 if !salaries => month.deposit(time, cold),
                    _ => month.withdrawal(time),
                }
            }
            // Every night half of what is there goes to the cold wallet.
            if hour % 24 == 3 {
                for asset in 0..assets {
                    let half = month.balances[asset] / 2;
                    month.move_out(hour * HOUR + HOUR - 2, cold, asset, half);
                    month.move_in(hour * HOUR + HOUR - 1, "cold", asset, half);
                }
            }
        }
        month
    }

    fn transfers(&self) -> Vec<Transfer<'_>> {
        let mut paid: Vec<&Paid> = self.paid.iter().collect();
        paid.sort_by_key(|paid| paid.micros);
        let numbered = (0u64..).zip(paid);
        numbered.map(|(row, paid)| paid.transfer(row)).collect()
    }
}

impl Paid {
    fn transfer(&self, row: u64) -> Transfer<'_> {
        Transfer {
            row,
            when: Moment::from_micros(self.micros),
            transaction: "",
            from: &self.from,
            to: &self.to,
            asset: &self.asset,
            amount: self.amount.into(),
            fee: Amount::ZERO,
        }
    }
}

fn own(account: &str) -> bool {
    matches!(account, "hot" | "cold")
}

/// The cold wallet was there before the month: what it holds is known.
fn cold_opening() -> Vec<Opening> {
    let opening = |n| Opening {
        account: "cold".into(),
        asset: format!("A{n}"),
        amount: (u64::MAX / 4).into(),
    };
    (0..109).map(opening).collect()
}

fn watched(month: &Month, watch: Watch<'_>) -> Drains {
    let drains = detect(month.transfers(), watch, &cold_opening(), &DrainConfig::default());
    assert_eq!(drains.gaps, []);
    drains
}

/// Returns the one drain that lies where the theft was put; there must be no other.
fn the_drain(month: &Month, watch: Watch<'_>) -> Drain {
    let mut drains = watched(month, watch).drains;
    assert_eq!(
        drains.len(),
        1,
        "{:#?}",
        drains
            .iter()
            .map(|d| format!("{} {} {}: {}", d.account, d.when.first, d.when.last, d.why))
            .collect::<Vec<_>>()
    );
    let drain = drains.remove(0);
    assert_eq!(drain.account, "hot");
    assert!(drain.when.first.micros() >= THEFT - HOUR && drain.when.last.micros() <= THEFT + 10 * HOUR);
    assert!(drain.rows.contains(&drain.first_row) && drain.rows.is_sorted());
    drain
}

/// A test of ten, then six transfers in eight minutes that move 99 of 100.
fn coincheck(seed: u64) -> Month {
    let mut month = Month::busy(seed, 3, 29, "cold");
    month.paid.retain(|paid| paid.micros < THEFT);
    let all = held(&month, 0);
    month.push(THEFT, "hot", "thief", 0, 10);
    for part in 0..6 {
        month.push(
            THEFT + 8 * MINUTE + part * 80_000_000,
            "hot",
            "thief",
            0,
            all / 100 * 99 / 6,
        );
    }
    month
}

/// One fresh address for each of twenty assets, emptied within seven hours.
fn dragonex(seed: u64) -> Month {
    let mut month = Month::busy(seed, 20, 29, "cold");
    month.paid.retain(|paid| paid.micros < THEFT);
    for asset in 0..20 {
        let all = held(&month, asset);
        let time = THEFT + asset as i64 * 21 * MINUTE;
        for part in 0..2 {
            month.push(
                time + part * MINUTE,
                "hot",
                &format!("thief{asset}"),
                asset,
                all / 100 * 98 / 2,
            );
        }
    }
    month
}

/// Over a hundred tokens to one address in three and a half hours.
fn coinbene(seed: u64) -> Month {
    let mut month = Month::busy(seed, 109, 29, "cold");
    month.paid.retain(|paid| paid.micros < THEFT);
    for asset in 0..109 {
        let all = held(&month, asset);
        month.push(
            THEFT + asset as i64 * 115_000_000,
            "hot",
            "thief",
            asset,
            all / 100 * 97,
        );
    }
    month
}

/// Eighty large withdrawals in a quarter of an hour, to several addresses, that leave more than half behind.
fn korean(seed: u64) -> Month {
    let mut month = Month::busy(seed, 4, 29, "cold");
    month.paid.retain(|paid| paid.micros < THEFT);
    for part in 0..80usize {
        let all = held(&month, part % 4) + 1;
        let time = THEFT + part as i64 * 11_000_000;
        month.push(time, "hot", &format!("thief{}", part % 7), part % 4, all / 38);
    }
    month
}

/// What the hot wallet holds after all that was paid.
fn held(month: &Month, asset: usize) -> u64 {
    let asset = format!("A{asset}");
    let of = |side: fn(&Paid) -> &str| {
        let paid = month
            .paid
            .iter()
            .filter(|paid| paid.asset == asset && side(paid) == "hot");
        paid.map(|paid| paid.amount).sum::<u64>()
    };
    of(|paid| &paid.to) - of(|paid| &paid.from)
}

#[test]
fn six_transfers_in_eight_minutes_alarm() {
    for seed in 1..12 {
        for watch in [Watch::Own(&own), Watch::Every] {
            let drain = the_drain(&coincheck(seed), watch);
            assert_eq!(drain.trigger, Trigger::Share);
            let thief = drain
                .receivers
                .iter()
                .find(|receiver| receiver.account == "thief")
                .unwrap();
            assert_eq!(thief.payments, 7, "the test of ten belongs to it");
            assert!(drain.share >= 600, "{} of the peak of the day", drain.share);
        }
    }
}

#[test]
fn the_alarm_comes_while_the_money_is_still_leaving() {
    let month = coincheck(3);
    let mut detector = DrainDetector::new(Watch::Own(&own), DrainConfig::default());
    let alarm = month
        .transfers()
        .iter()
        .find_map(|transfer| detector.push(transfer))
        .unwrap();
    assert!(
        alarm.when.last.micros() < THEFT + 16 * MINUTE,
        "{}",
        alarm.when.last
    );
}

#[test]
fn many_assets_to_fresh_addresses_over_seven_hours_alarm() {
    for seed in 1..6 {
        for watch in [Watch::Own(&own), Watch::Every] {
            let drain = the_drain(&dragonex(seed), watch);
            assert_eq!(drain.assets.len(), 20);
            assert!((0..20).all(|n| drain.receivers.iter().any(|r| r.account == format!("thief{n}"))));
        }
    }
}

#[test]
fn a_hundred_tokens_in_three_and_a_half_hours_alarm() {
    for seed in 1..4 {
        for watch in [Watch::Own(&own), Watch::Every] {
            let drain = the_drain(&coinbene(seed), watch);
            let thief = drain
                .receivers
                .iter()
                .find(|receiver| receiver.account == "thief")
                .unwrap();
            assert!(thief.payments >= 105, "{}", thief.payments);
        }
    }
}

#[test]
fn eighty_large_withdrawals_in_a_quarter_of_an_hour_alarm() {
    for seed in 1..12 {
        for watch in [Watch::Own(&own), Watch::Every] {
            let drain = the_drain(&korean(seed), watch);
            let taken: u64 = drain
                .receivers
                .iter()
                .filter(|r| r.account.starts_with("thief"))
                .map(|r| r.payments)
                .sum();
            assert!(taken >= 70, "{taken} of 80");
        }
    }
}

#[test]
fn busy_months_are_quiet() {
    let mut alarms = Vec::new();
    for seed in 1..41 {
        for assets in [1, 3, 20] {
            for (cold, watch) in [
                ("cold", Watch::Own(&own)),
                ("other-cold", Watch::Own(&own)),
                ("cold", Watch::Every),
            ] {
                let month = Month::busy(seed * 100 + assets as u64, assets, 30, cold);
                let drains = watched(&month, watch).drains;
                alarms.extend(drains.into_iter().map(|drain| {
                    format!(
                        "{seed} {assets} {cold} {watch:?}: {} at {}: {}",
                        drain.account, drain.when.first, drain.why
                    )
                }));
            }
        }
    }
    assert!(alarms.is_empty(), "{} alarms: {:#?}", alarms.len(), alarms);
}

#[test]
fn a_cold_wallet_without_a_past_alarms_when_it_is_emptied() {
    let mut month = Month::new(1, 1);
    month.paid[0].to = "cold".into();
    month.paid[0].from = "treasury".into();
    for part in 0..4 {
        month.push(DAY + part * MINUTE, "cold", "thief", 0, 240_000_000);
    }
    let watched = |watch| detect(month.transfers(), watch, &[], &DrainConfig::default());
    let drains = watched(Watch::Own(&own)).drains;
    assert_eq!((drains.len(), drains[0].account.as_str()), (1, "cold"));
    assert_eq!(
        watched(Watch::Every).drains,
        [],
        "a stranger's account without habits says nothing"
    );
}

#[test]
fn what_was_drained_is_what_is_traced() {
    let mut month = coincheck(5);
    let stolen: u64 = month
        .paid
        .iter()
        .filter(|paid| paid.to == "thief")
        .map(|paid| paid.amount)
        .sum();
    month.push(THEFT + 3 * HOUR, "thief", "exchange", 0, stolen / 2);
    let rows = month.transfers();
    let row = |t: &Transfer<'_>| format!("{},{},{},{},{}\n", t.when, t.from, t.to, t.asset, t.amount);
    let table: String = rows.iter().map(row).collect();
    let (_dir, ledger) = tables::ledger(&format!("time,from,to,asset,amount\n{table}"), 1_000);
    let openings = ledger.openings("cold").unwrap();
    let drains = detect(
        ledger.transfers().map(Result::unwrap),
        Watch::Own(&own),
        &openings,
        &DrainConfig::default(),
    );
    assert_eq!((drains.drains.len(), drains.gaps.len()), (1, 0));
    let thief = |row: &u64| ledger.transfer(*row).unwrap().to == "thief";
    let seeds: Vec<Seed> = drains.drains[0]
        .rows
        .iter()
        .copied()
        .filter(thief)
        .map(Seed::Transfer)
        .collect();
    let traces = trace(
        &ledger,
        Direction::Forward,
        &seeds,
        &Policy::ALL,
        &Stops::none(),
        &Limits::default(),
    )
    .unwrap();
    for trace in traces {
        assert_eq!(trace.sheet.asset("A0").unwrap().seeded, stolen.into());
        let reached = trace.ends.iter().find(|end| end.account == "exchange").unwrap();
        assert_eq!(reached.amount, (stolen / 2).into(), "{:?}", trace.policy);
    }
}

#[test]
fn the_same_transfers_give_the_same_bytes() {
    let month = dragonex(7);
    let json = || serde_json::to_string(&watched(&month, Watch::Every)).unwrap();
    assert_eq!(json(), json());
}

#[test]
fn what_does_not_fit_is_a_gap() {
    let month = Month::busy(1, 2, 3, "cold");
    let config = DrainConfig {
        accounts: 2,
        keys: 5,
        ..DrainConfig::default()
    };
    let drains = detect(month.transfers(), Watch::Every, &[], &config);
    assert!(
        drains.gaps.len() >= 2 && drains.gaps.iter().all(|gap| gap.hides),
        "{:?}",
        drains.gaps
    );
    // What accounts hold before the first transfer takes room as well.
    let drains = detect([], Watch::Own(&own), &cold_opening(), &config);
    assert_eq!(drains.gaps.len(), 1, "{:?}", drains.gaps);
}

#[test]
fn payments_before_an_alarm_that_found_no_room_are_a_gap() {
    let mut month = Month::busy(3, 3, 29, "cold");
    month.paid.retain(|paid| paid.micros < THEFT);
    let all = held(&month, 0);
    for part in 0..6 {
        month.push(THEFT + part * MINUTE, "hot", "thief", 0, all / 100);
    }
    month.push(THEFT + 6 * MINUTE, "hot", "thief", 0, all / 100 * 90);
    let config = DrainConfig {
        rows: 3,
        ..DrainConfig::default()
    };
    let drains = detect(month.transfers(), Watch::Own(&own), &cold_opening(), &config);
    assert_eq!((drains.drains.len(), drains.drains[0].rows.len()), (1, 3));
    assert_eq!(drains.gaps.len(), 1, "{:?}", drains.gaps);
}

#[test]
fn who_pays_himself_before_does_not_hide_a_drain() {
    let mut month = coincheck(5);
    let theft = month.paid.iter().position(|paid| paid.micros >= THEFT).unwrap();
    let stolen = month.paid.split_off(theft);
    let all = held(&month, 0);
    month.push(THEFT - MINUTE, "hot", "hot", 0, all);
    month.paid.extend(stolen);
    assert_eq!(the_drain(&month, Watch::Own(&own)).trigger, Trigger::Share);
}
