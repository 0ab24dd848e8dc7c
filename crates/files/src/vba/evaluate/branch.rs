//! What each statement does, and the ways that part at a condition.

use super::Evaluator;
use super::jump::Flow;
use crate::vba::ast::{Block, Exit, Expr, Handler, Kind, Statement, Test};
use crate::vba::convert::truth;
use crate::vba::fault::{Eval, Stop};
use crate::vba::operate::{Mode, Operator, binary};
use crate::vba::state::State;
use crate::vba::value::Value;
use strongroom_model::Limit;

impl Evaluator<'_, '_> {
    /// Does what a statement says.
    pub(super) fn perform(&mut self, statement: &Statement) -> Eval<Flow> {
        match &statement.kind {
            Kind::Let { target, value } => self.let_statement(target, value)?,
            Kind::Set { target, value } => {
                let value = self.eval(value)?;
                self.assign(target, value, true)?;
            }
            Kind::Align { target, value, right } => self.align(target, value, *right)?,
            Kind::Mid {
                target,
                start,
                length,
                value,
            } => self.mid_statement(target, start, length.as_ref(), value)?,
            Kind::Call(expr) => drop(self.call_statement(expr)?),
            Kind::If { arms, otherwise } => return self.if_statement(arms, otherwise),
            Kind::Select {
                subject,
                cases,
                otherwise,
            } => return self.select_statement(subject, cases, otherwise),
            Kind::For { .. } | Kind::ForEach { .. } | Kind::Loop { .. } => {
                return self.loop_statement(statement);
            }
            Kind::With { subject, body } => return self.with_statement(subject, body),
            Kind::Dim { variables, kept } => self.declare_all(variables, *kept)?,
            Kind::Const(constants) => self.declare_constants(constants)?,
            Kind::ReDim { preserve, arrays } => self.resize_all(arrays, *preserve)?,
            Kind::Erase(arrays) => self.erase(arrays)?,
            Kind::Label(_) => drop(self.visited.insert((self.unit_index(), statement.start))),
            Kind::GoTo(label) => return Ok(Flow::GoTo(label.clone())),
            Kind::GoSub(label) => return self.go_sub(label),
            Kind::Switch {
                selector,
                labels,
                sub,
            } => return self.switch(selector, labels, *sub),
            Kind::Return => return Ok(Flow::Return),
            Kind::OnError(handler) => self.on_error(handler),
            Kind::Resume(to) => return Ok(Flow::Resume(to.clone())),
            Kind::Exit(exit) => return Ok(Flow::Exit(*exit)),
            Kind::End => return Err(Stop::End),
            Kind::Open { .. }
            | Kind::Print { .. }
            | Kind::Put { .. }
            | Kind::Get(_)
            | Kind::Close(_)
            | Kind::Rename { .. } => self.file_statement(statement)?,
            Kind::Nothing => {}
        }
        Ok(Flow::Next)
    }

    fn on_error(&mut self, handler: &Handler) {
        if let Handler::Label(label) = handler {
            self.may_reach(label);
        }
        if let Some(frame) = self.frame() {
            frame.handler = handler.clone();
            frame.error = 0;
        }
    }

    fn with_statement(&mut self, subject: &Expr, body: &Block) -> Eval<Flow> {
        let subject = self.eval(subject)?;
        if let Some(frame) = self.frame() {
            frame.with.push(subject);
        }
        let flow = self.nested_block(body);
        if let Some(frame) = self.frame() {
            frame.with.pop();
        }
        flow
    }

    /// Runs a block one level deeper; too deep is left out with a gap.
    pub(super) fn nested_block(&mut self, block: &[Statement]) -> Eval<Flow> {
        if self.depth >= super::DEPTH {
            self.too_deep(block);
            return Ok(Flow::Next);
        }
        self.depth += 1;
        let flow = self.block(block);
        self.depth -= 1;
        flow
    }

    fn too_deep(&mut self, block: &[Statement]) {
        if let Some(first) = block.first() {
            let layer = self.unit().map_or(0, |unit| unit.layer);
            let place = crate::vba::state::Place {
                layer,
                start: first.start,
                end: first.end,
            };
            self.record.limit(place, Limit::Nesting);
        }
    }

    /// Returns whether a condition holds; `None` where that is unknown. An error in it is unknown too: under
    /// `On Error Resume Next` the arm behind it runs.
    pub(super) fn condition(&mut self, test: &Expr) -> Eval<Option<bool>> {
        match self.value(test).and_then(|value| truth(&value)) {
            Err(Stop::Fault(_)) => Ok(None),
            Err(Stop::Limit(limit @ Limit::ValueBytes)) => {
                self.record.limit(self.place(test), limit);
                Ok(None)
            }
            other => other,
        }
    }

    fn if_statement(&mut self, arms: &[(Expr, Block)], otherwise: &Block) -> Eval<Flow> {
        let mut ways: Vec<&[Statement]> = Vec::new();
        for (test, block) in arms {
            match self.condition(test)? {
                Some(false) => {}
                Some(true) => {
                    ways.push(block);
                    return self.fork(&ways);
                }
                None => ways.push(block),
            }
        }
        ways.push(otherwise);
        self.fork(&ways)
    }

