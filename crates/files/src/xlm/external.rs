//! What reaches out of the workbook: programs, libraries, files, other programs' conversations.

use super::machine::Machine;
use super::state::{Eval, Native, OpenFile};
use super::value::{Handle, Value};
use crate::formula::Expr;
use crate::script::{Action, Text, native};
use crate::workbook::ErrorCode;
use encoding_rs::WINDOWS_1252;

impl Machine<'_, '_, '_> {
    /// Returns an argument as text, of which parts may be unknown; empty where it is left out.
    pub(super) fn text(&mut self, arguments: &[Expr], at: usize) -> Eval<Text> {
        Ok(match arguments.get(at) {
            Some(argument) => {
                let value = self.scalar(argument)?;
                value
                    .joined()
                    .unwrap_or_else(|error| Text::unknown(error.as_str()))
            }
            None => Text::default(),
        })
    }

    fn values(&mut self, arguments: &[Expr]) -> Eval<Vec<Value>> {
        let mut values = Vec::new();
        for argument in arguments {
            let value = self.scalar(argument)?;
            // Each is listed and kept.
            self.budget.build(value.size())?;
            values.push(value);
        }
        Ok(values)
    }

    pub(super) fn reaching(&mut self, name: &str, arguments: &[Expr], expr: &Expr) -> Eval<Option<Value>> {
        let values = match name {
            "EXEC" | "CALL" | "REGISTER" | "REGISTER.ID" | "UNREGISTER" | "FOPEN" | "FWRITE" | "FWRITELN"
            | "FCLOSE" | "FILE.DELETE" | "SAVE.AS" | "SAVE.COPY.AS" | "OPEN" | "OPEN.TEXT" | "INITIATE"
            | "EXECUTE" | "POKE" | "VBA.INSERT.FILE" | "INSERT.OBJECT" | "WORKBOOK.INSERT" => {
                self.values(arguments)?
            }
            _ => return Ok(None),
        };
        self.say(name, &values);
        let part = |at: usize| text_of(&values, at);
        Ok(Some(match name {
            "EXEC" => {
                self.act(Action::Start { command: part(0) });
                self.unknown(expr)
            }
            "CALL" => self.call(&values)?,
            "REGISTER" | "REGISTER.ID" => self.register(&values, name == "REGISTER"),
            "FOPEN" => self.open(&values),
            "FWRITE" | "FWRITELN" => self.write(&values, name == "FWRITELN"),
            "FCLOSE" => {
                if let Some(Value::Handle(Handle::File(file))) = values.first() {
                    self.close(*file);
                }
                Value::Bool(true)
            }
            "FILE.DELETE" => {
                self.act(Action::Delete { path: part(0) });
                Value::Bool(true)
            }
            "SAVE.AS" | "SAVE.COPY.AS" => {
                self.act(Action::Write {
                    path: part(0),
                    content: None,
                });
                Value::Bool(true)
            }
            "OPEN" | "OPEN.TEXT" | "WORKBOOK.INSERT" => {
                let lower = part(0).known_start().to_lowercase();
                if ["http:", "https:", "ftp:", "\\\\"]
                    .iter()
                    .any(|start| lower.starts_with(start))
                {
                    self.act(Action::Download {
                        url: part(0),
                        to: None,
                    });
                }
                Value::Bool(true)
            }
            "INITIATE" => {
                let command = part(0).join(Text::known(" ")).join(part(1));
                self.act(Action::Start {
                    command: command.clone(),
                });
                self.state.channels.push(command);
                Value::Handle(Handle::Channel(self.state.channels.len() - 1))
            }
            "EXECUTE" | "POKE" => {
                let channel = match values.first() {
                    Some(Value::Handle(Handle::Channel(channel))) => {
                        self.state.channels.get(*channel).cloned()
                    }
                    _ => None,
                };
                let to = channel.unwrap_or_else(|| Text::unknown("channel"));
                let said = values.iter().skip(1).filter_map(|value| value.joined().ok());
                let command = said.fold(to, |command, part| command.join(Text::known(" ")).join(part));
                self.act(Action::Start { command });
                Value::Bool(true)
            }
            "VBA.INSERT.FILE" => {
                self.act(Action::LoadCode {
                    how: format!("VBA.INSERT.FILE of {}", part(0)),
                    code: None,
                });
                Value::Bool(true)
            }
            _ => Value::Bool(true),
        }))
    }

    /// `CALL(library, procedure, types, …)`, or `CALL(registered, …)`.
    fn call(&mut self, values: &[Value]) -> Eval<Value> {
        if let Some(Value::Handle(Handle::Function(native))) = values.first() {
            let native = self.state.functions.get(*native).cloned();
            return Ok(match native {
                Some(native) => self.native(&native, values.get(1..).unwrap_or_default()),
                None => Value::Error(ErrorCode::VALUE),
            });
        }
        let (library, entry) = (text_of(values, 0), text_of(values, 1));
        if entry.exact().is_none() || library.exact().is_none() {
            self.hidden("which procedure it calls is not known");
        }
        let native = Native {
            library: library.to_string(),
            entry: entry.to_string(),
        };
        Ok(self.native(&native, values.get(3..).unwrap_or_default()))
    }

    /// `REGISTER(library, procedure, types, name, …)`.
    fn register(&mut self, values: &[Value], aliased: bool) -> Value {
        let (library, entry) = (text_of(values, 0), text_of(values, 1));
        if entry.exact().is_none() {
            self.hidden("which procedure it registers is not known");
        }
        let number = self.state.functions.len();
        if number >= 4096 {
            self.hidden("it registers more procedures than are followed");
            return Value::unknown("REGISTER");
        }
        self.state.functions.push(Native {
            library: library.to_string(),
            entry: entry.to_string(),
        });
        if let (true, Some(Value::Text(alias))) = (aliased, values.get(3)) {
            self.state.aliases.insert(alias.to_lowercase(), number);
        }
        Value::Handle(Handle::Function(number))
    }

    /// Calls a registered function by the name that it was given.
    pub(super) fn call_native(&mut self, number: usize, arguments: &[Expr]) -> Eval<Value> {
        let values = self.values(arguments)?;
        let Some(native) = self.state.functions.get(number).cloned() else {
            return Ok(Value::Error(ErrorCode::NAME));
        };
        self.say(&format!("{}!{}", native.library, native.entry), &values);
        Ok(self.native(&native, &values))
    }

    /// Records what a procedure of a library does with its values.
    fn native(&mut self, called: &Native, values: &[Value]) -> Value {
        let entry = native::plain_entry(&called.entry);
        let texts: Vec<Text> = (0..values.len()).map(|at| text_of(values, at)).collect();
        if native::copies(&entry) {
            self.collect(values);
        }
        if let Some(action) = native::action(&entry, &called.library, &texts) {
            let action = match action {
                // What was copied before is what runs now.
                Action::LoadCode { how, .. } if native::runs(&entry) && !self.state.memory.is_empty() => {
                    let code = Some(std::mem::take(&mut self.state.memory));
                    self.state.memory_at = None;
                    Action::LoadCode { how, code }
                }
                action => action,
            };
            self.act(action);
        }
        self.unknown_call(&entry, values)
    }

    /// Keeps the bytes that a call copies to memory: of its texts the longest, in the code page of the machine.
    fn collect(&mut self, values: &[Value]) {
        let texts = values.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        });
        let Some(text) = texts.max_by_key(|text| text.len()) else {
            return;
        };
        let room = self.budget.limits().value_bytes as usize;
        if self.state.memory.len() + text.len() > room || self.budget.build(text.len()).is_err() {
            return self.hidden("it copies more to memory than is kept");
        }
        self.state.memory.extend_from_slice(&WINDOWS_1252.encode(text).0);
        self.state.memory_at.get_or_insert(self.spot);
    }

    fn open(&mut self, values: &[Value]) -> Value {
        if self.state.files.len() >= 256 {
            self.hidden("it opens more files than are followed");
            return Value::unknown("FOPEN");
        }
        self.state.files.push(OpenFile {
            path: text_of(values, 0),
            content: Some(Vec::new()),
            written: false,
            spot: self.spot,
        });
        Value::Handle(Handle::File(self.state.files.len() - 1))
    }

    fn write(&mut self, values: &[Value], line: bool) -> Value {
        let text = text_of(values, 1);
        let Some(Value::Handle(Handle::File(file))) = values.first() else {
            return Value::unknown("FWRITE");
        };
        let fits = self.budget.build(text.len()).is_ok();
        let Some(file) = self.state.files.get_mut(*file) else {
            return Value::Error(ErrorCode::VALUE);
        };
        file.written = true;
        file.content = match (file.content.take(), text.exact()) {
            (Some(mut content), Some(text)) if fits => {
                content.extend_from_slice(&WINDOWS_1252.encode(text).0);
                if line {
                    content.extend_from_slice(b"\r\n");
                }
                Some(content)
            }
            // A part that is unknown leaves the content unknown.
            _ => None,
        };
        Value::Number(text.len() as f64)
    }

    fn close(&mut self, file: usize) {
        if let Some(file) = self.state.files.get_mut(file)
            && std::mem::take(&mut file.written)
        {
            let action = Action::Write {
                path: file.path.clone(),
                content: file.content.take(),
            };
            let spot = file.spot;
            self.act_at(action, spot);
        }
    }

    /// At the end of a run files are closed, and what was copied to memory is told.
    pub(super) fn close_all(&mut self) {
        for file in 0..self.state.files.len() {
            self.close(file);
        }
        if let Some(spot) = self.state.memory_at.take() {
            let code = Some(std::mem::take(&mut self.state.memory));
            self.act_at(
                Action::LoadCode {
                    how: "bytes copied to memory".into(),
                    code,
                },
                spot,
            );
        }
    }
}

fn text_of(values: &[Value], at: usize) -> Text {
    match values.get(at) {
        Some(value) => value
            .joined()
            .unwrap_or_else(|error| Text::unknown(error.as_str())),
        None => Text::default(),
    }
}
