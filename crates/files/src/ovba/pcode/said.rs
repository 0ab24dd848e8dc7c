//! What p-code says, with nothing of its form: the names it uses, its strings, what it calls.

use super::declaration::Declarations;
use super::instruction::Code;
use super::op::{Op, Operand};
use encoding_rs::Encoding;
use std::collections::BTreeSet;

/// The words of a module's p-code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Names as they are spelled, without type characters.
    pub names: BTreeSet<String>,
    /// Which of these are called, or read with arguments.
    pub calls: BTreeSet<String>,
    /// The strings.
    pub strings: BTreeSet<String>,
    /// Lines that hold instructions.
    pub lines: usize,
    /// Lines of which some could not be read.
    pub faulty: usize,
    /// Whether every line that the module names stands in its stream.
    pub whole: bool,
}

impl Said {
    /// Of so many lines one may be unreadable before nothing is claimed.
    const READABLE: usize = 10;

    /// Returns whether so much of the p-code could be read that it can be compared.
    pub fn is_readable(&self) -> bool {
        self.faulty * Self::READABLE <= self.lines
    }
}

/// Gathers the words of the lines of a module. A name that VBA reserves, or that is not certain, is left out.
pub(super) fn said<'a>(
    lines: impl Iterator<Item = Code<'a>>,
    declarations: &Declarations<'_>,
    encoding: &'static Encoding,
) -> Said {
    let mut said = Said::default();
    for code in lines {
        said.lines += usize::from(!code.instructions.is_empty());
        said.faulty += usize::from(code.fault.is_some());
        for instruction in &code.instructions {
            if instruction.op == Op::LitStr
                && let Some(bytes) = instruction.text
            {
                let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
                said.strings.insert(text);
            }
            let Some(name) = name(instruction.op, instruction.operands.first(), declarations) else {
                continue;
            };
            if is_call(instruction.op) {
                said.calls.insert(name.clone());
            }
            said.names.insert(name);
        }
    }
    said
}

fn name(op: Op, operand: Option<&u32>, declarations: &Declarations<'_>) -> Option<String> {
    let operand = *operand?;
    let number = match op.operands().first()? {
        // The labels of these may be none.
        Operand::Name if matches!(op, Op::OnError | Op::Resume | Op::LineNum) => return None,
        Operand::Name => u16::try_from(operand).ok()?,
        Operand::Variable | Operand::Function | Operand::Record => declarations
            .cache
            .indirect
            .word((operand as usize).checked_add(2)?)?,
        _ => return None,
    };
    let name = declarations
        .names
        .certain(number)?
        .trim_end_matches(['$', '%', '&', '!', '#', '@']);
    let first = name.chars().next()?;
    let is_name = first.is_alphabetic() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then(|| name.to_owned())
}

fn is_call(op: Op) -> bool {
    matches!(
        op,
        Op::ArgsCall | Op::ArgsMemCall | Op::ArgsMemCallWith | Op::ArgsLd | Op::ArgsMemLd | Op::ArgsMemLdWith
    )
}
