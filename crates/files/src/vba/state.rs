//! All that a statement can change: variables, objects, open files.
//!
//! It is cheap to copy, since its parts are shared until one is written to: an evaluation copies it before a
//! condition that it cannot know, runs each arm on a copy of its own, and merges what comes out.

use super::ast::{Handler, Name, Procedure};
use super::object::{Class, Object};
use super::value::{Type, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A variable with its declared type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slot {
    pub value: Value,
    pub kind: Type,
    /// A `Static` variable lives among the module's under this name.
    pub kept: Option<Name>,
    /// `As New`: the class that is made at first use.
    pub new: Option<Name>,
}

impl Slot {
    /// Returns a slot of a declared type.
    pub(super) fn of(kind: Type, value: Value) -> Self {
        Slot {
            value,
            kind,
            kept: None,
            new: None,
        }
    }
}

/// Variables by name.
pub(super) type Variables = BTreeMap<Name, Slot>;

/// One call of a procedure.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The module.
    pub unit: usize,
    /// The procedure; none at module level.
    pub procedure: Option<Rc<Procedure>>,
    /// Its variables.
    pub variables: Rc<Variables>,
    /// The object whose method it is.
    pub me: Option<usize>,
    /// What to do at an error.
    pub handler: Handler,
    /// The number of the last error.
    pub error: u16,
    /// The subjects of `With`, the innermost last.
    pub with: Vec<Value>,
}

impl Frame {
    /// Returns the frame of a call that has no variables yet.
    pub(super) fn new(unit: usize, procedure: Option<Rc<Procedure>>) -> Self {
        Frame {
            unit,
            procedure,
            variables: Rc::default(),
            me: None,
            handler: Handler::None,
            error: 0,
            with: Vec::new(),
        }
    }
}

/// A file that the script has open for writing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OpenFile {
    pub path: Value,
    /// What was written so far, as a string or byte array.
    pub content: Value,
    pub at: Place,
}

/// The bytes of a layer that an effect stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub layer: usize,
    pub start: usize,
    pub end: usize,
}

/// All that a statement can change.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The calls, the innermost last.
    pub frames: Vec<Frame>,
    /// The variables of each module.
    pub globals: Vec<Rc<Variables>>,
    /// The objects.
    pub heap: Vec<Rc<Object>>,
    /// The objects of what belongs to the document, by its address there.
    pub items: Rc<BTreeMap<usize, usize>>,
    /// Bytes that were copied into memory one behind the other; nothing where one of them is unknown.
    pub memory: Option<Rc<Vec<u8>>>,
    /// A document that is not the project's own may be the active one.
    pub elsewhere: bool,
    /// Files open for writing, by number.
    pub files: Rc<BTreeMap<i64, OpenFile>>,
}

impl State {
    /// Puts an object on the heap.
    pub(super) fn allocate(&mut self, object: Object) -> Value {
        self.heap.push(Rc::new(object));
        Value::Object(self.heap.len() - 1)
    }

    /// Returns an object.
    pub(super) fn object(&self, at: usize) -> Option<&Object> {
        self.heap.get(at).map(|object| &**object)
    }

    /// Returns an object to write to.
    pub(super) fn object_mut(&mut self, at: usize) -> Option<&mut Object> {
        self.heap.get_mut(at).map(Rc::make_mut)
    }

    /// Makes the heap as long as another arm left it, so that no two arms give one place to two objects.
    pub(super) fn pad(&mut self, length: usize) {
        while self.heap.len() < length {
            self.heap.push(Rc::new(Object::of(Class::Elsewhere)));
        }
    }

