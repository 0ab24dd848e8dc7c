//! The syntax tree of a PowerShell text. Every node keeps the bytes that it came from.
//!
//! Chains (`'a'+'b'+…`, `.Replace(…).Replace(…)…`) are flat lists and not left-deep trees: a script may hold
//! ten thousand links, and the stack does not. Blocks stand in boxes, so that what the parser hands up level by level is small.

use super::value::Value;
use std::rc::Rc;

/// The bytes of a node in its layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Place {
    pub(super) fn new(start: usize, end: usize) -> Self {
        Place { start, end }
    }

    /// Returns the text of the place.
    pub(super) fn of(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }
}

/// A list of statements with its parameters: a script, a script block, a function's body.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) params: Vec<Param>,
    pub(super) begin: Vec<Statement>,
    pub(super) process: Vec<Statement>,
    pub(super) statements: Vec<Statement>,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) default: Option<Expr>,
}

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) kind: StatementKind,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) enum StatementKind {
    Pipeline(Vec<Element>),
    Assign {
        target: Expr,
        operator: Option<BinaryOp>,
        value: Box<Statement>,
    },
    Function(Rc<Function>),
    If {
        arms: Vec<(Statement, Block)>,
        otherwise: Option<Box<Block>>,
    },
    Switch(Box<Switch>),
    While {
        condition: Box<Statement>,
        body: Box<Block>,
    },
    Do {
        body: Box<Block>,
        condition: Box<Statement>,
        until: bool,
    },
    For(Box<For>),
    Foreach {
        variable: String,
        over: Box<Statement>,
        body: Box<Block>,
    },
    Try {
        body: Box<Block>,
        catches: Vec<Block>,
        finally: Option<Box<Block>>,
    },
    Trap(Box<Block>),
    Return(Option<Box<Statement>>),
    Throw(Option<Box<Statement>>),
    Exit,
    Break,
    Continue,
    Class(Rc<Class>),
    Enum(Rc<Enumeration>),
    /// `using namespace …`
    Using(String),
    /// A `data` section: a value, or a variable.
    Data {
        name: Option<String>,
        body: Box<Block>,
    },
    /// Kept as text: a declaration that is not read, or what could not be parsed.
    Text,
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: String,
    /// The base class and interfaces.
    pub(super) bases: Vec<String>,
    pub(super) properties: Vec<Property>,
    /// Methods, and constructors by the name of the class.
    pub(super) methods: Vec<Method>,
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) kind: Option<String>,
    /// `static`
    pub(super) fixed: bool,
    pub(super) value: Option<Statement>,
}

#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) kind: Option<String>,
    /// `static`
    pub(super) fixed: bool,
    /// What a constructor hands to that of the base class.
    pub(super) base: Option<Vec<Expr>>,
    pub(super) body: Rc<Block>,
}

#[derive(Debug)]
pub(super) struct Enumeration {
    pub(super) name: String,
    /// `[Flags()]` stands in front.
    pub(super) flags: bool,
    pub(super) values: Vec<(String, Option<Expr>)>,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) body: Rc<Block>,
    /// A `filter`: its body runs for each item of the pipeline.
    pub(super) filter: bool,
}

#[derive(Debug)]
pub(super) struct Switch {
    pub(super) over: Statement,
    pub(super) matching: Matching,
    pub(super) arms: Vec<(Expr, Block)>,
    pub(super) otherwise: Option<Box<Block>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    Exact,
    Wildcard,
    Regex,
}

#[derive(Debug)]
pub(super) struct For {
    pub(super) first: Option<Statement>,
    pub(super) condition: Option<Statement>,
    pub(super) step: Option<Statement>,
    pub(super) body: Box<Block>,
}

/// One stage of a pipeline.
#[derive(Debug)]
pub(super) enum Element {
    Expression(Expr, Vec<Redirection>),
    Command(Command),
}

#[derive(Debug)]
pub(super) struct Command {
    /// Whether `&` or `.` stands before it.
    pub(super) call: Option<Call>,
    pub(super) name: Expr,
    pub(super) arguments: Vec<Argument>,
    pub(super) redirections: Vec<Redirection>,
    pub(super) place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Ampersand,
    Dot,
}

#[derive(Debug)]
pub(super) enum Argument {
    Value(Expr),
    /// `-Name` or `-Name:value`.
    Parameter {
        name: String,
        value: Option<Expr>,
    },
    /// `@name`.
    Splat(String),
}

/// A stream sent to a file; streams sent to each other are dropped, they change no effect.
#[derive(Debug)]
pub(super) struct Redirection {
    pub(super) to: Expr,
}

