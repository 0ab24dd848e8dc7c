//! Importing a transfer table: every row is taken or told.

use super::{Mapping, Row, Table};
use crate::store::{Entry, Ledger, Point, Writer, more_gaps, why_malformed};
use crate::{LedgerError, error};
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use strongroom_model::{EvidenceId, Gap, Limit, Observable, Why};

/// Bytes at either end of a source that identify it, with its length.
const EDGE: u64 = 64 << 10;
/// Bytes of one line.
const LINE: u64 = 16 << 10;
/// Gaps kept of one commit; more are counted.
const GAPS: usize = 100;
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

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Rows taken by this call; 0 where the source had been read to its end before.
    pub rows: u64,
    /// Rows that earlier, interrupted calls had taken from the same source.
    pub resumed_after: u64,
    /// What could not be read, of this call; a last one counts those that were not kept.
    pub gaps: Vec<Gap>,
}

/// The lines of a source, none longer than [`LINE`].
struct Lines<R> {
    reader: BufReader<R>,
    buffer: Vec<u8>,
    byte: u64,
    line: u64,
}

enum Line<'a> {
    Text(&'a str),
    NotText,
    TooLong,
}

impl<R: Read + Seek> Lines<R> {
    fn at(source: R, byte: u64, line: u64) -> std::io::Result<Self> {
        let mut reader = BufReader::with_capacity(1 << 18, source);
        reader.seek(SeekFrom::Start(byte))?;
        Ok(Lines {
            reader,
            buffer: Vec::new(),
            byte,
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
        self.byte += read;
        self.line += 1;
        if self.buffer.last() != Some(&b'\n') && read == LINE {
            self.byte += self.reader.skip_until(b'\n')? as u64;
            return Ok(Some(Line::TooLong));
        }
        let text = std::str::from_utf8(&self.buffer);
        Ok(Some(text.map_or(Line::NotText, |text| {
            Line::Text(text.trim_end_matches(['\n', '\r']))
        })))
    }
}

struct Import<'a, 'w> {
    writer: &'a mut Writer<'w>,
    name: &'a str,
    point: Point,
    rows: u64,
    gaps: Vec<Gap>,
    more_gaps: u64,
    all_gaps: Vec<Gap>,
    all_more: u64,
}

impl Ledger {
    /// Imports a transfer table. `name` stands in gaps.
    ///
    /// Rows are taken in file order and committed by segments; a killed import goes on after its last commit
    /// when the same source is given again, and a source that was read to its end is not read twice. A source is
    /// known by its length and its first and last 64 KiB: a table that has grown is a new source. A row
    /// that cannot be read is a gap that names its line and the cause. An account in an address's shape whose
    /// checksum fails is a gap too, and the row is kept under the text as given. Times need not ascend: see
    /// [`Ledger`] for the order.
    ///
    /// # Errors
    /// `NotATable` where the header lacks a needed column; `Locked`, `Refuses`; `Io` and `Columns` where the
    /// disk fails, after which this ledger refuses to write until it is opened anew.
    pub fn import_csv<R: Read + Seek>(
        &mut self,
        name: &str,
        mut source: R,
        mapping: &Mapping,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Imported, LedgerError> {
        let of = Path::new(name);
        let (id, length, head) = identify(&mut source).map_err(error::io("read", of))?;
        let table = Table::of_head(&head, mapping).map_err(|why| LedgerError::NotATable {
            name: name.to_owned(),
            why,
        })?;
        let mut writer = Writer::begin(self)?;
        let start = Point {
            source: id.clone(),
            name: name.to_owned(),
            byte: table.start,
            line: table.lines,
            rows: 0,
            complete: false,
        };
        let point = writer.point(&id).unwrap_or(start);
        if point.complete {
            return Ok(Imported {
                rows: 0,
                resumed_after: point.rows,
                gaps: Vec::new(),
            });
        }
        let mut lines = Lines::at(source, point.byte, point.line).map_err(error::io("read", of))?;
        let resumed_after = point.rows;
        let mut import = Import::of(&mut writer, name, point);
        while let Some(line) = lines.next().map_err(error::io("read", of))? {
            import.line(&table, line)?;
            import.point.byte = lines.byte;
            import.point.line = lines.line;
            let full = import.writer.is_full();
            if full {
                import.commit()?;
            }
            if full || import.point.line.is_multiple_of(STEP) {
                progress(import.progress(length));
            }
        }
        import.point.complete = true;
        import.commit()?;
        progress(import.progress(length));
        Ok(import.imported(resumed_after))
    }
}

impl<'a, 'w> Import<'a, 'w> {
    fn of(writer: &'a mut Writer<'w>, name: &'a str, point: Point) -> Self {
        Import {
            writer,
            name,
            point,
            rows: 0,
            gaps: Vec::new(),
            more_gaps: 0,
            all_gaps: Vec::new(),
            all_more: 0,
        }
    }

    fn gap(&mut self, gap: Gap) {
        if self.gaps.len() < GAPS {
            self.gaps.push(gap);
        } else {
            self.more_gaps += 1;
        }
    }

    fn place(&self) -> String {
        format!("{}:{}", self.name, self.point.line + 1)
    }

    fn line(&mut self, table: &Table, line: Line<'_>) -> Result<(), LedgerError> {
        let place = self.place();
        match line {
            Line::Text("") => Ok(()),
            Line::Text(text) => match table.row(text) {
                Ok(row) => self.take(row),
                Err(why) => {
                    self.gap(Gap::new(place, Why::Damaged, why));
                    Ok(())
                }
            },
            Line::NotText => {
                self.gap(Gap::new(place, Why::Damaged, "it is not UTF-8"));
                Ok(())
            }
            Line::TooLong => {
                self.gap(Gap::limit(place, Limit::LineBytes, LINE));
                Ok(())
            }
        }
    }

    fn take(&mut self, row: Row<'_>) -> Result<(), LedgerError> {
        let from = self.account(&row.from)?;
        let to = self.account(&row.to)?;
        let asset = self.writer.asset(&row.asset)?;
        let entry = Entry {
            micros: row.when.micros(),
            from,
            to,
            asset,
            amount: row.amount,
            fee: row.fee,
        };
        self.writer
            .push(entry, Observable::transaction(&row.transaction).value());
        self.rows += 1;
        self.point.rows += 1;
        Ok(())
    }

    fn account(&mut self, text: &str) -> Result<u32, LedgerError> {
        let named = self.writer.account(text)?;
        if named.malformed {
            let why = why_malformed(text).map_or_else(String::new, |why| why.to_string());
            self.gap(Gap::new(
                self.place(),
                Why::Damaged,
                format!("{why}; the row is kept as given"),
            ));
        }
        Ok(named.id)
    }

    fn commit(&mut self) -> Result<(), LedgerError> {
        let room = GAPS.saturating_sub(self.all_gaps.len());
        self.all_gaps.extend(self.gaps.iter().take(room).cloned());
        self.all_more += self.more_gaps + self.gaps.len().saturating_sub(room) as u64;
        let gaps = std::mem::take(&mut self.gaps);
        self.writer
            .commit(self.point.clone(), gaps, std::mem::take(&mut self.more_gaps))
    }

    fn progress(&self, of_bytes: u64) -> Progress {
        Progress {
            rows: self.point.rows,
            bytes: self.point.byte,
            of_bytes,
            committed: self.writer.committed(),
        }
    }

    fn imported(mut self, resumed_after: u64) -> Imported {
        if self.all_more > 0 {
            self.all_gaps.push(more_gaps(self.name, self.all_more));
        }
        Imported {
            rows: self.rows,
            resumed_after,
            gaps: self.all_gaps,
        }
    }
}

fn identify<R: Read + Seek>(source: &mut R) -> std::io::Result<(String, u64, Vec<u8>)> {
    let length = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.by_ref().take(EDGE).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(length.saturating_sub(EDGE)))?;
    let mut tail = Vec::new();
    source.by_ref().take(EDGE).read_to_end(&mut tail)?;
    let digest = Sha256::new().chain_update(&head).chain_update(&tail).finalize();
    let id = EvidenceId::from_digest(digest.into());
    Ok((format!("{id}+{length}"), length, head))
}
