//! Statements: branches, loops, functions, jumps.

use super::super::ast::{Block, Case, Comparison, For, Matching, Statement, StatementKind, Switch};
use super::super::compare;
use super::super::pattern::Options;
use super::super::strings;
use super::super::value::{Object, Value};
use super::{Engine, Eval, Stop};
use strongroom_model::Limit;

/// Laps of a loop without end that neither does nor asks anything.
const MOST_ENDLESS_LAPS: u32 = 20_000;

impl Engine<'_, '_> {
    /// Runs the statements of a block.
    pub(super) fn block(&mut self, block: &Block, output: &mut Vec<Value>) -> Eval<()> {
        self.hoist(&block.statements)?;
        let traps = traps_of(&block.statements);
        for statements in [&block.begin, &block.process, &block.statements] {
            for statement in statements {
                self.guarded(statement, &traps, output)?;
            }
        }
        Ok(())
    }

    /// Runs a statement of a block that may have traps.
    fn guarded(&mut self, statement: &Statement, traps: &[&Block], output: &mut Vec<Value>) -> Eval<()> {
        let waits = u32::from(!traps.is_empty());
        self.waiting += waits;
        let result = self.statement(statement, output);
        self.waiting -= waits;
        match (result, traps) {
            // Nobody waits for the failure: it is told, and the next statement runs.
            (Err(Stop::Fail(_)), []) if self.waiting == 0 => Ok(()),
            (result, []) => result,
            (Err(Stop::Throw(thrown) | Stop::Fail(thrown)), traps) => self.trapped(thrown, traps, output),
            (result, _) => result,
        }
    }

    /// Runs a trap: `break` hands the failure on, all else goes on behind the statement that failed. Where several stand, none
    /// is told to be the one.
    fn trapped(&mut self, thrown: Value, traps: &[&Block], output: &mut Vec<Value>) -> Eval<()> {
        let outer = self.variable("_").unwrap_or(Value::Null);
        self.set_variable("_", record(&thrown));
        let result = match traps {
            [only] => self.block(only, output),
            several => several.iter().try_for_each(|trap| self.perhaps(trap, output)),
        };
        self.set_variable("_", outer);
        match result {
            Ok(()) | Err(Stop::Continue) => Ok(()),
            Err(Stop::Break) => Err(Stop::Throw(thrown)),
            Err(other) => Err(other),
        }
    }

    /// Functions are defined when their statement runs; defining them first too finds those that are only
    /// called through text that a fault has cut.
    /// Classes and enumerations are there before the first statement runs.
    fn hoist(&mut self, statements: &[Statement]) -> Eval<()> {
        for statement in statements {
            match &statement.kind {
                StatementKind::Function(function)
                    if self.function(&function.name.to_lowercase()).is_none() =>
                {
                    self.define_function(function);
                }
                StatementKind::Using(space) => self.use_namespace(space),
                StatementKind::Enum(values) => self.declare_enum(values)?,
                _ => {}
            }
        }
        for statement in statements {
            if let StatementKind::Class(class) = &statement.kind {
                self.declare_class(class)?;
            }
        }
        Ok(())
    }

    fn use_namespace(&mut self, space: &str) {
        let space = super::super::convert::type_name(space);
        if !self.namespaces.contains(&space) {
            self.namespaces.push(space);
        }
    }

    pub(super) fn statement(&mut self, statement: &Statement, output: &mut Vec<Value>) -> Eval<()> {
        self.at(statement.place, |engine| {
            engine.deeper(|engine| engine.any_statement(statement, output))
        })
    }

