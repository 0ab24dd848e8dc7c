//! From tokens to a tree (MS-VBAL section 5), line by line.
//!
//! What cannot be parsed is left out with a gap that names module and line, and the parser goes on at the next
//! line: one odd line hides nothing but itself. VBScript passes through the same grammar: statements may stand
//! outside of procedures, and nothing needs a type.

mod block;
mod conditional;
mod cursor;
mod declaration;
mod expression;
mod file;
mod module;
mod statement;

pub(super) use conditional::{Platform, select};
pub(super) use cursor::Cursor;
pub(super) use module::unit;

/// Why a line could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// Something else was expected here.
    Expected(&'static str),
    /// The nesting is deeper than allowed.
    Deep,
}

/// What was parsed, or why not.
pub(super) type Parse<T> = Result<T, Broken>;
