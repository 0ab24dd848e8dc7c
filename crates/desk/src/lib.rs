//! One function per verb. Desk is the only room that knows disk, threads, wall time and configuration: it opens
//! what the other rooms read, hands look-ups from one to the other, and joins what they find.

mod account_chain;
mod block_files;
mod book;
mod book_runs;
mod case;
mod clearings;
mod cluster;
mod decide;
pub mod demo;
mod demo_case;
mod deposits;
mod ethereum_node;
mod examine;
mod export;
mod exposure;
mod hashing;
mod input;
mod inspect;
mod intel;
mod investigate;
mod known;
mod ledger;
mod lists;
mod nem_node;
mod network;
mod node;
mod node_chain;
mod outcome;
mod owner_tags;
mod peels;
mod plots;
mod progress;
mod question;
mod queue;
mod reading;
mod replay;
mod reports;
mod screen;
mod shelf;
mod tables;
mod threads;
mod trace;
mod watch_list;
mod watchdog;

pub use account_chain::{
    AccountNode, ChainSpan, ImportedChain, import_account_chain, import_accounts_from_node,
};
pub use block_files::{BlockSource, ImportedBlocks, import_blocks, open_or_create_coins};
pub use book::{BookAnswer, BookQuery, Told, UnreadRow, delta, screen_book, screen_customer};
pub use case::{CaseVerified, read as read_case, verify as verify_case};
pub use cluster::{ClusterAnswer, ClusterQuery, Member, cluster};
pub use decide::{Clearing, Decided, KeptAsset, KeptBook, KeptExposure, Memory, Subject};
pub use demo_case::{DEMO_SEED, DemoFolders, write_demo};
pub use deposits::{DepositsAnswer, deposits};
pub use ethereum_node::EthereumNode;
pub use examine::{examine, examine_all, known_from};
pub use export::{Exported, export as export_ledger};
pub use exposure::{
    AssetExposure, Exposure, ExposureHop, ExposureLedger, ExposureOptions, ExposurePart, exposure,
};
pub use input::{Content, Input, InputError, Inputs};
pub use inspect::{InspectOptions, inspect, inspect_bytes, inspect_file};
pub use intel::{IntelAnswer, intel, read_report};
pub use investigate::{Investigated, investigate};
pub use known::Known;
pub use ledger::{
    ImportError, LedgerVerified, import, open_or_create as open_or_create_ledger, verify as verify_ledger,
};
pub use lists::{Loaded, Refused, load as load_lists};
pub use nem_node::NemNode;
pub use network::{NetworkAnswer, SAFE_FILE, network, safe_list};
pub use node::{Node, NodeError};
pub use node_chain::{NodeSource, import_from_node};
pub use outcome::Outcome;
pub use peels::{Peel, Peels, PeelsAnswer, Purse, peels};
pub use plots::Plots;
pub use progress::{Progress, Step, silent};
pub use reading::{READER_VERB, read_extraction, read_report_from_stdin, use_reader};
pub use replay::{Replay, Replayed};
pub use reports::{REPORT_HTML, REPORT_JSON};
pub use screen::{Query, screen};
pub use shelf::{Shelving, shelve};
pub use tables::{FileImport, import_files};
pub use threads::use_threads;
pub use trace::{CoinTraceOptions, TraceOptions, account_seed, coin_seed, policy_named, trace, trace_coins};
pub use watch_list::{WATCH_LIST, WatchList};

pub use strongroom_case::{Converged, Event, Sentence, Standing, Story, report_json, story};
pub use strongroom_intel::{Indicator, Source, Tier, to_csv, to_misp, to_stix, to_tagpack};
pub use strongroom_ledger::{
    Chain, Change, ClusterWord, CoinInfo, CoinLedger, CoinPolicy, Convention, Deposit, Direction, End,
    Imported, Info as LedgerInfo, Issuance, IssueState, IssuedSums, Ledger, LedgerKind, Policy, Reason, Seed,
    Step as TraceStep, Trace, ends_csv, flows_csv, graphml,
};
pub use strongroom_model::Gap;
pub use strongroom_network::{
    BEACON, Beacon, CONTACT, Contact, Network, SAFE_LIST, SafeCount, Standing as BeaconStanding,
};
pub use strongroom_screening::{
    AssetMatch, AssetScreening, Birth, Candidate, Delta, FactorKind, ListDiff, Lists, NAME_THRESHOLD,
    NameQuery, Purpose, QueryForm, Record as ShelfRecord, Screening, ScreeningVerdict, Shelf, Shelved,
    WordMatch,
};

/// The words of a chain of coins, for who fills a ledger of one.
pub mod coins {
    pub use strongroom_ledger::{
        Block, CoinLayout, CoinLedger, Id, Input, OutPoint, Output, Owner, Transaction,
    };
}
