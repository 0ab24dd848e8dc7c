//! `ledger …`.

use crate::args::Ledger as Args;
use crate::paint::Paint;
use crate::print;
use crate::terminal::Terminal;
use crate::verb::{cluster, deposits, export, of_gaps, peels};
use anyhow::Context;
use serde::Serialize;
use std::path::{Path, PathBuf};
use strongroom_desk::{
    BlockSource, Chain, ChainSpan, CoinLedger, Gap, Imported, Inputs, Ledger, LedgerKind, Node, NodeSource,
    Outcome, Progress, import_accounts_from_node, import_blocks, import_files, import_from_node,
    open_or_create_ledger, verify_ledger,
};
use strongroom_model::Limits;

/// The schema of what an import answers.
const IMPORT_SCHEMA: &str = "strongroom.import/1";
/// The schema of what `info` and `verify` answer.
const LEDGER_SCHEMA: &str = "strongroom.ledger/1";

/// What an import did, as it goes out.
#[derive(Serialize)]
pub struct ImportLine<'a> {
    schema: &'static str,
    /// The table's name.
    pub table: &'a str,
    /// What became of it.
    #[serde(flatten)]
    pub imported: &'a Imported,
}

/// What an import of a chain did, of coins or of accounts, as it goes out.
#[derive(Serialize)]
pub struct ChainLine<'a, T> {
    schema: &'static str,
    /// The chain.
    pub chain: &'a str,
    /// What became of it.
    #[serde(flatten)]
    pub imported: &'a T,
}

/// What a ledger holds, as it goes out.
#[derive(Serialize)]
pub struct LedgerLine<T> {
    schema: &'static str,
    /// The ledger's folder.
    pub ledger: String,
    /// What it holds.
    #[serde(flatten)]
    pub holds: T,
}

/// What `info` says of a ledger: what it holds, and what it lacks.
#[derive(Serialize)]
pub struct Info<T> {
    #[serde(flatten)]
    holds: T,
    gaps: Vec<Gap>,
}

/// Imports into a ledger, or looks at it.
pub fn run(args: Args, terminal: &Terminal) -> anyhow::Result<Outcome> {
    match args {
        Args::Import {
            ledger,
            paths,
            chain: None,
            ..
        } => import_tables(&ledger, &paths, terminal),
        Args::Import {
            ledger,
            paths,
            chain: Some(chain),
            node,
            cookie,
            confirmations,
            first_height,
        } => {
            if Chain::named(&chain).is_none()
                && let Some(url) = &node
            {
                let node = Node::at(url, cookie.as_deref())?;
                let span = ChainSpan {
                    from: first_height.map(u64::from),
                    confirmations,
                };
                return import_accounts(&ledger, &node, &chain, span, terminal);
            }
            let chain = chain_named(&chain)?;
            let follow: &Progress<'_> = &|step| terminal.follow(step);
            let imported = match node {
                Some(url) => {
                    let source = NodeSource {
                        node: Node::at(&url, cookie.as_deref())?,
                        chain,
                        from: first_height.unwrap_or(0),
                        confirmations,
                    };
                    import_from_node(&ledger, &source, follow)?
                }
                None => {
                    let source = BlockSource {
                        chain,
                        paths,
                        first_height,
                    };
                    import_blocks(&ledger, &source, follow)?
                }
            };
            let line = ChainLine {
                schema: IMPORT_SCHEMA,
                chain: chain.name(),
                imported: &imported,
            };
            terminal.show(&line, |line, paint| {
                print::imported_blocks(line.chain, line.imported, paint)
            })?;
            Ok(of_gaps(&imported.gaps))
        }
        Args::Cluster(args) => cluster::run(args, terminal),
        Args::Deposits { ledger, tags } => deposits::run(&ledger, tags, terminal),
        Args::Peels { ledger, from, links } => {
            let links = usize::try_from(links).unwrap_or(usize::MAX);
            peels::run(&ledger, &from, links, terminal)
        }
        Args::Export { ledger, into } => export::run(&ledger, &into, terminal),
        Args::Info { ledger } => match LedgerKind::of(&ledger)? {
            LedgerKind::Coins => {
                let opened = CoinLedger::open(&ledger)?;
                let (holds, gaps) = (opened.info()?, opened.gaps());
                show(&ledger, Info { holds, gaps }, terminal, |line, paint| {
                    print::coin_info(&line.ledger, &line.holds.holds, &line.holds.gaps, paint)
                })
            }
            LedgerKind::Accounts => {
                let opened = Ledger::open(&ledger)?;
                let (holds, gaps) = (opened.info(), opened.gaps());
                show(&ledger, Info { holds, gaps }, terminal, |line, paint| {
                    print::ledger_info(&line.ledger, &line.holds.holds, &line.holds.gaps, paint)
                })
            }
        },
        Args::Verify { ledger } => {
            let verified = verify_ledger(&ledger, &|step| terminal.follow(step))?;
            let outcome = match verified.issuance.contradicts() {
                true => Outcome::NotCleared,
                false => Outcome::Nothing,
            };
            let shown = show(&ledger, verified, terminal, |line, paint| {
                print::verified(&line.ledger, &line.holds.issuance, paint)
            })?;
            Ok(outcome.and(shown))
        }
    }
}

