//! The encrypted form of a secure string under a key: a fixed mark, then base64 of UTF-16 text `2|IV|ciphertext`, the IV in
//! base64, the ciphertext in hexadecimal digits; AES in CBC mode with PKCS #7 padding over UTF-16 text.

use super::super::dotnet::unpadded;
use crate::crypt::{Chaining, Cipher};
use base64::Engine as _;

/// What such a text begins with.
const MARK: &str = "76492d1116743f0423413b16050a5345";

/// Returns the plain text; `None` where the form, the key or the padding is not right.
pub(super) fn decrypted(text: &str, key: &[u8]) -> Option<String> {
    let base64 = base64::engine::general_purpose::STANDARD;
    let packed = base64.decode(text.trim().strip_prefix(MARK)?).ok()?;
    let inner = utf16(&packed)?;
    let mut parts = inner.split('|');
    if parts.next()? != "2" {
        return None;
    }
    let iv = base64.decode(parts.next()?).ok()?;
    let digits = parts.next()?;
    let cipher: Option<Vec<u8>> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
        .collect();
    utf16(&cbc(key, &iv, &cipher?)?)
}

/// Decrypts AES in CBC mode and takes the padding off (PKCS #7).
fn cbc(key: &[u8], iv: &[u8], cipher: &[u8]) -> Option<Vec<u8>> {
    let block = Cipher::Aes.keyed(key)?;
    if iv.len() != 16 || !cipher.len().is_multiple_of(16) {
        return None;
    }
    let mut plain = cipher.to_vec();
    Chaining::Cbc.decrypt(&*block, iv, &mut plain);
    unpadded(plain, 16)
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let units: Option<Vec<u16>> = bytes
        .chunks(2)
        .map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)))
        .collect();
    String::from_utf16(&units?).ok()
}
