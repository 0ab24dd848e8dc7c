//! Declarations out of a module's indirect table: variables, procedures and their parameters, types.

use super::cache::Cache;
use super::identifiers::Names;
use super::machine::{Machine, Release};

/// The types that a number stands for.
const TYPES: [&str; 18] = [
    "", "Null", "Integer", "Long", "Single", "Double", "Currency", "Date", "String", "Object", "Error",
    "Boolean", "Variant", "", "Decimal", "", "", "Byte",
];
/// The number of `LongLong`, which 64 bits alone have.
const LONG_LONG: u8 = 20;
/// Parameters that one procedure may have (VBA takes 60).
const PARAMETERS: usize = 64;

/// What a place in the tables means, with the names of the project.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declarations<'a> {
    /// The tables.
    pub cache: &'a Cache<'a>,
    /// The names.
    pub names: &'a Names,
    /// What it was compiled for.
    pub machine: Machine,
}

/// A type that a declaration says.
struct Described {
    /// The name, where there is an `As`; empty where it is not known.
    of: Option<String>,
    /// Whether it is an array.
    array: bool,
    /// The character that says the type where no `As` does.
    character: &'static str,
}

/// A variable's declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// The name.
    pub name: String,
    /// Whether it is `As New`.
    pub new: bool,
    /// Whether it is an array without bounds.
    pub dynamic: bool,
    /// The character that says the type where no `As` does.
    pub character: &'static str,
    /// The type behind `As`, where there is one; empty where it is not known.
    pub of: Option<String>,
}

/// A parameter's declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// The name.
    pub name: String,
    /// `ByVal`.
    pub by_value: bool,
    /// `ByRef`, as it is written.
    pub by_reference: bool,
    /// `Optional`.
    pub optional: bool,
    /// `ParamArray`, of a procedure's last parameter.
    pub rest: bool,
    /// Whether it is an array.
    pub array: bool,
    /// Whether it has a value by default.
    pub valued: bool,
    /// The character that says the type where no `As` does.
    pub character: &'static str,
    /// The type behind `As`, where there is one; empty where it is not known.
    pub of: Option<String>,
}

/// How a procedure is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `Sub`.
    Sub,
    /// `Function`.
    Function,
    /// `Property Get`.
    Get,
    /// `Property Let`.
    Let,
    /// `Property Set`.
    Set,
    /// Neither is said: an event.
    Other,
}

/// A procedure's declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Procedure {
    /// The name.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// `Private`.
    pub private: bool,
    /// `Public`, as it is written.
    pub public: bool,
    /// `Friend`.
    pub friend: bool,
    /// `Static`.
    pub fixed: bool,
    /// `PtrSafe`.
    pub pointer_safe: bool,
    /// The library of a `Declare`; empty where its name is not known.
    pub library: Option<String>,
    /// The name that a `Declare`d procedure has in its library, where it is another.
    pub alias: Option<String>,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The type behind `As`, where there is one; empty where it is not known.
    pub of: Option<String>,
}

/// Returns the character that says a type where no `As` does.
fn character(number: u8) -> &'static str {
    match number {
        2 => "%",
        3 => "&",
        4 => "!",
        5 => "#",
        6 => "@",
        8 => "$",
        LONG_LONG => "^",
        _ => "",
    }
}

/// Returns the type of a number; the highest bit says a pointer of 64 bits.
fn simple(number: u8) -> String {
    let flags = number & 0xE0;
    let id = number & !0xE0;
    let name = match id {
        _ if flags & 0x80 != 0 => "LongPtr",
        LONG_LONG => "LongLong",
        id => TYPES.get(usize::from(id)).copied().unwrap_or(""),
    };
    name.to_owned()
}

