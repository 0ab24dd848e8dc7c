//! Exposure: what a wallet has to do with listed and tagged parties through a ledger, by a policy that is named.
//!
//! What the wallet received is followed back to where it came from, and forward to where it went. Each way ends at the first
//! party that a list or a tag names; what ends elsewhere is told with its reason, so that the parts and the rest are all
//! units that were followed.

use crate::outcome::Outcome;
use crate::trace::policy_named;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use strongroom_ledger::{
    CoinLedger, CoinPolicy, CoinSeed, CoinStops, Convention, Direction, End, EndReason, Ledger, LedgerError,
    LedgerKind, Owner, OwnerTag, Policy, Seed, Step, Stops, Trace, trace, trace_coins,
};
use strongroom_model::{Amount, Gap, Limits, Tag, Why};
use strongroom_screening::{Lists, Version};

/// The schema of an exposure as JSON.
pub const EXPOSURE_SCHEMA: &str = "strongroom.exposure/1";

/// By what an exposure is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureOptions {
    /// The policy's name; both kinds of ledger know `haircut`.
    pub policy: String,
    /// How many transfers or transactions away a party may be; at least one.
    pub hops: Option<u32>,
}

impl ExposureOptions {
    /// Returns the hops after which a trace follows nothing: it still names who stands one hop further.
    fn followed(&self) -> Option<u32> {
        self.hops.map(|hops| hops.saturating_sub(1))
    }
}

/// A ledger of either kind.
#[derive(Debug)]
pub enum ExposureLedger {
    /// Transfers between accounts.
    Accounts(Ledger),
    /// Coins.
    Coins(Box<CoinLedger>),
}

impl ExposureLedger {
    /// Opens a ledger's folder.
    ///
    /// # Errors
    /// Where it is none, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        Ok(match LedgerKind::of(path)? {
            LedgerKind::Accounts => ExposureLedger::Accounts(Ledger::open(path)?),
            LedgerKind::Coins => ExposureLedger::Coins(Box::new(CoinLedger::open(path)?)),
        })
    }
}

/// What a wallet has to do with listed and tagged parties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// Always `EXPOSURE_SCHEMA`.
    pub schema: &'static str,
    /// The wallet, as it was asked for.
    pub query: String,
    /// What was traced.
    pub ledger: LedgerKind,
    /// The convention that was followed.
    pub policy: String,
    /// How many transfers or transactions away a party could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hops: Option<u32>,
    /// The lists that were asked who is who.
    pub lists: Vec<Version>,
    /// Where what it received came from, by asset.
    pub received: Vec<AssetExposure>,
    /// Where that went, by asset.
    pub sent: Vec<AssetExposure>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

/// One asset, in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AssetExposure {
    /// The asset.
    pub asset: String,
    /// Base units that were followed.
    pub followed: Amount,
    /// What came from or went to each party.
    pub parts: Vec<ExposurePart>,
    /// What ended at nobody who is known, by reason.
    pub rest: BTreeMap<&'static str, Amount>,
}

/// What came from or went to one account of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExposurePart {
    /// The party.
    pub tag: Tag,
    /// Its account.
    pub account: String,
    /// Base units.
    pub amount: Amount,
    /// Those of them that passed no other account between.
    pub direct: Amount,
    /// Transfers between the wallet and the party, on the shortest way.
    pub hops: u32,
    /// That way, beginning at the wallet.
    pub path: Vec<ExposureHop>,
}

/// One transfer or coin of a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExposureHop {
    /// The transfer's transaction, or the coin (`TRANSACTION:NUMBER`).
    pub by: String,
    /// Who paid; none of a coin, whose payers pay together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Who received, or owns the coin.
    pub to: String,
}

impl Outcome {
    /// Returns the outcome of an exposure: a gap that hides something leaves it not cleared.
    pub fn of_exposure(exposure: &Exposure) -> Self {
        if exposure.names_a_party() {
            Outcome::Found
        } else if exposure.gaps.iter().any(|gap| gap.hides) {
            Outcome::NotCleared
        } else {
            Outcome::Nothing
        }
    }
}

