//! The functions and constants of the language that do nothing but compute (MS-VBAL section 6).
//!
//! A function returns `None` where its result cannot be known; it never returns a guess.

mod array;
mod calendar;
mod constant;
mod conversion;
mod format;
mod machine;
mod memory;
mod number;
mod occurrence;
mod text;

use super::convert::{integer, known};
use super::fault::{Eval, Stop};
use super::value::{Str, Value};
use crate::script::Budget;

pub(super) use constant::{constant, is_host_name};

/// The arguments of a function.
pub(super) struct Arguments<'a> {
    values: &'a [Value],
}

impl Arguments<'_> {
    /// Returns how many there are.
    fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns one, if it is given.
    fn get(&self, at: usize) -> Option<&Value> {
        self.values.get(at).filter(|value| **value != Value::Missing)
    }

    /// Returns one that must be given.
    fn value(&self, at: usize) -> Eval<&Value> {
        self.get(at).ok_or(Stop::Fault(449))
    }

    /// Returns a known string; the inner `None` where it is unknown.
    fn string(&self, at: usize) -> Eval<Option<Str>> {
        known(self.value(at)?)
    }

    /// Returns a whole number; the inner `None` where it is unknown.
    fn whole(&self, at: usize) -> Eval<Option<i64>> {
        integer(self.value(at)?)
    }

    /// Returns a whole number, or the default where the argument is left out.
    fn whole_or(&self, at: usize, default: i64) -> Eval<Option<i64>> {
        match self.get(at) {
            Some(value) => integer(value),
            None => Ok(Some(default)),
        }
    }
}

/// Functions that stand together, so that a name is looked for among all of them only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Text,
    Conversion,
    Number,
    Format,
    Calendar,
    Array,
    Machine,
}

impl Group {
    const ALL: [Group; 7] = [
        Group::Text,
        Group::Conversion,
        Group::Number,
        Group::Format,
        Group::Calendar,
        Group::Array,
        Group::Machine,
    ];

    /// Calls the function of a name; `None` where there is none of that name among them.
    pub(super) fn call(
        self,
        name: &str,
        values: &[Value],
        budget: &mut Budget<'_>,
    ) -> Option<Eval<Option<Value>>> {
        let arguments = Arguments { values };
        match self {
            Group::Text => text::call(name, &arguments, budget),
            Group::Conversion => conversion::call(name, &arguments),
            Group::Number => number::call(name, &arguments),
            Group::Format => format::call(name, &arguments),
            Group::Calendar => calendar::call(name, &arguments),
            Group::Array => array::call(name, &arguments, budget),
            Group::Machine => machine::call(name, &arguments),
        }
    }
}

/// Returns which functions have one of this name: each says so though it be called without arguments.
pub(super) fn group(name: &str, budget: &mut Budget<'_>) -> Option<Group> {
    Group::ALL
        .into_iter()
        .find(|group| group.call(name, &[], budget).is_some())
}

/// Whether there is a function of the name.
pub(super) fn knows(name: &str) -> bool {
    constant(name).is_some()
        || text::NAMES.contains(&name)
        || conversion::NAMES.contains(&name)
        || is_typed(name)
}

/// Whether the function's result has a declared type other than Variant.
pub(super) fn is_typed(name: &str) -> bool {
    matches!(
        name,
        "asc"
            | "ascw"
            | "ascb"
            | "len"
            | "lenb"
            | "instr"
            | "instrrev"
            | "ubound"
            | "lbound"
            | "cint"
            | "clng"
            | "cbyte"
    )
}

/// Whether a function does as much for a long string or array as for a short one.
pub(super) fn looks_at_ends(name: &str) -> bool {
    matches!(
        name,
        "mid"
            | "left"
            | "right"
            | "len"
            | "lenb"
            | "asc"
            | "ascw"
            | "ascb"
            | "ubound"
            | "lbound"
            | "chr"
            | "chrw"
    )
}

/// Returns a count as a position that fits.
fn size(number: i64) -> Eval<usize> {
    usize::try_from(number).map_err(|_| Stop::INVALID)
}
