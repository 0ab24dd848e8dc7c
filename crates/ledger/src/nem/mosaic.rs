//! Mosaics: what a definition says of them, and the levy that a transfer of them induces.

use serde::{Deserialize, Serialize};
use strongroom_model::Amount;

/// The id of a mosaic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mosaic {
    /// Its namespace.
    pub namespace: String,
    /// Its name there.
    pub name: String,
}

impl Mosaic {
    /// Returns whether this is XEM.
    pub fn is_xem(&self) -> bool {
        self.namespace == "nem" && self.name == "xem"
    }
}

/// What a transfer of a mosaic costs its sender beyond fees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levy {
    /// Whether the fee counts ten-thousandths of what is transferred; else smallest units, whatever is transferred.
    pub percentile: bool,
    /// Who receives it.
    pub recipient: String,
    /// The mosaic that it is paid in.
    pub mosaic: Mosaic,
    /// How much.
    pub fee: u64,
}

impl Levy {
    /// Returns the levy of a transfer of so many smallest units, or `None` beyond 256 bits.
    pub(super) fn of(&self, quantity: Amount) -> Option<Amount> {
        match self.percentile {
            true => quantity
                .mul_div(Amount::from(self.fee), Amount::from(10_000u64))
                .map(|(levy, _)| levy),
            false => Some(Amount::from(self.fee)),
        }
    }
}

/// What is known of a mosaic from its definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its id.
    pub mosaic: Mosaic,
    /// Decimal places.
    pub divisibility: u8,
    /// Whole units that exist from the beginning.
    pub supply: u64,
    /// The levy on its transfers.
    pub levy: Option<Levy>,
}

/// Returns whole units as smallest ones, or `None` beyond 256 bits.
pub(super) fn smallest(units: u64, divisibility: u8) -> Option<Amount> {
    let one = 10u64.checked_pow(u32::from(divisibility))?;
    Amount::from(units)
        .mul_div(Amount::from(one), Amount::from(1u64))
        .map(|(amount, _)| amount)
}
