//! A month of an exchange: deposits, their sweeps to the hot wallet, withdrawals, the way to the cold wallet and
//! back, and what the rest of the world does meanwhile.
//!
//! Customers and amounts are heavy-tailed, days have their hours. The exchange's wallets hold what they need:
//! the balances that they must have had before the month are what the first deficits say.

use super::book::{Account, Book, Row};
use super::coins::COINS;
use crate::demo::cast::{EXCHANGES, Exchange, THEFT_BEGINS, hours};
use crate::demo::stream::Stream;
use std::collections::{BTreeMap, BTreeSet};

/// 2019-03-01T00:00:00Z.
pub(in crate::demo) const MONTH: i64 = 1_551_398_400;
const DAYS: i64 = 31;
const DEPOSITS: usize = 62_000;
const WITHDRAWALS: usize = 58_000;
const CUSTOMERS: u64 = 6_000;
/// Customers' deposit wallets that each other exchange has per coin.
pub(in crate::demo) const CUSTOMER_WALLETS: u64 = 6;
/// Coin after coin half as many transfers as the one before it, down to this many of a thousand.
const SHARES: [u64; 20] = [
    200, 190, 110, 90, 80, 60, 45, 35, 30, 25, 20, 18, 16, 16, 14, 12, 11, 10, 9, 9,
];

#[derive(Clone, Copy, Debug)]
enum Event {
    Deposit,
    Withdrawal,
    Sweep(usize, Account),
    /// Cold and hot wallets are brought back into balance.
    Balance,
    /// The thief takes a share, in thousandths, of one coin.
    Steal(usize, Loot),
}

/// What the thief takes with one transfer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Loot {
    /// A small amount, to see whether it works.
    Test,
    /// So many thousandths of what is there.
    Share(u32),
}

/// The month, walked event by event with the balances of the exchange's own accounts.
pub(super) struct Month<'a> {
    book: &'a mut Book,
    draw: Stream,
    hot: Vec<(Account, u128)>,
    cold: Vec<Account>,
    /// What a hot wallet holds when all is well.
    level: Vec<u128>,
    deposited: BTreeMap<(usize, Account), u128>,
    agenda: BTreeMap<(i64, u64), Event>,
    noted: u64,
    swept: BTreeSet<(usize, Account)>,
    shares: Vec<u64>,
}

