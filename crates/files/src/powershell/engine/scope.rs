//! Variables, functions, aliases; and what happens to them where a condition is not known.

use super::super::ast::Function;
use super::super::known;
use super::super::value::Source;
use super::super::value::{Items, Object, Table, Value};
use super::{Engine, Eval, Stop};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The names of one scope, in lower case.
#[derive(Default)]
pub(in super::super) struct Scope {
    variables: BTreeMap<String, Value>,
    functions: BTreeMap<String, (Rc<Function>, Rc<Source>)>,
    aliases: BTreeMap<String, String>,
}

/// A value that is shared by reference, with its content from before an arm.
#[derive(Clone)]
enum Saved {
    Array(Rc<RefCell<Items>>, Items),
    Hash(Rc<RefCell<Table>>, Table),
    Object(Rc<RefCell<Object>>, Object),
}

/// What one arm changed, so that the next arm starts as this one did.
#[derive(Default)]
pub(in super::super) struct Journal {
    variables: BTreeMap<(usize, String), Option<Value>>,
    saved: Vec<Saved>,
}

/// What one arm left behind.
struct Left {
    variables: BTreeMap<(usize, String), Option<Value>>,
}

/// One way that evaluation may take.
type Arm<'w, E> = Box<dyn FnOnce(&mut E) -> Eval<()> + 'w>;

/// Splits `scope:name`; the scope is empty where none is written.
pub(in super::super) fn split_scope(name: &str) -> (String, String) {
    let mut lower = lowered(name).into_owned();
    match lower.find(':') {
        Some(at) => {
            let name = lower.split_off(at + 1);
            lower.truncate(at);
            (lower, name)
        }
        None => (String::new(), lower),
    }
}

