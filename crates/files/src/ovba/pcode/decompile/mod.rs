//! P-code back to source: each line's instructions run on a stack of texts.
//!
//! P-code keeps what its author wrote: parentheses, literals' bases, comments, blank lines. So the text of a line is the
//! source that was compiled, but for spacing and for what the tables do not give away. A line with an instruction that
//! is not understood stays a comment, and is counted.

mod declare;
mod expression;
mod input;
mod literal;
mod statement;

use super::Bound;
use super::declaration::Declarations;
use super::instruction::{Code, Fault, Instruction};
use super::op::Op;
use declare::Declaring;
use encoding_rs::Encoding;

/// The source of a module as its p-code has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decompiled {
    /// One line of text for each line of p-code.
    pub lines: Vec<String>,
    /// How many lines could not be told.
    pub unknown: usize,
}

impl Decompiled {
    /// Returns the lines as one source text.
    pub fn text(&self) -> String {
        let mut text = self.lines.join("\r\n");
        text += "\r\n";
        text
    }
}

/// Turns the lines of a module into source.
pub(super) fn decompile<'c>(
    lines: impl Iterator<Item = Code<'c>>,
    declarations: Declarations<'_>,
    encoding: &'static Encoding,
) -> Decompiled {
    let mut told = Decompiled::default();
    // The line where the last type or enumeration begins: which of the two it is, its end says.
    let mut opened = None;
    let mut bound = Bound::of(declarations.cache);
    for (number, code) in lines.enumerate() {
        let mut writer = Writer::new(declarations, encoding, bound);
        let line = writer.line(&code);
        bound = writer.bound;
        match line {
            Ok(()) => told.lines.push(writer.out),
            Err(why) => {
                told.unknown += 1;
                told.lines.push(format!("' p-code not understood: {why}"));
            }
        }
        for instruction in &code.instructions {
            match instruction.op {
                Op::Type => opened = Some(number),
                Op::EndEnum => {
                    if let Some(line) = opened.take().and_then(|at| told.lines.get_mut(at)) {
                        *line = line.replacen("Type ", "Enum ", 1);
                    }
                }
                _ => {}
            }
        }
    }
    told
}

/// Why a line cannot be told.
type Told<T> = Result<T, String>;

/// Writes one line.
struct Writer<'a> {
    declarations: Declarations<'a>,
    encoding: &'static Encoding,
    stack: Vec<String>,
    out: String,
    declaring: Option<Declaring>,
    /// The conditions of a `Case`, the items of an `Input`.
    clauses: Vec<String>,
    /// Names of a `ReDim` so far.
    sized: bool,
    /// Whether the next separator is that of a one-line `If`.
    arm: bool,
    bound: Bound,
}

impl<'a> Writer<'a> {
    fn new(declarations: Declarations<'a>, encoding: &'static Encoding, bound: Bound) -> Self {
        Writer {
            declarations,
            encoding,
            stack: Vec::new(),
            out: String::new(),
            declaring: None,
            clauses: Vec::new(),
            sized: false,
            arm: false,
            bound,
        }
    }

    fn line(&mut self, code: &Code<'_>) -> Told<()> {
        match code.fault {
            Some(Fault::Unknown(number)) => return Err(format!("instruction {number:#06X}")),
            Some(Fault::Cut) => return Err("the line is cut".to_owned()),
            None => {}
        }
        for instruction in &code.instructions {
            if self.bound.is_reached() {
                return Err("the module's text is too long".to_owned());
            }
            self.instruction(instruction)
                .map_err(|why| format!("{} {why}", instruction.op.mnemonic()))?;
        }
        self.finish();
        match self.stack.is_empty() {
            true => Ok(()),
            false => Err("values are left over".to_owned()),
        }
    }

    fn instruction(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        if self.expression(instruction)? || self.literal(instruction)? {
            return Ok(());
        }
        if self.declare(instruction)? || self.input(instruction)? {
            return Ok(());
        }
        self.statement(instruction)
    }

    fn pop(&mut self) -> Told<String> {
        self.stack.pop().ok_or_else(|| "lacks a value".to_owned())
    }

    /// Takes the last `count` values, the first first.
    fn take(&mut self, count: usize) -> Told<Vec<String>> {
        let from = self
            .stack
            .len()
            .checked_sub(count)
            .ok_or_else(|| "lacks a value".to_owned())?;
        Ok(self.stack.split_off(from))
    }

    fn push(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.bound.charge(&text);
        self.stack.push(text);
    }

    /// Adds a statement or a part of one.
    fn emit(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.bound.charge(text);
        if !self.out.is_empty() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        self.out += text;
    }

    /// Returns the name of an instruction's first operand as it was written.
    fn name(&self, instruction: &Instruction<'_>) -> Told<String> {
        let number = instruction.word(0).ok_or("lacks a name")?;
        self.named(number, instruction.flags)
    }

    fn named(&self, number: u16, flags: u8) -> Told<String> {
        const ME: u16 = 0xFFFF;
        if number == ME {
            return Ok("Me".to_owned());
        }
        let name = self.declarations.name(number);
        Ok(match flags {
            32 => format!("[{name}]"),
            // Names of VBA's own carry their character already.
            _ if name.ends_with(['$', '%', '&', '!', '#', '@']) => name,
            flags => format!("{name}{}", super::listing::character(flags)),
        })
    }
}
