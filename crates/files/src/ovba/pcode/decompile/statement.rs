//! Statements: assignments, calls, what steers the flow, comments.

use super::super::instruction::Instruction;
use super::super::listing::{OPTIONS, labels};
use super::super::op::Op;
use super::{Told, Writer};

impl Writer<'_> {
    /// Runs an instruction that is a statement or a part of one.
    pub(super) fn statement(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        if let Some(text) = fixed(instruction.op) {
            self.emit(text);
            return Ok(());
        }
        if let Some((before, behind)) = around(instruction.op) {
            let value = self.pop()?;
            self.arm = instruction.op == Op::If;
            self.emit(&format!("{before}{value}{behind}"));
            return Ok(());
        }
        if let Some(comparison) = clause(instruction.op) {
            let value = self.pop()?;
            self.clauses.push(format!("{comparison}{value}"));
            return Ok(());
        }
        if is_store(instruction.op) {
            return self.store(instruction);
        }
        match instruction.op {
            Op::BoS => self.separate(),
            Op::Else => {
                self.arm = true;
                self.emit("Else");
            }
            Op::ArgsCall | Op::ArgsMemCall | Op::ArgsMemCallWith => self.call(instruction)?,
            Op::RaiseEvent | Op::ArgsMemRaiseEvent | Op::ArgsMemRaiseEventWith => {
                let target = self.target(instruction, instruction.op)?;
                self.emit(&format!("RaiseEvent {target}"));
            }
            Op::Label | Op::LineNum => {
                let name = self.name(instruction)?;
                let colon = if instruction.op == Op::Label { ":" } else { "" };
                self.emit(&format!("{name}{colon}"));
            }
            Op::QuoteRem | Op::Rem | Op::Reparse => self.text(instruction)?,
            _ => return self.flow(instruction),
        }
        Ok(())
    }

    fn flow(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        let text = match instruction.op {
            Op::For => {
                let [variable, from, to] = self.three()?;
                format!("For {variable} = {from} To {to}")
            }
            Op::ForStep => {
                let step = self.pop()?;
                let [variable, from, to] = self.three()?;
                format!("For {variable} = {from} To {to} Step {step}")
            }
            Op::ForEach => {
                let [variable, of] = self.two()?;
                format!("For Each {variable} In {of}")
            }
            Op::CaseTo => {
                let [from, to] = self.two()?;
                self.clauses.push(format!("{from} To {to}"));
                return Ok(());
            }
            Op::CaseDone => format!("Case {}", std::mem::take(&mut self.clauses).join(", ")),
            Op::IfTypeBlock | Op::ElseIfTypeBlock => {
                let value = self.pop()?;
                let name = self.object(instruction)?;
                let word = if instruction.op == Op::IfTypeBlock {
                    "If"
                } else {
                    "ElseIf"
                };
                format!("{word} TypeOf {value} Is {name} Then")
            }
            Op::GoTo => format!("GoTo {}", self.name(instruction)?),
            Op::GoSub => format!("GoSub {}", self.name(instruction)?),
            Op::OnError => match instruction.flags {
                1 => "On Error Resume Next".to_owned(),
                2 => "On Error GoTo 0".to_owned(),
                _ => {
                    let number = instruction.word(0).ok_or("lacks a label")?;
                    format!("On Error GoTo {}", self.named(number, 0)?)
                }
            },
            Op::Resume => match instruction.flags {
                1 => "Resume Next".to_owned(),
                0 => match instruction.word(0) {
                    Some(number) if number != 0xFFFF => format!("Resume {}", self.named(number, 0)?),
                    _ => "Resume".to_owned(),
                },
                _ => "Resume".to_owned(),
            },
            Op::OnGoto | Op::OnGosub => {
                let value = self.pop()?;
                let word = if instruction.op == Op::OnGoto {
                    "GoTo"
                } else {
                    "GoSub"
                };
                let names = labels(instruction.text.unwrap_or_default(), &self.declarations);
                format!("On {value} {word} {}", names.join(", "))
            }
            Op::Option => {
                let option = OPTIONS
                    .get(usize::from(instruction.flags))
                    .ok_or("is no option")?;
                format!("Option {option}")
            }
            Op::Erase => {
                let count = instruction.word(0).ok_or("lacks a count")?;
                format!("Erase {}", self.take(count.into())?.join(", "))
            }
            Op::Name => {
                let [old, new] = self.two()?;
                format!("Name {old} As {new}")
            }
            Op::LSet | Op::RSet => {
                let [value, target] = self.two()?;
                let word = if instruction.op == Op::LSet {
                    "LSet"
                } else {
                    "RSet"
                };
                format!("{word} {target} = {value}")
            }
            Op::Mid | Op::MidB => {
                let word = if instruction.op == Op::Mid { "Mid" } else { "MidB" };
                let values = std::mem::take(&mut self.stack);
                let (value, target) = values.split_first().ok_or("lacks a value")?;
                let target: Vec<&str> = target
                    .iter()
                    .map(String::as_str)
                    .filter(|part| !part.is_empty())
                    .collect();
                format!("{word}({}) = {value}", target.join(", "))
            }
            Op::LbConst => {
                let value = self.pop()?;
                format!("#Const {} = {value}", self.name(instruction)?)
            }
            Op::CaseElse => "Case Else".to_owned(),
            _ => return Err("is not understood".to_owned()),
        };
        self.emit(&text);
        Ok(())
    }

    /// Ends a statement that another follows on the same line.
    fn separate(&mut self) {
        self.end_declaring();
        self.sized = false;
        let arm = std::mem::replace(&mut self.arm, false);
        if !arm && !self.out.is_empty() && !self.out.ends_with(':') {
            self.out.push(':');
        }
    }

    /// Ends the line.
    pub(super) fn finish(&mut self) {
        self.end_declaring();
        // A name of an enumeration without a value is read and left.
        if let [name] = self.stack.as_slice()
            && self.out.is_empty()
        {
            self.out = name.clone();
            self.stack.clear();
        }
    }

    fn store(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        let target = self.target(instruction, instruction.op)?;
        let value = self.pop()?;
        let set = if is_set(instruction.op) { "Set " } else { "" };
        self.emit(&format!("{set}{target} = {value}"));
        Ok(())
    }

    fn call(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        const PLAIN: u8 = 16;
        let explicit = instruction.flags < PLAIN;
        let named = Instruction {
            flags: instruction.flags % PLAIN,
            operands: instruction.operands.iter().take(1).copied().collect(),
            ..instruction.clone()
        };
        let target = self.target(&named, instruction.op)?;
        let count = instruction.word(1).ok_or("lacks a count")?;
        let arguments = self.take(count.into())?.join(", ");
        match (explicit, count) {
            (true, 0) => self.emit(&format!("Call {target}")),
            (true, _) => self.emit(&format!("Call {target}({arguments})")),
            (false, 0) => self.emit(&target),
            (false, _) => self.emit(&format!("{target} {arguments}")),
        }
        Ok(())
    }

    /// Writes text that p-code keeps as it stands.
    fn text(&mut self, instruction: &Instruction<'_>) -> Told<()> {
        let bytes = instruction.text.ok_or("lacks its text")?;
        let text = self.encoding.decode_without_bom_handling(bytes).0.into_owned();
        // What was a line has to stay one.
        let text = text.replace(['\r', '\n'], " ");
        self.end_declaring();
        match instruction.op {
            Op::QuoteRem => self.emit(&format!("'{text}")),
            Op::Rem => self.emit(&format!("Rem{text}")),
            _ => self.emit(&text),
        }
        Ok(())
    }
}

