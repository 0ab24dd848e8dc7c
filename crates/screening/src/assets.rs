//! Assets that a business will not take: tokens and coins whose issuer is a listed party or a state that it does not serve.
//!
//! The list is the business's own: a table whose header has `issuer`, `reason`, `source` and `date`, and of `chain`, `contract` and `symbol`
//! what identifies the asset: a contract (of a chain, or of every chain), or a symbol. A deposit in such an asset is a hit whatever its wallet.
//! A list like any other: a shelf keeps its versions, and each answer names the one that was asked.

use crate::list::{List, Version};
use crate::table::{Header, Row, names, rows_of, text};
use crate::{ListError, ListFile, chains};
use serde::Serialize;
use std::collections::HashMap;
use strongroom_model::{Address, EvidenceId, Reading, Severity};

/// The schema of an [`AssetScreening`] as it goes out.
pub const ASSET_SCHEMA: &str = "strongroom.asset-screening/1";

/// Columns that the header must have.
const NEEDED: [&str; 4] = ["issuer", "reason", "source", "date"];

/// An asset that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BarredAsset {
    /// The line of the list.
    pub line: u64,
    /// The chain, where one is named; without one, every chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    /// The contract or mint, as listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The symbol, as listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// Who issues it.
    pub issuer: String,
    /// Why it is not taken.
    pub reason: String,
    /// Where that is known from.
    pub source: String,
    /// As of when.
    pub date: String,
}

/// How an asset is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssetMatch {
    /// By its contract: it is the asset.
    Contract,
    /// By its symbol alone: anybody can give a token that symbol, so somebody has to look.
    Symbol,
}

/// An asset of the list that the one asked for is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetHit {
    /// How it is recognised.
    pub how: AssetMatch,
    /// How much it weighs.
    pub severity: Severity,
    /// The asset as listed.
    pub listed: BarredAsset,
}

/// The answer about an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetScreening {
    /// Always [`ASSET_SCHEMA`].
    pub schema: &'static str,
    /// The asset as asked for: `SYMBOL`, `CHAIN:SYMBOL` or `CHAIN:CONTRACT`.
    pub query: String,
    /// `hit`, `no-hit`, or `malformed`: a contract's address is damaged, so that it cannot be compared; never to be taken for `no-hit`.
    pub verdict: &'static str,
    /// What is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
    /// The name of the list.
    pub list: String,
    /// The hash of the list.
    pub sha256: EvidenceId,
    /// The date of the list, as whoever added it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What matches, in the order of the list.
    pub hits: Vec<AssetHit>,
}

/// A list of assets that are not taken, indexed.
#[derive(Clone, Debug)]
pub struct BarredAssets {
    version: Version,
    assets: Vec<BarredAsset>,
    contracts: HashMap<String, Vec<usize>>,
    symbols: HashMap<String, Vec<usize>>,
}

impl BarredAssets {
    /// Reads a file.
    ///
    /// # Errors
    /// Refuses the whole list for one broken row, naming file, line and field.
    pub fn read(file: ListFile<'_>) -> Result<Self, ListError> {
        List::assets(file.name, None, file).map(BarredAssets::of)
    }

    /// Indexes a list.
    pub(crate) fn of(list: List) -> Self {
        let mut index = BarredAssets {
            version: list.version,
            assets: Vec::new(),
            contracts: HashMap::new(),
            symbols: HashMap::new(),
        };
        list.assets.into_iter().for_each(|asset| index.take(asset));
        index
    }

    /// Returns which list it is.
    pub fn version(&self) -> &Version {
        &self.version
    }

    fn take(&mut self, asset: BarredAsset) {
        let at = self.assets.len();
        if let Some(contract) = &asset.contract {
            self.contracts.entry(contract_key(contract)).or_default().push(at);
        }
        if let Some(symbol) = &asset.symbol {
            self.symbols.entry(folded(symbol)).or_default().push(at);
        }
        self.assets.push(asset);
    }

    /// Returns the assets, in the order of the list.
    pub fn assets(&self) -> &[BarredAsset] {
        &self.assets
    }

