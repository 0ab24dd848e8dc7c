//! Runs a program on values that may be unknown, and records what it would do.
//!
//! Where a condition is unknown, both arms run, each on a state of its own, and what differs afterwards is
//! unknown. Where a loop's end is unknown, its body runs once. An error that nothing handles ends its
//! statement, and the next one is evaluated all the same: the machine that would raise it may differ from what
//! is assumed here, and nothing may hide behind an error.

mod assign;
mod branch;
mod call;
mod excel;
mod execute;
mod expression;
mod external;
mod file;
mod hosted;
mod jump;
mod member;
mod record;
mod repeat;
mod scope;

use super::ast::{Expr, Name, Procedure};
use super::fault::{Eval, Stop};
use super::host::{Document, Item};
use super::library::Group;
use super::parse::Platform;
use super::program::Loaded;
use super::state::{Frame, Place, State};
use super::value::{Value, expression_text};
use crate::script::Budget;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use strongroom_model::{Gap, Limit};

pub(super) use member::{is_address, join_words};
pub(super) use record::Record;

/// Expressions, statements and calls inside each other, all counted together.
const DEPTH: u32 = 220;

/// Operations of the evaluation that make a step of its budget: one is far less than a step of other engines.
const OPERATIONS: u32 = 5;

/// What a name stands for that is no local variable.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The module whose variable it is.
    home: Option<usize>,
    /// The procedure that it calls.
    procedure: Option<(usize, Rc<Procedure>)>,
    /// Whether a library's procedure is declared under it.
    external: bool,
    /// Which functions of the language have one of that name.
    group: Option<Group>,
    /// How many names of module variables there were when this was found out.
    seen: usize,
}

/// Runs one variant of a program.
pub(super) struct Evaluator<'r, 'b> {
    pub budget: &'r mut Budget<'b>,
    pub record: &'r mut Record,
    pub units: Vec<Rc<Loaded>>,
    pub state: State,
    /// What the document holds.
    pub document: &'r Document,
    pub platform: Platform,
    /// What names that are no local variables stand for, for each module: asked for at every use of a name.
    names: Vec<HashMap<Name, Known>>,
    /// The names of all module variables that there ever were.
    globals_named: HashSet<Name>,
    /// What each module is the code of.
    owners: Vec<Option<Rc<Item>>>,
    nothing: Known,
    /// Operations since the last step.
    operations: u32,
    depth: u32,
    reached: BTreeSet<(usize, usize)>,
    /// Labels that ran, by module and byte.
    visited: BTreeSet<(usize, usize)>,
    /// For each call the labels that may be reached in a way that is not evaluated.
    pending: Vec<Vec<Name>>,
    /// How many unknown conditions the evaluation stands behind.
    unsure: u32,
    /// A way out of the running loop may have been taken.
    left_loop: bool,
    /// How many texts were handed to Excel.
    handed: u32,
}

impl<'r, 'b> Evaluator<'r, 'b> {
    /// Loads a program; nothing runs yet.
    pub(super) fn new(
        budget: &'r mut Budget<'b>,
        record: &'r mut Record,
        units: Vec<Rc<Loaded>>,
        document: &'r Document,
        platform: Platform,
    ) -> Self {
        let mut evaluator = Evaluator {
            budget,
            record,
            units,
            state: State::default(),
            document,
            platform,
            names: Vec::new(),
            globals_named: HashSet::new(),
            owners: Vec::new(),
            nothing: Known::default(),
            operations: 0,
            depth: 0,
            reached: BTreeSet::new(),
            visited: BTreeSet::new(),
            pending: Vec::new(),
            unsure: 0,
            left_loop: false,
            handed: 0,
        };
        evaluator.open_globals();
        evaluator
    }

    /// Runs what stands outside of procedures, the entry points, and then what nothing has called.
    pub(super) fn run(&mut self, entries: &[(usize, Name)]) {
        for unit in 0..self.units.len() {
            if !self.goes_on(|this| this.top_level(unit)) {
                return;
            }
        }
        for (unit, name) in entries {
            if let Some(procedure) = self.own_procedure(*unit, name)
                && !self.goes_on(|this| this.root(*unit, procedure))
            {
                return;
            }
        }
        for called in [false, true] {
            for (unit, procedure) in self.unreached(called) {
                let reached = self.reached.contains(&(unit, procedure.start));
                if !reached && !self.goes_on(|this| this.root(unit, procedure)) {
                    return;
                }
            }
        }
    }

