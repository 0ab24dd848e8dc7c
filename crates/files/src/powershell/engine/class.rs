//! Classes that a script declares: their objects, methods and static members.

use super::super::ast::{Class, Method, Place};
use super::super::convert::type_name;
use super::super::dotnet;
use super::super::value::{IntKind, Object, Source, State, Value};
use super::bind::Given;
use super::{Engine, Eval, Stop};
use std::cell::RefCell;
use std::rc::Rc;

/// Classes that may stand below each other.
const MOST_BASES: usize = 16;

/// Levels that a construction counts for.
const CONSTRUCTION: u32 = 6;

/// What the class of an object begins with, where a script declared it.
const SIGN: &str = "class:";

/// The field in which an object of a class keeps what it is of the framework's.
const FOREIGN: &str = "base:";

/// A class with the text it stands in.
#[derive(Debug)]
pub(in super::super) struct Declared {
    class: Rc<Class>,
    source: Rc<Source>,
    /// An object whose properties are the static ones.
    statics: Value,
}

impl Declared {
    fn name(&self) -> String {
        type_name(&self.class.name)
    }

    /// The base class, which is what is named first.
    fn base(&self) -> Option<String> {
        self.class.bases.first().map(|base| type_name(base))
    }

    fn kind_of(&self, property: &str) -> Option<&str> {
        let found = self
            .class
            .properties
            .iter()
            .find(|one| one.name.to_lowercase() == property)?;
        found.kind.as_deref()
    }
}

impl Engine<'_, '_> {
    /// Declares a class; its static properties get their values at once.
    pub(super) fn declare_class(&mut self, class: &Rc<Class>) -> Eval<()> {
        let name = type_name(&class.name);
        if self
            .classes
            .get(&name)
            .is_some_and(|known| Rc::ptr_eq(&known.class, class))
        {
            return Ok(());
        }
        let statics = Object::new(format!("{SIGN}{name}")).value();
        let declared = Rc::new(Declared {
            class: Rc::clone(class),
            source: Rc::clone(self.source()),
            statics: statics.clone(),
        });
        self.classes.insert(name, Rc::clone(&declared));
        self.fill(&declared, &statics, true)
    }

    pub(in super::super) fn class(&self, name: &str) -> Option<Rc<Declared>> {
        self.classes.get(name).cloned()
    }

    /// A class and those that it is derived from, the nearest first.
    fn line(&self, name: &str) -> Vec<Rc<Declared>> {
        let mut line: Vec<Rc<Declared>> = Vec::new();
        let mut next = self.class(name);
        while let Some(declared) = next {
            next = declared.base().and_then(|base| self.class(&base));
            line.push(declared);
            if line.len() >= MOST_BASES {
                break;
            }
        }
        line
    }

    /// Gives the properties of a class their first values.
    fn fill(&mut self, declared: &Rc<Declared>, object: &Value, fixed: bool) -> Eval<()> {
        let own = declared.class.properties.iter();
        for property in own.filter(|property| property.fixed == fixed) {
            let value = match &property.value {
                Some(value) => {
                    let source = Rc::clone(&declared.source);
                    self.inside(&source, |engine| {
                        engine.scoped(|engine| {
                            if !fixed {
                                engine.set_variable("this", object.clone());
                            }
                            engine.value_of(value)
                        })
                    })?
                }
                None => self.first_value(property.kind.as_deref()),
            };
            let value = self.typed(value, property.kind.as_deref())?;
            if let Value::Object(object) = object {
                let name = property.name.to_lowercase();
                object.borrow_mut().fields.insert(name, value);
            }
        }
        Ok(())
    }

    /// What a property without a value holds at first.
    fn first_value(&self, kind: Option<&str>) -> Value {
        let name = kind.map(|kind| self.type_of(kind)).unwrap_or_default();
        match name.as_str() {
            "boolean" => Value::Bool(false),
            "double" | "single" => Value::Double(0.0),
            "char" => Value::Char(0),
            "datetime" | "timespan" | "decimal" | "guid" | "intptr" => Value::unknown(name),
            name if self.is_enumeration(name) => self.enumerated(name, 0),
            name => match super::super::convert::int_kind(name) {
                Some(kind) => Value::Int(kind, 0),
                None => Value::Null,
            },
        }
    }

