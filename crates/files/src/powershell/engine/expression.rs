//! Expressions: operators, literals, expansions.

use super::super::ast::{BinaryOp, Block, Case, Comparison, Expr, ExprKind, Piece, Place, UnaryOp};
use super::super::convert::{cast, type_name};
use super::super::pattern::Options;
use super::super::value::{Closure, Table, Value};
use super::super::{compare, operate, strings};
use super::{Engine, Eval, Stop};
use crate::script::Text;
use std::cell::RefCell;
use std::rc::Rc;

impl Engine<'_, '_> {
    pub(in super::super) fn expr(&mut self, expr: &Expr) -> Eval<Value> {
        match &expr.kind {
            ExprKind::Literal(value) | ExprKind::Written(value, _) => Ok(value.clone()),
            ExprKind::Variable(name) => Ok(self.read_variable(name, expr.place)),
            _ => self.deeper(|engine| engine.compound(expr)),
        }
    }

    fn read_variable(&mut self, name: &str, place: Place) -> Value {
        match self.variable(name) {
            Some(value) => {
                self.events += u64::from(!value.is_known());
                value
            }
            // A variable that nothing was assigned to is null, except where the text before may have been cut.
            None if self.source().layer == 0 => self.unknown(place),
            None => Value::Null,
        }
    }

