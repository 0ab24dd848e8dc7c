//! Importing a transfer table: every row is taken or told.

use super::taker::{Imported, Taker};
use super::{Mapping, Table};
use crate::store::{Ledger, Point, Writer};
use crate::{LedgerError, error};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use strongroom_model::{EvidenceId, Gap, Limit, Why};

/// Bytes of a source that are read for its header.
const HEAD: u64 = 64 << 10;
/// Bytes of one line.
const LINE: u64 = 16 << 10;
/// Lines between two words of progress; each commit is one too.
const STEP: u64 = 1 << 16;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows taken from this source.
    pub rows: u64,
    /// Bytes read of this source.
    pub bytes: u64,
    /// Bytes of the whole source.
    pub of_bytes: u64,
    /// Rows of the ledger that are committed: these survive whatever comes.
    pub committed: u64,
}

/// The lines of a source, none longer than [`LINE`].
struct Lines<R> {
    reader: BufReader<R>,
    buffer: Vec<u8>,
    /// What was read, from the start of the source on.
    read: Prefix,
    line: u64,
}

enum Line<'a> {
    Text(&'a str),
    NotText,
    TooLong,
}

impl<R: Read + Seek> Lines<R> {
    fn after(read: Prefix, source: R, line: u64) -> std::io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 18, source);
        reader.seek(SeekFrom::Start(read.bytes))?;
        Ok(Lines {
            reader,
            buffer: Vec::new(),
            read,
            line,
        })
    }

    fn next(&mut self) -> std::io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let read = self
            .reader
            .by_ref()
            .take(LINE)
            .read_until(b'\n', &mut self.buffer)? as u64;
        if read == 0 {
            return Ok(None);
        }
        self.read.push(&self.buffer);
        self.line += 1;
        if self.buffer.last() != Some(&b'\n') && read == LINE {
            self.skip_line()?;
            return Ok(Some(Line::TooLong));
        }
        let text = std::str::from_utf8(&self.buffer);
        Ok(Some(text.map_or(Line::NotText, |text| {
            Line::Text(text.trim_end_matches(['\n', '\r']))
        })))
    }

    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let bytes = self.reader.fill_buf()?;
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let skipped = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            let count = skipped.len();
            self.read.push(skipped);
            self.reader.consume(count);
            if end.is_some() || count == 0 {
                return Ok(());
            }
        }
    }
}

impl Ledger {
    /// Imports a transfer table. `name` stands in gaps.
    ///
    /// Rows are taken in file order and committed by segments; a killed import goes on after its last commit
    /// when the same source is given again, and a source that was read to its end is not read twice. A source is
    /// known by the SHA-256 of all its bytes, and of those that were read of it: of a table that begins with
    /// another that was taken before, only what follows is taken. Rows that two tables share in any other way
    /// are taken twice. A row that cannot be read is a gap that names its line and the cause. An account in an
    /// address's shape whose checksum fails is a gap too, and the row is kept under the text as given. Times need
    /// not ascend: see [`Ledger`] for the order.
    ///
    /// # Errors
    /// `NotATable` where the header lacks a needed column; `Changed` where the source does not hold still;
    /// `Locked`, `Refuses`; `Io` and `Columns` where the disk fails, after which this ledger refuses to write
    /// until it is opened anew.
    pub fn import_csv<R: Read + Seek>(
        &mut self,
        name: &str,
        mut source: R,
        mapping: &Mapping,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        let of = Path::new(name);
        let head = read_head(&mut source).map_err(error::io("read", of))?;
        let table = Table::of_head(&head, mapping).map_err(|why| LedgerError::NotATable {
            name: name.to_owned(),
            why,
        })?;
        let mut writer = Writer::begin(self)?;
        let whole = Whole::of(&mut source, &table, &writer.points()).map_err(error::io("read", of))?;
        let (point, read) = whole.start(name, &table)?;
        if point.complete {
            return Ok(Imported {
                rows: 0,
                resumed_after: point.rows,
                gaps: Vec::new(),
            });
        }
        let mut lines = Lines::after(read, source, point.line).map_err(error::io("read", of))?;
        let resumed_after = point.rows;
        let begins = point.rows == 0 && point.line == table.lines;
        let mut taker = Taker::of(&mut writer, name, point);
        if begins {
            for why in table.unread() {
                taker.gap(Gap::new(name, Why::Unsupported, why));
            }
        }
        while let Some(line) = lines.next().map_err(error::io("read", of))? {
            take_line(&mut taker, name, &table, line)?;
            taker.point.line = lines.line;
            let full = taker.writer.is_full();
            if full {
                commit_read(&mut taker, &lines.read)?;
            }
            if full || taker.point.line.is_multiple_of(STEP) {
                progress(taker.progress(lines.read.bytes, whole.all.bytes));
            }
        }
        if lines.read.id() != whole.all.id() {
            return Err(changed(name));
        }
        taker.point.complete = true;
        commit_read(&mut taker, &lines.read)?;
        progress(taker.progress(lines.read.bytes, whole.all.bytes));
        Ok(taker.imported(resumed_after))
    }
}

