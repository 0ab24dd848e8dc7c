//! Booking: a block becomes rows in ledger order, in the order in which the chain itself executes.
//!
//! Within a multisig transaction that is: the fees of the signatures, the inner transaction with its fee, the outer fee; the
//! multisig account pays all of them. The books know what blocks before defined: levies, supplies, and who harvests for whom.

use super::block::{Block, Kind, Transaction, chain_name};
use super::mosaic::{Definition, Mosaic, smallest};
use crate::table::{Booked, Row};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Amount, Gap, Why};

/// Blocks after which a key that was told to harvest for another account does so, or ceases to.
const DELAY: u64 = 360;
/// Mosaics and keys that the books remember, each.
const KNOWN: usize = 1 << 20;

/// The books of the chain.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// The height of the block that comes next, if every block before it was booked.
    next: Option<u64>,
    mosaics: BTreeMap<Mosaic, Definition>,
    /// By key's address: the account that it harvests for, whether it begins to, and since which height.
    remotes: BTreeMap<String, (String, bool, u64)>,
    told: BTreeSet<Told>,
}

/// What is said once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Told {
    Harvesters,
    NoHarvester,
    NoBlocks,
    Levy(Mosaic),
    Supply(Mosaic),
    Full,
}

impl Told {
    fn why(&self) -> String {
        match self {
            Told::Harvesters => "not every block before was seen: a key may harvest for an account that is not known, and from here on \
                                 fees stand at the key that signed the block"
                .into(),
            Told::NoHarvester => "the source does not say who harvested: from here on, a fee is one to nobody known".into(),
            Told::NoBlocks => "transactions stand without their blocks: from here on, their times are those of their making, some minutes \
                               before they count"
                .into(),
            Told::Levy(mosaic) => format!(
                "the definition of {}:{} was not seen: whether its transfers pay a levy is not known, and none is booked",
                mosaic.namespace, mosaic.name
            ),
            Told::Supply(mosaic) => format!(
                "the definition of {}:{} was not seen: a change of its supply is not booked",
                mosaic.namespace, mosaic.name
            ),
            Told::Full => format!("over {KNOWN} mosaics or harvesting keys: those that come now are not remembered"),
        }
    }
}

/// What the books remember of a block, as it is noted with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Note {
    Told(Told),
    /// A mosaic was defined, or its supply changed.
    Mosaic(Definition),
    Link {
        remote: String,
        owner: String,
        begins: bool,
        height: u64,
    },
}

impl Books {
    /// Opens the books.
    pub fn new() -> Self {
        Books::default()
    }

    /// Opens the books again, with the notes that stand with the blocks that were booked; `next` is the height of the block that
    /// comes next, where every block before it was booked.
    ///
    /// # Errors
    /// A sentence where a note is none.
    pub fn resumed<'n>(next: Option<u64>, notes: impl IntoIterator<Item = &'n str>) -> Result<Self, String> {
        let mut books = Books {
            next,
            ..Books::default()
        };
        for note in notes {
            let read = serde_json::from_str(note);
            books.remember(read.map_err(|error| format!("{note:?} is no note of these books: {error}"))?);
        }
        Ok(books)
    }

    fn remember(&mut self, note: Note) {
        match note {
            Note::Told(told) => {
                self.told.insert(told);
            }
            Note::Mosaic(definition) => {
                self.mosaics.insert(definition.mosaic.clone(), definition);
            }
            Note::Link {
                remote,
                owner,
                begins,
                height,
            } => {
                self.remotes.insert(remote, (owner, begins, height));
            }
        }
    }

    /// Books a block.
    pub fn book(&mut self, block: &Block) -> Booked {
        let seen = block.height == 1 || self.next == Some(block.height);
        if block.harvester.is_some() {
            self.next = seen.then(|| block.height.saturating_add(1));
        }
        let mut page = Page {
            seen,
            books: self,
            block,
            id: String::new(),
            rows: Vec::new(),
            gaps: block.gaps.clone(),
            notes: Vec::new(),
        };
        page.write();
        let (rows, gaps, notes) = (page.rows, page.gaps, page.notes);
        Booked {
            number: block.height,
            id: block.id.clone(),
            parent: block.parent.clone(),
            rows,
            gaps,
            notes,
        }
    }

    /// Returns for whom a key harvests at a height.
    fn lessor(&self, key: &str, height: u64) -> Option<&str> {
        let (owner, begins, since) = self.remotes.get(key)?;
        let settled = height.saturating_sub(*since) >= DELAY;
        (*begins == settled).then_some(owner.as_str())
    }
}

