//! What moves the run: conditions, jumps, calls, loops.

use super::machine::{Machine, Next, below};
use super::state::{Eval, Loop, LoopKind, Stop};
use super::value::{CellAt, Value};
use crate::formula::{Callee, Expr};
use crate::workbook::ErrorCode;
use std::collections::VecDeque;

/// Functions that neither do nor move anything, by which two arms of a condition may be told to be mere values.
fn is_mere(expr: &Expr) -> bool {
    match expr {
        Expr::Call(Callee::Function(name), arguments) => {
            let acts = crate::formula::is_command(name)
                || matches!(
                    *name,
                    "GOTO"
                        | "RETURN"
                        | "HALT"
                        | "RUN"
                        | "EXEC"
                        | "CALL"
                        | "REGISTER"
                        | "SET.VALUE"
                        | "SET.NAME"
                        | "FOPEN"
                        | "FWRITE"
                        | "FWRITELN"
                        | "FCLOSE"
                        | "INITIATE"
                        | "EXECUTE"
                        | "POKE"
                        | "ARGUMENT"
                        | "BREAK"
                );
            !acts && arguments.iter().all(is_mere)
        }
        Expr::Call(Callee::Other(callee), arguments) => {
            let later =
                matches!(&**callee, Expr::Name(name) if name.name.to_lowercase().starts_with("_xlfn."));
            later && arguments.iter().all(is_mere)
        }
        Expr::Chain(first, rest) => is_mere(first) && rest.iter().all(|(_, operand)| is_mere(operand)),
        Expr::Signed(_, inner) | Expr::Percent(inner) | Expr::Paren(inner) => is_mere(inner),
        _ => true,
    }
}

/// Returns the name and the arguments of a statement of control.
fn control(expr: &Expr) -> Option<(&'static str, &[Expr])> {
    match expr {
        Expr::Call(Callee::Function(name), arguments) => Some((name, arguments)),
        _ => None,
    }
}

