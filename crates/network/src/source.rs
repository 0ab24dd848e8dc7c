//! The bytes of a log file, unpacked where they are gzip or Zstandard: the magic decides, not the name.

use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// The first bytes of a gzip member (RFC 1952).
pub(crate) const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The first bytes of a Zstandard frame (RFC 8878).
pub(crate) const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const BUFFER: usize = 64 << 10;
/// Bytes that tell what a file is, a pcapng's order of bytes among them: what is read next begins with all of them.
const HEAD: u64 = 12;
/// The logarithm of the largest window that a frame may ask for: 128 MiB, what `zstd --long` writes.
const WINDOW_LOG: u32 = 27;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    fn of(head: &[u8]) -> Self {
        if head.starts_with(&GZIP) {
            Packing::Gzip
        } else if head.starts_with(&ZSTD) {
            Packing::Zstd
        } else {
            Packing::Plain
        }
    }
}

/// Returns how the input is packed and its unpacked bytes.
pub(crate) fn open<'a>(mut input: impl Read + 'a) -> io::Result<(Packing, Box<dyn BufRead + 'a>)> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head)?;
    let packing = Packing::of(&head);
    let whole = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(input));
    Ok((
        packing,
        match packing {
            Packing::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(whole))),
            Packing::Zstd => {
                let mut frames = zstd::stream::read::Decoder::with_buffer(whole)?;
                frames.window_log_max(WINDOW_LOG)?;
                Box::new(BufReader::with_capacity(BUFFER, frames))
            }
            Packing::Plain => Box::new(whole),
        },
    ))
}
