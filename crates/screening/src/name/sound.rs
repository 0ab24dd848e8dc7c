//! How a word sounds, roughly, in any of the languages whose names reach lists through Latin letters: the form that words
//! are compared in. It takes away what transliterations differ in (Sergej, Sergey; Qaida, Kaida; Yusuf, Jusuf stay apart
//! by one cheap step) and keeps the vowels, for names differ by them.

/// The letters of a word that are compared.
pub(super) const LENGTH: usize = 24;

/// The sound of a word: letters, `S` for sh, `C` for ch, `Z` for zh, and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Sound {
    letters: [u8; LENGTH],
    length: u8,
    counts: u64,
    histogram: u128,
}

/// What a letter belongs to; letters of one group are easily written for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Vowel,
    Aspirate,
    Hiss,
    Throat,
    Tooth,
    Lip,
    Nose,
    L,
    R,
    Other,
}

pub(super) const fn group(letter: u8) -> Group {
    match letter {
        b'a' | b'e' | b'i' | b'o' | b'u' => Group::Vowel,
        b'h' => Group::Aspirate,
        b's' | b'S' | b'z' | b'Z' | b'C' | b'j' => Group::Hiss,
        b'k' | b'g' => Group::Throat,
        b'd' | b't' => Group::Tooth,
        b'b' | b'p' | b'f' | b'v' => Group::Lip,
        b'm' | b'n' => Group::Nose,
        b'l' => Group::L,
        b'r' => Group::R,
        _ => Group::Other,
    }
}

const fn place(group: Group) -> Option<u32> {
    match group {
        Group::Vowel | Group::Aspirate => None,
        Group::Hiss => Some(0),
        Group::Throat => Some(1),
        Group::Tooth => Some(2),
        Group::Lip => Some(3),
        Group::Nose => Some(4),
        Group::L => Some(5),
        Group::R => Some(6),
        Group::Other => Some(7),
    }
}

/// The most that is counted of one letter.
const MOST: u128 = 7;
/// Letters that are counted one by one; digits share a place.
const COUNTED: &[u8] = b"aeiouhsSzZCjkgdtbpfvmnlr";

fn slot(letter: u8) -> usize {
    let at = COUNTED.iter().position(|counted| *counted == letter);
    at.unwrap_or(COUNTED.len())
}

/// Letters that are one sound, longest first.
const SOUNDS: [(&[u8], &[u8]); 30] = [
    (b"tsch", b"C"),
    (b"dzh", b"j"),
    (b"sch", b"S"),
    (b"tch", b"C"),
    (b"kh", b"h"),
    (b"ch", b"C"),
    (b"sh", b"S"),
    (b"zh", b"Z"),
    (b"gh", b"g"),
    (b"ph", b"f"),
    (b"th", b"t"),
    (b"dh", b"d"),
    (b"ck", b"k"),
    (b"dj", b"j"),
    (b"ts", b"z"),
    (b"tz", b"z"),
    (b"ks", b"ks"),
    (b"ou", b"u"),
    (b"oo", b"u"),
    (b"ee", b"i"),
    (b"ie", b"i"),
    (b"iy", b"i"),
    (b"ij", b"i"),
    (b"yi", b"i"),
    (b"ce", b"se"),
    (b"ci", b"si"),
    (b"cy", b"si"),
    (b"q", b"k"),
    (b"c", b"k"),
    (b"w", b"v"),
];

impl Sound {
    /// Returns the sound of a word in lower-case Latin letters and digits.
    pub(super) fn of(word: &str) -> Self {
        let mut sound = Sound {
            letters: [0; LENGTH],
            length: 0,
            counts: 0,
            histogram: 0,
        };
        let mut rest = word.as_bytes();
        while let Some((first, tail)) = rest.split_first() {
            let known = SOUNDS.iter().find(|(spelt, _)| rest.starts_with(spelt));
            rest = match known {
                Some((spelt, sounds)) => {
                    sounds.iter().for_each(|letter| sound.push(*letter));
                    rest.get(spelt.len()..).unwrap_or_default()
                }
                None => {
                    sound.letter(*first, tail.first().copied());
                    tail
                }
            };
        }
        sound.counted()
    }

