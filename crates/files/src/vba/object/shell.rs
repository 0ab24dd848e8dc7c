//! The shells of Windows: `WScript.Shell`, `Shell.Application`, the script host, the management service.

use super::invoke::Call;
use super::{Class, Object};
use crate::script::{Action, Text};
use crate::vba::convert::text;
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::{Piece, Value};
use std::rc::Rc;

impl Evaluator<'_, '_> {
    pub(super) fn shell_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "run" | "exec" if !call.values.is_empty() => {
                let command = call.text(0);
                self.act(Action::Start { command }, call.at);
                Ok(Some(Value::unknown(call.member)))
            }
            "regwrite" => {
                let (key, value) = (call.text(0), call.text(1));
                self.act(Action::SetRegistry { key, value }, call.at);
                Ok(Some(Value::Empty))
            }
            "regdelete" => {
                let path = call.text(0);
                self.act(Action::Delete { path }, call.at);
                Ok(Some(Value::Empty))
            }
            "expandenvironmentstrings" => Ok(Some(expanded(&call.value(0)))),
            "createshortcut" => {
                let shortcut = Object::of(Class::Shortcut).with("fullname", call.value(0));
                Ok(Some(self.allocate(shortcut)))
            }
            "save" => {
                self.save_shortcut(call);
                Ok(Some(Value::Empty))
            }
            _ => Ok(None),
        }
    }

    /// A shortcut is written; one in a start-up folder starts its target again and again.
    fn save_shortcut(&mut self, call: &Call<'_>) {
        let part = |name: &str| {
            self.field(call.object, name)
                .map(|value| text(&value))
                .unwrap_or_default()
        };
        let path = part("fullname");
        let command = [part("targetpath"), part("arguments")]
            .into_iter()
            .reduce(|target, arguments| match arguments.parts() {
                [] => target,
                _ => target.join(Text::known(" ")).join(arguments),
            })
            .unwrap_or_default();
        let starts = path.to_string().to_lowercase().contains("startup");
        self.act(Action::Write { path, content: None }, call.at);
        if starts {
            let how = "shortcut in the start-up folder".to_owned();
            self.act(Action::Persist { how, command }, call.at);
        } else if !command.parts().is_empty() {
            let how = "shortcut".to_owned();
            self.act(Action::Persist { how, command }, call.at);
        }
    }

    pub(super) fn application_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "shellexecute" => self.shell_execute(call.values, call.at),
            "open" | "explore" if !call.values.is_empty() => {
                let command = call.text(0);
                self.act(Action::Start { command }, call.at);
            }
            "navigate" | "navigate2" => {
                let url = call.text(0);
                self.act(Action::Download { url, to: None }, call.at);
            }
            _ => return Ok(None),
        }
        Ok(Some(Value::Empty))
    }

    pub(super) fn script_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "createobject" => self.create_object(call.values, call.at).map(Some),
            "getobject" => self.get_object(call.values, call.at).map(Some),
            "quit" => Err(Stop::End),
            "sleep" | "echo" => {
                call.values.iter().for_each(|value| self.retire(value));
                Ok(Some(Value::Empty))
            }
            _ => Ok(None),
        }
    }

    /// The task scheduler: what is registered is started again.
    pub(super) fn scheduler_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        Ok(Some(match call.member {
            "connect" => Value::Empty,
            "newtask" => self.allocate(Object::of(Class::Scheduler)),
            "getfolder" | "createfolder" => Value::Object(call.object),
            "actions" => Value::Object(call.object),
            // Of all that a task is made of, its actions have a path.
            "create" => {
                let action = self.allocate(Object::of(Class::Scheduler));
                self.set_field(call.object, " action", action.clone());
                action
            }
            "registrationinfo" | "principal" | "settings" | "triggers" | "repetition" | "idlesettings"
            | "networksettings" => self.allocate(Object::of(Class::Scheduler)),
            "registertaskdefinition" => {
                let action = match call.value(1) {
                    Value::Object(task) => self.field(task, " action"),
                    _ => None,
                };
                let part = |name: &str| match &action {
                    Some(Value::Object(action)) => self.field(*action, name).map(|value| text(&value)),
                    _ => None,
                };
                let words = [part("path"), part("arguments")].into_iter().flatten();
                let command = crate::vba::evaluate::join_words(words);
                let how = "scheduled task".to_owned();
                self.act(Action::Persist { how, command }, call.at);
                Value::unknown("task")
            }
            _ => return Ok(None),
        }))
    }

    pub(super) fn management_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "create" => {
                let command = call.text(0);
                self.act(Action::Start { command }, call.at);
                Ok(Some(Value::Integer(0)))
            }
            "methods_" | "inparameters" | "spawninstance_" | "spawninstance" => {
                Ok(Some(self.allocate(Object::of(Class::Managed))))
            }
            "execmethod_" | "execmethod" => {
                let given = call.values.iter().rev().find_map(|value| match value {
                    Value::Object(at) => self.field(*at, "commandline"),
                    _ => None,
                });
                match given {
                    Some(command) => {
                        let command = text(&command);
                        self.act(Action::Start { command }, call.at);
                        Ok(Some(self.allocate(Object::of(Class::Managed))))
                    }
                    None => Ok(None),
                }
            }
            "connectserver" => Ok(Some(self.allocate(Object::of(Class::Management)))),
            "get" => {
                let name = call.known(0)?.unwrap_or_default().to_lowercase();
                let class = match Class::of_moniker(&name) {
                    Class::Managed => Class::Managed,
                    _ => return Ok(None),
                };
                Ok(Some(self.allocate(Object::of(class))))
            }
            _ => Ok(None),
        }
    }
}

/// Returns a string in which each `%NAME%` is an unknown piece.
fn expanded(value: &Value) -> Value {
    let Value::Text(text) = value else {
        return value.clone();
    };
    let shown = text.show();
    let mut pieces = Vec::new();
    let mut rest = shown.as_str();
    while let Some((before, name, behind)) = next_variable(rest) {
        pieces.push(Piece::Known(Rc::new(before.encode_utf16().collect())));
        pieces.push(Piece::Unknown(Rc::from(format!("%{name}%"))));
        rest = behind;
    }
    pieces.push(Piece::Known(Rc::new(rest.encode_utf16().collect())));
    Value::of_pieces(pieces, text.built)
}

fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, behind) = text.split_once('%')?;
    let (name, rest) = behind.split_once('%')?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_()".contains(c));
    plain.then_some((before, name, rest))
}
