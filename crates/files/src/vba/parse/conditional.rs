//! Conditional compilation (MS-VBAL 3.4): which lines each platform compiles.

use super::Cursor;
use crate::vba::ast::{Expr, Name, Node};
use crate::vba::convert::truth;
use crate::vba::operate::{Mode, binary, negate, not};
use crate::vba::token::{Lexeme, Token};
use crate::vba::value::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where a document may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vba) enum Platform {
    /// Office 2010 and later on 64-bit Windows.
    Windows64,
    /// Office for Mac.
    Mac,
    /// Office 2007 and earlier, or 32-bit.
    Windows32,
}

impl Platform {
    /// All of them, the likeliest first.
    pub(in crate::vba) const ALL: [Platform; 3] = [Platform::Windows64, Platform::Mac, Platform::Windows32];

    /// Returns the name as it stands in layers.
    pub(in crate::vba) const fn as_str(self) -> &'static str {
        match self {
            Platform::Windows64 => "Windows",
            Platform::Mac => "Mac",
            Platform::Windows32 => "Windows before VBA7",
        }
    }

    fn constants(self) -> BTreeMap<Name, Value> {
        let (vba7, win64, win32, mac) = match self {
            Platform::Windows64 => (true, true, true, false),
            Platform::Mac => (true, true, false, true),
            Platform::Windows32 => (false, false, true, false),
        };
        let flags = [
            ("vba6", true),
            ("vba7", vba7),
            ("win16", false),
            ("win32", win32),
            ("win64", win64),
            ("mac", mac),
        ];
        let mut constants: BTreeMap<Name, Value> = flags
            .into_iter()
            .map(|(name, set)| (Rc::from(name), Value::Bool(set)))
            .collect();
        let version = if mac { 16 } else { 0 };
        constants.insert(Rc::from("mac_office_version"), Value::Integer(version));
        constants
    }
}

/// One `#If` that is open.
struct Open {
    /// The block around it is compiled.
    outer: bool,
    /// An arm was already chosen.
    chosen: bool,
    /// This arm is compiled.
    active: bool,
}

/// Returns the tokens that a platform compiles. A condition that cannot be evaluated compiles every arm.
pub(in crate::vba) fn select(tokens: &[Token], platform: Platform, nesting: u32) -> Vec<Token> {
    let mut constants = platform.constants();
    let mut open: Vec<Open> = Vec::new();
    let mut kept = Vec::with_capacity(tokens.len());
    for line in tokens.split_inclusive(|token| token.lexeme == Lexeme::LineEnd) {
        let active = open.last().is_none_or(|open| open.active);
        match directive(line) {
            Some("const") if active => define(line, &mut constants, nesting),
            Some("const") => {}
            Some("if") => {
                let holds = condition(line.get(2..), &constants, nesting);
                open.push(Open {
                    outer: active,
                    chosen: holds == Some(true),
                    active: active && holds != Some(false),
                });
            }
            Some("elseif") => {
                let holds = condition(line.get(2..), &constants, nesting);
                next_arm(&mut open, holds);
            }
            Some("else") => next_arm(&mut open, Some(true)),
            Some(_) => drop(open.pop()),
            None if active => kept.extend_from_slice(line),
            None => {}
        }
    }
    kept
}

fn directive(line: &[Token]) -> Option<&'static str> {
    let (hash, word) = (line.first()?, line.get(1)?);
    if !hash.is_symbol("#") {
        return None;
    }
    ["const", "if", "elseif", "else", "end"]
        .into_iter()
        .find(|name| word.is_word(name))
        .map(|name| match (name, line.get(2)) {
            // `#Else If` is written by hand now and then.
            ("else", Some(next)) if next.is_word("if") => "elseif",
            _ => name,
        })
}

fn next_arm(open: &mut [Open], holds: Option<bool>) {
    if let Some(last) = open.last_mut() {
        last.active = last.outer && !last.chosen && holds != Some(false);
        last.chosen |= holds == Some(true);
    }
}

fn condition(line: Option<&[Token]>, constants: &BTreeMap<Name, Value>, nesting: u32) -> Option<bool> {
    let line = line?;
    let line = match line.split_first() {
        Some((first, rest)) if first.is_word("if") => rest,
        _ => line,
    };
    let mut cursor = Cursor::new(line, "", nesting);
    let expr = cursor.expression().ok()?;
    truth(&value(&expr, constants)?).ok()?
}

fn define(line: &[Token], constants: &mut BTreeMap<Name, Value>, nesting: u32) {
    let mut cursor = Cursor::new(line.get(2..).unwrap_or(&[]), "", nesting);
    let Ok(name) = cursor.name() else { return };
    if cursor.take_symbol("=") {
        let defined = cursor.expression().ok().and_then(|expr| value(&expr, constants));
        constants.insert(name, defined.unwrap_or_else(|| Value::unknown("#Const")));
    }
}

/// Returns what a constant expression gives; a name that nothing defines is Empty.
fn value(expr: &Expr, constants: &BTreeMap<Name, Value>) -> Option<Value> {
    let one = |expr: &Expr| value(expr, constants);
    match &expr.node {
        Node::Literal(literal) => Some(literal.clone()),
        Node::Name(name) => Some(constants.get(name).cloned().unwrap_or(Value::Empty)),
        Node::Group(inner) | Node::Plus(inner) => one(inner),
        Node::Not(inner) => not(&one(inner)?).ok()?,
        Node::Negate(inner) => negate(&one(inner)?, true).ok()?,
        Node::Chain(first, rest) => rest.iter().try_fold(one(first)?, |left, (operator, right)| {
            binary(*operator, &left, &one(right)?, Mode::default()).ok()?
        }),
        _ => None,
    }
}
