//! Formulas as texts, with `A1` references (ECMA-376 part 1, 18.17) or `R1C1` ones (SYLK, and what macros write).

use super::functions::named;
use super::{Binary, Callee, Expr, Name, Reference, Target};
use crate::workbook::{Corner, ErrorCode, Place, column_of, parse_a1, parse_r1c1, place, row_of};
use std::sync::Arc;

/// Constants of one array.
const CONSTANTS: usize = 1 << 16;
/// The last row and column of the largest sheet.
const LAST: (u32, u32) = (1_048_575, 16_383);

/// Reads a text without its equals sign; relative references move by so many rows and columns.
pub(crate) fn parse_text(text: &str, r1c1: bool, moved: (i32, i32), nesting: u32) -> Result<Expr, String> {
    let mut parser = Parser {
        text,
        at: 0,
        r1c1,
        moved,
        depth: 0,
        nesting,
    };
    let found = parser.binary(0);
    parser.blanks();
    match found {
        Some(expr) if parser.at >= text.len() => Ok(expr),
        _ if parser.depth >= nesting => Err(format!("nests deeper than {nesting} levels")),
        _ => Err(format!("the text at {}", parser.at)),
    }
}

/// Operators by how tightly they bind, the loosest first; longer spellings before their beginnings.
const LEVELS: [&[(&str, Binary)]; 5] = [
    &[
        ("<=", Binary::LessEqual),
        ("<>", Binary::NotEqual),
        (">=", Binary::GreaterEqual),
        ("<", Binary::Less),
        (">", Binary::Greater),
        ("=", Binary::Equal),
    ],
    &[("&", Binary::Concat)],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("/", Binary::Divide)],
    &[("^", Binary::Power)],
];

