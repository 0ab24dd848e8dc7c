//! The memory that machine code sees: a few runs of bytes at fixed addresses, nothing between them.

/// Bytes that all allocations together may take.
const MOST_ALLOCATED: u64 = 4 << 20;
/// Bytes of one allocation that are really there; what lies behind is not mapped.
const MOST_ONE: u64 = 1 << 20;
/// Where allocations begin.
const HEAP: u64 = 0x0300_0000;
/// Characters of the longest text that is read.
const MOST_TEXT: usize = 4096;

/// A run of bytes at an address.
#[derive(Debug)]
struct Segment {
    base: u64,
    bytes: Vec<u8>,
}

/// All runs of bytes.
#[derive(Debug, Default)]
pub(super) struct Memory {
    segments: Vec<Segment>,
    allocated: u64,
}

impl Memory {
    /// Maps bytes at an address; the caller keeps runs apart.
    pub(super) fn map(&mut self, base: u64, bytes: Vec<u8>) {
        self.segments.push(Segment { base, bytes });
    }

    /// Returns the address of a new run of zeros, as `VirtualAlloc` would; `None` where it is too much.
    pub(super) fn allocate(&mut self, length: u64) -> Option<u64> {
        let length = length.clamp(0x1000, MOST_ONE);
        let base = HEAP + self.allocated * 2;
        self.allocated = self
            .allocated
            .checked_add(length)
            .filter(|&all| all <= MOST_ALLOCATED)?;
        // Runs stay page-aligned with a gap between them.
        self.allocated = (self.allocated + 0xfff) & !0xfff;
        self.map(base, vec![0; usize::try_from(length).ok()?]);
        Some(base)
    }

    /// Returns the runs of bytes below an address.
    pub(super) fn below(&self, end: u64) -> impl Iterator<Item = &[u8]> {
        let own = self.segments.iter().filter(move |segment| segment.base < end);
        own.map(|segment| segment.bytes.as_slice())
    }

    fn run(&self, at: u64, length: usize) -> Option<&[u8]> {
        self.segments.iter().find_map(|segment| {
            let from = usize::try_from(at.checked_sub(segment.base)?).ok()?;
            segment.bytes.get(from..from.checked_add(length)?)
        })
    }

    fn run_mut(&mut self, at: u64, length: usize) -> Option<&mut [u8]> {
        self.segments.iter_mut().find_map(|segment| {
            let from = usize::try_from(at.checked_sub(segment.base)?).ok()?;
            segment.bytes.get_mut(from..from.checked_add(length)?)
        })
    }

    /// Reads a little-endian number of up to eight bytes.
    pub(super) fn read(&self, at: u64, size: u8) -> Option<u64> {
        let bytes = self.run(at, usize::from(size))?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |number, &byte| (number << 8) | u64::from(byte)),
        )
    }

    /// Writes a little-endian number.
    pub(super) fn write(&mut self, at: u64, size: u8, value: u64) -> Option<()> {
        let bytes = self.run_mut(at, usize::from(size))?;
        bytes.copy_from_slice(value.to_le_bytes().get(..usize::from(size))?);
        Some(())
    }

    /// Returns bytes.
    pub(super) fn bytes(&self, at: u64, length: usize) -> Option<&[u8]> {
        self.run(at, length)
    }

    /// Returns all bytes from an address to the end of its run.
    pub(super) fn rest(&self, at: u64) -> &[u8] {
        self.segments
            .iter()
            .find_map(|segment| {
                let from = usize::try_from(at.checked_sub(segment.base)?).ok()?;
                segment.bytes.get(from..).filter(|rest| !rest.is_empty())
            })
            .unwrap_or_default()
    }

    /// Reads a text up to its zero byte: printable, else it is none.
    pub(super) fn text(&self, at: u64) -> Option<String> {
        let bytes = self.rest(at);
        let end = bytes.iter().take(MOST_TEXT).position(|&byte| byte == 0)?;
        readable(String::from_utf8(bytes.get(..end)?.to_vec()).ok()?)
    }

    /// Reads a text of UTF-16 up to its zero.
    pub(super) fn wide_text(&self, at: u64) -> Option<String> {
        let mut units = Vec::new();
        for pair in self.rest(at).chunks_exact(2).take(MOST_TEXT) {
            match u16::from_le_bytes(pair.try_into().ok()?) {
                0 => return readable(String::from_utf16(&units).ok()?),
                unit => units.push(unit),
            }
        }
        None
    }
}

fn readable(text: String) -> Option<String> {
    let plain = |c: char| !c.is_control() || matches!(c, '\r' | '\n' | '\t');
    text.chars().all(plain).then_some(text)
}