impl Declarations<'_> {
    /// Returns a name as listings have it: `id_` and the number where it is not known.
    pub fn name(&self, number: u16) -> String {
        self.names
            .get(number)
            .map_or_else(|| format!("id_{number:04X}"), str::to_owned)
    }

    fn name_at(&self, place: usize) -> Option<String> {
        self.cache.indirect.word(place).map(|number| self.name(number))
    }

    /// Returns the name of an object's type, as an instruction or a description names it.
    ///
    /// The table has ten bytes for each: flags, an identifier of its library, the name; or, of a name with parts, the
    /// place where these stand.
    pub fn object(&self, place: u16) -> Option<String> {
        const SIZE: usize = 10;
        const QUALIFIED: u16 = 1;
        let index = usize::from(place >> if self.machine.wide { 3 } else { 2 });
        let at = index * SIZE;
        let kind = self.cache.objects.word(at + 2)?;
        let name = self.cache.objects.word(at + 6)?;
        if kind & QUALIFIED == 0 {
            return (name != u16::MAX).then(|| self.name(name));
        }
        let parts = self.cache.qualified;
        let count = usize::from(parts.word(name.into())?).min(8);
        let names: Option<Vec<String>> = (1..=count)
            .map(|part| {
                parts
                    .word(usize::from(name) + 2 * part)
                    .map(|name| self.name(name))
            })
            .collect();
        names.map(|names| names.join("."))
    }

    /// Returns a record's name, and whether it is public.
    pub fn record(&self, place: usize) -> Option<(String, bool)> {
        let options = self.cache.indirect.word(place.checked_add(18)?)?;
        Some((self.name_at(place + 2)?, options & 1 != 0))
    }

    /// Returns the type that a `ReDim` says.
    pub fn array_type(&self, place: usize) -> Option<String> {
        let id = self.cache.indirect.byte(place.checked_add(6)?)?;
        TYPES.get(usize::from(id)).map(|name| (*name).to_owned())
    }

    /// Returns a variable.
    pub fn variable(&self, place: usize) -> Option<Variable> {
        let table = self.cache.indirect;
        if table.len() < place.checked_add(16)? {
            return None;
        }
        let described = self.typed(
            table.byte(place)?,
            place + if self.machine.wide { 16 } else { 12 },
        );
        Some(Variable {
            name: self.name_at(place + 2)?,
            new: table.byte(place + 1)? & 0x20 != 0,
            dynamic: described.array,
            character: described.character,
            of: described.of,
        })
    }

    /// Returns the type of a declaration by its flags and the place where the type stands.
    fn typed(&self, flags: u8, type_at: usize) -> Described {
        const AS: u8 = 0x20;
        const SIMPLE: u16 = u16::MAX;
        let table = self.cache.indirect;
        let says = flags & AS != 0;
        if table.word(type_at + 2) == Some(SIMPLE) {
            let number = table.byte(type_at);
            return Described {
                of: says.then(|| number.map(simple).unwrap_or_default()),
                array: false,
                character: number.filter(|_| !says).map_or("", character),
            };
        }
        let described = table.place(type_at).and_then(|at| self.described(at));
        let array = described.as_ref().is_some_and(|known| known.array);
        Described {
            of: says.then(|| described.and_then(|known| known.of).unwrap_or_default()),
            array,
            character: "",
        }
    }

    /// Returns what a description in the indirect table says: an array of a type, or an object or record.
    fn described(&self, at: usize) -> Option<Described> {
        const ARRAY: u8 = 0x1B;
        const OBJECT: u8 = 0x1D;
        let table = self.cache.indirect;
        match table.byte(at)? & 0x1F {
            ARRAY => {
                let element = at.checked_add(6)?;
                let of = match table.word(element)? {
                    kind if kind & 0x1F == u16::from(OBJECT) => self.described(element)?.of,
                    kind => Some(simple(kind as u8)),
                };
                Some(Described {
                    of,
                    array: true,
                    character: "",
                })
            }
            OBJECT => Some(Described {
                of: self.object(table.word(at.checked_add(2)?)?),
                array: false,
                character: "",
            }),
            _ => None,
        }
    }

    /// Returns a procedure; `scope` are the flags of the instruction that declares it.
    pub fn procedure(&self, place: usize, scope: u8) -> Option<Procedure> {
        let table = self.cache.indirect;
        if table.len() < place.checked_add(61)? {
            return None;
        }
        let six = self.machine.release > Release::Five;
        let layout = Layout::of(self.machine);
        let flags = table.word(place)?;
        let marks = table.byte(place + layout.marks)?;
        let result = self.typed(flags as u8, place + layout.result);
        let private = match six {
            true => marks & 0x02 == 0,
            false => flags & 0x08 == 0,
        };
        let (library, alias) = self.library(place, layout)?;
        let mut parameters = self.parameters(table.long(place + layout.parameters)?);
        // The number of optional parameters is minus one where the last takes all the rest.
        let rest = table.byte(place + layout.options + 2)? & 0x3F == 0x3F;
        if let Some(last) = parameters.last_mut().filter(|_| rest) {
            last.rest = true;
        }
        Some(Procedure {
            name: self.name_at(place + 2)?,
            shape: shape(flags, scope),
            private,
            public: scope & 0x04 != 0,
            // 64 bits use the bit for something else.
            friend: six && !self.machine.wide && marks & 0x04 != 0,
            fixed: flags & 0x80 != 0,
            pointer_safe: six && marks & 0x20 != 0,
            library,
            alias,
            parameters,
            of: result.of.map(|of| match result.array {
                true => format!("{of}()"),
                false => of,
            }),
        })
    }

    /// Returns library and alias of a declared procedure.
    fn library(&self, place: usize, layout: Layout) -> Option<(Option<String>, Option<String>)> {
        /// Bits that say that the procedure has a body.
        const BODY: u8 = 0x90;
        /// Bytes of an alias that are read.
        const ALIAS: usize = 256;
        let table = self.cache.indirect;
        let at = table.word(place + layout.declaration)?;
        let options = table.byte(place + layout.options)?;
        if options & BODY != 0 || at == u16::MAX {
            return Some((None, None));
        }
        let declarations = self.cache.declarations;
        let number = declarations.word(usize::from(at) + 2);
        let alias = declarations.place(usize::from(at) + 4).and_then(|at| {
            let bytes = declarations.part(at, ALIAS).bytes();
            let end = bytes.iter().position(|byte| *byte == 0)?;
            let text = bytes.get(..end).filter(|text| !text.is_empty())?;
            let plain = text.iter().all(|byte| byte.is_ascii_graphic());
            plain.then(|| String::from_utf8_lossy(text).into_owned())
        });
        Some((
            Some(number.map(|number| self.name(number)).unwrap_or_default()),
            alias,
        ))
    }

    fn parameters(&self, first: u32) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        let mut next = first;
        // Records without a name count too: they may lead to each other without end.
        for _ in 0..PARAMETERS {
            if next == u32::MAX || next == 0 {
                break;
            }
            let place = next as usize;
            if place.saturating_add(26) >= self.cache.indirect.len() {
                break;
            }
            let Some((parameter, after)) = self.parameter(place) else {
                break;
            };
            parameters.extend(parameter);
            next = after;
        }
        parameters
    }

    /// Returns a parameter and the place of the next; what a function returns stands among them and is none.
    fn parameter(&self, place: usize) -> Option<(Option<Parameter>, u32)> {
        /// Numbers from here on are no names: the result, the object itself.
        const NAMELESS: u16 = 0xFFFE;
        let table = self.cache.indirect;
        let shift = if self.machine.wide { 4 } else { 0 };
        let options = table.word(place + shift + 24)?;
        let next = table.long(place + if self.machine.wide { 24 } else { 20 })?;
        let number = table.word(place + 2)?;
        if number >= NAMELESS {
            return Some((None, next));
        }
        let described = self.typed(table.byte(place)?, place + shift + 12);
        let parameter = Parameter {
            name: self.name(number),
            by_value: options & 0x0004 != 0,
            by_reference: options & 0x0002 != 0,
            optional: options & 0x0200 != 0,
            rest: false,
            array: described.array,
            valued: options & 0x0400 != 0,
            character: described.character,
            of: described.of,
        };
        Some((Some(parameter), next))
    }
}

/// Where in a procedure's declaration its parts stand.
#[derive(Clone, Copy)]
struct Layout {
    parameters: usize,
    result: usize,
    declaration: usize,
    options: usize,
    marks: usize,
}

impl Layout {
    fn of(machine: Machine) -> Layout {
        if machine.wide {
            return Layout {
                parameters: 56,
                result: 60,
                declaration: 64,
                options: 80,
                marks: 83,
            };
        }
        let shift = if machine.release > Release::Five { 4 } else { 0 };
        Layout {
            parameters: shift + 36,
            result: shift + 40,
            declaration: shift + 44,
            options: shift + 54,
            marks: shift + 57,
        }
    }
}

fn shape(flags: u16, scope: u8) -> Shape {
    match flags {
        flags if flags & 0x1000 != 0 => match scope {
            2 | 6 => Shape::Function,
            _ => Shape::Sub,
        },
        flags if flags & 0x2000 != 0 => Shape::Get,
        flags if flags & 0x4000 != 0 => Shape::Let,
        flags if flags & 0x8000 != 0 => Shape::Set,
        _ => Shape::Other,
    }
}