fn import_accounts(
    ledger: &Path,
    node: &Node,
    name: &str,
    span: ChainSpan,
    terminal: &Terminal,
) -> anyhow::Result<Outcome> {
    let follow: &Progress<'_> = &|step| terminal.follow(step);
    let imported = import_accounts_from_node(ledger, node, name, span, follow)?;
    let line = ChainLine {
        schema: IMPORT_SCHEMA,
        chain: name,
        imported: &imported.with_context(|| unknown_chain(name))?,
    };
    terminal.show(&line, |line, paint| {
        print::imported_chain(line.chain, line.imported, paint)
    })?;
    Ok(of_gaps(&line.imported.gaps))
}

fn unknown_chain(name: &str) -> String {
    format!("no chain {name:?} is known: see `strongroom ledger import --help`")
}

fn chain_named(name: &str) -> anyhow::Result<&'static Chain> {
    Chain::named(name).with_context(|| {
        format!(
            "no chain of coins {name:?} is known; chains of accounts are imported from a node (--node), their exports without --chain: \
             see `strongroom ledger import --help`"
        )
    })
}

fn show<T: Serialize>(
    ledger: &Path,
    holds: T,
    terminal: &Terminal,
    text: impl Fn(&LedgerLine<T>, Paint) -> String,
) -> anyhow::Result<Outcome> {
    let line = LedgerLine {
        schema: LEDGER_SCHEMA,
        ledger: ledger.display().to_string(),
        holds,
    };
    terminal.show(&line, text)?;
    Ok(Outcome::Nothing)
}

fn import_tables(folder: &Path, tables: &[PathBuf], terminal: &Terminal) -> anyhow::Result<Outcome> {
    let mut inputs = Inputs::below(tables);
    let mut outcome = terminal.complain_of(std::mem::take(&mut inputs.errors));
    if inputs.files.is_empty() {
        // Nothing to import makes no ledger.
        return Ok(outcome);
    }
    let mut ledger = open_or_create_ledger(folder)?;
    let follow: &Progress<'_> = &|step| terminal.follow(step);
    for (name, imported) in import_files(&mut ledger, &inputs, &Limits::default(), follow) {
        match imported {
            Ok(imported) => {
                let line = ImportLine {
                    schema: IMPORT_SCHEMA,
                    table: &name,
                    imported: &imported,
                };
                terminal.show(&line, |line, paint| {
                    print::imported(line.table, line.imported, paint)
                })?;
                outcome = outcome.and(of_gaps(&imported.gaps));
            }
            Err(error) => outcome = outcome.and(terminal.complain_of([error])),
        }
    }
    Ok(outcome)
}
