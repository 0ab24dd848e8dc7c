//! The machine that runs macro sheets: entries, runs, the way down a column.

use super::Evaluated;
use super::listing::{Listing, Spot};
use super::state::{Eval, Frame, Slot, State, Stop};
use super::value::{CellAt, Value};
use crate::formula::{self, Expr, Site};
use crate::script::{Action, Budget, Effect, Unfolded};
use crate::workbook::{Cell, SheetKind, Workbook, auto_run, column_letters};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Bound;
use std::rc::Rc;
use strongroom_model::{Gap, Layer, Limit, Why};

/// Runs that one entry may split into.
const RUNS: usize = 64;
/// Times that one condition splits a run.
const SPLITS: u32 = 8;
/// Calls and expressions inside each other.
const DEPTH: u32 = 150;
/// Effects of one place.
const EFFECTS: usize = 256;
/// Bytes of each listing.
const LISTING: u64 = 4 << 20;

/// How a statement goes on.
pub(super) enum Next {
    /// With the cell below, having come to a value.
    Down(Value),
    /// With another cell.
    At(CellAt),
}

pub(super) struct Machine<'a, 'b, 'l> {
    pub book: &'a Workbook,
    pub budget: &'b mut Budget<'l>,
    pub listing: Listing,
    pub state: State,
    /// The cell that runs, and where it stands in the listings.
    pub here: CellAt,
    pub spot: Spot,
    /// How many evaluations are such that nothing may happen: a cell that is looked at.
    pub quiet: u32,
    pub sheets: HashMap<String, usize>,
    pub names: HashMap<String, Vec<usize>>,
    /// Formulas of the file that were read.
    parsed: HashMap<CellAt, Option<Rc<Expr>>>,
    /// Cells of macro sheets that have a formula in the file.
    formulas: BTreeSet<CellAt>,
    /// Formulas of names that were read.
    parsed_names: HashMap<usize, Option<Rc<Expr>>>,
    reached: HashSet<CellAt>,
    reached_written: HashSet<Spot>,
    automatic: bool,
    pub(super) effects: Vec<(Action, Spot, bool)>,
    by_spot: HashMap<Spot, Vec<usize>>,
    pub(super) gaps: Vec<Gap>,
    depth: u32,
    pub(super) decisions: Vec<bool>,
    pub(super) taken: usize,
    pub(super) forks: Vec<Vec<bool>>,
    splits: HashMap<(CellAt, u32), u32>,
    /// Conditions that the cell at hand has met.
    pub(super) conditions: u32,
}

const NOWHERE: Spot = Spot {
    written: false,
    start: 0,
    end: 0,
};

