//! What may be typed: the flags and their help, nothing of what they mean.

mod ledger;
mod trace;

pub use ledger::{Cluster, Ledger};
pub use trace::{Fees, Trace, TraceFormat};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Follows an attack on a cryptocurrency business from the first file to the last deposit.
///
/// Strongroom inspects files, finds beacons in network logs, reads threat reports, screens wallets and names,
/// traces stolen funds, and joins it all in one case. It never runs what it reads and never contacts what it
/// finds.
#[derive(Debug, Parser)]
#[command(name = "strongroom", version, max_term_width = 110, after_help = AFTER_HELP)]
pub struct Cli {
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
    /// Flags of every verb.
    #[command(flatten)]
    pub global: Global,
}

const AFTER_HELP: &str = "\
Exit codes: 0 nothing found, 1 suspicious or malicious (hits, beacons, alarms alike), 2 an error of our own,
3 something could not be cleared. Where several hold, 2 goes before 1, and 1 before 3. 141: nobody read the output to its end.

Start with `strongroom demo`: it writes an inert look-alike of a whole campaign, investigates it, and tells the story.";

/// Flags of every verb.
#[derive(Args, Debug)]
pub struct Global {
    /// Prints JSON Lines on standard output: one object per input, each with its schema (docs/output.md)
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    /// When to use colours; `auto` means on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Output")]
    pub color: When,
    /// Draws no progress bars
    #[arg(long, short, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Threads to work with; the results are the same with any number [default: one per core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Output")]
    pub threads: Option<u16>,
}

/// When to do a thing that suits a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Inspects files: a verdict with its reasons, unfolded scripts, addresses, ATT&CK techniques
    Inspect(Inspect),
    /// Reads network logs: beacons, and contacts with what is known
    Network(Network),
    /// Reads threat reports: the observables in them, refanged and checked
    Intel(Intel),
    /// Keeps transfers on disk for tracing
    #[command(subcommand)]
    Ledger(Ledger),
    /// Follows stolen funds forward, or value back to where it came from, by every taint policy side by side
    Trace(Trace),
    /// Keeps the versions of sanctions lists and other lists, and says what changed
    #[command(subcommand)]
    Lists(Lists),
    /// Screens wallets and names against lists
    Screen(Box<Screen>),
    /// Investigates a folder with any mix of evidence: one case, with links from file to funds
    Investigate(Investigate),
    /// Shows or verifies a case
    #[command(subcommand)]
    Case(Case),
    /// Writes an inert look-alike of a whole campaign and investigates it
    Demo(Demo),
    /// Prints a shell's completion script
    Completions(Completions),
    /// Reads one report from standard input, in a process of its own
    #[command(hide = true)]
    ReadReport,
}

/// `inspect`.
#[derive(Args, Debug)]
#[command(after_help = "\
Kinds are told by content, never by name. Containers (mail, archives, Office) are opened, with the passwords of
`--password`, with those that Office tries by itself, with customary ones (\"infected\"), and with those that a
mail's own text gives. A file whose verdict is \"not-cleared\" holds something that could not be read; its gaps say
what.

One file gives its report; several, or a folder, give a line each and a count at the end. The whole reports of
several come with `--full`. What is printed can be chosen with `--verdict`; the exit code is always that of all files
together.

Examples:
  strongroom inspect invoice.eml
  strongroom inspect --verdict malicious,suspicious quarantine/
  strongroom inspect --json samples/ | jq 'select(.verdict == \"malicious\") | .evidence.name'
  strongroom inspect --script invoice.doc        the unfolded script alone
  cat invoice.eml | strongroom inspect -")]
pub struct Inspect {
    /// Files or folders; `-` reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Prints the unfolded script alone: of each stage its final text, a blank line between them
    #[arg(long, conflicts_with_all = ["layers", "brief", "full"])]
    pub script: bool,
    /// Prints each layer of each script with the rule that made it
    #[arg(long, conflicts_with_all = ["brief", "full"])]
    pub layers: bool,
    /// Prints one line per file, also for a single one
    #[arg(long, conflicts_with = "full")]
    pub brief: bool,
    /// Prints the whole report of each file, also for several
    #[arg(long)]
    pub full: bool,
    /// Prints only files of these verdicts
    #[arg(long, value_enum, value_delimiter = ',', value_name = "VERDICT")]
    pub verdict: Vec<VerdictArg>,
    /// Seconds of wall time after which a file is given up on; it is not cleared then
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub timeout: u64,
    /// A password to try on what is locked; may be given many times
    #[arg(long, value_name = "WORD")]
    pub password: Vec<String>,
}

/// A verdict, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerdictArg {
    /// Nothing speaks against it.
    Clean,
    /// Something could not be read.
    NotCleared,
    /// Rarely innocent.
    Suspicious,
    /// Not innocent.
    Malicious,
}

