//! Expressions: operators, names, members, calls, VBA's own functions.

use super::super::instruction::Instruction;
use super::super::op::Op;
use super::{Told, Writer};

impl Writer<'_> {
    /// Runs an instruction that only works on the stack; false where it is none of these.
    pub(super) fn expression(&mut self, instruction: &Instruction<'_>) -> Told<bool> {
        let op = instruction.op;
        if let Some(sign) = binary(op) {
            let right = self.pop()?;
            let left = self.pop()?;
            self.push(format!("{left} {sign} {right}"));
            return Ok(true);
        }
        if let Some((before, behind)) = around(op) {
            let inner = self.pop()?;
            self.push(format!("{before}{inner}{behind}"));
            return Ok(true);
        }
        if let Some((function, count)) = function(op) {
            let arguments = self.take(count)?;
            self.push(format!("{function}({})", arguments.join(", ")));
            return Ok(true);
        }
        match op {
            Op::Ld | Op::LdLHS => {
                let name = self.name(instruction)?;
                self.push(name);
            }
            Op::MemLd | Op::DictLd | Op::MemLdWith | Op::DictLdWith => {
                let target = self.target(instruction, op)?;
                self.push(target);
            }
            Op::IndexLd
            | Op::ArgsLd
            | Op::ArgsMemLd
            | Op::ArgsDictLd
            | Op::ArgsMemLdWith
            | Op::ArgsDictLdWith
            | Op::ArgsArray => {
                let target = self.target(instruction, op)?;
                self.push(target);
            }
            Op::Coerce | Op::CoerceVar => self.coerce(instruction)?,
            Op::FnLBound | Op::FnUBound => {
                let count = usize::from(instruction.word(0).ok_or("lacks a count")?) + 1;
                let arguments = self.take(count)?;
                let name = if op == Op::FnLBound { "LBound" } else { "UBound" };
                self.push(format!("{name}({})", arguments.join(", ")));
            }
            Op::LdAddressOf => {
                let name = self.name(instruction)?;
                self.push(format!("AddressOf {name}"));
            }
            Op::MemAddressOf => {
                let object = self.pop()?;
                let name = self.name(instruction)?;
                self.push(format!("AddressOf {object}.{name}"));
            }
            Op::New => {
                let name = self.object(instruction)?;
                self.push(format!("New {name}"));
            }
            Op::TypeOf => {
                let value = self.pop()?;
                let name = self.object(instruction)?;
                self.push(format!("TypeOf {value} Is {name}"));
            }
            Op::ParamByVal => {
                let value = self.pop()?;
                self.push(format!("ByVal {value}"));
            }
            Op::ParamNamed => {
                let value = self.pop()?;
                let name = self.name(instruction)?;
                self.push(format!("{name}:={value}"));
            }
            Op::ParamOmitted => self.push(""),
            Op::Me => self.push("Me"),
            Op::StartForVariable | Op::EndForVariable | Op::StartWithExpr => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Returns what is read, written or called: a name, of an object, with arguments.
    ///
    /// The object lies on top of the stack, its arguments below it, what is written to it below these.
    pub(super) fn target(&mut self, instruction: &Instruction<'_>, op: Op) -> Told<String> {
        let dot = match op {
            Op::DictLd
            | Op::DictSt
            | Op::Dictset
            | Op::ArgsDictLd
            | Op::ArgsDictSt
            | Op::ArgsDictSet
            | Op::DictLdWith
            | Op::DictStWith
            | Op::DictSetWith
            | Op::ArgsDictLdWith
            | Op::ArgsDictStWith
            | Op::ArgsDictSetWith => "!",
            _ => ".",
        };
        let indexed = matches!(op, Op::IndexLd | Op::IndexSt | Op::Indexset);
        let base = match op {
            _ if indexed => self.pop()?,
            Op::ArgsLd
            | Op::ArgsSt
            | Op::ArgsSet
            | Op::ArgsArray
            | Op::St
            | Op::Set
            | Op::ArgsCall
            | Op::SetOrSt
            | Op::RaiseEvent => self.name(instruction)?,
            _ if is_with(op) => format!("{dot}{}", self.name(instruction)?),
            _ => format!("{}{dot}{}", self.pop()?, self.name(instruction)?),
        };
        let count = instruction.word(if indexed { 0 } else { 1 });
        let Some(count) = count else { return Ok(base) };
        let arguments = self.take(count.into())?;
        Ok(format!("{base}({})", arguments.join(", ")))
    }

    /// Returns the object type that an instruction names.
    pub(super) fn object(&self, instruction: &Instruction<'_>) -> Told<String> {
        let place = instruction.word(0).ok_or("lacks a type")?;
        self.declarations
            .object(place)
            .ok_or_else(|| "names a type that is not in the table".to_owned())
    }

    fn coerce(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        let function = match (instruction.op, instruction.flags) {
            (Op::CoerceVar, 10) => "CVErr",
            (Op::CoerceVar, _) | (_, 0 | 12) => "CVar",
            (_, 2) => "CInt",
            (_, 3) => "CLng",
            (_, 4) => "CSng",
            (_, 5) => "CDbl",
            (_, 6) => "CCur",
            (_, 7) => "CDate",
            (_, 8) => "CStr",
            (_, 11) => "CBool",
            (_, 14) => "CDec",
            (_, 17) => "CByte",
            (_, 20) => "CLngLng",
            (_, 0x94 | 0x34) => "CLngPtr",
            (_, kind) => return Err(format!("to the type {kind}")),
        };
        let value = self.pop()?;
        self.push(format!("{function}({value})"));
        Ok(())
    }
}

fn is_with(op: Op) -> bool {
    matches!(
        op,
        Op::MemLdWith
            | Op::DictLdWith
            | Op::ArgsMemLdWith
            | Op::ArgsDictLdWith
            | Op::MemStWith
            | Op::DictStWith
            | Op::ArgsMemStWith
            | Op::ArgsDictStWith
            | Op::MemSetWith
            | Op::DictSetWith
            | Op::ArgsMemSetWith
            | Op::ArgsDictSetWith
            | Op::ArgsMemCallWith
            | Op::ArgsMemRaiseEventWith
    )
}

fn binary(op: Op) -> Option<&'static str> {
    Some(match op {
        Op::Imp => "Imp",
        Op::Eqv => "Eqv",
        Op::Xor => "Xor",
        Op::Or => "Or",
        Op::And => "And",
        Op::Eq => "=",
        Op::Ne => "<>",
        Op::Le => "<=",
        Op::Ge => ">=",
        Op::Lt => "<",
        Op::Gt => ">",
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mod => "Mod",
        Op::IDiv => "\\",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Concat => "&",
        Op::Like => "Like",
        Op::Pwr => "^",
        Op::Is => "Is",
        _ => return None,
    })
}

fn around(op: Op) -> Option<(&'static str, &'static str)> {
    Some(match op {
        Op::Not => ("Not ", ""),
        Op::UMi => ("-", ""),
        Op::Paren => ("(", ")"),
        Op::Sharp => ("#", ""),
        Op::FnAbs => ("Abs(", ")"),
        Op::FnFix => ("Fix(", ")"),
        Op::FnInt => ("Int(", ")"),
        Op::FnSgn => ("Sgn(", ")"),
        Op::FnLen => ("Len(", ")"),
        Op::FnLenB => ("LenB(", ")"),
        _ => return None,
    })
}

fn function(op: Op) -> Option<(&'static str, usize)> {
    Some(match op {
        Op::FnInStr => ("InStr", 2),
        Op::FnInStr3 => ("InStr", 3),
        Op::FnInStr4 => ("InStr", 4),
        Op::FnInStrB => ("InStrB", 2),
        Op::FnInStrB3 => ("InStrB", 3),
        Op::FnInStrB4 => ("InStrB", 4),
        Op::FnStrComp => ("StrComp", 2),
        Op::FnStrComp3 => ("StrComp", 3),
        Op::FnStringVar => ("String", 2),
        Op::FnStringStr => ("String$", 2),
        _ => return None,
    })
}
