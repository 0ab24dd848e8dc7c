//! The values that an evaluation works with.
//!
//! A value is known, or partly known (a string of which some pieces depend on the machine), or unknown; an
//! unknown value keeps the expression that would give it and never gets a content.

use super::decimal::Decimal;
use crate::script::{Part, Text};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest expression that an unknown value keeps, in bytes.
const EXPRESSION: usize = 160;

/// A value of the language.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A variable that nothing was assigned to.
    Empty,
    /// No valid data.
    Null,
    /// An object variable that holds no object.
    Nothing,
    /// An optional argument that was left out.
    Missing,
    /// True is −1.
    Bool(bool),
    /// 8 bits without a sign.
    Byte(u8),
    /// 16 bits.
    Integer(i16),
    /// 32 bits.
    Long(i32),
    /// 64 bits.
    LongLong(i64),
    /// Floating point of 32 bits.
    Single(f32),
    /// Floating point of 64 bits.
    Double(f64),
    /// Ten-thousandths.
    Currency(i64),
    /// 96 bits of digits.
    Decimal(Rc<Decimal>),
    /// Days since 1899-12-30.
    Date(f64),
    /// A string that is wholly known.
    Text(Str),
    /// A string of which some pieces are known.
    Mixed(Mixed),
    /// An array.
    Array(Rc<Array>),
    /// A user-defined type.
    Record(Rc<BTreeMap<Rc<str>, Value>>),
    /// An object, by its place on the heap.
    Object(usize),
    /// Whatever this expression would give.
    Unknown(Rc<str>),
}

/// A known string in UTF-16 code units, as VBA counts characters.
#[derive(Clone, Debug)]
pub(super) struct Str {
    units: Rc<Vec<u16>>,
    /// How many pieces or decoding steps made it; a literal has 1.
    pub built: u32,
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.units == other.units
    }
}

impl Str {
    /// Returns the string of these code units.
    pub(super) fn new(units: Vec<u16>, built: u32) -> Self {
        Str {
            units: Rc::new(units),
            built,
        }
    }

    /// Returns a string that shares code units with whoever holds them.
    pub(super) fn shared(units: &Rc<Vec<u16>>, built: u32) -> Self {
        Str {
            units: Rc::clone(units),
            built,
        }
    }

    /// Returns the code units.
    pub(super) fn units(&self) -> &[u16] {
        &self.units
    }

    /// Returns the length in code units.
    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    /// Puts code units behind it, in place where nobody else holds it.
    pub(super) fn push(&mut self, units: &[u16], built: u32) {
        Rc::make_mut(&mut self.units).extend_from_slice(units);
        self.built = self.built.saturating_add(built);
    }

    /// Returns it as text; a lone surrogate becomes U+FFFD.
    pub(super) fn show(&self) -> String {
        String::from_utf16_lossy(&self.units)
    }
}

/// A piece of a partly known string.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// Known code units.
    Known(Rc<Vec<u16>>),
    /// The expression that would give them.
    Unknown(Rc<str>),
}

/// A partly known string; at least one piece is unknown.
#[derive(Clone, Debug)]
pub(super) struct Mixed {
    /// The pieces in order; neighbouring known ones are one.
    pub pieces: Rc<Vec<Piece>>,
    /// How many pieces or decoding steps made it.
    pub built: u32,
}

impl PartialEq for Mixed {
    fn eq(&self, other: &Self) -> bool {
        self.pieces == other.pieces
    }
}

impl Mixed {
    /// Returns the known code units that it starts with.
    pub(super) fn known_start(&self) -> &[u16] {
        match self.pieces.first() {
            Some(Piece::Known(units)) => units,
            _ => &[],
        }
    }

    /// Returns the count of known code units.
    pub(super) fn known_len(&self) -> usize {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Known(units) => units.len(),
                Piece::Unknown(_) => 0,
            })
            .sum()
    }
}

/// An array with its bounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    /// Lower bound and length of each dimension.
    pub bounds: Vec<(i32, usize)>,
    /// The elements, first index fastest.
    pub items: Vec<Value>,
    /// The declared type of the elements.
    pub kind: Type,
}

impl Array {
    /// Returns a one-dimensional array of Variants.
    pub(super) fn of(items: Vec<Value>, lower: i32) -> Self {
        Array {
            bounds: vec![(lower, items.len())],
            items,
            kind: Type::Variant,
        }
    }

