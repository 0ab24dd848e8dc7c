//! The planted truth: what the demo folder holds and an investigation has to find, and what it must leave alone.
//!
//! The planted truth is written down beside the generator: [`write`](super::write) returns it and never writes
//! it into the evidence folder. The ends of the trace come from a simulation of the whole ledger that shares no
//! code with the ledger room, so a test that compares the two compares two roads to one figure.
//!
//! The line, from its first to its last point: mail → password-protected archive → document → macro →
//! PowerShell stage → C2 URLs → infected host (its beacon) → drain of the hot wallets → theft wallets → deposit
//! wallets of two exchanges, one wallet of a listed party, and what lies unspent.

use serde::{Deserialize, Serialize};
use strongroom_model::{Amount, EvidenceId, Interval, Moment};

/// All that was planted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The seed that the folder was made of.
    pub seed: u64,
    /// Every file, relative to the folder, with forward slashes, sorted.
    pub files: Vec<String>,
    /// The hostile mail and what it carries.
    pub lure: Lure,
    /// The C2 that the document names and the infected host calls.
    pub c2: C2,
    /// The infected host.
    pub infection: Infection,
    /// The theft.
    pub theft: Theft,
    /// Where the stolen value ends: every policy, coin and account, to the unit, sorted.
    pub ends: Vec<End>,
    /// The exchanges that a trace ends at, as the tag table names them.
    pub exchanges: Vec<String>,
    /// The one listed wallet that a trace ends at.
    pub listed: Listed,
    /// What must not be linked to the campaign.
    pub innocent: Innocent,
}

/// The hostile mail and what it carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lure {
    /// The mail's file in the folder.
    pub mail: String,
    /// When it was sent.
    pub sent: Moment,
    /// The sender's address.
    pub sender: String,
    /// The attached archive's decoded name.
    pub archive: String,
    /// The archive's password, which stands in the mail's text.
    pub password: String,
    /// The document's name inside the archive.
    pub document: String,
    /// The document's hash.
    pub document_id: EvidenceId,
    /// The PowerShell text that the macro builds, character by character.
    pub stage: String,
    /// The URL that the macro names for a Mac only.
    pub mac_url: String,
}

/// The C2 that the document names and the infected host calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct C2 {
    /// The three URLs, in the order of their rotation.
    pub urls: Vec<String>,
    /// Their hosts, in the same order.
    pub hosts: Vec<String>,
    /// The hosts' addresses, in the same order.
    pub ips: Vec<String>,
    /// The user agent of every call.
    pub user_agent: String,
}

/// The infected host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Infection {
    /// Its address inside the house.
    pub host: String,
    /// From the first to the last call.
    pub calls: Interval,
    /// How many calls reached a C2.
    pub count: u64,
    /// Seconds of sleep between two calls, before jitter; each of the three hosts is called every third time.
    pub sleep: u64,
}

/// The theft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theft {
    /// From the first to the last transfer.
    pub when: Interval,
    /// The start of the hour in which the first hot wallet is emptied.
    pub drain_hour: Moment,
    /// One row per coin, the largest coin first.
    pub stolen: Vec<Stolen>,
}

/// What was stolen of one coin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stolen {
    /// The coin.
    pub asset: String,
    /// The hot wallet that it left.
    pub from: String,
    /// The fresh wallet that it went to, as the ledger writes it.
    pub wallet: String,
    /// From the test transfer to the last one.
    pub when: Interval,
    /// Base units, all transfers together.
    pub amount: Amount,
}

/// The taint policies of an account ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// One tainted unit taints an account and whoever it pays.
    Poison,
    /// Every payment carries the payer's share.
    Haircut,
    /// First in, first out.
    Fifo,
    /// Last in, first out.
    Lifo,
    /// Tainted units leave first.
    Tifo,
    /// Tainted units leave last.
    CleanFirst,
}

impl Policy {
    /// All of them.
    pub const ALL: [Policy; 6] = [
        Policy::Poison,
        Policy::Haircut,
        Policy::Fifo,
        Policy::Lifo,
        Policy::Tifo,
        Policy::CleanFirst,
    ];
}

/// What became of tainted units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// They came to an account that a list or tag names as a service.
    Stopped,
    /// They lie unspent.
    Unspent,
    /// They paid fees.
    Fee,
}

/// One end of a trace. Under poison the amounts are an upper bound: whole payments and whole balances of
/// tainted accounts, assumed opening balances included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct End {
    /// The policy.
    pub policy: Policy,
    /// The coin.
    pub asset: String,
    /// The account, as the ledger writes it; none for fees.
    pub account: Option<String>,
    /// What became of the units.
    pub fate: Fate,
    /// Tainted base units, never zero.
    pub amount: Amount,
}

/// The one listed wallet that a trace ends at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The party's name in the list.
    pub party: String,
    /// The party's number in the list.
    pub uid: u64,
    /// The coin that came there.
    pub asset: String,
    /// The wallet, as the ledger writes it.
    pub wallet: String,
}

/// What must not be linked to the campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Innocent {
    /// Mails with harmless attachments, as files of the folder.
    pub mails: Vec<String>,
    /// Hosts outside that many machines call regularly, though a report mentions the first of them.
    pub widespread: Vec<String>,
    /// Names that one machine each polls at random times: constant in size, not a beacon.
    pub polled: Vec<String>,
    /// Accounts that paid clean money into wallets which the thief used as well, and never received any of his.
    pub accounts: Vec<String>,
    /// Listed parties that have nothing to do with the case.
    pub parties: Vec<String>,
}
