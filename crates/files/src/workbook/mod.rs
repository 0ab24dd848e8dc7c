//! Excel workbooks as sheets of cells: BIFF 2 to 8, xlsb, xlsx and SYLK read into one model.
//!
//! No plain workbook pays for this: it is read only where a consumer asks for cells, which is a macro that reads
//! them or a sheet of Excel 4.0 macros. Formulas stay as they stand in the file, tokens or text, until one is asked for.
//!
//! A consumer gets a workbook from a compound file by [`Workbook::of_compound`] (from a decrypted stream by
//! [`Workbook::of_stream`]), from a package by [`of_package`]. A macro then looks a cell up:
//! `book.sheet("Data")` or `book.sheet_by_code_name("Sheet1")`, then `.cell(row, column)` (both from zero; [`parse_a1`]
//! reads `B7`), then `.value`, whose text is [`CellValue::show`].

mod biff;
mod binary;
mod cursor;
mod links;
mod listing;
mod number;
mod package;
mod reference;
mod sylk;
mod xml;

use biff::built_in as biff_built_in;
pub(crate) use binary::record as binary_record;
pub(crate) use cursor::Cursor;
pub(crate) use links::{Book, Extern};
pub(crate) use listing::workbook_of;
pub use listing::{CellRow, cells_of};
pub(crate) use number::general;
pub(crate) use package::{of_package, resolved};
pub(crate) use reference::{Corner, Place, column_letters, column_of, parse_a1, parse_r1c1, place, row_of};
pub(crate) use sylk::of_sylk;

use crate::ole::Compound;
use std::collections::BTreeMap;
use std::sync::Arc;
use strongroom_model::{Gap, Limit};

/// Cells of one workbook; a cell takes more memory than bytes of its file.
const CELLS: usize = 4_000_000;

/// What kind of sheet it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SheetKind {
    /// Cells of data.
    Work,
    /// Cells of Excel 4.0 macros.
    Macro,
    /// A chart.
    Chart,
    /// An Excel 5.0 dialog.
    Dialog,
    /// A Visual Basic module of Excel 5.0, or a kind unknown here.
    Other,
}

/// Whether its user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Yes.
    Visible,
    /// Not until it is unhidden.
    Hidden,
    /// Not even then: only a macro can show it.
    VeryHidden,
}

/// An error value of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ErrorCode(pub u8);

impl ErrorCode {
    pub const NULL: ErrorCode = ErrorCode(0x00);
    pub const DIV0: ErrorCode = ErrorCode(0x07);
    pub const VALUE: ErrorCode = ErrorCode(0x0F);
    pub const REF: ErrorCode = ErrorCode(0x17);
    pub const NAME: ErrorCode = ErrorCode(0x1D);
    pub const NUM: ErrorCode = ErrorCode(0x24);
    pub const NA: ErrorCode = ErrorCode(0x2A);

    const ALL: [(ErrorCode, &'static str); 8] = [
        (Self::NULL, "#NULL!"),
        (Self::DIV0, "#DIV/0!"),
        (Self::VALUE, "#VALUE!"),
        (Self::REF, "#REF!"),
        (Self::NAME, "#NAME?"),
        (Self::NUM, "#NUM!"),
        (Self::NA, "#N/A"),
        (ErrorCode(0x2B), "#GETTING_DATA"),
    ];

    /// Returns the error as a cell shows it (MS-XLS 2.5.10, BErr).
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(code, _)| *code == self);
        found.map_or("#ERROR!", |(_, name)| name)
    }

    /// Returns the error of this name.
    pub fn named(name: &str) -> Option<ErrorCode> {
        let found = Self::ALL
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(code, _)| *code)
    }
}

/// What a cell holds, or what its formula came to when the file was saved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CellValue {
    /// Nothing; a formula without a saved result.
    Empty,
    /// A number; dates are numbers too.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// A truth value.
    Bool(bool),
    /// An error.
    Error(ErrorCode),
}