impl<'a> Month<'a> {
    /// Returns the month before its first event, with the thief's visits on the agenda.
    pub fn new(book: &'a mut Book, seed: u64, visits: &[(i64, usize, Loot)]) -> Self {
        let level: Vec<u128> = COINS.iter().map(|coin| coin.usual * 6_000).collect();
        let hot = level.iter().enumerate();
        let hot = hot
            .map(|(coin, level)| (book.account(coin, "hot"), *level))
            .collect();
        let cold = (0..COINS.len()).map(|coin| book.account(coin, "cold")).collect();
        let shares = SHARES.iter().scan(0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        let mut month = Month {
            book,
            draw: Stream::of(seed, "ledger/month"),
            hot,
            cold,
            level,
            deposited: BTreeMap::new(),
            agenda: BTreeMap::new(),
            noted: 0,
            swept: BTreeSet::new(),
            shares: shares.collect(),
        };
        month.plan(visits);
        month
    }

    fn plan(&mut self, visits: &[(i64, usize, Loot)]) {
        for _ in 0..DEPOSITS {
            let at = self.some_time();
            // After the theft the news is out: few still deposit.
            if at < THEFT_BEGINS || self.draw.percent(12) {
                self.note(at, Event::Deposit);
            }
        }
        for _ in 0..WITHDRAWALS {
            let at = self.some_time();
            // The site says "system upgrade" from the hour of the theft, and withdrawals stay shut.
            if at < THEFT_BEGINS - 300 {
                self.note(at, Event::Withdrawal);
            }
        }
        for hour in 0..DAYS * 24 {
            self.note(MONTH + hour * 3600 + 1800, Event::Balance);
        }
        for (at, coin, loot) in visits {
            self.note(*at, Event::Steal(*coin, *loot));
        }
    }

    fn some_time(&mut self) -> i64 {
        let day = self.draw.below(DAYS as u64) as i64;
        MONTH + day * 86_400 + hours(&mut self.draw)
    }

    fn note(&mut self, at: i64, event: Event) {
        self.noted += 1;
        self.agenda.insert((at, self.noted), event);
    }

    /// Books all events, in the order of their times.
    pub fn run(mut self) {
        while let Some(((at, _), event)) = self.agenda.pop_first() {
            if at >= MONTH + DAYS * 86_400 {
                continue;
            }
            match event {
                Event::Deposit => self.deposit(at),
                Event::Withdrawal => self.withdraw(at),
                Event::Sweep(coin, account) => self.sweep(at, coin, account),
                Event::Balance => self.balance(at),
                Event::Steal(coin, loot) => self.steal(at, coin, loot),
            }
        }
    }

    fn some_coin(&mut self) -> usize {
        let share = self.draw.below(1_000);
        self.shares.partition_point(|sum| *sum <= share)
    }

    /// Customers by rank, about as often as 1/rank (Zipf): each halving of the ranks is as likely as the next.
    fn customer(&mut self) -> u64 {
        let octave = self.draw.below(u64::from(CUSTOMERS.ilog2()) + 1);
        self.draw.below(CUSTOMERS >> octave)
    }

    /// Amounts as people choose them: heavy-tailed, and every third of them round.
    fn some_amount(&mut self, coin: usize) -> u128 {
        let amount = self.draw.heavy(Book::coin(coin).usual, 11).max(1);
        let digits = amount.ilog10();
        match self.draw.percent(33) && digits > 1 {
            true => amount - amount % 10u128.pow(digits - 1),
            false => amount,
        }
    }

    fn fee(&mut self, coin: usize) -> u128 {
        let (low, high) = Book::coin(coin).fee;
        low + (high - low) * u128::from(self.draw.below(1 << 20)) / (1 << 20)
    }

    fn hot(&mut self, coin: usize) -> &mut (Account, u128) {
        self.hot.get_mut(coin).expect("a hot wallet for every coin")
    }

    fn pay(&mut self, at: i64, coin: usize, from: Account, to: Account, amount: u128, fee: u128) {
        self.book.pay(Row {
            at,
            from,
            to,
            coin,
            amount,
            fee,
        });
    }

    fn deposit(&mut self, at: i64) {
        let (coin, customer) = (self.some_coin(), self.customer());
        let (amount, fee) = (self.some_amount(coin), self.fee(coin));
        let from = self.book.account(coin, &format!("customer/{customer}"));
        if Book::coin(coin).deposits_by_memo() {
            let (hot, held) = self.hot(coin);
            *held += amount;
            let hot = *hot;
            return self.pay(at, coin, from, hot, amount, fee);
        }
        let to = self.book.account(coin, &format!("deposit/{customer}"));
        self.pay(at, coin, from, to, amount, fee);
        *self.deposited.entry((coin, to)).or_default() += amount;
        // While the theft runs the sweeper stands still with all else.
        if self.swept.insert((coin, to)) {
            let later = at + self.draw.between(600, 14_400) as i64;
            let pause = (THEFT_BEGINS..THEFT_BEGINS + 9 * 3600).contains(&later);
            self.note(later + if pause { 10 * 3600 } else { 0 }, Event::Sweep(coin, to));
        }
    }

    fn sweep(&mut self, at: i64, coin: usize, account: Account) {
        self.swept.remove(&(coin, account));
        let fee = self.fee(coin);
        let held = self.deposited.remove(&(coin, account)).unwrap_or(0);
        let Some(amount) = held.checked_sub(fee).filter(|amount| *amount > 0) else {
            return;
        };
        let (hot, balance) = self.hot(coin);
        *balance += amount;
        let hot = *hot;
        self.pay(at, coin, account, hot, amount, fee);
    }

    fn withdraw(&mut self, at: i64) {
        let (coin, customer) = (self.some_coin(), self.customer());
        let (wanted, fee) = (self.some_amount(coin), self.fee(coin));
        let to = match self.draw.percent(8) {
            true => {
                let Exchange { key, .. } = self.draw.pick(&EXCHANGES);
                let wallet = self.draw.below(CUSTOMER_WALLETS);
                format!("{key}/customer/{wallet}")
            }
            false => format!("customer/{customer}"),
        };
        let to = self.book.account(coin, &to);
        let (hot, balance) = self.hot(coin);
        let amount = wanted.min(*balance / 40);
        if amount == 0 {
            return;
        }
        *balance -= amount + fee;
        let hot = *hot;
        self.pay(at, coin, hot, to, amount, fee);
    }

    /// Moves what a hot wallet has too much to the cold one, and back what it lacks; after the theft nothing
    /// stays hot.
    fn balance(&mut self, at: i64) {
        if (THEFT_BEGINS - 3600..THEFT_BEGINS + 9 * 3600).contains(&at) {
            return;
        }
        for coin in 0..COINS.len() {
            let level = if at > THEFT_BEGINS {
                0
            } else {
                self.level.get(coin).copied().unwrap_or(0)
            };
            let fee = self.fee(coin);
            let cold = *self.cold.get(coin).expect("a cold wallet for every coin");
            let (hot, held) = self.hot(coin);
            let hot = *hot;
            if *held > level * 8 / 5 + fee {
                let amount = *held - level - fee;
                *held = level;
                self.pay(at + coin as i64, coin, hot, cold, amount, fee);
            } else if *held < level / 2 {
                let amount = level - *held;
                *held = level;
                self.pay(at + coin as i64, coin, cold, hot, amount, fee);
            }
        }
    }

    fn steal(&mut self, at: i64, coin: usize, loot: Loot) {
        let fee = self.fee(coin);
        let usual = Book::coin(coin).usual;
        let thief = self
            .book
            .account(coin, &format!("thief/{}", Book::coin(coin).name));
        let (hot, held) = self.hot(coin);
        let amount = match loot {
            Loot::Test => usual / 5 + 1,
            Loot::Share(thousandths) => *held * u128::from(thousandths) / 1_000,
        };
        *held -= amount + fee;
        let hot = *hot;
        self.pay(at, coin, hot, thief, amount, fee);
    }
}