    fn compound(&mut self, expr: &Expr) -> Eval<Value> {
        match &expr.kind {
            ExprKind::Expandable(pieces) => self.expand(pieces),
            ExprKind::Array(items) => self.list(items),
            ExprKind::ArrayOf(block) => self.array_of(block),
            ExprKind::SubExpression(block) => self.sub_expression(block),
            ExprKind::Paren(statement) => self.paren(statement),
            ExprKind::Hash(entries) => self.table(entries),
            ExprKind::ScriptBlock(block) => Ok(Value::Block(Rc::new(Closure {
                block: Rc::clone(block),
                source: Rc::clone(self.source()),
            }))),
            ExprKind::Type(name) => Ok(Value::Type(Rc::new(self.type_of(name)))),
            ExprKind::Cast(name, operand) => self.cast(name, operand, expr.place),
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, expr.place),
            ExprKind::Chain(first, links) => self.chain(first, links, expr.place),
            ExprKind::Postfix(base, suffixes) => self.postfix(base, suffixes),
            ExprKind::Ternary(parts) => self.ternary(parts, expr.place),
            ExprKind::Literal(value) | ExprKind::Written(value, _) => Ok(value.clone()),
            ExprKind::Variable(name) => Ok(self.read_variable(name, expr.place)),
        }
    }

    fn ternary(&mut self, parts: &[Expr; 3], place: Place) -> Eval<Value> {
        let [condition, one, other] = parts;
        match self.expr(condition)?.truth() {
            Some(true) => self.expr(one),
            Some(false) => self.expr(other),
            None => {
                self.each_arm(vec![
                    Box::new(|engine: &mut Self| engine.expr(one).map(drop)),
                    Box::new(|engine: &mut Self| engine.expr(other).map(drop)),
                ])?;
                Ok(self.unknown(place))
            }
        }
    }

    fn expand(&mut self, pieces: &[Piece]) -> Eval<Value> {
        let mut text = Text::default();
        for piece in pieces {
            text = text.join(match piece {
                Piece::Text(known) => Text::known(known.as_str()),
                Piece::Expr(expr) => {
                    let value = self.expr(expr)?;
                    self.string_form(&value)
                }
            });
        }
        self.budget.build(text.len())?;
        Ok(Value::of_text(text))
    }

    fn list(&mut self, items: &[Expr]) -> Eval<Value> {
        self.budget.build(items.len() * operate::ITEM)?;
        let items: Eval<Vec<Value>> = items.iter().map(|item| self.expr(item)).collect();
        Ok(Value::array(items?))
    }

    fn array_of(&mut self, block: &Block) -> Eval<Value> {
        let mut output = Vec::new();
        self.block(block, &mut output)?;
        Ok(Value::array(output))
    }

    fn sub_expression(&mut self, block: &Block) -> Eval<Value> {
        let mut output = Vec::new();
        self.block(block, &mut output)?;
        Ok(Value::collapse(output))
    }

    /// `( … )`: an assignment or increment inside gives its value; one expression keeps its shape.
    fn paren(&mut self, statement: &super::super::ast::Statement) -> Eval<Value> {
        use super::super::ast::{Element, StatementKind};
        match &statement.kind {
            StatementKind::Pipeline(elements) => match elements.as_slice() {
                [Element::Expression(expr, redirections)] if redirections.is_empty() => self.expr(expr),
                _ => self.value_of(statement),
            },
            StatementKind::Assign {
                target,
                operator,
                value,
            } => {
                self.assign(target, *operator, value)?;
                self.expr(target)
            }
            _ => self.value_of(statement),
        }
    }

    fn table(&mut self, entries: &[(Expr, super::super::ast::Statement)]) -> Eval<Value> {
        let mut table = Table::default();
        for (key, value) in entries {
            let key = self.expr(key)?;
            let value = self.value_of(value)?;
            table.set(key, value);
        }
        Ok(Value::Hash(Rc::new(RefCell::new(table))))
    }

    fn cast(&mut self, name: &str, operand: &Expr, place: Place) -> Eval<Value> {
        let value = self.expr(operand)?;
        let name = self.type_of(name);
        // Only a table that is written out gives an object the order of its entries.
        if let (ExprKind::Hash(_), Value::Hash(table), "management.automation.pscustomobject") =
            (&operand.kind, &value, name.as_str())
        {
            table.borrow_mut().ordered = true;
        }
        if name == "string" && value.is_list() {
            let text = self.string_form(&value);
            return Ok(Value::of_text(text));
        }
        if constructs(&name, &value) {
            return self.at(place, |engine| {
                super::super::dotnet::construct(engine, &name, vec![value])
            });
        }
        self.cast_value(&value, &name, place)
    }

    /// Returns the string form; a list's items are joined by `$OFS`.
    fn string_form(&mut self, value: &Value) -> Text {
        if value.is_list()
            && let Some(separator) = self.variable("ofs")
        {
            return super::super::value::join_text(&value.items(), &separator.to_text());
        }
        value.to_text()
    }

    /// Casts; what is not known keeps its expression, and a string its parts.
    pub(super) fn cast_value(&mut self, value: &Value, name: &str, place: Place) -> Eval<Value> {
        if let Some(result) = self.declared_cast(value, name, place) {
            return result;
        }
        if let ("xml.xmldocument", Value::Str(text)) = (name, value) {
            super::super::dotnet::charge_xml(self, text.as_str())?;
        }
        Ok(match cast(value, name) {
            Some(value) => value,
            None if name == "management.automation.scriptblock" || name == "string" => value.clone(),
            None => self.unknown(place),
        })
    }

    fn unary(&mut self, operator: UnaryOp, operand: &Expr, place: Place) -> Eval<Value> {
        if let UnaryOp::Increment | UnaryOp::Decrement = operator {
            let by = if operator == UnaryOp::Increment { 1 } else { -1 };
            self.increment(operand, by)?;
            return self.expr(operand);
        }
        let value = self.expr(operand)?;
        let result = match operator {
            UnaryOp::Comma => Some(Value::array(vec![value])),
            UnaryOp::Join => strings::join(&value, &Value::text(""), self.budget)?
                .map(|text| self.made_of_characters(text)),
            UnaryOp::Split => match value.exact() {
                Some(text) => strings::split(text.trim(), None, 0, Options::default(), self.budget)?
                    .map(Value::collapse),
                None => None,
            },
            _ => operate::unary(operator, &value),
        };
        Ok(result.unwrap_or_else(|| self.unknown(place)))
    }

    /// A string that was just made of characters: if they came out of `-bxor`, it is a layer worth reading.
    pub(in super::super) fn made_of_characters(&mut self, text: Value) -> Value {
        if let Value::Str(known) = &text {
            let unmasked = self.xors > 8 && self.xors >= known.units();
            if unmasked && super::super::dotnet::is_worth_reading(known.as_str()) {
                self.read_layer("bxor", known.as_str());
            }
            self.xors = 0;
        }
        text
    }

    /// Records a decoded text as a layer; its being evaluated comes later, if at all.
    pub(in super::super) fn read_layer(&mut self, by: &'static str, text: &str) {
        if let Err(super::Stop::Limit(limit)) = self.add_layer(by, text) {
            self.limit_gap(limit);
        }
    }

    fn chain(&mut self, first: &Expr, links: &[(BinaryOp, Expr)], place: Place) -> Eval<Value> {
        let mut left = self.expr(first)?;
        for (operator, operand) in links {
            self.budget.step()?;
            let here = Place::new(place.start, operand.place.end);
            left = self.link(left, *operator, operand, here)?;
        }
        Ok(left)
    }

    fn link(&mut self, left: Value, operator: BinaryOp, operand: &Expr, place: Place) -> Eval<Value> {
        match (operator, left.truth()) {
            (BinaryOp::And, Some(false)) => return Ok(Value::Bool(false)),
            (BinaryOp::Or, Some(true)) => return Ok(Value::Bool(true)),
            (BinaryOp::Coalesce, _) if !matches!(left, Value::Null) => return Ok(left),
            _ => {}
        }
        if operator == BinaryOp::Add {
            let right = self.expr(operand)?;
            return self.append(left, &right, place);
        }
        let right = self.expr(operand)?;
        let result = self.binary(operator, &left, &right)?;
        Ok(result.unwrap_or_else(|| self.unknown(place)))
    }

    /// Adds; a string or array that nobody else holds grows in place.
    pub(super) fn append(&mut self, mut left: Value, right: &Value, place: Place) -> Eval<Value> {
        match (&mut left, right) {
            (Value::Str(text), Value::Str(_) | Value::Char(_) | Value::Int(..)) => {
                let more = right.exact();
                if let (Some(text), Some(more)) = (Rc::get_mut(text), more) {
                    self.budget.build(more.len())?;
                    if (text.as_str().len() + more.len()) as u64 > self.budget.limits().value_bytes {
                        return Err(strongroom_model::Limit::ValueBytes.into());
                    }
                    text.push_str(&more);
                    return Ok(left);
                }
            }
            (Value::Array(items), right)
                if !right.is_list()
                    && !matches!(right, Value::Unknown(_))
                    && Rc::strong_count(items) == 1 =>
            {
                self.budget.build(operate::ITEM)?;
                items.borrow_mut().push(right.clone());
                return Ok(left);
            }
            _ => {}
        }
        let sum = operate::add(&left, right, self.budget)?;
        Ok(sum.unwrap_or_else(|| self.unknown(place)))
    }

    pub(super) fn binary(&mut self, operator: BinaryOp, left: &Value, right: &Value) -> Eval<Option<Value>> {
        self.budget.work(left.weight().saturating_add(right.weight()))?;
        Ok(match operator {
            BinaryOp::Add => operate::add(left, right, self.budget)?,
            BinaryOp::Multiply => operate::multiply(left, right, self.budget)?,
            BinaryOp::Range => operate::range(left, right, self.budget)?,
            BinaryOp::Format => {
                let arguments = if right.is_list() {
                    right.items()
                } else {
                    vec![right.clone()]
                };
                strings::format(left, &arguments, self.budget)?
            }
            BinaryOp::Join => {
                strings::join(left, right, self.budget)?.map(|text| self.made_of_characters(text))
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => logical(operator, left.truth(), right.truth()),
            BinaryOp::Coalesce => Some(right.clone()),
            BinaryOp::Is | BinaryOp::IsNot => None,
            BinaryOp::As => type_named(right).and_then(|name| cast(left, &name)),
            BinaryOp::Compare(comparison, case) => self.compare(comparison, case, left, right)?,
            BinaryOp::Split(case) => self.split(left, right, case)?,
            BinaryOp::Replace(case) => self.replace(left, right, case)?,
            BinaryOp::BitXor => {
                self.xors += 1;
                operate::numeric(operator, left, right).map(|bits| self.of_same_enumeration(left, bits))
            }
            BinaryOp::Divide | BinaryOp::Remainder if is_by_zero(left, right) => {
                return Err(Stop::Fail(Value::text("Attempted to divide by zero.")));
            }
            BinaryOp::BitAnd | BinaryOp::BitOr => {
                operate::numeric(operator, left, right).map(|bits| self.of_same_enumeration(left, bits))
            }
            BinaryOp::Subtract
            | BinaryOp::Divide
            | BinaryOp::Remainder
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight => operate::numeric(operator, left, right),
        })
    }

    /// A list on the left is filtered; `-match` on one value leaves `$matches`.
    fn compare(
        &mut self,
        comparison: Comparison,
        case: Case,
        left: &Value,
        right: &Value,
    ) -> Eval<Option<Value>> {
        let whole = matches!(
            comparison,
            Comparison::Contains | Comparison::NotContains | Comparison::In | Comparison::NotIn
        );
        if !left.is_list() || whole {
            return Ok(self
                .compare_one(comparison, case, left, right, true)?
                .map(Value::Bool));
        }
        let mut kept = Vec::new();
        for item in left.items() {
            match self.compare_one(comparison, case, &item, right, false)? {
                Some(true) => kept.push(item),
                Some(false) => {}
                None => return Ok(None),
            }
        }
        Ok(Some(Value::array(kept)))
    }

    /// Compares one value with another; `None` where the result is not known.
    pub(in super::super) fn compare_one(
        &mut self,
        comparison: Comparison,
        case: Case,
        left: &Value,
        right: &Value,
        remember: bool,
    ) -> Eval<Option<bool>> {
        self.budget.step()?;
        let wanted = match comparison {
            Comparison::Match => true,
            Comparison::NotMatch => false,
            _ => return Ok(compare::compare(comparison, case, left, right)),
        };
        let given = Self::operator_pattern(right, Options::of_case(case));
        let (Some(text), Some((pattern, options))) = (left.exact(), given) else {
            if remember {
                self.set_variable("matches", Value::unknown("$matches"));
            }
            return Ok(None);
        };
        let found = strings::matched(&text, &pattern, options, self.budget)?;
        match (remember, &found) {
            (true, Some(Some(found))) => self.remember_matches(found)?,
            (true, None) => self.set_variable("matches", Value::unknown("$matches")),
            _ => {}
        }
        Ok(found.map(|found| found.is_some() == wanted))
    }

    fn split(&mut self, left: &Value, right: &Value, case: Case) -> Eval<Option<Value>> {
        let right = if right.is_list() {
            right.items()
        } else {
            vec![right.clone()]
        };
        // A block that decides at each character is outside the known part.
        let pattern = right.first().filter(|value| !matches!(value, Value::Block(_)));
        let Some(pattern) = pattern.and_then(Value::exact) else {
            return Ok(None);
        };
        let most = match right.get(1) {
            None => 0,
            Some(most) => match most.integer_value().and_then(|n| usize::try_from(n).ok()) {
                Some(most) => most,
                None => return Ok(None),
            },
        };
        let simple = right.get(2).and_then(Value::exact);
        let pattern = match simple {
            Some(option) if option.to_lowercase().contains("simplematch") => escaped(&pattern),
            Some(_) => return Ok(None),
            None => pattern,
        };
        let mut parts = Vec::new();
        for item in left.items() {
            let Some(text) = item.exact() else { return Ok(None) };
            match strings::split(&text, Some(&pattern), most, Options::of_case(case), self.budget)? {
                Some(some) => parts.extend(some),
                None => return Ok(None),
            }
        }
        Ok(Some(Value::array(parts)))
    }

    fn replace(&mut self, left: &Value, right: &Value, case: Case) -> Eval<Option<Value>> {
        let right = if right.is_list() {
            right.items()
        } else {
            vec![right.clone()]
        };
        let given = right.first();
        let given = given.and_then(|value| Self::operator_pattern(value, Options::of_case(case)));
        let Some((pattern, options)) = given else {
            return Ok(None);
        };
        let with = match right.get(1) {
            None => Some(String::new()),
            // Later versions run it, the first ones take its text.
            Some(Value::Block(_)) => None,
            Some(with) => with.exact(),
        };
        let Some(with) = with else {
            return Ok(None);
        };
        let listed = left.is_list();
        let mut results = Vec::new();
        for item in left.items() {
            let Some(text) = item.exact() else { return Ok(None) };
            match strings::replace(&text, &pattern, &with, options, self.budget)? {
                Some(text) => results.push(text),
                None => return Ok(None),
            }
        }
        Ok(Some(if listed {
            Value::array(results)
        } else {
            Value::collapse(results)
        }))
    }
}

