//! The lists of the demo: a sanctions list in the shape of OFAC's comma-separated files, the tag table, and the
//! list of theft wallets that the exchange publishes.
//!
//! Every party is invented. The listed wallet that matters stands behind the thousandth character of a remark,
//! where the file breaks off in the middle of a phrase and `sdn_comments.csv` goes on.

use super::cast::{Cast, EXCHANGES};
use super::folder::Folder;
use super::ledger::book::Book;
use super::ledger::coins::{COINS, Form};
use super::ledger::{Ledger, laundering::LISTED_COIN, thief, wallets_of};
use super::stream::{Stream, hex};
use super::truth::Listed;
use sha3::{Digest, Keccak256};

/// The party that a trace ends at.
const PARTY: &str = "EXAMPLE TRADING HOUSE";
const PARTY_UID: u64 = 90_107;
/// Characters of a remark before it overflows into the comments.
const REMARK: usize = 1_000;
/// What stands for nothing in OFAC's files.
const NOTHING: &str = "-0- ";

struct Party {
    uid: u64,
    name: &'static str,
    person: bool,
    programme: &'static str,
    alias: &'static str,
    city: &'static str,
    country: &'static str,
    remarks: String,
}

/// Writes the lists; returns the listed wallet and the names of the parties beside it.
pub(super) fn write(
    folder: &mut Folder,
    cast: &Cast,
    ledger: &mut Ledger,
) -> anyhow::Result<(Listed, Vec<String>)> {
    let listed = ledger.book.account(LISTED_COIN, "listed");
    let wallet = ledger.book.name(listed).to_owned();
    let parties = parties(cast, &wallet);
    folder.put("lists/sdn.csv", &lines(parties.iter().map(sdn_row)))?;
    folder.put(
        "lists/sdn_comments.csv",
        &lines(parties.iter().filter_map(comment_row)),
    )?;
    folder.put("lists/alt.csv", &lines(parties.iter().enumerate().map(alt_row)))?;
    folder.put("lists/add.csv", &lines(parties.iter().enumerate().map(add_row)))?;
    folder.put("lists/tags.csv", tags(ledger).as_bytes())?;
    folder.put("lists/published-wallets.csv", published(ledger).as_bytes())?;
    let listed = Listed {
        party: PARTY.to_owned(),
        uid: PARTY_UID,
        asset: Book::coin(LISTED_COIN).name.to_owned(),
        wallet,
    };
    let others = parties.iter().filter(|party| party.uid != PARTY_UID);
    Ok((listed, others.map(|party| party.name.to_owned()).collect()))
}

fn parties(cast: &Cast, wallet: &str) -> Vec<Party> {
    let party = |uid, name, person, programme, alias, city, country, remarks: String| Party {
        uid,
        name,
        person,
        programme,
        alias,
        city,
        country,
        remarks,
    };
    let address = |coin: usize, label: &str| spelled(coin, &Book::coin(coin).account(cast.seed, label));
    vec![
        party(
            90_101,
            "SAMPLE SHIPPING CO., LTD.",
            false,
            "SAMPLE",
            "SAMPLE LINES",
            "Port Sample",
            "Nowhere",
            "Organization Established Date 04 May 2004; Additional Sanctions Information - Invented.".into(),
        ),
        party(
            90_103,
            "PLACEHOLDER, Quentin",
            true,
            "SAMPLE2",
            "QP",
            "Sampleton",
            "Nowhere",
            format!(
                "DOB 01 Jan 1970; POB Sampleton, Nowhere; nationality Nowhere; Gender Male; Digital Currency \
                Address - XBT {}; alt. Digital Currency Address - XBT {}; a.k.a. 'PLACEHOLDER, Q.'.",
                address(0, "listed/other/0"),
                address(0, "listed/other/1")
            ),
        ),
        party(
            PARTY_UID,
            PARTY,
            false,
            "SAMPLE] [SAMPLE2",
            "E.T.H. TRADING",
            "Sampleton",
            "Nowhere",
            overflowing(cast, wallet),
        ),
        party(
            90_110,
            "MUSTERMANN, Erika",
            true,
            "SAMPLE2",
            "MUSTERFRAU, Erika",
            "Musterstadt",
            "Nowhere",
            format!(
                "DOB 12 Aug 1964; nationality Nowhere; Gender Female; Digital Currency Address - ETH {}; \
                Digital Currency Address - LTC {}; a.k.a. 'ERIKA M'.",
                address(1, "listed/other/2"),
                address(5, "listed/other/3")
            ),
        ),
        party(
            90_112,
            "FICTITIOUS FISHERIES",
            false,
            "SAMPLE",
            "F. FISHERIES",
            "Port Sample",
            "Nowhere",
            NOTHING.into(),
        ),
    ]
}

