//! Texts that a macro of Visual Basic hands to Excel: `ExecuteExcel4Macro`, `Run` of a macro on a macro sheet, and formulas
//! whose value alone is asked for.

use super::machine::{Machine, Next};
use super::state::{Frame, State, Stop};
use super::value::Value;
use crate::formula::{Expr, parse_text};
use crate::script::{Action, Budget};
use crate::workbook::Workbook;
use strongroom_model::{Gap, Limit, Why};

/// Ways through unknown conditions of one text.
const RUNS: usize = 64;

/// What a text came to.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    /// What it would do.
    pub actions: Vec<Action>,
    /// What of it could not be read or evaluated.
    pub gaps: Vec<Gap>,
    /// Its value, where it is known.
    pub answer: Option<Answer>,
}

/// A value of Excel as Visual Basic gets it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Text(String),
    Number(f64),
    Bool(bool),
}

/// Evaluates a text as a macro command, with references as `R1C1`.
pub(crate) fn command(book: &Workbook, text: &str, budget: &mut Budget<'_>) -> Handed {
    Machine::new(book, budget).hand(text, true, false)
}

/// Evaluates a text as a formula in which nothing may happen, with references as `A1`.
pub(crate) fn formula(book: &Workbook, text: &str, budget: &mut Budget<'_>) -> Handed {
    Machine::new(book, budget).hand(text, false, true)
}

impl Machine<'_, '_, '_> {
    fn hand(mut self, text: &str, r1c1: bool, quiet: bool) -> Handed {
        let text = text.trim().trim_start_matches('=');
        let expr = match parse_text(text, r1c1, (0, 0), self.budget.limits().nesting) {
            Ok(expr) => expr,
            Err(error) => {
                let what = format!("the formula cannot be read: {error}");
                return Handed {
                    gaps: vec![Gap::new("handed to Excel", Why::Unsupported, what)],
                    ..Handed::default()
                };
            }
        };
        self.spot = self.listing.write(text);
        self.forks = vec![Vec::new()];
        let mut answers = Vec::new();
        while let Some(decisions) = self.forks.pop() {
            if answers.len() >= RUNS {
                self.gap(Gap::limit("handed to Excel", Limit::Layers, RUNS));
                break;
            }
            (self.decisions, self.taken, self.conditions) = (decisions, 0, 0);
            self.state = State::default();
            self.state.frames.push(Frame {
                loops: Vec::new(),
                arguments: None,
            });
            answers.push(self.hand_once(&expr, quiet));
            self.close_all();
        }
        let first = answers.first().cloned().flatten();
        Handed {
            actions: self.effects.into_iter().map(|(action, ..)| action).collect(),
            gaps: self.gaps,
            answer: first.filter(|_| answers.windows(2).all(|pair| matches!(pair, [a, b] if a == b))),
        }
    }

    fn hand_once(&mut self, expr: &Expr, quiet: bool) -> Option<Answer> {
        let value = if quiet {
            self.quietly(expr)
        } else {
            match self.statement(expr) {
                Ok(Next::Down(value)) => Ok(value),
                Ok(Next::At(at)) => self.run(at, None),
                Err(stop) => Err(stop),
            }
        };
        match value {
            Ok(value) | Err(Stop::Return(value)) => self.known(value),
            Err(Stop::Goto(at)) => self.run(at, None).ok().and_then(|value| self.known(value)),
            Err(Stop::Limit(limit)) => {
                self.gap(Gap::limit(
                    "handed to Excel",
                    limit,
                    "of the evaluation of a formula",
                ));
                None
            }
            Err(Stop::Halt | Stop::End) => None,
        }
    }

    /// A value that Visual Basic gets as it is; a reference stands for its cell.
    fn known(&mut self, value: Value) -> Option<Answer> {
        match value {
            Value::Text(text) => Some(Answer::Text(text.to_string())),
            Value::Number(number) => Some(Answer::Number(number)),
            Value::Bool(yes) => Some(Answer::Bool(yes)),
            Value::Area(area) if area.is_one() => {
                let held = self.value_at(area.start()).ok()?;
                match held {
                    Value::Area(_) => None,
                    held => self.known(held),
                }
            }
            _ => None,
        }
    }
}
