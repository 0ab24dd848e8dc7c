//! The listing of p-code: one line of text for each instruction, in the form that analysts know.

use super::Bound;
use super::declaration::{Declarations, Parameter, Procedure, Shape, Variable};
use super::instruction::{Code, Fault, Instruction};
use super::op::{Op, Operand};
use encoding_rs::Encoding;

const LONG_TYPES: [&str; 13] = [
    "Var", "?", "Int", "Lng", "Sng", "Dbl", "Cur", "Date", "Str", "Obj", "Err", "Bool", "Var",
];
/// The type characters of names by an instruction's flags.
const CHARACTERS: [&str; 14] = [
    "", "?", "%", "&", "!", "#", "@", "?", "$", "?", "?", "?", "?", "?",
];
/// The constants of `LitVarSpecial`.
pub(super) const SPECIALS: [&str; 4] = ["False", "True", "Null", "Empty"];
/// The options of a module.
pub(super) const OPTIONS: [&str; 6] = [
    "Base 0",
    "Base 1",
    "Compare Text",
    "Compare Binary",
    "Explicit",
    "Private Module",
];

/// Lists the instructions of a line, one text each.
pub(super) fn list(
    code: &Code<'_>,
    declarations: &Declarations<'_>,
    encoding: &'static Encoding,
    bound: &mut Bound,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for instruction in &code.instructions {
        if bound.is_reached() {
            lines.push("(the listing is too long)".to_owned());
            return lines;
        }
        let line = one(instruction, declarations, encoding);
        bound.charge(&line);
        lines.push(line);
    }
    match code.fault {
        Some(Fault::Unknown(number)) => lines.push(format!("(unknown instruction {number:#06X})")),
        Some(Fault::Cut) => lines.push("(the line is cut)".to_owned()),
        None => {}
    }
    lines
}

fn one(
    instruction: &Instruction<'_>,
    declarations: &Declarations<'_>,
    encoding: &'static Encoding,
) -> String {
    let mut line = format!("{} ", instruction.op.mnemonic());
    let flags = mark(instruction, &mut line);
    let mut values = instruction.operands.iter();
    for operand in instruction.op.operands() {
        let Some(value) = values.next().copied() else {
            break;
        };
        operand_text(*operand, value, flags, instruction, declarations, &mut line);
        if *operand == Operand::Variable
            && let Some(column) = values.next()
        {
            line += &format!(" 0x{column:04X}");
        }
    }
    if let Some(text) = instruction.text {
        text_operand(instruction.op, text, declarations, encoding, &mut line);
    }
    line
}

/// Adds what the flags say, and returns what of them is left for the operands.
fn mark(instruction: &Instruction<'_>, line: &mut String) -> u8 {
    let flags = instruction.flags;
    let at = usize::from(flags);
    match instruction.op {
        Op::Coerce | Op::CoerceVar | Op::DefType => {
            *line += &match LONG_TYPES.get(at) {
                Some(name) => format!("({name}) "),
                None if flags == 17 => "(Byte) ".to_owned(),
                None => format!("({flags}) "),
            };
        }
        Op::Dim | Op::DimImplicit | Op::Type => {
            let scope = scope(flags);
            let constant = (flags & 0x01 != 0 && instruction.op != Op::Type).then_some("Const");
            let words: Vec<&str> = scope.into_iter().chain(constant).collect();
            if !words.is_empty() {
                *line += &format!("({}) ", words.join(" "));
            }
        }
        Op::LitVarSpecial => *line += &format!("({})", SPECIALS.get(at).unwrap_or(&"?")),
        Op::Option => *line += &format!(" ({})", OPTIONS.get(at).unwrap_or(&"?")),
        Op::ArgsCall | Op::ArgsMemCall | Op::ArgsMemCallWith => {
            if flags >= 16 {
                return flags - 16;
            }
            *line += "(Call) ";
        }
        Op::Redim | Op::RedimAs if flags & 16 != 0 => *line += "(Preserve) ",
        _ => {}
    }
    flags
}

/// Returns the scope of a declaration.
pub(super) fn scope(flags: u8) -> Option<&'static str> {
    [
        (0x04, "Global"),
        (0x08, "Public"),
        (0x10, "Private"),
        (0x20, "Static"),
    ]
    .into_iter()
    .find_map(|(bit, word)| (flags & bit != 0).then_some(word))
}

fn operand_text(
    operand: Operand,
    value: u32,
    flags: u8,
    instruction: &Instruction<'_>,
    declarations: &Declarations<'_>,
    line: &mut String,
) {
    let place = value as usize;
    let word = value as u16;
    let text = match operand {
        Operand::Name => Some(name(word, instruction.op, flags, declarations)),
        Operand::Word if instruction.op == Op::Open => Some(format!("({})", mode(word))),
        Operand::Word => Some(format!("0x{word:04X} ")),
        Operand::Import => Some(
            declarations
                .object(word)
                .unwrap_or_else(|| format!("imp_{word:04X} ")),
        ),
        Operand::Record => declarations.record(place).map(|(name, public)| {
            let scope = if public { "" } else { "(Private) " };
            format!("{scope}{name}")
        }),
        Operand::Type => declarations.array_type(place).map(|name| format!("(As {name})")),
        Operand::Variable => declarations.variable(place).map(|variable| {
            let events = if flags & 0x20 != 0 { "(WithEvents) " } else { "" };
            format!("{events}{}", variable_text(&variable))
        }),
        Operand::Function => declarations
            .procedure(place, instruction.flags)
            .map(|procedure| format!("({})", procedure_text(&procedure))),
        Operand::Context => None,
    };
    *line += &text.unwrap_or_else(|| {
        let kind = match operand {
            Operand::Function => "func",
            Operand::Variable => "var",
            Operand::Record => "rec",
            Operand::Type => "type",
            _ => "context",
        };
        format!("{kind}_{value:08X} ")
    });
}

