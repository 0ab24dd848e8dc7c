//! What reports name, written for other programs: STIX 2.1, MISP events, TagPacks, CSV.
//!
//! The same sources give the same bytes: ids are made of what they name, and times come from the caller.

mod csv;
mod misp;
mod stix;
mod tagpack;
mod uuid;

pub use csv::{HEADING, csv};
pub use misp::misp;
pub use stix::stix;
pub use tagpack::tagpack;

use crate::extract::Indicator;
use crate::stix::StixObject;
use strongroom_model::{EvidenceId, Moment, Observable, Role};

/// A report that was read, as it goes out.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it came under.
    pub name: String,
    /// Its bytes' id.
    pub id: EvidenceId,
    /// When it was written or last changed; objects that are made of it carry that time.
    pub when: Moment,
    /// What it names.
    pub indicators: Vec<Indicator>,
    /// The objects that it holds, where it is a STIX bundle: they go out as they are.
    pub objects: Vec<StixObject>,
}

impl Source {
    fn blamed(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().filter(|one| one.role() == Role::Indicator)
    }
}

/// Returns where in its report an indicator stands, as a sentence's end.
fn place(source: &Source, one: &Indicator) -> String {
    let page = one.page.map(|page| format!("page {page}, ")).unwrap_or_default();
    let section = one
        .section
        .as_ref()
        .map(|section| format!(", under \"{section}\""))
        .unwrap_or_default();
    format!(
        "{} in {}, {page}line {}{section}",
        one.tier.as_str(),
        source.name,
        one.line
    )
}

/// Returns a wallet's currency in the codes of TagPacks and exchanges, by the form of its address. Forms that chains
/// share count for the one that has them first.
fn currency(wallet: &Observable) -> Option<&'static str> {
    let text = wallet.value();
    let starts = |marks: &[&str]| marks.iter().any(|mark| text.starts_with(mark));
    Some(match text.len() {
        42 if starts(&["0x"]) => "ETH",
        95 | 106 if starts(&["4", "8"]) => "XMR",
        40 if starts(&["N"]) => "XEM",
        _ if starts(&["bc1", "1", "3"]) => "BTC",
        _ if starts(&["ltc1", "L", "M"]) => "LTC",
        _ if starts(&["T"]) => "TRX",
        _ if starts(&["X"]) => "DASH",
        _ if starts(&["D", "A"]) => "DOGE",
        _ if starts(&["t1", "t3"]) => "ZEC",
        _ if starts(&["G"]) => "BTG",
        _ if starts(&["r"]) => "XRP",
        _ => return None,
    })
}