impl<'a, 'b, 'l> Machine<'a, 'b, 'l> {
    pub fn new(book: &'a Workbook, budget: &'b mut Budget<'l>) -> Self {
        let room = LISTING.min(budget.limits().value_bytes) as usize;
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, name) in book.names.iter().enumerate() {
            names.entry(name.name.to_lowercase()).or_default().push(index);
        }
        let sheets = book.sheets.iter().enumerate();
        Machine {
            book,
            budget,
            listing: Listing::new(room),
            state: State::default(),
            here: CellAt {
                sheet: 0,
                column: 0,
                row: 0,
            },
            spot: NOWHERE,
            quiet: 0,
            sheets: sheets
                .rev()
                .map(|(index, sheet)| (sheet.name.to_lowercase(), index))
                .collect(),
            names,
            parsed: HashMap::new(),
            parsed_names: HashMap::new(),
            formulas: BTreeSet::new(),
            reached: HashSet::new(),
            reached_written: HashSet::new(),
            automatic: true,
            effects: Vec::new(),
            by_spot: HashMap::new(),
            gaps: Vec::new(),
            depth: 0,
            decisions: Vec::new(),
            taken: 0,
            forks: Vec::new(),
            splits: HashMap::new(),
            conditions: 0,
        }
    }

    /// Runs all and returns what it came to.
    pub fn evaluate(mut self) -> Evaluated {
        self.list();
        let (entry, starts) = self.entries();
        let mut whole = self.paths(&starts, true);
        let apart = self.apart();
        self.automatic = false;
        // What nothing reached runs by itself, each macro for itself; a cell that one has run is not started again.
        let left: Vec<CellAt> = self.formulas.iter().copied().collect();
        for at in left {
            if whole && !self.reached.contains(&at) {
                whole = self.paths(&[at], false);
            }
        }
        self.finish(entry, apart)
    }

    /// Lists the cells of the macro sheets, column by column, as they run.
    fn list(&mut self) {
        for (index, sheet) in self.book.sheets.iter().enumerate() {
            if sheet.kind != SheetKind::Macro {
                continue;
            }
            let mut cells: Vec<&Cell> = sheet.cells.iter().collect();
            cells.sort_by_key(|cell| (cell.column, cell.row));
            for cell in cells {
                let at = CellAt {
                    sheet: index,
                    column: cell.column,
                    row: cell.row,
                };
                let text = match &cell.formula {
                    Some(_) => {
                        self.formulas.insert(at);
                        let shown = self
                            .original(at)
                            .map(|expr| formula::print(&expr, at.row, at.column));
                        format!("={}", shown.unwrap_or_else(|| "⟨unreadable⟩".into()))
                    }
                    None => Value::of_cell(&cell.value).written(),
                };
                let line = format!("{}: {text}", self.place(at));
                self.listing.source(at, &line);
            }
        }
    }

    /// Returns a cell as reports write it.
    pub fn place(&self, at: CellAt) -> String {
        let sheet = self
            .book
            .sheets
            .get(at.sheet)
            .map_or("?", |sheet| sheet.name.as_str());
        format!("{sheet}!{}{}", column_letters(at.column), u64::from(at.row) + 1)
    }

    /// Returns the cells where Excel starts, those of `Auto_Open` first, and the first one's name.
    fn entries(&mut self) -> (Option<String>, Vec<CellAt>) {
        let mut found: Vec<(&str, String, Option<CellAt>)> = Vec::new();
        for index in 0..self.book.names.len() {
            let Some(name) = self.book.names.get(index) else {
                break;
            };
            let (Some(kind), true) = (auto_run(&name.name), name.formula.is_some()) else {
                continue;
            };
            let at = self
                .name_by_index(index)
                .ok()
                .and_then(|value| self.start_of(&value));
            found.push((kind, name.name.clone(), at));
        }
        found.sort_by_key(|(kind, ..)| !kind.ends_with("Open"));
        for (_, name, at) in &found {
            if at.is_none() {
                self.gap(Gap::new(
                    name.as_str(),
                    Why::Unsupported,
                    "where it starts a macro is not known",
                ));
            }
        }
        // Names may start procedures of Visual Basic, or cells of a worksheet, which do not run.
        let runs = |at: &CellAt| {
            self.book
                .sheets
                .get(at.sheet)
                .is_some_and(|sheet| sheet.kind == SheetKind::Macro)
        };
        let starting: Vec<(String, CellAt)> = found
            .into_iter()
            .filter_map(|(_, name, at)| Some((name, at.filter(runs)?)))
            .collect();
        let entry = starting.first().map(|(name, _)| name.clone());
        (entry, starting.into_iter().map(|(_, at)| at).collect())
    }

    /// Runs the entries one behind the other, once for each way that unknown conditions may go. Returns whether steps
    /// are left.
    fn paths(&mut self, starts: &[CellAt], called: bool) -> bool {
        self.forks = vec![Vec::new()];
        self.splits = HashMap::new();
        let (mut runs, mut whole) = (0, true);
        while let Some(decisions) = self.forks.pop() {
            runs += 1;
            if runs > RUNS {
                let what = format!("{RUNS} ways through unknown conditions");
                self.gap(Gap::limit("macros", Limit::Layers, what));
                break;
            }
            self.decisions = decisions;
            self.taken = 0;
            self.state = State::default();
            match self.path(starts, called) {
                Err(Stop::Limit(Limit::Nesting)) => {
                    let what = format!("{DEPTH} calls inside each other");
                    self.gap(Gap::limit("macros", Limit::Nesting, what));
                }
                Err(Stop::Limit(limit)) => {
                    self.gap(Gap::limit("macros", limit, "of the evaluation of macros"));
                    whole = false;
                }
                _ => {}
            }
            self.close_all();
            if !whole {
                break;
            }
        }
        whole
    }

    fn path(&mut self, starts: &[CellAt], called: bool) -> Eval<()> {
        let mut waiting: VecDeque<CellAt> = starts.iter().copied().collect();
        let mut started: HashSet<CellAt> = HashSet::new();
        while let Some(at) = waiting.pop_front() {
            (self.depth, self.quiet) = (0, 0);
            self.state.frames.clear();
            let arguments = called.then(VecDeque::new);
            match self.run(at, arguments) {
                Err(Stop::Halt) | Ok(_) => {}
                Err(Stop::End) => return Ok(()),
                Err(stop) => return Err(stop),
            }
            // A macro that starts itself again later has been seen.
            while let Some(at) = self.state.later.pop_front() {
                if started.insert(at) {
                    waiting.push_back(at);
                }
            }
        }
        Ok(())
    }

    /// Takes one level of nesting.
    pub fn enter(&mut self) -> Eval<()> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Stop::Limit(Limit::Nesting));
        }
        Ok(())
    }

    /// Gives it back.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Runs a macro from a cell down to where it returns.
    pub fn run(&mut self, start: CellAt, arguments: Option<VecDeque<Value>>) -> Eval<Value> {
        self.enter()?;
        let (here, spot, conditions) = (self.here, self.spot, self.conditions);
        self.state.frames.push(Frame {
            loops: Vec::new(),
            arguments,
        });
        let result = self.down(start);
        self.state.frames.pop();
        (self.here, self.spot, self.conditions) = (here, spot, conditions);
        self.leave();
        result
    }

    fn down(&mut self, start: CellAt) -> Eval<Value> {
        let mut at = start;
        loop {
            self.budget.step()?;
            let Some(next) = self.next_formula(at) else {
                return Ok(Value::Empty);
            };
            at = match self.statement_at(next) {
                Ok(Next::Down(value)) => {
                    self.keep(next, value);
                    below(next)
                }
                Ok(Next::At(next)) => next,
                Err(Stop::Goto(next)) => next,
                Err(Stop::Return(value)) => return Ok(value),
                Err(stop) => return Err(stop),
            };
        }
    }

    fn statement_at(&mut self, at: CellAt) -> Eval<Next> {
        self.here = at;
        self.conditions = 0;
        let (expr, spot) = self.formula_at(at);
        self.spot = spot;
        // What was written over the cell's own formula is not that formula.
        if !spot.written {
            self.reached.insert(at);
        }
        if self.automatic {
            self.reached_written.insert(spot);
        }
        match expr {
            Some(expr) => self.statement(&expr),
            None => Ok(Next::Down(Value::unknown("unreadable"))),
        }
    }

    /// Keeps what a formula came to; the formula stays.
    fn keep(&mut self, at: CellAt, value: Value) {
        let slot = self.state.cells.entry(at).or_insert(Slot {
            value: None,
            replaced: false,
            formula: None,
        });
        slot.value = Some(value);
    }

    /// Returns the first cell with a formula from here down.
    pub fn next_formula(&mut self, at: CellAt) -> Option<CellAt> {
        let end = CellAt { row: u32::MAX, ..at };
        let written = self.state.written.range(at..=end).next().copied();
        let mut from = Bound::Included(at);
        let own = loop {
            let next = self.formulas.range((from, Bound::Included(end))).next().copied();
            // A run of cells that were emptied is passed over in one step.
            match next.and_then(|at| self.state.emptied_to(at)) {
                Some(last) if last < end => from = Bound::Excluded(last),
                Some(_) => break None,
                None => break next,
            }
        };
        match (written, own) {
            (Some(written), Some(own)) => Some(written.min(own)),
            (written, own) => written.or(own),
        }
    }

    /// Returns the formula of a cell as it is now, and where it stands.
    pub fn formula_at(&mut self, at: CellAt) -> (Option<Rc<Expr>>, Spot) {
        if let Some(slot) = self.state.cells.get(&at).filter(|slot| slot.replaced) {
            return match &slot.formula {
                Some((expr, spot)) => (Some(expr.clone()), *spot),
                None => (None, NOWHERE),
            };
        }
        let spot = self.listing.spots.get(&at).copied().unwrap_or(NOWHERE);
        (self.original(at), spot)
    }

    /// Returns the formula that the file has in a cell.
    fn original(&mut self, at: CellAt) -> Option<Rc<Expr>> {
        if let Some(known) = self.parsed.get(&at) {
            return known.clone();
        }
        let sheet = self.book.sheets.get(at.sheet)?;
        let source = sheet.cell(at.row, at.column)?.formula.as_ref()?;
        let site = Site {
            book: self.book,
            sheet: Some(sheet),
            nesting: self.budget.limits().nesting,
        };
        let parsed = match formula::parse(source, &site) {
            Ok(expr) => Some(Rc::new(expr)),
            Err(error) => {
                if sheet.kind == SheetKind::Macro {
                    let what = format!("the formula cannot be read: {error}");
                    self.gap(Gap::new(self.place(at), Why::Damaged, what));
                }
                None
            }
        };
        self.parsed.insert(at, parsed.clone());
        parsed
    }

    /// Returns the formula of a name; one that cannot be read is none.
    pub fn name_formula(&mut self, index: usize) -> Option<Rc<Expr>> {
        if let Some(known) = self.parsed_names.get(&index) {
            return known.clone();
        }
        let source = self.book.names.get(index)?.formula.as_ref()?;
        let site = Site {
            book: self.book,
            sheet: None,
            nesting: self.budget.limits().nesting,
        };
        let parsed = formula::parse(source, &site).ok().map(Rc::new);
        self.parsed_names.insert(index, parsed.clone());
        parsed
    }

    /// Decides an unknown condition: this run takes one way, another run takes the other.
    pub fn decide(&mut self) -> bool {
        let site = (self.here, self.conditions);
        self.conditions += 1;
        let known = self.decisions.get(self.taken).copied();
        self.taken += 1;
        if let Some(known) = known {
            return known;
        }
        let splits = self.splits.entry(site).or_default();
        *splits += 1;
        if *splits > SPLITS {
            // The condition has been met this often with every way before it; its arms have been seen.
            self.decisions.push(false);
            return false;
        }
        if self.forks.len() >= RUNS {
            let what = format!("{RUNS} ways through unknown conditions");
            self.gap(Gap::limit("macros", Limit::Layers, what));
            self.decisions.push(false);
            return false;
        }
        let mut other = self.decisions.clone();
        other.push(false);
        self.forks.push(other);
        self.decisions.push(true);
        true
    }

    /// Records what the cell at hand would do.
    pub fn act(&mut self, action: Action) {
        self.act_at(action, self.spot);
    }

    pub fn act_at(&mut self, action: Action, spot: Spot) {
        let known = self.by_spot.entry(spot).or_default();
        let same = |index: &usize| {
            self.effects
                .get(*index)
                .is_some_and(|(known, ..)| *known == action)
        };
        if known.len() < EFFECTS && !known.iter().any(same) {
            known.push(self.effects.len());
            self.effects.push((action, spot, self.automatic));
        }
    }

    pub fn gap(&mut self, gap: Gap) {
        if self.gaps.len() < EFFECTS && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Says that code may stand behind what the cell at hand does not know.
    pub fn hidden(&mut self, what: &str) {
        let gap = Gap::new(self.place(self.here), Why::Unsupported, what);
        self.gap(gap);
    }

    fn apart(&self) -> Vec<(usize, usize, usize)> {
        let mut apart: Vec<(usize, usize, usize)> = self
            .listing
            .spots
            .iter()
            .filter(|(at, _)| !self.reached.contains(at))
            .map(|(_, spot)| (0, spot.start, spot.end))
            .collect();
        apart.sort_unstable();
        apart
    }

    fn finish(mut self, entry: Option<String>, mut apart: Vec<(usize, usize, usize)>) -> Evaluated {
        if self.listing.full {
            self.gap(Gap::limit(
                "macros",
                Limit::ValueBytes,
                format!("{LISTING} bytes of a listing"),
            ));
        }
        let layer = |by: &'static str, text: String| Layer { by: by.into(), text };
        let mut layers = vec![layer("source", self.listing.source)];
        if !self.listing.written.is_empty() {
            layers.push(layer("formula", self.listing.written));
        }
        if !self.listing.evaluated.is_empty() {
            layers.push(layer("evaluated", self.listing.evaluated));
        }
        let mut effects = Vec::new();
        for (action, spot, automatic) in self.effects {
            let layer = usize::from(spot.written);
            if spot.written && !automatic {
                apart.push((layer, spot.start, spot.end));
            }
            effects.push(Effect {
                action,
                layer,
                start: spot.start,
                end: spot.end,
            });
        }
        Evaluated {
            unfolded: Unfolded {
                layers,
                effects,
                gaps: self.gaps,
            },
            entry,
            apart,
        }
    }
}

/// Returns the cell below.
pub(super) fn below(at: CellAt) -> CellAt {
    CellAt {
        row: at.row.saturating_add(1),
        ..at
    }
}
