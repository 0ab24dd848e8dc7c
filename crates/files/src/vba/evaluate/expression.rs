//! Expressions: their values, and what they do on the way.

use super::Evaluator;
use crate::vba::ast::{Expr, Name, Node};
use crate::vba::convert::string;
use crate::vba::fault::{Eval, Stop};
use crate::vba::library;
use crate::vba::operate::{Mode, Operator, binary, concat, negate, not, plus};
use crate::vba::value::{Type, Value};

/// The operands of a chain up to the one at hand.
#[derive(Clone, Copy)]
struct Operands<'e> {
    first: &'e Expr,
    rest: &'e [(Operator, Expr)],
}

impl<'e> Operands<'e> {
    fn each(self) -> impl Iterator<Item = &'e Expr> {
        std::iter::once(self.first).chain(self.rest.iter().map(|(_, right)| right))
    }
}

impl Evaluator<'_, '_> {
    /// Returns the value of an expression.
    pub(in crate::vba) fn eval(&mut self, expr: &Expr) -> Eval<Value> {
        match &expr.node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Name(name) => self.name(name, expr),
            _ => self.deeper(expr, |this| this.eval_node(expr)),
        }
    }

    /// Returns the value of an expression, for an object the value that stands for it.
    pub(super) fn value(&mut self, expr: &Expr) -> Eval<Value> {
        let value = self.eval(expr)?;
        Ok(self.settled(value))
    }

    fn eval_node(&mut self, expr: &Expr) -> Eval<Value> {
        match &expr.node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Name(name) => self.name(name, expr),
            Node::Group(inner) => self.eval(inner),
            Node::Plus(inner) => {
                let value = self.value(inner)?;
                Ok(plus(&value)?.unwrap_or_else(|| self.unknown(expr)))
            }
            Node::Not(inner) => {
                let value = self.value(inner)?;
                Ok(not(&value)?.unwrap_or_else(|| self.unknown(expr)))
            }
            Node::Negate(inner) => {
                let value = self.value(inner)?;
                let wide = self.is_variant(inner);
                Ok(negate(&value, wide)?.unwrap_or_else(|| self.unknown(expr)))
            }
            Node::Chain(first, rest) => self.chain(first, rest, expr),
            Node::Call(callee, arguments) => self.call(callee, arguments, expr),
            Node::Member(object, name) => self.member(object, name, &[], expr),
            Node::WithMember(name) => {
                let subject = self.with_subject();
                self.member_of(subject, name, &[], expr)
            }
            Node::WithSubject => Ok(self.with_subject()),
            Node::New(class) => self.new_object(class, expr),
            Node::TypeOf(subject) => {
                self.eval(subject)?;
                Ok(self.unknown(expr))
            }
            // The procedure that a pointer names may be called from outside: it runs with all others.
            Node::AddressOf => Ok(self.unknown(expr)),
        }
    }

    pub(super) fn with_subject(&self) -> Value {
        let frame = self.state.frames.last();
        frame
            .and_then(|frame| frame.with.last())
            .cloned()
            .unwrap_or_else(|| Value::unknown("With"))
    }

    fn chain(&mut self, first: &Expr, rest: &[(Operator, Expr)], expr: &Expr) -> Eval<Value> {
        let mut left = self.eval(first)?;
        for (at, (operator, right)) in rest.iter().enumerate() {
            self.step()?;
            let value = self.eval(right)?;
            let operands = Operands {
                first,
                rest: rest.get(..=at).unwrap_or_default(),
            };
            left = self.apply(*operator, left, value, operands, expr)?;
        }
        Ok(left)
    }

    fn apply(
        &mut self,
        operator: Operator,
        left: Value,
        right: Value,
        operands: Operands<'_>,
        expr: &Expr,
    ) -> Eval<Value> {
        let (left, right) = match operator {
            Operator::Is => (left, right),
            _ => (self.settled(left), self.settled(right)),
        };
        let strings = matches!(
            (&left, &right),
            (Value::Text(_), Value::Text(_) | Value::Mixed(_))
        );
        if operator == Operator::Concat || (operator == Operator::Add && strings) {
            self.charge(&left, &right)?;
            return self.append(left, &right);
        }
        self.toil(length(&left).saturating_add(length(&right)))?;
        let text_compare = self.unit().is_some_and(|unit| unit.unit.text_compare);
        let mode = |wide: bool| Mode {
            wide,
            text_compare,
            variants: false,
        };
        if is_text_and_number(&left, &right) && operator.compares() && self.are_variants(operands) {
            let mode = Mode {
                variants: true,
                ..mode(true)
            };
            let result = binary(operator, &left, &right, mode)?;
            return Ok(result.unwrap_or_else(|| self.unknown(expr)));
        }
        let result = match binary(operator, &left, &right, mode(false)) {
            // Whether an overflow goes on in a wider type is asked only where there is one.
            Err(stop @ (Stop::OVERFLOW | Stop::MISMATCH)) => {
                if !operands.each().any(|operand| self.is_variant(operand)) {
                    return Err(stop);
                }
                binary(operator, &left, &right, mode(true))?
            }
            other => other?,
        };
        Ok(result.unwrap_or_else(|| self.unknown(expr)))
    }

    /// Puts a string behind another that nobody else holds, in place.
    fn append(&mut self, left: Value, right: &Value) -> Eval<Value> {
        if matches!(&left, Value::Array(_)) || matches!(right, Value::Array(_)) {
            return concat(&left, right);
        }
        let right = match right {
            Value::Null => Value::text(""),
            other => string(other)?,
        };
        match (left, right) {
            (Value::Text(mut left), Value::Text(right)) if left.len() > 0 && right.len() > 0 => {
                left.push(right.units(), right.built);
                Ok(Value::Text(left))
            }
            (left, right) => {
                self.toil(length(&left))?;
                concat(&left, &right)
            }
        }
    }

    fn charge(&mut self, left: &Value, right: &Value) -> Eval<()> {
        let total = length(left).saturating_add(length(right));
        if total as u64 > self.budget.limits().value_bytes / 2 {
            return Err(Stop::Limit(strongroom_model::Limit::ValueBytes));
        }
        Ok(self.budget.build(length(right))?)
    }

    /// Whether the declared type of an expression is Variant: its arithmetic goes on in a wider type.
    fn is_variant(&mut self, expr: &Expr) -> bool {
        match &expr.node {
            Node::Literal(_) => false,
            Node::Name(name) => match self.home(name) {
                Some(home) => self
                    .slot(&home, name)
                    .is_none_or(|slot| slot.kind == Type::Variant),
                None => true,
            },
            Node::Group(inner) | Node::Negate(inner) | Node::Plus(inner) | Node::Not(inner) => {
                self.is_variant(inner)
            }
            Node::Chain(first, rest) => {
                self.is_variant(first) || rest.iter().any(|(_, right)| self.is_variant(right))
            }
            Node::Call(callee, _) => self.result_is_variant(callee),
            _ => true,
        }
    }

    /// Whether all operands are variables that are declared Variant, or parts of arrays of them.
    fn are_variants(&mut self, operands: Operands<'_>) -> bool {
        operands.each().all(|operand| {
            let name = match &operand.node {
                Node::Name(name) => name,
                Node::Call(callee, _) => match &callee.node {
                    Node::Name(name) => name,
                    _ => return false,
                },
                _ => return false,
            };
            self.home(name).is_some() && self.is_variant(operand)
        })
    }

    fn result_is_variant(&mut self, callee: &Expr) -> bool {
        let Node::Name(name) = &callee.node else {
            return true;
        };
        if let Some(home) = self.home(name) {
            return match self.slot(&home, name).map(|slot| &slot.value) {
                Some(Value::Array(array)) => array.kind == Type::Variant,
                _ => true,
            };
        }
        match self.called(name) {
            Some((_, procedure)) => procedure.kind == Type::Variant,
            None => !library::is_typed(name),
        }
    }

    /// Returns what a plain name stands for.
    pub(super) fn name(&mut self, name: &Name, expr: &Expr) -> Eval<Value> {
        self.step()?;
        if let Some(value) = self.plain_local(name) {
            return Ok(value.clone());
        }
        if let Some(home) = self.home(name) {
            let slot = self.slot(&home, name);
            let made = slot.and_then(|slot| slot.new.clone().filter(|_| slot.value == Value::Nothing));
            let value = slot.map_or(Value::Empty, |slot| slot.value.clone());
            return match made {
                Some(class) => self.make_at_first_use(&home, name, &class, expr),
                None => Ok(value),
            };
        }
        if &**name == "me" {
            let me = self.state.frames.last().and_then(|frame| frame.me);
            let unit = self.unit_index();
            let me = match me {
                Some(me) => Some(Value::Object(me)),
                None => self.module_object(unit),
            };
            return Ok(me.unwrap_or_else(|| self.unknown(expr)));
        }
        let meaning = self.meaning(name);
        if let Some((unit, procedure)) = meaning.procedure {
            return self.call_procedure(unit, procedure, &[], expr);
        }
        if meaning.external {
            return self.call_external(name, &[], expr);
        }
        if let Some(value) = self.own_member(name, &[], expr)? {
            return Ok(value);
        }
        if let Some(value) = library::constant(name) {
            return Ok(value);
        }
        if let Some(value) = self.built_in(meaning.group, name, &[], expr)? {
            return Ok(value);
        }
        if let Some(value) = self.host(name) {
            return Ok(value);
        }
        if let Some(value) = self.host_item(name, expr)? {
            return Ok(value);
        }
        if let Some(value) = self.bracketed(expr)? {
            return Ok(value);
        }
        Ok(self.undeclared(name, expr))
    }

    fn make_at_first_use(
        &mut self,
        home: &super::scope::Home,
        name: &Name,
        class: &Name,
        expr: &Expr,
    ) -> Eval<Value> {
        let value = self.new_object(class, expr)?;
        if let Some(slot) = self.slot_mut(home, name) {
            slot.value = value.clone();
        }
        Ok(value)
    }

    /// A name that nothing declares is an empty variable, unless the host may have given it a meaning.
    fn undeclared(&mut self, name: &Name, expr: &Expr) -> Value {
        let Some(unit) = self.unit() else {
            return Value::Empty;
        };
        let host_may_know = unit.unit.explicit || unit.unit.hosted || self.unit_named(name).is_some();
        if (host_may_know && !unit.assigns(name)) || library::is_host_name(name) {
            return self.unknown(expr);
        }
        Value::Empty
    }

    /// Returns the text of a value that depends on known parts: `Name(arguments)`.
    pub(super) fn unknown_call(&self, name: &str, values: &[Value], expr: &Expr) -> Value {
        let source = self.source(expr);
        let head = source.split(['(', ' ', '$']).next().unwrap_or("");
        let written = head.rsplit('.').next().unwrap_or("");
        let name = if written.to_lowercase() == name {
            written
        } else {
            name
        };
        let arguments: Vec<String> = values.iter().map(crate::vba::convert::describe).collect();
        Value::unknown(&format!("{name}({})", arguments.join(", ")))
    }

    /// Returns whatever a name of the host application stands for that the evaluation knows.
    fn host(&mut self, name: &Name) -> Option<Value> {
        let class = crate::vba::object::Class::of_host(name)?;
        Some(self.state.allocate(crate::vba::object::Object::of(class)))
    }
}

/// Whether one is a string and the other a number.
fn is_text_and_number(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| matches!(value, Value::Text(_));
    (text(left) && right.is_number()) || (left.is_number() && text(right))
}

/// The known code units of a string, and what its pieces weigh.
fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        // A piece takes its share of work and memory whatever it holds.
        Value::Mixed(mixed) => mixed.known_len() + 64 * mixed.pieces.len(),
        _ => 0,
    }
}