struct Parser<'a> {
    text: &'a str,
    at: usize,
    r1c1: bool,
    moved: (i32, i32),
    depth: u32,
    nesting: u32,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, mark: &str) -> bool {
        let stands = self.rest().starts_with(mark);
        if stands {
            self.at += mark.len();
        }
        stands
    }

    fn take_while(&mut self, inside: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Runs an inner level; `None` where it would nest too deep. The depth stays where it was for the message.
    fn inside<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= self.nesting {
            return None;
        }
        self.depth += 1;
        let found = inner(self)?;
        self.depth -= 1;
        Some(found)
    }

    fn binary(&mut self, level: usize) -> Option<Expr> {
        let Some(operators) = LEVELS.get(level) else {
            return self.signed();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            self.blanks();
            let Some((_, binary)) = operators.iter().find(|(mark, _)| self.rest().starts_with(mark)) else {
                return Some(left);
            };
            self.at += binary.as_str().len();
            let right = self.binary(level + 1)?;
            left = Expr::joined(left, *binary, right);
        }
    }

    /// A sign binds tighter than `^`: `-2^2` is 4.
    fn signed(&mut self) -> Option<Expr> {
        self.blanks();
        for sign in ['-', '+'] {
            if self.rest().starts_with(sign) {
                self.at += 1;
                let operand = self.inside(Self::signed)?;
                return Some(Expr::Signed(sign, Box::new(operand)));
            }
        }
        // An implicit intersection is what cells do anyway.
        self.eat("@");
        let mut expr = self.joined_references()?;
        let mut percents = 0;
        loop {
            self.blanks();
            if !self.eat("%") {
                return Some(expr);
            }
            percents += 1;
            if percents > self.nesting {
                return None;
            }
            expr = Expr::Percent(Box::new(expr));
        }
    }

    /// References joined by `:` and by blanks.
    fn joined_references(&mut self) -> Option<Expr> {
        let mut left = self.postfix()?;
        loop {
            if self.eat(":") {
                let right = self.postfix()?;
                left = Expr::joined(left, Binary::Range, right);
                continue;
            }
            let before = self.at;
            self.blanks();
            let referential =
                |expr: &Expr| matches!(expr, Expr::Reference(_) | Expr::Name(_) | Expr::Paren(_));
            let begins = |c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '\'');
            if self.at == before || !referential(&left) || !self.peek().is_some_and(begins) {
                return Some(left);
            }
            let right = self.postfix()?;
            left = Expr::joined(left, Binary::Intersect, right);
        }
    }

    /// What is called, with its arguments; a call's result may be called in turn.
    fn postfix(&mut self) -> Option<Expr> {
        let mut expr = self.primary()?;
        let mut calls = 0;
        while self.eat("(") {
            calls += 1;
            if calls > self.nesting {
                return None;
            }
            let arguments = self.inside(Self::arguments)?;
            let callee = match &expr {
                Expr::Name(name) if name.target == Target::Here => named(&name.name).map(Callee::Function),
                _ => None,
            };
            expr = Expr::Call(callee.unwrap_or_else(|| Callee::Other(Box::new(expr))), arguments);
        }
        Some(expr)
    }

    fn arguments(&mut self) -> Option<Vec<Expr>> {
        let mut arguments = Vec::new();
        self.blanks();
        if self.eat(")") {
            return Some(arguments);
        }
        loop {
            self.blanks();
            let left_out = matches!(self.peek(), Some(',' | ')'));
            arguments.push(if left_out { Expr::Missing } else { self.binary(0)? });
            self.blanks();
            if self.eat(")") {
                return Some(arguments);
            }
            if !self.eat(",") {
                return None;
            }
        }
    }

    fn primary(&mut self) -> Option<Expr> {
        self.blanks();
        match self.peek()? {
            '"' => Some(Expr::Text(self.quoted('"')?.into())),
            '(' => {
                self.at += 1;
                let inner = self.inside(Self::union)?;
                Some(Expr::Paren(Box::new(inner)))
            }
            '{' => self.array(),
            '#' => self.error(),
            '0'..='9' | '.' => self.number(),
            '\'' => {
                let sheet = self.quoted('\'')?;
                if self.eat("!") {
                    return self.on(target_of(&sheet));
                }
                None
            }
            '!' => {
                self.at += 1;
                self.on(Target::Active)
            }
            _ => self.word(),
        }
    }

    /// What stands in parentheses: one expression, or references parted by commas.
    fn union(&mut self) -> Option<Expr> {
        let mut left = self.binary(0)?;
        loop {
            self.blanks();
            if self.eat(")") {
                return Some(left);
            }
            if !self.eat(",") {
                return None;
            }
            let right = self.binary(0)?;
            left = Expr::joined(left, Binary::Union, right);
        }
    }

    /// A text in quotes; two in a row are one.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        self.at += 1;
        loop {
            text.push_str(self.take_while(|c| c != quote));
            self.peek()?;
            self.at += 1;
            if self.peek() != Some(quote) {
                return Some(text);
            }
            text.push(quote);
            self.at += 1;
        }
    }

    fn array(&mut self) -> Option<Expr> {
        self.at += 1;
        let (mut rows, mut row, mut count) = (Vec::new(), Vec::new(), 0);
        loop {
            count += 1;
            if count > CONSTANTS {
                return None;
            }
            row.push(self.constant()?);
            self.blanks();
            if self.eat(",") {
                continue;
            }
            rows.push(std::mem::take(&mut row));
            if self.eat("}") {
                return Some(Expr::Array(rows));
            }
            if !self.eat(";") {
                return None;
            }
        }
    }

    fn constant(&mut self) -> Option<Expr> {
        self.blanks();
        let negative = self.eat("-");
        match self.primary()? {
            Expr::Number(number) if negative => Some(Expr::Number(-number)),
            constant @ (Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Error(_)) if !negative => {
                Some(constant)
            }
            _ => None,
        }
    }

    fn error(&mut self) -> Option<Expr> {
        let names = [
            "#NULL!",
            "#DIV/0!",
            "#VALUE!",
            "#REF!",
            "#NAME?",
            "#NUM!",
            "#N/A",
            "#GETTING_DATA",
        ];
        let rest = self.rest();
        let name = names.into_iter().find(|name| {
            rest.get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        })?;
        self.at += name.len();
        Some(Expr::Error(ErrorCode::named(name)?))
    }

    fn number(&mut self) -> Option<Expr> {
        let start = self.at;
        self.take_while(|c| c.is_ascii_digit());
        // Whole rows: `1:3`.
        if !self.r1c1
            && let Some(rows) = self.rows(start)
        {
            return Some(rows);
        }
        if self.eat(".") {
            self.take_while(|c| c.is_ascii_digit());
        }
        let mantissa = self.at;
        if self.eat("E") || self.eat("e") {
            if !self.eat("+") {
                self.eat("-");
            }
            if self.take_while(|c| c.is_ascii_digit()).is_empty() {
                self.at = mantissa;
            }
        }
        let number: f64 = self.text.get(start..self.at)?.parse().ok()?;
        Some(Expr::Number(number))
    }

    fn rows(&mut self, start: usize) -> Option<Expr> {
        let before = self.at;
        let first = edge(self.text.get(start..self.at)?, row_of)?;
        let found = self.eat(":").then(|| edge(self.take_while(is_word), row_of));
        let Some(Some(last)) = found else {
            self.at = before;
            return None;
        };
        Some(self.lines(Target::Here, first, last, true))
    }

    /// A word: a name, a cell, a truth value, or the sheet before one of these.
    fn word(&mut self) -> Option<Expr> {
        if self.r1c1
            && let Some(reference) = self.cell_by_number(Target::Here)
        {
            return Some(reference);
        }
        let start = self.at;
        // The workbook before the sheet: `[1]Sheet1!A1`.
        if self.eat("[") {
            self.take_while(|c| c != ']');
            if !self.eat("]") {
                return None;
            }
        }
        let word = self.take_while(is_word);
        let whole = self.text.get(start..self.at)?;
        if whole.is_empty() {
            return None;
        }
        match self.peek() {
            Some('!') => {
                self.at += 1;
                self.on(target_of(whole))
            }
            Some('|') => self.link(start),
            Some('[') if !word.is_empty() => self.column_of_table(start),
            Some(':') if self.span_of_sheets(start) => {
                let whole = self.text.get(start..self.at)?.to_owned();
                self.at += 1;
                self.on(Target::Elsewhere(whole.into()))
            }
            _ => self.plain(word, Target::Here),
        }
    }

    /// Passes over `:Sheet3` where an exclamation mark stands behind it.
    fn span_of_sheets(&mut self, start: usize) -> bool {
        let before = self.at;
        self.at += 1;
        let second = self.take_while(is_word);
        let is = !second.is_empty() && self.peek() == Some('!') && self.text.get(start..before).is_some();
        if !is {
            self.at = before;
        }
        is
    }

    /// What stands behind a sheet.
    fn on(&mut self, target: Target) -> Option<Expr> {
        if self.peek() == Some('#') {
            return self.error();
        }
        if self.r1c1
            && let Some(reference) = self.cell_by_number(target.clone())
        {
            return Some(reference);
        }
        let word = self.take_while(is_word);
        if word.is_empty() {
            return None;
        }
        self.plain(word, target)
    }

    fn plain(&mut self, word: &str, target: Target) -> Option<Expr> {
        if !self.r1c1 {
            if let Some(corner) = parse_a1(word)
                && self.peek() != Some('(')
            {
                let first = self.shifted(corner);
                return Some(Expr::Reference(Reference {
                    target,
                    first,
                    last: None,
                }));
            }
            // A cell may be called, unless a function has its name: `LOG10(`.
            if let Some(corner) = parse_a1(word)
                && named(word).is_none()
            {
                let first = self.shifted(corner);
                return Some(Expr::Reference(Reference {
                    target,
                    first,
                    last: None,
                }));
            }
            if let Some(columns) = self.columns(word, &target) {
                return Some(columns);
            }
        }
        let here = target == Target::Here;
        if here && self.peek() != Some('(') {
            if word.eq_ignore_ascii_case("TRUE") {
                return Some(Expr::Bool(true));
            }
            if word.eq_ignore_ascii_case("FALSE") {
                return Some(Expr::Bool(false));
            }
        }
        Some(Expr::Name(Name {
            index: None,
            target,
            name: word.into(),
        }))
    }

    /// Whole columns: `A:C`; and rows with a `$`.
    fn columns(&mut self, word: &str, target: &Target) -> Option<Expr> {
        let (row, column) = (edge(word, row_of), edge(word, column_of));
        if (row.is_none() && column.is_none()) || !self.rest().starts_with(':') {
            return None;
        }
        let before = self.at;
        self.at += 1;
        let second = self.take_while(is_word);
        let found = match (row, column) {
            (Some(first), _) => edge(second, row_of).map(|last| (first, last, true)),
            (_, Some(first)) => edge(second, column_of).map(|last| (first, last, false)),
            _ => None,
        };
        if found.is_none() {
            self.at = before;
        }
        let (first, last, rows) = found?;
        Some(self.lines(target.clone(), first, last, rows))
    }

    /// Returns all cells from one row or column to another.
    fn lines(&self, target: Target, first: Place, last: Place, rows: bool) -> Expr {
        let corner = |at, other| match rows {
            true => Corner {
                row: at,
                column: Place::Fixed(other),
            },
            false => Corner {
                row: Place::Fixed(other),
                column: at,
            },
        };
        Expr::Reference(Reference {
            target,
            first: self.shifted(corner(first, 0)),
            last: Some(self.shifted(corner(last, if rows { LAST.1 } else { LAST.0 }))),
        })
    }

    /// `R1C1`, `R[-1]C`, and whole rows and columns.
    fn cell_by_number(&mut self, target: Target) -> Option<Expr> {
        let rest = self.rest();
        if !rest.starts_with(['R', 'r', 'C', 'c']) {
            return None;
        }
        let end = end_of_cell(rest);
        let word = rest.get(..end)?;
        let behind = rest.get(end..).and_then(|rest| rest.chars().next());
        if behind.is_some_and(|c| is_word(c) || matches!(c, '!' | '|')) {
            return None;
        }
        let found = if let Some(first) = parse_r1c1(word) {
            Expr::Reference(Reference {
                target,
                first,
                last: None,
            })
        } else if behind == Some('(') || word.len() < 2 {
            return None;
        } else {
            let rows = word.starts_with(['R', 'r']);
            let (at, rest) = place(word.get(1..)?, if rows { LAST.0 + 1 } else { LAST.1 + 1 })?;
            if !rest.is_empty() {
                return None;
            }
            self.lines(target, at, at, rows)
        };
        self.at += end;
        Some(found)
    }

    /// A link to a program: `program|topic!item`, the topic perhaps in quotes.
    fn link(&mut self, start: usize) -> Option<Expr> {
        self.at += 1;
        if self.peek() == Some('\'') {
            self.quoted('\'')?;
        } else {
            self.take_while(|c| c != '!');
        }
        if !self.eat("!") {
            return None;
        }
        if self.peek() == Some('\'') {
            self.quoted('\'')?;
        } else {
            self.take_while(is_word);
        }
        Some(Expr::Foreign(self.text.get(start..self.at)?.into()))
    }

    /// A table's column: `Table[[#This Row],[a]]`.
    fn column_of_table(&mut self, start: usize) -> Option<Expr> {
        let mut open = 0_u32;
        loop {
            match self.peek()? {
                '[' => open += 1,
                ']' => open -= 1,
                _ => {}
            }
            self.at += self.peek().map_or(1, char::len_utf8);
            if open == 0 {
                return Some(Expr::Foreign(self.text.get(start..self.at)?.into()));
            }
        }
    }

    fn shifted(&self, corner: Corner) -> Corner {
        let by = |place: Place, by: i32, size: u32| match place {
            Place::Free(at) => {
                Place::Free((i64::from(at) + i64::from(by)).rem_euclid(i64::from(size)) as u32)
            }
            place => place,
        };
        Corner {
            row: by(corner.row, self.moved.0, LAST.0 + 1),
            column: by(corner.column, self.moved.1, LAST.1 + 1),
        }
    }
}