    /// Merges the outcome of another arm into this one: what differs becomes unknown. Returns the values that
    /// were lost so.
    pub(super) fn merge(&mut self, other: State) -> Vec<Value> {
        let mut lost = Vec::new();
        for (mine, theirs) in self.frames.iter_mut().zip(&other.frames) {
            merge_variables(&mut mine.variables, &theirs.variables, &mut lost);
            if mine.handler != theirs.handler && mine.handler == Handler::None {
                mine.handler = theirs.handler.clone();
            }
        }
        for (mine, theirs) in self.globals.iter_mut().zip(&other.globals) {
            merge_variables(mine, theirs, &mut lost);
        }
        for (mine, theirs) in self.heap.iter_mut().zip(&other.heap) {
            if mine.class == Class::Elsewhere {
                *mine = Rc::clone(theirs);
            } else if theirs.class != Class::Elsewhere && !Rc::ptr_eq(mine, theirs) && mine != theirs {
                Rc::make_mut(mine).merge(theirs, &mut lost);
            }
        }
        let known = self.heap.len();
        self.heap.extend(other.heap.iter().skip(known).cloned());
        self.elsewhere |= other.elsewhere;
        if self.memory != other.memory {
            self.memory = None;
        }
        self.merge_items(&other, &mut lost);
        self.merge_files(&other.files, &mut lost);
        lost
    }

    /// Each arm may have made an object of its own for the same item: one stays, and what they differ in is unknown.
    fn merge_items(&mut self, other: &State, lost: &mut Vec<Value>) {
        if Rc::ptr_eq(&self.items, &other.items) {
            return;
        }
        let mut pairs: Vec<(usize, usize, Option<usize>)> = Vec::new();
        for (address, theirs) in other.items.iter() {
            pairs.push((*theirs, *address, self.items.get(address).copied()));
        }
        for (address, mine) in self.items.iter() {
            if !other.items.contains_key(address) {
                pairs.push((*mine, *address, None));
            }
        }
        // By place on the heap, since addresses differ from run to run.
        pairs.sort_unstable();
        for (at, address, mine) in pairs {
            let Some(theirs) = other.heap.get(at).or_else(|| self.heap.get(at)).cloned() else {
                continue;
            };
            match mine {
                Some(mine) if mine == at => {}
                Some(mine) => {
                    if let Some(mine) = self.object_mut(mine) {
                        mine.merge(&theirs, lost);
                    }
                }
                None => {
                    let untouched = Object::of(theirs.class.clone());
                    Rc::make_mut(&mut self.items).entry(address).or_insert(at);
                    if let Some(object) = self.object_mut(at) {
                        object.merge(&untouched, lost);
                    }
                }
            }
        }
    }

    fn merge_files(&mut self, other: &Rc<BTreeMap<i64, OpenFile>>, lost: &mut Vec<Value>) {
        if Rc::ptr_eq(&self.files, other) {
            return;
        }
        let files = Rc::make_mut(&mut self.files);
        for (number, theirs) in other.iter() {
            let mine = files.entry(*number).or_insert_with(|| theirs.clone());
            merge_value("file", &mut mine.path, &theirs.path, lost);
            merge_value("content", &mut mine.content, &theirs.content, lost);
        }
    }
}

fn merge_variables(mine: &mut Rc<Variables>, theirs: &Rc<Variables>, lost: &mut Vec<Value>) {
    if Rc::ptr_eq(mine, theirs) {
        return;
    }
    let variables = Rc::make_mut(mine);
    for (name, slot) in theirs.iter() {
        match variables.get_mut(name) {
            Some(mine) => merge_value(name, &mut mine.value, &slot.value, lost),
            None => drop(variables.insert(Rc::clone(name), slot.clone())),
        }
    }
}

/// Makes a value unknown where the other arm has another.
pub(super) fn merge_value(name: &str, mine: &mut Value, theirs: &Value, lost: &mut Vec<Value>) {
    if same(mine, theirs) {
        return;
    }
    lost.push(std::mem::replace(mine, Value::unknown(name)));
    lost.push(theirs.clone());
}

/// Shared contents are the same without being looked at.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b) || a == b,
        (Value::Record(a), Value::Record(b)) => Rc::ptr_eq(a, b) || a == b,
        (a, b) => a == b,
    }
}
