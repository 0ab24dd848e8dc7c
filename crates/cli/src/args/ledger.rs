//! What may be typed behind `ledger`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `ledger …`.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Imports transfer tables, a node's block files, or a node's chain; what was broken off goes on where it stood
    #[command(after_help = "\
A table is CSV with a header: time, tx, from, to, asset, amount, and where they exist fee and decimals. Amounts are whole \
base units (satoshi, wei) unless a decimals column says otherwise; times without a zone are UTC. Times need not ascend; rows \
of one time count in the order in which they stand. Of a table that begins with one that was taken, what follows is taken; \
rows that two tables share in any other way are taken twice. Parquet tables have the same columns. Exports of Ethereum \
(ethereum-etl, GraphSense, cryo: blocks, transactions, receipts, traces, logs as CSV, JSON lines or Parquet) and answers of a \
NEM node are told by their content; what belongs together is imported together.

With --chain the paths are block files (blk*.dat) or the folder of them; blocks may stand in any order, the longest chain \
counts. With --node the node is asked, over JSON-RPC or, one of NEM, over HTTP; nothing else is ever connected to. A ledger \
holds one kind: transfers of accounts, or one chain of coins. What was reorganised since is taken back and imported anew.

Chains of coins: bitcoin, litecoin, bitcoin-cash, and their test networks (bitcoin-testnet3, litecoin-regtest, ...).
Chains of accounts, from nodes: ethereum, others by their id (eip155-10, ...), nem and its test network (nem-98).

Examples:
  strongroom ledger import march.ledger transfers-2019-03.csv
  strongroom ledger import btc.ledger --chain bitcoin ~/.bitcoin/blocks
  strongroom ledger import ltc.ledger --chain litecoin --node http://127.0.0.1:9332 --cookie ~/.litecoin/.cookie
  strongroom ledger import eth.ledger --chain ethereum --node http://127.0.0.1:8545 --first-height 7400000 --confirmations 64")]
    Import {
        /// The ledger's folder; made where it does not exist
        ledger: PathBuf,
        /// Transfer tables and exports, or folders of them; with --chain, block files or their folder
        #[arg(
            required_unless_present = "node",
            conflicts_with = "node",
            value_name = "PATH"
        )]
        paths: Vec<PathBuf>,
        /// The chain whose blocks are imported
        #[arg(long, value_name = "NAME")]
        chain: Option<String>,
        /// Asks the node at this address: `http://[NAME:PASSWORD@]HOST:PORT`
        #[arg(long, value_name = "URL", requires = "chain")]
        node: Option<String>,
        /// The file in which the node leaves name and password
        #[arg(long, value_name = "FILE", requires = "node")]
        cookie: Option<PathBuf>,
        /// Blocks that must stand on a block, itself included, before it is taken from a node
        #[arg(long, value_name = "N", default_value_t = 1, requires = "node", value_parser = clap::value_parser!(u32).range(1..))]
        confirmations: u32,
        /// The height of the first block: where a ledger begins at a node, or where files begin whose blocks do not say it
        #[arg(long, value_name = "HEIGHT", requires = "chain")]
        first_height: Option<u32>,
    },
    /// Says what a ledger holds
    Info {
        /// The ledger's folder
        ledger: PathBuf,
    },
    /// Says which addresses belong together on a chain of coins, and why
    Cluster(Cluster),
    /// Finds deposit addresses: accounts that sweep all they receive to an exchange
    #[command(after_help = "\
An exchange gives each customer an address and forwards what arrives there to a wallet of its own. Who pays such an account pays \
the exchange. A row says what was seen, not who owns the account. A tag table is CSV with the columns address, label and \
service; wallets whose service is exchange count.

Example:
  strongroom ledger deposits march.ledger --tags tags.csv")]
    Deposits {
        /// The folder of a ledger of accounts
        ledger: PathBuf,
        /// Tag tables and lists that name wallets of exchanges
        #[arg(long, value_name = "PATH", required = true)]
        tags: Vec<PathBuf>,
    },
    /// Finds peeling chains: a coin that pays a little of itself away again and again
    #[command(after_help = "\
Each link has one input and two outputs; the smaller one is peeled off, the larger one goes on. Stolen coins are often walked so \
through many addresses, and many wallets simply pay so: the chain is named, not judged.

Examples:
  strongroom ledger peels btc.ledger TRANSACTION
  strongroom ledger peels btc.ledger 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa --links 5000")]
    Peels {
        /// The folder of a ledger of coins
        ledger: PathBuf,
        /// A transaction, an output (TRANSACTION:NUMBER) or an address that is part of the chain
        #[arg(required = true, value_name = "TRANSACTION|OUTPUT|ADDRESS")]
        from: Vec<String>,
        /// Follows a chain over no more links than this in either direction
        #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        links: u64,
    },
    /// Writes a ledger as Parquet files, for DuckDB, pandas and the like
    #[command(after_help = "\
A chain of coins becomes blocks, transactions, outputs and inputs; transfers of accounts become one table, which can be imported \
again. Amounts are whole base units and exact (64 bits without a sign; decimal text where 256 bits may be needed), times \
are UTC, ids and addresses are spelled out. What each column says stands in the file, under the key `column.NAME`, and in \
docs/output.md.

Examples:
  strongroom ledger export btc.ledger btc.parquet
  duckdb -c \"SELECT owner, sum(value) FROM 'btc.parquet/outputs.parquet' WHERE spender IS NULL GROUP BY owner\"
  python3 -c \"import pandas; print(pandas.read_parquet('btc.parquet/blocks.parquet'))\"")]
    Export {
        /// The ledger's folder
        ledger: PathBuf,
        /// Where the files go: a new or empty folder, or one with an earlier export, which is replaced
        #[arg(value_name = "DIR")]
        into: PathBuf,
    },
    /// Checks every checksum of a ledger, and that its amounts add up
    Verify {
        /// The ledger's folder
        ledger: PathBuf,
    },
}

/// `ledger cluster`.
#[derive(Args, Debug)]
#[command(after_help = "\
Addresses that sign inputs of one transaction are taken for one owner's, unless the transaction has the shape of a coinjoin \
(JoinMarket, Wasabi, Whirlpool). Nothing here is proof: ask why two addresses are together, and take a union back by leaving \
its transaction out.

Change heuristics: address-reuse, address-type, optimal-change, round-payment, one-time.

Examples:
  strongroom ledger cluster btc.ledger 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa
  strongroom ledger cluster btc.ledger ADDRESS --why OTHER-ADDRESS
  strongroom ledger cluster btc.ledger ADDRESS --without TRANSACTION")]
pub struct Cluster {
    /// The folder of a ledger of coins
    pub ledger: PathBuf,
    /// The address whose cluster is wanted
    pub address: String,
    /// Another address: why are the two together?
    #[arg(long, value_name = "ADDRESS")]
    pub why: Option<String>,
    /// Change heuristics that join as well [default: none]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub change: Vec<String>,
    /// Joins the inputs of coinjoins too
    #[arg(long)]
    pub join_coinjoins: bool,
    /// A transaction that is a coinjoin whatever its shape
    #[arg(long, value_name = "TRANSACTION")]
    pub coinjoin: Vec<String>,
    /// A transaction that shows nothing: its unions are taken back
    #[arg(long, value_name = "TRANSACTION")]
    pub without: Vec<String>,
}
