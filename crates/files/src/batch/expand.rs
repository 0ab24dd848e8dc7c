//! Variables are put into a text: `%name%`, `!name!`, cut (`:~3,1`) and changed (`:a=b`), arguments and `for` variables.

use crate::script::Budget;
use std::collections::BTreeMap;
use strongroom_model::Limit;

/// Bytes of an expanded line.
const MOST: usize = 1 << 16;

/// What the machine sets: a name among these keeps standing where its value is not known.
const OF_THE_MACHINE: [&str; 34] = [
    "allusersprofile",
    "appdata",
    "cd",
    "cmdcmdline",
    "cmdextversion",
    "commonprogramfiles",
    "computername",
    "comspec",
    "date",
    "errorlevel",
    "homedrive",
    "homepath",
    "localappdata",
    "logonserver",
    "number_of_processors",
    "os",
    "path",
    "pathext",
    "processor_architecture",
    "processor_identifier",
    "programdata",
    "programfiles",
    "programfiles(x86)",
    "programw6432",
    "prompt",
    "public",
    "random",
    "systemdrive",
    "systemroot",
    "temp",
    "time",
    "tmp",
    "username",
    "userprofile",
];

/// Values that every default installation has.
const DEFAULTS: [(&str, &str); 14] = [
    ("allusersprofile", "C:\\ProgramData"),
    ("commonprogramfiles", "C:\\Program Files\\Common Files"),
    ("commonprogramw6432", "C:\\Program Files\\Common Files"),
    ("comspec", "C:\\Windows\\system32\\cmd.exe"),
    ("homedrive", "C:"),
    ("os", "Windows_NT"),
    ("pathext", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"),
    ("programdata", "C:\\ProgramData"),
    ("programfiles", "C:\\Program Files"),
    ("programw6432", "C:\\Program Files"),
    ("public", "C:\\Users\\Public"),
    ("systemdrive", "C:"),
    ("systemroot", "C:\\Windows"),
    ("windir", "C:\\Windows"),
];

/// The variables of a shell by lower-case name, each with the name as it was first written; `None` where a value is set
/// that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Variables {
    set: BTreeMap<String, (String, Option<String>)>,
}

/// What a name stands for.
pub(super) enum Found {
    Known(String),
    /// Set, or of the machine, and not known.
    Unknown,
    Unset,
}

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: Option<String>) {
        let own = self.set.entry(name.to_lowercase());
        own.or_insert_with(|| (name.to_owned(), None)).1 = value;
    }

    pub(super) fn unset(&mut self, name: &str) {
        self.set(name, Some(String::new()));
    }

    /// Returns the bytes of all names and values, with what each costs beside them.
    pub(super) fn size(&self) -> usize {
        const EACH: usize = 64;
        let one = |(name, (_, value)): (&String, &(String, Option<String>))| {
            EACH + 2 * name.len() + value.as_ref().map_or(0, String::len)
        };
        self.set.iter().map(one).sum()
    }

    pub(super) fn find(&self, name: &str) -> Found {
        let name = name.to_lowercase();
        match self.set.get(&name).map(|(_, value)| value) {
            Some(Some(value)) if value.is_empty() => Found::Unset,
            Some(Some(value)) => Found::Known(value.clone()),
            Some(None) => Found::Unknown,
            None => match DEFAULTS.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => Found::Known((*value).to_owned()),
                None if OF_THE_MACHINE.contains(&name.as_str()) => Found::Unknown,
                None => Found::Unset,
            },
        }
    }

    /// Returns what the script itself has set, in the order of names, for those that begin so.
    pub(super) fn beginning(&self, start: &str) -> Vec<(String, Option<String>)> {
        let start = start.to_lowercase();
        let own = self.set.iter().filter(|(name, (_, value))| {
            name.starts_with(&start) && value.as_deref().is_none_or(|value| !value.is_empty())
        });
        own.map(|(_, own)| own.clone()).collect()
    }

    /// What two ways have left different is not known.
    pub(super) fn merge(&mut self, other: &Variables) {
        let value = |own: Option<&(String, Option<String>)>| own.map(|(_, value)| value.clone());
        for (name, own) in &mut self.set {
            if Some(&own.1) != value(other.set.get(name)).as_ref() {
                own.1 = None;
            }
        }
        for (name, (written, _)) in &other.set {
            self.set
                .entry(name.clone())
                .or_insert_with(|| (written.clone(), None));
        }
    }

    /// Returns the value of what stands between two signs; `None` leaves it as it is written.
    fn value(&self, reference: &str) -> Option<Found> {
        let (name, change) = match reference.split_once(':') {
            Some((name, change)) if !name.is_empty() => (name, Some(change)),
            _ => (reference, None),
        };
        let found = self.find(name);
        let (Found::Known(value), Some(change)) = (&found, change) else {
            return Some(found);
        };
        if let Some(range) = change.strip_prefix('~') {
            return substring(value, range).map(Found::Known);
        }
        let (from, to) = change.split_once('=')?;
        Some(Found::Known(replaced(value, from, to)))
    }
}