/// `network`.
#[derive(Args, Debug)]
#[command(after_help = "\
Reads Zeek's logs (tab-separated or JSON), Suricata's EVE, and captures (pcap, pcapng), plain, gzip or Zstandard, told by content.
All paths together are one network: the beacon score needs a host's whole traffic.

Calls to the names and networks of the safe list are set aside and counted. The list that holds where none is given can be printed,
edited and given back; in the folder of a case it is called safe.txt, and investigations read it there.

Examples:
  strongroom network /var/log/zeek/2019-03-2*/
  strongroom network --known report.txt logs/    also names the hosts that talked to an observable of the report
  strongroom network --plots timelines/ logs/
  strongroom network --show-safe > safe.txt; strongroom network --safe safe.txt logs/")]
pub struct Network {
    /// Logs and captures, or folders of them
    #[arg(required_unless_present = "show_safe", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Files whose observables count as known: samples, threat reports, lists of indicators
    #[arg(long, value_name = "PATH")]
    pub known: Vec<PathBuf>,
    /// A safe list in place of the program's own; several are joined
    #[arg(long, value_name = "FILE")]
    pub safe: Vec<PathBuf>,
    /// Prints the program's own safe list, in the form in which --safe reads it
    #[arg(long, conflicts_with_all = ["paths", "known", "safe", "plots", "json"])]
    pub show_safe: bool,
    /// Writes a timeline of each beacon to this folder, SOURCE_DESTINATION.svg; made where it does not exist
    #[arg(long, value_name = "DIR")]
    pub plots: Option<PathBuf>,
}

/// `intel`.
#[derive(Args, Debug)]
#[command(after_help = "\
Reads text, Markdown, AsciiDoc, HTML, PDF, STIX 2.0 and 2.1 bundles, MISP events, TagPacks and tables, told by content. Defanged
forms (hxxp://, c2[.]example, user[at]mail[.]example) are read as what they mean. Every value stands in its one canonical form, with
its place and the reason why it is an indicator or merely mentioned; what fails a checksum is no wallet.

Nothing is put on a watch list unless --add says so: without it, the answer shows what would be added. The folder of a case
stands for the case's own list, which investigations read.

Examples:
  strongroom intel report.pdf
  strongroom intel report.txt --json | jq -r '.named[] | [.type, .value, .tier] | @tsv'
  strongroom intel reports/ --format stix > bundle.json
  strongroom intel report.html --watch march.case --add")]
pub struct Intel {
    /// Reports and feeds, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Prints what all of them name for other programs instead
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "json")]
    pub format: Option<IntelFormat>,
    /// The time that written objects carry [default: when each file was last changed]
    #[arg(long, value_name = "TIME")]
    pub when: Option<String>,
    /// Compares with a watch list: a table that --add made, or the folder of a case
    #[arg(long, value_name = "LIST")]
    pub watch: Option<PathBuf>,
    /// Adds to the watch list what the reports blame
    #[arg(long, requires = "watch")]
    pub add: bool,
}

/// A form of observables for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IntelFormat {
    /// A STIX 2.1 bundle; objects of bundles that were read go out as they are
    Stix,
    /// MISP events, one for each report
    Misp,
    /// A TagPack of the wallets that are blamed
    Tagpack,
    /// Comma-separated values, a row for each observable
    Csv,
}

fn threshold(text: &str) -> Result<f64, String> {
    let score = text.parse().ok().filter(|score| (0.0..=1.0).contains(score));
    score.ok_or_else(|| "a number from 0 to 1 is expected".to_owned())
}

fn birth(text: &str) -> Result<strongroom_desk::Birth, String> {
    strongroom_desk::Birth::read(text)
        .ok_or_else(|| "a year, a month or a day is expected, as 1971-03-28".to_owned())
}

/// `screen`.
#[derive(Args, Debug)]
#[command(after_help = "\
Addresses match on their canonical bytes, across spellings and chains; one that fails its checksum is reported as malformed,
never as \"no hit\". A name is a hit where it is listed, after folding case, white space and punctuation; listed names that
are similar are candidates, each with its score, the words that make it, and the score that OFAC's search page would
give: not cleared until somebody has looked. Only direct matches are looked for, and the answer says so, unless a
ledger is given: then each wallet's exposure to listed and tagged parties follows,
where what it received came from and where that went, by the policy that is named.