    /// Screens an asset: `SYMBOL`, `CHAIN:SYMBOL`, `CONTRACT` or `CHAIN:CONTRACT`. A contract is compared by its bytes; of an asset with a
    /// contract a symbol alone is a hint.
    pub fn screen(&self, query: &str) -> AssetScreening {
        let trimmed = query.trim();
        let (chain, what) = match trimmed.rsplit_once(':') {
            Some((chain, what)) => (Some(chain), what),
            None => (None, trimmed),
        };
        let of = |index: &HashMap<String, Vec<usize>>, key: String, how| -> Vec<AssetHit> {
            let places = index.get(&key).into_iter().flatten();
            let assets = places.filter_map(|at| self.assets.get(*at));
            assets
                .filter_map(|asset| AssetHit::of(how, asset, chain))
                .collect()
        };
        let mut hits = of(&self.contracts, contract_key(what), AssetMatch::Contract);
        hits.extend(of(&self.symbols, folded(what), AssetMatch::Symbol));
        hits.sort_by_key(|hit| hit.listed.line);
        let malformed = match Address::read(what) {
            Reading::Malformed(cause) => Some(cause.to_string()),
            Reading::Address { .. } | Reading::Opaque if what.is_empty() => {
                Some("no asset is named".to_owned())
            }
            Reading::Address { .. } | Reading::Opaque => None,
        };
        AssetScreening {
            schema: ASSET_SCHEMA,
            query: query.to_owned(),
            verdict: match (hits.is_empty(), &malformed) {
                (false, _) => "hit",
                (true, Some(_)) => "malformed",
                (true, None) => "no-hit",
            },
            malformed,
            list: self.version.name.clone(),
            sha256: self.version.sha256.clone(),
            date: self.version.date.clone(),
            hits,
        }
    }
}

impl AssetHit {
    /// Returns the hit unless the asset is of another chain than the one that was asked for. Where nobody can tell, somebody has to
    /// look: one chain has many names.
    fn of(how: AssetMatch, asset: &BarredAsset, asked: Option<&str>) -> Option<Self> {
        let chains = asset.chain.as_deref().zip(asked);
        let same = chains.map_or(Some(true), |(listed, asked)| chains::same(listed, asked));
        // A coin of a chain of its own has nothing but its symbol.
        let severity = match (how, &asset.contract, same) {
            (_, _, Some(false)) => return None,
            (AssetMatch::Contract, _, Some(true)) | (AssetMatch::Symbol, None, Some(true)) => {
                Severity::Critical
            }
            (_, _, None) | (AssetMatch::Symbol, Some(_), Some(true)) => Severity::High,
        };
        Some(AssetHit {
            how,
            severity,
            listed: asset.clone(),
        })
    }
}

/// Returns whether a line is the header of such a list.
pub(crate) fn is_header(line: &str) -> bool {
    let has = |column: &str| names(line, column);
    NEEDED.into_iter().all(has) && (has("contract") || has("symbol"))
}

pub(crate) fn read(file: ListFile<'_>) -> Result<Vec<BarredAsset>, ListError> {
    let all = rows_of(file.name, text(file.name, file.bytes)?, 0, b',')?;
    let header = Header::of(file.name, &all)?;
    for column in NEEDED {
        header.need(column)?;
    }
    let rows = all.iter().skip(1);
    let assets: Vec<BarredAsset> = rows
        .map(|row| asset(file.name, &header, row))
        .collect::<Result<_, _>>()?;
    if assets.is_empty() {
        return Err(ListError::Empty {
            file: file.name.to_owned(),
        });
    }
    Ok(assets)
}

fn asset(file: &str, header: &Header<'_>, row: &Row) -> Result<BarredAsset, ListError> {
    let cell = |column: &str| header.cell(row, column);
    let need =
        |column: &'static str| cell(column).ok_or_else(|| ListError::field(file, row.line, column, ""));
    let (contract, symbol) = (cell("contract"), cell("symbol"));
    if contract.is_none() && symbol.is_none() {
        return Err(ListError::field(file, row.line, "a contract or a symbol", ""));
    }
    if let Some(Reading::Malformed(cause)) = contract.as_deref().map(Address::read) {
        return Err(ListError::field(
            file,
            row.line,
            "a contract's address",
            &cause.to_string(),
        ));
    }
    Ok(BarredAsset {
        line: row.line,
        chain: cell("chain"),
        contract,
        symbol,
        issuer: need("issuer")?,
        reason: need("reason")?,
        source: need("source")?,
        date: need("date")?,
    })
}

/// A contract by its bytes where it is an address of a form that is known here.
fn contract_key(text: &str) -> String {
    match Address::read(text) {
        Reading::Address { address, .. } => address.key().to_owned(),
        Reading::Malformed(_) | Reading::Opaque => format!("text:{text}"),
    }
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}
