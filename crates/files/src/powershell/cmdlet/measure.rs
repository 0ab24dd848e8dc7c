//! `Measure-Object`: counts, sums, and what texts are made of.

use super::super::engine::{Engine, Eval};
use super::super::value::{Object, Value};
use super::Invocation;
use super::property::Property;

/// `… | Measure-Object -Property Length -Sum`
pub(super) fn measure(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let items = call.items_in_any_order("inputobject");
    let properties = Property::list(call.bound.get("property"));
    let measured = match properties.as_deref() {
        Some([property]) => {
            let values = values(engine, items, property)?;
            values.and_then(|values| {
                if is_of_texts(&call) {
                    of_texts(&values, &call)
                } else {
                    of_numbers(&values, property, &call)
                }
            })
        }
        _ => None,
    };
    let place = engine.place();
    output.push(measured.unwrap_or_else(|| engine.unknown(place)));
    Ok(())
}

/// The values that are measured; `None` where how many there are is not known.
fn values(engine: &mut Engine<'_, '_>, items: Vec<Value>, property: &Property) -> Eval<Option<Vec<Value>>> {
    let mut values = Vec::new();
    for item in items.into_iter().filter(|item| !matches!(item, Value::Null)) {
        engine.budget.step()?;
        if matches!(item, Value::Unknown(_)) {
            return Ok(None);
        }
        let value = property.value(engine, &item)?;
        if matches!(value, Value::Unknown(_)) && !property.is_item() {
            return Ok(None);
        }
        values.extend(Some(value).filter(|value| !matches!(value, Value::Null)));
    }
    Ok(Some(values))
}

fn is_of_texts(call: &Invocation) -> bool {
    ["line", "word", "character"]
        .iter()
        .any(|name| call.bound.has(name))
}

/// `-Sum`, `-Average`, `-Maximum`, `-Minimum`: what was not asked for is null.
fn of_numbers(values: &[Value], property: &Property, call: &Invocation) -> Option<Value> {
    let asked = |name: &str| call.bound.has(name) || call.bound.has("allstats");
    let any = ["sum", "average", "maximum", "minimum"]
        .iter()
        .any(|name| asked(name));
    // How texts are compared is the release's.
    let ordered = asked("maximum") || asked("minimum");
    if ordered
        && values
            .iter()
            .any(|value| matches!(value, Value::Str(_) | Value::Char(_)))
    {
        return None;
    }
    let numbers: Vec<f64> = if any {
        let numbers: Option<Vec<f64>> = values
            .iter()
            .map(|value| value.number().map(|number| number.double()))
            .collect();
        numbers?
    } else {
        Vec::new()
    };
    let sum: f64 = numbers.iter().sum();
    let number = |name: &str, value: Option<f64>| match value {
        Some(value) if asked(name) => Value::Double(value),
        _ => Value::Null,
    };
    let filled = !numbers.is_empty();
    let mut object = Object::new("measureinfo")
        .with("count", Value::count(values.len()))
        .with("sum", number("sum", (filled || any).then_some(sum)))
        .with(
            "average",
            number("average", filled.then(|| sum / numbers.len() as f64)),
        )
        .with(
            "maximum",
            number("maximum", numbers.iter().copied().reduce(f64::max)),
        )
        .with(
            "minimum",
            number("minimum", numbers.iter().copied().reduce(f64::min)),
        );
    if !property.label.is_empty() {
        object = object.with("property", Value::text(property.label.as_str()));
    }
    Some(object.value())
}

/// `-Line`, `-Word`, `-Character`
fn of_texts(values: &[Value], call: &Invocation) -> Option<Value> {
    let texts: Option<Vec<String>> = values.iter().map(Value::exact).collect();
    let texts = texts?;
    let bare = call.bound.has("ignorewhitespace");
    let total = |name: &str, count: &dyn Fn(&str) -> usize| {
        if call.bound.has(name) {
            Value::count(texts.iter().map(|text| count(text)).sum())
        } else {
            Value::Null
        }
    };
    let characters = |text: &str| {
        let kept = text.chars().filter(|c| !(bare && c.is_whitespace()));
        kept.map(char::len_utf16).sum()
    };
    // A line's end that ends the text begins no other line.
    let lines = |text: &str| text.lines().count();
    let words = |text: &str| text.split_whitespace().count();
    let object = Object::new("textmeasureinfo")
        .with("lines", total("line", &lines))
        .with("words", total("word", &words))
        .with("characters", total("character", &characters));
    Some(object.value())
}
