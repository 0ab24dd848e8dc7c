//! Sectors of a compound file and the table that chains them (MS-CFB 2.1 to 2.5).

/// Numbers above this name no sector (MS-CFB 2.1).
pub(super) const LAST: u32 = 0xFFFF_FFFA;
/// Stands where a sector of the table itself cannot be read; no writer uses it.
const UNKNOWN: u32 = 0xFFFF_FFFB;
/// The end of a chain.
pub(super) const END: u32 = 0xFFFF_FFFE;
/// No sector, no entry.
pub(super) const NONE: u32 = 0xFFFF_FFFF;

/// A file as sectors; the header fills the place before the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sectors<'a> {
    file: &'a [u8],
    /// Bytes of one.
    pub size: usize,
}

impl<'a> Sectors<'a> {
    pub fn new(file: &'a [u8], size: usize) -> Self {
        Sectors { file, size }
    }

    /// Returns a sector; the last one may be shorter.
    pub fn get(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.size)?;
        let rest = self.file.get(start..)?;
        rest.get(..self.size)
            .or(Some(rest))
            .filter(|rest| !rest.is_empty())
    }

    /// Returns how many there are, a broken one at the end counted.
    pub fn count(&self) -> usize {
        self.file.len().div_ceil(self.size).saturating_sub(1)
    }
}

/// The table of chains: what follows each sector.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The number behind each sector.
    pub next: Vec<u32>,
    /// The sectors that the table and the list of its sectors stand in.
    pub own: Vec<u32>,
    /// Sectors that the header claims the table has.
    pub claimed: usize,
    /// How many sectors of it could not be read.
    pub missing: usize,
}

impl Table {
    /// Reads the table by the places in the header and in the sectors that go on from there (MS-CFB 2.5).
    pub fn read(header: &[u8], sectors: &Sectors<'_>) -> Table {
        let per_sector = sectors.size / 4;
        let mut table = Table {
            claimed: word(header, 44).unwrap_or(0) as usize,
            ..Table::default()
        };
        let mut places: Vec<u32> = header
            .get(76..512)
            .map(|raw| words(raw).collect())
            .unwrap_or_default();
        // Its last sector need not be full, and one more may be wrong.
        let most = sectors.count() / per_sector + 2;
        let mut next = word(header, 68).unwrap_or(NONE);
        let mut seen = std::collections::HashSet::new();
        while next < LAST && places.len() < most.max(109) && seen.insert(next) {
            let Some(raw) = sectors.get(next) else {
                table.missing += 1;
                break;
            };
            table.own.push(next);
            let mut more: Vec<u32> = words(raw).collect();
            next = more.pop().unwrap_or(NONE);
            places.extend(more);
        }
        let used = places
            .iter()
            .rposition(|place| *place < LAST)
            .map_or(0, |at| at + 1);
        places.truncate(used.min(most));
        for place in places {
            let whole = sectors.get(place).filter(|_| place < LAST && seen.insert(place));
            match whole {
                Some(raw) => {
                    table.own.push(place);
                    table.next.extend(words(raw));
                }
                None => {
                    table.missing += 1;
                    table.next.extend(std::iter::repeat_n(UNKNOWN, per_sector));
                }
            }
        }
        table
    }

    /// Returns whether a number beyond the end of the file is one that a longer file could have had.
    pub fn could_name(&self, number: u32, sectors: &Sectors<'_>) -> bool {
        let known = self.next.len().max(self.claimed.saturating_mul(sectors.size / 4));
        (number as usize) < known
    }
}

pub(super) fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)?
        .first_chunk::<2>()
        .map(|raw| u16::from_le_bytes(*raw))
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk::<4>()
        .map(|raw| u32::from_le_bytes(*raw))
}

pub(super) fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|raw| u32::from_le_bytes(*raw))
}
