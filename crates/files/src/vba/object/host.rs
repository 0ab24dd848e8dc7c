//! Items of the document around the project: read where the file says what they hold, changed where a macro
//! changes them.

use super::invoke::Call;
use super::{Class, Object};
use crate::vba::ast::Expr;
use crate::vba::convert::{integer, known};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::Eval;
use crate::vba::host::{Collection, Datum, Item};
use crate::vba::value::{Str, Value};
use std::rc::Rc;

/// An item behind an object; two are the same where they are one item.
#[derive(Clone, Debug)]
pub(in crate::vba) struct ItemRef(pub Rc<Item>);

impl PartialEq for ItemRef {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ItemRef {}

/// A collection of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vba) struct ItemsRef {
    owner: ItemRef,
    property: &'static str,
}

impl ItemsRef {
    fn collection(&self) -> Option<&Collection> {
        self.owner.0.collection(self.property)
    }
}

impl From<&Datum> for Value {
    fn from(datum: &Datum) -> Self {
        match datum {
            Datum::Text(units) => Value::Text(Str::shared(units, 3)),
            Datum::Whole(number) => Value::whole(*number),
            Datum::Real(bits) => Value::Double(f64::from_bits(*bits)),
            Datum::Bool(yes) => Value::Bool(*yes),
            Datum::Unknown => Value::unknown("stored value"),
        }
    }
}

impl Evaluator<'_, '_> {
    /// Returns the object of an item: one for each.
    pub(in crate::vba) fn item(&mut self, item: &Rc<Item>) -> Value {
        self.one_object(Rc::as_ptr(item) as usize, Class::Item(ItemRef(Rc::clone(item))))
    }

    /// A member of an item without anything else that the name might stand for.
    pub(in crate::vba) fn try_item(
        &mut self,
        object: Value,
        member: &str,
        values: &[Value],
        at: &Expr,
    ) -> Eval<Option<Value>> {
        let Value::Object(object) = object else {
            return Ok(None);
        };
        let item = match self.state.object(object).map(|object| &object.class) {
            Some(Class::Item(ItemRef(item))) => Rc::clone(item),
            _ => return Ok(None),
        };
        let call = Call {
            object,
            member,
            values,
            at,
        };
        self.item_method(&item, &call)
    }

    /// Returns a new object of an item, as `New` makes one of a form.
    pub(in crate::vba) fn new_item(&mut self, item: &Rc<Item>) -> Value {
        self.allocate(Object::of(Class::Item(ItemRef(Rc::clone(item)))))
    }

    /// A member of an item; `None` where the file does not say.
    pub(super) fn item_method(&mut self, item: &Rc<Item>, call: &Call<'_>) -> Eval<Option<Value>> {
        let item = Rc::clone(item);
        if call.member.is_empty() {
            // `Form!Control`, `Form("Control")`.
            if let (Some(_), [Value::Text(name)]) = (item.members, call.values) {
                let name = name.show().to_lowercase();
                return Ok(member_named(&item, &name).map(|control| self.item(&control)));
            }
            return match item.default {
                Some(default) if call.values.is_empty() => Ok(self.item_value(call.object, &item, default)),
                _ => Ok(None),
            };
        }
        if let Some(held) = self.item_value(call.object, &item, call.member) {
            return match (call.values, &held) {
                ([], _) => Ok(Some(held)),
                (_, Value::Object(_)) => self.invoke(held, "", call.values, call.at).map(Some),
                _ => Ok(None),
            };
        }
        if item.same.contains(&call.member) && call.values.is_empty() {
            return Ok(Some(Value::Object(call.object)));
        }
        self.item_part(&item, call)
    }

    /// Returns what was written to a property, else what the file says.
    fn item_value(&mut self, object: usize, item: &Rc<Item>, property: &str) -> Option<Value> {
        if let Some(written) = self.field(object, property) {
            return Some(written);
        }
        if let Some(datum) = item.value(property) {
            return Some(Value::from(datum));
        }
        let (property, held) = item.collections.iter().find(|(name, _)| *name == property)?;
        let class = Class::Items(ItemsRef {
            owner: ItemRef(Rc::clone(item)),
            property,
        });
        Some(self.one_object(std::ptr::from_ref(held) as usize, class))
    }

    /// Returns the object at an address of the document: one for each.
    fn one_object(&mut self, address: usize, class: Class) -> Value {
        if let Some(at) = self.state.items.get(&address) {
            return Value::Object(*at);
        }
        let object = self.state.allocate(Object::of(class));
        if let Value::Object(at) = object {
            Rc::make_mut(&mut self.state.items).insert(address, at);
        }
        object
    }

    /// A control of a form by its name, a cell by row and column, a part of a text by its bounds.
    fn item_part(&mut self, item: &Rc<Item>, call: &Call<'_>) -> Eval<Option<Value>> {
        let members = item.members.and_then(|members| item.collection(members));
        self.toil(members.map_or(0, |members| members.items.len().saturating_mul(16)))?;
        if let Some(control) = member_named(item, call.member) {
            let control = self.item(&control);
            return match call.values {
                [] => Ok(Some(control)),
                values => self.invoke(control, "", values, call.at).map(Some),
            };
        }
        if let Some(grid) = &item.grid {
            let grid = Rc::clone(grid);
            return self.sheet_part(&grid, call);
        }
        match (call.member, call.values) {
            ("referstorange", []) => match item.value("refersto") {
                Some(Datum::Text(units)) => {
                    let refers = String::from_utf16_lossy(units);
                    Ok(self.range_of_text(refers.trim_start_matches('=')))
                }
                _ => Ok(None),
            },
            ("cell", [row, column]) => {
                let (Some(row), Some(column)) = (integer(row)?, integer(column)?) else {
                    return Ok(None);
                };
                let place = format!("{row},{column}");
                let found = item
                    .collection("cells")
                    .and_then(|cells| cells.items.iter().find(|cell| cell.name == place).cloned());
                Ok(found.map(|cell| self.item(&cell)))
            }
            ("range", [from, to]) => self.part_of_text(item, call.object, from, to),
            _ => Ok(None),
        }
    }