impl Exposure {
    /// Returns whether any part is a listed or accused party's, and no mere service's.
    fn names_a_party(&self) -> bool {
        use strongroom_model::Service::{Party, Sanctioned};
        let sides = self.received.iter().chain(&self.sent);
        let mut parts = sides.flat_map(|side| &side.parts);
        parts.any(|part| matches!(part.tag.service, Sanctioned | Party))
    }
}

/// Returns a wallet's exposure through a ledger. A wallet that the ledger does not know has none, and a gap that says so.
///
/// # Errors
/// Where the ledger cannot be read, or does not know the policy.
pub fn exposure(
    ledger: &ExposureLedger,
    wallet: &str,
    options: &ExposureOptions,
    lists: &Lists,
    limits: &Limits,
) -> anyhow::Result<Exposure> {
    let mut exposure = Exposure {
        schema: EXPOSURE_SCHEMA,
        query: wallet.to_owned(),
        ledger: match ledger {
            ExposureLedger::Accounts(_) => LedgerKind::Accounts,
            ExposureLedger::Coins(_) => LedgerKind::Coins,
        },
        policy: options.policy.clone(),
        hops: options.hops,
        lists: lists.versions().to_vec(),
        received: Vec::new(),
        sent: Vec::new(),
        gaps: Vec::new(),
    };
    for direction in [Direction::Backward, Direction::Forward] {
        let (sides, gaps) = match ledger {
            ExposureLedger::Accounts(ledger) => {
                through_accounts(ledger, direction, wallet, options, lists, limits)?
            }
            ExposureLedger::Coins(ledger) => {
                through_coins(ledger, direction, wallet, options, lists, limits)?
            }
        };
        match direction {
            Direction::Backward => exposure.received = sides,
            Direction::Forward => exposure.sent = sides,
        }
        let new = gaps.into_iter().filter(|gap| !exposure.gaps.contains(gap));
        let new: Vec<Gap> = new.collect();
        exposure.gaps.extend(new);
    }
    Ok(exposure)
}

type Sides = (Vec<AssetExposure>, Vec<Gap>);

fn through_accounts(
    ledger: &Ledger,
    direction: Direction,
    wallet: &str,
    options: &ExposureOptions,
    lists: &Lists,
    limits: &Limits,
) -> anyhow::Result<Sides> {
    let policy = policy_named(&Policy::ALL, &options.policy)?;
    let seeds = [Seed::Account {
        account: wallet.to_owned(),
        asset: None,
        since: None,
    }];
    let own = ledger
        .account_id(wallet)?
        .map(|id| ledger.account(id))
        .transpose()?;
    let stops = Stops {
        tags: &|account| lists.listed(account).filter(|_| own != Some(account)),
        parties: true,
        hops: options.followed(),
        ..Stops::none()
    };
    let hop = |step: &Step| {
        let transfer = ledger.transfer(step.row)?;
        Ok(ExposureHop {
            by: transfer.transaction.to_owned(),
            from: Some(transfer.from.to_owned()),
            to: transfer.to.to_owned(),
        })
    };
    let traces = trace(ledger, direction, &seeds, &[policy], &stops, limits)?;
    sides(traces, &hop)
}

fn through_coins(
    ledger: &CoinLedger,
    direction: Direction,
    wallet: &str,
    options: &ExposureOptions,
    lists: &Lists,
    limits: &Limits,
) -> anyhow::Result<Sides> {
    let policy = policy_named(&CoinPolicy::ALL, &options.policy)?;
    let owner = ledger.rules().map(|rules| Owner::of_address(wallet, rules));
    let owner = match owner {
        Some(Ok(owner)) => owner,
        Some(Err(cause)) => return Ok((Vec::new(), vec![no_address(ledger, wallet, &cause.to_string())])),
        None => {
            return Ok((
                Vec::new(),
                vec![no_address(ledger, wallet, "its addresses are not known")],
            ));
        }
    };
    let seeds = [CoinSeed::Owner {
        owner: owner.clone(),
        since: None,
        from_height: None,
    }];
    let tags = |number| {
        // What comes back to the wallet itself is no party's.
        if ledger.owner(number)? == owner {
            return Ok(None);
        }
        Ok(lists.listed(&ledger.account(number)?).map(OwnerTag::from))
    };
    let stops = CoinStops {
        tags: Some(&tags),
        parties: true,
        hops: options.followed(),
        ..CoinStops::default()
    };
    let hop = |step: &Step| {
        Ok(ExposureHop {
            by: step
                .outpoint
                .map(|outpoint| outpoint.to_string())
                .unwrap_or_default(),
            from: None,
            to: ledger.account(ledger.owner_of(step.row)?)?,
        })
    };
    let traces = trace_coins(ledger, direction, &seeds, &[policy], &stops, limits)?;
    sides(traces, &hop)
}

