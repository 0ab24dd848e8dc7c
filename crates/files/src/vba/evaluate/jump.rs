//! Blocks of statements, jumps between them, and what an error leads to.

use super::Evaluator;
use crate::vba::ast::{Exit, Handler, Kind, Name, Node, Resume, Statement};
use crate::vba::fault::{Eval, Stop};
use crate::vba::state::Place;
use crate::vba::value::Value;
use std::rc::Rc;
use strongroom_model::Limit;

/// What goes on behind a statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Flow {
    /// The next statement.
    Next,
    /// Out of a loop or procedure.
    Exit(Exit),
    /// To a label.
    GoTo(Name),
    /// Back behind the `GoSub`.
    Return,
    /// Out of an error handler.
    Resume(Resume),
}

impl Evaluator<'_, '_> {
    /// Runs statements in order.
    pub(super) fn block(&mut self, block: &[Statement]) -> Eval<Flow> {
        self.block_from(block, 0)
    }

    fn block_from(&mut self, block: &[Statement], mut at: usize) -> Eval<Flow> {
        let floor = self.floor();
        while let Some(statement) = block.get(at) {
            let mut flow = self.statement(statement)?;
            while let Flow::GoTo(label) = &flow {
                let Some(found) = position(block, label) else {
                    return Ok(flow);
                };
                if found <= at && self.spent(floor, statement) {
                    flow = Flow::Next;
                    break;
                }
                at = found;
                flow = match block.get(at) {
                    Some(inner) if !is_label(inner, label) => self.enter(inner, &Rc::clone(label))?,
                    _ => Flow::Next,
                };
            }
            if flow != Flow::Next {
                return Ok(flow);
            }
            at += 1;
        }
        Ok(Flow::Next)
    }

    /// Runs a statement from a label inside of it; a loop is left behind its body.
    fn enter(&mut self, statement: &Statement, label: &Name) -> Eval<Flow> {
        let inner = blocks(statement)
            .into_iter()
            .find_map(|block| position(block, label).map(|at| (block, at)));
        match inner {
            Some((block, at)) => match block.get(at) {
                Some(found) if is_label(found, label) => self.block_from(block, at),
                Some(found) => self.enter(found, label),
                None => Ok(Flow::Next),
            },
            None => Ok(Flow::Next),
        }
    }

    /// Runs one statement. A run-time error goes to the handler in force; without one the next statement follows.
    fn statement(&mut self, statement: &Statement) -> Eval<Flow> {
        self.step()?;
        match self.perform(statement) {
            Err(Stop::Fault(number)) => self.handle(number),
            Err(Stop::Limit(Limit::ValueBytes)) => {
                self.too_large(statement);
                Ok(Flow::Next)
            }
            other => other,
        }
    }

    /// A value over its bound is unknown and leaves a gap; what follows is evaluated.
    fn too_large(&mut self, statement: &Statement) {
        let layer = self.unit().map_or(0, |unit| unit.layer);
        let place = Place {
            layer,
            start: statement.start,
            end: statement.end,
        };
        self.record.limit(place, Limit::ValueBytes);
        if let Kind::Let { target, .. } | Kind::Set { target, .. } | Kind::Mid { target, .. } =
            &statement.kind
            && let Node::Name(name) = &target.node
            && let Some(home) = self.home(name)
            && let Some(slot) = self.slot_mut(&home, name)
        {
            slot.value = Value::unknown(name);
        }
    }

    fn handle(&mut self, number: u16) -> Eval<Flow> {
        let Some(frame) = self.frame() else {
            return Ok(Flow::Next);
        };
        frame.error = number;
        let Handler::Label(label) = frame.handler.clone() else {
            return Ok(Flow::Next);
        };
        frame.handler = Handler::None;
        let flow = self.body_from(&label)?;
        if let Some(frame) = self.frame() {
            frame.handler = Handler::Label(label);
        }
        Ok(match flow {
            Flow::Resume(Resume::Label(label)) => Flow::GoTo(label),
            Flow::Resume(_) => Flow::Next,
            _ => Flow::Exit(Exit::Procedure),
        })
    }

