//! A block's header: 80 bytes that name the block before, stand for the transactions, and carry the proof of work.

use super::bytes::Bytes;
use super::chain::Chain;
use super::fault::{BlockFault, Fault};
use super::hash;
use crate::Id;
use ruint::aliases::U256;

/// A header as it is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The version, or the bits that miners set in its place.
    pub version: i32,
    /// The block before; zeros for the first.
    pub previous: Id,
    /// What the transactions' ids hash to.
    pub merkle_root: Id,
    /// Seconds since 1970.
    pub time: u32,
    /// The target in its short form.
    pub bits: u32,
    /// What was varied until the work was done.
    pub nonce: u32,
}

impl Header {
    /// Its length.
    pub const BYTES: usize = 80;

    pub(super) fn read(bytes: &mut Bytes<'_>) -> Result<Self, BlockFault> {
        Ok(Header {
            version: i32::from_le_bytes(bytes.array()?),
            previous: Id(bytes.array()?),
            merkle_root: Id(bytes.array()?),
            time: bytes.u32()?,
            bits: bytes.u32()?,
            nonce: bytes.u32()?,
        })
    }

    /// Returns the block's id.
    pub fn id(&self) -> Id {
        hash::twice(&[
            &self.version.to_le_bytes(),
            &self.previous.0,
            &self.merkle_root.0,
            &self.time.to_le_bytes(),
            &self.bits.to_le_bytes(),
            &self.nonce.to_le_bytes(),
        ])
    }

    /// Checks that the id is under the target that the header names; on chains whose proof of work is scrypt's, that it names
    /// one. Whether the chain's rules ask for this target is not checked.
    pub fn check_work(&self, chain: &Chain) -> Result<(), Fault> {
        let target = target(self.bits).ok_or(Fault::Target(self.bits))?;
        match chain.proof_in_id && U256::from_le_bytes(self.id().0) > target {
            true => Err(Fault::ProofOfWork),
            false => Ok(()),
        }
    }

    /// Returns the work that a target stands for: how many hashes it takes on average. Nothing where it is no target.
    pub(super) fn work_of(bits: u32) -> Option<U256> {
        let (target, one) = (target(bits)?, U256::from(1));
        // 2^256 / (target + 1), whose dividend is one too long; a target is never 2^256 - 1.
        Some((!target / (target + one)) + one)
    }
}

/// Returns the number that the short form stands for: a length in bytes and the first three of them. Nothing for zero, a
/// negative number, and more than 256 bits.
fn target(bits: u32) -> Option<U256> {
    let (length, word) = (bits >> 24, bits & 0x007f_ffff);
    let overflows = length > 34 || word > 0xff && length > 33 || word > 0xffff && length > 32;
    if bits & 0x0080_0000 != 0 || overflows {
        return None;
    }
    let target = if length <= 3 {
        U256::from(word >> (8 * (3 - length)))
    } else {
        U256::from(word) << (8 * (length - 3)) as usize
    };
    (!target.is_zero()).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_in_their_short_form() {
        assert_eq!(target(0x1d00_ffff), Some(U256::from(0xffff) << 208));
        assert_eq!(target(0x0312_3456), Some(U256::from(0x12_3456)));
        assert_eq!(target(0x0212_3456), Some(U256::from(0x1234)));
        assert_eq!(target(0x207f_ffff), Some(U256::from(0x7f_ffff) << 232));
        assert_eq!(target(0x2200_00ff), Some(U256::from(0xff) << 248));
        for none in [
            0,
            0x0100_0012,
            0x1d80_ffff,
            0x2200_ffff,
            0x2300_0001 | 0xff00,
            0xff12_3456,
        ] {
            assert_eq!(target(none), None, "{none:#x}");
        }
    }

    #[test]
    fn the_first_block_holds_its_work_and_another_nonce_does_not() {
        let chain = Chain::named("bitcoin").unwrap();
        let merkle_root = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
        let header = Header {
            version: 1,
            previous: Id::default(),
            merkle_root: Id::read(merkle_root).unwrap(),
            time: 1_231_006_505,
            bits: 0x1d00_ffff,
            nonce: 2_083_236_893,
        };
        assert_eq!(header.id(), chain.genesis());
        assert_eq!(header.check_work(chain), Ok(()));
        assert_eq!(Header::work_of(header.bits), Some(U256::from(0x1_0001_0001_u64)));
        let other = Header { nonce: 0, ..header };
        assert_eq!(other.check_work(chain), Err(Fault::ProofOfWork));
        assert!(other.check_work(Chain::named("litecoin").unwrap()).is_ok());
    }
}