    /// A value as its declared type holds it.
    fn typed(&mut self, value: Value, kind: Option<&str>) -> Eval<Value> {
        match kind {
            Some(kind) if !matches!(value, Value::Null) => {
                let place = self.place();
                self.cast_param(&value, kind, place)
            }
            _ => Ok(value),
        }
    }

    /// `[C]::new(arguments)`
    pub(in super::super) fn instantiate(
        &mut self,
        declared: &Rc<Declared>,
        arguments: Vec<Value>,
    ) -> Eval<Value> {
        let name = declared.name();
        let line = self.line(&name);
        let mut object = Object::new(format!("{SIGN}{name}"));
        let is_text = |method: &Method| method.name.eq_ignore_ascii_case("tostring");
        if !line
            .iter()
            .any(|declared| declared.class.methods.iter().any(is_text))
        {
            object = object.with("tostring", Value::text(declared.class.name.as_str()));
        }
        let object = object.value();
        let built = self.deeper_by(CONSTRUCTION, |engine| {
            engine.build(declared, &object, arguments, MOST_BASES)
        })?;
        let place = self.place();
        Ok(if built { object } else { self.unknown(place) })
    }

    /// Runs a class's part of a construction: the base class, the first values, the constructor. Says whether it is known which
    /// constructor that is.
    fn build(
        &mut self,
        declared: &Rc<Declared>,
        object: &Value,
        arguments: Vec<Value>,
        bases: usize,
    ) -> Eval<bool> {
        let constructors = declared.class.methods.iter();
        let constructors: Vec<&Method> = constructors
            .filter(|method| !method.fixed && method.name.eq_ignore_ascii_case(&declared.class.name))
            .collect();
        let constructor = overload(&constructors, &arguments);
        // Without a constructor of its own a class has one that takes nothing.
        if constructor.is_none() && !(constructors.is_empty() && arguments.is_empty()) {
            return Ok(false);
        }
        let source = Rc::clone(&declared.source);
        self.inside(&source, |engine| {
            engine.scoped(|engine| {
                engine.set_variable("this", object.clone());
                let mut handed = Vec::new();
                if let Some(constructor) = constructor {
                    let given = arguments.into_iter().map(|value| Given::Value(value, None));
                    engine.bind_params(&constructor.body, given.collect())?;
                    for argument in constructor.base.iter().flatten() {
                        handed.push(engine.expr(argument)?);
                    }
                }
                let built = engine.build_base(declared, object, handed, bases)?;
                engine.fill(declared, object, false)?;
                let result = match constructor {
                    Some(constructor) => engine.block(&constructor.body, &mut Vec::new()),
                    None => Ok(()),
                };
                match result {
                    Ok(()) | Err(Stop::Return) => Ok(built),
                    Err(other) => Err(other),
                }
            })
        })
    }

    fn build_base(
        &mut self,
        declared: &Rc<Declared>,
        object: &Value,
        arguments: Vec<Value>,
        bases: usize,
    ) -> Eval<bool> {
        let (Some(base), Some(bases)) = (declared.base(), bases.checked_sub(1)) else {
            return Ok(true);
        };
        if let Some(base) = self.class(&base) {
            return self.build(&base, object, arguments, bases);
        }
        let base = self.type_of(&base);
        let foreign = dotnet::construct(self, &base, arguments)?;
        if let Value::Object(object) = object {
            object.borrow_mut().fields.insert(FOREIGN.to_owned(), foreign);
        }
        Ok(true)
    }