/// Reads one edge of a whole row or column, with or without its `$`.
fn edge(word: &str, read: impl Fn(&str) -> Option<u32>) -> Option<Place> {
    match word.strip_prefix('$') {
        Some(rest) => read(rest).map(Place::Fixed),
        None => read(word).map(Place::Free),
    }
}

/// Returns the bytes of the longest beginning that may be a cell by numbers: letters `R` and `C`, each with digits or
/// brackets behind it.
fn end_of_cell(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut letters = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'R' | b'r' if letters == 0 => letters += 1,
            b'C' | b'c' if letters < 2 => letters = 2,
            b'0'..=b'9' => {}
            b'[' => {
                let inner = bytes.get(at + 1..).unwrap_or_default();
                let digits = inner
                    .iter()
                    .take_while(|b| matches!(b, b'0'..=b'9' | b'-'))
                    .count();
                if digits == 0 || digits > 9 || inner.get(digits) != Some(&b']') {
                    break;
                }
                at += digits + 1;
            }
            _ => break,
        }
        at += 1;
    }
    at
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\\' | '?' | '$') || !c.is_ascii() && !c.is_whitespace()
}

/// A sheet of this workbook, or of another: `[1]Sheet1`, `C:\[a.xls]Sheet1`. The own workbook has the number 0.
fn target_of(sheet: &str) -> Target {
    let sheet = sheet.strip_prefix("[0]").unwrap_or(sheet);
    if sheet.is_empty() {
        Target::Here
    } else if sheet.contains('[') {
        Target::Elsewhere(sheet.into())
    } else {
        Target::Sheet(Arc::from(sheet))
    }
}

