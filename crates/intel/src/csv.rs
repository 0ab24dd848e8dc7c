//! Tables of values (RFC 4180 and its relatives): cell by cell, under the headings of their columns.
//!
//! A table whose columns say type and value is a feed, and each row is read as what it says it is; of any other the
//! cells are read like the lines of a list.

use crate::extract::Indicator;
use crate::gather::Gathering;
use crate::refang::Refanged;
use crate::scan;
use crate::section::{Section, classify, speaks_of_transactions};
use crate::text::Text;
use crate::tier::{Context, Tier};
use crate::typed;
use strongroom_model::{Observable, Role, Span};

/// Columns of one record.
const COLUMNS: usize = 4096;
/// Bytes of a quoted cell; a quote that nothing ends within them is none.
const LONGEST: usize = 1 << 16;
/// Headings of columns that hold sentences.
const PROSE: [&str; 8] = [
    "comment",
    "context",
    "description",
    "detail",
    "name",
    "note",
    "summary",
    "title",
];

/// A cell by its bytes, quotes left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    start: usize,
    end: usize,
}

/// Returns the separator of a table: its first records have the same number of cells, two at least, and the first no
/// sentences.
fn separator(text: &str, records: usize) -> Option<u8> {
    [b',', b';', b'\t'].into_iter().find(|mark| {
        let (mut counts, mut at) = (Vec::new(), 0);
        while at < text.len() && counts.len() < records {
            let (cells, next) = record(text.as_bytes(), at, *mark);
            let empty = cells.iter().all(|cell| cell.start >= cell.end);
            if !empty || cells.len() > 1 {
                counts.push(cells.len());
            }
            at = next.max(at + 1);
        }
        // A head that breaks off in the middle of a record says nothing of that one.
        if at >= text.len() && counts.len() > 2 {
            counts.pop();
        }
        let heading = text
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        let brief = |cell: &str| cell.split_whitespace().count() <= 4;
        let first = counts.first().copied().unwrap_or(0);
        let alike = counts.len() >= 2 && counts.iter().all(|count| *count == first);
        first >= 2 && alike && heading.split(char::from(*mark)).all(brief)
    })
}

/// Returns whether the first lines of a text are a table.
pub(crate) fn is_table(head: &str, lines: usize) -> bool {
    separator(head, lines).is_some()
}

/// What the columns of a table are.
struct Columns {
    sections: Vec<Section>,
    transactions: Vec<bool>,
    kind: Option<usize>,
    value: Option<usize>,
    role: Option<usize>,
    detects: Option<usize>,
}

impl Columns {
    fn of(names: &[String]) -> Self {
        let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let section = |name: &String| match classify(name.as_bytes()) {
            Section::Prose if PROSE.iter().any(|word| name.contains(word)) => Section::Prose,
            Section::Prose => Section::Unknown,
            says => says,
        };
        Columns {
            sections: names.iter().map(section).collect(),
            transactions: names
                .iter()
                .map(|name| speaks_of_transactions(name.as_bytes()))
                .collect(),
            kind: find(&[
                "type",
                "entity_type",
                "indicator_type",
                "indicator type",
                "ioc_type",
                "ioc type",
            ]),
            value: find(&[
                "value",
                "indicator",
                "ioc",
                "ioc_value",
                "indicator_value",
                "entity",
            ]),
            role: find(&["role"]),
            detects: find(&["to_ids"]),
        }
    }
}

/// Reads a table.
pub(crate) fn read(bytes: &[u8], gathering: &mut Gathering) {
    let (text, gap) = Text::read(bytes);
    if let Some(gap) = gap {
        gathering.gap(gap);
    }
    let refanged = Refanged::of(&text.bytes);
    let head = String::from_utf8_lossy(refanged.bytes.get(..1 << 16).unwrap_or(&refanged.bytes)).into_owned();
    let Some(separator) = separator(&head, 16) else {
        return crate::extract::read_text(bytes, gathering);
    };
    let mut table = Table {
        bytes: &refanged.bytes,
        text: &text,
        refanged: &refanged,
        gathering,
        columns: None,
    };
    let (mut at, mut line) = (0, 1);
    while at < table.bytes.len() {
        let (cells, next) = record(table.bytes, at, separator);
        table.record(&cells, line);
        let passed = table.bytes.get(at..next).unwrap_or_default();
        line += memchr::memchr_iter(b'\n', passed).count() as u64;
        at = next.max(at + 1);
    }
}

struct Table<'a, 'g> {
    bytes: &'a [u8],
    text: &'a Text<'a>,
    refanged: &'a Refanged<'a>,
    gathering: &'g mut Gathering,
    columns: Option<Columns>,
}

