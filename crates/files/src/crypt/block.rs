//! Block ciphers behind one face, and the ways of chaining them that MS-OFFCRYPTO names.

use aes::{Aes128, Aes192, Aes256};
use cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit};
use des::{Des, TdesEde2, TdesEde3};
use rc2::Rc2;

/// A keyed block cipher.
pub(crate) trait Block {
    /// Returns the bytes of a block.
    fn size(&self) -> usize;
    /// Decrypts each whole block on its own; a rest stays.
    fn decrypt(&self, bytes: &mut [u8]);
    /// Encrypts each whole block on its own; a rest stays.
    fn encrypt(&self, bytes: &mut [u8]);
}

impl<C: BlockSizeUser + BlockCipherDecrypt + BlockCipherEncrypt> Block for C {
    fn size(&self) -> usize {
        C::block_size()
    }

    fn decrypt(&self, bytes: &mut [u8]) {
        self.decrypt_blocks(Array::slice_as_chunks_mut(bytes).0);
    }

    fn encrypt(&self, bytes: &mut [u8]) {
        self.encrypt_blocks(Array::slice_as_chunks_mut(bytes).0);
    }
}

/// A cipher of the descriptor (MS-OFFCRYPTO 2.3.4.10, `ST_CipherAlgorithm`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes,
    TripleDes,
    TripleDes112,
    Des,
    Rc2,
}

/// How blocks are chained (`ST_CipherChaining`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chaining {
    /// Cipher block chaining.
    Cbc,
    /// Cipher feedback with a window of 8 bits.
    Cfb8,
}

impl Cipher {
    /// Returns the cipher of a name as descriptors spell it.
    pub fn named(name: &str) -> Option<Cipher> {
        match name.to_ascii_uppercase().as_str() {
            "AES" => Some(Cipher::Aes),
            "3DES" | "DESEDE" => Some(Cipher::TripleDes),
            "3DES_112" => Some(Cipher::TripleDes112),
            "DES" => Some(Cipher::Des),
            "RC2" => Some(Cipher::Rc2),
            _ => None,
        }
    }

    /// Returns the name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Cipher::Aes => "AES",
            Cipher::TripleDes => "3DES",
            Cipher::TripleDes112 => "3DES-112",
            Cipher::Des => "DES",
            Cipher::Rc2 => "RC2",
        }
    }

    /// Returns the bytes of a block.
    pub fn block(self) -> usize {
        if self == Cipher::Aes { 16 } else { 8 }
    }

    /// Keys the cipher; `None` where it has no keys of that length.
    pub fn keyed(self, key: &[u8]) -> Option<Box<dyn Block>> {
        fn boxed<C: KeyInit + Block + 'static>(key: &[u8]) -> Option<Box<dyn Block>> {
            Some(Box::new(C::new_from_slice(key).ok()?))
        }
        match (self, key.len()) {
            (Cipher::Aes, 16) => boxed::<Aes128>(key),
            (Cipher::Aes, 24) => boxed::<Aes192>(key),
            (Cipher::Aes, 32) => boxed::<Aes256>(key),
            (Cipher::TripleDes, 24) => boxed::<TdesEde3>(key),
            (Cipher::TripleDes112, 16) => boxed::<TdesEde2>(key),
            (Cipher::Des, 8) => boxed::<Des>(key),
            (Cipher::Rc2, 5..=128) => boxed::<Rc2>(key),
            _ => None,
        }
    }
}

impl Chaining {
    /// Returns the chaining of a name as descriptors spell it.
    pub fn named(name: &str) -> Option<Chaining> {
        match name {
            "ChainingModeCBC" => Some(Chaining::Cbc),
            "ChainingModeCFB" => Some(Chaining::Cfb8),
            _ => None,
        }
    }

    /// Returns the name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Chaining::Cbc => "CBC",
            Chaining::Cfb8 => "CFB8",
        }
    }

    /// Decrypts in place; the initialisation vector has the length of a block. A rest shorter than a block stays
    /// under CBC.
    pub fn decrypt(self, block: &dyn Block, vector: &[u8], bytes: &mut [u8]) {
        match self {
            Chaining::Cbc => decrypt_cbc(block, vector, bytes),
            Chaining::Cfb8 => decrypt_cfb8(block, vector, bytes),
        }
    }
}

fn decrypt_cbc(block: &dyn Block, vector: &[u8], bytes: &mut [u8]) {
    let sealed = bytes.to_vec();
    block.decrypt(bytes);
    let whole = bytes.len() - bytes.len() % block.size();
    let before = vector.iter().chain(&sealed);
    bytes
        .iter_mut()
        .take(whole)
        .zip(before)
        .for_each(|(byte, mask)| *byte ^= mask);
}

fn decrypt_cfb8(block: &dyn Block, vector: &[u8], bytes: &mut [u8]) {
    let mut register = vector.to_vec();
    for byte in bytes {
        let mut mask = register.clone();
        block.encrypt(&mut mask);
        let sealed = *byte;
        *byte ^= mask.first().copied().unwrap_or(0);
        register.rotate_left(1);
        if let Some(last) = register.last_mut() {
            *last = sealed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38A, F.2.1 and F.3.7.
    #[test]
    fn chaining_follows_the_published_vectors() {
        let key = hex("2b7e151628aed2a6abf7158809cf4f3c");
        let vector = hex("000102030405060708090a0b0c0d0e0f");
        let clear = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let aes = Cipher::Aes.keyed(&key).unwrap();
        let mut sealed = hex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
        Chaining::Cbc.decrypt(&*aes, &vector, &mut sealed);
        assert_eq!(sealed, clear);
        let mut sealed = hex("3b79424c9c0dd436bace9e0ed4586a4f32b9");
        Chaining::Cfb8.decrypt(&*aes, &vector, &mut sealed);
        assert_eq!(sealed, clear[..18]);
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert!(Cipher::Aes.keyed(&[0; 15]).is_none());
        assert!(Cipher::Des.keyed(&[0; 7]).is_none());
        assert!(Cipher::TripleDes.keyed(&[1; 24]).is_some());
        assert!(Cipher::Rc2.keyed(&[1; 16]).is_some());
    }

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).unwrap() as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }
}