    fn select_statement(
        &mut self,
        subject: &Expr,
        cases: &[(Vec<Test>, Block)],
        otherwise: &Block,
    ) -> Eval<Flow> {
        let subject = match self.value(subject) {
            Err(Stop::Fault(_)) => Value::unknown("error"),
            other => other?,
        };
        let mut ways: Vec<&[Statement]> = Vec::new();
        for (tests, block) in cases {
            match self.any_test(&subject, tests)? {
                Some(false) => {}
                Some(true) => {
                    ways.push(block);
                    return self.fork(&ways);
                }
                None => ways.push(block),
            }
        }
        ways.push(otherwise);
        self.fork(&ways)
    }

    fn any_test(&mut self, subject: &Value, tests: &[Test]) -> Eval<Option<bool>> {
        let mut any = Some(false);
        for test in tests {
            match self.test(subject, test) {
                Ok(Some(true)) => return Ok(Some(true)),
                Ok(Some(false)) => {}
                Ok(None) | Err(Stop::Fault(_)) => any = None,
                Err(stop) => return Err(stop),
            }
        }
        Ok(any)
    }

    fn test(&mut self, subject: &Value, test: &Test) -> Eval<Option<bool>> {
        match test {
            Test::Equal(value) => self.compare(Operator::Equal, subject, value),
            Test::Compare(operator, value) => self.compare(*operator, subject, value),
            Test::Range(low, high) => {
                let above = self.compare(Operator::GreaterEqual, subject, low)?;
                let below = self.compare(Operator::LessEqual, subject, high)?;
                Ok(match (above, below) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                })
            }
        }
    }

    fn compare(&mut self, operator: Operator, subject: &Value, value: &Expr) -> Eval<Option<bool>> {
        let value = self.value(value)?;
        let mode = Mode {
            wide: true,
            text_compare: self.unit().is_some_and(|unit| unit.unit.text_compare),
            variants: false,
        };
        match binary(operator, subject, &value, mode)? {
            Some(result) => truth(&result),
            None => Ok(None),
        }
    }

    /// Runs each way on a state of its own and merges what comes out of those that go on.
    fn fork(&mut self, ways: &[&[Statement]]) -> Eval<Flow> {
        if let [only] = ways {
            return self.nested_block(only);
        }
        let before = self.copied_state()?;
        self.unsure += 1;
        let mut outcomes: Vec<(State, Flow)> = Vec::new();
        let mut heap = 0;
        for way in ways {
            self.state = before.clone();
            self.state.pad(heap);
            match self.nested_block(way) {
                Ok(flow) => {
                    heap = heap.max(self.state.heap.len());
                    outcomes.push((std::mem::take(&mut self.state), flow));
                }
                Err(Stop::Limit(limit)) => {
                    self.unsure -= 1;
                    return Err(Stop::Limit(limit));
                }
                // A way on which the script ends leaves the others.
                Err(_) => {}
            }
        }
        self.unsure -= 1;
        let flow = self.leaving(&outcomes);
        let mut states = outcomes
            .into_iter()
            .filter(|(_, way)| *way == flow)
            .map(|(state, _)| state);
        self.state = states.next().ok_or(Stop::End)?;
        for state in states {
            self.merge(state);
        }
        Ok(flow)
    }

    /// Chooses how a fork goes on: with the next statement where any way does; jumps on other ways are kept.
    fn leaving(&mut self, outcomes: &[(State, Flow)]) -> Flow {
        for (_, flow) in outcomes {
            match flow {
                Flow::GoTo(label) => self.may_reach(label),
                Flow::Exit(Exit::For | Exit::Do) => self.left_loop = true,
                _ => {}
            }
        }
        let flows = || outcomes.iter().map(|(_, flow)| flow);
        flows()
            .find(|flow| **flow == Flow::Next)
            .or_else(|| flows().find(|flow| matches!(flow, Flow::GoTo(_))))
            .or_else(|| flows().next())
            .cloned()
            .unwrap_or(Flow::Next)
    }

    /// Merges another outcome into the state; what was built and gets lost becomes a layer.
    pub(super) fn merge(&mut self, other: State) {
        let lost = self.state.merge(other);
        for value in lost {
            self.retire(&value);
        }
    }

    fn switch(&mut self, selector: &Expr, labels: &[crate::vba::ast::Name], sub: bool) -> Eval<Flow> {
        let selector = self.eval(selector)?;
        let Some(chosen) = crate::vba::convert::integer(&selector)? else {
            labels.iter().for_each(|label| self.may_reach(label));
            return Ok(Flow::Next);
        };
        let label = usize::try_from(chosen - 1)
            .ok()
            .and_then(|index| labels.get(index));
        match label {
            Some(label) if sub => self.go_sub(label),
            Some(label) => Ok(Flow::GoTo(label.clone())),
            None => Ok(Flow::Next),
        }
    }
}
