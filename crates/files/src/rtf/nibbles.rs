//! Hexadecimal data of a rich text, in every way in which a reader may take it.
//!
//! Word and the specification agree on plain digits. Where a group is marked ignorable and its word is unknown, or a
//! character follows `\u`, readers differ; from there on each way is followed to its end, and what a way gives is
//! judged by what it holds.

/// The value of a digit, 16 where the byte is none.
static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [16u8; 256];
    let mut digit = 0usize;
    while digit < 16 {
        #[allow(clippy::indexing_slicing)]
        {
            table[b"0123456789abcdef"[digit] as usize] = digit as u8;
            table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        }
        digit += 1;
    }
    table
}

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(16)
}

/// Bytes out of digits; what is no digit is passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Nibbles {
    bytes: Vec<u8>,
    high: Option<u8>,
}

impl Nibbles {
    fn text(&mut self, text: &[u8]) {
        let mut rest = text;
        while let [first, second, behind @ ..] = rest {
            let (high, low) = (value(*first), value(*second));
            if self.high.is_none() && (high | low) < 16 {
                self.bytes.push(high << 4 | low);
                rest = behind;
            } else {
                self.digit(high);
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        if let [last] = rest {
            self.digit(value(*last));
        }
    }

    fn digit(&mut self, digit: u8) {
        if digit < 16 {
            match self.high.take() {
                Some(high) => self.bytes.push(high << 4 | digit),
                None => self.high = Some(digit),
            }
        }
    }

    /// Binary data counts as its digits: behind an odd digit it stands half a byte off.
    fn raw(&mut self, data: &[u8]) {
        if self.high.is_none() {
            return self.bytes.extend_from_slice(data);
        }
        for byte in data {
            self.digit(byte >> 4);
            self.digit(byte & 15);
        }
    }
}

/// A way to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Way {
    /// Takes the digits of ignorable groups whose word is unknown.
    takes_unknown: bool,
    /// Takes the characters behind `\u` that stand for it.
    takes_stand_in: bool,
}

/// What about a run of digits is read differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubt {
    /// It stands in an ignorable group whose word is unknown.
    pub unknown: bool,
    /// It stands for the character of a `\u`.
    pub stand_in: bool,
}

/// One run of data in all its ways.
#[derive(Clone, Debug)]
pub(super) struct Readings {
    ways: Vec<(Way, Nibbles)>,
    doubted: Doubt,
}

impl Default for Readings {
    fn default() -> Self {
        Readings {
            ways: vec![(Way::default(), Nibbles::default())],
            doubted: Doubt::default(),
        }
    }
}

impl Readings {
    /// Returns whether no way has given anything yet.
    pub fn is_empty(&self) -> bool {
        let idle = |nibbles: &Nibbles| nibbles.bytes.is_empty() && nibbles.high.is_none();
        self.ways.iter().all(|(_, nibbles)| idle(nibbles))
    }

    /// Takes text.
    pub fn text(&mut self, text: &[u8], doubt: Doubt) {
        self.each(doubt, |nibbles| nibbles.text(text));
    }

    /// Takes binary data.
    pub fn raw(&mut self, data: &[u8], doubt: Doubt) {
        self.each(doubt, |nibbles| nibbles.raw(data));
    }

    /// Meets `\'hh`: the two characters are passed over, and with them a digit that has no second yet.
    pub fn escape(&mut self, doubt: Doubt) {
        self.each(doubt, |nibbles| nibbles.high = None);
    }

    fn each(&mut self, doubt: Doubt, act: impl Fn(&mut Nibbles)) {
        if doubt.unknown && !self.doubted.unknown {
            self.doubted.unknown = true;
            self.fork(|way| way.takes_unknown = true);
        }
        if doubt.stand_in && !self.doubted.stand_in {
            self.doubted.stand_in = true;
            self.fork(|way| way.takes_stand_in = true);
        }
        for (way, nibbles) in &mut self.ways {
            let passes = doubt.unknown && !way.takes_unknown || doubt.stand_in && !way.takes_stand_in;
            if !passes {
                act(nibbles);
            }
        }
    }

    fn fork(&mut self, mark: impl Fn(&mut Way)) {
        let mut others = self.ways.clone();
        others.iter_mut().for_each(|(way, _)| mark(way));
        self.ways.extend(others);
    }

    /// Returns what the ways gave, the likeliest first, each once.
    pub fn into_bytes(self) -> Vec<Vec<u8>> {
        let mut found: Vec<Vec<u8>> = Vec::new();
        for (_, nibbles) in self.ways {
            if !found.contains(&nibbles.bytes) {
                found.push(nibbles.bytes);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(act: impl Fn(&mut Readings)) -> Vec<u8> {
        let mut readings = Readings::default();
        act(&mut readings);
        readings.into_bytes().remove(0)
    }

    #[test]
    fn what_is_no_digit_is_passed_over() {
        assert_eq!(plain(|r| r.text(b"4 1\r\n4z2 4", Doubt::default())), [0x41, 0x42]);
    }

    #[test]
    fn an_escape_drops_an_odd_digit() {
        let escaped = |before: &'static [u8]| {
            plain(move |r| {
                r.text(before, Doubt::default());
                r.escape(Doubt::default());
                r.text(b"2345", Doubt::default());
            })
        };
        assert_eq!(escaped(b"341"), [0x34, 0x23, 0x45]);
        assert_eq!(escaped(b"34"), [0x34, 0x23, 0x45]);
    }

    #[test]
    fn a_doubt_is_followed_both_ways() {
        let mut readings = Readings::default();
        readings.text(b"41", Doubt::default());
        readings.text(
            b"42",
            Doubt {
                unknown: true,
                ..Doubt::default()
            },
        );
        readings.text(b"43", Doubt::default());
        assert_eq!(readings.into_bytes(), [b"AC".to_vec(), b"ABC".to_vec()]);
    }
}
