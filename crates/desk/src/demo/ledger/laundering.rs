//! The way of the stolen coins: a peel chain, a split, wallets where they meet the money of others, and the
//! deposit wallets of two exchanges, all within two days.
//!
//! Clean money arrives before, after and beneath the stolen (one wallet pays out more than the month brought it:
//! it must have held some before), so that every policy gives other figures. What is tagged passes the
//! coins on, and a trace must not follow. Nothing that was stolen comes back to the exchange.

use super::book::{Account, Book, Row};
use crate::demo::cast::{EXCHANGES, Exchange, THEFT_ENDS};
use crate::demo::stream::Stream;

/// So many coins, the largest, are laundered; the rest lie unspent in their theft wallets.
const LAUNDERED: usize = 14;
/// The coin of which a part goes to the listed wallet.
pub(in crate::demo) const LISTED_COIN: usize = 1;
/// Deposit wallets that the thief has at each exchange and coin.
pub(in crate::demo) const THIEF_WALLETS: u64 = 2;
/// Labels of the wallets that pay clean money into wallets which the thief uses too.
pub(in crate::demo) const FUNDERS: [&str; 3] = ["funder/otc", "funder/early", "funder/late"];

/// Books the laundering of all coins and returns how many were laundered.
pub(super) fn run(book: &mut Book, seed: u64, stolen: &[u128]) -> usize {
    for (coin, amount) in stolen.iter().enumerate().take(LAUNDERED) {
        let draw = Stream::of(seed, &format!("ledger/laundering/{coin}"));
        let at = THEFT_ENDS + 1_800 + 600 * coin as i64;
        Laundry { book, draw, coin, at }.run(*amount);
    }
    LAUNDERED.min(stolen.len())
}

struct Laundry<'a> {
    book: &'a mut Book,
    draw: Stream,
    coin: usize,
    at: i64,
}

impl Laundry<'_> {
    fn run(&mut self, stolen: u128) {
        let thief = format!("thief/{}", Book::coin(self.coin).name);
        // A rest stays where it is.
        let loot = self.pay(&thief, "peel/0", stolen / 1_000 * 965);
        let rest = self.peel(loot);
        self.split(rest);
        self.forward();
    }

    /// Hop by hop a small part goes to an exchange and all that is left to the next fresh wallet.
    fn peel(&mut self, mut held: u128) -> u128 {
        let hops = self.draw.between(4, 8);
        for hop in 0..hops {
            let from = format!("peel/{hop}");
            let percent = u128::from(self.draw.between(3, 8));
            let deposit = self.deposit_wallet();
            held -= self.cost(&from, &deposit, held / 100 * percent);
            let next = if hop + 1 == hops {
                "split".to_owned()
            } else {
                format!("peel/{}", hop + 1)
            };
            held = self.pay_all(&from, &next, held);
        }
        held
    }

    /// Three ways: to a dealer who holds money of his own, to a shared wallet, and to one that keeps it.
    fn split(&mut self, held: u128) {
        self.clean("funder/early", "shared", held / 5);
        let dealt = self.pay("split", "dealer", held / 100 * 40);
        let shared = self.pay("split", "shared", held / 100 * 33);
        self.pay("split", "kept", held / 100 * 26);
        self.clean("funder/otc", "dealer", held / 4);
        self.clean("funder/late", "shared", held / 6);
        self.deal(dealt, held / 4);
        self.share(shared + held / 5 + held / 6);
    }

    /// The dealer pays out more than came in this month: a tenth of it he held before.
    fn deal(&mut self, dealt: u128, clean: u128) {
        let all = (dealt + clean) / 10 * 11;
        for percent in [18, 22, 25, 34] {
            let to = match percent {
                22 => "shop".to_owned(),
                _ => self.deposit_wallet(),
            };
            self.pay("dealer", &to, all / 100 * percent);
        }
    }

    fn share(&mut self, held: u128) {
        self.clean("funder/early", "shop", held / 12);
        for percent in [21, 13, 24, 17] {
            let to = match (percent, self.coin) {
                (13, _) => "shop".to_owned(),
                (24, LISTED_COIN) => "listed".to_owned(),
                _ => self.deposit_wallet(),
            };
            self.pay("shared", &to, held / 100 * percent);
        }
        self.pay("shop", "supplier", held / 15);
    }

    /// The exchanges bring together what their customers deposited, the thief's with the others'.
    fn forward(&mut self) {
        self.at = self.at.max(THEFT_ENDS + 40 * 3600);
        for Exchange { key, .. } in &EXCHANGES {
            for wallet in 0..THIEF_WALLETS {
                let from = format!("{key}/thief/{wallet}");
                let account = self.book.account(self.coin, &from);
                let held = self.arrived(account);
                if held > self.most_fee() {
                    self.pay_all(&from, &format!("{key}/hot"), held);
                }
            }
        }
    }

    fn arrived(&self, account: Account) -> u128 {
        let rows = self
            .book
            .rows
            .iter()
            .filter(|row| row.to == account && row.coin == self.coin);
        rows.map(|row| row.amount).sum()
    }

    fn deposit_wallet(&mut self) -> String {
        let Exchange { key, .. } = self.draw.pick(&EXCHANGES);
        format!("{key}/thief/{}", self.draw.below(THIEF_WALLETS))
    }

    /// Clean money from a holder who has enough of it.
    fn clean(&mut self, from: &str, to: &str, amount: u128) {
        self.pay(from, to, amount);
    }

    fn most_fee(&self) -> u128 {
        Book::coin(self.coin).fee.1
    }

    fn fee(&mut self) -> u128 {
        let (low, high) = Book::coin(self.coin).fee;
        low + (high - low) * u128::from(self.draw.below(1 << 20)) / (1 << 20)
    }

    /// Pays and returns what arrived.
    fn pay(&mut self, from: &str, to: &str, amount: u128) -> u128 {
        let fee = self.fee();
        self.book(from, to, amount, fee);
        amount
    }

    /// Pays and returns what the payer is poorer.
    fn cost(&mut self, from: &str, to: &str, amount: u128) -> u128 {
        let fee = self.fee();
        self.book(from, to, amount, fee);
        amount + fee
    }

    /// Pays all that is held, less the fee, and returns what arrived.
    fn pay_all(&mut self, from: &str, to: &str, held: u128) -> u128 {
        let fee = self.fee();
        self.book(from, to, held - fee, fee);
        held - fee
    }

    fn book(&mut self, from: &str, to: &str, amount: u128, fee: u128) {
        self.at += self.draw.between(400, 5_400) as i64;
        let (from, to) = (
            self.book.account(self.coin, from),
            self.book.account(self.coin, to),
        );
        self.book.pay(Row {
            at: self.at,
            from,
            to,
            coin: self.coin,
            amount,
            fee,
        });
    }
}