    /// Runs a part; false where a limit ended all.
    fn goes_on(&mut self, part: impl FnOnce(&mut Self) -> Eval<()>) -> bool {
        let outcome = part(self);
        self.state.frames.clear();
        self.pending.clear();
        self.depth = 0;
        self.unsure = 0;
        self.left_loop = false;
        self.close_files();
        self.flush_texts();
        self.retire_globals();
        match outcome {
            Err(Stop::Limit(limit)) => {
                self.record
                    .gap(Gap::limit("vba", limit, "the evaluation ended there"));
                false
            }
            _ => true,
        }
    }

    /// Runs a procedure of which nothing says with what it is called.
    fn root(&mut self, unit: usize, procedure: Rc<Procedure>) -> Eval<()> {
        let me = self.instance_of(unit);
        let arguments = procedure
            .parameters
            .iter()
            .map(|parameter| Value::unknown(&parameter.variable.name))
            .collect();
        self.run_procedure(unit, procedure, arguments, me).map(drop)
    }

    /// Returns the procedures that did not run: first those that nothing refers to, then the others.
    fn unreached(&self, called: bool) -> Vec<(usize, Rc<Procedure>)> {
        let mut found = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            for procedure in &unit.unit.procedures {
                let mentioned = self
                    .units
                    .iter()
                    .any(|other| other.mentions(&procedure.name, procedure));
                if mentioned == called {
                    found.push((index, Rc::clone(procedure)));
                }
            }
        }
        found
    }

    /// Runs something one level deeper; too deep is unknown and leaves a gap.
    fn deeper(&mut self, at: &Expr, run: impl FnOnce(&mut Self) -> Eval<Value>) -> Eval<Value> {
        self.step()?;
        if self.depth >= DEPTH {
            self.record.limit(self.place(at), Limit::Nesting);
            return Ok(self.unknown(at));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    /// Takes a step for each 64 units of a value that is looked at or copied.
    pub(in crate::vba) fn toil(&mut self, units: usize) -> Eval<()> {
        for _ in 0..units / 64 {
            self.step()?;
        }
        Ok(())
    }

    /// Counts one operation.
    pub(in crate::vba) fn step(&mut self) -> Eval<()> {
        self.operations += 1;
        if self.operations >= OPERATIONS {
            self.operations = 0;
            self.budget.step()?;
        }
        Ok(())
    }

    /// Returns a copy of the state, with its cost in steps.
    fn copied_state(&mut self) -> Eval<State> {
        let variables: usize = self.state.frames.iter().map(|frame| frame.variables.len()).sum();
        self.toil(variables.saturating_mul(8))?;
        self.toil(self.state.heap.len().saturating_add(self.state.frames.len()))?;
        Ok(self.state.clone())
    }

    /// The module whose code runs.
    fn unit_index(&self) -> usize {
        self.state.frames.last().map_or(0, |frame| frame.unit)
    }

    fn unit(&self) -> Option<&Rc<Loaded>> {
        self.units.get(self.unit_index())
    }

    fn frame(&mut self) -> Option<&mut Frame> {
        self.state.frames.last_mut()
    }

    /// The bytes of the source that an expression stands on.
    pub(super) fn place(&self, at: &Expr) -> Place {
        Place {
            layer: self.unit().map_or(0, |unit| unit.layer),
            start: at.start,
            end: at.end,
        }
    }

    /// The expression as the script writes it.
    pub(super) fn source(&self, at: &Expr) -> Rc<str> {
        let text = self.unit().and_then(|unit| unit.source.get(at.start..at.end));
        expression_text(text.unwrap_or("…"))
    }

    /// The value of an expression that cannot be known.
    pub(super) fn unknown(&self, at: &Expr) -> Value {
        Value::Unknown(self.source(at))
    }
}