Examples:
  strongroom screen --list ofac/ 0x8576acc5c05d6ce88f4e49bf65bdf0c62f91353c
  strongroom screen --list ofac/ --name \"hidden cobra\"
  strongroom screen --list ofac/ --name \"Wladimir Putin\" --born 1952-10-07 --country Russia
  cut -d, -f3 deposits.csv | strongroom screen --list ofac/ --batch -
  strongroom screen --list ofac/ --list tags/ --ledger btc.ledger --hops 5 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")]
pub struct Screen {
    /// Wallets
    #[arg(value_name = "WALLET", required_unless_present_any = ["name", "batch", "book", "asset", "replay"])]
    pub wallets: Vec<String>,
    /// Names of persons or companies
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// The score from which on a listed name is a candidate, from 0 to 1 (docs/accuracy.md)
    #[arg(long, value_name = "SCORE", default_value_t = strongroom_desk::NAME_THRESHOLD, value_parser = threshold)]
    pub threshold: f64,
    /// When the named party was born: 1971, 1971-03 or 1971-03-28; moves the scores
    #[arg(long = "born", visible_alias = "dob", value_name = "DATE", requires = "name", value_parser = birth)]
    pub births: Vec<strongroom_desk::Birth>,
    /// A country of the named party, in English as lists write it; moves the scores
    #[arg(long = "country", value_name = "COUNTRY", requires = "name")]
    pub countries: Vec<String>,
    /// A file with one wallet per line; `-` reads standard input
    #[arg(long, value_name = "PATH")]
    pub batch: Option<PathBuf>,
    /// A book of customers: CSV with `id` and `name`, `birth`, `country`, `wallet`; prints who has to be looked at, and a count
    #[arg(long, value_name = "PATH", conflicts_with_all = ["wallets", "name", "batch", "asset"])]
    pub book: Option<PathBuf>,
    /// Of the book, only those whom the last change of this list can concern; may be given many times
    #[arg(long, value_name = "LIST", requires_all = ["book", "shelf"])]
    pub delta: Vec<String>,
    /// The version of the list that the book was screened against before [default: the last but one]
    #[arg(long, value_name = "N", requires = "delta")]
    pub since: Option<u64>,
    /// One customer of the book alone, by `id`, whatever the answers
    #[arg(long, value_name = "ID", requires = "book", conflicts_with = "delta")]
    pub customer: Option<String>,
    /// Assets: SYMBOL, CHAIN:SYMBOL or CHAIN:CONTRACT; asked of `--assets`, or of the tables of assets among the lists
    #[arg(long, value_name = "ASSET")]
    pub asset: Vec<String>,
    /// The business's own list of assets that it does not take: CSV with `chain`, `contract`, `symbol`, `issuer`, `reason`, `source`, `date`
    #[arg(long, value_name = "PATH", requires = "asset")]
    pub assets: Option<PathBuf>,
    /// Sanctions lists, other lists of parties or addresses, tag tables; files or folders
    #[arg(long = "list", value_name = "PATH", required_unless_present_any = ["stolen", "shelf", "assets"])]
    pub lists: Vec<PathBuf>,
    /// Lists of wallets that stolen value went to
    #[arg(long, value_name = "PATH")]
    pub stolen: Vec<PathBuf>,
    /// A ledger through which each wallet's exposure to listed and tagged parties is told; may be given many times
    #[arg(long, value_name = "DIR", conflicts_with = "book")]
    pub ledger: Vec<PathBuf>,
    /// The taint policy of the exposure
    #[arg(long, value_name = "POLICY", default_value = "haircut", requires = "ledger")]
    pub policy: String,
    /// Names parties that are no more transfers away than this: 1 are direct ones alone [default: as far as the ledger goes]
    #[arg(long, value_name = "N", requires = "ledger", value_parser = clap::value_parser!(u32).range(1..))]
    pub hops: Option<u32>,
    /// The lists that are in force on a shelf (`strongroom lists`), instead of files
    #[arg(long, value_name = "DIR", conflicts_with_all = ["lists", "stolen"])]
    pub shelf: Option<PathBuf>,
    /// Keeps every answer in the journal of this case, and remembers what was cleared there
    #[arg(long, value_name = "DIR", requires = "by", conflicts_with = "replay")]
    pub case: Option<PathBuf>,
    /// Who asks, as the journal names it
    #[arg(long, value_name = "WHO", requires = "case")]
    pub by: Option<String>,
    /// Clears the hit of one wallet or name, or all hits of one customer, in this entry of a list; it comes back when the entry or the
    /// customer's row changes
    #[arg(long, value_name = "LIST:ENTRY", requires_all = ["case", "why"], conflicts_with_all = ["delta", "asset"])]
    pub clear: Option<String>,
    /// Why it is cleared
    #[arg(long, value_name = "TEXT", requires = "clear")]
    pub why: Option<String>,
    /// Asks again what this entry of a case's journal asked, of the same versions: the answer must be the same to the byte; of a book's
    /// entry with that `--book`, of an exposure's with that `--ledger`
    #[arg(long, value_name = "N", requires_all = ["shelf", "of"], conflicts_with_all = ["wallets", "name", "batch", "asset", "delta", "customer"])]
    pub replay: Option<u64>,
    /// The case of the entry to ask again
    #[arg(long, value_name = "DIR", requires = "replay")]
    pub of: Option<PathBuf>,
}

