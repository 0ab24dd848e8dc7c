//! What may be typed behind `trace`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `trace`.
#[derive(Args, Debug)]
#[command(after_help = "\
Different policies are different legal conventions; they are shown side by side, and none is the truth:
  poison       one tainted unit taints all: an upper bound
  haircut      every payment carries its share of the taint
  fifo, lifo   the units that came first, or last, leave first
  tifo         tainted units leave first
  clean_first  tainted units leave last (accounts)
  tiho         tainted units leave first, to the highest output (coins)

Every unit is accounted for: what was seeded is what is held, stopped, paid as fees, absorbed by another seed or destroyed. \
Amounts are whole base units, times are UTC.

Taint begins at an account or a transaction; in a ledger of coins also at an output (TRANSACTION:NUMBER). With `--back` it is \
followed to where it came from, by the same policies in a ledger that is turned round in time. Through coins every unit \
takes the very way back by fifo and lifo that it came; the other policies share a coin out over what its transaction \
spent: all of it (poison), pro rata (haircut), on the first of it (tifo) or on the greatest (tiho).

A tag table is CSV with the columns address, label and service: exchange, mixer, bridge, custodian, sanctioned and other stop a \
trace, party and own do not.

Examples:
  strongroom trace march.ledger --from 0x52908400098527886E0F7030069857D2E4169EE7 --since 2019-03-24T01:00:00Z --tags tags.csv
  strongroom trace btc.ledger --back --from TRANSACTION:NUMBER --policy fifo,lifo
  strongroom trace btc.ledger --from 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa --since 820000 --format ends-csv")]
pub struct Trace {
    /// The ledger's folder
    pub ledger: PathBuf,
    /// A theft wallet: all that arrives there from `--since` on is stolen; or a transaction. In a ledger of coins also an output
    /// (TRANSACTION:NUMBER), and output or transaction with @HEIGHT where two blocks have it
    #[arg(
        long = "from",
        value_name = "ACCOUNT|OUTPUT|TRANSACTION",
        required_unless_present_any = ["row", "from_file"]
    )]
    pub from: Vec<String>,
    /// A file with one of them per line; empty lines and those that begin with # are passed over, `-` reads standard input
    #[arg(long, value_name = "PATH")]
    pub from_file: Vec<PathBuf>,
    /// A stolen transfer by its row in a ledger of accounts
    #[arg(long, value_name = "ROW")]
    pub row: Vec<u64>,
    /// When the theft began; a height in a ledger of coins too [default: the ledger's beginning]
    #[arg(long, value_name = "TIME|HEIGHT")]
    pub since: Option<String>,
    /// Follows nothing after this time or height; with `--back` nothing before it
    #[arg(long, value_name = "TIME|HEIGHT")]
    pub until: Option<String>,
    /// The policies [default: all]
    #[arg(long, value_name = "POLICY", value_delimiter = ',')]
    pub policy: Vec<String>,
    /// Tag tables and lists; a trace stops at the parties that they name
    #[arg(long, value_name = "PATH")]
    pub tags: Vec<PathBuf>,
    /// Stops also where a list names another address of the same cluster, and says why they are one; in a ledger of coins
    #[arg(long, requires = "tags")]
    pub clusters: bool,
    /// Follows no more hops than this
    #[arg(long, value_name = "N")]
    pub hops: Option<u32>,
    /// Follows no arrival of less than this many base units of an asset
    #[arg(long, value_name = "ASSET=UNITS")]
    pub dust: Vec<String>,
    /// What becomes of fees in a ledger of coins: an end, or followed to the miner of the block
    #[arg(long, value_enum, default_value_t = Fees::End, value_name = "WHAT")]
    pub fees: Fees,
    /// Follows value back to where it came from
    #[arg(long)]
    pub back: bool,
    /// Prints a table or graph for other programs instead
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "way")]
    pub format: Option<TraceFormat>,
    /// Prints the ways by which taint came to an account, or in a ledger of coins to an output
    #[arg(long, value_name = "ACCOUNT|OUTPUT")]
    pub way: Option<String>,
}

/// What becomes of fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fees {
    /// A fee is an end.
    End,
    /// A fee goes to the miner.
    Follow,
}

/// A form of a trace for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    /// Where taint ended, as comma-separated values
    EndsCsv,
    /// Tainted units from whom to whom, as comma-separated values
    FlowsCsv,
    /// The same as a graph
    Graphml,
}
