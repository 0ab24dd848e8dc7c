//! P-code: what VBA compiled a module to, which Office runs in place of the source as long as the version fits.
//!
//! A project's `_VBA_PROJECT` stream holds the identifiers, each module's stream its tables and lines. From these a
//! listing is drawn and, line for line, the source that was compiled.

mod cache;
mod declaration;
mod decompile;
mod identifiers;
mod instruction;
mod listing;
mod machine;
mod op;
mod reserved;
mod said;
mod table;

use cache::Cache;
use declaration::Declarations;
pub(crate) use decompile::Decompiled;
use encoding_rs::Encoding;
use identifiers::Names;
use instruction::{Code, read_line};
use machine::Machine;
pub(crate) use said::Said;
use std::collections::BTreeSet;
use table::Table;

/// What a project's p-code was compiled with, and its names.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    machine: Machine,
    names: Names,
    encoding: &'static Encoding,
}

impl Compiled {
    /// Reads a `_VBA_PROJECT` stream; `None` where it says that nothing is compiled.
    pub fn read(project: &[u8], wide: bool, encoding: &'static Encoding) -> Option<Compiled> {
        let machine = Machine::of(project, false, wide)?;
        Some(Compiled {
            machine,
            names: Names::read(project, machine, encoding),
            encoding,
        })
    }

    /// Returns whether the table of names was read to its end and has the given names: then numbers fit names.
    pub fn is_trusted<'n>(&self, mut modules: impl Iterator<Item = &'n str>) -> bool {
        let own: BTreeSet<String> = self.names.own().iter().map(|name| name.to_lowercase()).collect();
        self.names.whole && modules.all(|name| own.contains(&name.to_lowercase()))
    }

    /// Returns in words which VBA runs this p-code; any other compiles the source.
    pub fn machine_text(&self) -> String {
        self.machine.to_string()
    }

    /// Returns the words of a module stream's p-code; `None` where it has none.
    pub fn said(&self, stream: &[u8]) -> Option<Said> {
        self.lines(stream, |lines, declarations| {
            let mut said = said::said(lines, &declarations, self.encoding);
            said.whole = declarations.cache.whole;
            said
        })
    }

    /// Lists the p-code of a module stream, the instructions of each line; `None` where it has none.
    pub fn list(&self, stream: &[u8]) -> Option<Vec<Vec<String>>> {
        self.lines(stream, |lines, declarations| {
            let mut bound = Bound::of(declarations.cache);
            let list = |code: Code<'_>| listing::list(&code, &declarations, self.encoding, &mut bound);
            lines.map(list).collect()
        })
    }

    /// Returns the source that a module stream's p-code was compiled from; `None` where it has none.
    pub fn source(&self, stream: &[u8]) -> Option<Decompiled> {
        self.lines(stream, |lines, declarations| {
            decompile::decompile(lines, declarations, self.encoding)
        })
    }

    fn lines<T>(
        &self,
        stream: &[u8],
        then: impl FnOnce(&mut dyn Iterator<Item = Code<'_>>, Declarations<'_>) -> T,
    ) -> Option<T> {
        let cache = Cache::read(stream, self.machine)?;
        let mut lines = cache.lines.iter().map(|line| read_line(*line, self.machine));
        let declarations = Declarations {
            cache: &cache,
            names: &self.names,
            machine: self.machine,
        };
        Some(then(&mut lines, declarations))
    }
}

/// Text that may still be made of a module's p-code: a few bytes of it may name long texts, or the same ones again.
#[derive(Clone, Copy, Debug)]
struct Bound {
    left: usize,
}

impl Bound {
    /// Characters for each byte of code; what VBA itself compiles stays far below.
    const RATIO: usize = 256;
    /// Characters that even the smallest module has.
    const LEAST: usize = 64 << 10;

    fn of(cache: &Cache<'_>) -> Bound {
        let code: usize = cache.lines.iter().map(Table::len).sum();
        Bound {
            left: code.saturating_mul(Self::RATIO).saturating_add(Self::LEAST),
        }
    }

    fn charge(&mut self, text: &str) {
        self.left = self.left.saturating_sub(text.len());
    }

    fn is_reached(&self) -> bool {
        self.left == 0
    }
}