    /// Returns a byte array that starts at 0.
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        Array {
            bounds: vec![(0, bytes.len())],
            items: bytes.iter().copied().map(Value::Byte).collect(),
            kind: Type::Byte,
        }
    }

    /// Returns the position of the element with these indexes.
    pub(super) fn position(&self, indexes: &[i64]) -> Option<usize> {
        if indexes.len() != self.bounds.len() {
            return None;
        }
        let mut position = 0usize;
        let mut stride = 1usize;
        for (index, (lower, length)) in indexes.iter().zip(&self.bounds) {
            let offset = usize::try_from(index.checked_sub(i64::from(*lower))?).ok()?;
            if offset >= *length {
                return None;
            }
            position = position.checked_add(offset.checked_mul(stride)?)?;
            stride = stride.checked_mul(*length)?;
        }
        Some(position)
    }

    /// Returns the elements as bytes, where all are known whole numbers that fit.
    pub(super) fn as_bytes(&self) -> Option<Vec<u8>> {
        self.items
            .iter()
            .map(|item| match item {
                Value::Byte(byte) => Some(*byte),
                Value::Integer(number) => u8::try_from(*number).ok(),
                Value::Long(number) => u8::try_from(*number).ok(),
                Value::Empty => Some(0),
                _ => None,
            })
            .collect()
    }
}

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Any value.
    Variant,
    /// Boolean.
    Bool,
    /// Byte.
    Byte,
    /// Integer.
    Integer,
    /// Long.
    Long,
    /// LongLong and LongPtr.
    LongLong,
    /// Single.
    Single,
    /// Double.
    Double,
    /// Currency.
    Currency,
    /// Decimal, which no variable is declared as.
    Decimal,
    /// Date.
    Date,
    /// String.
    Text,
    /// String with a fixed length.
    Fixed(usize),
    /// Any object.
    Object,
    /// A class or user-defined type.
    Named(Rc<str>),
}

impl Type {
    /// Returns the type of a name in lower case.
    pub(super) fn of_name(name: &str) -> Type {
        match name {
            "variant" | "any" => Type::Variant,
            "boolean" => Type::Bool,
            "byte" => Type::Byte,
            "integer" => Type::Integer,
            "long" => Type::Long,
            "longlong" | "longptr" => Type::LongLong,
            "single" => Type::Single,
            "double" => Type::Double,
            "currency" => Type::Currency,
            "decimal" => Type::Decimal,
            "date" => Type::Date,
            "string" => Type::Text,
            "object" => Type::Object,
            _ => Type::Named(Rc::from(name)),
        }
    }

    /// Returns the type that a type character stands for.
    pub(super) fn of_suffix(suffix: char) -> Type {
        match suffix {
            '%' => Type::Integer,
            '&' => Type::Long,
            '^' => Type::LongLong,
            '!' => Type::Single,
            '#' => Type::Double,
            '@' => Type::Currency,
            '$' => Type::Text,
            _ => Type::Variant,
        }
    }

    /// Returns what a variable of this type holds before anything is assigned.
    pub(super) fn initial(&self) -> Value {
        match self {
            Type::Variant => Value::Empty,
            Type::Bool => Value::Bool(false),
            Type::Byte => Value::Byte(0),
            Type::Integer => Value::Integer(0),
            Type::Long => Value::Long(0),
            Type::LongLong => Value::LongLong(0),
            Type::Single => Value::Single(0.0),
            Type::Double => Value::Double(0.0),
            Type::Currency => Value::Currency(0),
            Type::Decimal => Value::Decimal(Rc::new(Decimal::scaled(0, 0))),
            Type::Date => Value::Date(0.0),
            Type::Text => Value::text(""),
            Type::Fixed(length) => Value::units(vec![0; *length], 1),
            Type::Object | Type::Named(_) => Value::Nothing,
        }
    }
}

impl Value {
    /// Returns a known string that stands in the source.
    pub(super) fn text(text: &str) -> Value {
        Value::units(text.encode_utf16().collect(), 1)
    }

    /// Returns a known string that `built` pieces made.
    pub(super) fn units(units: Vec<u16>, built: u32) -> Value {
        Value::Text(Str::new(units, built))
    }

