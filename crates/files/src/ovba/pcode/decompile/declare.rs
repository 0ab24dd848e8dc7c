//! Declarations: variables, constants, arrays, types, procedures.

use super::super::declaration::{Parameter, Procedure, Shape, Variable};
use super::super::instruction::Instruction;
use super::super::listing::scope;
use super::super::op::Op;
use super::{Told, Writer};

/// A declaration that is being written: a keyword, then variables.
pub(super) struct Declaring {
    keyword: String,
    constant: bool,
    variables: Vec<String>,
}

impl Writer<'_> {
    /// Runs an instruction that declares; false where it is none.
    pub(super) fn declare(&mut self, instruction: &Instruction<'_>) -> Told<bool> {
        match instruction.op {
            Op::Dim | Op::DimImplicit => self.begin_declaring(instruction),
            Op::VarDefn => self.variable(instruction)?,
            Op::FuncDefn | Op::FuncDefnSave | Op::EventDecl => self.procedure(instruction)?,
            Op::ConstFuncExpr => {}
            Op::Type => self.record(instruction)?,
            Op::Redim
            | Op::RedimAs
            | Op::MemRedim
            | Op::MemRedimAs
            | Op::MemRedimWith
            | Op::MemRedimAsWith => self.resize(instruction)?,
            Op::NewRedim => {}
            Op::OptionBase => self.push(BASE),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn begin_declaring(&mut self, instruction: &Instruction<'_>) {
        let constant = instruction.flags & 0x01 != 0;
        let keyword = match (scope(instruction.flags), constant, instruction.op) {
            (Some(scope), true, _) => format!("{scope} Const"),
            (Some(scope), false, _) => scope.to_owned(),
            (None, true, _) => "Const".to_owned(),
            (None, false, Op::Dim) => "Dim".to_owned(),
            (None, false, _) => String::new(),
        };
        self.end_declaring();
        self.declaring = Some(Declaring {
            keyword,
            constant,
            variables: Vec::new(),
        });
    }

    /// Writes the declaration that is open.
    pub(super) fn end_declaring(&mut self) {
        if let Some(declaring) = self.declaring.take() {
            let variables = declaring.variables.join(", ");
            self.emit(format!("{} {variables}", declaring.keyword).trim_start());
        }
    }

    fn variable(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        const EVENTS: u8 = 0x20;
        let place = instruction.place(0).ok_or("lacks its place")?;
        let variable = self
            .declarations
            .variable(place)
            .ok_or("points outside its table")?;
        let values = std::mem::take(&mut self.stack);
        let declaring = self.declaring.as_mut().ok_or("stands alone")?;
        let events = if instruction.flags & EVENTS != 0 {
            "WithEvents "
        } else {
            ""
        };
        let text = match (declaring.constant, values.as_slice()) {
            (true, [value]) => format!("{} = {value}", typed(&variable, None)),
            (true, _) => return Err("has no value".to_owned()),
            (false, bounds) => typed(
                &variable,
                bounds_text(bounds)?.or(variable.dynamic.then(String::new)),
            ),
        };
        declaring.variables.push(format!("{events}{text}"));
        Ok(())
    }

    fn record(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        let place = instruction.place(0).ok_or("lacks its place")?;
        let (name, public) = self
            .declarations
            .record(place)
            .ok_or("points outside its table")?;
        let scope = if public { "" } else { "Private " };
        self.emit(&format!("{scope}Type {name}"));
        Ok(())
    }

    fn procedure(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        let place = instruction.place(0).ok_or("lacks its place")?;
        let procedure = self
            .declarations
            .procedure(place, instruction.flags)
            .ok_or("points outside its table")?;
        let defaults = std::mem::take(&mut self.stack);
        let declared = instruction.op != Op::EventDecl && procedure.library.is_some();
        let text = head(&procedure, declared, instruction.op == Op::EventDecl);
        let list = parameters(&procedure, &defaults);
        let of = match (&procedure.of, procedure.shape) {
            (Some(of), Shape::Function | Shape::Get | Shape::Other) if !of.is_empty() => format!(" As {of}"),
            _ => String::new(),
        };
        self.emit(&format!("{text}({list}){of}"));
        Ok(())
    }

    fn resize(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        const PRESERVE: u8 = 16;
        let number = instruction.word(0).ok_or("lacks a name")?;
        let name = self.named(number, 0)?;
        let count = usize::from(instruction.word(1).ok_or("lacks a count")?);
        let owner = match instruction.op {
            Op::MemRedim | Op::MemRedimAs => Some(self.pop()?),
            Op::MemRedimWith | Op::MemRedimAsWith => Some(String::new()),
            _ => None,
        };
        let bounds = self.take(count * 2)?;
        let bounds = bounds_text(&bounds)?.unwrap_or_default();
        let of = match instruction.op {
            Op::RedimAs | Op::MemRedimAs | Op::MemRedimAsWith => instruction
                .place(2)
                .and_then(|place| self.declarations.array_type(place))
                .filter(|name| !name.is_empty())
                .map(|name| format!(" As {name}")),
            _ => None,
        };
        let name = owner.map_or(name.clone(), |owner| format!("{owner}.{name}"));
        let item = format!("{name}({bounds}){}", of.unwrap_or_default());
        if std::mem::replace(&mut self.sized, true) {
            self.out += &format!(", {item}");
        } else if instruction.flags & PRESERVE != 0 {
            self.emit(&format!("ReDim Preserve {item}"));
        } else {
            self.emit(&format!("ReDim {item}"));
        }
        Ok(())
    }
}

/// What stands on the stack for a lower bound that is not written.
const BASE: &str = "\0base";

/// Writes pairs of lower and upper bounds; `None` where there are none.
fn bounds_text(bounds: &[String]) -> Told<Option<String>> {
    if bounds.is_empty() {
        return Ok(None);
    }
    let (pairs, rest) = bounds.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("has bounds that are no pairs".to_owned());
    }
    let texts: Vec<String> = pairs
        .iter()
        .map(|[lower, upper]| match lower.as_str() {
            BASE => upper.clone(),
            lower => format!("{lower} To {upper}"),
        })
        .collect();
    Ok(Some(texts.join(", ")))
}

