//! What stands in a list: parties with their names and addresses. Nothing here searches.

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
    /// `aka`, `fka` or `nka` (also, formerly, now known as).
    pub kind: String,
    /// How far the list trusts it.
    pub strength: AliasStrength,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Street and house.
    pub street: Option<String>,
    /// City, province, postal code.
    pub city: Option<String>,
    /// The country.
    pub country: Option<String>,
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
    /// Postal addresses.
    pub places: Vec<Place>,
    /// The remarks, complete.
    pub remarks: String,
}
