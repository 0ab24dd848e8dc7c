//! The tree of a parsed module. Names are lower-case; spans are bytes of the module's source.

use super::operate::Operator;
use super::value::{Type, Value};
use std::rc::Rc;

/// A name in lower case.
pub(super) type Name = Rc<str>;

/// A parsed module.
#[derive(Debug, Default)]
pub(super) struct Unit {
    /// `Option Explicit`: every variable is declared.
    pub explicit: bool,
    /// `Option Compare Text`.
    pub text_compare: bool,
    /// `Option Base`.
    pub base: i32,
    /// The module belongs to a document or form, whose controls and properties are names in it.
    pub hosted: bool,
    /// `VB_Base`: the class of the document or form that the module belongs to.
    pub host_class: Option<Name>,
    /// The module is a class that `New` makes objects of.
    pub class: bool,
    /// Module-level variables.
    pub variables: Vec<Variable>,
    /// Constants, enumeration members among them.
    pub constants: Vec<Constant>,
    /// Procedures of libraries (`Declare`).
    pub externals: Vec<External>,
    /// User-defined types.
    pub records: Vec<Record>,
    /// Procedures.
    pub procedures: Vec<Rc<Procedure>>,
    /// Statements outside of procedures: VBScript runs them.
    pub top: Vec<Statement>,
    /// Classes of a VBScript text.
    pub classes: Vec<(Name, Unit)>,
}

/// A declared variable, parameter or member of a type.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub name: Name,
    pub kind: Type,
    /// The bounds of an array; empty for one that `ReDim` gives its size.
    pub bounds: Option<Vec<Bound>>,
    /// `As New`: made at first use.
    pub new: bool,
}

/// The bounds of one dimension.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub lower: Option<Expr>,
    pub upper: Expr,
}

/// A constant.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    pub name: Name,
    pub kind: Type,
    /// `None` for an enumeration member that follows the one before.
    pub value: Option<Expr>,
    /// The first of an enumeration.
    pub first: bool,
}

/// A procedure of a library.
#[derive(Debug)]
pub(super) struct External {
    pub name: Name,
    /// The library's file, as written.
    pub library: String,
    /// The name inside the library.
    pub entry: String,
    pub parameters: Vec<Parameter>,
}

/// A user-defined type.
#[derive(Debug)]
pub(super) struct Record {
    pub name: Name,
    pub members: Vec<Variable>,
}

/// What a procedure is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Sub,
    Function,
    Get,
    Put,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub variable: Variable,
    pub by_value: bool,
    pub rest: bool,
    pub default: Option<Expr>,
}

/// A procedure.
#[derive(Debug)]
pub(super) struct Procedure {
    pub name: Name,
    pub purpose: Purpose,
    pub kind: Type,
    pub private: bool,
    pub parameters: Vec<Parameter>,
    pub body: Block,
    pub start: usize,
    pub end: usize,
}

/// Statements in order.
pub(super) type Block = Vec<Statement>;

/// A statement with its place.
#[derive(Debug)]
pub(super) struct Statement {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// What a statement does.
#[derive(Debug)]
pub(super) enum Kind {
    /// `Let` and plain assignment.
    Let { target: Expr, value: Expr },
    /// `LSet`, `RSet`: the text keeps its length.
    Align { target: Expr, value: Expr, right: bool },
    /// `Set`.
    Set { target: Expr, value: Expr },
    /// `Mid(target, start, length) = value`.
    Mid {
        target: Expr,
        start: Expr,
        length: Option<Expr>,
        value: Expr,
    },
    /// A call whose result is dropped.
    Call(Expr),
    /// `If` with its arms in order.
    If {
        arms: Vec<(Expr, Block)>,
        otherwise: Block,
    },
    /// `Select Case`.
    Select {
        subject: Expr,
        cases: Vec<(Vec<Test>, Block)>,
        otherwise: Block,
    },
    /// `For … Next`.
    For {
        counter: Expr,
        from: Expr,
        to: Expr,
        step: Option<Expr>,
        body: Block,
    },
    /// `For Each … Next`.
    ForEach { item: Expr, of: Expr, body: Block },
    /// `Do … Loop` and `While … Wend`.
    Loop {
        before: Option<Condition>,
        after: Option<Condition>,
        body: Block,
    },
    /// `With`.
    With { subject: Expr, body: Block },
    /// `Dim`, `Static`.
    Dim { variables: Vec<Variable>, kept: bool },
    /// `Const`.
    Const(Vec<Constant>),
    /// `ReDim`.
    ReDim { preserve: bool, arrays: Vec<Resize> },
    /// `Erase`.
    Erase(Vec<Expr>),
    /// A place to jump to.
    Label(Name),
    /// `GoTo`.
    GoTo(Name),
    /// `GoSub`.
    GoSub(Name),
    /// `On selector GoTo labels` and `On selector GoSub labels`.
    Switch {
        selector: Expr,
        labels: Vec<Name>,
        sub: bool,
    },
    /// `Return`.
    Return,
    /// `On Error`.
    OnError(Handler),
    /// `Resume`.
    Resume(Resume),
    /// `Exit Sub`, `Exit Do`, ….
    Exit(Exit),
    /// `End`: the script ends.
    End,
    /// `Open`.
    Open { path: Expr, write: bool, number: Expr },
    /// `Print #`, `Write #`.
    Print {
        number: Expr,
        items: Vec<Expr>,
        line: bool,
        quoted: bool,
    },
    /// `Put #`.
    Put {
        number: Expr,
        at: Option<Expr>,
        value: Expr,
    },
    /// `Get #`, `Input #`, `Line Input #`: the targets become unknown.
    Get(Vec<Expr>),
    /// `Close`; without numbers all files.
    Close(Vec<Expr>),
    /// `Name from As to`.
    Rename { from: Expr, to: Expr },
    /// A statement that changes nothing here.
    Nothing,
}

/// An array that gets a size.
#[derive(Debug)]
pub(super) struct Resize {
    pub target: Expr,
    pub bounds: Vec<Bound>,
    pub kind: Option<Type>,
}

/// The condition of a loop.
#[derive(Debug)]
pub(super) struct Condition {
    pub until: bool,
    pub test: Expr,
}

/// A test of a `Case`.
#[derive(Debug)]
pub(super) enum Test {
    Equal(Expr),
    Range(Expr, Expr),
    Compare(Operator, Expr),
}

/// What `On Error` asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Handler {
    None,
    Next,
    Label(Name),
}

/// Where `Resume` goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Resume {
    Same,
    Next,
    Label(Name),
}

/// What `Exit` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Procedure,
    For,
    Do,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub node: Node,
    pub start: usize,
    pub end: usize,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Literal(Value),
    Name(Name),
    /// `Nothing` stands for an object left out.
    Member(Box<Expr>, Name),
    /// `.name` inside `With`.
    WithMember(Name),
    /// The subject of `With`, in `!name`.
    WithSubject,
    /// A call or an index.
    Call(Box<Expr>, Vec<Argument>),
    New(Name),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    Not(Box<Expr>),
    /// Operands at one level of precedence, from left to right.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    /// `TypeOf object Is class`.
    TypeOf(Box<Expr>),
    /// `AddressOf procedure`.
    AddressOf,
    /// Parentheses around an expression.
    Group(Box<Expr>),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub name: Option<Name>,
    /// `None` where it is left out.
    pub value: Option<Expr>,
}
