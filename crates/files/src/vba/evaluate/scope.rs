//! Names: what they stand for where the evaluation is (MS-VBAL 5.6.10).

use super::{Evaluator, Known};
use crate::vba::ast::{Bound, Constant, Expr, Name, Node, Procedure, Variable};
use crate::vba::convert::{integer, to_type};
use crate::vba::fault::{Eval, Stop};
use crate::vba::object::{Class, Object};
use crate::vba::operate::{Mode, Operator, binary};
use crate::vba::state::{Slot, Variables};
use crate::vba::value::{Array, Type, Value};
use std::collections::HashMap;
use std::rc::Rc;

/// Where a variable lives.
#[derive(Clone, Debug)]
pub(super) enum Home {
    /// In the running procedure.
    Local,
    /// In the object whose method runs.
    Field(usize),
    /// In a module.
    Global(usize),
}

impl Evaluator<'_, '_> {
    /// Gives every module its variables.
    pub(super) fn open_globals(&mut self) {
        self.state.globals = vec![Rc::default(); self.units.len()];
        for index in 0..self.units.len() {
            let Some(unit) = self.units.get(index).cloned() else {
                continue;
            };
            self.enter_unit(index);
            for variable in &unit.unit.variables {
                self.globals_named.insert(Rc::clone(&variable.name));
                if let Ok(slot) = self.new_slot(variable)
                    && let Some(globals) = self.state.globals.get_mut(index)
                {
                    Rc::make_mut(globals).insert(Rc::clone(&variable.name), slot);
                }
            }
            self.state.frames.pop();
        }
    }

    /// Starts a frame at module level.
    pub(super) fn enter_unit(&mut self, unit: usize) {
        self.state.frames.push(crate::vba::state::Frame::new(unit, None));
    }

    /// Returns what a variable of the running procedure holds, where it lives nowhere else and is not made at first use.
    pub(super) fn plain_local(&self, name: &Name) -> Option<&Value> {
        let slot = self.state.frames.last()?.variables.get(name)?;
        (slot.kept.is_none() && slot.new.is_none()).then_some(&slot.value)
    }

    /// Returns where the variable of a name lives.
    pub(super) fn home(&mut self, name: &Name) -> Option<Home> {
        let frame = self.state.frames.last()?;
        let unit = frame.unit;
        if frame.variables.contains_key(name) {
            return Some(Home::Local);
        }
        if let Some(me) = frame.me
            && self
                .state
                .object(me)
                .is_some_and(|object| object.fields.contains_key(name))
        {
            return Some(Home::Field(me));
        }
        self.known(unit, name).home.map(Home::Global)
    }

    /// Returns what a name stands for that is no local variable.
    fn known(&mut self, unit: usize, name: &Name) -> &Known {
        if self.names.len() < self.units.len() {
            self.names.resize_with(self.units.len(), HashMap::new);
        }
        let stale = match self.names.get(unit).and_then(|names| names.get(name)) {
            // A variable of one arm is none of the other, and one that was not there may be.
            Some(Known { home: Some(home), .. }) => !self.is_global(*home, name),
            Some(Known { home: None, seen, .. }) => {
                *seen != self.globals_named.len() && self.globals_named.contains(name)
            }
            None => true,
        };
        if stale {
            let known = Known {
                home: self.global_home(unit, name),
                procedure: self.search_procedure(name, false),
                external: self.search_external(name),
                group: crate::vba::library::group(name, self.budget),
                seen: self.globals_named.len(),
            };
            if let Some(names) = self.names.get_mut(unit) {
                names.insert(Rc::clone(name), known);
            }
        }
        let found = self.names.get(unit).and_then(|names| names.get(name));
        found.unwrap_or(&self.nothing)
    }

    fn global_home(&mut self, unit: usize, name: &Name) -> Option<usize> {
        if self.has_global(unit, name) {
            return Some(unit);
        }
        if self.procedure_here(unit, name) {
            return None;
        }
        (0..self.units.len()).find(|other| *other != unit && self.has_global(*other, name))
    }

