//! `System.Text.RegularExpressions`: patterns, matches, groups.

use super::super::engine::{Engine, Eval};
use super::super::pattern::{Found, Options, Pattern, Subject, spliced};
use super::super::strings;
use super::super::value::{Closure, Object, State, Value};
use super::Given;
use std::cell::RefCell;
use std::rc::Rc;

/// The class of pattern objects.
pub(in super::super) const CLASS: &str = "text.regularexpressions.regex";

/// Levels that a call of an evaluator counts for.
const EVALUATION: u32 = 4;

/// What the object of one match is charged for.
const MATCH: usize = 64;

/// Makes a pattern object; `None` where its pattern or its options are not known.
pub(in super::super) fn object(pattern: &Value, options: Option<&Value>) -> Option<Value> {
    if pattern_of(pattern).is_some() && options.is_none() {
        return Some(pattern.clone());
    }
    let text = pattern.exact()?;
    let mut object = Object::new(CLASS).with("tostring", Value::text(text));
    if let Some(options) = options {
        Options::named(&options.exact()?)?;
        object = object.with("options", options.clone());
    }
    Some(object.value())
}

/// Returns the text and the options of a pattern object.
pub(in super::super) fn pattern_of(value: &Value) -> Option<(String, Options)> {
    let Value::Object(object) = value else { return None };
    let object = object.borrow();
    if object.class != CLASS {
        return None;
    }
    let options = match object.fields.get("options") {
        Some(options) => Options::named(&options.exact()?)?,
        None => Options::default(),
    };
    Some((object.fields.get("tostring")?.exact()?, options))
}

/// A pattern over a text.
struct Search<'a> {
    pattern: Rc<Pattern>,
    subject: Rc<Subject>,
    /// The arguments behind text and pattern.
    rest: &'a [Value],
}

impl<'a> Search<'a> {
    fn new(subject: &Value, pattern: &str, options: Options, rest: &'a [Value]) -> Option<Self> {
        Some(Search {
            pattern: Rc::new(Pattern::with(pattern, options)?),
            subject: Subject::new(&subject.exact()?),
            rest,
        })
    }

    fn origin(&self) -> usize {
        self.pattern.origin(self.subject.chars())
    }

    /// The place that an argument gives in UTF-16 units, the pattern's own beginning where there is no such argument.
    fn from(&self, argument: usize) -> Option<usize> {
        match self.rest.get(argument) {
            None => Some(self.origin()),
            Some(unit) => self.subject.place(usize::try_from(unit.integer_value()?).ok()?),
        }
    }

    /// How many matches an argument asks for: -1 and none ask for all. The outer `None` is "not known".
    fn most(&self, argument: usize) -> Option<Option<usize>> {
        match self.rest.get(argument).map(Value::integer_value) {
            None | Some(Some(-1)) => Some(None),
            Some(count) => usize::try_from(count?).ok().map(Some),
        }
    }

    fn run(&self, engine: &mut Engine<'_, '_>, name: &str) -> Given {
        engine.budget.work(self.subject.chars().len())?;
        // `Match(text, beginning, length)` searches in a part alone.
        if self.rest.len() > 1 && matches!(name, "ismatch" | "match" | "matches") {
            return Ok(None);
        }
        match name {
            "ismatch" | "match" => {
                let Some(from) = self.from(0) else { return Ok(None) };
                let found = self.pattern.find(self.subject.chars(), from, engine.budget)?;
                Ok(Some(match name {
                    "match" => group(Found::new(&self.pattern, &self.subject, found), 0),
                    _ => Value::Bool(found.is_some()),
                }))
            }
            "matches" => self.matches(engine),
            "split" => {
                let (Some(most), Some(from)) = (self.most(0), self.from(1)) else {
                    return Ok(None);
                };
                let most = most.unwrap_or(0);
                strings::cut(&self.pattern, &self.subject, most, from, engine.budget)
                    .map(|parts| Some(Value::array(parts)))
                    .map_err(Into::into)
            }
            "replace" => self.replace(engine),
            _ => Ok(None),
        }
    }

