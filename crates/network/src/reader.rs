//! Reads log files one after the other, streamed: a row leaves its times and names behind and is forgotten.

use crate::capture::{self, Recorded};
use crate::config::Config;
use crate::eve;
use crate::event::{Event, Fault};
use crate::flow::At;
use crate::gaplist::GapList;
use crate::json;
use crate::lines::{Line, Lines};
use crate::log::{LogKind, LogPath, LogSummary};
use crate::network::{self, Network};
use crate::packets;
use crate::row::{Cell, Column, Row};
use crate::source::{self, Packing};
use crate::traffic::Traffic;
use crate::tsv::Header;
use std::io::{self, BufRead, Read};
use strongroom_model::{Evidence, Gap, Interval, KnownLookup, Limit, Limits, Moment, Why};

/// A reading of any number of log files.
///
/// Reading never fails: a file, line or field that cannot be read is a [`Gap`] in the report.
#[derive(Debug)]
pub struct Reader {
    limits: Limits,
    config: Config,
    traffic: Traffic,
    files: Vec<(LogSummary, GapList)>,
}

impl Reader {
    /// Starts a reading with the default choices.
    pub fn new(limits: &Limits) -> Self {
        Reader::with_config(limits, Config::default())
    }

    /// Starts a reading with choices of one's own.
    pub fn with_config(limits: &Limits, config: Config) -> Self {
        Reader {
            limits: limits.clone(),
            config,
            traffic: Traffic::default(),
            files: Vec::new(),
        }
    }

    /// Reads one file to its end and returns what it is, where its content tells. `name` is how places in it are
    /// cited, and is best unique.
    pub fn read(&mut self, name: &str, input: impl Read) -> Option<LogKind> {
        let number = u32::try_from(self.files.len()).expect("fewer than 2³² files");
        self.traffic.files.push(name.to_owned());
        let mut file = File {
            reader: self,
            number,
            summary: LogSummary {
                file: name.to_owned(),
                ..LogSummary::default()
            },
            gaps: GapList::default(),
            header: Header::default(),
            faults: Vec::new(),
            refused: 0,
        };
        file.read(input);
        let done = file.close();
        let kind = done.0.kind;
        self.files.push(done);
        kind
    }

    /// Takes in all that another reading has read, as if this one had. The choices of this one hold. Where this one keeps
    /// as much as it may, nothing more is kept, and each file of the other says so.
    pub fn merge(&mut self, mut other: Reader) {
        if self.files.is_empty() {
            self.traffic = other.traffic;
        } else if self.room() {
            self.traffic.absorb(other.traffic);
        } else {
            self.traffic.files.append(&mut other.traffic.files);
            for (summary, gaps) in &mut other.files {
                let detail = not_kept(self.limits.keys, summary.rows_read());
                gaps.file(Gap::limit(&summary.file, Limit::Keys, detail));
            }
        }
        self.files.append(&mut other.files);
    }

    /// Ends the reading: scores every pair, asks `lookup` once for every distinct observable, and reports.
    pub fn finish(self, evidence: Evidence, lookup: &KnownLookup<'_>) -> Network {
        network::assemble(
            evidence,
            self.files,
            self.traffic,
            (&self.config, &self.limits),
            lookup,
        )
    }

    fn room(&self) -> bool {
        self.traffic.kept() < self.limits.keys.min(u64::from(u32::MAX / 8))
    }
}

fn not_kept(keys: u64, rows: u64) -> String {
    format!("{keys}; {rows} rows not kept")
}

/// One file while it is read.
struct File<'a> {
    reader: &'a mut Reader,
    number: u32,
    summary: LogSummary,
    gaps: GapList,
    header: Header,
    faults: Vec<Fault>,
    refused: u64,
}

