//! `Scripting.FileSystemObject` and the text files that it opens.

use super::invoke::Call;
use super::{Class, Object};
use crate::script::Action;
use crate::vba::convert::{integer, string};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::Eval;
use crate::vba::operate::concat;
use crate::vba::state::Place;
use crate::vba::value::Value;
use std::rc::Rc;

impl Evaluator<'_, '_> {
    pub(super) fn filesystem_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "createtextfile" => Ok(Some(self.open_text(call))),
            "opentextfile" => {
                let mode = integer(&call.value(1)).ok().flatten();
                match mode {
                    Some(0 | 1) => Ok(None),
                    _ => Ok(Some(self.open_text(call))),
                }
            }
            "deletefile" | "deletefolder" => {
                let path = call.text(0);
                self.act(Action::Delete { path }, call.at);
                Ok(Some(Value::Empty))
            }
            "copyfile" | "movefile" | "copyfolder" | "movefolder" => {
                let path = call.text(1);
                self.act(Action::Write { path, content: None }, call.at);
                Ok(Some(Value::Empty))
            }
            "buildpath" => self.build_path(call).map(Some),
            "getspecialfolder" => {
                let name = match integer(&call.value(0)).ok().flatten() {
                    Some(0) => "%WINDIR%",
                    Some(1) => "%SYSTEM%",
                    Some(2) => "%TEMP%",
                    _ => return Ok(None),
                };
                Ok(Some(Value::unknown(name)))
            }
            "getextensionname" | "getbasename" | "getfilename" | "getparentfoldername" => {
                self.path_part(call)
            }
            _ => Ok(None),
        }
    }

    fn open_text(&mut self, call: &Call<'_>) -> Value {
        let place = self.place(call.at);
        let number = |number: usize| Value::LongLong(number as i64);
        let file = Object::of(Class::TextStream)
            .with("path", call.value(0))
            .with(" layer", number(place.layer))
            .with(" start", number(place.start))
            .with(" end", number(place.end))
            .with(" content", Value::units(Vec::new(), 0));
        self.allocate(file)
    }

    fn build_path(&mut self, call: &Call<'_>) -> Eval<Value> {
        let (folder, name) = (string(&call.value(0))?, string(&call.value(1))?);
        let ends = matches!(&folder, Value::Text(text) if text.units().last() == Some(&u16::from(b'\\')));
        let folder = if ends {
            folder
        } else {
            concat(&folder, &Value::text("\\"))?
        };
        concat(&folder, &name)
    }

    fn path_part(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        let Some(path) = call.known(0)? else {
            return Ok(None);
        };
        let (folder, file) = path.rsplit_once('\\').unwrap_or(("", &path));
        let (base, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        Ok(Some(Value::text(match call.member {
            "getextensionname" => extension,
            "getbasename" => base,
            "getfilename" => file,
            _ => folder,
        })))
    }

    pub(super) fn text_stream_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        let end = match call.member {
            "write" => "",
            "writeline" | "writeblanklines" => "\r\n",
            "close" => return self.close_text(call).map(Some),
            _ => return Ok(None),
        };
        let written = match call.member {
            "writeblanklines" => Value::text(""),
            _ => string(&call.value(0))?,
        };
        let held = self
            .field(call.object, " content")
            .unwrap_or_else(|| Value::unknown("content"));
        let content = concat(&concat(&held, &written)?, &Value::text(end))?;
        if let Value::Text(text) = &content {
            self.budget.build(text.len())?;
        }
        self.set_field(call.object, " content", content);
        Ok(Some(Value::Empty))
    }

    fn close_text(&mut self, call: &Call<'_>) -> Eval<Value> {
        self.flush_text(call.object);
        Ok(Value::Empty)
    }

    /// Records what was written to a text file, once.
    fn flush_text(&mut self, file: usize) {
        let number = |value: Option<Value>| match value {
            Some(Value::LongLong(number)) => usize::try_from(number).unwrap_or(0),
            _ => 0,
        };
        if self.field(file, " closed").is_some() {
            return;
        }
        let at = Place {
            layer: number(self.field(file, " layer")),
            start: number(self.field(file, " start")),
            end: number(self.field(file, " end")),
        };
        let path = self.field(file, "path").unwrap_or(Value::Empty);
        let content = self.field(file, " content").unwrap_or(Value::Empty);
        self.wrote(&path, &content, at);
        self.set_field(file, " closed", Value::Bool(true));
    }

    /// Records what was written to the text files that the script left open.
    pub(in crate::vba) fn flush_texts(&mut self) {
        let is_text = |object: &Rc<Object>| object.class == Class::TextStream;
        for at in 0..self.state.heap.len() {
            if self.state.heap.get(at).is_some_and(is_text) {
                self.flush_text(at);
            }
        }
    }
}