    fn is_global(&self, unit: usize, name: &str) -> bool {
        self.state
            .globals
            .get(unit)
            .is_some_and(|globals| globals.contains_key(name))
    }

    /// Returns what a name stands for that is no variable: one look for all of it.
    pub(super) fn meaning(&mut self, name: &Name) -> Known {
        let unit = self.unit_index();
        self.known(unit, name).clone()
    }

    fn procedure_here(&self, unit: usize, name: &str) -> bool {
        self.units
            .get(unit)
            .is_some_and(|unit| unit.procedure(name, false).is_some())
    }

    fn has_global(&mut self, unit: usize, name: &Name) -> bool {
        self.is_global(unit, name) || self.define_constant(unit, name)
    }

    /// Evaluates a module's constant at its first use.
    fn define_constant(&mut self, unit: usize, name: &Name) -> bool {
        let Some(at) = self.units.get(unit).and_then(|unit| unit.constant(name)) else {
            return false;
        };
        let Some(loaded) = self.units.get(unit).cloned() else {
            return false;
        };
        let constants = &loaded.unit.constants;
        // Against a constant that is defined by itself.
        self.set_global(unit, name, Slot::of(Type::Variant, Value::unknown(name)));
        self.enter_unit(unit);
        let value = self
            .constant_value(constants, at)
            .unwrap_or_else(|_| Value::unknown(name));
        self.state.frames.pop();
        self.set_global(unit, name, Slot::of(Type::Variant, value));
        true
    }

    fn set_global(&mut self, unit: usize, name: &Name, slot: Slot) {
        if !self.globals_named.contains(name) {
            self.globals_named.insert(Rc::clone(name));
        }
        if let Some(globals) = self.state.globals.get_mut(unit) {
            Rc::make_mut(globals).insert(Rc::clone(name), slot);
        }
    }

    /// A member of an enumeration without a value is one more than the last that has one.
    fn constant_value(&mut self, constants: &[Constant], at: usize) -> Eval<Value> {
        let mut steps = 0i32;
        for constant in constants.get(..=at).unwrap_or(&[]).iter().rev() {
            if let Some(expr) = &constant.value {
                let value = self.eval(expr)?;
                let value = if steps > 0 {
                    to_type(value, &Type::Long)?
                } else {
                    value
                };
                return self
                    .more(&value, steps)
                    .and_then(|value| to_type(value, &constant.kind));
            }
            if constant.first {
                break;
            }
            steps += 1;
        }
        Ok(Value::Long(steps))
    }

    fn more(&self, value: &Value, steps: i32) -> Eval<Value> {
        if steps == 0 {
            return Ok(value.clone());
        }
        let sum = binary(Operator::Add, value, &Value::Long(steps), Mode::default())?;
        Ok(sum.unwrap_or_else(|| value.clone()))
    }

    /// Returns the slot of a variable.
    pub(super) fn slot(&self, home: &Home, name: &Name) -> Option<&Slot> {
        match home {
            Home::Local => {
                let frame = self.state.frames.last()?;
                let slot = frame.variables.get(name)?;
                match &slot.kept {
                    Some(kept) => self.state.globals.get(frame.unit)?.get(kept),
                    None => Some(slot),
                }
            }
            Home::Field(object) => self.state.object(*object)?.fields.get(name),
            Home::Global(unit) => self.state.globals.get(*unit)?.get(name),
        }
    }

    /// Returns the slot of a variable to write to.
    pub(super) fn slot_mut(&mut self, home: &Home, name: &Name) -> Option<&mut Slot> {
        match home {
            Home::Local => {
                let frame = self.state.frames.last_mut()?;
                let kept = frame.variables.get(name)?.kept.clone();
                match kept {
                    Some(kept) => Rc::make_mut(self.state.globals.get_mut(frame.unit)?).get_mut(&kept),
                    None => Rc::make_mut(&mut frame.variables).get_mut(name),
                }
            }
            Home::Field(object) => self.state.object_mut(*object)?.fields.get_mut(name),
            Home::Global(unit) => Rc::make_mut(self.state.globals.get_mut(*unit)?).get_mut(name),
        }
    }

