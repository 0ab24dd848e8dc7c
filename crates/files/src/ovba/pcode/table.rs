//! Numbers of either byte order out of a run of bytes: Macintosh projects are big-endian (but for `dir`).

/// Bytes with the order of their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl<'a> Table<'a> {
    /// Takes bytes whose numbers are big-endian if `big`.
    pub fn new(bytes: &'a [u8], big: bool) -> Self {
        Table { bytes, big }
    }

    /// Returns whether numbers are big-endian.
    pub fn is_big(&self) -> bool {
        self.big
    }

    /// Returns the bytes themselves.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the number of bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns a byte.
    pub fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Returns two bytes as a number.
    pub fn word(&self, at: usize) -> Option<u16> {
        let pair = *self.bytes.get(at..)?.first_chunk::<2>()?;
        Some(if self.big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    }

    /// Returns four bytes as a number.
    pub fn long(&self, at: usize) -> Option<u32> {
        let four = *self.bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.big {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        })
    }

    /// Returns four bytes as a place.
    pub fn place(&self, at: usize) -> Option<usize> {
        self.long(at).map(|place| place as usize)
    }

    /// Returns the part of `length` bytes at `at`, shorter where the bytes end before.
    pub fn part(&self, at: usize, length: usize) -> Table<'a> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        Table::new(rest.get(..length).unwrap_or(rest), self.big)
    }

    /// Returns the part behind a length of four bytes at `at`.
    pub fn counted(&self, at: usize) -> Option<Table<'a>> {
        Some(self.part(at.checked_add(4)?, self.place(at)?))
    }
}

/// A place in a table that moves on as it is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    table: Table<'a>,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Begins to read at `at`.
    pub fn new(table: Table<'a>, at: usize) -> Self {
        Cursor { table, at }
    }

    /// Returns the place.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Passes over bytes; there may be none.
    pub fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        Some(())
    }

    /// Takes two bytes.
    pub fn word(&mut self) -> Option<u16> {
        let word = self.table.word(self.at)?;
        self.at += 2;
        Some(word)
    }

    /// Takes four bytes.
    pub fn long(&mut self) -> Option<u32> {
        let long = self.table.long(self.at)?;
        self.at += 4;
        Some(long)
    }

    /// Takes bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.table.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// Passes over an array: a count of two bytes, then elements of `size` bytes.
    pub fn skip_array(&mut self, size: usize) -> Option<()> {
        let count = usize::from(self.word()?);
        self.skip(count * size)
    }

    /// Passes over a run of bytes that a count of two bytes precedes; 0xFFFF says that there is none.
    pub fn skip_run(&mut self) -> Option<()> {
        match self.word()? {
            0xFFFF => Some(()),
            count => self.skip(count.into()),
        }
    }

    /// Passes over a run of bytes that a count of four bytes precedes.
    pub fn skip_long_run(&mut self) -> Option<()> {
        let count = self.long()? as usize;
        self.skip(count)
    }
}
