//! Loops. One whose end is unknown runs its body once; one that uses up its share of steps is left with a gap.
//! In both cases what the body changed is unknown afterwards.

use super::Evaluator;
use super::jump::Flow;
use crate::vba::ast::{Condition, Exit, Expr, Kind, Statement};
use crate::vba::convert::double;
use crate::vba::fault::{Eval, Stop};
use crate::vba::operate::{Mode, Operator, binary};
use crate::vba::value::Value;

/// What goes on behind one turn of a loop.
enum Turn {
    /// The next turn.
    Again,
    /// Behind the loop.
    Done,
    /// Out of it with this flow.
    Leave(Flow),
}

impl Evaluator<'_, '_> {
    pub(super) fn loop_statement(&mut self, statement: &Statement) -> Eval<Flow> {
        let outer = std::mem::take(&mut self.left_loop);
        let before = self.copied_state()?;
        let result = match &statement.kind {
            Kind::For {
                counter,
                from,
                to,
                step,
                body,
            } => self.count(statement, [counter, from, to], step.as_ref(), body),
            Kind::ForEach { item, of, body } => self.each(statement, item, of, body),
            Kind::Loop { before, after, body } => {
                self.repeat(statement, before.as_ref(), after.as_ref(), body)
            }
            _ => Ok((Flow::Next, true)),
        };
        let left = std::mem::replace(&mut self.left_loop, outer);
        let (flow, sure) = result?;
        if (!sure || left) && flow == Flow::Next {
            self.merge(before);
        }
        Ok(flow)
    }

    /// Runs the body once.
    fn turn(&mut self, body: &[Statement], own: Exit) -> Eval<Turn> {
        self.step()?;
        Ok(match self.nested_block(body)? {
            Flow::Next => Turn::Again,
            Flow::Exit(exit) if exit == own => Turn::Done,
            flow => Turn::Leave(flow),
        })
    }

    /// Runs the body once, as though the number of turns were unknown.
    fn once(&mut self, body: &[Statement], own: Exit) -> Eval<(Flow, bool)> {
        self.unsure += 1;
        let turn = self.turn(body, own);
        self.unsure -= 1;
        Ok(match turn? {
            // A loop that may run no turn at all goes on behind it as well.
            Turn::Leave(Flow::GoTo(label)) => {
                self.may_reach(&label);
                (Flow::Next, false)
            }
            Turn::Leave(_) | Turn::Again | Turn::Done => (Flow::Next, false),
        })
    }

    fn count(
        &mut self,
        at: &Statement,
        [counter, from, to]: [&Expr; 3],
        step: Option<&Expr>,
        body: &[Statement],
    ) -> Eval<(Flow, bool)> {
        let (first, last) = (self.value(from)?, self.value(to)?);
        let step = step.map_or(Ok(Value::Integer(1)), |step| self.eval(step))?;
        let (Some(_), Some(end), Some(by)) = (double(&first)?, double(&last)?, double(&step)?) else {
            let unknown = self.unknown(counter);
            self.assign(counter, unknown, false)?;
            return self.once(body, Exit::For);
        };
        self.assign(counter, first, false)?;
        let floor = self.floor();
        loop {
            let now = self.eval(counter)?;
            let Some(number) = double(&now)? else {
                return self.once(body, Exit::For);
            };
            if (by >= 0.0 && number > end) || (by < 0.0 && number < end) {
                return Ok((Flow::Next, true));
            }
            match self.turn(body, Exit::For)? {
                Turn::Again => {}
                Turn::Done => return Ok((Flow::Next, true)),
                Turn::Leave(flow) => return Ok((flow, true)),
            }
            if self.spent(floor, at) {
                return Ok((Flow::Next, false));
            }
            self.count_on(counter, &step)?;
        }
    }

    fn count_on(&mut self, counter: &Expr, step: &Value) -> Eval<()> {
        let now = self.eval(counter)?;
        let mode = Mode {
            wide: true,
            text_compare: false,
            variants: false,
        };
        let next = binary(Operator::Add, &now, step, mode)?.unwrap_or_else(|| self.unknown(counter));
        self.assign(counter, next, false)
    }

    fn each(&mut self, at: &Statement, item: &Expr, of: &Expr, body: &[Statement]) -> Eval<(Flow, bool)> {
        let of_value = self.eval(of)?;
        let Some(items) = self.items_of(&of_value) else {
            let unknown = Value::unknown(&format!("item of {}", self.source(of)));
            self.assign(item, unknown, true)?;
            return self.once(body, Exit::For);
        };
        let floor = self.floor();
        for value in items {
            self.assign(item, value, true)?;
            match self.turn(body, Exit::For)? {
                Turn::Again => {}
                Turn::Done => break,
                Turn::Leave(flow) => return Ok((flow, true)),
            }
            if self.spent(floor, at) {
                return Ok((Flow::Next, false));
            }
        }
        Ok((Flow::Next, true))
    }

    fn repeat(
        &mut self,
        at: &Statement,
        before: Option<&Condition>,
        after: Option<&Condition>,
        body: &[Statement],
    ) -> Eval<(Flow, bool)> {
        let floor = self.floor();
        loop {
            match self.goes_round(before)? {
                Some(true) => {}
                Some(false) => return Ok((Flow::Next, true)),
                None => return self.once(body, Exit::Do),
            }
            match self.turn(body, Exit::Do)? {
                Turn::Again => {}
                Turn::Done => return Ok((Flow::Next, true)),
                Turn::Leave(flow) => return Ok((flow, true)),
            }
            match self.goes_round(after)? {
                Some(true) => {}
                Some(false) => return Ok((Flow::Next, true)),
                None => return Ok((Flow::Next, false)),
            }
            // A way out that may have been taken: how often the body runs is unknown from here on.
            if self.left_loop || self.spent(floor, at) {
                return Ok((Flow::Next, false));
            }
        }
    }

    fn goes_round(&mut self, condition: Option<&Condition>) -> Eval<Option<bool>> {
        let Some(condition) = condition else {
            return Ok(Some(true));
        };
        match self.condition(&condition.test) {
            Err(Stop::Fault(_)) => Ok(None),
            other => Ok(other?.map(|holds| holds != condition.until)),
        }
    }
}
