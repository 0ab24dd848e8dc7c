//! Assets that a business will not take: tokens and coins whose issuer is a listed party or a state that it does not serve.
//!
//! The list is the business's own: a table whose header has `issuer`, `reason`, `source` and `date`, and of `chain`, `contract` and `symbol`
//! what identifies the asset: a contract (of a chain, or of every chain), or a symbol. A deposit in such an asset is a hit whatever its wallet.

use crate::table::{Header, Row, rows_of, text};
use crate::{ListError, ListFile};
use serde::Serialize;
use std::collections::HashMap;
use strongroom_model::{Address, EvidenceId, Reading, Severity};

/// The schema of an [`AssetScreening`] as it goes out.
pub const ASSET_SCHEMA: &str = "strongroom.asset-screening/1";

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
    /// `hit` or `no-hit`.
    pub verdict: &'static str,
    /// The name of the list.
    pub list: String,
    /// The hash of the list.
    pub sha256: EvidenceId,
    /// What matches, in the order of the list.
    pub hits: Vec<AssetHit>,
}

/// A list of assets that are not taken, indexed.
#[derive(Clone, Debug)]
pub struct BarredAssets {
    name: String,
    sha256: EvidenceId,
    assets: Vec<BarredAsset>,
    contracts: HashMap<String, Vec<usize>>,
    symbols: HashMap<String, Vec<usize>>,
}

impl BarredAssets {
    /// Reads the list.
    ///
    /// # Errors
    /// Refuses the whole list for one broken row, naming file, line and field.
    pub fn read(file: ListFile<'_>) -> Result<Self, ListError> {
        let all = rows_of(file.name, text(file.name, file.bytes)?, 0, b',')?;
        let header = Header::of(file.name, &all)?;
        for column in ["issuer", "reason", "source", "date"] {
            header.need(column)?;
        }
        let mut list = BarredAssets {
            name: file.name.to_owned(),
            sha256: EvidenceId::of(file.bytes),
            assets: Vec::new(),
            contracts: HashMap::new(),
            symbols: HashMap::new(),
        };
        for row in all.iter().skip(1) {
            list.take(asset(file.name, &header, row)?);
        }
        if list.assets.is_empty() {
            return Err(ListError::Empty {
                file: file.name.to_owned(),
            });
        }
        Ok(list)
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
        let on_chain = |asset: &&BarredAsset| match (&asset.chain, chain) {
            (Some(listed), Some(asked)) => folded(listed) == folded(asked),
            _ => true,
        };
        let of = |index: &HashMap<String, Vec<usize>>, key: String, how| -> Vec<AssetHit> {
            let places = index.get(&key).into_iter().flatten();
            let assets = places.filter_map(|at| self.assets.get(*at)).filter(on_chain);
            assets.map(|asset| AssetHit::of(how, asset)).collect()
        };
        let mut hits = of(&self.contracts, contract_key(what), AssetMatch::Contract);
        hits.extend(of(&self.symbols, folded(what), AssetMatch::Symbol));
        hits.sort_by_key(|hit| hit.listed.line);
        AssetScreening {
            schema: ASSET_SCHEMA,
            query: query.to_owned(),
            verdict: if hits.is_empty() { "no-hit" } else { "hit" },
            list: self.name.clone(),
            sha256: self.sha256.clone(),
            hits,
        }
    }
}

impl AssetHit {
    fn of(how: AssetMatch, asset: &BarredAsset) -> Self {
        // A coin of a chain of its own has nothing but its symbol.
        let severity = match (how, &asset.contract) {
            (AssetMatch::Contract, _) | (AssetMatch::Symbol, None) => Severity::Critical,
            (AssetMatch::Symbol, Some(_)) => Severity::High,
        };
        AssetHit {
            how,
            severity,
            listed: asset.clone(),
        }
    }
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