    /// Returns an unknown value; a long expression is cut.
    pub(super) fn unknown(expression: &str) -> Value {
        Value::Unknown(expression_text(expression))
    }

    /// Returns the narrowest of Integer, Long, LongLong that holds the number.
    pub(super) fn whole(number: i64) -> Value {
        match (i16::try_from(number), i32::try_from(number)) {
            (Ok(short), _) => Value::Integer(short),
            (_, Ok(long)) => Value::Long(long),
            _ => Value::LongLong(number),
        }
    }

    /// Returns a Long, as functions that count return it.
    pub(super) fn count(number: usize) -> Value {
        i32::try_from(number).map_or(Value::LongLong(number as i64), Value::Long)
    }

    /// Returns whether nothing of it is known.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// Whether it is of a numeric type; Boolean and Date are none.
    pub(super) fn is_number(&self) -> bool {
        matches!(
            self,
            Value::Byte(_)
                | Value::Integer(_)
                | Value::Long(_)
                | Value::LongLong(_)
                | Value::Single(_)
                | Value::Double(_)
                | Value::Currency(_)
                | Value::Decimal(_)
        )
    }

    /// Returns how many pieces made the string, 0 for anything else.
    pub(super) fn built(&self) -> u32 {
        match self {
            Value::Text(text) => text.built,
            Value::Mixed(mixed) => mixed.built,
            _ => 0,
        }
    }

    /// Returns the pieces of a string, where it is one or unknown.
    pub(super) fn pieces(&self) -> Option<Vec<Piece>> {
        match self {
            Value::Text(text) => Some(vec![Piece::Known(Rc::clone(&text.units))]),
            Value::Mixed(mixed) => Some(mixed.pieces.to_vec()),
            Value::Unknown(expression) => Some(vec![Piece::Unknown(Rc::clone(expression))]),
            _ => None,
        }
    }

    /// Returns the string that the pieces make.
    pub(super) fn of_pieces(pieces: Vec<Piece>, built: u32) -> Value {
        let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (_, Piece::Known(units)) if units.is_empty() => {}
                (Some(Piece::Known(last)), Piece::Known(units)) => {
                    Rc::make_mut(last).extend_from_slice(&units)
                }
                (_, piece) => joined.push(piece),
            }
        }
        match joined.as_slice() {
            [] => Value::units(Vec::new(), built),
            [Piece::Known(units)] => Value::Text(Str {
                units: Rc::clone(units),
                built,
            }),
            _ => Value::Mixed(Mixed {
                pieces: Rc::new(joined),
                built,
            }),
        }
    }
}

/// Returns an expression in one line, cut to what an unknown value keeps.
pub(super) fn expression_text(expression: &str) -> Rc<str> {
    let mut text = String::new();
    for word in expression.split_whitespace().filter(|word| *word != "_") {
        if text.len() + word.len() > EXPRESSION {
            let room = EXPRESSION.saturating_sub(text.len());
            text.extend(word.chars().take(room / 4));
            text.push('…');
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    Rc::from(text)
}

/// Returns the text of pieces, as effects carry it.
pub(super) fn text_of(pieces: &[Piece]) -> Text {
    pieces.iter().fold(Text::default(), |text, piece| {
        text.then(match piece {
            Piece::Known(units) => Part::Known(String::from_utf16_lossy(units)),
            Piece::Unknown(expression) => Part::Unknown(expression.to_string()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_index_runs_fastest() {
        let array = Array {
            bounds: vec![(1, 2), (0, 3)],
            items: vec![Value::Empty; 6],
            kind: Type::Variant,
        };
        assert_eq!(array.position(&[2, 0]), Some(1));
        assert_eq!(array.position(&[1, 1]), Some(2));
        assert_eq!(array.position(&[0, 0]), None);
        assert_eq!(array.position(&[1]), None);
    }

    #[test]
    fn an_unknown_piece_stays_between_known_ones() {
        let value = Value::of_pieces(
            vec![
                Piece::Known(Rc::new("a".encode_utf16().collect())),
                Piece::Known(Rc::new("b".encode_utf16().collect())),
                Piece::Unknown("x".into()),
            ],
            3,
        );
        assert_eq!(text_of(&value.pieces().unwrap()).to_string(), "ab⟨x⟩");
    }
}
