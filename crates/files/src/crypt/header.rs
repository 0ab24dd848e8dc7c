//! The binary headers that standard encryption and RC4 CryptoAPI share (MS-OFFCRYPTO 2.3.2 and 2.3.3).

/// `fCryptoAPI`, `fExternal` and `fAES` of the flags (2.3.1).
const EXTERNAL: u32 = 0x10;

/// `EncryptionHeader` with its `EncryptionVerifier`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// An extensible provider, named by the header alone.
    pub external: bool,
    /// `AlgID`.
    pub cipher: u32,
    /// `AlgIDHash`.
    pub hash: u32,
    /// `KeySize` in bits.
    pub key_bits: u32,
    /// The salt of the password.
    pub salt: [u8; 16],
    /// The encrypted verifier.
    pub verifier: [u8; 16],
    /// Its encrypted hash, padded to the cipher's blocks.
    pub verifier_hash: Vec<u8>,
}

impl Header {
    /// Reads what stands behind the version: flags, the header's size, header, verifier.
    pub fn read(bytes: &[u8]) -> Option<Header> {
        let size = usize::try_from(word(bytes, 4)?).ok()?;
        let header = bytes.get(8..)?.get(..size)?;
        let verifier = bytes.get(8..)?.get(size..)?;
        if word(verifier, 0)? != 16 {
            return None;
        }
        let rest = verifier.get(40..)?;
        let length = rest.len().min(32);
        Some(Header {
            external: word(header, 0)? & EXTERNAL != 0,
            cipher: word(header, 8)?,
            hash: word(header, 12)?,
            key_bits: word(header, 16)?,
            salt: *verifier.get(4..)?.first_chunk()?,
            verifier: *verifier.get(20..)?.first_chunk()?,
            verifier_hash: rest.get(..length)?.to_vec(),
        })
    }
}

/// Reads four bytes, the least first.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|raw| u32::from_le_bytes(*raw))
}

/// Reads two bytes, the least first.
pub(super) fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))
}
