//! One column of an open file: values by index, bytes by range, blocks in order.

use crate::layout::Meta;
use crate::{ColumnFile, ColumnsError};

/// A column of fixed-width values. Each read checks the block that it touches for the first time.
#[derive(Clone, Debug)]
pub struct Column {
    file: ColumnFile,
    name: Box<str>,
    width: usize,
    count: u64,
    start: usize,
    bytes: usize,
    first_block: usize,
    /// Blocks have `1 << shift` bytes.
    shift: u32,
}

impl Column {
    pub(crate) fn new(file: ColumnFile, meta: &Meta) -> Self {
        Column {
            name: meta.name.as_str().into(),
            width: meta.width as usize,
            count: meta.count,
            start: meta.start,
            bytes: meta.bytes,
            first_block: meta.first_block,
            shift: file.0.layout.block.trailing_zeros(),
            file,
        }
    }

    /// Returns how many values there are.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Returns whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the bytes of one value.
    pub fn width(&self) -> u32 {
        self.width as u32
    }

    #[cold]
    fn out_of_range(&self, index: u64) -> ColumnsError {
        ColumnsError::OutOfRange {
            file: self.file.0.name.clone(),
            column: self.name.to_string(),
            index,
        }
    }

    /// Returns value `index` as an array of its little-endian bytes; `N` must be the column's width.
    #[inline]
    pub fn array<const N: usize>(&self, index: u64) -> Result<[u8; N], ColumnsError> {
        if index >= self.count || N != self.width {
            return Err(self.out_of_range(index));
        }
        let at = index as usize * N;
        self.file.0.touch(self.first_block + (at >> self.shift))?;
        let from = self.start + at;
        let value = self.file.0.bytes.get(from..from + N);
        value
            .and_then(|value| value.try_into().ok())
            .ok_or_else(|| self.out_of_range(index))
    }

    /// Returns value `index` of a column of width 1.
    #[inline]
    pub fn u8(&self, index: u64) -> Result<u8, ColumnsError> {
        self.array(index).map(u8::from_le_bytes)
    }

    /// Returns value `index` of a column of width 4.
    #[inline]
    pub fn u32(&self, index: u64) -> Result<u32, ColumnsError> {
        self.array(index).map(u32::from_le_bytes)
    }

    /// Returns value `index` of a column of width 8.
    #[inline]
    pub fn u64(&self, index: u64) -> Result<u64, ColumnsError> {
        self.array(index).map(u64::from_le_bytes)
    }

    /// Returns value `index` of a column of width 8, with its sign.
    #[inline]
    pub fn i64(&self, index: u64) -> Result<i64, ColumnsError> {
        self.array(index).map(i64::from_le_bytes)
    }

    /// Returns `count` values from `first` on, as they lie in the file: `count × width` bytes, not copied.
    pub fn slice(&self, first: u64, count: u64) -> Result<&[u8], ColumnsError> {
        let end = first.checked_add(count).filter(|end| *end <= self.count);
        let end = end.ok_or_else(|| self.out_of_range(first.saturating_add(count)))?;
        let (from, to) = (first as usize * self.width, end as usize * self.width);
        if from < to {
            for block in from >> self.shift..=(to - 1) >> self.shift {
                self.file.0.touch(self.first_block + block)?;
            }
        }
        let bytes = self.file.0.bytes.get(self.start + from..self.start + to);
        bytes.ok_or_else(|| self.out_of_range(end))
    }

    /// Returns how many blocks the column has.
    pub fn block_count(&self) -> u64 {
        (self.bytes as u64).div_ceil(1 << self.shift)
    }

    /// Returns the checked bytes of one block, not copied: whole values, decoded with `from_le_bytes`.
    pub fn block(&self, block: u64) -> Result<&[u8], ColumnsError> {
        let each = (1u64 << self.shift) / self.width as u64;
        let first = block.saturating_mul(each);
        self.slice(first, each.min(self.count.saturating_sub(first)))
    }

    /// Returns all blocks in order.
    pub fn blocks(&self) -> impl Iterator<Item = Result<&[u8], ColumnsError>> {
        (0..self.block_count()).map(|block| self.block(block))
    }

    /// Returns the first index whose value, as a `u64`, is not below `key`, in a sorted column of width 8.
    pub fn lower_bound_u64(&self, key: u64) -> Result<u64, ColumnsError> {
        self.partition(|index| Ok(self.u64(index)? < key))
    }

    /// Returns the same of a column whose values are spread evenly, as hashes are: the place is guessed from the value, so that few
    /// values are looked at. In any other column it is right too and takes four times the steps at most.
    pub fn lower_bound_hash(&self, key: u64) -> Result<u64, ColumnsError> {
        let (mut low, mut high) = (0, self.count);
        // What the values from `low` up to `high` lie between.
        let (mut least, mut most) = (0, u64::MAX);
        let mut step = 0;
        while low < high {
            step += 1;
            let share = if step % 4 == 0 {
                (high - low) / 2
            } else {
                let share = u128::from(key - least) * u128::from(high - low) / (u128::from(most - least) + 1);
                share as u64
            };
            let middle = low + share;
            let value = self.u64(middle)?;
            if value < key {
                (low, least) = (middle + 1, value);
            } else {
                (high, most) = (middle, value);
            }
        }
        Ok(low)
    }

    /// Returns the first index whose value, as a `u32`, is not below `key`, in a sorted column of width 4.
    pub fn lower_bound_u32(&self, key: u32) -> Result<u64, ColumnsError> {
        self.partition(|index| Ok(self.u32(index)? < key))
    }

    fn partition(&self, below: impl Fn(u64) -> Result<bool, ColumnsError>) -> Result<u64, ColumnsError> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if below(middle)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
