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
use std::collections::BTreeSet;
use std::path::Path;
use strongroom_case::{self as case, CaseGap};
use strongroom_ledger::{Drain, DrainConfig, Ledger, LedgerError, Opening, Seed, Watch, detect};
use strongroom_model::{Evidence, Gap, Kind, Limits, Observable, Place, Role, Service, Span, Why};
use strongroom_screening::Lists;

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
        let book = Book::of(&loaded.lists, ledger)?;
        let drains = self.detect(ledger, &book, &evidence.name)?;
        for drain in &drains {
            self.drains.push(drained(drain, ledger, evidence)?);
        }
        let (seeds, why) = seeds(ledger, &book, &drains, &published(loaded))?;
        self.gaps.extend(why.map(|why| CaseGap {
            of: evidence.name.clone(),
            gap: Gap::new("traces", Why::Truncated, why),
        }));
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

    fn detect(&mut self, ledger: &Ledger, book: &Book, name: &str) -> Result<Vec<Drain>, LedgerError> {
        if book.own.is_empty() {
            let why = "no tag table names an own wallet that the tables show, so no drain was looked for";
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
fn openings(ledger: &Ledger, book: &Book) -> Result<Vec<Opening>, LedgerError> {
    let mut openings = Vec::new();
    for account in &book.own {
        openings.extend(ledger.openings(account)?);
    }
    Ok(openings)
}

/// Returns what to trace, and why it is not what was to be traced first, where it is not.
///
/// Where the house published its theft wallets, that is what it paid to them, and nothing else: a customer who
/// was paid during the drain is not a thief. Where nobody published any, or the house paid none of them, it is
/// all that the drains took. Where no own wallet is known, or there is no drain either, it is all that arrived
/// at the published ones.
fn seeds(
    ledger: &Ledger,
    book: &Book,
    drains: &[Drain],
    published: &BTreeSet<String>,
) -> Result<(Vec<Seed>, Option<&'static str>), LedgerError> {
    let rows = drains.iter().flat_map(|drain| &drain.rows);
    let taken = || rows.clone().copied().map(Seed::Transfer).collect();
    let arrivals = |account: &String| Seed::Account {
        account: account.clone(),
        asset: None,
        since: None,
    };
    let arrivals = || published.iter().map(arrivals).collect();
    if published.is_empty() {
        return Ok((taken(), None));
    }
    if book.own.is_empty() {
        return Ok((arrivals(), None));
    }
    let mut seeds = BTreeSet::new();
    for account in published {
        for transfer in ledger.transfers_of(account) {
            let transfer = transfer?;
            if transfer.to == account && book.is_own(transfer.from) {
                seeds.insert(Seed::Transfer(transfer.row));
            }
        }
    }
    Ok(match (seeds.is_empty(), drains.is_empty()) {
        (false, _) => (seeds.into_iter().collect(), None),
        (true, false) => {
            let why = "no own wallet paid a published theft wallet: what the drains took is traced";
            (taken(), Some(why))
        }
        (true, true) => {
            let why = "no own wallet paid a published theft wallet: all that arrived there is traced, whoever paid it";
            (arrivals(), Some(why))
        }
    })
}

/// Returns the wallets that lists of stolen funds name.
fn published(loaded: &Loaded) -> BTreeSet<String> {
    let sighted = loaded.reports.iter().flat_map(|report| &report.observables);
    let stolen = sighted.filter(|sighting| sighting.role == Role::Theft);
    stolen
        .map(|sighting| sighting.observable.value().to_owned())
        .collect()
}

/// The accounts of the ledger that a tag table names as the house's own.
struct Book {
    own: BTreeSet<String>,
}

impl Book {
    fn of(lists: &Lists, ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut own = BTreeSet::new();
        for id in 0..ledger.accounts() {
            let account = ledger.account(id)?;
            if lists.tag(account).is_some_and(|tag| tag.service == Service::Own) {
                own.insert(account.to_owned());
            }
        }
        Ok(Book { own })
    }

    fn is_own(&self, account: &str) -> bool {
        self.own.contains(account)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Inputs;
    use crate::lists::load_inputs;
    use std::fs;
    use strongroom_screening::Purpose;

    const TABLE: &str = "time,tx,from,to,asset,amount\n\
        2019-03-24T01:00:00Z,t1,customer,hot,XEM,900\n\
        2019-03-24T02:00:00Z,t2,hot,1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu,XEM,10\n\
        2019-03-24T03:00:00Z,t3,1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu,1BoatSLRHtKNngkdXEeobR76b53LETtpyT,XEM,7\n";

    /// Returns the seeded amounts and the gaps of a table with lists beside it.
    fn followed(tags: &str, published: &str) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("transfers.csv", TABLE),
            ("tags.csv", tags),
            ("theft.txt", published),
        ] {
            if !text.is_empty() {
                fs::write(folder.path().join(name), text).unwrap();
            }
        }
        let inputs = Inputs::inside(folder.path(), None).files;
        let (tables, lists): (Vec<_>, Vec<_>) = inputs
            .into_iter()
            .partition(|input| input.name == "transfers.csv");
        let limits = Limits::default();
        let loaded = load_inputs(&lists, Purpose::StolenFunds, &limits);
        assert!(loaded.refused.is_empty(), "{:?}", loaded.refused);
        let case = tempfile::tempdir().unwrap();
        let funds = follow(&tables, &loaded, case.path(), &limits, &|_| ()).unwrap();
        let seeds = funds
            .traces
            .first()
            .map(|trace| trace.seeds.clone())
            .unwrap_or_default();
        let seeds = seeds.iter().map(|seed| seed.amount.to_string()).collect();
        (seeds, funds.gaps.iter().map(|gap| gap.gap.why.clone()).collect())
    }

    const THIEF: &str = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu\n";
    const MULE: &str = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT\n";

    #[test]
    fn what_is_traced_is_told_whichever_lists_there_are() {
        let own = "address,label,service\nhot,our hot wallet,own\n";
        let others = "address,label,service\nelsewhere,Exchange A,exchange\n";
        let no_own = "no tag table names an own wallet";
        let none_paid = "no own wallet paid a published theft wallet";
        for (tags, published, seeds, gap) in [
            ("", THIEF, vec!["10"], Some(no_own)),
            (others, THIEF, vec!["10"], Some(no_own)),
            (others, "", vec![], Some(no_own)),
            (own, THIEF, vec!["10"], None),
            (own, MULE, vec!["7"], Some(none_paid)),
            (own, "", vec![], None),
        ] {
            let (found, gaps) = followed(tags, published);
            assert_eq!(found, seeds, "{tags:?} {published:?}");
            assert_eq!(gaps.len(), usize::from(gap.is_some()), "{gaps:?}");
            assert!(gap.is_none_or(|gap| gaps[0].contains(gap)), "{gaps:?}");
        }
    }
}