/// Takes one line; what it cannot read is a gap.
fn take_line(
    taker: &mut Taker<'_, '_>,
    name: &str,
    table: &Table,
    line: Line<'_>,
) -> Result<(), LedgerError> {
    let number = taker.point.line + 1;
    let place = || format!("{name}:{number}");
    match line {
        Line::Text("") => {}
        Line::Text(text) => match table.row(text) {
            Ok(row) => return taker.take(&row, &place),
            Err(why) => taker.gap(Gap::new(place(), Why::Damaged, why)),
        },
        Line::NotText => taker.gap(Gap::new(place(), Why::Damaged, "it is not UTF-8")),
        Line::TooLong => taker.gap(Gap::limit(place(), Limit::LineBytes, LINE)),
    }
    Ok(())
}

/// Commits up to where a source was read.
fn commit_read(taker: &mut Taker<'_, '_>, read: &Prefix) -> Result<(), LedgerError> {
    taker.point.byte = read.bytes;
    taker.point.read = read.id();
    taker.commit()
}

/// The first bytes of a source, hashed.
#[derive(Clone, Default)]
struct Prefix {
    bytes: u64,
    hasher: Sha256,
}

impl Prefix {
    fn push(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn id(&self) -> String {
        EvidenceId::from_digest(self.hasher.clone().finalize().into())
            .as_str()
            .to_owned()
    }
}

/// A source that was hashed from end to end, before a row of it is taken.
struct Whole {
    all: Prefix,
    /// What stands before the rows.
    head: Prefix,
    /// How far a beginning of it was read before, this source itself or a shorter one.
    before: Option<(Point, Prefix)>,
    /// What follows there.
    next: [u8; 2],
    /// Whether a line ends there.
    ended: bool,
}

impl Whole {
    fn of<R: Read + Seek>(source: &mut R, table: &Table, points: &[Point]) -> std::io::Result<Self> {
        let mut points: Vec<&Point> = points.iter().collect();
        points.sort_by_key(|point| point.byte);
        source.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 18, source);
        let mut whole = Whole {
            all: Prefix::default(),
            head: Prefix::default(),
            before: None,
            next: [0; 2],
            ended: false,
        };
        let mut begun = Vec::new();
        hash_upto(&mut reader, &mut whole.all, table.start)?;
        whole.head = whole.all.clone();
        for point in points {
            hash_upto(&mut reader, &mut whole.all, point.byte)?;
            if whole.all.bytes == point.byte && whole.all.id() == point.read {
                begun.push((point.clone(), whole.all.clone()));
            }
        }
        hash_upto(&mut reader, &mut whole.all, u64::MAX)?;
        let id = whole.all.id();
        // The source itself, however far it was read; else the longest beginning.
        let itself = begun.iter().position(|(point, _)| point.source == id);
        whole.before = match itself {
            Some(at) => Some(begun.swap_remove(at)),
            None => begun.pop(),
        };
        whole.look_around(&mut reader)?;
        Ok(whole)
    }

    fn look_around<R: Read + Seek>(&mut self, reader: &mut BufReader<R>) -> std::io::Result<()> {
        let at = self.before.as_ref().map_or(0, |(point, _)| point.byte);
        let Some(last) = at.checked_sub(1) else {
            return Ok(());
        };
        reader.seek(SeekFrom::Start(last))?;
        let mut bytes = Vec::new();
        reader.take(3).read_to_end(&mut bytes)?;
        self.ended = bytes.first() == Some(&b'\n');
        self.next = [1, 2].map(|at| bytes.get(at).copied().unwrap_or_default());
        Ok(())
    }

    /// Returns where the rows that were not taken begin, and the bytes before them.
    fn start(&self, name: &str, table: &Table) -> Result<(Point, Prefix), LedgerError> {
        let id = self.all.id();
        let Some((before, read)) = &self.before else {
            let point = Point {
                source: id,
                after: None,
                name: name.to_owned(),
                byte: self.head.bytes,
                read: self.head.id(),
                line: table.lines,
                rows: 0,
                complete: false,
            };
            return Ok((point, self.head.clone()));
        };
        if before.source == id {
            return Ok((before.clone(), read.clone()));
        }
        let point = Point {
            source: id,
            after: Some(before.source.clone()),
            name: name.to_owned(),
            complete: false,
            ..before.clone()
        };
        let mut read = read.clone();
        match self.next {
            _ if self.ended => {}
            [b'\n', _] => read.push(b"\n"),
            [b'\r', b'\n'] => read.push(b"\r\n"),
            _ => return Err(changed(name)),
        }
        Ok((point, read))
    }
}

fn hash_upto<R: Read>(reader: &mut BufReader<R>, all: &mut Prefix, end: u64) -> std::io::Result<()> {
    while all.bytes < end {
        let bytes = reader.fill_buf()?;
        let wanted = usize::try_from(end - all.bytes).unwrap_or(usize::MAX);
        let bytes = bytes.get(..wanted).unwrap_or(bytes);
        if bytes.is_empty() {
            break;
        }
        all.push(bytes);
        let count = bytes.len();
        reader.consume(count);
    }
    Ok(())
}

fn read_head<R: Read + Seek>(source: &mut R) -> std::io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

fn changed(name: &str) -> LedgerError {
    LedgerError::Changed {
        name: name.to_owned(),
    }
}