impl<'a> Table<'a, '_> {
    fn cell(&self, cell: Cell) -> &'a [u8] {
        self.bytes.get(cell.start..cell.end).unwrap_or_default()
    }

    fn word(&self, cells: &[Cell], column: Option<usize>) -> String {
        let cell = column.and_then(|column| cells.get(column)).copied();
        let bytes = cell.map(|cell| self.cell(cell)).unwrap_or_default();
        String::from_utf8_lossy(bytes).trim().to_lowercase()
    }

    fn record(&mut self, cells: &[Cell], line: u64) {
        let Some(columns) = self.columns.take() else {
            let names: Vec<String> = (0..cells.len())
                .map(|column| self.word(cells, Some(column)))
                .collect();
            let empty = Columns::of(&[]);
            // A first row that names something is a row.
            let named = cells
                .iter()
                .enumerate()
                .any(|(column, cell)| !self.found(*cell, column, &empty).is_empty());
            self.columns = Some(if named { empty } else { Columns::of(&names) });
            if named {
                self.record(cells, line);
            }
            return;
        };
        let typed = self.typed(cells, &columns, line);
        // Beside a value that has a role, the other cells say where it stood.
        let others = if columns.role.is_some() && typed {
            &[]
        } else {
            cells
        };
        for (column, cell) in others.iter().enumerate() {
            if !(typed && columns.value == Some(column)) {
                self.scan(*cell, column, &columns, line);
            }
        }
        self.columns = Some(columns);
    }

    /// Reads a row that says what it is; returns whether it did and was.
    fn typed(&mut self, cells: &[Cell], columns: &Columns, line: u64) -> bool {
        let (Some(_), Some(value)) = (columns.kind, columns.value.and_then(|at| cells.get(at))) else {
            return false;
        };
        let kind = self.word(cells, columns.kind);
        let text = String::from_utf8_lossy(self.cell(*value)).replace("\"\"", "\"");
        let read = typed::read(&kind, &text);
        let role = self.word(cells, columns.role);
        let detects = self.word(cells, columns.detects);
        let context = kind == "link"
            || (!role.is_empty() && role == Role::Mentioned.as_str())
            || matches!(detects.as_str(), "0" | "false");
        for observable in &read {
            let tier = Tier::of_feed(observable, !context);
            self.take(observable.clone(), tier, *value, line);
        }
        !read.is_empty()
    }

    fn take(&mut self, observable: Observable, tier: Tier, cell: Cell, line: u64) {
        let (start, end) = (self.refanged.place(cell.start), self.refanged.place(cell.end));
        self.gathering.take(Indicator {
            observable,
            tier,
            page: None,
            line,
            at: Span::bytes("content", self.text.place(start), self.text.end(end)),
            defanged: self.refanged.is_defanged(cell.start, cell.end),
            section: None,
        });
    }

    fn found(&self, cell: Cell, column: usize, columns: &Columns) -> Vec<scan::Found> {
        let defanged =
            |start: usize, end: usize| self.refanged.is_defanged(cell.start + start, cell.start + end);
        let transactions = columns.transactions.get(column).copied().unwrap_or_default();
        scan::line(self.cell(cell), transactions, &defanged)
    }

    fn scan(&mut self, cell: Cell, column: usize, columns: &Columns, line: u64) {
        let section = columns.sections.get(column).copied().unwrap_or(Section::Unknown);
        let found = self.found(cell, column, columns);
        let context = Context::of_cell(self.cell(cell), section);
        for found in found {
            let place = Cell {
                start: cell.start + found.start,
                end: cell.start + found.end,
            };
            let defanged = self.refanged.is_defanged(place.start, place.end);
            let tier = context.tier(&found, defanged);
            let before = self.bytes.get(cell.start..place.start).unwrap_or_default();
            let line = line + memchr::memchr_iter(b'\n', before).count() as u64;
            self.take(found.observable, tier, place, line);
        }
    }
}

/// Splits the record that begins at a place; returns its cells and where the next one begins.
fn record(bytes: &[u8], begin: usize, separator: u8) -> (Vec<Cell>, usize) {
    let (mut cells, mut at) = (Vec::new(), begin);
    loop {
        let quoted = bytes.get(at) == Some(&b'"');
        let start = at + usize::from(quoted);
        let end = if quoted {
            closing_quote(bytes, start)
        } else {
            start
        };
        let rest = bytes.get(end..).unwrap_or_default();
        let stop = end + memchr::memchr3(separator, b'\n', b'\r', rest).unwrap_or(rest.len());
        if cells.len() < COLUMNS {
            cells.push(Cell {
                start,
                end: if quoted { end } else { stop },
            });
        }
        match bytes.get(stop) {
            Some(byte) if *byte == separator => at = stop + 1,
            Some(b'\r') if bytes.get(stop + 1) == Some(&b'\n') => return (cells, stop + 2),
            Some(_) => return (cells, stop + 1),
            None => return (cells, stop),
        }
    }
}

/// Returns the place of the quote that ends a cell; one that nothing ends is the rest of its line.
fn closing_quote(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let bytes = bytes.get(..start.saturating_add(LONGEST)).unwrap_or(bytes);
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
        if bytes.get(at + found + 1) != Some(&b'"') {
            return at + found;
        }
        at += found + 2;
    }
    let rest = bytes.get(start..).unwrap_or_default();
    start + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
}