impl CellValue {
    /// Returns the value as a cell in the format General holds it: what Visual Basic's `CStr` of it gives.
    pub fn show(&self) -> String {
        match self {
            CellValue::Empty => String::new(),
            CellValue::Number(number) => general(*number),
            CellValue::Text(text) => text.to_string(),
            CellValue::Bool(true) => "TRUE".into(),
            CellValue::Bool(false) => "FALSE".into(),
            CellValue::Error(error) => error.as_str().into(),
        }
    }
}

/// A formula as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Parsed expression tokens, and what stands behind them for constants (MS-XLS 2.5.198, MS-XLSB 2.2.2).
    Tokens {
        /// The tokens.
        tokens: Arc<[u8]>,
        /// The data behind them.
        extra: Arc<[u8]>,
    },
    /// A text without its equals sign.
    Text(Arc<str>),
    /// A text that another cell has, so many rows and columns away; references without `$` move with it.
    Moved {
        /// The text.
        text: Arc<str>,
        /// Rows from that cell to this one.
        rows: i32,
        /// Columns from that cell to this one.
        columns: i32,
    },
}

/// How formulas are written in a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dialect {
    /// Tokens of BIFF 2 to 4.
    Biff2,
    Biff3,
    Biff4,
    /// Tokens of BIFF 5 and 7.
    Biff5,
    /// Tokens of BIFF 8.
    Biff8,
    /// Tokens of BIFF 12 (xlsb).
    Biff12,
    /// Texts with references such as `A1`.
    A1,
    /// Texts with references such as `R1C1`.
    R1C1,
}

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// The row, from zero.
    pub row: u32,
    /// The column, from zero.
    pub column: u32,
    /// The value.
    pub value: CellValue,
    /// The formula, where there is one.
    pub formula: Option<Source>,
}

/// A sheet.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// The name on its tab.
    pub name: String,
    /// The name that Visual Basic code calls it by.
    pub code_name: Option<String>,
    /// Its kind.
    pub kind: SheetKind,
    /// Whether it is seen.
    pub visibility: Visibility,
    /// The cells by row and column.
    pub cells: Vec<Cell>,
    /// Formulas that several cells share, by the cell that the others point to.
    pub shared: BTreeMap<(u32, u32), Source>,
    /// The part of the package that it stands in.
    pub part: Option<String>,
}

impl Sheet {
    fn new(name: impl Into<String>, kind: SheetKind) -> Self {
        Sheet {
            name: name.into(),
            code_name: None,
            kind,
            visibility: Visibility::Visible,
            cells: Vec::new(),
            shared: BTreeMap::new(),
            part: None,
        }
    }

    /// Puts the cells in order; of two at one place the later stands.
    fn order(&mut self) {
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self.cells.reverse();
        self.cells.dedup_by_key(|cell| (cell.row, cell.column));
        self.cells.reverse();
    }

    /// Returns the cell at a row and a column, both from zero.
    pub fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        let at = self
            .cells
            .binary_search_by_key(&(row, column), |cell| (cell.row, cell.column));
        self.cells.get(at.ok()?)
    }

    /// Returns the last row and column that hold something.
    pub fn extent(&self) -> Option<(u32, u32)> {
        let row = self.cells.last()?.row;
        Some((row, self.cells.iter().map(|cell| cell.column).max()?))
    }
}

/// What runs behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// Nothing: the name is a value or a reference.
    Nothing,
    /// A function or a command of a macro sheet.
    Macro,
    /// A procedure of Visual Basic.
    Procedure,
}

impl Runs {
    /// Reads the flags of a name's record: `fFunc`, `fOB` and `fProc` (MS-XLS 2.4.150, MS-XLSB 2.4.711).
    fn of(flags: u32) -> Runs {
        match flags {
            _ if flags & 4 != 0 => Runs::Procedure,
            _ if flags & 0xA != 0 => Runs::Macro,
            _ => Runs::Nothing,
        }
    }
}

/// A defined name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DefinedName {
    /// The name; built-in ones as Excel writes them, such as `Auto_Open`.
    pub name: String,
    /// The sheet in which alone it holds.
    pub scope: Option<usize>,
    /// Whether the list of names does not show it.
    pub hidden: bool,
    /// What it runs.
    pub runs: Runs,
    /// What it stands for.
    pub formula: Option<Source>,
}

