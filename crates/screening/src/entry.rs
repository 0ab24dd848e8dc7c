//! What stands in a list: parties with their names and addresses. Nothing here searches.

use crate::{Birth, Nature};
use serde::Serialize;

/// How far a list itself trusts an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AliasStrength {
    /// Screening against it is expected.
    Strong,
    /// Broad or generic; OFAC expects it to be used as a hint.
    Weak,
}

/// Another name of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// `aka`, `fka` or `nka` (also, formerly, now known as), `original script`.
    pub kind: String,
    /// How far the list trusts it.
    pub strength: AliasStrength,
}

impl Alias {
    /// The kind of a name in the script in which its bearer writes it.
    pub const ORIGINAL_SCRIPT: &str = "original script";

    pub(crate) fn original_script(name: String) -> Self {
        Alias {
            name,
            kind: Alias::ORIGINAL_SCRIPT.to_owned(),
            strength: AliasStrength::Strong,
        }
    }
}

/// Returns texts as one; nothing where there are none.
pub(crate) fn joined(texts: impl Iterator<Item = String>, between: &str) -> Option<String> {
    let texts: Vec<String> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(between))
}

/// An address as the list spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAddress {
    /// The asset that it stands under, in the list's own code; a code is no promise about the chain.
    pub asset: Option<String>,
    /// The text.
    pub text: String,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Street and house.
    pub street: Option<String>,
    /// City, province, postal code.
    pub city: Option<String>,
    /// The country.
    pub country: Option<String>,
}

impl Place {
    /// Returns the place if anything of it is known.
    pub(crate) fn known(self) -> Option<Self> {
        (self.street.is_some() || self.city.is_some() || self.country.is_some()).then_some(self)
    }
}

/// One entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The list's own number, or `line N` where it has none.
    pub id: String,
    /// The line that it begins on, counted from 1.
    pub line: u64,
    /// The party's primary name, where the list names one.
    pub party: Option<String>,
    /// `individual`, `vessel`, `aircraft`, where the list says so.
    pub kind: Option<String>,
    /// The programs that it is listed under.
    pub programs: Vec<String>,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// Wallet addresses.
    pub addresses: Vec<ListedAddress>,
    /// Dates of birth, all that the list names.
    pub births: Vec<Birth>,
    /// Nationalities, citizenships and countries of registration, as the list spells them.
    pub countries: Vec<String>,
    /// Passports and other papers: kind and number, as the list spells them.
    pub documents: Vec<String>,
    /// When it was listed or last changed, as the list says.
    pub updated: Option<String>,
    /// Postal addresses.
    pub places: Vec<Place>,
    /// The remarks, complete.
    pub remarks: String,
}

impl Entry {
    /// Returns what the party is, as far as the list says; OFAC leaves the kind of companies empty, so that nothing is known.
    pub fn nature(&self) -> Option<Nature> {
        match self.kind.as_deref()?.to_ascii_lowercase().as_str() {
            "individual" | "person" | "p" => Some(Nature::Person),
            "vessel" | "ship" | "aircraft" | "airplane" => Some(Nature::Vessel),
            "entity" | "enterprise" | "e" | "company" | "organisation" | "organization" | "publicbody" => {
                Some(Nature::Organisation)
            }
            _ => None,
        }
    }
}