    fn any_statement(&mut self, statement: &Statement, output: &mut Vec<Value>) -> Eval<()> {
        match &statement.kind {
            StatementKind::Pipeline(elements) => self.pipeline(elements, output),
            StatementKind::Assign {
                target,
                operator,
                value,
            } => self.assign(target, *operator, value),
            StatementKind::Function(function) => {
                self.define_function(function);
                Ok(())
            }
            StatementKind::If { arms, otherwise } => self.branch(arms, otherwise.as_deref(), output),
            StatementKind::Switch(switch) => self.switch(switch, output),
            StatementKind::While { condition, body } => {
                self.repeat(Some(condition), true, None, body, output, false)
            }
            StatementKind::Do {
                body,
                condition,
                until,
            } => self.repeat(Some(condition), !*until, None, body, output, true),
            StatementKind::For(lap) => self.for_loop(lap, output),
            StatementKind::Foreach { variable, over, body } => self.foreach(variable, over, body, output),
            StatementKind::Try {
                body,
                catches,
                finally,
            } => self.attempt(body, catches, finally.as_deref(), output),
            StatementKind::Class(class) => self.declare_class(class),
            StatementKind::Enum(_) | StatementKind::Using(_) => Ok(()),
            StatementKind::Data { name, body } => self.data(name.as_deref(), body, output),
            StatementKind::Trap(_) | StatementKind::Text => Ok(()),
            StatementKind::Return(value) => {
                let before = output.len();
                if let Some(value) = value {
                    self.statement(value, output)?;
                }
                self.returned = output.get(before..).map(<[Value]>::to_vec);
                Err(Stop::Return)
            }
            StatementKind::Throw(value) => {
                let thrown = match value {
                    Some(value) => self.value_of(value)?,
                    // In a `catch` it throws again what was caught.
                    None => self.variable("_").unwrap_or(Value::Null),
                };
                Err(Stop::Throw(thrown))
            }
            StatementKind::Exit => Err(Stop::Exit),
            StatementKind::Break => Err(Stop::Break),
            StatementKind::Continue => Err(Stop::Continue),
        }
    }

    /// Returns what a statement's output collapses to.
    pub(super) fn value_of(&mut self, statement: &Statement) -> Eval<Value> {
        let mut output = Vec::new();
        self.statement(statement, &mut output)?;
        Ok(Value::collapse(output))
    }

    fn branch(
        &mut self,
        arms: &[(Statement, Block)],
        otherwise: Option<&Block>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        for (index, (condition, body)) in arms.iter().enumerate() {
            match self.value_of(condition)?.truth() {
                Some(true) => return self.block(body, output),
                Some(false) => {}
                None => {
                    let rest = arms.get(index + 1..).unwrap_or_default();
                    return self.both(body, rest, otherwise, output);
                }
            }
        }
        match otherwise {
            Some(body) => self.block(body, output),
            None => Ok(()),
        }
    }

    /// The condition is not known: the body, and all that could happen instead of it.
    fn both(
        &mut self,
        body: &Block,
        rest: &[(Statement, Block)],
        otherwise: Option<&Block>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let place = self.place();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        self.each_arm(vec![
            Box::new(|engine: &mut Self| engine.block(body, &mut first)),
            Box::new(|engine: &mut Self| engine.branch(rest, otherwise, &mut second)),
        ])?;
        if !(first.is_empty() && second.is_empty()) {
            let unknown = self.unknown(place);
            output.push(unknown);
        }
        Ok(())
    }

    /// A block that may run or not.
    pub(in super::super) fn perhaps(&mut self, body: &Block, output: &mut Vec<Value>) -> Eval<()> {
        self.both(body, &[], None, output)
    }

    fn for_loop(&mut self, lap: &For, output: &mut Vec<Value>) -> Eval<()> {
        if let Some(first) = &lap.first {
            self.statement(first, &mut Vec::new())?;
        }
        self.repeat(
            lap.condition.as_ref(),
            true,
            lap.step.as_ref(),
            &lap.body,
            output,
            false,
        )
    }