fn fixed(op: Op) -> Option<&'static str> {
    Some(match op {
        Op::Do => "Do",
        Op::DoEvents => "DoEvents",
        Op::ElseBlock => "Else",
        Op::End => "End",
        Op::EndFunc => "End Function",
        Op::EndIfBlock => "End If",
        Op::EndProp => "End Property",
        Op::EndSelect => "End Select",
        Op::EndSub => "End Sub",
        Op::EndType => "End Type",
        Op::EndEnum => "End Enum",
        Op::EndWith => "End With",
        Op::ExitDo => "Exit Do",
        Op::ExitFor => "Exit For",
        Op::ExitFunc => "Exit Function",
        Op::ExitProp => "Exit Property",
        Op::ExitSub => "Exit Sub",
        Op::Let => "Let",
        Op::Loop => "Loop",
        Op::Next => "Next",
        Op::Return => "Return",
        Op::Stop => "Stop",
        Op::Wend => "Wend",
        Op::LbElse => "#Else",
        Op::LbEndIf => "#End If",
        // The end of a one-line `If`, the arm of one, a mark, where a line was folded: nothing is written.
        Op::EndIf | Op::BoSImplicit | Op::BoL | Op::SetStmt | Op::LbMark | Op::LineCont => "",
        _ => return None,
    })
}

fn around(op: Op) -> Option<(&'static str, &'static str)> {
    Some(match op {
        Op::If => ("If ", " Then"),
        Op::IfBlock => ("If ", " Then"),
        Op::ElseIfBlock => ("ElseIf ", " Then"),
        Op::DoUntil => ("Do Until ", ""),
        Op::DoWhile => ("Do While ", ""),
        Op::LoopUntil => ("Loop Until ", ""),
        Op::LoopWhile => ("Loop While ", ""),
        Op::While => ("While ", ""),
        Op::With => ("With ", ""),
        Op::SelectCase => ("Select Case ", ""),
        Op::NextVar => ("Next ", ""),
        Op::Error => ("Error ", ""),
        Op::Assert => ("Debug.Assert ", ""),
        Op::LbIf => ("#If ", " Then"),
        Op::LbElseIf => ("#ElseIf ", " Then"),
        _ => return None,
    })
}

fn clause(op: Op) -> Option<&'static str> {
    Some(match op {
        Op::Case => "",
        Op::CaseGt => "Is > ",
        Op::CaseLt => "Is < ",
        Op::CaseGe => "Is >= ",
        Op::CaseLe => "Is <= ",
        Op::CaseNe => "Is <> ",
        Op::CaseEq => "Is = ",
        _ => return None,
    })
}

fn is_store(op: Op) -> bool {
    is_set(op)
        || matches!(
            op,
            Op::St
                | Op::MemSt
                | Op::DictSt
                | Op::IndexSt
                | Op::ArgsSt
                | Op::ArgsMemSt
                | Op::ArgsDictSt
                | Op::MemStWith
                | Op::DictStWith
                | Op::ArgsMemStWith
                | Op::ArgsDictStWith
                | Op::SetOrSt
        )
}

fn is_set(op: Op) -> bool {
    matches!(
        op,
        Op::Set
            | Op::Memset
            | Op::Dictset
            | Op::Indexset
            | Op::ArgsSet
            | Op::ArgsMemSet
            | Op::ArgsDictSet
            | Op::MemSetWith
            | Op::DictSetWith
            | Op::ArgsMemSetWith
            | Op::ArgsDictSetWith
    )
}