#[cfg(test)]
mod tests {
    use super::parse_text;
    use crate::formula::print;

    fn a1(text: &str) -> String {
        parse_text(text, false, (0, 0), 64)
            .map_or_else(|error| format!("! {error}"), |expr| print(&expr, 0, 0))
    }

    fn r1c1(text: &str) -> String {
        parse_text(text, true, (0, 0), 64)
            .map_or_else(|error| format!("! {error}"), |expr| print(&expr, 4, 4))
    }

    #[test]
    fn texts_are_read_and_printed_the_same() {
        for text in [
            "EXEC(\"calc.exe\")",
            "-2^2",
            "1+2*3&\"a\"\"b\"=-4%",
            "SUM($A$1:B2,,Sheet2!C3)",
            "'My Sheet'!A1&[1]Sheet1!B2",
            "IF(A1>=3,GOTO(Macro1!$B$2),HALT())",
            "{1,2;\"a\",#N/A}",
            "SUM((A1,B2:C3))",
            "SUM(A:C,1:3,$D:$D)",
            "A5()",
            "Macro1!A5()&my.name(1)",
            "LOG10(100)",
            "_xlfn.BITXOR(1,2)",
            "cmd|'/c calc'!A0",
            "Table1[[#This Row],[a]]",
            "SUM(Sheet1:Sheet3!A1)",
            "Sheet1!#REF!",
            "!A1",
            "1.5E+30",
        ] {
            let expected = text.replace("Sheet1!#REF!", "#REF!");
            assert_eq!(a1(text), expected);
        }
        assert_eq!(a1("  exec( \"a\" & b1 ) "), "EXEC(\"a\"&B1)");
        assert_eq!(a1("[0]!Auto"), "Auto");
        assert_eq!(a1("SUM(A:A 3:3)"), "SUM(A:A 3:3)");
    }