/// A remark whose thousandth character falls into the words before the wallet that matters.
fn overflowing(cast: &Cast, wallet: &str) -> String {
    let mut remarks =
        "Organization Established Date 11 Nov 2011; Organization Type: Wholesale of invented goods"
            .to_owned();
    let mut number = 4;
    let phrase = "; alt. Digital Currency Address - XBT ";
    let cut = REMARK - "; alt. Digital Curr".len();
    while remarks.len() + phrase.len() + 34 < cut - "; Target Type ".len() {
        remarks += phrase;
        remarks += &Book::coin(0).account(cast.seed, &format!("listed/other/{number}"));
        number += 1;
    }
    remarks += "; Target Type ";
    remarks += &"x".repeat(cut.saturating_sub(remarks.len()));
    let wallet = spelled(LISTED_COIN, wallet);
    remarks
        + &format!(
            "; alt. Digital Currency Address - ETH {wallet}; a.k.a. 'ETH HOUSE'; Linked To: SAMPLE SHIPPING CO., LTD.."
        )
}

fn sdn_row(party: &Party) -> String {
    let kind = if party.person {
        quoted("individual")
    } else {
        NOTHING.to_owned()
    };
    let remarks = match party.remarks.as_str() {
        NOTHING => NOTHING.to_owned(),
        remarks => quoted(remarks.get(..REMARK).unwrap_or(remarks)),
    };
    let nothing = [NOTHING; 7].join(",");
    let (name, programme) = (quoted(party.name), quoted(party.programme));
    format!("{},{name},{kind},{programme},{nothing},{remarks}", party.uid)
}

fn comment_row(party: &Party) -> Option<String> {
    let rest = party.remarks.get(REMARK..).filter(|rest| !rest.is_empty())?;
    Some(format!("{},{}", party.uid, quoted(rest)))
}

fn alt_row((number, party): (usize, &Party)) -> String {
    let (uid, alias) = (party.uid, quoted(party.alias));
    format!("{uid},{},\"aka\",{alias},{NOTHING}", 70_001 + number)
}

fn add_row((number, party): (usize, &Party)) -> String {
    let (uid, city, country) = (party.uid, quoted(party.city), quoted(party.country));
    format!("{uid},{},{NOTHING},{city},{country},{NOTHING}", 80_001 + number)
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Lines as OFAC ends them, the last followed by the old end-of-file sign.
fn lines(rows: impl Iterator<Item = String>) -> Vec<u8> {
    let mut text: String = rows.map(|row| row + "\r\n").collect();
    text.push('\u{1a}');
    text.into_bytes()
}

/// Returns an account as lists spell it: an EVM address with the capitals of EIP-55.
fn spelled(coin: usize, account: &str) -> String {
    match (Book::coin(coin).form, account.strip_prefix("0x")) {
        (Form::Evm, Some(digits)) => eip55(digits),
        _ => account.to_owned(),
    }
}

fn eip55(digits: &str) -> String {
    let hash = hex(&Keccak256::digest(digits.as_bytes()));
    let case = |(digit, nibble): (char, char)| match nibble {
        '0'..='7' => digit,
        _ => digit.to_ascii_uppercase(),
    };
    "0x".chars()
        .chain(digits.chars().zip(hash.chars()).map(case))
        .collect()
}

/// The tag table: the two exchanges' wallets, and the house's own.
fn tags(ledger: &mut Ledger) -> String {
    let mut rows = Vec::new();
    for coin in 0..COINS.len() {
        for exchange in &EXCHANGES {
            for label in wallets_of(exchange.key) {
                let account = ledger.book.account(coin, &label);
                let account = spelled(coin, ledger.book.name(account));
                rows.push(format!(
                    "{account},{},exchange,example tag pack\n",
                    exchange.label
                ));
            }
        }
        for (label, name) in [("hot", "Strongbox hot wallet"), ("cold", "Strongbox cold wallet")] {
            let account = ledger.book.account(coin, label);
            rows.push(format!(
                "{},{name},own,treasury\n",
                spelled(coin, ledger.book.name(account))
            ));
        }
    }
    rows.sort();
    rows.dedup();
    format!("address,label,service,source\n{}", rows.concat())
}

/// The published theft wallets, in an order that says nothing.
fn published(ledger: &mut Ledger) -> String {
    let mut coins: Vec<usize> = (0..COINS.len()).collect();
    Stream::of(0, "lists/published").shuffle(&mut coins);
    let mut text = "asset,address\n".to_owned();
    for coin in coins {
        let account = ledger.book.account(coin, &thief(coin));
        let name = Book::coin(coin).name;
        text += &format!("{name},{}\n", spelled(coin, ledger.book.name(account)));
    }
    text
}
