//! RC4, the stream cipher of Office 97 to 2003.

/// The cipher's state.
#[derive(Clone)]
pub(super) struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    /// Schedules a key; one of no bytes leaves the state as it begins.
    pub fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
        let mut j = 0u8;
        let schedule = key.iter().cycle().take(if key.is_empty() { 0 } else { 256 });
        for (i, byte) in schedule.enumerate() {
            j = j.wrapping_add(at(&state, i as u8)).wrapping_add(*byte);
            state.swap(i, j.into());
        }
        Rc4 { state, i: 0, j: 0 }
    }

    /// Encrypts or decrypts the next bytes.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.i = self.i.wrapping_add(1);
            let a = at(&self.state, self.i);
            self.j = self.j.wrapping_add(a);
            let b = at(&self.state, self.j);
            self.state.swap(self.i.into(), self.j.into());
            *byte ^= at(&self.state, a.wrapping_add(b));
        }
    }
}

/// A byte is never beyond the state.
#[expect(clippy::indexing_slicing, reason = "256 places, and a byte names one")]
fn at(state: &[u8; 256], place: u8) -> u8 {
    state[usize::from(place)]
}

#[cfg(test)]
mod tests {
    use super::Rc4;

    /// The vectors of RFC 6229's predecessor, the well-known "Key" and "Wiki".
    #[test]
    fn known_vectors() {
        let mut bytes = *b"Plaintext";
        Rc4::new(b"Key").apply(&mut bytes);
        assert_eq!(bytes, [0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3]);
        let mut bytes = *b"pedia";
        Rc4::new(b"Wiki").apply(&mut bytes);
        assert_eq!(bytes, [0x10, 0x21, 0xBF, 0x04, 0x20]);
    }
}
