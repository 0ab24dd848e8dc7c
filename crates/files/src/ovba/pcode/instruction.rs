//! The instructions of one line, cut out of its bytes.

use super::machine::Machine;
use super::op::{Op, Operand};
use super::table::{Cursor, Table};

/// An instruction with its operands.
#[derive(Clone, Debug)]
pub(super) struct Instruction<'a> {
    /// What it does.
    pub op: Op,
    /// Six bits beside the number: a type, a scope, or how a name was written.
    pub flags: u8,
    /// The operands in order; places in 64 bits lose their upper half, and behind the place of a variable may stand
    /// the column of its `As`.
    pub operands: Vec<u32>,
    /// The text or list behind them.
    pub text: Option<&'a [u8]>,
}

impl Instruction<'_> {
    /// Returns an operand as a number of two bytes.
    pub fn word(&self, index: usize) -> Option<u16> {
        u16::try_from(*self.operands.get(index)?).ok()
    }

    /// Returns an operand as a place.
    pub fn place(&self, index: usize) -> Option<usize> {
        self.operands.get(index).map(|place| *place as usize)
    }
}

/// The instructions of a line, and what ended them early.
#[derive(Clone, Debug)]
pub(super) struct Code<'a> {
    /// The instructions.
    pub instructions: Vec<Instruction<'a>>,
    /// Why the rest of the line could not be read.
    pub fault: Option<Fault>,
}

/// Why a line could not be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A number that is no instruction's.
    Unknown(u16),
    /// The line ends inside an instruction.
    Cut,
}

/// Bits of a word that are the instruction's number.
const NUMBER: u16 = 0x03FF;
/// The flag of a variable's declaration behind which the column of `As` stands.
const COLUMN: u8 = 0x10;

/// Reads a line.
pub(super) fn read_line<'a>(line: Table<'a>, machine: Machine) -> Code<'a> {
    let mut code = Code {
        instructions: Vec::new(),
        fault: None,
    };
    let mut cursor = Cursor::new(line, 0);
    while cursor.at() < line.len() {
        let Some(word) = cursor.word() else {
            code.fault = Some(Fault::Cut);
            break;
        };
        let Some(op) = machine.op(word & NUMBER) else {
            code.fault = Some(Fault::Unknown(word & NUMBER));
            break;
        };
        let flags = (word >> 10) as u8;
        match instruction(op, flags, &mut cursor, line, machine) {
            Some(instruction) => code.instructions.push(instruction),
            None => {
                code.fault = Some(Fault::Cut);
                break;
            }
        }
    }
    code
}

fn instruction<'a>(
    op: Op,
    flags: u8,
    cursor: &mut Cursor<'a>,
    line: Table<'a>,
    machine: Machine,
) -> Option<Instruction<'a>> {
    let mut operands = Vec::new();
    for operand in op.operands() {
        let value = match operand {
            Operand::Name | Operand::Word | Operand::Import => cursor.word()?.into(),
            Operand::Function | Operand::Record | Operand::Type => cursor.long()?,
            Operand::Variable => {
                let place = cursor.long()?;
                if flags & COLUMN != 0 {
                    operands.push(place);
                    cursor.word()?.into()
                } else {
                    place
                }
            }
            Operand::Context => {
                let place = cursor.long()?;
                if machine.wide {
                    cursor.long()?;
                }
                place
            }
        };
        operands.push(value);
    }
    let text = match op.has_text() {
        true => {
            let length = usize::from(cursor.word()?);
            let text = cursor.take(length)?;
            if length & 1 == 1 && cursor.at() < line.len() {
                cursor.skip(1)?;
            }
            Some(text)
        }
        false => None,
    };
    Some(Instruction {
        op,
        flags,
        operands,
        text,
    })
}