    fn matches(&self, engine: &mut Engine<'_, '_>) -> Given {
        let Some(from) = self.from(0) else { return Ok(None) };
        let found = self
            .pattern
            .find_some(self.subject.chars(), from, None, engine.budget)?;
        engine.budget.build(found.len().saturating_mul(MATCH))?;
        let objects = found
            .into_iter()
            .map(|one| group(Found::new(&self.pattern, &self.subject, Some(one)), 0));
        Ok(Some(Value::array(objects.collect())))
    }

    /// `Replace(text, with)`, `Replace(text, with, most, from)`
    fn replace(&self, engine: &mut Engine<'_, '_>) -> Given {
        let (Some(with), Some(most), Some(from)) = (self.rest.first(), self.most(1), self.from(2)) else {
            return Ok(None);
        };
        if let Value::Block(evaluator) = with {
            return self.evaluated(engine, &Rc::clone(evaluator), most, from);
        }
        let Some(with) = with.exact() else { return Ok(None) };
        let text = self
            .pattern
            .replaced(&self.subject, &with, most, from, engine.budget)?;
        Ok(text.map(Value::of_text))
    }

    /// A replacement that a script block makes of each match.
    fn evaluated(
        &self,
        engine: &mut Engine<'_, '_>,
        evaluator: &Rc<Closure>,
        most: Option<usize>,
        from: usize,
    ) -> Given {
        let chars = self.subject.chars();
        let found = self.pattern.find_some(chars, from, most, engine.budget)?;
        let mut fills = Vec::new();
        for one in &found {
            let argument = group(Found::new(&self.pattern, &self.subject, Some(one.clone())), 0);
            let mut output = Vec::new();
            engine.deeper_by(EVALUATION, |engine| {
                engine.call_block(evaluator, vec![argument], &mut output)
            })?;
            let fill = Value::collapse(output).to_text();
            engine.budget.build(fill.len())?;
            fills.push(fill);
        }
        let text = spliced(&self.subject, &found, fills);
        engine.budget.build(text.len())?;
        Ok(Some(Value::of_text(text)))
    }
}