    /// `Document.Range(start, end)`: characters counted from 0.
    fn part_of_text(
        &mut self,
        item: &Rc<Item>,
        object: usize,
        from: &Value,
        to: &Value,
    ) -> Eval<Option<Value>> {
        let (Some(from), Some(to)) = (integer(from)?, integer(to)?) else {
            return Ok(None);
        };
        let text = self.item_value(object, item, "text");
        let (Some(Value::Text(text)), Ok(from), Ok(to)) = (text, usize::try_from(from), usize::try_from(to))
        else {
            return Ok(None);
        };
        let Some(units) = text.units().get(from..to) else {
            return Ok(None);
        };
        self.budget.build(units.len())?;
        let part = Item::default()
            .with("text", Datum::units(units.to_vec()))
            .defaulting("text");
        let class = Class::Item(ItemRef(Rc::new(part)));
        Ok(Some(self.allocate(Object::of(class))))
    }

    /// A member of a collection of items.
    pub(super) fn items_method(&mut self, items: &ItemsRef, call: &Call<'_>) -> Eval<Option<Value>> {
        let items = items.clone();
        let Some(collection) = items.collection() else {
            return Ok(None);
        };
        if let [Value::Text(_)] = call.values {
            // Each name is looked at.
            self.toil(collection.items.len().saturating_mul(16))?;
        }
        match (call.member, call.values) {
            ("count", []) => Ok(collection.counted.then(|| Value::count(collection.items.len()))),
            ("" | "item", [index]) => {
                let found = match index {
                    Value::Text(_) => by_name(collection, index)?,
                    index => by_number(collection, index)?,
                };
                Ok(found.map(|item| self.item(&item)))
            }
            ("first", []) => Ok(collection
                .items
                .first()
                .filter(|_| collection.counted)
                .cloned()
                .map(|item| self.item(&item))),
            ("last", []) => Ok(collection
                .items
                .last()
                .filter(|_| collection.counted)
                .cloned()
                .map(|item| self.item(&item))),
            _ => Ok(None),
        }
    }

    /// Returns the objects of all items of a collection whose order is known.
    pub(super) fn all_items(&mut self, items: &ItemsRef) -> Option<Vec<Value>> {
        let items = items.clone();
        let collection = items.collection().filter(|collection| collection.counted)?;
        Some(collection.items.iter().map(|item| self.item(item)).collect())
    }

    /// Sets a property of an item. Text and value of a control are one.
    pub(super) fn set_on_item(&mut self, object: usize, item: &Rc<Item>, name: &str, value: Value) {
        let name = match (name, item.default) {
            ("", Some(default)) => default,
            ("", None) => "value",
            (name, _) => name,
        };
        if matches!(name, "text" | "value") {
            for alias in ["text", "value"] {
                if item.value(alias).is_some() {
                    self.set_field(object, alias, value.clone());
                }
            }
        }
        self.set_field(object, name, value);
    }

    /// Returns the value that stands for an object where a value is asked for; any other value as it is.
    pub(in crate::vba) fn settled(&mut self, value: Value) -> Value {
        let Value::Object(at) = value else {
            return value;
        };
        let item = match self.state.object(at).map(|object| &object.class) {
            Some(Class::Item(ItemRef(item))) => Rc::clone(item),
            Some(Class::Range(range)) => {
                let range = range.clone();
                return self.range_settled(&range);
            }
            _ => return Value::Object(at),
        };
        match item.default {
            Some(default) => {
                let held = self.item_value(at, &item, default);
                held.unwrap_or_else(|| Value::unknown(default))
            }
            None => Value::Object(at),
        }
    }
}

/// Returns the item that is a property by its name, in lower case.
fn member_named(item: &Item, name: &str) -> Option<Rc<Item>> {
    let collection = item.collection(item.members?)?;
    let found = |held: &&Rc<Item>| held.name.to_lowercase() == name;
    collection.items.iter().find(found).cloned()
}

fn by_name(collection: &Collection, name: &Value) -> Eval<Option<Rc<Item>>> {
    let Some(name) = known(name)?.map(|name| name.show().to_lowercase()) else {
        return Ok(None);
    };
    let mut found = collection
        .items
        .iter()
        .filter(|item| item.name.to_lowercase() == name);
    Ok(found.next().cloned())
}

fn by_number(collection: &Collection, index: &Value) -> Eval<Option<Rc<Item>>> {
    let Some(index) = integer(index)?.filter(|_| collection.counted) else {
        return Ok(None);
    };
    let at = usize::try_from(index).ok().and_then(|at| at.checked_sub(1));
    Ok(at.and_then(|at| collection.items.get(at)).cloned())
}