    /// Declares variables of the running procedure; one that is there already keeps its value.
    pub(super) fn declare_all(&mut self, variables: &[Variable], kept: bool) -> Eval<()> {
        for variable in variables {
            let known = |variables: &Variables| variables.contains_key(&variable.name);
            if self
                .state
                .frames
                .last()
                .is_some_and(|frame| known(&frame.variables))
            {
                continue;
            }
            let mut slot = self.new_slot(variable)?;
            if kept {
                slot = self.keep(variable, slot);
            }
            self.declare(&variable.name, slot);
        }
        Ok(())
    }

    /// Puts a `Static` variable among those of the module.
    fn keep(&mut self, variable: &Variable, slot: Slot) -> Slot {
        let unit = self.unit_index();
        let procedure = self.state.frames.last().and_then(|frame| frame.procedure.clone());
        let owner = procedure.map_or(0, |procedure| procedure.start);
        let kept: Name = Rc::from(format!("{} of {owner}", variable.name));
        if let Some(globals) = self.state.globals.get_mut(unit) {
            Rc::make_mut(globals)
                .entry(Rc::clone(&kept))
                .or_insert_with(|| slot.clone());
        }
        Slot {
            kept: Some(kept),
            ..slot
        }
    }

    /// Adds a variable: at module level to the module.
    pub(super) fn declare(&mut self, name: &Name, slot: Slot) {
        let Some(frame) = self.state.frames.last_mut() else {
            return;
        };
        if frame.procedure.is_none() {
            let unit = frame.unit;
            return self.set_global(unit, name, slot);
        }
        Rc::make_mut(&mut frame.variables).insert(Rc::clone(name), slot);
    }

    pub(super) fn declare_constants(&mut self, constants: &[Constant]) -> Eval<()> {
        for (at, constant) in constants.iter().enumerate() {
            let value = self.constant_value(constants, at)?;
            self.declare(&constant.name, Slot::of(Type::Variant, value));
        }
        Ok(())
    }

    /// Returns the slot that a declaration makes.
    pub(super) fn new_slot(&mut self, variable: &Variable) -> Eval<Slot> {
        let value = match &variable.bounds {
            Some(bounds) => self.new_array(bounds, &variable.kind)?,
            None => self.initial(&variable.kind, 0),
        };
        let new = match &variable.kind {
            Type::Named(class) if variable.new => Some(Rc::clone(class)),
            _ => None,
        };
        let kind = match variable.bounds {
            Some(_) => Type::Variant,
            None => variable.kind.clone(),
        };
        Ok(Slot {
            new,
            ..Slot::of(kind, value)
        })
    }

    /// Returns what a variable of the type holds at first; a user-defined type holds its members.
    fn initial(&mut self, kind: &Type, depth: u32) -> Value {
        let Type::Named(name) = kind else {
            return kind.initial();
        };
        let record = self
            .units
            .iter()
            .find(|unit| unit.unit.records.iter().any(|record| record.name == *name))
            .cloned();
        let Some(unit) = record.filter(|_| depth < 8) else {
            return Value::Nothing;
        };
        let members = unit.unit.records.iter().find(|record| record.name == *name);
        let fields = members
            .into_iter()
            .flat_map(|record| &record.members)
            .map(|member| {
                let value = match &member.bounds {
                    Some(bounds) => self.new_array(bounds, &member.kind).unwrap_or(Value::Empty),
                    None => self.initial(&member.kind, depth + 1),
                };
                (Rc::clone(&member.name), value)
            })
            .collect();
        Value::Record(Rc::new(fields))
    }