fn typed(variable: &Variable, bounds: Option<String>) -> String {
    let bounds = bounds.map_or(String::new(), |bounds| format!("({bounds})"));
    let new = if variable.new { "New " } else { "" };
    let of = match &variable.of {
        Some(of) if !of.is_empty() => format!(" As {new}{of}"),
        _ => String::new(),
    };
    format!("{}{}{bounds}{of}", variable.name, variable.character)
}

/// Returns everything before the parameters.
fn head(procedure: &Procedure, declared: bool, event: bool) -> String {
    let words = [
        (procedure.public, "Public "),
        (procedure.private && !procedure.public && !event, "Private "),
        (procedure.friend, "Friend "),
        (procedure.fixed && !declared, "Static "),
        (declared, "Declare "),
        (procedure.pointer_safe && declared, "PtrSafe "),
        (event, "Event "),
    ];
    let mut text: String = words
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, word)| *word)
        .collect();
    text += match (event, procedure.shape) {
        (true, _) => "",
        (_, Shape::Function) => "Function ",
        (_, Shape::Get) => "Property Get ",
        (_, Shape::Let) => "Property Let ",
        (_, Shape::Set) => "Property Set ",
        (_, Shape::Sub | Shape::Other) => "Sub ",
    };
    text += &procedure.name;
    if let Some(library) = procedure.library.as_ref().filter(|_| declared) {
        text += &format!(" Lib \"{library}\"");
        if let Some(alias) = &procedure.alias {
            text += &format!(" Alias \"{alias}\"");
        }
        text.push(' ');
    }
    text
}

fn parameters(procedure: &Procedure, defaults: &[String]) -> String {
    let valued = procedure
        .parameters
        .iter()
        .filter(|parameter| parameter.valued)
        .count();
    // The value of the last stands first.
    let mut values = defaults.iter().rev().filter(|_| valued == defaults.len());
    let texts: Vec<String> = procedure
        .parameters
        .iter()
        .map(|parameter| {
            let value = if parameter.valued { values.next() } else { None };
            parameter_text(parameter, value)
        })
        .collect();
    texts.join(", ")
}

fn parameter_text(parameter: &Parameter, value: Option<&String>) -> String {
    let mut text = String::new();
    for (holds, word) in [
        (parameter.optional, "Optional "),
        (parameter.by_value, "ByVal "),
        (parameter.by_reference, "ByRef "),
        (parameter.rest, "ParamArray "),
    ] {
        if holds {
            text += word;
        }
    }
    text += &parameter.name;
    text += parameter.character;
    if parameter.rest || parameter.array {
        text += "()";
    }
    if let Some(of) = parameter.of.as_ref().filter(|of| !of.is_empty()) {
        text += &format!(" As {of}");
    }
    if let Some(value) = value {
        text += &format!(" = {value}");
    }
    text
}
