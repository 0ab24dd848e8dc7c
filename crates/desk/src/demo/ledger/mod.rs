//! The ledger of the demo: a month of an exchange's transfers with a theft in it, and what a trace must find.

pub(super) mod book;
pub(super) mod coins;
pub(super) mod laundering;
pub(super) mod month;
mod oracle;
mod theft;

use super::cast::{Cast, EXCHANGES, THEFT_BEGINS};
use super::truth::{End, Policy, Stolen, Theft};
use book::{Account, Book, moment};
use coins::COINS;
use std::collections::BTreeSet;
use strongroom_model::{Amount, Interval};

/// The month and what is true of it.
#[derive(Debug)]
pub(super) struct Ledger {
    /// All transfers, in order.
    pub book: Book,
    /// The theft.
    pub theft: Theft,
    /// The ends of the trace.
    pub ends: Vec<End>,
}

/// Makes the month.
pub(super) fn month(cast: &Cast) -> Ledger {
    let mut book = Book::new(cast.seed);
    month::Month::new(&mut book, cast.seed, &theft::timetable(cast.seed)).run();
    let theft = theft_of(&mut book);
    let stolen: Vec<u128> = (0..COINS.len()).map(|coin| sum_stolen(&mut book, coin)).collect();
    laundering::run(&mut book, cast.seed, &stolen);
    book.close();
    let ends = trace(&mut book);
    Ledger { book, theft, ends }
}

/// Returns the label of a coin's theft wallet.
pub(super) fn thief(coin: usize) -> String {
    format!("thief/{}", Book::coin(coin).name)
}

/// Returns the accounts that paid clean money into wallets which the thief used too, sorted.
pub(super) fn funders(book: &mut Book) -> Vec<String> {
    let labels = laundering::FUNDERS.iter();
    let pairs = labels.flat_map(|label| (0..COINS.len()).map(move |coin| (coin, *label)));
    let accounts: BTreeSet<Account> = pairs.map(|(coin, label)| book.account(coin, label)).collect();
    let paid: BTreeSet<Account> = book.rows.iter().map(|row| row.from).collect();
    let mut names: Vec<String> = accounts
        .intersection(&paid)
        .map(|a| book.name(*a).to_owned())
        .collect();
    names.sort();
    names
}

fn sum_stolen(book: &mut Book, coin: usize) -> u128 {
    let wallet = book.account(coin, &thief(coin));
    book.rows_of(coin)
        .filter(|row| row.to == wallet)
        .map(|row| row.amount)
        .sum()
}

fn theft_of(book: &mut Book) -> Theft {
    let stolen: Vec<Stolen> = (0..COINS.len()).map(|coin| stolen_of(book, coin)).collect();
    let all = stolen.iter().map(|stolen| stolen.when).reduce(Interval::join);
    Theft {
        when: all.expect("twenty coins"),
        drain_hour: moment(THEFT_BEGINS),
        stolen,
    }
}

fn stolen_of(book: &mut Book, coin: usize) -> Stolen {
    let (hot, wallet) = (book.account(coin, "hot"), book.account(coin, &thief(coin)));
    let times = book
        .rows_of(coin)
        .filter(|row| row.to == wallet)
        .map(|row| moment(row.at));
    let when = times.map(Interval::at).reduce(Interval::join);
    Stolen {
        asset: Book::coin(coin).name.to_owned(),
        from: book.name(hot).to_owned(),
        wallet: book.name(wallet).to_owned(),
        when: when.expect("a test transfer for every coin"),
        amount: Amount::from(sum_stolen(book, coin)),
    }
}

fn trace(book: &mut Book) -> Vec<End> {
    let mut ends = Vec::new();
    for coin in 0..COINS.len() {
        let stops = stops(book, coin);
        let seed = book.account(coin, &thief(coin));
        let question = oracle::Question { seed, stops: &stops };
        for policy in Policy::ALL {
            ends.extend(oracle::ends(book, coin, &question, policy));
        }
    }
    ends.sort();
    ends
}

/// Returns the accounts of a coin that a list or the tag table names as a service.
fn stops(book: &mut Book, coin: usize) -> BTreeSet<Account> {
    let mut labels = exchange_labels();
    labels.push("listed".to_owned());
    labels.iter().map(|label| book.account(coin, label)).collect()
}

/// Returns the labels of all wallets of the two exchanges.
pub(super) fn exchange_labels() -> Vec<String> {
    EXCHANGES
        .iter()
        .flat_map(|exchange| wallets_of(exchange.key))
        .collect()
}

/// Returns the labels of one exchange's wallets.
pub(super) fn wallets_of(key: &str) -> Vec<String> {
    let customers = (0..month::CUSTOMER_WALLETS).map(|wallet| format!("{key}/customer/{wallet}"));
    let thief = (0..laundering::THIEF_WALLETS).map(|wallet| format!("{key}/thief/{wallet}"));
    customers.chain(thief).chain([format!("{key}/hot")]).collect()
}