    /// Calls a method of an object of a class, or of what it is of the framework's; the outer `None` is "no such object".
    pub(in super::super) fn instance_call(
        &mut self,
        value: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Option<Eval<Value>> {
        let class = class_of(value)?;
        for declared in self.line(&class) {
            let methods: Vec<&Method> = named(&declared, name, false);
            if !methods.is_empty() {
                let Some(method) = overload(&methods, arguments) else {
                    let place = self.place();
                    return Some(Ok(self.unknown(place)));
                };
                let arguments = arguments.to_vec();
                return Some(self.run_method(&declared, method, Some(value), arguments));
            }
        }
        let Value::Object(object) = value else { return None };
        let foreign = object.borrow().fields.get(FOREIGN).cloned()?;
        // A script may make the object its own part.
        Some(self.deeper(|engine| dotnet::invoke(engine, &foreign, name, false, arguments.to_vec())))
    }

    /// A property that an object of a class does not have itself.
    pub(in super::super) fn foreign_member(&mut self, object: &Object, name: &str) -> Eval<Option<Value>> {
        match object.fields.get(FOREIGN).cloned() {
            Some(foreign) => self
                .deeper(|engine| dotnet::member(engine, &foreign, name, false))
                .map(Some),
            None => Ok(Some(Value::Null)),
        }
    }

    /// Calls a static method; `None` where no class has it.
    pub(in super::super) fn static_call(
        &mut self,
        class: &str,
        name: &str,
        arguments: &[Value],
    ) -> Option<Eval<Value>> {
        for declared in self.line(class) {
            let methods = named(&declared, name, true);
            if let Some(method) = overload(&methods, arguments) {
                return Some(self.run_method(&declared, method, None, arguments.to_vec()));
            }
        }
        None
    }

    /// Returns a static property; `None` where no class has it.
    pub(in super::super) fn static_member(&self, class: &str, name: &str) -> Option<Value> {
        let line = self.line(class);
        line.iter().find_map(|declared| match &declared.statics {
            Value::Object(statics) => statics.borrow().fields.get(name).cloned(),
            _ => None,
        })
    }

    /// Sets a static property; says whether some class has it.
    pub(super) fn store_static(&mut self, class: &str, name: &str, value: &Value) -> Eval<bool> {
        let lower = name.to_lowercase();
        for declared in self.line(class) {
            let Value::Object(statics) = &declared.statics else {
                continue;
            };
            if statics.borrow().fields.contains_key(&lower) {
                let value = self.typed(value.clone(), declared.kind_of(&lower))?;
                self.save(&declared.statics);
                statics.borrow_mut().fields.insert(lower, value);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A value on its way into a property of an object, as the class declares it.
    pub(super) fn for_property(&mut self, object: &Value, name: &str, value: Value) -> Eval<Value> {
        let Some(class) = class_of(object) else {
            return Ok(value);
        };
        let lower = name.to_lowercase();
        for declared in self.line(&class) {
            if let Some(kind) = declared.kind_of(&lower) {
                return self.typed(value, Some(kind));
            }
        }
        Ok(value)
    }

    /// Runs a method: only what it returns comes out.
    fn run_method(
        &mut self,
        declared: &Rc<Declared>,
        method: &Method,
        this: Option<&Value>,
        arguments: Vec<Value>,
    ) -> Eval<Value> {
        let outer_left = std::mem::replace(&mut self.maybe_left, false);
        let outer_returned = self.returned.take();
        let given = arguments.into_iter().map(|value| Given::Value(value, None));
        let given = given.collect();
        let source = Rc::clone(&declared.source);
        let result = self.inside(&source, |engine| {
            engine.scoped(|engine| {
                engine.deeper(|engine| {
                    if let Some(this) = this {
                        engine.set_variable("this", this.clone());
                    }
                    engine.bind_params(&method.body, given)?;
                    engine.block(&method.body, &mut Vec::new())
                })
            })
        });
        let left = std::mem::replace(&mut self.maybe_left, outer_left);
        let returned = std::mem::replace(&mut self.returned, outer_returned);
        match result {
            Ok(()) | Err(Stop::Return) => {}
            Err(other) => return Err(other),
        }
        let kind = method.kind.as_deref();
        if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("void")) {
            return Ok(Value::Null);
        }
        if left {
            let place = self.place();
            return Ok(self.unknown(place));
        }
        self.typed(Value::collapse(returned.unwrap_or_default()), kind)
    }

    /// A cast to a declared class or enumeration; `None` where the type is neither.
    pub(super) fn declared_cast(&mut self, value: &Value, name: &str, place: Place) -> Option<Eval<Value>> {
        if self.is_enumeration(name) {
            return Some(Ok(self
                .as_enumerated(name, value)
                .unwrap_or_else(|| self.unknown(place))));
        }
        if let Some(item) = name.strip_suffix("[]") {
            return self.class(item).map(|_| Ok(value.clone()));
        }
        let declared = self.class(name)?;
        let is_one = |engine: &Self| {
            let class = class_of(value)?;
            let line = engine.line(&class);
            // Seen as its base class an object may answer otherwise.
            line.first().map(|first| first.name() == name)
        };
        Some(match (value, is_one(self)) {
            (Value::Null, _) | (_, Some(true)) => Ok(value.clone()),
            (Value::Unknown(_), _) | (_, Some(false)) => Ok(self.unknown(place)),
            (Value::Hash(table), _) => {
                let entries = table.borrow().entries().to_vec();
                self.instantiate(&declared, Vec::new()).and_then(|object| {
                    for (key, value) in entries {
                        let name = key.display();
                        let value = self.for_property(&object, &name, value)?;
                        if let Value::Object(object) = &object {
                            object.borrow_mut().fields.insert(name.to_lowercase(), value);
                        }
                    }
                    Ok(object)
                })
            }
            (other, _) => self.instantiate(&declared, vec![other.clone()]),
        })
    }
}

/// The canonical name of the class of which a value is an object.
pub(in super::super) fn class_of(value: &Value) -> Option<String> {
    match value {
        Value::Object(object) => {
            let object = object.try_borrow().ok()?;
            let plain = matches!(object.state, State::Plain);
            object
                .class
                .strip_prefix(SIGN)
                .filter(|_| plain)
                .map(str::to_owned)
        }
        _ => None,
    }
}

fn named<'d>(declared: &'d Declared, name: &str, fixed: bool) -> Vec<&'d Method> {
    let methods = declared.class.methods.iter();
    methods
        .filter(|method| method.fixed == fixed && method.name.eq_ignore_ascii_case(name))
        .collect()
}

/// The method that a call means: the one with so many parameters, of several the one whose types are those of the arguments.
fn overload<'m>(methods: &[&'m Method], arguments: &[Value]) -> Option<&'m Method> {
    let counted = methods
        .iter()
        .filter(|method| method.body.params.len() == arguments.len());
    let counted: Vec<&'m Method> = counted.copied().collect();
    if let [only] = counted.as_slice() {
        return Some(only);
    }
    let fits = |method: &&&Method| {
        let mut pairs = method.body.params.iter().zip(arguments);
        pairs.all(|(param, argument)| {
            let kind = param.kind.as_deref().map(type_name);
            kind.is_some_and(|kind| is_exactly(argument, &kind))
        })
    };
    let mut fitting = counted.iter().filter(fits);
    let first = fitting.next().copied();
    first.filter(|_| fitting.next().is_none())
}

/// Whether a value is of a type, and of no other that a parameter may name.
fn is_exactly(value: &Value, kind: &str) -> bool {
    match value {
        Value::Str(_) => kind == "string",
        Value::Int(own, _) => super::super::convert::int_kind(kind) == Some(*own) && *own != IntKind::UInt64,
        Value::Bool(_) => kind == "boolean",
        Value::Hash(_) => kind == "collections.hashtable",
        Value::Bytes(_) => kind == "byte[]",
        Value::Block(_) => kind == "management.automation.scriptblock",
        other => class_of(other).is_some_and(|class| class == kind),
    }
}

/// The properties that an arm changed in an object are not known behind it.
pub(super) fn marked(old: &Object, new: &RefCell<Object>) -> Object {
    let mut marked = old.clone();
    for (name, value) in &new.borrow().fields {
        if !super::scope::same_value(old.fields.get(name), Some(value)) {
            let unknown = Value::unknown("a property set on an unknown condition");
            marked.fields.insert(name.clone(), unknown);
        }
    }
    marked
}
