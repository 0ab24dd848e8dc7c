//! Arguments bound to the parameters of a command.

use super::super::ast::{Argument, ExprKind};
use super::super::value::Value;
use super::{Engine, Eval};
use crate::script::{Part, Text};

/// Parameters that every cmdlet has. `!` marks a switch.
const COMMON: &[&str] = &[
    "erroraction",
    "ea",
    "warningaction",
    "wa",
    "informationaction",
    "errorvariable",
    "ev",
    "outvariable",
    "ov",
    "warningvariable",
    "outbuffer",
    "pipelinevariable",
    "verbose!",
    "debug!",
    "whatif!",
    "confirm!",
];

/// One evaluated argument.
#[derive(Clone, Debug)]
pub(in super::super) enum Given {
    /// A value, with its text as a native program receives it.
    Value(Value, Option<String>),
    /// `-Name` or `-Name:value`, as written.
    Named(String, Option<Value>),
}

/// Arguments by parameter.
#[derive(Debug, Default)]
pub(in super::super) struct Bound {
    named: Vec<(String, Value)>,
    /// Values that no parameter took.
    pub(in super::super) rest: Vec<Value>,
}

impl Bound {
    /// Binds arguments. A parameter of the table ends in `!` if it is a switch and in `@` if a value without a
    /// name may go to it, in this order. Names may be cut to what tells them apart.
    pub(in super::super) fn of(table: &[&str], given: Vec<Given>) -> Bound {
        let mut bound = Bound::default();
        let mut given = given.into_iter().peekable();
        while let Some(argument) = given.next() {
            match argument {
                Given::Value(value, _) => bound.rest.push(value),
                Given::Named(name, value) => {
                    let (name, switch) = resolve(table, &name);
                    let value = match value {
                        Some(value) => value,
                        None if switch => Value::Bool(true),
                        None => match given.next_if(|next| matches!(next, Given::Value(..))) {
                            Some(Given::Value(value, _)) => value,
                            _ => Value::Bool(true),
                        },
                    };
                    bound.named.push((name, value));
                }
            }
        }
        bound.fill(table);
        bound
    }

    /// Gives values without a name to the parameters that are still free.
    fn fill(&mut self, table: &[&str]) {
        let mut rest = std::mem::take(&mut self.rest).into_iter();
        for name in table.iter().filter_map(|entry| entry.strip_suffix('@')) {
            if self.get(name).is_some() {
                continue;
            }
            match rest.next() {
                Some(value) => self.named.push((name.to_owned(), value)),
                None => break,
            }
        }
        self.rest = rest.collect();
    }

    pub(in super::super) fn get(&self, name: &str) -> Option<&Value> {
        self.named
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    pub(in super::super) fn text(&self, name: &str) -> Option<Text> {
        self.get(name).map(Value::to_text)
    }

    /// Returns the value of a parameter if it is a wholly known string.
    pub(in super::super) fn exact(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Value::exact)
    }

    pub(in super::super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.truth() != Some(false))
    }
}

/// Returns the parameter that a name, maybe cut, means, and whether it is a switch. An unknown name stays.
fn resolve(table: &[&str], name: &str) -> (String, bool) {
    let lower = name.to_lowercase();
    let entries = || table.iter().chain(COMMON);
    let plain = |entry: &str| entry.trim_end_matches(['!', '@']).to_owned();
    let exact = entries().find(|entry| plain(entry) == lower);
    let found = exact.or_else(|| entries().find(|entry| !lower.is_empty() && entry.starts_with(&lower)));
    match found {
        Some(entry) => (plain(entry), entry.ends_with('!')),
        None => (lower, false),
    }
}

impl Engine<'_, '_> {
    /// Evaluates a command's arguments in order.
    pub(super) fn arguments(&mut self, arguments: &[Argument]) -> Eval<Vec<Given>> {
        let mut given = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Value(expr) => {
                    let value = self.expr(expr)?;
                    let written = match &expr.kind {
                        ExprKind::Written(_, text) => Some(text.clone()),
                        _ => None,
                    };
                    given.push(Given::Value(value, written));
                }
                Argument::Parameter { name, value } => {
                    let value = value.as_ref().map(|value| self.expr(value)).transpose()?;
                    given.push(Given::Named(name.clone(), value));
                }
                Argument::Splat(name) => self.splat(name, &mut given),
            }
        }
        Ok(given)
    }

    fn splat(&mut self, name: &str, given: &mut Vec<Given>) {
        match self.variable(name) {
            Some(Value::Hash(table)) => {
                for (key, value) in table.borrow().entries() {
                    given.push(Given::Named(key.display(), Some(value.clone())));
                }
            }
            Some(list) if list.is_list() => {
                given.extend(list.items().into_iter().map(|item| Given::Value(item, None)))
            }
            Some(value) => given.push(Given::Value(value, None)),
            None => {}
        }
    }
}

/// The command line of a native program with its arguments.
pub(in super::super) fn command_line(name: &Text, given: &[Given]) -> Text {
    let mut line = quoted(name.clone());
    for argument in given {
        line = line.then(Part::Known(" ".to_owned()));
        line = match argument {
            Given::Value(_, Some(written)) => line.then(Part::Known(written.clone())),
            Given::Value(value, None) if value.is_list() => {
                let items = value
                    .items()
                    .iter()
                    .map(|item| quoted(item.to_text()))
                    .collect::<Vec<_>>();
                items.into_iter().enumerate().fold(line, |line, (place, item)| {
                    let line = if place > 0 {
                        line.then(Part::Known(" ".to_owned()))
                    } else {
                        line
                    };
                    line.join(item)
                })
            }
            Given::Value(value, None) => line.join(quoted(value.to_text())),
            Given::Named(name, None) => line.then(Part::Known(format!("-{name}"))),
            Given::Named(name, Some(value)) => {
                line.then(Part::Known(format!("-{name}:"))).join(value.to_text())
            }
        };
    }
    line
}

/// Puts quotes around a text with blanks, as PowerShell does for native programs.
fn quoted(text: Text) -> Text {
    let blank = |part: &Part| matches!(part, Part::Known(text) if text.contains(' '));
    if text.parts().iter().any(blank) && !text.known_start().starts_with('"') {
        return Text::known("\"").join(text).then(Part::Known("\"".to_owned()));
    }
    text
}
