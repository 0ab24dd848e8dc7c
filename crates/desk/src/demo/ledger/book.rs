//! The book: transfers in the making, with accounts as small numbers.

use super::coins::{COINS, Coin};
use crate::demo::stream::{digest, hex};
use std::collections::HashMap;
use strongroom_model::Moment;

/// An account, as its place in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::demo) struct Account(u32);

/// One transfer; the fee is paid by the sender on top.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Row {
    /// Seconds since 1970.
    pub at: i64,
    /// Who pays.
    pub from: Account,
    /// Who receives.
    pub to: Account,
    /// Which of the coins.
    pub coin: usize,
    /// Base units.
    pub amount: u128,
    /// Base units.
    pub fee: u128,
}

/// All transfers and the names of their accounts.
#[derive(Debug)]
pub(in crate::demo) struct Book {
    seed: u64,
    /// The transfers, in ledger order once [`Book::close`] was called.
    pub rows: Vec<Row>,
    names: Vec<String>,
    labels: HashMap<(&'static str, String), Account>,
}

impl Book {
    /// Returns an empty book.
    pub fn new(seed: u64) -> Self {
        Book {
            seed,
            rows: Vec::new(),
            names: Vec::new(),
            labels: HashMap::new(),
        }
    }

    /// Returns the account that a label has on a coin's network.
    pub fn account(&mut self, coin: usize, label: &str) -> Account {
        let coin = Self::coin(coin);
        if let Some(account) = self.labels.get(&(coin.network, label.to_owned())) {
            return *account;
        }
        let account = Account(u32::try_from(self.names.len()).expect("fewer accounts than rows"));
        self.names.push(coin.account(self.seed, label));
        self.labels.insert((coin.network, label.to_owned()), account);
        account
    }

    /// Returns a coin by its place.
    pub fn coin(coin: usize) -> &'static Coin {
        COINS
            .get(coin)
            .expect("coins are numbered by their place in the list")
    }

    /// Returns an account's name in the ledger.
    pub fn name(&self, account: Account) -> &str {
        self.names
            .get(account.0 as usize)
            .expect("an account of this book")
    }

    /// Books a transfer.
    pub fn pay(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Puts the rows into ledger order: by time, those of one second as they were booked.
    pub fn close(&mut self) {
        self.rows.sort_by_key(|row| row.at);
    }

    /// Returns the rows of one coin, in order.
    pub fn rows_of(&self, coin: usize) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.coin == coin)
    }

    /// Returns the book as comma-separated values with a header; amounts are base units.
    pub fn csv(&self) -> Vec<u8> {
        use std::io::Write;
        let mut text = b"time,tx,from,to,asset,amount,fee\n".to_vec();
        for (number, row) in self.rows.iter().enumerate() {
            let Row {
                at,
                from,
                to,
                coin,
                amount,
                fee,
            } = *row;
            let coin = Self::coin(coin);
            let prefix = if coin.network.starts_with("ethereum") {
                "0x"
            } else {
                ""
            };
            let tx = hex(&digest(self.seed, &format!("transaction/{number}")));
            let (when, from, to) = (moment(at), self.name(from), self.name(to));
            writeln!(
                text,
                "{when},{prefix}{tx},{from},{to},{},{amount},{fee}",
                coin.name
            )
            .expect("writing to memory cannot fail");
        }
        text
    }
}

/// Returns the moment of a second since 1970.
pub(in crate::demo) fn moment(at: i64) -> Moment {
    Moment::from_seconds(at).expect("seconds of the year 2019")
}
