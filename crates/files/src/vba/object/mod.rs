//! The objects of libraries that documents make use of: what they hold, and what their methods do.
//!
//! An object does nothing to the world: a method that would is recorded. A class that is not known here is an
//! unknown value.

mod collection;
mod document;
mod filesystem;
mod host;
mod http;
mod invoke;
mod pattern;
mod range;
mod shell;
mod stream;

use super::state::{Slot, Variables, merge_value};
use super::value::{Type, Value};
use std::rc::Rc;

/// An object on the heap.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    /// What it is.
    pub class: Class,
    /// Its properties, by name in lower case.
    pub fields: Variables,
    /// What a dictionary or collection holds, in order.
    pub entries: Vec<(Value, Value)>,
}

/// The classes that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A class module.
    User(usize),
    /// `WScript.Shell`.
    Shell,
    /// A shortcut that `WScript.Shell` made.
    Shortcut,
    /// `Shell.Application`.
    ShellApplication,
    /// VBScript's `WScript`.
    Script,
    /// `Err`.
    Err,
    /// `Scripting.FileSystemObject`.
    FileSystem,
    /// A file that it opened.
    TextStream,
    /// The HTTP clients of MSXML and WinHTTP.
    Http,
    /// `ADODB.Stream`.
    Stream,
    /// `Scripting.Dictionary`.
    Dictionary,
    /// VBA's `Collection`.
    Collection,
    /// An XML document.
    Document,
    /// A node of one.
    Node,
    /// `VBScript.RegExp`.
    Pattern,
    /// The service of Windows Management Instrumentation.
    Management,
    /// A class that it gave.
    Managed,
    /// `Schedule.Service`, its tasks and their parts.
    Scheduler,
    /// `InternetExplorer.Application`.
    Browser,
    /// Something of the document around the project.
    Item(host::ItemRef),
    /// A collection of such things.
    Items(host::ItemsRef),
    /// Cells of a sheet.
    Range(range::RangeRef),
    /// An object that another arm of a condition made.
    Elsewhere,
    /// A class that is not known.
    Other,
}

impl Class {
    /// Returns the class of a name that `CreateObject` is given, or of a class id.
    pub(super) fn of_program(name: &str) -> Class {
        let lower = name.trim().to_lowercase();
        let id = lower.trim_matches(|c| matches!(c, '{' | '}' | ':'));
        match id {
            "wscript.shell" | "wscript.shell.1" => Class::Shell,
            "72c24dd5-d70a-438b-8a42-98424b88afb8" | "f935dc22-1cf0-11d0-adb9-00c04fd58a0b" => Class::Shell,
            "shell.application" | "13709620-c279-11ce-a49e-444553540000" => Class::ShellApplication,
            "scripting.filesystemobject" | "0d43fe01-f093-11cf-8940-00a0c9054228" => Class::FileSystem,
            "adodb.stream" | "00000566-0000-0010-8000-00aa006d2ea4" => Class::Stream,
            "scripting.dictionary" => Class::Dictionary,
            "vbscript.regexp" => Class::Pattern,
            "internetexplorer.application" => Class::Browser,
            "wbemscripting.swbemlocator" => Class::Management,
            "schedule.service" | "schedule.service.1" | "0f87369f-a4e5-4cfc-bd3e-73e6154572dd" => {
                Class::Scheduler
            }
            "c08afd90-f2a1-11d1-8455-00a0c91f3880" | "9ba05972-f6a8-11cf-a442-00a0c90a8f39" => {
                Class::ShellApplication
            }
            _ => Class::of_prefix(id),
        }
    }

    fn of_prefix(name: &str) -> Class {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        if starts(&[
            "msxml2.xmlhttp",
            "msxml2.serverxmlhttp",
            "microsoft.xmlhttp",
            "winhttp.winhttprequest",
        ]) {
            Class::Http
        } else if starts(&[
            "msxml2.domdocument",
            "microsoft.xmldom",
            "msxml.domdocument",
            "msxml2.freethreadeddom",
        ]) {
            Class::Document
        } else {
            Class::Other
        }
    }

    /// Returns the class of a type name in `New` or `As New`.
    pub(super) fn of_type(name: &str) -> Class {
        match name {
            "wshshell" | "iwshshell3" => Class::Shell,
            "shell" => Class::ShellApplication,
            "filesystemobject" => Class::FileSystem,
            "dictionary" => Class::Dictionary,
            "collection" => Class::Collection,
            "stream" => Class::Stream,
            "regexp" => Class::Pattern,
            "winhttprequest" => Class::Http,
            "internetexplorer" => Class::Browser,
            _ if name.starts_with("xmlhttp") || name.starts_with("serverxmlhttp") => Class::Http,
            _ if name.starts_with("domdocument") || name.starts_with("freethreadeddom") => Class::Document,
            _ => Class::Other,
        }
    }

    /// Returns the class that a `winmgmts:` moniker names, in lower case.
    pub(super) fn of_moniker(moniker: &str) -> Class {
        if moniker.contains("win32_process") && !moniker.contains("win32_processstartup") {
            Class::Managed
        } else {
            Class::Management
        }
    }

    /// Returns the class of a name that the host defines.
    pub(super) fn of_host(name: &str) -> Option<Class> {
        match name {
            "wscript" => Some(Class::Script),
            "err" => Some(Class::Err),
            _ => None,
        }
    }

    /// Whether an object of the class reaches out of the script.
    pub(super) fn reaches_out(&self) -> bool {
        !matches!(
            self,
            Class::Dictionary
                | Class::Collection
                | Class::Pattern
                | Class::Node
                | Class::Script
                | Class::Err
                | Class::User(_)
                | Class::Document
                | Class::Item(_)
                | Class::Items(_)
                | Class::Range(_)
        )
    }
}

impl Object {
    /// Returns an object that holds nothing yet.
    pub(super) fn of(class: Class) -> Self {
        Object {
            class,
            fields: Variables::new(),
            entries: Vec::new(),
        }
    }

    /// Returns a property.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).map(|slot| &slot.value)
    }

    /// Sets a property.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.fields.insert(Rc::from(name), Slot::of(Type::Variant, value));
    }

    /// Returns the object with a property.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.set(name, value);
        self
    }

    /// Merges what another arm made of the object.
    pub(super) fn merge(&mut self, other: &Object, lost: &mut Vec<Value>) {
        for (name, theirs) in &other.fields {
            match self.fields.get_mut(name) {
                Some(mine) => merge_value(name, &mut mine.value, &theirs.value, lost),
                None => self.set(name, Value::unknown(name)),
            }
        }
        // What one arm wrote to an item, the other left as the file has it.
        if let Class::Item(_) = self.class {
            for (name, mine) in &mut self.fields {
                if !other.fields.contains_key(name) {
                    let unknown = Value::unknown(name);
                    lost.push(std::mem::replace(&mut mine.value, unknown));
                }
            }
        }
        for (at, (key, value)) in other.entries.iter().enumerate() {
            match self.entries.get_mut(at) {
                Some((mine, held)) => {
                    merge_value("key", mine, key, lost);
                    merge_value("item", held, value, lost);
                }
                None => self.entries.push((Value::unknown("key"), Value::unknown("item"))),
            }
        }
    }
}
