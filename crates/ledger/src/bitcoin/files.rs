//! The block files of a node: blocks behind a magic and their length, in the order in which they arrived.
//!
//! What lies in them is not one chain: there are blocks twice, blocks that lost a race, blocks before the one that they follow,
//! room that was reserved and never written, and what a crash left. Here every block is found and everything else told;
//! [`HeaderIndex`] finds the chain.
//!
//! Source: `node/blockstorage.cpp` of Bitcoin Core.

use super::chain::Chain;
use super::header::Header;
use super::index::{Entry, HeaderIndex};
use super::window::{BlockKey, Window};
use super::{bytes::Bytes, wire};
use crate::LedgerError;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use strongroom_model::{Gap, Limit, Why};

/// Magic and length.
const FRAME: u64 = 8;
/// A block's longest frame: the largest blocks of any of these chains are an eighth of it.
const LONGEST_BLOCK: u64 = 256 << 20;
/// Bytes of a magic.
const MARK: usize = 4;
/// Bytes of a search that are read in one go.
const SEARCH: usize = 64 << 10;
/// Gaps that are told one by one.
const MOST_GAPS: usize = 1_000;

/// Block files by name, opened when they are needed, one at a time.
pub struct BlockFiles<R, O> {
    pub(super) chain: &'static Chain,
    key: BlockKey,
    names: Vec<String>,
    open: O,
    current: Option<(u32, Window<R>)>,
}

impl<R, O> BlockFiles<R, O>
where
    R: Read + Seek,
    O: FnMut(&str) -> io::Result<R>,
{
    /// Takes the names of a chain's block files, in any order, and what opens one. Where two tips have the same work, the one that
    /// stands first counts, as it came first to the node: so names are best given in their numbers' order.
    pub fn new(chain: &'static Chain, key: BlockKey, names: Vec<String>, open: O) -> Self {
        BlockFiles {
            chain,
            key,
            names,
            open,
            current: None,
        }
    }

    /// Looks for the blocks of all files and reads their headers; `progress` is told the bytes of each file that is done.
    pub fn index(&mut self, progress: &mut dyn FnMut(u64)) -> Result<HeaderIndex, LedgerError> {
        let mut found = Found::default();
        for file in 0..self.names.len() {
            let file = u32::try_from(file).unwrap_or(u32::MAX);
            let (chain, name) = (self.chain, self.name(file).to_owned());
            let window = self.window(file)?;
            let length = window.length();
            let mut search = Search {
                chain,
                file,
                name: &name,
                window,
                found: &mut found,
                others: BTreeMap::new(),
            };
            search.file().map_err(|source| unreadable(&name, source))?;
            progress(length);
        }
        Ok(HeaderIndex::new(found.entries, found.gaps))
    }

    /// Returns the bytes of a block that was found.
    pub(super) fn block(&mut self, entry: &Entry) -> Result<Vec<u8>, LedgerError> {
        let window = self.window(entry.file)?;
        let bytes = window.at(entry.offset, entry.length as usize).map(<[u8]>::to_vec);
        bytes.map_err(|source| unreadable(self.name(entry.file), source))
    }

    /// Returns where a block stands: its file and the place of its first byte there.
    pub(super) fn place(&self, entry: &Entry) -> String {
        format!("{}:{}", self.name(entry.file), entry.offset)
    }

    fn name(&self, file: u32) -> &str {
        self.names.get(file as usize).map_or("", String::as_str)
    }

    fn window(&mut self, file: u32) -> Result<&mut Window<R>, LedgerError> {
        if self.current.as_ref().is_none_or(|(open, _)| *open != file) {
            let name = self.name(file).to_owned();
            let opened = (self.open)(&name).and_then(|reader| Window::new(reader, self.key));
            let window = opened.map_err(|source| unreadable(&name, source))?;
            self.current = Some((file, window));
        }
        let (_, window) = self.current.as_mut().expect("a file was opened just now");
        Ok(window)
    }
}

fn unreadable(name: &str, source: io::Error) -> LedgerError {
    LedgerError::Io {
        action: "read",
        file: name.to_owned(),
        source,
    }
}

#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
}

impl Found {
    fn gap(&mut self, gap: Gap) {
        match self.gaps.len() {
            len if len < MOST_GAPS => self.gaps.push(gap),
            MOST_GAPS => self.gaps.push(Gap::limit("block files", Limit::Rows, MOST_GAPS)),
            _ => (),
        }
    }
}