#[derive(Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) enum ExprKind {
    /// A number or an unexpandable string; a bare word of a command too.
    Literal(Value),
    /// A number in command mode, which a native program receives as written.
    Written(Value, String),
    /// A double-quoted string or bare word with parts to expand.
    Expandable(Vec<Piece>),
    Variable(String),
    Array(Vec<Expr>),
    ArrayOf(Box<Block>),
    SubExpression(Box<Block>),
    Paren(Box<Statement>),
    Hash(Vec<(Expr, Statement)>),
    ScriptBlock(Rc<Block>),
    Type(String),
    Cast(String, Box<Expr>),
    Unary(UnaryOp, Box<Expr>),
    /// Operators of one precedence, applied from the left.
    Chain(Box<Expr>, Vec<(BinaryOp, Expr)>),
    /// `condition ? one : other`
    Ternary(Box<[Expr; 3]>),
    /// Members, calls and indexes, applied from the left.
    Postfix(Box<Expr>, Vec<Suffix>),
}

#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Expr(Expr),
}

#[derive(Debug)]
pub(super) struct Suffix {
    pub(super) kind: SuffixKind,
    /// The byte after it.
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) enum SuffixKind {
    Index(Expr),
    Member {
        name: Expr,
        fixed: bool,
    },
    Invoke {
        name: Expr,
        fixed: bool,
        arguments: Vec<Expr>,
    },
    Increment(i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnaryOp {
    Minus,
    Plus,
    Not,
    BitNot,
    Split,
    Join,
    Comma,
    Increment,
    Decrement,
}

/// A binary operator; those with a case-sensitive form carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Format,
    Range,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
    Coalesce,
    Join,
    Is,
    IsNot,
    As,
    Compare(Comparison, Case),
    Split(Case),
    Replace(Case),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Insensitive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Like,
    NotLike,
    Match,
    NotMatch,
    Contains,
    NotContains,
    In,
    NotIn,
}

impl BinaryOp {
    /// Returns the operator that a dash word names (`join`, `ceq`, `bxor`), already in lower case.
    pub(super) fn of_word(word: &str) -> Option<BinaryOp> {
        Some(match word {
            "f" => BinaryOp::Format,
            "band" => BinaryOp::BitAnd,
            "bor" => BinaryOp::BitOr,
            "bxor" => BinaryOp::BitXor,
            "shl" => BinaryOp::ShiftLeft,
            "shr" => BinaryOp::ShiftRight,
            "and" => BinaryOp::And,
            "or" => BinaryOp::Or,
            "xor" => BinaryOp::Xor,
            "join" => BinaryOp::Join,
            "is" => BinaryOp::Is,
            "isnot" => BinaryOp::IsNot,
            "as" => BinaryOp::As,
            _ => return cased(word),
        })
    }

    /// Returns how tightly it binds; more is tighter.
    pub(super) fn binding(self) -> u8 {
        match self {
            BinaryOp::Coalesce => 0,
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => 1,
            BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => 2,
            BinaryOp::Join
            | BinaryOp::Is
            | BinaryOp::IsNot
            | BinaryOp::As
            | BinaryOp::Compare(..)
            | BinaryOp::Split(_)
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight
            | BinaryOp::Replace(_) => 3,
            BinaryOp::Add | BinaryOp::Subtract => 4,
            BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => 5,
            BinaryOp::Format => 6,
            BinaryOp::Range => 7,
        }
    }
}

/// The operators that exist in three forms: `-eq`, `-ieq`, `-ceq`.
fn cased(word: &str) -> Option<BinaryOp> {
    let plain = |word: &str, case| {
        Some(match word {
            "split" => BinaryOp::Split(case),
            "replace" => BinaryOp::Replace(case),
            "eq" => BinaryOp::Compare(Comparison::Equal, case),
            "ne" => BinaryOp::Compare(Comparison::NotEqual, case),
            "gt" => BinaryOp::Compare(Comparison::Greater, case),
            "ge" => BinaryOp::Compare(Comparison::GreaterEqual, case),
            "lt" => BinaryOp::Compare(Comparison::Less, case),
            "le" => BinaryOp::Compare(Comparison::LessEqual, case),
            "like" => BinaryOp::Compare(Comparison::Like, case),
            "notlike" => BinaryOp::Compare(Comparison::NotLike, case),
            "match" => BinaryOp::Compare(Comparison::Match, case),
            "notmatch" => BinaryOp::Compare(Comparison::NotMatch, case),
            "contains" => BinaryOp::Compare(Comparison::Contains, case),
            "notcontains" => BinaryOp::Compare(Comparison::NotContains, case),
            "in" => BinaryOp::Compare(Comparison::In, case),
            "notin" => BinaryOp::Compare(Comparison::NotIn, case),
            _ => return None,
        })
    };
    plain(word, Case::Insensitive)
        .or_else(|| plain(word.strip_prefix('i')?, Case::Insensitive))
        .or_else(|| plain(word.strip_prefix('c')?, Case::Sensitive))
}