/// Returns a name in lower case, as it stands where it is that already.
fn lowered(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

impl Engine<'_, '_> {
    /// Returns a variable's value; `None` where no assignment was seen and nothing is known of it.
    pub(in super::super) fn variable(&mut self, name: &str) -> Option<Value> {
        let lower = lowered(name);
        let (scope, name) = lower.split_once(':').unwrap_or(("", &lower));
        match scope {
            "env" => return Some(self.environment(name)),
            "function" => return self.find_variable(&format!("function:{name}")),
            "global" | "script" => {
                let global = self.scopes.first().and_then(|scope| scope.variables.get(name));
                return global.cloned().or_else(|| known::automatic(name));
            }
            _ => {}
        }
        self.find_variable(name).or_else(|| known::automatic(name))
    }

    fn find_variable(&self, name: &str) -> Option<Value> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.variables.get(name).cloned())
    }

    /// Returns an environment variable: one that the script set, or one that every default installation has.
    pub(in super::super) fn environment(&mut self, name: &str) -> Value {
        let key = format!("env:{name}");
        match self.find_variable(&key).or_else(|| known::environment(name)) {
            Some(value) => value,
            None => {
                self.events += 1;
                Value::unknown_text(format!("$env:{name}"))
            }
        }
    }

    /// Sets a variable in the scope that its name asks for, the present one by default.
    pub(in super::super) fn set_variable(&mut self, name: &str, value: Value) {
        let (scope, name) = split_scope(name);
        let last = self.scopes.len().saturating_sub(1);
        match scope.as_str() {
            "env" => self.store(0, format!("env:{name}"), value),
            "function" => self.store(0, format!("function:{name}"), value),
            "global" | "script" => self.store(0, name, value),
            _ => self.store(last, name, value),
        }
    }

    fn store(&mut self, index: usize, name: String, value: Value) {
        let Some(scope) = self.scopes.get_mut(index) else {
            return;
        };
        let old = scope.variables.insert(name.clone(), value);
        if let Some(journal) = self.journals.last_mut() {
            journal.variables.entry((index, name)).or_insert(old);
        }
    }

    /// Takes a variable's value out of the present scope, to change it in place; it must be set again.
    pub(super) fn take_variable(&mut self, name: &str) -> Option<Value> {
        if !self.journals.is_empty() {
            return None;
        }
        let (scope, name) = split_scope(name);
        if !scope.is_empty() {
            return None;
        }
        self.scopes.last_mut()?.variables.remove(&name)
    }

    /// Forgets what a buffer holds that something outside the script has filled: every variable that is this buffer
    /// becomes unknown.
    pub(in super::super) fn forget_buffer(&mut self, buffer: &Value) {
        let is_it = |value: &Value| match (value, buffer) {
            (Value::Bytes(one), Value::Bytes(other)) => Rc::ptr_eq(one, other),
            (Value::Array(one), Value::Array(other)) => Rc::ptr_eq(one, other),
            (Value::Hash(one), Value::Hash(other)) => Rc::ptr_eq(one, other),
            _ => false,
        };
        let places: Vec<(usize, String)> = self
            .scopes
            .iter()
            .enumerate()
            .flat_map(|(index, scope)| {
                let own = scope.variables.iter().filter(|(_, value)| is_it(value));
                own.map(move |(name, _)| (index, name.clone()))
            })
            .collect();
        for (index, name) in places {
            let value = Value::unknown(format!("${name}"));
            self.store(index, name, value);
        }
    }

    pub(in super::super) fn remove_variable(&mut self, name: &str) {
        let (_, name) = split_scope(name);
        let last = self.scopes.len().saturating_sub(1);
        self.store(last, name, Value::Null);
    }

    /// Returns the names of the variables that the script set.
    pub(in super::super) fn variable_names(&self) -> Vec<String> {
        let names = self
            .scopes
            .iter()
            .flat_map(|scope| scope.variables.keys().cloned());
        names.filter(|name| !name.starts_with("env:")).collect()
    }

    pub(super) fn define_function(&mut self, function: &Rc<Function>) {
        let (scope, name) = split_scope(&function.name);
        let source = Rc::clone(&self.source);
        let index = if scope.is_empty() {
            self.scopes.len().saturating_sub(1)
        } else {
            0
        };
        if let Some(scope) = self.scopes.get_mut(index) {
            scope.functions.insert(name, (Rc::clone(function), source));
        }
    }

    pub(super) fn function(&self, name: &str) -> Option<(Rc<Function>, Rc<Source>)> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.functions.get(name).cloned())
    }

    pub(in super::super) fn set_alias(&mut self, name: &str, target: &str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.aliases.insert(name.to_lowercase(), target.to_owned());
        }
    }

    pub(in super::super) fn alias(&self, name: &str) -> Option<String> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.aliases.get(name).cloned())
    }

    /// Runs `work` in a new scope.
    pub(super) fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Scope::default());
        let result = work(self);
        let gone = self.scopes.len().saturating_sub(1);
        self.scopes.pop();
        if let Some(journal) = self.journals.last_mut() {
            journal.variables.retain(|(index, _), _| *index < gone);
        }
        result
    }

    /// Remembers the content of a shared value before it is changed, where a condition is not known.
    pub(in super::super) fn save(&mut self, value: &Value) {
        let Some(journal) = self.journals.last_mut() else {
            return;
        };
        let known = |saved: &Saved| match (saved, value) {
            (Saved::Array(one, _), Value::Array(other)) => Rc::ptr_eq(one, other),
            (Saved::Hash(one, _), Value::Hash(other)) => Rc::ptr_eq(one, other),
            (Saved::Object(one, _), Value::Object(other)) => Rc::ptr_eq(one, other),
            _ => false,
        };
        if journal.saved.iter().any(known) {
            return;
        }
        match value {
            Value::Array(cell) => journal
                .saved
                .push(Saved::Array(Rc::clone(cell), cell.borrow().clone())),
            Value::Hash(cell) => journal
                .saved
                .push(Saved::Hash(Rc::clone(cell), cell.borrow().clone())),
            Value::Object(cell) => journal
                .saved
                .push(Saved::Object(Rc::clone(cell), cell.borrow().clone())),
            _ => {}
        }
    }

    /// Whether an arm on an unknown condition is being taken.
    pub(super) fn is_uncertain(&self) -> bool {
        !self.journals.is_empty()
    }

    /// Takes every arm from the same start. What the arms leave different becomes unknown; an arm that leaves
    /// the loop, the function or the script may have done so.
    pub(super) fn each_arm<'w>(&mut self, arms: Vec<Arm<'w, Self>>) -> Eval<()> {
        let mut left = Vec::new();
        let mut touched = Vec::new();
        for arm in arms {
            self.journals.push(Journal::default());
            let result = arm(self);
            let journal = self.journals.pop().unwrap_or_default();
            let stays = match result {
                Err(Stop::Limit(limit)) => return Err(Stop::Limit(limit)),
                Err(Stop::Break | Stop::Return | Stop::Exit | Stop::Throw(_) | Stop::Fail(_)) => {
                    self.maybe_left = true;
                    false
                }
                Err(Stop::Continue) => false,
                Ok(()) => true,
            };
            let after = self.rewind(journal, &mut touched);
            // What follows runs only behind an arm that did not leave.
            if stays {
                left.push(after);
            }
        }
        self.merge(&left);
        for saved in touched {
            self.blur(saved);
        }
        Ok(())
    }

    /// Restores what an arm changed and returns what it left.
    fn rewind(&mut self, journal: Journal, touched: &mut Vec<Saved>) -> Left {
        let mut variables = BTreeMap::new();
        for ((index, name), old) in journal.variables {
            let Some(scope) = self.scopes.get_mut(index) else {
                continue;
            };
            let new = match old {
                Some(old) => scope.variables.insert(name.clone(), old),
                None => scope.variables.remove(&name),
            };
            variables.insert((index, name), new);
        }
        for saved in journal.saved {
            touched.push(match saved {
                Saved::Array(cell, old) => {
                    drop(cell.replace(old.clone()));
                    Saved::Array(cell, old)
                }
                Saved::Hash(cell, old) => {
                    let new = cell.replace(old);
                    Saved::Hash(cell, new)
                }
                Saved::Object(cell, old) => {
                    let marked = super::class::marked(&old, &cell);
                    drop(cell.replace(old));
                    Saved::Object(cell, marked)
                }
            });
        }
        Left { variables }
    }

    fn merge(&mut self, arms: &[Left]) {
        let keys: Vec<(usize, String)> = arms
            .iter()
            .flat_map(|arm| arm.variables.keys().cloned())
            .collect();
        for (index, name) in keys {
            let before = self
                .scopes
                .get(index)
                .and_then(|scope| scope.variables.get(&name).cloned());
            let key = (index, name.clone());
            let mut values = arms
                .iter()
                .map(|arm| arm.variables.get(&key).cloned().unwrap_or_else(|| before.clone()));
            let first = values.next().flatten();
            let agree = values.all(|other| same_value(first.as_ref(), other.as_ref()));
            let value = match first {
                Some(value) if agree => value,
                _ => Value::unknown(format!("${name}")),
            };
            self.store(index, name, value);
        }
    }

    /// What an arm may have changed in a shared value is not known any more.
    fn blur(&mut self, saved: Saved) {
        match saved {
            Saved::Array(cell, _) => {
                self.save(&Value::Array(Rc::clone(&cell)));
                for item in cell.borrow_mut().iter_mut() {
                    *item = Value::unknown("an item set on an unknown condition");
                }
            }
            Saved::Hash(cell, new) => {
                self.save(&Value::Hash(Rc::clone(&cell)));
                let mut table = cell.borrow_mut();
                let mut keys: Vec<(Value, Value)> = table.entries().to_vec();
                keys.extend_from_slice(new.entries());
                for (key, _) in &keys {
                    table.set(
                        key.clone(),
                        Value::unknown("an entry set on an unknown condition"),
                    );
                }
            }
            Saved::Object(cell, marked) => {
                self.save(&Value::Object(Rc::clone(&cell)));
                let mut object = cell.borrow_mut();
                let unknown = marked.fields.iter().filter(|(_, value)| !value.is_known());
                let unknown: Vec<_> = unknown
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                object.fields.extend(unknown);
                object.forget();
            }
        }
    }
}

/// Whether two values are surely the same.
pub(super) fn same_value(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => match (one, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(one), Value::Bool(other)) => one == other,
            (Value::Int(kind, one), Value::Int(other_kind, other)) => kind == other_kind && one == other,
            (Value::Double(one), Value::Double(other)) => one == other,
            (Value::Char(one), Value::Char(other)) => one == other,
            (Value::Str(one), Value::Str(other)) => one == other,
            (Value::Mixed(one), Value::Mixed(other)) => one == other,
            (Value::Unknown(one), Value::Unknown(other)) => one == other,
            (Value::Array(one), Value::Array(other)) => Rc::ptr_eq(one, other),
            (Value::Bytes(one), Value::Bytes(other)) => Rc::ptr_eq(one, other),
            (Value::Hash(one), Value::Hash(other)) => Rc::ptr_eq(one, other),
            (Value::Object(one), Value::Object(other)) => Rc::ptr_eq(one, other),
            (Value::Block(one), Value::Block(other)) => Rc::ptr_eq(one, other),
            (Value::Type(one), Value::Type(other)) => one == other,
            _ => false,
        },
        _ => false,
    }
}
