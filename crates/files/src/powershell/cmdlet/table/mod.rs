//! The parameters of the known cmdlets. `@` marks a parameter that takes values without a name, in this order;
//! `!` marks a switch.

mod values;
mod world;

/// A cmdlet by its lower-case name, and its parameters.
type Entry = (&'static str, &'static [&'static str]);

/// Returns the parameters of a cmdlet by its lower-case name.
pub(super) fn parameters(name: &str) -> Option<&'static [&'static str]> {
    values::TABLE
        .iter()
        .chain(world::TABLE)
        .find(|(known, _)| *known == name)
        .map(|&(_, parameters)| parameters)
}