/// A method of the class itself: `[regex]::Replace(text, pattern, with, options)`.
pub(super) fn fixed(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Given {
    let text = |index: usize| arguments.get(index).and_then(Value::exact);
    match name {
        "escape" => return Ok(text(0).map(|text| Value::text(strings::escaped(&text)))),
        "unescape" => {
            return Ok(text(0)
                .and_then(|text| strings::unescaped(&text))
                .map(Value::text));
        }
        _ => {}
    }
    let [subject, pattern, rest @ ..] = arguments else {
        return Ok(None);
    };
    // Behind what the method needs stand the options, and behind them a time that decides nothing here.
    let (needed, options) = rest.split_at(rest.len().min(usize::from(name == "replace")));
    let options = match options.first() {
        None => Some(Options::default()),
        Some(option) => option.exact().and_then(|text| Options::named(&text)),
    };
    let search = pattern
        .exact()
        .zip(options)
        .and_then(|(pattern, options)| Search::new(subject, &pattern, options, needed));
    match search {
        Some(search) => search.run(engine, name),
        None => Ok(None),
    }
}

/// A method of a pattern object: `$pattern.Replace(text, with, most, from)`.
pub(super) fn invoke(
    engine: &mut Engine<'_, '_>,
    object: &Rc<RefCell<Object>>,
    name: &str,
    arguments: &[Value],
) -> Given {
    let held = pattern_of(&Value::Object(Rc::clone(object)));
    let Some((pattern, options)) = held else {
        return Ok(None);
    };
    match (name, arguments) {
        ("tostring", []) => Ok(Some(Value::text(pattern))),
        (_, [subject, rest @ ..]) => match Search::new(subject, &pattern, options, rest) {
            Some(search) => search.run(engine, name),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// The object of a match (group 0) or of one of its groups.
fn group(found: Found, group: usize) -> Value {
    let class = if group == 0 {
        "text.regularexpressions.match"
    } else {
        "text.regularexpressions.group"
    };
    Object::holding(class, State::Match(found, group)).value()
}

/// A property of a match or a group.
pub(super) fn member(engine: &mut Engine<'_, '_>, found: &Found, which: usize, name: &str) -> Given {
    let subject = found.subject();
    let span = found.span(which);
    let (start, end) = span.unwrap_or((0, 0));
    Ok(Some(match name {
        "value" => {
            engine.budget.build(end - start)?;
            Value::text(found.value(which))
        }
        "success" => Value::Bool(span.is_some()),
        "index" => {
            engine.budget.work(start)?;
            Value::count(subject.units(0, start))
        }
        "length" => Value::count(subject.units(start, end)),
        "name" => Value::text(found.name(which)),
        "captures" => match span {
            Some(_) if !found.pattern().takes_once(which) => return Ok(None),
            Some(_) => Value::array(vec![group(found.clone(), which)]),
            None => Value::array(Vec::new()),
        },
        "groups" if which == 0 => {
            let groups: Vec<Value> = (0..found.groups()).map(|one| group(found.clone(), one)).collect();
            engine.budget.build(groups.len().saturating_mul(MATCH))?;
            let mut object = Object::holding("text.regularexpressions.groupcollection", State::List(groups));
            for (name, number) in found.pattern().names() {
                object = object.with(&format!("item:{name}"), Value::count(*number));
            }
            object.value()
        }
        _ => return Ok(None),
    }))
}

/// A method of a match or a group.
pub(super) fn called(
    engine: &mut Engine<'_, '_>,
    found: &Found,
    which: usize,
    name: &str,
    arguments: &[Value],
) -> Given {
    match (name, arguments) {
        ("tostring", []) => {
            let (start, end) = found.span(which).unwrap_or((0, 0));
            engine.budget.build(end - start)?;
            Ok(Some(Value::text(found.value(which))))
        }
        ("nextmatch", []) if which == 0 => {
            let next = found.next(engine.budget)?;
            Ok(Some(group(next, 0)))
        }
        ("result", [with]) if which == 0 => {
            let (Some(with), Some(one)) = (with.exact(), found.one()) else {
                return Ok(None);
            };
            let Some(text) = found.pattern().filled(&with, one, found.subject()) else {
                return Ok(None);
            };
            engine.budget.build(text.len())?;
            Ok(Some(Value::text(text)))
        }
        _ => Ok(None),
    }
}

/// Returns the place of the group that a text names among the groups of a match.
pub(in super::super) fn named_group(groups: &Object, name: &str) -> Option<usize> {
    let named = groups.fields.get(&format!("item:{name}"));
    let place = match named {
        Some(number) => number.integer_value(),
        None => name.parse().ok(),
    };
    usize::try_from(place?).ok()
}

impl Engine<'_, '_> {
    /// Leaves `$matches` behind: the groups that took something, by name or by number.
    pub(in super::super) fn remember_matches(&mut self, found: &Found) -> Eval<()> {
        let mut table = super::super::value::Table::default();
        for which in (0..found.groups()).filter(|which| found.span(*which).is_some()) {
            let (start, end) = found.span(which).unwrap_or((0, 0));
            self.budget.build(end - start)?;
            let name = found.name(which);
            let key = match name.parse::<i32>() {
                Ok(number) => Value::int(number),
                Err(_) => Value::text(name),
            };
            table.set(key, Value::text(found.value(which)));
        }
        self.set_variable("matches", Value::Hash(Rc::new(RefCell::new(table))));
        Ok(())
    }

    /// The pattern that an operator is given: an object brings its own options.
    pub(in super::super) fn operator_pattern(value: &Value, options: Options) -> Option<(String, Options)> {
        pattern_of(value).or_else(|| Some((value.exact()?, options)))
    }
}