/// One block being booked.
struct Page<'a> {
    /// Whether every block before was booked.
    seen: bool,
    books: &'a mut Books,
    block: &'a Block,
    /// The transaction that is being booked.
    id: String,
    rows: Vec<Row<'static>>,
    gaps: Vec<Gap>,
    notes: Vec<String>,
}

impl Page<'_> {
    fn write(&mut self) {
        if self.block.harvester.is_none() {
            self.tell(Told::NoBlocks);
        }
        for (at, transaction) in self.block.transactions.iter().enumerate() {
            self.id = match transaction.id.is_empty() {
                true => format!("block {} transaction {at}", self.block.height),
                false => transaction.id.clone(),
            };
            self.transaction(transaction, &transaction.signer);
        }
    }

    fn place(&self) -> String {
        format!("nem block {}", self.block.height)
    }

    fn gap(&mut self, why: Why, detail: impl std::fmt::Display) {
        let gap = Gap::new(self.place(), why, detail);
        self.gaps.push(gap);
    }

    fn tell(&mut self, told: Told) {
        if !self.books.told.contains(&told) {
            self.gap(Why::Unsupported, told.why());
            self.remember(Note::Told(told));
        }
    }

    fn remember(&mut self, note: Note) {
        self.notes
            .push(serde_json::to_string(&note).expect("texts and numbers are JSON"));
        self.books.remember(note);
    }

    /// Returns the name of a mosaic; another network's mosaics are never the main network's.
    fn asset(&self, mosaic: &Mosaic) -> String {
        match (chain_name(self.block.network), mosaic.is_xem()) {
            (chain, true) if chain == "nem" => "XEM".into(),
            (chain, _) => format!("{chain}/{}:{}", mosaic.namespace, mosaic.name),
        }
    }

    fn xem(&self) -> String {
        self.asset(&Mosaic {
            namespace: "nem".into(),
            name: "xem".into(),
        })
    }

    fn row(&mut self, from: &str, to: &str, asset: String, amount: Amount, fee: Amount) {
        if amount.is_zero() && fee.is_zero() {
            return;
        }
        self.rows.push(Row {
            when: self.block.when,
            transaction: Cow::Owned(self.id.clone()),
            from: Cow::Owned(from.to_owned()),
            to: Cow::Owned(to.to_owned()),
            asset: Cow::Owned(asset),
            amount,
            fee,
        });
    }

    /// Books a transaction of `who`, whose fee `who` pays.
    fn transaction(&mut self, transaction: &Transaction, who: &str) {
        match &transaction.kind {
            Kind::Transfer {
                recipient,
                amount,
                mosaics,
            } => self.transfer(who, recipient, *amount, mosaics),
            Kind::Importance { remote, begins } => self.importance(who, remote, *begins),
            Kind::Modification => {}
            Kind::Multisig { inner, signatures } => {
                let multisig = inner.signer.clone();
                for fee in signatures {
                    self.fee(&multisig, *fee);
                }
                self.transaction(inner, &multisig);
                return self.fee(&multisig, transaction.fee);
            }
            Kind::Namespace { sink, rent } => {
                self.row(who, sink, self.xem(), Amount::from(*rent), Amount::ZERO)
            }
            Kind::Definition {
                sink,
                price,
                definition,
            } => {
                self.row(who, sink, self.xem(), Amount::from(*price), Amount::ZERO);
                self.define(who, definition);
            }
            Kind::Supply { mosaic, more, delta } => self.supply(who, mosaic, *more, *delta),
        }
        self.fee(who, transaction.fee);
    }

    fn transfer(&mut self, from: &str, to: &str, amount: u64, mosaics: &[(Mosaic, u64)]) {
        if mosaics.is_empty() {
            return self.row(from, to, self.xem(), Amount::from(amount), Amount::ZERO);
        }
        // The chain rounds down where a bag goes a fraction of a time.
        let million = Amount::from(1_000_000u64);
        for (mosaic, quantity) in mosaics {
            let units = Amount::from(*quantity).mul_div(Amount::from(amount), million);
            let Some((units, _)) = units else {
                self.gap(Why::Damaged, "a transfer of mosaics is beyond 256 bits");
                continue;
            };
            self.row(from, to, self.asset(mosaic), units, Amount::ZERO);
            self.levy(from, mosaic, units);
        }
    }

    fn levy(&mut self, from: &str, mosaic: &Mosaic, units: Amount) {
        if mosaic.is_xem() {
            return;
        }
        let Some(definition) = self.books.mosaics.get(mosaic) else {
            return self.tell(Told::Levy(mosaic.clone()));
        };
        let Some(levy) = definition.levy.clone() else {
            return;
        };
        match levy.of(units) {
            Some(due) => self.row(from, &levy.recipient, self.asset(&levy.mosaic), due, Amount::ZERO),
            None => self.gap(Why::Damaged, "a levy is beyond 256 bits"),
        }
    }

    fn importance(&mut self, owner: &str, remote: &str, begins: bool) {
        if self.books.remotes.len() >= KNOWN {
            return self.tell(Told::Full);
        }
        self.remember(Note::Link {
            remote: remote.to_owned(),
            owner: owner.to_owned(),
            begins,
            height: self.block.height,
        });
    }

    /// A definition issues the supply to its creator. One anew, which only who owns all of it may make, replaces it.
    fn define(&mut self, creator: &str, definition: &Definition) {
        let asset = self.asset(&definition.mosaic);
        let Some(supply) = smallest(definition.supply, definition.divisibility) else {
            return self.gap(Why::Damaged, "the supply of a mosaic is beyond 256 bits");
        };
        let before = self.books.mosaics.get(&definition.mosaic);
        let before = before.map(|before| (before.divisibility, before.supply));
        if before == Some((definition.divisibility, definition.supply)) {
            // The description or the levy alone is new.
        } else {
            let old = before.and_then(|(divisibility, supply)| smallest(supply, divisibility));
            self.row(creator, "", asset.clone(), old.unwrap_or_default(), Amount::ZERO);
            self.row("", creator, asset, supply, Amount::ZERO);
        }
        if self.books.mosaics.len() >= KNOWN {
            return self.tell(Told::Full);
        }
        self.remember(Note::Mosaic(definition.clone()));
    }

    fn supply(&mut self, creator: &str, mosaic: &Mosaic, more: bool, delta: u64) {
        let asset = self.asset(mosaic);
        let Some(mut definition) = self.books.mosaics.get(mosaic).cloned() else {
            return self.tell(Told::Supply(mosaic.clone()));
        };
        let supply = match more {
            true => definition.supply.checked_add(delta),
            false => definition.supply.checked_sub(delta),
        };
        let units = smallest(delta, definition.divisibility);
        let (Some(supply), Some(units)) = (supply, units) else {
            return self.gap(Why::Damaged, "a change of supply leaves its range");
        };
        definition.supply = supply;
        self.remember(Note::Mosaic(definition));
        match more {
            true => self.row("", creator, asset, units, Amount::ZERO),
            false => self.row(creator, "", asset, units, Amount::ZERO),
        }
    }

    fn fee(&mut self, who: &str, fee: u64) {
        if fee == 0 {
            return;
        }
        let Some(key) = &self.block.harvester else {
            self.tell(Told::NoHarvester);
            return self.row(who, "", self.xem(), Amount::ZERO, Amount::from(fee));
        };
        if !self.seen {
            self.tell(Told::Harvesters);
        }
        let lessor = self
            .books
            .lessor(key, self.block.height)
            .unwrap_or(key)
            .to_owned();
        self.row(who, &lessor, self.xem(), Amount::from(fee), Amount::ZERO);
    }
}
