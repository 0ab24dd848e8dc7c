//! The layout of a column file, on bytes alone.
//!
//! ```text
//! header     magic[8] version:u32 block:u32 columns:u32 length:u64 rest:u32 self:u32
//! directory  per column: name[24] width:u32 count:u64
//! sums       per block of every column, in order: crc32(block number:u64, bytes)
//! data       the columns, one after the other, no padding
//! ```
//!
//! `length` is the whole file's, `rest` the CRC-32 of directory and sums, `self` the CRC-32 of the header
//! before it. Blocks are counted through the whole file, so a block that strayed to another's place fails as
//! a changed one does. Widths are powers of two and divide the block size: no value lies across two blocks.
//! No byte of the file is outside a checksum.

/// The version this crate writes and reads.
pub const FORMAT_VERSION: u32 = 1;

pub(crate) const MAGIC: [u8; 8] = *b"STRGCOL\x1a";
pub(crate) const HEADER: usize = 36;
pub(crate) const ENTRY: usize = 36;
pub(crate) const NAME: usize = 24;
const SUM: usize = 4;
const MAX_COLUMNS: u32 = 256;

/// One column, as the directory has it and as the layout places it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) name: String,
    /// Bytes of one value.
    pub(crate) width: u32,
    /// Values.
    pub(crate) count: u64,
    /// The first byte, in the file.
    pub(crate) start: usize,
    /// All bytes.
    pub(crate) bytes: usize,
    /// The first block, counted through the file.
    pub(crate) first_block: usize,
}

/// A header and directory that hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) block: usize,
    pub(crate) columns: Vec<Meta>,
    /// Where the table of checksums starts.
    pub(crate) sums: usize,
    /// How many blocks the file has.
    pub(crate) blocks: usize,
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(
        bytes.get(at..at.checked_add(8)?)?.try_into().ok()?,
    ))
}

/// Returns whether a value of that many bytes can be stored.
pub(crate) fn is_width(width: u32) -> bool {
    width.is_power_of_two() && width <= 32
}

/// Returns whether blocks of that many bytes are allowed.
pub(crate) fn is_block(block: usize) -> bool {
    block.is_power_of_two() && (4 << 10..=16 << 10).contains(&block)
}

/// Returns the checksum of a block.
pub(crate) fn sum(number: usize, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&(number as u64).to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

impl Layout {
    /// Reads and checks everything but the data.
    pub(crate) fn read(bytes: &[u8]) -> Result<Layout, &'static str> {
        let short = "it ends inside its header";
        let header = bytes.get(..HEADER).ok_or(short)?;
        if header.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err("it does not start with the magic bytes");
        }
        let body = header.get(..HEADER - 4).ok_or(short)?;
        if u32_at(header, HEADER - 4) != Some(crc32fast::hash(body)) {
            return Err("its header fails its checksum");
        }
        if u32_at(header, 8) != Some(FORMAT_VERSION) {
            return Err("its version is not known here");
        }
        if u64_at(header, 20) != Some(bytes.len() as u64) {
            return Err("its length is not the one its header gives");
        }
        let block = u32_at(header, 12).ok_or(short)? as usize;
        let columns = u32_at(header, 16).ok_or(short)?;
        if !is_block(block) || columns > MAX_COLUMNS {
            return Err("its header gives values out of range");
        }
        let layout = Self::place(bytes, block, columns as usize)?;
        let rest = bytes.get(HEADER..layout.data()).ok_or(short)?;
        if u32_at(header, 28) != Some(crc32fast::hash(rest)) {
            return Err("its directory or table of checksums fails its checksum");
        }
        Ok(layout)
    }

    fn place(bytes: &[u8], block: usize, columns: usize) -> Result<Layout, &'static str> {
        let out = "its directory points outside the file";
        let entries = (0..columns)
            .map(|at| read_entry(bytes, HEADER + at * ENTRY))
            .collect::<Option<Vec<_>>>()
            .ok_or(out)?;
        let layout = Self::of(block, entries).ok_or(out)?;
        match layout.end() {
            Some(end) if end == bytes.len() => Ok(layout),
            _ => Err(out),
        }
    }

    /// Lays out columns of the given names, widths and counts.
    pub(crate) fn of(block: usize, entries: Vec<(String, u32, u64)>) -> Option<Layout> {
        let mut layout = Layout {
            block,
            sums: HEADER + entries.len() * ENTRY,
            columns: Vec::with_capacity(entries.len()),
            blocks: 0,
        };
        for (name, width, count) in entries {
            let bytes = usize::try_from(count.checked_mul(u64::from(width))?).ok()?;
            let first_block = layout.blocks;
            layout.blocks = layout.blocks.checked_add(bytes.div_ceil(block))?;
            layout.columns.push(Meta {
                name,
                width,
                count,
                start: 0,
                bytes,
                first_block,
            });
        }
        let mut start = layout.sums.checked_add(layout.blocks.checked_mul(SUM)?)?;
        for column in &mut layout.columns {
            column.start = start;
            start = start.checked_add(column.bytes)?;
        }
        Some(layout)
    }

    /// Returns where the data starts.
    pub(crate) fn data(&self) -> usize {
        self.sums + self.blocks * SUM
    }

    /// Returns where the data ends.
    pub(crate) fn end(&self) -> Option<usize> {
        self.columns
            .iter()
            .try_fold(self.data(), |at, column| at.checked_add(column.bytes))
    }

    /// Returns the stored checksum of a block, counted through the file.
    pub(crate) fn stored_sum(&self, bytes: &[u8], block: usize) -> Option<u32> {
        u32_at(bytes, self.sums + block.checked_mul(SUM)?)
    }

    /// Writes header, directory and table of checksums.
    pub(crate) fn write(&self, sums: &[u32]) -> Vec<u8> {
        let mut rest = Vec::with_capacity(self.data() - HEADER);
        for column in &self.columns {
            let mut name = [0u8; NAME];
            name.iter_mut()
                .zip(column.name.bytes())
                .for_each(|(to, from)| *to = from);
            rest.extend_from_slice(&name);
            rest.extend_from_slice(&column.width.to_le_bytes());
            rest.extend_from_slice(&column.count.to_le_bytes());
        }
        sums.iter()
            .for_each(|sum| rest.extend_from_slice(&sum.to_le_bytes()));
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        out.extend_from_slice(&(self.block as u32).to_le_bytes());
        out.extend_from_slice(&(self.columns.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.end().unwrap_or_default() as u64).to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(&rest).to_le_bytes());
        let own = crc32fast::hash(&out);
        out.extend_from_slice(&own.to_le_bytes());
        out.extend_from_slice(&rest);
        out
    }
}

fn read_entry(bytes: &[u8], at: usize) -> Option<(String, u32, u64)> {
    let name = bytes.get(at..at.checked_add(NAME)?)?;
    let name = name.split(|b| *b == 0).next()?;
    let width = u32_at(bytes, at + NAME)?;
    let count = u64_at(bytes, at + NAME + 4)?;
    let name = std::str::from_utf8(name).ok()?.to_owned();
    is_width(width).then_some((name, width, count))
}
