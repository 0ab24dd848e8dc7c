//! What one run of the macros has made of the workbook.

use super::listing::Spot;
use super::value::{CellAt, Value};
use crate::formula::Expr;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

/// Why an evaluation does not go on below its cell.
#[derive(Debug)]
pub(super) enum Stop {
    /// A limit was reached.
    Limit(strongroom_model::Limit),
    /// It goes on at another cell.
    Goto(CellAt),
    /// The macro returns.
    Return(Value),
    /// All macros end.
    Halt,
    /// The workbook is closed.
    End,
}

impl From<strongroom_model::Limit> for Stop {
    fn from(limit: strongroom_model::Limit) -> Self {
        Stop::Limit(limit)
    }
}

/// A result that may end the run.
pub(super) type Eval<T> = Result<T, Stop>;

/// What a run has put into a cell.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// The value; `None` for a formula that was written and not yet run.
    pub value: Option<Value>,
    /// Whether what the file has there is gone.
    pub replaced: bool,
    /// The formula that was written.
    pub formula: Option<(Rc<Expr>, Spot)>,
}

/// A loop that is open.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    /// The cell of its `WHILE` or `FOR`.
    pub at: CellAt,
    pub kind: LoopKind,
}

#[derive(Clone, Debug)]
pub(super) enum LoopKind {
    /// `WHILE`; whether its condition was unknown before.
    While(bool),
    /// `FOR` with what its name holds next.
    For {
        name: String,
        next: f64,
        end: f64,
        step: f64,
    },
    /// `FOR.CELL` with the cells that are left.
    Cells { name: String, left: VecDeque<CellAt> },
    /// A loop whose bounds are unknown: it runs once.
    Once,
}

/// A macro that runs.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub loops: Vec<Loop>,
    /// Arguments that `ARGUMENT` has not taken; `None` where nobody is known to call.
    pub arguments: Option<VecDeque<Value>>,
}

/// A function that `REGISTER` made callable.
#[derive(Clone, Debug)]
pub(super) struct Native {
    pub library: String,
    pub entry: String,
}

/// A file that `FOPEN` opened.
#[derive(Clone, Debug)]
pub(super) struct OpenFile {
    pub path: crate::script::Text,
    pub content: Option<Vec<u8>>,
    pub written: bool,
    pub spot: Spot,
}

/// All that a run changes.
#[derive(Debug, Default)]
pub(super) struct State {
    pub cells: BTreeMap<CellAt, Slot>,
    /// Whether a cell of a worksheet was written, so that its formulas come to something else.
    pub wrote_data: bool,
    pub names: HashMap<String, Value>,
    pub functions: Vec<Native>,
    /// Registered functions by the name that formulas call them by.
    pub aliases: HashMap<String, usize>,
    pub files: Vec<OpenFile>,
    /// Conversations: program and topic.
    pub channels: Vec<crate::script::Text>,
    /// Bytes that were copied to memory, and where that began.
    pub memory: Vec<u8>,
    pub memory_at: Option<Spot>,
    pub active: Option<CellAt>,
    pub frames: Vec<Frame>,
    /// Macros that events start later.
    pub later: VecDeque<CellAt>,
}
