//! Formulas as texts, with `A1` references (ECMA-376 part 1, 18.17) or `R1C1` ones (SYLK, and what macros write).

mod reference;

use super::functions::named;
use super::{Binary, Callee, Expr, Target};
use crate::workbook::ErrorCode;
use reference::target_of;

/// Constants of one array.
const CONSTANTS: usize = 1 << 16;

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
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\\' | '?' | '$') || !c.is_ascii() && !c.is_whitespace()
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