    fn letter(&mut self, letter: u8, next: Option<u8>) {
        let before_vowel = next.is_some_and(|next| group(next) == Group::Vowel || next == b'y');
        let last = self.letters().last().copied();
        let after_vowel = last.is_some_and(|last| group(last) == Group::Vowel);
        match letter {
            b'x' if last.is_none() => self.push(b'S'),
            b'x' => {
                self.push(b'k');
                self.push(b's');
            }
            b'y' => self.push(b'i'),
            b'j' if after_vowel && !before_vowel => self.push(b'i'),
            b'h' if after_vowel && next.is_none() => {}
            other => self.push(other),
        }
    }

    /// A doubled letter is one.
    fn push(&mut self, letter: u8) {
        let length = usize::from(self.length);
        let doubled = self.letters().last() == Some(&letter) && !letter.is_ascii_digit();
        if let Some(slot) = self.letters.get_mut(length).filter(|_| !doubled) {
            *slot = letter;
            self.length += 1;
        }
    }

    fn counted(mut self) -> Self {
        for letter in self.letters {
            if letter == 0 {
                continue;
            }
            if let Some(at) = place(group(letter)) {
                self.counts += 1 << (8 * at);
            }
            let at = 4 * slot(letter);
            if self.histogram >> at & 0xf < MOST {
                self.histogram += 1 << at;
            }
        }
        self
    }

    pub(super) fn letters(&self) -> &[u8] {
        self.letters.get(..usize::from(self.length)).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.length)
    }

    /// Returns how many consonants of each group stand in it, a byte for each group; hisses and throats are the lowest.
    pub(super) fn counts(&self) -> u64 {
        self.counts
    }

    /// Returns how often each letter stands in it, half a byte for each, up to seven.
    pub(super) fn histogram(&self) -> u128 {
        self.histogram
    }

    /// Returns the sound without its vowels and half-vowels: all that a script without vowels writes.
    pub(super) fn skeleton(&self) -> Sound {
        let mut bare = Sound {
            letters: [0; LENGTH],
            length: 0,
            counts: 0,
            histogram: 0,
        };
        for letter in self.letters() {
            match letter {
                b'v' | b'h' => {}
                b'p' => bare.push(b'b'),
                b'g' => bare.push(b'j'),
                b'k' => bare.push(b'k'),
                letter if group(*letter) == Group::Vowel => {}
                letter => bare.push(*letter),
            }
        }
        bare.counted()
    }

    /// Returns the key that words share which differ in vowels alone; rarity is counted by it.
    pub(super) fn key(&self) -> String {
        let mut key = String::with_capacity(self.len());
        for letter in self.letters() {
            let letter = if group(*letter) == Group::Vowel {
                'a'
            } else {
                char::from(*letter)
            };
            if !(letter == 'a' && key.ends_with('a')) {
                key.push(letter);
            }
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(word: &str) -> String {
        String::from_utf8_lossy(Sound::of(word).letters()).into_owned()
    }

    #[test]
    fn what_transliterations_differ_in_is_gone() {
        for (one, other) in [
            ("sergej", "sergey"),
            ("qaeda", "qaedah"),
            ("nooristani", "nuristani"),
            ("shi", "xi"),
            ("mohammed", "mohamed"),
            ("aleksandr", "alexandr"),
            ("wladimir", "vladimir"),
        ] {
            assert_eq!(sound(one), sound(other));
        }
        assert_ne!(sound("ivanov"), sound("ivanova"));
        assert_eq!(Sound::of("muhammad").key(), Sound::of("mohammed").key());
        assert_eq!(Sound::of("muhammad").skeleton(), Sound::of("mhmd").skeleton());
    }

    #[test]
    fn a_long_word_is_compared_by_its_beginning() {
        assert_eq!(Sound::of(&"ab".repeat(500)).len(), LENGTH);
    }
}