impl DefinedName {
    /// Returns what stands for a name that cannot be read: it still counts, or tokens would mean the next one.
    fn unread() -> Self {
        DefinedName {
            name: String::new(),
            scope: None,
            hidden: false,
            runs: Runs::Nothing,
            formula: None,
        }
    }
}

/// A workbook.
#[derive(Clone, Debug)]
pub(crate) struct Workbook {
    /// The sheets in the order of their tabs.
    pub sheets: Vec<Sheet>,
    /// The names in the order of the file, which is how tokens count them.
    pub names: Vec<DefinedName>,
    /// What formulas refer to beyond their own sheet.
    pub links: Extern,
    /// How formulas are written.
    pub dialect: Dialect,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

impl Workbook {
    /// Returns a workbook without sheets.
    pub(crate) fn new(dialect: Dialect) -> Self {
        Workbook {
            sheets: Vec::new(),
            names: Vec::new(),
            links: Extern::default(),
            dialect,
            gaps: Vec::new(),
        }
    }

    /// Reads a `Workbook` or `Book` stream, or a BIFF 2 to 4 file, that is not encrypted (any more).
    pub fn of_stream(stream: &[u8], place: &str) -> Self {
        biff::read(stream, place)
    }

    /// Reads the workbook of a storage of a compound file, `""` for the root; `None` where the storage has none.
    ///
    /// A VBA project at `/X/_VBA_PROJECT_CUR` belongs to the workbook of the storage `/X`. A file for two versions has a
    /// `Workbook` and a `Book`: the newer counts.
    pub fn of_compound(compound: &Compound<'_>, storage: &str) -> Option<Self> {
        let paths = ["Workbook", "Book"].map(|name| format!("{storage}/{name}"));
        let path = paths.iter().find(|path| compound.has(path))?;
        let stream = compound.read(path)?;
        Some(Workbook::of_stream(&stream.bytes, path.trim_start_matches('/')))
    }

    /// Returns how many cells hold something.
    pub fn cells(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.cells.len()).sum()
    }

    /// Says that there are more cells than are read.
    fn full(&mut self, place: &str) {
        self.gaps.push(Gap::limit(
            place,
            Limit::Keys,
            format!("{CELLS} cells of one workbook"),
        ));
    }

    /// Returns the sheet of a name, in whatever case.
    #[allow(dead_code, reason = "macros of Visual Basic look sheets up")]
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheet_index(name).and_then(|index| self.sheets.get(index))
    }

    /// Returns the number of the sheet of a name, in whatever case.
    #[allow(dead_code, reason = "macros of Visual Basic look sheets up")]
    pub fn sheet_index(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase();
        self.sheets
            .iter()
            .position(|sheet| sheet.name.to_lowercase() == lower)
    }

    /// Returns the sheet that Visual Basic code calls by this name, in whatever case.
    #[allow(dead_code, reason = "macros of Visual Basic look sheets up")]
    pub fn sheet_by_code_name(&self, name: &str) -> Option<&Sheet> {
        let lower = name.to_lowercase();
        self.sheets.iter().find(|sheet| {
            let own = sheet.code_name.as_deref();
            own.is_some_and(|own| own.to_lowercase() == lower)
        })
    }

    /// Returns whether some sheet holds Excel 4.0 macros.
    pub fn has_macros(&self) -> bool {
        self.sheets.iter().any(|sheet| sheet.kind == SheetKind::Macro)
    }
}

/// Returns how a name of a macro that Excel starts by itself begins; what stands behind that does not matter to it.
pub(crate) fn auto_run(name: &str) -> Option<&'static str> {
    const STARTS: [&str; 4] = ["Auto_Open", "Auto_Close", "Auto_Activate", "Auto_Deactivate"];
    let plain: String = name
        .chars()
        .filter(|c| !c.is_control())
        .collect::<String>()
        .to_lowercase();
    let plain = plain.strip_prefix("_xlnm.").unwrap_or(&plain);
    STARTS
        .into_iter()
        .find(|start| plain.starts_with(&start.to_lowercase()))
}