    /// Runs the procedure's body from a label to its end.
    pub(super) fn body_from(&mut self, label: &Name) -> Eval<Flow> {
        let procedure = self.state.frames.last().and_then(|frame| frame.procedure.clone());
        let Some(procedure) = procedure else {
            return Ok(Flow::Next);
        };
        let Some(at) = position(&procedure.body, label) else {
            return Ok(Flow::Next);
        };
        if self.depth >= super::DEPTH {
            return Ok(Flow::Next);
        }
        self.depth += 4;
        let flow = match procedure.body.get(at) {
            Some(found) if !is_label(found, label) => match self.enter(found, label) {
                Ok(Flow::Next) => self.block_from(&procedure.body, at + 1),
                other => other,
            },
            _ => self.block_from(&procedure.body, at),
        };
        self.depth -= 4;
        flow
    }

    /// Runs `GoSub`: from the label to `Return`, then on.
    pub(super) fn go_sub(&mut self, label: &Name) -> Eval<Flow> {
        Ok(match self.body_from(label)? {
            Flow::Return => Flow::Next,
            Flow::Next => Flow::Exit(Exit::Procedure),
            flow => flow,
        })
    }

    /// Remembers a label that may be reached, though not in the way that is evaluated.
    pub(super) fn may_reach(&mut self, label: &Name) {
        if let Some(pending) = self.pending.last_mut()
            && !pending.contains(label)
        {
            pending.push(Rc::clone(label));
        }
    }

    /// Runs what may be reached and was not.
    pub(super) fn run_pending(&mut self) -> Eval<()> {
        let mut done = 0;
        while let Some(label) = self.pending.last().and_then(|pending| pending.get(done)).cloned() {
            done += 1;
            let unit = self.unit_index();
            let procedure = self.state.frames.last().and_then(|frame| frame.procedure.clone());
            let place = procedure.and_then(|procedure| label_start(&procedure.body, &label));
            if place.is_some_and(|start| !self.visited.contains(&(unit, start))) {
                self.body_from(&label)?;
            }
        }
        Ok(())
    }

    /// The steps that one loop may not go below: it may use a quarter of what is left.
    pub(super) fn floor(&self) -> u64 {
        self.budget.steps_left() / 4 * 3
    }

    /// Whether a loop has used its share; then it is left with a gap.
    pub(super) fn spent(&mut self, floor: u64, at: &Statement) -> bool {
        let spent = self.budget.steps_left() < floor;
        if spent {
            let layer = self.unit().map_or(0, |unit| unit.layer);
            let place = Place {
                layer,
                start: at.start,
                end: at.end,
            };
            self.record.limit(place, Limit::Steps);
        }
        spent
    }
}

fn is_label(statement: &Statement, label: &Name) -> bool {
    matches!(&statement.kind, Kind::Label(name) if name == label)
}

/// Returns the statement that is the label or holds it.
fn position(block: &[Statement], label: &Name) -> Option<usize> {
    block
        .iter()
        .position(|statement| is_label(statement, label))
        .or_else(|| {
            block.iter().position(|statement| {
                blocks(statement)
                    .into_iter()
                    .any(|inner| position(inner, label).is_some())
            })
        })
}

fn label_start(block: &[Statement], label: &Name) -> Option<usize> {
    block.iter().find_map(|statement| {
        if is_label(statement, label) {
            return Some(statement.start);
        }
        blocks(statement)
            .into_iter()
            .find_map(|inner| label_start(inner, label))
    })
}

/// Returns the blocks that a statement holds.
fn blocks(statement: &Statement) -> Vec<&[Statement]> {
    match &statement.kind {
        Kind::If { arms, otherwise } => arms
            .iter()
            .map(|(_, block)| block.as_slice())
            .chain([otherwise.as_slice()])
            .collect(),
        Kind::Select { cases, otherwise, .. } => cases
            .iter()
            .map(|(_, block)| block.as_slice())
            .chain([otherwise.as_slice()])
            .collect(),
        Kind::For { body, .. }
        | Kind::ForEach { body, .. }
        | Kind::Loop { body, .. }
        | Kind::With { body, .. } => {
            vec![body]
        }
        _ => Vec::new(),
    }
}