fn logical(operator: BinaryOp, left: Option<bool>, right: Option<bool>) -> Option<Value> {
    let truth = match (operator, left, right) {
        (BinaryOp::And, _, Some(false)) => false,
        (BinaryOp::Or, _, Some(true)) => true,
        (BinaryOp::And, Some(left), Some(right)) => left && right,
        (BinaryOp::Or, Some(left), Some(right)) => left || right,
        (BinaryOp::Xor, Some(left), Some(right)) => left != right,
        _ => return None,
    };
    Some(Value::Bool(truth))
}

/// Whether a cast to a class calls its constructor with the value.
fn constructs(class: &str, value: &Value) -> bool {
    match class {
        "net.sockets.tcplistener" | "text.stringbuilder" => true,
        "io.stringreader" | "exception" => matches!(value, Value::Str(_) | Value::Mixed(_)),
        "io.streamreader" | "io.binaryreader" | "io.binarywriter" => matches!(value, Value::Object(_)),
        _ => {
            let list = class.starts_with("collections.generic.list")
                || ["collections.arraylist", "collections.queue", "collections.stack"].contains(&class);
            list && matches!(value, Value::Array(_) | Value::Bytes(_))
        }
    }
}

/// Whether a division of whole numbers surely fails.
fn is_by_zero(left: &Value, right: &Value) -> bool {
    let whole = |value: &Value| match value {
        Value::Int(_, n) => Some(*n),
        _ => None,
    };
    whole(left).is_some() && whole(right) == Some(0)
}

/// The canonical name of a type value, or of the type that a string names.
fn type_named(value: &Value) -> Option<String> {
    match value {
        Value::Type(name) => Some(name.as_str().to_owned()),
        Value::Str(name) => Some(type_name(name.as_str())),
        _ => None,
    }
}

/// A pattern that means just these characters.
fn escaped(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