    /// Repeats a body while the condition is `wanted`. A loop whose condition is not known, or that may have
    /// been left, runs its body once; one without end stops after a lap that did or asked something.
    fn repeat(
        &mut self,
        condition: Option<&Statement>,
        wanted: bool,
        step: Option<&Statement>,
        body: &Block,
        output: &mut Vec<Value>,
        body_first: bool,
    ) -> Eval<()> {
        let mut first = body_first;
        let mut laps = 0_u32;
        loop {
            self.budget.step()?;
            let truth = match condition {
                _ if first => Some(wanted),
                Some(condition) => self.value_of(condition)?.truth(),
                None => Some(wanted),
            };
            first = false;
            match truth {
                Some(truth) if truth != wanted => return Ok(()),
                None if body_first => return Ok(()),
                None => return self.perhaps(body, output),
                Some(_) => {}
            }
            let (events, effects) = (self.events, self.unfolded.effects.len());
            if !self.lap(body, output)? {
                return Ok(());
            }
            let endless = condition.is_none_or(is_constant);
            let busy = self.events > events || self.unfolded.effects.len() > effects;
            if endless && busy {
                return Ok(());
            }
            laps += 1;
            if endless && laps > MOST_ENDLESS_LAPS {
                self.limit_gap(Limit::Steps);
                return Ok(());
            }
            if let Some(step) = step {
                self.statement(step, &mut Vec::new())?;
            }
        }
    }

