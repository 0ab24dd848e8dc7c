//! What formulas of a workbook refer to beyond their own sheet (MS-XLS 2.4.271 and 2.4.105).

use super::cursor::Cursor;

/// Separates program and topic in a link's path (MS-XLS 2.5.277, VirtualPath).
const LINK: char = '\u{3}';

/// A supporting book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Book {
    /// The workbook itself.
    Own,
    /// Functions of add-ins.
    AddIn,
    /// Another workbook and its sheets.
    File {
        /// The path as it is stored, control characters left out.
        path: String,
        /// Its sheets.
        sheets: Vec<String>,
    },
    /// A program that is asked for data (DDE, OLE).
    Program {
        /// The program.
        program: String,
        /// What it is asked about.
        topic: String,
    },
}

impl Book {
    /// Returns the book of a path: a program where a separator stands in it.
    pub fn of_path(path: &str, sheets: Vec<String>) -> Self {
        match path.split_once(LINK) {
            Some((program, topic)) => Book::Program {
                program: program.into(),
                topic: topic.into(),
            },
            None => Book::File {
                path: path.chars().filter(|c| !c.is_control()).collect(),
                sheets,
            },
        }
    }
}

/// A range of sheets in a book; negative numbers name none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sheets {
    /// The number of the book.
    pub book: usize,
    /// The first sheet.
    pub first: i32,
    /// The last sheet.
    pub last: i32,
}

/// The books, the names in them, and the ranges of sheets that tokens count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extern {
    /// The books, each with the names that formulas use of it.
    pub books: Vec<(Book, Vec<String>)>,
    /// The ranges.
    pub ranges: Vec<Sheets>,
}

impl Extern {
    /// Returns a book.
    pub fn book(&self, number: usize) -> Option<&Book> {
        self.books.get(number).map(|(book, _)| book)
    }

    /// Returns a name of the book of a range; names count from one.
    pub fn name(&self, range: usize, name: usize) -> Option<(&Book, Option<&str>)> {
        let (book, names) = self.books.get(self.ranges.get(range)?.book)?;
        let name = name.checked_sub(1).and_then(|name| names.get(name));
        Some((book, name.map(String::as_str)))
    }

    /// Adds a name to the last book.
    pub fn add_name(&mut self, name: String) {
        if let Some((_, names)) = self.books.last_mut() {
            names.push(name);
        }
    }

    /// Reads a `SUPBOOK` record of BIFF 8.
    pub fn read_book(&mut self, data: &[u8]) {
        let book = read_book(data).unwrap_or_else(|| Book::of_path("", Vec::new()));
        self.books.push((book, Vec::new()));
    }

    /// Reads the ranges of an `EXTERNSHEET` record of BIFF 8.
    pub fn read_ranges(&mut self, data: &[u8]) {
        let mut data = Cursor::new(data);
        let _count = data.u16();
        while let Some([a, b, c, d, e, f]) = data.array::<6>() {
            self.ranges.push(Sheets {
                book: usize::from(u16::from_le_bytes([a, b])),
                first: i32::from(i16::from_le_bytes([c, d])),
                last: i32::from(i16::from_le_bytes([e, f])),
            });
        }
    }
}

fn read_book(data: &[u8]) -> Option<Book> {
    let mut data = Cursor::new(data);
    let sheets = data.u16()?;
    match data.u16()? {
        0x0401 => Some(Book::Own),
        0x3A01 => Some(Book::AddIn),
        count => {
            let path = data.flagged(count.into())?;
            let mut names = Vec::new();
            for _ in 0..sheets {
                let Some(count) = data.u16() else { break };
                names.extend(data.flagged(count.into()));
            }
            Some(Book::of_path(&path, names))
        }
    }
}
