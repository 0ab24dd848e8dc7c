//! Files: opening, reading, writing, printing.

use super::super::instruction::Instruction;
use super::super::listing::mode;
use super::super::op::Op;
use super::{Told, Writer};

impl Writer<'_> {
    /// Runs an instruction on files or on what is printed; false where it is none.
    pub(super) fn input(&mut self, instruction: &Instruction<'_>) -> Told<bool> {
        match instruction.op {
            Op::Open => {
                let [path, channel, length] = self.three()?;
                let mode = mode(instruction.word(0).ok_or("lacks its mode")?);
                let length = match length.as_str() {
                    "" => String::new(),
                    length => format!(" Len = {length}"),
                };
                self.emit(&format!("Open {path} {mode} As {channel}{length}"));
            }
            Op::Close => {
                let count = instruction.word(0).ok_or("lacks a count")?;
                let channels = self.take(count.into())?;
                self.emit(&format!("Close {}", channels.join(", ")));
            }
            Op::CloseAll => self.emit("Close"),
            Op::LineInput => {
                let [channel, target] = self.two()?;
                let sharp = if channel.starts_with('#') { "" } else { "#" };
                self.emit(&format!("Line Input {sharp}{channel}, {target}"));
            }
            Op::GetRec | Op::PutRec => {
                let word = if instruction.op == Op::GetRec {
                    "Get"
                } else {
                    "Put"
                };
                let [channel, record, target] = self.three()?;
                self.emit(&format!("{word} {channel}, {record}, {target}"));
            }
            Op::Seek => {
                let [channel, place] = self.two()?;
                self.emit(&format!("Seek {channel}, {place}"));
            }
            Op::Lock | Op::Unlock => {
                let word = if instruction.op == Op::Lock {
                    "Lock"
                } else {
                    "Unlock"
                };
                let mut values = std::mem::take(&mut self.stack).into_iter();
                let channel = values.next().ok_or("lacks a value")?;
                let range: Vec<String> = values.filter(|value| !value.is_empty()).collect();
                let range = match range.is_empty() {
                    true => String::new(),
                    false => format!(", {}", range.join(" To ")),
                };
                self.emit(&format!("{word} {channel}{range}"));
            }
            Op::Input => {
                let channel = self.pop()?;
                self.clauses = vec![channel];
            }
            Op::InputItem => {
                let item = self.pop()?;
                self.clauses.push(item);
            }
            Op::InputDone => {
                let items = std::mem::take(&mut self.clauses).join(", ");
                self.emit(&format!("Input {items}"));
            }
            Op::PrintChan | Op::WriteChan => {
                let word = if instruction.op == Op::PrintChan {
                    "Print"
                } else {
                    "Write"
                };
                let channel = self.pop()?;
                self.emit(&format!("{word} {channel},"));
            }
            Op::PrintObj => {
                let object = self.pop()?;
                match object.as_str() {
                    "" => self.emit("Print"),
                    object => self.emit(&format!("{object}.Print")),
                }
            }
            Op::MeImplicit => self.push(""),
            Op::Debug => self.push("Debug"),
            _ => return self.print(instruction),
        }
        Ok(true)
    }

    /// Runs an instruction on an item of a `Print`.
    fn print(&mut self, instruction: &Instruction<'_>) -> Told<bool> {
        match instruction.op {
            Op::PrintItemComma | Op::PrintItemSemi => {
                let item = self.pop()?;
                let mark = if instruction.op == Op::PrintItemComma {
                    ","
                } else {
                    ";"
                };
                self.emit(&format!("{item}{mark}"));
            }
            Op::PrintItemNL => {
                let item = self.pop()?;
                self.emit(&item);
            }
            Op::PrintComma => self.emit(","),
            Op::PrintSemi => self.emit(";"),
            Op::PrintNL | Op::PrintEoS => {}
            Op::PrintSpc | Op::PrintTab => {
                let word = if instruction.op == Op::PrintSpc {
                    "Spc"
                } else {
                    "Tab"
                };
                let count = self.pop()?;
                self.emit(&format!("{word}({count})"));
            }
            Op::PrintTabComma => self.emit("Tab,"),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn two(&mut self) -> Told<[String; 2]> {
        let second = self.pop()?;
        Ok([self.pop()?, second])
    }

    pub(super) fn three(&mut self) -> Told<[String; 3]> {
        let third = self.pop()?;
        let [first, second] = self.two()?;
        Ok([first, second, third])
    }
}