/// What stands at a place of a file.
enum Stands {
    /// A block whose header holds.
    Block(Header, u32),
    /// A block of another chain, with its frame's length.
    Other(&'static str, u64),
    /// Something that began as a block; why it is none.
    Broken(Why, String),
    /// Anything else.
    Nothing,
}

struct Search<'a, R> {
    chain: &'static Chain,
    file: u32,
    name: &'a str,
    window: &'a mut Window<R>,
    found: &'a mut Found,
    others: BTreeMap<&'static str, u64>,
}

impl<R: Read + Seek> Search<'_, R> {
    fn file(&mut self) -> io::Result<()> {
        let mut place = 0;
        while place < self.window.length() {
            place = match self.stands(place)? {
                Stands::Block(header, length) => {
                    self.found.entries.push(Entry {
                        id: header.id(),
                        previous: header.previous,
                        bits: header.bits,
                        file: self.file,
                        length,
                        offset: place + FRAME,
                    });
                    place + FRAME + u64::from(length)
                }
                Stands::Other(chain, length) => {
                    *self.others.entry(chain).or_default() += 1;
                    place + FRAME + length
                }
                Stands::Broken(cause, why) => {
                    self.found
                        .gap(Gap::new(format!("{}:{place}", self.name), cause, why));
                    self.next_magic(place)?.0
                }
                Stands::Nothing => {
                    let (next, padding) = self.next_magic(place)?;
                    if !padding {
                        let why = format!("{} bytes are no block", next - place);
                        let at = format!("{}:{place}", self.name);
                        self.found.gap(Gap::new(at, Why::Damaged, why));
                    }
                    next
                }
            };
        }
        for (chain, count) in &self.others {
            let why = format!("{count} blocks of {chain}, not of {}", self.chain.name);
            self.found
                .gap(Gap::new(self.name, Why::Unsupported, why).harmless());
        }
        Ok(())
    }

    fn stands(&mut self, place: u64) -> io::Result<Stands> {
        let left = self.window.length() - place;
        let head = self.window.at(place, FRAME as usize + Header::BYTES)?;
        let Some((magic, rest)) = head.split_first_chunk::<4>() else {
            return Ok(Stands::Nothing);
        };
        let own = self.chain.magics.contains(magic);
        let other = self.chain.other_with(*magic).filter(|_| !own);
        let Some((length, header)) = rest.split_first_chunk::<4>().filter(|_| own || other.is_some()) else {
            return Ok(Stands::Nothing);
        };
        let length = u32::from_le_bytes(*length);
        let fits = u64::from(length) <= left.saturating_sub(FRAME).min(LONGEST_BLOCK)
            && length as usize >= wire::LEAST_BLOCK;
        if let Some(other) = other {
            let stands = Stands::Other(other, u64::from(length));
            return Ok(if fits { stands } else { Stands::Nothing });
        }
        if !fits {
            let why = format!(
                "a block of {length} bytes, where {} are left",
                left - FRAME.min(left)
            );
            return Ok(Stands::Broken(Why::Truncated, why));
        }
        Ok(match Header::read(&mut Bytes::new(header)) {
            Ok(header) => match header.check_work(self.chain) {
                Ok(()) => Stands::Block(header, length),
                Err(fault) => Stands::Broken(fault.cause(), fault.to_string()),
            },
            Err(fault) => Stands::Broken(Why::Truncated, fault.to_string()),
        })
    }

    /// Returns the next place behind this one at which any chain's magic stands, or the file's end; and whether everything before it
    /// is zero, on disk or without the key: room that was reserved.
    fn next_magic(&mut self, place: u64) -> io::Result<(u64, bool)> {
        let (key, length) = (self.window.key(), self.window.length());
        let mut start = place + 1;
        let first = self.window.at(place, 1)?.first().copied();
        let (mut zero, mut bare) = (first == Some(0), first == Some(key.at(place)));
        loop {
            // What is in memory comes first: a file full of marks is read once, not from each of them on.
            let bytes = self.window.from(start, MARK, SEARCH)?;
            let magic = bytes
                .windows(MARK)
                .position(|four| matches!(four, [first, ..] if *first != 0) && Chain::mark(four));
            // A file that became shorter meanwhile ends here too.
            let ends = bytes.len() < MARK || start + bytes.len() as u64 >= length;
            let passed = match magic {
                Some(at) => at,
                None if ends => bytes.len(),
                None => bytes.len() + 1 - MARK,
            };
            let passed = bytes.get(..passed).unwrap_or_default();
            zero = zero && passed.iter().all(|byte| *byte == 0);
            bare = bare && (start..).zip(passed).all(|(at, byte)| *byte == key.at(at));
            start += passed.len() as u64;
            match magic {
                Some(_) => return Ok((start, zero || bare)),
                None if ends => return Ok((length, zero || bare)),
                None => (),
            }
        }
    }
}