fn name(number: u16, op: Op, flags: u8, declarations: &Declarations<'_>) -> String {
    let name = declarations.name(number);
    match (op, flags) {
        (Op::OnError, 1) => "(Resume Next) ".to_owned(),
        (Op::OnError, 2) => "(GoTo 0) ".to_owned(),
        (Op::Resume, 1) => "(Next) ".to_owned(),
        (Op::Resume, flags) if flags != 0 => " ".to_owned(),
        (Op::OnError | Op::Resume, _) => format!("{name} "),
        (_, 32) => format!("[{name}] "),
        _ => format!("{name}{} ", CHARACTERS.get(usize::from(flags)).unwrap_or(&"")),
    }
}

/// Returns the type character that a name is written with.
pub(super) fn character(flags: u8) -> &'static str {
    CHARACTERS
        .get(usize::from(flags))
        .copied()
        .filter(|text| *text != "?")
        .unwrap_or("")
}

/// Returns the mode of an `Open` statement.
pub(super) fn mode(word: u16) -> String {
    let mode = match word & 0xFF {
        bits if bits & 0x01 != 0 => "Input",
        bits if bits & 0x02 != 0 => "Output",
        bits if bits & 0x04 != 0 => "Random",
        bits if bits & 0x08 != 0 => "Append",
        0x20 => "Binary",
        _ => "",
    };
    let access = match word >> 8 & 0xF {
        1 => " Access Read",
        2 => " Access Write",
        3 => " Access Read Write",
        _ => "",
    };
    let lock = match word >> 12 {
        0 => "",
        bits if bits & 4 != 0 => " Shared",
        1 => " Lock Read Write",
        2 => " Lock Write",
        3 => " Lock Read",
        _ => "",
    };
    format!("For {mode}{access}{lock}")
}

fn variable_text(variable: &Variable) -> String {
    let new = variable.new.then(|| "New".to_owned());
    let of = variable
        .of
        .as_ref()
        .filter(|of| !of.is_empty())
        .map(|of| format!("As {of}"));
    let words: Vec<String> = new.into_iter().chain(of).collect();
    if words.is_empty() {
        return variable.name.clone();
    }
    format!("{} ({})", variable.name, words.join(" "))
}

fn procedure_text(procedure: &Procedure) -> String {
    let mut text = String::new();
    for (holds, word) in [
        (procedure.private, "Private "),
        (procedure.friend, "Friend "),
        (procedure.public, "Public "),
        (procedure.fixed, "Static "),
        (procedure.library.is_some(), "Declare "),
        (procedure.pointer_safe, "PtrSafe "),
    ] {
        if holds {
            text += word;
        }
    }
    text += match procedure.shape {
        Shape::Sub => "Sub ",
        Shape::Function => "Function ",
        Shape::Get => "Property Get ",
        Shape::Let => "Property Let ",
        Shape::Set => "Property Set ",
        Shape::Other => "",
    };
    text += &procedure.name;
    if let Some(library) = &procedure.library {
        text += &format!(" Lib \"{library}\" ");
    }
    let parameters: Vec<String> = procedure.parameters.iter().map(parameter_text).collect();
    text += &format!("({})", parameters.join(", "));
    if let Some(of) = &procedure.of {
        text += &format!(" As {of}");
    }
    text
}

fn parameter_text(parameter: &Parameter) -> String {
    let optional = if parameter.optional { "Optional " } else { "" };
    let reference = if parameter.by_reference { "ByRef " } else { "" };
    let value = if parameter.by_value { "ByVal " } else { "" };
    let of = parameter
        .of
        .as_ref()
        .map_or(String::new(), |of| format!(" As {of}"));
    format!("{optional}{reference}{value}{}{of}", parameter.name)
}

fn text_operand(
    op: Op,
    text: &[u8],
    declarations: &Declarations<'_>,
    encoding: &'static Encoding,
    line: &mut String,
) {
    *line += &format!("0x{:04X} ", text.len());
    *line += &match op {
        Op::LitStr | Op::QuoteRem | Op::Rem | Op::Reparse => {
            format!("\"{}\"", encoding.decode_without_bom_handling(text).0)
        }
        Op::OnGosub | Op::OnGoto => {
            let names: Vec<String> = labels(text, declarations);
            format!("{} ", names.join(", "))
        }
        _ => {
            let bytes: Vec<String> = text.iter().map(|byte| format!("{byte:02X}")).collect();
            bytes.join(" ")
        }
    };
}

/// Returns the labels of an `On … GoTo`.
pub(super) fn labels(text: &[u8], declarations: &Declarations<'_>) -> Vec<String> {
    let big = declarations.cache.indirect.is_big();
    let pairs = text.as_chunks::<2>().0.iter();
    pairs
        .map(|pair| {
            let number = if big {
                u16::from_be_bytes(*pair)
            } else {
                u16::from_le_bytes(*pair)
            };
            declarations.name(number)
        })
        .collect()
}