    /// Returns an array of initial values; without bounds it has no element yet.
    pub(super) fn new_array(&mut self, bounds: &[Bound], kind: &Type) -> Eval<Value> {
        let mut sizes = Vec::new();
        let base = self.unit().map_or(0, |unit| unit.unit.base);
        for bound in bounds {
            let lower = match &bound.lower {
                Some(lower) => self.eval(lower)?,
                None => Value::Long(base),
            };
            let upper = self.eval(&bound.upper)?;
            let (Some(lower), Some(upper)) = (integer(&lower)?, integer(&upper)?) else {
                return Ok(Value::unknown("array of unknown size"));
            };
            let length = upper.saturating_sub(lower).saturating_add(1);
            let length = usize::try_from(length).map_err(|_| Stop::RANGE)?;
            sizes.push((i32::try_from(lower).map_err(|_| Stop::OVERFLOW)?, length));
        }
        let total = sizes
            .iter()
            .try_fold(usize::from(!sizes.is_empty()), |total, (_, length)| {
                total.checked_mul(*length)
            })
            .ok_or(Stop::Fault(7))?;
        self.budget.build(total.saturating_mul(size_of::<Value>()))?;
        let first = self.initial(kind, 1);
        Ok(Value::Array(Rc::new(Array {
            bounds: if sizes.is_empty() { vec![(0, 0)] } else { sizes },
            items: vec![first; total],
            kind: kind.clone(),
        })))
    }

    /// Returns the procedure of a name in a module.
    pub(super) fn own_procedure(&self, unit: usize, name: &str) -> Option<Rc<Procedure>> {
        self.units.get(unit)?.procedure(name, false).cloned()
    }

    /// Returns the procedure that a plain name calls.
    pub(super) fn called(&mut self, name: &Name) -> Option<(usize, Rc<Procedure>)> {
        let unit = self.unit_index();
        self.known(unit, name).procedure.clone()
    }

    /// Returns the procedure that a plain name calls: the module's own before others'.
    pub(super) fn find_procedure(&self, name: &str, put: bool) -> Option<(usize, Rc<Procedure>)> {
        self.search_procedure(name, put)
    }

    fn search_procedure(&self, name: &str, put: bool) -> Option<(usize, Rc<Procedure>)> {
        let here = self.unit_index();
        let in_unit = |index: usize| {
            let unit = self.units.get(index)?;
            let foreign_class = index != here && unit.unit.class && !unit.unit.hosted;
            let procedure = unit.procedure(name, put).filter(|_| !foreign_class)?;
            Some((index, Rc::clone(procedure)))
        };
        in_unit(here).or_else(|| {
            (0..self.units.len())
                .filter_map(in_unit)
                .find(|(_, procedure)| !procedure.private)
        })
    }

    /// Returns the module of a name.
    pub(super) fn unit_named(&self, name: &str) -> Option<usize> {
        self.units.iter().position(|unit| *unit.name == *name)
    }

    /// Returns the module that an expression names, where no variable has the name.
    pub(super) fn module_of(&mut self, expr: &Expr) -> Option<usize> {
        match &expr.node {
            Node::Name(name) => {
                let unit = self.unit_named(name)?;
                self.home(name).is_none().then_some(unit)
            }
            _ => None,
        }
    }

    /// Returns a new object of a class module, for one of its procedures to run on.
    pub(super) fn instance_of(&mut self, unit: usize) -> Option<usize> {
        let loaded = self.units.get(unit).cloned()?;
        if !loaded.unit.class || loaded.unit.hosted {
            return None;
        }
        self.enter_unit(unit);
        let fields = loaded
            .unit
            .variables
            .iter()
            .filter_map(|variable| Some((Rc::clone(&variable.name), self.new_slot(variable).ok()?)))
            .collect();
        self.state.frames.pop();
        let object = Object {
            fields,
            ..Object::of(Class::User(unit))
        };
        match self.state.allocate(object) {
            Value::Object(at) => Some(at),
            _ => None,
        }
    }
}