/// How a text is expanded.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// `%` or `!`.
    pub(super) sign: char,
    /// In a file a name that is not set is nothing, `%%` is `%`, and `%1` is an argument.
    pub(super) file: bool,
    pub(super) arguments: &'a [String],
}

/// Puts the values in.
pub(super) fn expand(
    text: &str,
    variables: &Variables,
    way: Way<'_>,
    budget: &mut Budget<'_>,
) -> Result<String, Limit> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(way.sign) {
        out.push_str(before);
        budget.step()?;
        if out.len() > MOST {
            return Err(Limit::ValueBytes);
        }
        if way.sign == '%' && way.file {
            if let Some(after) = after.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            if let Some((value, after)) = argument(after, way.arguments) {
                out.push_str(&value);
                rest = after;
                continue;
            }
        }
        let closed = after.split_once(way.sign).filter(|(name, _)| !name.is_empty());
        let found = closed.and_then(|(name, behind)| Some((variables.value(name)?, name, behind)));
        match found {
            Some((Found::Known(value), _, behind)) => {
                out.push_str(&value);
                rest = behind;
            }
            Some((Found::Unknown, name, behind)) => {
                out.push(way.sign);
                out.push_str(name);
                out.push(way.sign);
                rest = behind;
            }
            Some((Found::Unset, name, behind)) if way.file || way.sign == '!' => {
                // A cut of what is not set stays; a change of it leaves what stands behind the name.
                if let Some((_, change)) = name.split_once(':') {
                    out.push_str(change);
                }
                rest = behind;
            }
            _ => {
                // Typed, what is not set stays; in a file a sign that nothing closes is dropped.
                if !(way.sign == '%' && way.file) {
                    out.push(way.sign);
                }
                rest = after;
            }
        }
    }
    out.push_str(rest);
    if out.len() > MOST {
        return Err(Limit::ValueBytes);
    }
    budget.build(out.len())?;
    Ok(out)
}

/// `%1`, `%*`, `%~1`, `%~dp0`
fn argument<'t>(after: &'t str, arguments: &[String]) -> Option<(String, &'t str)> {
    if let Some(rest) = after.strip_prefix('*') {
        return Some((arguments.get(1..).unwrap_or_default().join(" "), rest));
    }
    let (modifiers, rest) = match after.strip_prefix('~') {
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic())?;
            (Some(rest.get(..end)?), rest.get(end..)?)
        }
        None => (None, after),
    };
    let digit = rest.chars().next()?.to_digit(10)?;
    let rest = rest.get(1..)?;
    let value = match arguments.get(usize::try_from(digit).ok()?) {
        Some(value) => value.clone(),
        None if digit == 0 => {
            return Some((
                format!("%{}0", modifiers.map_or_else(String::new, |m| format!("~{m}"))),
                rest,
            ));
        }
        None => String::new(),
    };
    let value = match modifiers {
        Some(_) => value.trim_matches('"').to_owned(),
        None => value,
    };
    Some((value, rest))
}

