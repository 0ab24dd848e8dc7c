//! Finds the method of an object.

use super::{Class, Object};
use crate::vba::ast::Expr;
use crate::vba::convert::{describe, known};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::Value;

/// A call of a member: its object, name in lower case, arguments and place.
pub(super) struct Call<'c> {
    pub object: usize,
    pub member: &'c str,
    pub values: &'c [Value],
    pub at: &'c Expr,
}

impl Call<'_> {
    /// Returns an argument, Empty where it is left out.
    pub(super) fn value(&self, at: usize) -> Value {
        self.values.get(at).cloned().unwrap_or(Value::Empty)
    }

    /// Returns an argument as an effect carries it.
    pub(super) fn text(&self, at: usize) -> crate::script::Text {
        crate::vba::convert::text(&self.value(at))
    }

    /// Returns an argument where it is a known string.
    pub(super) fn known(&self, at: usize) -> Eval<Option<String>> {
        Ok(known(&self.value(at))?.map(|text| text.show()))
    }
}

impl Evaluator<'_, '_> {
    /// Calls a member of an object, or reads a property; the empty name is the default member.
    pub(in crate::vba) fn invoke(
        &mut self,
        object: Value,
        member: &str,
        values: &[Value],
        at: &Expr,
    ) -> Eval<Value> {
        self.step()?;
        let Value::Object(object) = object else {
            return self.host_call(member, values, at);
        };
        let Some(class) = self.state.object(object).map(|object| object.class.clone()) else {
            return Ok(self.unknown(at));
        };
        let call = Call {
            object,
            member,
            values,
            at,
        };
        let entries = self.state.object(object).map_or(0, |object| object.entries.len());
        self.toil(entries)?;
        let result = match class {
            Class::Shell | Class::Shortcut => self.shell_method(&call)?,
            Class::ShellApplication | Class::Browser => self.application_method(&call)?,
            Class::Script => self.script_method(&call)?,
            Class::Management | Class::Managed => self.management_method(&call)?,
            Class::Scheduler => self.scheduler_method(&call)?,
            Class::FileSystem => self.filesystem_method(&call)?,
            Class::TextStream => self.text_stream_method(&call)?,
            Class::Http => self.http_method(&call)?,
            Class::Stream => self.stream_method(&call)?,
            Class::Dictionary => self.dictionary_method(&call)?,
            Class::Collection => self.collection_method(&call)?,
            Class::Document | Class::Node => self.document_method(&call)?,
            Class::Pattern => self.pattern_method(&call)?,
            Class::Err => self.err_method(&call)?,
            Class::Item(item) => return self.item_member(&item, &call),
            Class::Items(items) => self.items_method(&items, &call)?,
            Class::Range(range) => {
                return match self.range_method(&range, &call)? {
                    Some(value) => Ok(value),
                    None => self.host_call(member, values, at),
                };
            }
            Class::User(_) | Class::Elsewhere | Class::Other => None,
        };
        match result.or_else(|| self.property(object, member, values)) {
            Some(value) => Ok(value),
            None => {
                values.iter().for_each(|value| self.retire(value));
                Ok(self.unknown_member(&call))
            }
        }
    }

    /// A member of the document: what the file does not say is as with anything else of the host.
    fn item_member(&mut self, item: &super::host::ItemRef, call: &Call<'_>) -> Eval<Value> {
        match self.item_method(&item.0, call)? {
            Some(value) => Ok(value),
            None => self.host_call(call.member, call.values, call.at),
        }
    }

    fn property(&self, object: usize, member: &str, values: &[Value]) -> Option<Value> {
        let held = self.state.object(object)?.field(member)?;
        values.is_empty().then(|| held.clone())
    }

    /// The value of a member that depends on the machine, with the arguments that are known.
    pub(super) fn unknown_member(&self, call: &Call<'_>) -> Value {
        if call.values.is_empty() {
            return self.unknown(call.at);
        }
        let arguments: Vec<String> = call.values.iter().map(describe).collect();
        Value::unknown(&format!("{}({})", call.member, arguments.join(", ")))
    }

    /// Returns a property that was set.
    pub(super) fn field(&self, object: usize, name: &str) -> Option<Value> {
        self.state.object(object)?.field(name).cloned()
    }

    /// Sets a property without more ado.
    pub(super) fn set_field(&mut self, object: usize, name: &str, value: Value) {
        if let Some(object) = self.state.object_mut(object) {
            object.set(name, value);
        }
    }

    /// Sets a property of an object of a library.
    pub(in crate::vba) fn set_property(
        &mut self,
        object: usize,
        class: &Class,
        name: &str,
        values: &[Value],
        value: Value,
    ) -> Eval<()> {
        match (class, name) {
            (Class::Dictionary, "" | "item") => self.set_entry(object, values, value),
            (Class::Node | Class::Document, _) => self.set_on_node(object, name, value)?,
            (Class::Item(item), _) => self.set_on_item(object, &item.0, name, value),
            (Class::Range(range), _) => self.set_on_range(range, name, value),
            (Class::Elsewhere | Class::Items(_), _) => {}
            (_, "") => self.set_field(object, "value", value),
            _ => self.set_field(object, name, value),
        }
        Ok(())
    }

    /// Returns the items that `For Each` goes over; `None` where they are unknown.
    pub(in crate::vba) fn items_of(&mut self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Array(array) => Some(array.items.clone()),
            Value::Object(at) => {
                let object = self.state.object(*at)?;
                match &object.class {
                    Class::Range(range) => {
                        let range = range.clone();
                        self.each_cell(&range)
                    }
                    Class::Items(items) => {
                        let items = items.clone();
                        self.all_items(&items)
                    }
                    Class::Dictionary => Some(object.entries.iter().map(|(key, _)| key.clone()).collect()),
                    Class::Collection => Some(object.entries.iter().map(|(_, item)| item.clone()).collect()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn err_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        let frame = self.state.frames.last_mut();
        Ok(match call.member {
            "" | "number" => Some(match frame {
                // Whether something failed that is not evaluated here is unknown.
                Some(frame) if frame.error > 0 => Value::Long(i32::from(frame.error)),
                _ => Value::unknown("Err.Number"),
            }),
            "clear" => {
                if let Some(frame) = frame {
                    frame.error = 0;
                }
                Some(Value::Empty)
            }
            "raise" => {
                let number = crate::vba::convert::integer(&call.value(0))?.unwrap_or(5);
                return Err(Stop::Fault(u16::try_from(number).unwrap_or(5)));
            }
            _ => None,
        })
    }

    /// Puts a new object on the heap.
    pub(super) fn allocate(&mut self, object: Object) -> Value {
        self.state.allocate(object)
    }
}