    #[test]
    fn cells_by_numbers_are_seen_from_their_cell() {
        assert_eq!(r1c1("R1C1&R[-1]C[2]&RC"), "$A$1&G4&E5");
        assert_eq!(r1c1("RUN(R2C3)"), "RUN($C$2)");
        assert_eq!(r1c1("Sheet1!R1C1:R2C2"), "Sheet1!$A$1:$B$2");
        assert_eq!(r1c1("RETURN()"), "RETURN()");
        assert_eq!(r1c1("CHAR(R)"), "CHAR(R)");
        assert_eq!(r1c1("SUM(C1)"), "SUM($A:$A)");
    }

    #[test]
    fn what_is_no_formula_is_told() {
        for text in ["", "1+", "(1", "\"a", "A1 B", "SUM(1", "{1,}", "1 2", "'a'b"] {
            assert!(
                parse_text(text, false, (0, 0), 64).is_err() || text == "A1 B",
                "{text}"
            );
        }
        let deep = "(".repeat(1000) + "1" + &")".repeat(1000);
        assert!(
            parse_text(&deep, false, (0, 0), 64)
                .unwrap_err()
                .contains("64 levels")
        );
        let signs = "-".repeat(100_000) + "1";
        assert!(parse_text(&signs, false, (0, 0), 64).is_err());
        let long = vec!["CHAR(65)"; 20_000].join("&");
        assert!(parse_text(&long, false, (0, 0), 64).is_ok());
    }
}
