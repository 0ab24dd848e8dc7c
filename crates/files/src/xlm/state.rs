//! What one run of the macros has made of the workbook.

use super::listing::Spot;
use super::value::{CellAt, Value};
use crate::formula::Expr;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
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
    /// Which of these have a formula that was written.
    pub written: BTreeSet<CellAt>,
    /// Runs of cells of a column that hold no formula any more: the last row by the first cell.
    emptied: BTreeMap<CellAt, u32>,
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

impl State {
    /// Puts a slot into a cell.
    pub fn put(&mut self, at: CellAt, slot: Slot) {
        if slot.formula.is_some() {
            self.written.insert(at);
            self.refill(at);
        } else {
            self.written.remove(&at);
            if slot.replaced {
                self.empty(at);
            }
        }
        self.cells.insert(at, slot);
    }

    /// Returns the last cell of the run of emptied ones that a cell stands in.
    pub fn emptied_to(&self, at: CellAt) -> Option<CellAt> {
        let (_, row) = self.run_of(at)?;
        Some(CellAt { row, ..at })
    }

    fn run_of(&self, at: CellAt) -> Option<(CellAt, u32)> {
        let (first, last) = self.emptied.range(..=at).next_back()?;
        let holds = first.sheet == at.sheet && first.column == at.column && *last >= at.row;
        holds.then_some((*first, *last))
    }

    fn empty(&mut self, at: CellAt) {
        if self.run_of(at).is_some() {
            return;
        }
        let before = at
            .row
            .checked_sub(1)
            .and_then(|row| self.run_of(CellAt { row, ..at }));
        let first = before.map_or(at, |(first, _)| first);
        let behind = at.row.checked_add(1).map(|row| CellAt { row, ..at });
        let last = behind.and_then(|behind| self.emptied.remove(&behind));
        self.emptied.insert(first, last.unwrap_or(at.row));
    }

    fn refill(&mut self, at: CellAt) {
        let Some((first, last)) = self.run_of(at) else {
            return;
        };
        self.emptied.remove(&first);
        if let Some(before) = at.row.checked_sub(1).filter(|row| *row >= first.row) {
            self.emptied.insert(first, before);
        }
        if let Some(row) = at.row.checked_add(1).filter(|row| *row <= last) {
            self.emptied.insert(CellAt { row, ..at }, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emptied_cells_stand_in_runs() {
        let at = |row| CellAt {
            sheet: 0,
            column: 1,
            row,
        };
        let mut state = State::default();
        for row in [4, 6, 5, 9] {
            state.empty(at(row));
        }
        assert_eq!(state.emptied_to(at(4)), Some(at(6)));
        assert_eq!(state.emptied_to(at(7)), None);
        assert_eq!(state.emptied.len(), 2);
        state.refill(at(5));
        assert_eq!(state.emptied_to(at(4)), Some(at(4)));
        assert_eq!(state.emptied_to(at(5)), None);
        assert_eq!(state.emptied_to(at(6)), Some(at(6)));
    }
}
