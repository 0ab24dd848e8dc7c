//! Formulas as one tree, whatever they are stored as: tokens of BIFF 2 to 12, texts with `A1` or `R1C1` references.
//!
//! A chain of operators of one kind is one node, so that a text put together of a thousand characters nests no deeper than
//! one of two. What nests deeper than [`Limits::nesting`](strongroom_model::Limits) is refused, so every walk over a tree may
//! recurse.

mod functions;
mod print;
mod text;
mod tokens;

pub(crate) use functions::is_command;
pub(crate) use print::{print, print_short};
pub(crate) use text::parse_text;

use crate::workbook::{Corner, Dialect, ErrorCode, Sheet, Source, Workbook};
use std::sync::Arc;

/// Where a formula stands: its workbook and its sheet.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    /// The workbook.
    pub book: &'a Workbook,
    /// The sheet, for formulas that are shared on it.
    pub sheet: Option<&'a Sheet>,
    /// Levels of parentheses and calls that are read.
    pub nesting: u32,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Concat,
    Less,
    LessEqual,
    Equal,
    GreaterEqual,
    Greater,
    NotEqual,
    Intersect,
    Union,
    Range,
}

impl Binary {
    /// In the order of their tokens, from 0x03 (MS-XLS 2.5.198.25).
    const ALL: [(Binary, &'static str); 15] = [
        (Binary::Add, "+"),
        (Binary::Subtract, "-"),
        (Binary::Multiply, "*"),
        (Binary::Divide, "/"),
        (Binary::Power, "^"),
        (Binary::Concat, "&"),
        (Binary::Less, "<"),
        (Binary::LessEqual, "<="),
        (Binary::Equal, "="),
        (Binary::GreaterEqual, ">="),
        (Binary::Greater, ">"),
        (Binary::NotEqual, "<>"),
        (Binary::Intersect, " "),
        (Binary::Union, ","),
        (Binary::Range, ":"),
    ];

    /// Returns how tightly it binds.
    fn strength(self) -> u8 {
        match self {
            Binary::Range => 8,
            Binary::Intersect => 7,
            Binary::Union => 6,
            Binary::Power => 5,
            Binary::Multiply | Binary::Divide => 4,
            Binary::Add | Binary::Subtract => 3,
            Binary::Concat => 2,
            _ => 1,
        }
    }

    /// Returns how it is written.
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(binary, _)| *binary == self);
        found.map_or("?", |(_, text)| text)
    }
}

/// The sheet of a reference or of a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// The formula's own.
    Here,
    /// The one that is shown: `!A1` on a macro sheet.
    Active,
    /// One of the workbook, by its name.
    Sheet(Arc<str>),
    /// Several in a row, or one of another workbook, as it is written.
    Elsewhere(Arc<str>),
}

/// A cell or an area.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    /// The sheet.
    pub target: Target,
    /// The first corner.
    pub first: Corner,
    /// The last, where it is an area.
    pub last: Option<Corner>,
}

/// A name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name {
    /// Its number in the workbook's names, where the tokens say so.
    pub index: Option<usize>,
    /// The sheet before it.
    pub target: Target,
    /// The name.
    pub name: Arc<str>,
}

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Callee {
    /// A function of Excel, by its name in capitals.
    Function(&'static str),
    /// A macro at a cell or behind a name, or a function that a later version or an add-in has.
    Other(Box<Expr>),
}

/// A formula.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// An argument that is left out.
    Missing,
    Number(f64),
    Text(Arc<str>),
    Bool(bool),
    Error(ErrorCode),
    /// Rows of constants.
    Array(Vec<Vec<Expr>>),
    Reference(Reference),
    Name(Name),
    /// A link to a program, a table's column and the like, as it is written.
    Foreign(Arc<str>),
    /// Operators from left to right: `a+b-c`.
    Chain(Box<Expr>, Vec<(Binary, Expr)>),
    /// `-` or `+` before an operand.
    Signed(char, Box<Expr>),
    Percent(Box<Expr>),
    Paren(Box<Expr>),
    Call(Callee, Vec<Expr>),
}

impl Expr {
    /// Returns `left op right`, a chain where the left is one that no parentheses close.
    fn joined(left: Expr, binary: Binary, right: Expr) -> Expr {
        if let (Binary::Range, Expr::Reference(first), Expr::Reference(last)) = (binary, &left, &right)
            && first.last.is_none()
            && last.last.is_none()
            && (last.target == Target::Here || last.target == first.target)
        {
            return Expr::Reference(Reference {
                last: Some(last.first),
                ..first.clone()
            });
        }
        let right = match right {
            Expr::Chain(..) if right.weakest() <= binary.strength() => Expr::Paren(Box::new(right)),
            right => right,
        };
        match left {
            Expr::Chain(..) if left.weakest() < binary.strength() => {
                Expr::Chain(Box::new(Expr::Paren(Box::new(left))), vec![(binary, right)])
            }
            Expr::Chain(first, mut rest) => {
                rest.push((binary, right));
                Expr::Chain(first, rest)
            }
            left => Expr::Chain(Box::new(left), vec![(binary, right)]),
        }
    }

    /// Returns the strength of the weakest operator of a chain. The last one stands for all: a chain is closed in
    /// parentheses before a stronger one joins it.
    fn weakest(&self) -> u8 {
        match self {
            Expr::Chain(_, rest) => rest.last().map_or(u8::MAX, |(binary, _)| binary.strength()),
            _ => u8::MAX,
        }
    }
}

/// Reads the formula of a cell or a name; the error says what of it cannot be read.
pub(crate) fn parse(source: &Source, site: &Site<'_>) -> Result<Expr, String> {
    match source {
        Source::Tokens { tokens, extra } => tokens::parse(tokens, extra, site),
        Source::Text(text) => parse_text(text, site.book.dialect == Dialect::R1C1, (0, 0), site.nesting),
        Source::Moved { text, rows, columns } => parse_text(text, false, (*rows, *columns), site.nesting),
    }
}