impl File<'_> {
    fn read(&mut self, input: impl Read) {
        match source::open(input) {
            Err(error) => self.broken(0, &error),
            Ok((packing, mut bytes)) => {
                self.summary.gzip = packing != Packing::Plain;
                // What cannot be filled cannot be read as lines either, and is told there.
                let head = bytes.fill_buf().unwrap_or_default();
                match capture::is_capture(head) {
                    Some(blocks) => self.capture(bytes, blocks),
                    None => self.lines(Lines::new(bytes, self.reader.limits.line_bytes)),
                }
            }
        }
    }

    /// Returns how many bytes of the file may be read.
    fn most(&self) -> u64 {
        if self.summary.gzip {
            self.reader.limits.unpacked_bytes
        } else {
            u64::MAX
        }
    }

    fn capture(&mut self, input: impl BufRead, blocks: bool) {
        self.reader.traffic.captures.insert(self.number);
        self.summary.kind = Some(if blocks { LogKind::Pcapng } else { LogKind::Pcap });
        let (name, most) = (self.summary.file.clone(), self.most());
        let captured = capture::read_capture(&name, input, most, |recorded| self.recorded(&recorded));
        self.summary.packets = captured.packets;
        for gap in captured.gaps {
            self.gaps.packet(gap);
        }
    }

    fn recorded(&mut self, recorded: &Recorded) {
        let uid = format!("{}#{}", self.summary.file, recorded.connection);
        let (path, event) = packets::row(recorded, &uid);
        self.summary.lines += 1;
        *self.summary.rows.entry(path).or_default() += 1;
        self.keep(&event, recorded.packet);
    }

    fn lines(&mut self, mut lines: Lines<impl BufRead>) {
        let most = self.most();
        loop {
            if lines.bytes_read() > most {
                let place = format!("{}:{}", self.summary.file, lines.number() + 1);
                self.gaps.file(Gap::limit(place, Limit::UnpackedBytes, most));
                return;
            }
            let number = lines.number() + 1;
            match lines.next() {
                Ok(None) => return,
                Ok(Some(Line::Text { bytes, ended })) => self.line(number, bytes, ended),
                Ok(Some(Line::TooLong)) => {
                    self.summary.lines += 1;
                    let gap = Gap::limit(
                        self.place(number),
                        Limit::LineBytes,
                        self.reader.limits.line_bytes,
                    );
                    self.skip(gap);
                }
                Err(error) => return self.broken(number, &error),
            }
        }
    }

    fn place(&self, line: u64) -> String {
        format!("{}:{line}", self.summary.file)
    }

    fn broken(&mut self, line: u64, error: &io::Error) {
        let cause = match error.kind() {
            io::ErrorKind::UnexpectedEof => Why::Truncated,
            _ => Why::Damaged,
        };
        let gap = Gap::new(self.place(line), cause, format!("the rest was not read: {error}"));
        self.gaps.file(gap);
    }

    fn skip(&mut self, gap: Gap) {
        self.summary.skipped += 1;
        self.gaps.line(gap);
    }

    fn line(&mut self, number: u64, line: &[u8], ended: bool) {
        if line.is_empty() {
            return;
        }
        if line.starts_with(b"#") {
            return self.directive(number, line);
        }
        self.summary.lines += 1;
        let cut = if ended { Why::Damaged } else { Why::Truncated };
        if self.header.is_known() {
            match self.header.row(line) {
                Ok(row) => self.row(number, LogKind::ZeekTsv, self.header.path(), &row),
                Err(count) => self.skip(Gap::new(self.place(number), cut, format!("{count} fields"))),
            }
        } else if line.starts_with(b"{") && eve::is_eve(line) {
            match eve::row(line) {
                Ok((path, row)) => self.row(number, LogKind::Eve, path, &row),
                Err(error) => self.skip(Gap::new(self.place(number), cut, error)),
            }
        } else if line.starts_with(b"{") {
            match json::object(line) {
                Ok(object) => self.row(number, LogKind::ZeekJson, object.path, &object.row),
                Err(error) => self.skip(Gap::new(self.place(number), cut, error)),
            }
        } else {
            let gap = Gap::new(
                self.place(number),
                Why::Unsupported,
                "neither under a #fields header nor JSON",
            );
            self.skip(gap);
        }
    }

    fn directive(&mut self, number: u64, line: &[u8]) {
        if let Err(fault) = self.header.take(line) {
            let gap = Gap::new(self.place(number), Why::Damaged, fault.as_str());
            self.gaps.file(gap);
        }
        if line.starts_with(b"#fields") {
            self.summary.kind.get_or_insert(LogKind::ZeekTsv);
            self.missing_columns();
        }
    }

    /// A log without the columns that all others are read by: one gap tells it for all its rows.
    fn missing_columns(&mut self) {
        let path = self.header.path();
        if !self.header.is_stated() {
            let detail = "no #path before #fields: read for its addresses alone";
            self.gaps
                .file(Gap::new(&self.summary.file, Why::Unsupported, detail));
        }
        let named: &[Column] = match path {
            LogPath::Dns => &[Column::Query],
            LogPath::Http => &[Column::Host],
            LogPath::Ssl => &[Column::ServerName],
            LogPath::Conn | LogPath::OpenConn | LogPath::Ssh | LogPath::Other => &[],
        };
        let needed = Event::needed(path).iter().chain(named);
        for column in needed.filter(|column| !self.header.has(**column)) {
            let detail = format!("no column {}", column.name());
            self.gaps
                .file(Gap::new(&self.summary.file, Why::Unsupported, detail));
        }
    }

    fn row(&mut self, number: u64, kind: LogKind, path: LogPath, row: &Row<'_>) {
        self.summary.kind.get_or_insert(kind);
        *self.summary.rows.entry(path).or_default() += 1;
        let event = Event::read(path, row, &mut self.faults);
        // A column that the header lacks is told once, for the whole log.
        let unset = Event::needed(path).iter().filter(|column| {
            row.get(**column) == &Cell::Absent && (kind != LogKind::ZeekTsv || self.header.has(**column))
        });
        self.faults.extend(unset.map(|column| Fault::unset(*column)));
        for fault in self.faults.drain(..) {
            self.summary.fields += 1;
            self.gaps.field(&self.summary.file, number, &fault);
        }
        self.keep(&event, number);
    }

    /// Keeps of a row what the room keeps; `number` is its line or packet.
    fn keep(&mut self, event: &Event<'_>, number: u64) {
        if let Some(micros) = event.at {
            let at = Interval::at(Moment::from_micros(micros));
            self.summary.when = Some(self.summary.when.map_or(at, |when| when.join(at)));
        }
        if !self.reader.room() {
            self.refused += 1;
            return;
        }
        let at = At {
            micros: event.at,
            file: self.number,
            line: number,
        };
        let config = &self.reader.config;
        self.reader.traffic.take(event, at, |name| config.safe.name(name));
    }

    fn close(mut self) -> (LogSummary, GapList) {
        if self.refused > 0 {
            let detail = not_kept(self.reader.limits.keys, self.refused);
            self.gaps
                .file(Gap::limit(&self.summary.file, Limit::Keys, detail));
        }
        (self.summary, self.gaps)
    }
}