impl Machine<'_, '_, '_> {
    /// Runs the formula of a cell.
    pub(super) fn statement(&mut self, expr: &Expr) -> Eval<Next> {
        let Some((name, arguments)) = control(expr) else {
            return self.scalar(expr).map(Next::Down);
        };
        match (name, arguments) {
            ("IF", [condition]) => self.block(condition),
            // Whoever comes to these from above has run the arm before.
            ("ELSE" | "ELSE.IF", _) => self.skip(&["END.IF"], "IF"),
            ("END.IF", _) => Ok(Next::Down(Value::Bool(true))),
            ("WHILE", [condition]) => self.while_loop(condition),
            ("FOR", [name, start, end, rest @ ..]) => self.for_loop(name, start, end, rest.first()),
            ("FOR.CELL", [name, rest @ ..]) => self.cell_loop(name, rest.first()),
            ("NEXT", _) => self.next_round(),
            ("BREAK", _) => {
                self.top().pop();
                self.skip(&["NEXT"], "WHILE")
            }
            _ => {
                let value = self.eval(expr)?;
                // An array's first stands for what the cell shows; areas are looked at.
                self.single(value).map(Next::Down)
            }
        }
    }

    fn top(&mut self) -> &mut Vec<Loop> {
        if self.state.frames.is_empty() {
            self.state.frames.push(super::state::Frame::default());
        }
        let last = self.state.frames.len() - 1;
        // There is a frame: one was pushed where there was none.
        &mut self.state.frames.get_mut(last).expect("a frame runs").loops
    }

    fn condition(&mut self, expr: &Expr) -> Eval<Result<Option<bool>, ErrorCode>> {
        Ok(self.scalar(expr)?.truth())
    }

    /// An `IF` of one argument rules the cells below up to its `ELSE` or `END.IF`.
    fn block(&mut self, condition: &Expr) -> Eval<Next> {
        let truth = match self.condition(condition)? {
            Ok(Some(truth)) => truth,
            Ok(None) => self.decide(),
            Err(error) => return Ok(Next::Down(Value::Error(error))),
        };
        if truth {
            Ok(Next::Down(Value::Bool(true)))
        } else {
            self.other_arm()
        }
    }

    /// Goes to the arm that the first true `ELSE.IF` or the `ELSE` begins.
    fn other_arm(&mut self) -> Eval<Next> {
        loop {
            let Some((at, name)) = self.find(&["ELSE", "ELSE.IF", "END.IF"], "IF")? else {
                return Ok(Next::Down(Value::Bool(false)));
            };
            if name != "ELSE.IF" {
                return Ok(Next::At(below(at)));
            }
            self.here = at;
            let (expr, _) = self.formula_at(at);
            let condition = expr
                .as_deref()
                .and_then(control)
                .and_then(|(_, arguments)| arguments.first().cloned());
            let truth = match condition {
                Some(condition) => self.condition(&condition)?.unwrap_or(Some(false)),
                None => Some(false),
            };
            if truth.unwrap_or_else(|| self.decide()) {
                return Ok(Next::At(below(at)));
            }
        }
    }

    /// Goes behind the closing statement that belongs to this place.
    fn skip(&mut self, ends: &[&str], opens: &str) -> Eval<Next> {
        Ok(match self.find(ends, opens)? {
            Some((at, _)) => Next::At(below(at)),
            None => Next::At(CellAt {
                row: u32::MAX,
                ..self.here
            }),
        })
    }

    /// Finds the next of some statements below that belongs to this level of blocks.
    fn find(&mut self, wanted: &[&str], opens: &str) -> Eval<Option<(CellAt, &'static str)>> {
        let mut inside = 0_u32;
        let mut at = below(self.here);
        while let Some(next) = self.next_formula(at) {
            self.budget.step()?;
            let (expr, _) = self.formula_at(next);
            if let Some((name, arguments)) = expr.as_deref().and_then(control) {
                let begins = match opens {
                    "IF" => name == "IF" && arguments.len() == 1,
                    _ => matches!(name, "WHILE" | "FOR" | "FOR.CELL"),
                };
                let ends = if opens == "IF" {
                    name == "END.IF"
                } else {
                    name == "NEXT"
                };
                if inside == 0 && wanted.contains(&name) {
                    return Ok(Some((next, name)));
                }
                inside += u32::from(begins);
                inside = inside.saturating_sub(u32::from(ends));
            }
            if next.row == u32::MAX {
                break;
            }
            at = below(next);
        }
        Ok(None)
    }

    /// A loop on an unknown condition runs once: what it would do is seen, how often is not known.
    fn while_loop(&mut self, condition: &Expr) -> Eval<Next> {
        let here = self.here;
        let again = self.top().last().is_some_and(|open| open.at == here);
        let before = match self.top().last().map(|open| &open.kind) {
            Some(LoopKind::While(unknown)) if again => *unknown,
            _ => false,
        };
        let (goes_on, unknown) = match self.condition(condition)? {
            Ok(Some(truth)) => (truth, before),
            Ok(None) => (!before, true),
            Err(_) => (false, before),
        };
        if again {
            self.top().pop();
        }
        if !goes_on {
            return self.skip(&["NEXT"], "WHILE");
        }
        self.begin(LoopKind::While(unknown));
        Ok(Next::Down(Value::Bool(true)))
    }

    fn begin(&mut self, kind: LoopKind) {
        let at = self.here;
        self.top().push(Loop { at, kind });
    }

    fn name_of(&mut self, expr: &Expr) -> Eval<Option<String>> {
        if let Expr::Name(name) = expr {
            return Ok(Some(name.name.to_lowercase()));
        }
        Ok(match self.scalar(expr)? {
            Value::Text(text) => Some(text.to_lowercase()),
            _ => None,
        })
    }

    fn for_loop(&mut self, name: &Expr, start: &Expr, end: &Expr, step: Option<&Expr>) -> Eval<Next> {
        let name = self.name_of(name)?;
        let start = self.scalar(start)?.number();
        let end = self.scalar(end)?.number();
        let step = match step {
            None | Some(Expr::Missing) => Ok(Some(1.0)),
            Some(step) => self.scalar(step)?.number(),
        };
        let (Some(name), Ok(start), Ok(end), Ok(step)) = (name, start, end, step) else {
            return self.skip(&["NEXT"], "WHILE");
        };
        let (Some(start), Some(end), Some(step)) = (start, end, step) else {
            self.state.names.insert(name.clone(), Value::unknown(name));
            self.begin(LoopKind::Once);
            return Ok(Next::Down(Value::Bool(true)));
        };
        if beyond(start, end, step) {
            return self.skip(&["NEXT"], "WHILE");
        }
        self.state.names.insert(name.clone(), Value::Number(start));
        self.begin(LoopKind::For {
            name,
            next: start + step,
            end,
            step,
        });
        Ok(Next::Down(Value::Number(start)))
    }

    fn cell_loop(&mut self, name: &Expr, area: Option<&Expr>) -> Eval<Next> {
        let name = self.name_of(name)?;
        let area = match area {
            Some(area) if *area != Expr::Missing => self.eval(area)?,
            _ => Value::unknown("selection"),
        };
        let (Some(name), Value::Area(area)) = (name, area) else {
            self.begin(LoopKind::Once);
            return Ok(Next::Down(Value::Bool(true)));
        };
        let count = u64::from(area.rows()) * u64::from(area.columns());
        self.budget.build(
            usize::try_from(count)
                .unwrap_or(usize::MAX)
                .saturating_mul(size_of::<CellAt>()),
        )?;
        let mut left: VecDeque<CellAt> = VecDeque::new();
        for row in area.first.0..=area.last.0 {
            left.extend((area.first.1..=area.last.1).map(|column| CellAt {
                sheet: area.sheet,
                row,
                column,
            }));
        }
        let Some(first) = left.pop_front() else {
            return self.skip(&["NEXT"], "WHILE");
        };
        self.state
            .names
            .insert(name.clone(), Value::Area(super::value::Area::cell(first)));
        self.begin(LoopKind::Cells { name, left });
        Ok(Next::Down(Value::Bool(true)))
    }

    fn next_round(&mut self) -> Eval<Next> {
        let Some(mut open) = self.top().pop() else {
            return Ok(Next::Down(Value::Error(ErrorCode::VALUE)));
        };
        let at = open.at;
        match &mut open.kind {
            LoopKind::While(_) => {
                // Its condition is asked again.
                self.top().push(open);
                return Ok(Next::At(at));
            }
            LoopKind::For {
                name,
                next,
                end,
                step,
            } if !beyond(*next, *end, *step) => {
                self.state.names.insert(name.clone(), Value::Number(*next));
                *next += *step;
            }
            LoopKind::Cells { name, left } => match left.pop_front() {
                Some(cell) => {
                    let area = super::value::Area::cell(cell);
                    self.state.names.insert(name.clone(), Value::Area(area));
                }
                None => return Ok(Next::Down(Value::Bool(true))),
            },
            _ => return Ok(Next::Down(Value::Bool(true))),
        }
        self.top().push(open);
        Ok(Next::At(below(at)))
    }

    /// Evaluates a function that does not take all its arguments as values.
    pub(super) fn lazy(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Option<Value>> {
        Ok(Some(match (name, arguments) {
            ("IF", [condition, arms @ ..]) => self.choice(condition, arms, expr)?,
            ("CHOOSE", [index, arms @ ..]) => match self.scalar(index)?.number() {
                Ok(Some(number)) => match arms.get((number as usize).wrapping_sub(1)) {
                    Some(arm) => self.eval(arm)?,
                    None => Value::Error(ErrorCode::VALUE),
                },
                Ok(None) => self.unknown(expr),
                Err(error) => Value::Error(error),
            },
            ("IFERROR" | "IFNA", [value, other]) => {
                let value = self.scalar(value)?;
                match value {
                    Value::Error(error) if name == "IFERROR" || error == ErrorCode::NA => self.eval(other)?,
                    value => value,
                }
            }
            _ => return Ok(None),
        }))
    }

    fn choice(&mut self, condition: &Expr, arms: &[Expr], expr: &Expr) -> Eval<Value> {
        let truth = match self.condition(condition)? {
            Ok(Some(truth)) => truth,
            Ok(None) if self.quiet > 0 || arms.iter().all(is_mere) => return Ok(self.unknown(expr)),
            Ok(None) => self.decide(),
            Err(error) => return Ok(Value::Error(error)),
        };
        let arm = if truth { arms.first() } else { arms.get(1) };
        match arm {
            Some(Expr::Missing) => Ok(Value::Number(0.0)),
            Some(arm) => self.eval(arm),
            None => Ok(Value::Bool(truth)),
        }
    }

    /// Jumps, calls and returns.
    pub(super) fn moving(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Option<Value>> {
        Ok(Some(match (name, arguments) {
            ("GOTO", [target, ..]) => {
                let target = self.eval(target)?;
                match self.pointed_at(&target)? {
                    Some(area) => return Err(Stop::Goto(area.start())),
                    None => {
                        self.hidden("where it goes on is not known");
                        return Err(Stop::Return(Value::unknown("GOTO")));
                    }
                }
            }
            ("RUN", [target, ..]) => {
                let target = self.eval(target)?;
                match self.pointed_at(&target)? {
                    Some(area) => self.run(area.start(), Some(VecDeque::new()))?,
                    None => {
                        if target.is_unknown() {
                            self.hidden("which macro it runs is not known");
                        }
                        self.say(name, &[target]);
                        self.unknown(expr)
                    }
                }
            }
            ("RETURN", arguments) => {
                let value = match arguments.first() {
                    Some(value) => self.eval(value)?,
                    None => Value::Empty,
                };
                return Err(Stop::Return(value));
            }
            ("HALT", _) => return Err(Stop::Halt),
            ("CLOSE" | "FILE.CLOSE" | "QUIT" | "CLOSE.ALL", _) => {
                self.say(name, &[]);
                return Err(Stop::End);
            }
            ("ARGUMENT", [first, rest @ ..]) => self.argument(first, rest)?,
            ("RESULT" | "STEP" | "ERROR" | "ECHO" | "VOLATILE" | "CANCEL.KEY", _) => Value::Bool(true),
            ("ON.TIME", [_, target, ..])
            | (
                "ON.KEY" | "ON.WINDOW" | "ON.SHEET" | "ON.DATA" | "ON.RECALC" | "ON.ENTRY" | "ON.DOUBLECLICK",
                [_, target, ..],
            ) => {
                let target = self.eval(target)?;
                self.say(name, std::slice::from_ref(&target));
                if let Some(area) = self.pointed_at(&target)? {
                    self.state.later.push_back(area.start());
                } else if target.is_unknown() {
                    self.hidden("which macro it starts later is not known");
                }
                Value::Bool(true)
            }
            _ => return Ok(None),
        }))
    }

    /// `ARGUMENT(name, type)` or `ARGUMENT(name, type, cell)`.
    fn argument(&mut self, first: &Expr, rest: &[Expr]) -> Eval<Value> {
        let name = self.name_of(first)?;
        let value = match self
            .state
            .frames
            .last_mut()
            .and_then(|frame| frame.arguments.as_mut())
        {
            Some(arguments) => arguments.pop_front().unwrap_or(Value::Error(ErrorCode::NA)),
            None => Value::unknown("argument"),
        };
        if let Some(name) = name {
            self.state.names.insert(name, value.clone());
        }
        if let Some(cell) = rest.get(1).filter(|cell| **cell != Expr::Missing)
            && let Value::Area(area) = self.eval(cell)?
        {
            let value = self.single(value.clone())?;
            let slot = super::state::Slot {
                value: Some(value),
                replaced: true,
                formula: None,
            };
            self.put(area.start(), slot)?;
        }
        Ok(value)
    }
}

fn beyond(next: f64, end: f64, step: f64) -> bool {
    if step < 0.0 { next < end } else { next > end }
}
