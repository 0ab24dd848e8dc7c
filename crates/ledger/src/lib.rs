//! Transfers on disk, traces of stolen value through them, and the alarm when a wallet is being emptied.
//!
//! A [`Ledger`] is a directory of immutable, checksummed segments behind a manifest of commits; it is filled
//! from transfer tables and read in ledger order. [`trace()`] follows taint by policies that stand side by
//! side, every unit booked. [`detect`] watches for drains. This room knows no lists and no clock: who is behind
//! an account is asked through a closure, and it owns no file outside the directory that it is given.
//!
//! ```
//! use std::io::Cursor;
//! use strongroom_ledger::{Direction, EndReason, Ledger, Mapping, Policy, Seed, Stops, trace};
//! use strongroom_model::Limits;
//!
//! let dir = tempfile::tempdir().unwrap();
//! let mut ledger = Ledger::create(dir.path()).unwrap();
//! let table = "time,tx,from,to,asset,amount\n\
//!              2019-03-24T01:00:00Z,t1,victim,thief,XEM,900\n\
//!              2019-03-24T02:00:00Z,t2,thief,mule,XEM,300\n";
//! let imported = ledger
//!     .import_csv("transfers.csv", Cursor::new(table), &Mapping::default(), &mut |_| ())
//!     .unwrap();
//! assert_eq!((imported.rows, imported.gaps.len()), (2, 0));
//!
//! let seeds = [Seed::Transaction("t1".into())];
//! let (stops, limits) = (Stops::none(), Limits::default());
//! let traces = trace(&ledger, Direction::Forward, &seeds, &[Policy::Fifo], &stops, &limits).unwrap();
//! assert!(traces[0].sheet.conserved());
//! let mule = traces[0].ends.iter().find(|end| end.account == "mule").unwrap();
//! assert_eq!((mule.reason, mule.amount), (EndReason::Unspent, 300u64.into()));
//! assert_eq!(traces[0].path(mule.step), [0, 1]);
//! ```

mod bitcoin;
mod cluster;
mod coins;
mod drain;
mod error;
pub mod ethereum;
mod export;
mod folder;
mod fork;
mod issuance;
mod kind;
mod manifest;
pub mod nem;
mod store;
mod table;
mod trace;

pub use bitcoin::{
    AddressFault, Ask, BestChain, BlockFault, BlockFiles, BlockKey, Blocks, Chain, Fault, Follow, FollowStep,
    Header, HeaderIndex, KnownOutputs, NodeFault, RawBlock, Told, Unspent, UnspentFault, UnspentOutputs,
    node_result,
};
pub use cluster::{
    Change, ClusterOptions, Clusters, Coin, Coinjoin, Deposit, Edge, Evidence, NamedClusters, PeelingChain,
    Protocol, Reason, Shape, Unions,
};
pub use coins::{
    Appended, Block, CoinBlock, CoinInfo, CoinInput, CoinLayout, CoinLedger, CoinProgress, CoinRun,
    CoinTransaction, Fate, Id, Input, OutPoint, Output, Owner, Transaction,
};
pub use drain::{Drain, DrainConfig, DrainDetector, DrainedAsset, Drains, Receiver, Trigger, Watch, detect};
pub use error::LedgerError;
pub use export::{ExportedTable, PARQUET_SCHEMA, is_about_export};
pub use fork::{Fork, ForkStep};
pub use issuance::{AssetIssuance, Issuance, IssueState, IssuedSums};
pub use store::{Info, Layout, Ledger, Source, Transfers, Verified};
pub use table::{Booked, Imported, Mapping, Progress, Row, RowError, Table, recognise, recognise_parquet};
pub use trace::{
    AssetSheet, Balance, BalanceSheet, ClusterWord, CoinPolicy, CoinSeed, CoinStops, Convention, Direction,
    End, EndReason, Flow, FlowKind, Holding, LedgerKind, Opening, Origin, OwnerTag, OwnerTags, Parcel, Piece,
    Policy, Reach, Seed, SeedRow, Spent, Step, Stops, Subsidy, TRACE_SCHEMA, Taint, TaintedCoins, Trace,
    Unbalanced, Unit, UnitPlace, UnitWay, ends_csv, flows_csv, graphml, reach_of_coins, spend, tainted_coins,
    trace, trace_coins,
};