/// `lists …`.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
What a list is, its content tells: OFAC (the CSV set, sdn.xml, sdn_advanced.xml), UN, EU (XML, CSV), UK (ConList.csv, UK
Sanctions List), OpenSanctions (JSON lines), TagPacks, lists of addresses, and tables of your own with `name` or `address`
and a `reason`. Every version is kept with its hash and date. A broken list is refused whole, and the last good one stays.")]
pub enum Lists {
    /// Puts the first version of a list on the shelf
    Add {
        /// What the list is called from now on
        list: String,
        /// Its file, or the files of OFAC's set; a folder stands for the files in it
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// The folder of the lists
        #[arg(long, value_name = "DIR")]
        shelf: PathBuf,
        /// The date of publication [default: the one that the file names]
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
        /// What it means to stand in it; tables of tags and TagPacks say so themselves
        #[arg(long, value_enum, default_value_t = PurposeArg::Sanctions)]
        purpose: PurposeArg,
    },
    /// Puts a new version of a list on the shelf
    Update {
        /// The list
        list: String,
        /// Its files
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// The folder of the lists
        #[arg(long, value_name = "DIR")]
        shelf: PathBuf,
        /// The date of publication [default: the one that the file names]
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
        /// Takes a version with far fewer entries, which is refused otherwise
        #[arg(long)]
        expect_loss: bool,
    },
    /// Shows every version of a list, or of all
    Show {
        /// The list
        list: Option<String>,
        /// The folder of the lists
        #[arg(long, value_name = "DIR")]
        shelf: PathBuf,
    },
    /// Says what changed between two versions, by entry and field
    Diff {
        /// The list
        list: String,
        /// The folder of the lists
        #[arg(long, value_name = "DIR")]
        shelf: PathBuf,
        /// The older version [default: the one before]
        #[arg(long, value_name = "N")]
        from: Option<u64>,
        /// The newer version [default: the last]
        #[arg(long, value_name = "N")]
        to: Option<u64>,
    },
}

/// What it means to stand in a list, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PurposeArg {
    /// Parties that one may not deal with.
    Sanctions,
    /// Wallets that stolen value went to.
    Stolen,
    /// Whom somebody wants to know of.
    Watch,
}

/// `investigate`.
#[derive(Args, Debug)]
#[command(after_help = "\
The folder may hold mail, documents, archives, network logs and captures, transfer tables, lists, tag tables and threat reports, in any
arrangement. The case is a folder of its own with a hash-chained journal, the ledger, report.html and report.json. A second run
over the same evidence changes nothing; one that was broken off goes on.

In the case's folder, watch.csv (`strongroom intel --add`) and safe.txt are read where they exist: what to look for in the logs,
and what to set aside (`strongroom network --show-safe` prints the form).")]
pub struct Investigate {
    /// The folder of evidence
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The case's folder [default: DIR with `.case` behind its name]
    #[arg(long, value_name = "DIR")]
    pub case: Option<PathBuf>,
}

/// `case …`.
#[derive(Debug, Subcommand)]
pub enum Case {
    /// Tells a case's story; with --json the whole report
    Show {
        /// The case's folder
        case: PathBuf,
    },
    /// Checks the journal's chain and every checksum of the case
    Verify {
        /// The case's folder
        case: PathBuf,
    },
}

/// `demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Where to write the evidence and the case; must be new or empty, or hold an earlier demo
    #[arg(long, value_name = "DIR", default_value = "demo-case")]
    pub into: PathBuf,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
