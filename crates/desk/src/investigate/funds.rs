//! Following the funds: tables to a ledger, drains of the own wallets, traces of what left, in the words of a
//! case.

use super::drained::drained;
use super::traced::traced;
use crate::case::LEDGERS;
use crate::input::Input;
use crate::ledger::{import, open_or_create};
use crate::lists::Loaded;
use crate::network::together;
use crate::progress::{Progress, Step};
use crate::trace::{TraceOptions, trace};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use strongroom_case::{self as case, CaseGap};
use strongroom_ledger::{Drain, DrainConfig, Ledger, LedgerError, Opening, Seed, Watch, detect};
use strongroom_model::{Evidence, Gap, Kind, Limits, Observable, Place, Role, Service, Span, Why};
use strongroom_screening::{Lists, Purpose};

/// The name of several tables together.
const TOGETHER: &str = "transfer tables";

/// What following the funds came to.
#[derive(Debug, Default)]
pub struct Funds {
    /// Drains of own wallets.
    pub drains: Vec<case::Drain>,
    /// One trace for each policy.
    pub traces: Vec<case::Trace>,
    /// What could not be read or followed.
    pub gaps: Vec<CaseGap>,
    /// Tables that could not be imported.
    pub errors: Vec<anyhow::Error>,
}

/// Imports the tables and follows what was stolen.
///
/// The ledger lies in the case under the hash of its tables, so that other tables are another ledger.
///
/// # Errors
/// Where the ledger cannot be written or is damaged.
pub fn follow(
    tables: &[Input],
    loaded: &Loaded,
    case_folder: &Path,
    limits: &Limits,
    progress: &Progress<'_>,
) -> anyhow::Result<Funds> {
    let mut funds = Funds::default();
    let (ledger, evidence) = funds.import(tables, case_folder, progress)?;
    progress(Step::Begin {
        what: "following the funds",
        total: 0,
        bytes: false,
    });
    let followed = funds.trace(&ledger, loaded, &evidence, limits);
    progress(Step::End);
    followed?;
    Ok(funds)
}

impl Funds {
    fn import(
        &mut self,
        tables: &[Input],
        case_folder: &Path,
        progress: &Progress<'_>,
    ) -> anyhow::Result<(Ledger, Evidence)> {
        let mut parts = Vec::new();
        for table in tables {
            match table.identify() {
                Ok((id, size)) => {
                    parts.push((
                        table,
                        Evidence {
                            id,
                            name: table.name.clone(),
                            size,
                            kind: Kind::TransferTable,
                        },
                    ));
                }
                Err(error) => self.errors.push(error.into()),
            }
        }
        let evidence = together(TOGETHER, parts.iter().map(|(_, part)| part.clone()).collect());
        let name = evidence.id.as_str().trim_start_matches("sha256:");
        let mut ledger = open_or_create(&case_folder.join(LEDGERS).join(name))?;
        for (table, _) in parts {
            if let Err(error) = import(&mut ledger, table, progress) {
                self.errors.push(error.into());
            }
        }
        self.gaps.extend(ledger.gaps().into_iter().map(|gap| CaseGap {
            of: evidence.name.clone(),
            gap,
        }));
        Ok((ledger, evidence))
    }

    fn trace(
        &mut self,
        ledger: &Ledger,
        loaded: &Loaded,
        evidence: &Evidence,
        limits: &Limits,
    ) -> Result<(), LedgerError> {
        let book = Book::of(&loaded.lists);
        let drains = self.detect(ledger, &book, &evidence.name)?;
        for drain in &drains {
            self.drains.push(drained(drain, ledger, evidence)?);
        }
        let seeds = seeds(ledger, &book, &drains, loaded)?;
        if seeds.is_empty() {
            return Ok(());
        }
        let options = TraceOptions {
            seeds,
            ..TraceOptions::default()
        };
        let at = Place {
            evidence: evidence.id.clone(),
            span: Span::whole(),
        };
        for one in trace(ledger, &options, &loaded.lists, limits)? {
            self.traces.push(traced(&one, ledger, &at)?);
        }
        Ok(())
    }

