//! The functions of Excel by number and by name.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A function: its name, and its count of arguments where that is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub name: &'static str,
    pub arguments: Option<usize>,
}

struct Tables {
    /// Ftab.
    functions: HashMap<u16, Function>,
    /// Cetab.
    commands: HashMap<u16, Function>,
    /// All by name; whether it is a command.
    names: HashMap<&'static str, bool>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        functions: HashMap::new(),
        commands: HashMap::new(),
        names: HashMap::new(),
    };
    for line in include_str!("functions.txt").lines() {
        let mut words = line.split(' ');
        let (Some(kind), Some(Ok(number)), Some(name)) =
            (words.next(), words.next().map(str::parse), words.next())
        else {
            continue;
        };
        let arguments = words.next().and_then(|count| count.parse().ok());
        let function = Function { name, arguments };
        match kind {
            "F" => tables.functions.insert(number, function),
            "C" => tables.commands.insert(number, function),
            _ => continue,
        };
        *tables.names.entry(name).or_default() |= kind == "C";
    }
    tables
});

/// Returns the worksheet or macro function of a number (MS-XLS 2.5.198.17, Ftab).
pub(super) fn function(number: u16) -> Option<Function> {
    TABLES.functions.get(&number).copied()
}

/// Returns the command of a number (MS-XLS 2.5.198.4, Cetab).
pub(super) fn command(number: u16) -> Option<Function> {
    TABLES.commands.get(&number).copied()
}

/// Returns a function's or command's name as it is kept, by its name in whatever case.
pub(super) fn named(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    TABLES.names.get_key_value(upper.as_str()).map(|(name, _)| *name)
}

/// Returns whether a function is a command: what only macro sheets may do.
pub(crate) fn is_command(name: &str) -> bool {
    TABLES.names.get(name).copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_known_by_number_and_name() {
        let char = function(111).unwrap();
        assert_eq!((char.name, char.arguments), ("CHAR", Some(1)));
        assert_eq!(function(150).unwrap().name, "CALL");
        assert_eq!(function(110).unwrap().name, "EXEC");
        assert_eq!(command(118).unwrap().name, "ALERT");
        assert_eq!(command(96).unwrap().name, "FORMULA");
        assert_eq!(named("formula.fill"), Some("FORMULA.FILL"));
        assert!(is_command("ALERT") && !is_command("CHAR"));
        assert!(function(255).is_none());
    }
}
