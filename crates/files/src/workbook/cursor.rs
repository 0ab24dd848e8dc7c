//! Bytes read from the front: little-endian numbers and characters.

/// What is left of a run of bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    /// Returns what is left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Returns whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Takes an array of bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    /// Takes a byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Takes a number of two bytes.
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Takes a number of four bytes.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Takes a double.
    pub fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }

    /// Takes so many characters of UTF-16.
    pub fn wide(&mut self, count: usize) -> Option<String> {
        self.take(count.checked_mul(2)?).map(crate::text::wide)
    }

    /// Takes an `XLWideString` (MS-XLSB 2.5.168): a count of four bytes, then UTF-16.
    pub fn wide_string(&mut self) -> Option<String> {
        let count = self.u32()?;
        self.wide(count as usize)
    }

    /// Takes an `XLNullableWideString`: none where the count is all ones.
    pub fn nullable_string(&mut self) -> Option<Option<String>> {
        match self.u32()? {
            u32::MAX => Some(None),
            count => self.wide(count as usize).map(Some),
        }
    }

    /// Takes characters behind their byte of flags (MS-XLS 2.5.296, XLUnicodeStringNoCch): one byte each, or two.
    pub fn flagged(&mut self, count: usize) -> Option<String> {
        match self.u8()? & 1 {
            0 => self.take(count).map(latin),
            _ => self.wide(count),
        }
    }
}

/// Returns bytes as the first 256 characters of Unicode, which is how BIFF 8 packs them.
pub(crate) fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Reads an RK number (MS-XLS 2.5.217): 30 bits of an integer or of a double, perhaps in hundredths.
pub(crate) fn rk(number: u32) -> f64 {
    let value = if number & 2 == 0 {
        f64::from_bits(u64::from(number & 0xFFFF_FFFC) << 32)
    } else {
        f64::from(number.cast_signed() >> 2)
    };
    if number & 1 == 0 { value } else { value / 100.0 }
}
