//! What the system answers: as if each call succeeded, with handles, addresses and memory of our own.

use super::Call;
use super::cpu::Run;
use super::functions::Function;
use super::memory::Memory;
use crate::script::{Action, Text};
use std::collections::BTreeMap;

/// The first handle.
const HANDLES: u64 = 0x100;
/// Addresses of functions that are not known here, sixteen bytes apart.
const UNKNOWN: u64 = 0x6e00_0000;

/// What a handle stands for.
#[derive(Clone, Debug)]
pub(super) enum Handle {
    Server {
        host: String,
        port: u16,
        file_transfer: bool,
    },
    File(String),
}

/// What the code has been given so far.
#[derive(Debug, Default)]
pub(super) struct System {
    pub(super) handles: BTreeMap<u64, Handle>,
    next: u64,
    /// Names that were resolved: each has an address of its own out of a range that nobody uses.
    pub(super) names: Vec<String>,
    /// Functions that were asked for by name and are not known here.
    unknown: Vec<String>,
    /// Bytes that calls have copied.
    pub(super) moved: u64,
    /// Where threads begin, with their argument.
    pub threads: Vec<(u64, u64)>,
}

/// The call at hand.
pub(super) struct Asked<'a> {
    pub(super) memory: &'a mut Memory,
    pub(super) long: bool,
    pub(super) arguments: &'a [u64],
    pub(super) wide: bool,
}

impl Asked<'_> {
    pub(super) fn get(&self, place: usize) -> u64 {
        self.arguments.get(place).copied().unwrap_or(0)
    }

    pub(super) fn text(&self, place: usize) -> Option<String> {
        match (self.get(place), self.wide) {
            (0, _) => None,
            (at, true) => self.memory.wide_text(at),
            (at, false) => self.memory.text(at),
        }
    }

    pub(super) fn known(&self, place: usize) -> Text {
        match self.text(place) {
            Some(text) => Text::known(text),
            None => Text::unknown("memory that is not there"),
        }
    }

    /// Writes a text with its zero; gives its length.
    pub(super) fn write_text(&mut self, at: u64, text: &str) -> u64 {
        for (place, byte) in text.bytes().chain([0]).enumerate() {
            if self
                .memory
                .write(at.wrapping_add(place as u64), 1, u64::from(byte))
                .is_none()
            {
                return 0;
            }
        }
        text.len() as u64
    }

    pub(super) fn copy(&mut self, to: u64, from: u64, length: usize) -> Option<()> {
        let bytes = self.memory.bytes(from, length)?.to_vec();
        bytes.iter().enumerate().try_for_each(|(place, &byte)| {
            self.memory
                .write(to.wrapping_add(place as u64), 1, u64::from(byte))
        })
    }

    /// Writes the call out: texts in quotes, all else as numbers.
    fn shown(&self, function: &Function) -> String {
        let shown = |&argument: &u64| {
            let text = if self.wide {
                self.memory.wide_text(argument)
            } else {
                self.memory.text(argument)
            };
            match text.filter(|text| argument >= 0x1_0000 && text.chars().count() > 1) {
                Some(text) => format!("{text:?}"),
                None if argument < 10 => argument.to_string(),
                None => format!("{argument:#x}"),
            }
        };
        let arguments: Vec<String> = self.arguments.iter().map(shown).collect();
        format!("{}({})", function.name, arguments.join(", "))
    }
}

impl System {
    /// Returns the name of an unknown function by the address that stands for it.
    pub(super) fn unknown_at(&self, at: u64) -> Option<&str> {
        let place = at.checked_sub(UNKNOWN)? / 16;
        self.unknown.get(usize::try_from(place).ok()?).map(String::as_str)
    }

    pub(super) fn handle(&mut self, handle: Option<Handle>) -> u64 {
        self.next += 4;
        let number = HANDLES + self.next;
        if let Some(handle) = handle {
            self.handles.insert(number, handle);
        }
        number
    }

    /// Returns the address that stands for a function which is not known here.
    pub(super) fn stand_in(&mut self, name: String) -> u64 {
        self.unknown.push(name);
        UNKNOWN + 16 * (self.unknown.len() as u64 - 1)
    }

    /// Returns the path of a file's handle.
    pub(super) fn file(&self, handle: u64) -> Option<&str> {
        match self.handles.get(&handle)? {
            Handle::File(path) => Some(path),
            Handle::Server { .. } => None,
        }
    }

    /// Answers one call; what is worth telling is put to `made`.
    pub(super) fn call(
        &mut self,
        memory: &mut Memory,
        long: bool,
        function: &'static Function,
        arguments: &[u64],
        made: &mut Vec<Call>,
    ) -> Run<u64> {
        let wide = function.name.ends_with('W') || function.name.starts_with("WinHttp");
        let mut asked = Asked {
            memory,
            long,
            arguments,
            wide,
        };
        let mut text = asked.shown(function);
        let mut actions = Vec::new();
        let result = match function.library {
            "ws2_32.dll" => self.sockets(function.name, &mut asked, &mut actions),
            "wininet.dll" | "winhttp.dll" | "urlmon.dll" | "dnsapi.dll" => {
                self.web(function.name, &mut asked, &mut actions)
            }
            _ => self.kernel(function.name, &mut asked, &mut actions),
        };
        if let (Some(Action::Connect { host, port }), "ws2_32.dll") = (actions.first(), function.library) {
            let port = port.map_or_else(String::new, |port| format!(":{port}"));
            text = format!("{}({host}{port})", function.name);
        }
        if let Some(Action::Listen { at }) = actions.first() {
            text = format!("{}({at})", function.name);
        }
        let mut actions = actions.into_iter();
        made.push(Call {
            text: text.clone(),
            action: actions.next(),
        });
        made.extend(actions.map(|action| Call {
            text: format!("; {}", shown(&action)),
            action: Some(action),
        }));
        result
    }
}

fn shown(action: &Action) -> String {
    match action {
        Action::Connect { host, .. } => format!("host {host}"),
        Action::Download { url, .. } => format!("fetches {url}"),
        _ => String::new(),
    }
}
