//! Members, calls and indexes behind an expression.

use super::super::ast::{Expr, ExprKind, Place, Suffix, SuffixKind};
use super::super::dotnet;
use super::super::value::{State, Value};
use super::assign::place_of;
use super::{Engine, Eval};

impl Engine<'_, '_> {
    pub(super) fn postfix(&mut self, base: &Expr, suffixes: &[Suffix]) -> Eval<Value> {
        self.follow(base, suffixes)
    }

    /// Applies suffixes from the left.
    pub(super) fn follow(&mut self, base: &Expr, suffixes: &[Suffix]) -> Eval<Value> {
        let mut value = self.expr(base)?;
        let mut named: Option<(Value, String, bool)> = None;
        for (index, suffix) in suffixes.iter().enumerate() {
            self.budget.step()?;
            let method = named.take();
            let place = Place::new(base.place.start, suffix.end);
            value = match &suffix.kind {
                SuffixKind::Index(index) => {
                    let index = self.expr(index)?;
                    self.indexed(&value, &index, place)?
                }
                SuffixKind::Member { name, fixed } => {
                    let name = self.member_name(name)?;
                    let read = self.at(place, |engine| dotnet::member(engine, &value, &name, *fixed))?;
                    // What is no property may be a method that the next suffix calls: `.Name.Invoke(…)`.
                    if !read.is_known() || is_made_up(&value, &read, &name) {
                        named = Some((value, name, *fixed));
                    }
                    read
                }
                SuffixKind::Invoke {
                    name,
                    fixed,
                    arguments,
                } => {
                    let name = self.member_name(name)?;
                    let arguments = self.call_arguments(arguments)?;
                    let (value, name, fixed) = match method {
                        Some((owner, method, fixed)) if name.eq_ignore_ascii_case("invoke") => {
                            (owner, method, fixed)
                        }
                        _ => (value, name, *fixed),
                    };
                    self.at(place, |engine| {
                        dotnet::invoke(engine, &value, &name, fixed, arguments)
                    })?
                }
                SuffixKind::Increment(by) => {
                    let before = suffixes.get(..index).unwrap_or_default();
                    self.increment_suffix(base, before, *by)?
                }
            };
        }
        Ok(value)
    }

    fn call_arguments(&mut self, arguments: &[Expr]) -> Eval<Vec<Value>> {
        arguments.iter().map(|argument| self.expr(argument)).collect()
    }

    /// A member's name; one that is not known gives an empty name, which no member has.
    fn member_name(&mut self, name: &Expr) -> Eval<String> {
        if let ExprKind::Literal(value) = &name.kind {
            return Ok(value.display());
        }
        let value = self.expr(name)?;
        Ok(value.exact().unwrap_or_default())
    }

    fn indexed(&mut self, value: &Value, index: &Value, place: Place) -> Eval<Value> {
        let result = if index.is_list() {
            let mut picked = Vec::new();
            let mut known = true;
            for one in index.items() {
                self.budget.step()?;
                match self.item(value, &one) {
                    Some(item) => picked.extend(item),
                    None => known = false,
                }
            }
            known.then(|| Value::array(picked))
        } else {
            self.item(value, index).map(|item| item.unwrap_or(Value::Null))
        };
        Ok(result.unwrap_or_else(|| self.unknown(place)))
    }

    /// Returns an item: the outer `None` is "not known", the inner one "outside".
    fn item(&mut self, value: &Value, index: &Value) -> Option<Option<Value>> {
        match value {
            Value::Hash(table) => {
                let table = table.borrow();
                if !index.is_known() {
                    return None;
                }
                if table.custom {
                    // An object without an order of its own is its own first item.
                    return matches!(index.integer_value(), Some(0 | -1)).then(|| Some(value.clone()));
                }
                match index {
                    Value::Int(_, n) if table.ordered && table.get(index).is_none() => {
                        let place = usize::try_from(*n).ok()?;
                        Some(table.entries().get(place).map(|(_, value)| value.clone()))
                    }
                    _ => Some(table.get(index).cloned()),
                }
            }
            Value::Str(text) => {
                index.integer_value()?;
                let length = text.units();
                if self
                    .budget
                    .work(if text.as_str().is_ascii() { 0 } else { length })
                    .is_err()
                {
                    return None;
                }
                Some(
                    place_of(index, length)
                        .and_then(|place| text.unit(place))
                        .map(Value::Char),
                )
            }
            Value::Array(items) => {
                index.integer_value()?;
                let items = items.borrow();
                Some(place_of(index, items.len()).and_then(|place| items.get(place).cloned()))
            }
            Value::Bytes(bytes) => {
                index.integer_value()?;
                let bytes = bytes.borrow();
                Some(
                    place_of(index, bytes.len())
                        .and_then(|place| bytes.get(place).map(|&byte| Value::byte(byte))),
                )
            }
            Value::Object(object) => match &object.borrow().state {
                _ if dotnet::psobject_item(&object.borrow(), index).is_some() => {
                    dotnet::psobject_item(&object.borrow(), index).map(Some)
                }
                State::List(items) if matches!(index, Value::Str(_)) => {
                    let place = dotnet::named_group(&object.borrow(), index.as_str()?)?;
                    Some(items.get(place).cloned())
                }
                State::List(items) => {
                    index.integer_value()?;
                    Some(place_of(index, items.len()).and_then(|place| items.get(place).cloned()))
                }
                _ => None,
            },
            Value::Null => Some(None),
            Value::Char(_) | Value::Int(..) | Value::Double(_) | Value::Bool(_) => {
                Some(matches!(index.integer_value(), Some(0 | -1)).then(|| value.clone()))
            }
            _ => None,
        }
    }
}

/// Whether a member was made up for an object whose parts a script fills in: it may as well be a method.
fn is_made_up(owner: &Value, member: &Value, name: &str) -> bool {
    let (Value::Object(owner), Value::Object(member)) = (owner, member) else {
        return false;
    };
    let class = member.borrow().class.clone();
    class
        .strip_prefix(owner.borrow().class.as_str())
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(|rest| rest.eq_ignore_ascii_case(name))
}