    fn detect(&mut self, ledger: &Ledger, book: &Book<'_>, name: &str) -> Result<Vec<Drain>, LedgerError> {
        if !book.knows_own {
            let why = "no tag table names the own wallets, so no drain was looked for";
            let gap = Gap::new("drains", Why::Unsupported, why);
            self.gaps.push(CaseGap {
                of: name.to_owned(),
                gap,
            });
            return Ok(Vec::new());
        }
        let mut failed = None;
        let transfers = ledger
            .transfers()
            .map_while(|transfer| transfer.map_err(|e| failed = Some(e)).ok());
        let openings = openings(ledger, book)?;
        let watch = Watch::Own(&|account| book.is_own(account));
        let found = detect(transfers, watch, &openings, &DrainConfig::default());
        if let Some(error) = failed {
            return Err(error);
        }
        self.gaps.extend(found.gaps.into_iter().map(|gap| CaseGap {
            of: name.to_owned(),
            gap,
        }));
        Ok(found.drains)
    }
}

/// Returns what the own accounts must have held before the ledger begins.
fn openings(ledger: &Ledger, book: &Book<'_>) -> Result<Vec<Opening>, LedgerError> {
    let mut openings = Vec::new();
    for id in 0..ledger.accounts() {
        let account = ledger.account(id)?;
        if book.is_own(account) {
            openings.extend(ledger.openings(account)?);
        }
    }
    Ok(openings)
}

/// Returns what to trace.
///
/// Where the house published its theft wallets, that is what it paid to them, and nothing else: a customer who
/// was paid during the drain is not a thief. Where nobody published any, it is all that the drains took. Where
/// no own wallet is known, it is all that arrived at the published ones.
fn seeds(
    ledger: &Ledger,
    book: &Book<'_>,
    drains: &[Drain],
    loaded: &Loaded,
) -> Result<Vec<Seed>, LedgerError> {
    let published = published(loaded);
    if published.is_empty() {
        return Ok(drains
            .iter()
            .flat_map(|drain| &drain.rows)
            .copied()
            .map(Seed::Transfer)
            .collect());
    }
    if !book.knows_own {
        let arrivals = |account: String| Seed::Account {
            account,
            asset: None,
            since: None,
        };
        return Ok(published.into_iter().map(arrivals).collect());
    }
    let mut seeds = BTreeSet::new();
    for account in published {
        for transfer in ledger.transfers_of(&account) {
            let transfer = transfer?;
            if transfer.to == account && book.is_own(transfer.from) {
                seeds.insert(Seed::Transfer(transfer.row));
            }
        }
    }
    Ok(seeds.into_iter().collect())
}

/// Returns the wallets that lists of stolen funds name.
fn published(loaded: &Loaded) -> BTreeSet<String> {
    let sighted = loaded.reports.iter().flat_map(|report| &report.observables);
    let stolen = sighted.filter(|sighting| sighting.role == Role::Theft);
    stolen
        .map(|sighting| sighting.observable.value().to_owned())
        .collect()
}

/// What the lists say of accounts, asked once for each.
struct Book<'a> {
    lists: &'a Lists,
    knows_own: bool,
    own: RefCell<HashMap<String, bool>>,
}

impl<'a> Book<'a> {
    fn of(lists: &'a Lists) -> Self {
        let knows_own = lists
            .versions()
            .iter()
            .any(|version| version.purpose == Purpose::Tags);
        Book {
            lists,
            knows_own,
            own: RefCell::default(),
        }
    }

    fn is_own(&self, account: &str) -> bool {
        if let Some(answer) = self.own.borrow().get(account) {
            return *answer;
        }
        let answer = self
            .lists
            .tag(account)
            .is_some_and(|tag| tag.service == Service::Own);
        self.own.borrow_mut().insert(account.to_owned(), answer);
        answer
    }
}

/// Returns the wallets that the theft touched: who received, what was traced, and where a policy that loses no
/// unit ends.
pub fn touched(drains: &[case::Drain], traces: &[case::Trace]) -> BTreeSet<Observable> {
    let received = drains
        .iter()
        .flat_map(|drain| drain.receivers.iter().map(|one| one.wallet.clone()));
    let seeded = traces
        .iter()
        .flat_map(|trace| trace.seeds.iter().map(|seed| seed.account.clone()));
    received
        .chain(seeded)
        .chain(ends_of(traces.iter().filter(|trace| !trace.upper_bound)))
        .collect()
}

/// Returns the wallets where any policy ends.
pub fn ends(traces: &[case::Trace]) -> BTreeSet<Observable> {
    ends_of(traces.iter()).collect()
}

fn ends_of<'a>(traces: impl Iterator<Item = &'a case::Trace>) -> impl Iterator<Item = Observable> {
    traces.flat_map(|trace| trace.ends.iter().filter_map(|end| end.account.clone()))
}
