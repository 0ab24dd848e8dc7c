//! Texts of lines that become objects: `ConvertFrom-Csv` and `ConvertFrom-StringData`.

use super::super::engine::{Engine, Eval};
use super::super::operate::ITEM;
use super::super::strings;
use super::super::value::{Table, Value};
use super::Invocation;

/// Columns that one table may have.
const MOST_COLUMNS: usize = 1_024;

/// `$text | ConvertFrom-Csv -Delimiter ';' -Header a,b`
pub(super) fn csv(engine: &mut Engine<'_, '_>, mut call: Invocation, output: &mut Vec<Value>) -> Eval<()> {
    let place = engine.place();
    let texts: Option<Vec<String>> = call.items("inputobject").iter().map(Value::exact).collect();
    let delimiter = match call.bound.get("delimiter") {
        None => Some(','),
        Some(given) => given.unit().and_then(|unit| char::from_u32(u32::from(unit))),
    };
    let header = match call.bound.get("header") {
        None => Some(None),
        Some(names) => names
            .items()
            .iter()
            .map(Value::exact)
            .collect::<Option<Vec<_>>>()
            .map(Some),
    };
    let (Some(texts), Some(delimiter), Some(header), false) =
        (texts, delimiter, header, call.bound.has("useculture"))
    else {
        output.push(engine.unknown(place));
        return Ok(());
    };
    engine.budget.work(texts.iter().map(String::len).sum())?;
    // Each text is read by itself: a record does not go on in the next.
    let records: Option<Vec<_>> = texts.iter().map(|text| records(text, delimiter)).collect();
    let records = records.map(|records| records.concat());
    match records.and_then(|records| titled(records, header)) {
        Some((names, records)) => {
            for record in records {
                engine.budget.build(names.len().saturating_mul(ITEM))?;
                output.push(object(&names, record));
            }
        }
        None => output.push(engine.unknown(place)),
    }
    Ok(())
}

fn object(names: &[String], record: Vec<String>) -> Value {
    let mut table = Table::custom();
    let mut fields = record.into_iter();
    for name in names {
        let field = fields.next().map_or(Value::Null, Value::text);
        table.set(Value::text(name.as_str()), field);
    }
    Value::table(table)
}

/// The names of the columns, given or from the first record, and the records; `None` where names are empty or twice there.
fn titled(
    mut records: Vec<Vec<String>>,
    header: Option<Vec<String>>,
) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    // What `ConvertTo-Csv` writes begins with the type of the objects.
    if records.first()?.first()?.starts_with("#TYPE") {
        records.remove(0);
    }
    let names = match header {
        Some(names) => names,
        None if records.is_empty() => return None,
        None => records.remove(0),
    };
    if names.len() > MOST_COLUMNS {
        return None;
    }
    let mut seen = std::collections::BTreeSet::new();
    let plain = names
        .iter()
        .all(|name| !name.is_empty() && seen.insert(name.to_lowercase()));
    plain.then_some((names, records))
}

/// Cuts a text into records of fields. Empty lines but the last, blanks around a field, and quotes inside one are outside the
/// known part.
fn records(text: &str, delimiter: char) -> Option<Vec<Vec<String>>> {
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => {
                let end = rest.find([delimiter, '\n']).unwrap_or(rest.len());
                let (field, behind) = rest.split_at_checked(end)?;
                let field = field.strip_suffix('\r').unwrap_or(field);
                if field.trim() != field || field.contains(['"', '\r']) {
                    return None;
                }
                (field.to_owned(), behind)
            }
        };
        record.push(field);
        let after = behind.strip_prefix('\r').unwrap_or(behind);
        if let Some(next) = behind.strip_prefix(delimiter) {
            rest = next;
            if next.is_empty() || next.starts_with(['\n', '\r']) {
                record.push(String::new());
                rest = next.trim_start_matches('\r').strip_prefix('\n').unwrap_or(next);
                records.push(std::mem::take(&mut record));
            }
            continue;
        }
        rest = match after.strip_prefix('\n') {
            Some(next) => next,
            None if after.is_empty() => after,
            None => return None,
        };
        let blank = matches!(record.as_slice(), [only] if only.is_empty());
        if blank && !rest.is_empty() {
            return None;
        }
        if !blank {
            records.push(std::mem::take(&mut record));
        }
        record.clear();
    }
    Some(records)
}

/// Reads a field behind its opening quote; two quotes are one.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"')?;
        field.push_str(before);
        match behind.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, behind)),
        }
    }
}

/// `ConvertFrom-StringData`: lines of names and values, with the escapes of patterns in the values.
pub(super) fn string_data(
    engine: &mut Engine<'_, '_>,
    mut call: Invocation,
    output: &mut Vec<Value>,
) -> Eval<()> {
    let delimiter = match call.bound.get("delimiter") {
        None => Some("=".to_owned()),
        Some(given) => given.exact().filter(|given| given.chars().count() == 1),
    };
    let place = engine.place();
    for item in call.items("stringdata") {
        let table = match (item.exact(), &delimiter) {
            (Some(text), Some(delimiter)) => {
                engine.budget.work(text.len())?;
                engine.budget.build(text.len())?;
                pairs(&text, delimiter)
            }
            _ => None,
        };
        output.push(table.map_or_else(|| engine.unknown(place), Value::table));
    }
    Ok(())
}

/// The pairs of a text; `None` where a line is none, or a name stands twice.
fn pairs(text: &str, delimiter: &str) -> Option<Table> {
    let mut table = Table::default();
    let lines = text.split('\n').map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once(delimiter)?;
        let name = Value::text(name.trim());
        if line.starts_with(delimiter) || table.get(&name).is_some() {
            return None;
        }
        table.set(name, Value::text(strings::unescaped(value.trim())?));
    }
    Some(table)
}
