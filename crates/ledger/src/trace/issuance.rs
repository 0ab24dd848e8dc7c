//! Adding up a ledger of accounts: rows say what was issued and burnt, the index of accounts what each of them holds.

use crate::issuance::{AssetIssuance, Issuance, IssueState, IssuedSums};
use crate::store::NOBODY;
use crate::{Ledger, LedgerError};
use strongroom_model::Amount;

/// Accounts between two words of progress.
const STEP: u32 = 1 << 10;

/// The sums of one asset; none once they left 256 bits.
#[derive(Clone, Copy, Debug)]
struct Sums(Option<IssuedSums>);

impl Sums {
    fn new() -> Self {
        Sums(Some(IssuedSums {
            fees: Some(Amount::ZERO),
            assumed: Some(Amount::ZERO),
            ..IssuedSums::default()
        }))
    }

    fn add(&mut self, to: impl Fn(&mut IssuedSums) -> Option<&mut Amount>, amount: Amount) {
        self.0 = self.0.and_then(|mut sums| {
            let sum = to(&mut sums)?;
            *sum = sum.checked_add(amount)?;
            Some(sums)
        });
    }

    /// Returns whether nothing is lost; what cannot be added up is not contradicted.
    fn holds(&self) -> bool {
        let Some(sums) = self.0 else { return true };
        let came = sums.issued.checked_add(sums.assumed.unwrap_or_default());
        let went = sums.held.checked_add(sums.burnt);
        let went = went.and_then(|went| went.checked_add(sums.fees.unwrap_or_default()));
        came.is_none() || came == went
    }
}

impl Ledger {
    /// Adds up what of each asset was issued and where it is. `told` is called now and then with accounts so far and accounts in all.
    ///
    /// # Errors
    /// `Sums` where the rows and the index of accounts contradict each other; `Columns` where the ledger is damaged.
    pub fn issuance(&self, told: &mut dyn FnMut(u64, u64)) -> Result<Issuance, LedgerError> {
        let mut all = vec![Sums::new(); self.assets() as usize];
        for row in 0..self.rows() {
            let entry = self.entry(row)?;
            let Some(sums) = all.get_mut(entry.asset as usize) else {
                continue;
            };
            match (entry.from, entry.to) {
                (NOBODY, NOBODY) => {}
                (NOBODY, _) => sums.add(|sums| Some(&mut sums.issued), entry.amount),
                (_, NOBODY) => sums.add(|sums| Some(&mut sums.burnt), entry.amount),
                _ => {}
            }
            if entry.from != NOBODY {
                sums.add(|sums| sums.fees.as_mut(), entry.fee);
            }
        }
        let histories = self.histories();
        for account in 0..self.accounts() {
            for (asset, balance) in histories.all_balances(account)? {
                let Some(sums) = all.get_mut(asset as usize) else {
                    continue;
                };
                match balance {
                    Some((opening, last)) => {
                        sums.add(|sums| sums.assumed.as_mut(), opening);
                        sums.add(|sums| Some(&mut sums.held), last);
                    }
                    None => sums.0 = None,
                }
            }
            if account.is_multiple_of(STEP) || account + 1 == self.accounts() {
                told(u64::from(account) + 1, u64::from(self.accounts()));
            }
        }
        let partial = self.partial();
        let mut assets = Vec::with_capacity(all.len());
        for (asset, sums) in (0u32..).zip(all) {
            assets.push(self.asset_issuance(asset, sums, partial.is_some())?);
        }
        assets.sort_by(|one, other| one.asset.cmp(&other.asset));
        Ok(Issuance { partial, assets })
    }

    fn asset_issuance(&self, asset: u32, sums: Sums, partial: bool) -> Result<AssetIssuance, LedgerError> {
        let asset = self.asset(asset)?.to_owned();
        if !sums.holds() {
            return Err(LedgerError::Sums {
                place: asset,
                why: "what its rows issue and burn is not what the index of accounts finds".into(),
            });
        }
        let assumed = sums.0.and_then(|sums| sums.assumed).unwrap_or_default();
        let state = match sums.0 {
            None => IssueState::Overflown,
            Some(_) if partial => IssueState::Partial,
            Some(_) if assumed.is_zero() => IssueState::Balanced,
            Some(_) => IssueState::Overdrawn,
        };
        Ok(AssetIssuance {
            asset,
            state,
            sums: sums.0,
        })
    }

    /// Returns what keeps the ledger from being a whole chain.
    fn partial(&self) -> Option<String> {
        let info = self.info();
        let [source] = info.sources.as_slice() else {
            return Some("it is not of one chain alone".into());
        };
        // The first block of NEM has height 1.
        let first = u64::from(source.name.starts_with("nem"));
        match self.first_block(&source.name) {
            None => return Some("a table does not say whether it has all there is".into()),
            Some(number) if number > first => return Some(format!("it begins with block {number}")),
            Some(_) => {}
        }
        let hiding = self.gaps().into_iter().find(|gap| gap.hides)?;
        Some(format!("{}: {}", hiding.place, hiding.why))
    }
}