/// `~start,length` of a variable; negative numbers count from the end.
fn substring(value: &str, range: &str) -> Option<String> {
    let units: Vec<char> = value.chars().collect();
    let length = i64::try_from(units.len()).ok()?;
    let number = |text: &str| {
        let text = text.trim();
        if text.is_empty() {
            Some(0)
        } else {
            text.parse::<i64>().ok()
        }
    };
    let (start, count) = match range.split_once(',') {
        Some((start, count)) => (number(start)?, Some(number(count)?)),
        None => (number(range)?, None),
    };
    let start = if start < 0 {
        (length + start).max(0)
    } else {
        start.min(length)
    };
    let end = match count {
        None => length,
        Some(count) if count < 0 => (length + count).max(start),
        Some(count) => start.saturating_add(count).min(length),
    };
    Some(
        units
            .get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?
            .iter()
            .collect(),
    )
}

/// `:from=to` without regard to case; `*from` takes all before it too.
fn replaced(value: &str, from: &str, to: &str) -> String {
    let (from, greedy) = match from.strip_prefix('*') {
        Some(from) => (from, true),
        None => (from, false),
    };
    if from.is_empty() {
        return value.to_owned();
    }
    // Only where lower case keeps every place can the places be compared.
    let lower = value.to_ascii_lowercase();
    let from = from.to_ascii_lowercase();
    if greedy {
        return match lower.find(&from) {
            Some(at) => format!("{to}{}", value.get(at + from.len()..).unwrap_or_default()),
            None => value.to_owned(),
        };
    }
    let mut out = String::new();
    let mut at = 0;
    for (place, _) in lower.match_indices(&from) {
        out.push_str(value.get(at..place).unwrap_or_default());
        out.push_str(to);
        at = place + from.len();
    }
    out.push_str(value.get(at..).unwrap_or_default());
    out
}

/// Puts in the values of `for` variables: `%i`, `%~i`, `%~nxi`. Of the modifiers those are known that ask for parts of the
/// name; all others ask the machine, and stay as they are written.
pub(super) fn loop_variables(text: &str, values: &[(char, Option<String>)]) -> String {
    if values.is_empty() || !text.contains('%') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match loop_variable(after, values) {
            Some((value, behind)) => {
                out.push_str(&value);
                rest = behind;
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the value of a reference behind its sign, and what stands behind it.
fn loop_variable<'t>(after: &'t str, values: &[(char, Option<String>)]) -> Option<(String, &'t str)> {
    let find = |c: char| values.iter().rev().find(|(name, _)| *name == c);
    let Some(body) = after.strip_prefix('~') else {
        let name = after.chars().next()?;
        let value = find(name)?.1.as_deref()?;
        return Some((value.to_owned(), after.get(name.len_utf8()..)?));
    };
    // As many letters belong to the modifiers as leave a variable behind them.
    let letters = body.find(|c: char| !"fdpnxsatz".contains(c.to_ascii_lowercase()));
    let most = letters.unwrap_or(body.len());
    let at = (0..=most).rev().find(|at| {
        let name = body.get(*at..).and_then(|rest| rest.chars().next());
        name.is_some_and(|name| find(name).is_some())
    })?;
    let (modifiers, rest) = body.split_at_checked(at)?;
    let name = rest.chars().next()?;
    let value = find(name)?.1.as_deref()?.trim_matches('"');
    let value = part_of_name(value, &modifiers.to_ascii_lowercase())?;
    Some((value, rest.get(name.len_utf8()..)?))
}

/// Returns what modifiers ask for of a file's name.
fn part_of_name(value: &str, modifiers: &str) -> Option<String> {
    let name = crate::names::base(value);
    let dot = name.rfind('.').unwrap_or(name.len());
    let (stem, extension) = name.split_at_checked(dot)?;
    Some(match modifiers {
        "" => value.to_owned(),
        "n" => stem.to_owned(),
        "x" => extension.to_owned(),
        "nx" | "xn" => name.to_owned(),
        _ => return None,
    })
}