fn no_address(ledger: &CoinLedger, wallet: &str, cause: &str) -> Gap {
    let why = format!(
        "no address of {}, whose coins alone were asked: {cause}",
        ledger.asset()
    );
    Gap::new(wallet, Why::Unsupported, why)
}

/// Returns a trace's ends as parts and rests, by asset. Under poison the same units come again and again; sums beyond 256
/// bits stay at the bound.
fn sides<P: Convention>(
    traces: Vec<Trace<P>>,
    hop: &dyn Fn(&Step) -> Result<ExposureHop, LedgerError>,
) -> anyhow::Result<Sides> {
    let (mut sides, mut gaps) = (BTreeMap::new(), Vec::new());
    for trace in traces {
        for sheet in &trace.sheet.assets {
            let side = side_of(&mut sides, &sheet.asset);
            side.followed = side
                .followed
                .saturating_add(sheet.seeded)
                .saturating_add(sheet.arrived);
        }
        let mut parts: BTreeMap<(&str, &Tag, &str), Vec<&End>> = BTreeMap::new();
        for end in &trace.ends {
            match (&end.tag, end.reason) {
                (Some(tag), EndReason::Service) => {
                    let ends = parts.entry((&end.asset, tag, &end.account)).or_default();
                    ends.push(end);
                }
                _ => {
                    let rest = &mut side_of(&mut sides, &end.asset).rest;
                    let rest = rest.entry(end.reason.as_str()).or_default();
                    *rest = rest.saturating_add(end.amount);
                }
            }
        }
        for ((asset, tag, account), ends) in parts {
            let part = part(&trace, tag, account, &ends, hop)?;
            side_of(&mut sides, asset).parts.push(part);
        }
        gaps.extend(trace.gaps);
    }
    let mut sides: Vec<AssetExposure> = sides.into_values().collect();
    for side in &mut sides {
        side.parts
            .sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.account.cmp(&b.account)));
    }
    Ok((sides, gaps))
}

fn side_of<'a>(sides: &'a mut BTreeMap<String, AssetExposure>, asset: &str) -> &'a mut AssetExposure {
    sides.entry(asset.to_owned()).or_insert_with(|| AssetExposure {
        asset: asset.to_owned(),
        ..AssetExposure::default()
    })
}

fn part<P>(
    trace: &Trace<P>,
    tag: &Tag,
    account: &str,
    ends: &[&End],
    hop: &dyn Fn(&Step) -> Result<ExposureHop, LedgerError>,
) -> anyhow::Result<ExposurePart> {
    let amount = |ends: &mut dyn Iterator<Item = &&End>| {
        ends.fold(Amount::ZERO, |all, end| all.saturating_add(end.amount))
    };
    let nearest = ends.iter().min_by_key(|end| end.hops);
    let path = nearest.map(|end| trace.way(end.step)).unwrap_or_default();
    Ok(ExposurePart {
        tag: tag.clone(),
        account: account.to_owned(),
        amount: amount(&mut ends.iter()),
        direct: amount(&mut ends.iter().filter(|end| end.hops <= 1)),
        hops: nearest.map(|end| end.hops).unwrap_or_default(),
        path: path.into_iter().map(hop).collect::<Result<_, _>>()?,
    })
}
