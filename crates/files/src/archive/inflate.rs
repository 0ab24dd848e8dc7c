//! Packed members inflated in one go, into a buffer of the size that they tell, with one state for all of them.
//!
//! A stream gives the same bytes in many small steps, each of which sets up and copies a window. What does not come out
//! exactly as its header tells is not taken here: the stream says how far it goes and what is wrong with it.

use flate2::{Decompress, FlushDecompress, Status};

/// The state of inflating, made where it is first needed.
#[derive(Default)]
pub(super) struct Inflate(Option<Decompress>);

impl Inflate {
    /// Returns the content, if it has exactly this size and CRC-32.
    pub fn whole(&mut self, packed: &[u8], size: usize, sum: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(size);
        let ended = self
            .fresh()
            .decompress_vec(packed, &mut bytes, FlushDecompress::Finish);
        let whole = matches!(ended, Ok(Status::StreamEnd)) && bytes.len() == size;
        (whole && crc32fast::hash(&bytes) == sum).then_some(bytes)
    }

    /// Returns whether the content begins with these bytes.
    pub fn begins(&mut self, packed: &[u8], with: &[u8]) -> bool {
        let mut bytes = Vec::with_capacity(with.len());
        // A content that breaks off further on still tells by its start.
        let _ = self
            .fresh()
            .decompress_vec(packed, &mut bytes, FlushDecompress::None);
        bytes.starts_with(with)
    }

    fn fresh(&mut self) -> &mut Decompress {
        let state = self.0.get_or_insert_with(|| Decompress::new(false));
        state.reset(false);
        state
    }
}

#[cfg(test)]
mod tests {
    use super::Inflate;
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use std::io::Write;

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        packed.write_all(content).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn only_what_is_as_its_header_tells_is_taken() {
        let content = b"part of a document; ".repeat(5000);
        let (packed, sum) = (deflated(&content), crc32fast::hash(&content));
        let mut inflate = Inflate::default();
        for _ in 0..2 {
            assert_eq!(
                inflate.whole(&packed, content.len(), sum).as_ref(),
                Some(&content)
            );
            assert_eq!(inflate.whole(&packed, content.len() - 1, sum), None);
            assert_eq!(inflate.whole(&packed, content.len() + 1, sum), None);
            assert_eq!(inflate.whole(&packed, content.len(), sum ^ 1), None);
            assert_eq!(
                inflate.whole(&packed[..packed.len() / 2], content.len(), sum),
                None
            );
            assert_eq!(inflate.whole(b"\xFF\xFF\xFF", content.len(), sum), None);
        }
        let behind = [&packed[..], b"rest"].concat();
        assert_eq!(inflate.whole(&behind, content.len(), sum), Some(content));
    }

    #[test]
    fn a_content_that_breaks_off_tells_by_its_start() {
        let packed = deflated(b"\xD0\xCF\x11\xE0 and so on");
        let mut inflate = Inflate::default();
        assert!(inflate.begins(&packed[..packed.len() - 4], b"\xD0\xCF\x11\xE0"));
        assert!(!inflate.begins(&packed, b"<?xm"));
        assert!(!inflate.begins(b"", b"<?xm"));
    }
}