    /// Runs a loop's body once; says whether the loop goes on.
    fn lap(&mut self, body: &Block, output: &mut Vec<Value>) -> Eval<bool> {
        let outer = std::mem::replace(&mut self.maybe_left, false);
        let result = self.block(body, output);
        let left = std::mem::replace(&mut self.maybe_left, outer);
        match result {
            Ok(()) | Err(Stop::Continue) => Ok(!left),
            Err(Stop::Break) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn foreach(
        &mut self,
        variable: &str,
        over: &Statement,
        body: &Block,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let over = self.value_of(over)?;
        if matches!(over, Value::Null) {
            return Ok(());
        }
        if matches!(over, Value::Unknown(_)) {
            self.set_variable(variable, Value::unknown(format!("${variable}")));
            return self.perhaps(body, output);
        }
        if let Some(items) = super::super::dotnet::loose(&over) {
            // Nobody knows which comes first, or at all: each is taken from where all began.
            for item in items {
                self.set_variable(variable, item);
                self.perhaps(body, output)?;
            }
            self.set_variable(variable, Value::unknown(format!("${variable}")));
            return Ok(());
        }
        for item in over.items() {
            self.budget.step()?;
            self.set_variable(variable, item);
            if !self.lap(body, output)? {
                break;
            }
        }
        Ok(())
    }

    fn attempt(
        &mut self,
        body: &Block,
        catches: &[Block],
        finally: Option<&Block>,
        output: &mut Vec<Value>,
    ) -> Eval<()> {
        let waits = u32::from(!catches.is_empty());
        self.waiting += waits;
        let result = self.block(body, output);
        self.waiting -= waits;
        let result = match result {
            Err(Stop::Throw(thrown) | Stop::Fail(thrown)) if !catches.is_empty() => {
                self.caught(thrown, catches, output)
            }
            Ok(()) => self.maybe_caught(catches),
            other => other,
        };
        if let Some(finally) = finally {
            self.block(finally, output)?;
        }
        result
    }

    fn caught(&mut self, thrown: Value, catches: &[Block], output: &mut Vec<Value>) -> Eval<()> {
        let [only] = catches else {
            return catches.iter().try_for_each(|body| self.perhaps(body, output));
        };
        self.set_variable("_", record(&thrown));
        self.block(only, output)
    }

    /// A `data` section: its values, or a variable that holds them.
    fn data(&mut self, name: Option<&str>, body: &Block, output: &mut Vec<Value>) -> Eval<()> {
        let Some(name) = name else {
            return self.block(body, output);
        };
        let mut values = Vec::new();
        self.block(body, &mut values)?;
        self.set_variable(name, Value::collapse(values));
        Ok(())
    }

    /// Nothing throws here that is known; what the body does to the world may.
    fn maybe_caught(&mut self, catches: &[Block]) -> Eval<()> {
        let mut aside = Vec::new();
        for body in catches {
            let outer = std::mem::replace(&mut self.maybe_left, false);
            let result = self.perhaps(body, &mut aside);
            self.maybe_left = outer;
            result?;
        }
        Ok(())
    }

    fn switch(&mut self, switch: &Switch, output: &mut Vec<Value>) -> Eval<()> {
        let over = self.value_of(&switch.over)?;
        for item in over.items() {
            match self.switch_item(switch, &item, output) {
                Ok(()) | Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn switch_item(&mut self, switch: &Switch, item: &Value, output: &mut Vec<Value>) -> Eval<()> {
        let outer = self.variable("_").unwrap_or(Value::Null);
        self.set_variable("_", item.clone());
        let result = self.switch_arms(switch, item, output);
        self.set_variable("_", outer);
        result
    }

    fn switch_arms(&mut self, switch: &Switch, item: &Value, output: &mut Vec<Value>) -> Eval<()> {
        let (mut hit, mut unsure) = (false, !item.is_known());
        for (label, body) in &switch.arms {
            match self.label_fits(switch.matching, label, item)? {
                Some(true) => {
                    hit = true;
                    self.block(body, output)?;
                }
                Some(false) => {}
                None => {
                    unsure = true;
                    self.perhaps(body, output)?;
                }
            }
        }
        match &switch.otherwise {
            Some(body) if !hit && unsure => self.perhaps(body, output),
            Some(body) if !hit => self.block(body, output),
            _ => Ok(()),
        }
    }

    fn label_fits(
        &mut self,
        matching: Matching,
        label: &super::super::ast::Expr,
        item: &Value,
    ) -> Eval<Option<bool>> {
        let label = self.expr(label)?;
        if let Value::Block(closure) = &label {
            let mut output = Vec::new();
            self.call_block_here(&std::rc::Rc::clone(closure), &mut output)?;
            return Ok(Value::collapse(output).truth());
        }
        Ok(match matching {
            Matching::Exact => compare::equal(item, &label, Case::Insensitive),
            Matching::Wildcard => compare::compare(Comparison::Like, Case::Insensitive, item, &label),
            Matching::Regex => match (item.exact(), label.exact()) {
                (Some(text), Some(pattern)) => {
                    let options = Options::of_case(Case::Insensitive);
                    let found = strings::matched(&text, &pattern, options, self.budget)?;
                    if let Some(Some(found)) = &found {
                        self.remember_matches(found)?;
                    }
                    found.map(|found| found.is_some())
                }
                _ => None,
            },
        })
    }
}

/// The traps of a block.
fn traps_of(statements: &[Statement]) -> Vec<&Block> {
    let traps = statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Trap(body) => Some(&**body),
        _ => None,
    });
    traps.collect()
}

/// The error record of what was thrown: an exception, or a value that serves as its message.
fn record(thrown: &Value) -> Value {
    let known = |class: &str| class == "errorrecord" || class.ends_with("exception");
    let (exception, message) = match thrown {
        Value::Object(object) if object.borrow().class == "errorrecord" => return thrown.clone(),
        Value::Object(object) if known(&object.borrow().class) => {
            let message = object.borrow().fields.get("message").cloned();
            (thrown.clone(), message)
        }
        Value::Null => (Value::unknown("an exception"), None),
        other => {
            let message = Value::of_text(other.to_text());
            let exception = Object::new("management.automation.runtimeexception");
            (exception.with("message", message.clone()).value(), Some(message))
        }
    };
    let mut record = Object::new("errorrecord")
        .with("exception", exception)
        .with("targetobject", thrown.clone());
    if let Some(message) = message {
        record = record.with("tostring", message);
    }
    record.value()
}

/// Whether a condition reads no variable and calls nothing but itself: `$true`, `1`.
fn is_constant(condition: &Statement) -> bool {
    use super::super::ast::{Element, ExprKind};
    let StatementKind::Pipeline(elements) = &condition.kind else {
        return false;
    };
    let [Element::Expression(expr, _)] = elements.as_slice() else {
        return false;
    };
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Variable(name) => name.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
