//! A name made ready to be compared: its words, what each is and how much it says. Made once for each listed name, and once
//! for each query.

use super::exact;
use super::latin::{self, LatinWord};
use super::rarity;
use super::sound::Sound;
use super::words::{self, Legal};
use serde::Serialize;

/// Words of a name that are compared.
pub(super) const WORDS: usize = 24;
/// Words that may have been written as one.
pub(super) const JOINED: usize = 3;

/// What a party is, where somebody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// A human being.
    Person,
    /// A company, state body or group.
    Organisation,
    /// A ship or an aircraft.
    Vessel,
}

/// What a word is within its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WordKind {
    /// A word that nothing more is known of.
    Word,
    /// A given name, from a name in parts or before a comma's family.
    Given,
    /// A family name.
    Family,
    /// A father's name.
    Patronymic,
    /// One letter.
    Initial,
    /// Digits or a number in words.
    Number,
    /// Ltd, GmbH, OOO.
    LegalForm,
    /// Dr., Sheikh, MV.
    Title,
    /// al, bin, de, of.
    Particle,
}

impl WordKind {
    /// Returns whether a name can be recognised by it: titles, particles and legal forms stand in any.
    pub(super) const fn carries(self) -> bool {
        match self {
            WordKind::Word | WordKind::Given | WordKind::Family | WordKind::Patronymic | WordKind::Number => {
                true
            }
            WordKind::Initial | WordKind::LegalForm | WordKind::Title | WordKind::Particle => false,
        }
    }

    /// Returns whether it is written as a name.
    pub(super) const fn is_name(self) -> bool {
        match self {
            WordKind::Word | WordKind::Given | WordKind::Family | WordKind::Patronymic => true,
            WordKind::Number
            | WordKind::Initial
            | WordKind::LegalForm
            | WordKind::Title
            | WordKind::Particle => false,
        }
    }
}

/// A word of a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) sound: Sound,
    pub(super) kind: WordKind,
    /// How much it says, from 0 to 1.
    pub(super) weight: f64,
    pub(super) abjad: bool,
    /// The rows of names and callings that it stands in.
    pub(super) called: u64,
    pub(super) legal: Option<Legal>,
}

/// Neighbouring words read as one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) count: usize,
    pub(super) text: String,
    pub(super) sound: Sound,
}

/// A party's name, ready to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct PartyName {
    pub(super) forms: Vec<String>,
    pub(super) words: Vec<Word>,
    pub(super) spans: Vec<Span>,
    pub(super) legal: Option<Legal>,
    pub(super) nature: Option<Nature>,
    pub(super) weight: f64,
    pub(super) cut: bool,
    /// The initials of the words that carry the name; then those with "company" and "corporation" among them.
    pub(super) initials: [String; 2],
}

impl PartyName {
    /// Reads a name that is written in one piece. "LAST, First" is turned, and its parts are known.
    pub fn new(text: &str, nature: Option<Nature>) -> Self {
        let (mut drafts, mut cut) = drafts(text, None);
        let mut nature = nature;
        let has_form = drafts.iter().any(|draft| draft.kind == WordKind::LegalForm);
        if nature.is_none() && has_form {
            nature = Some(Nature::Organisation);
        }
        if let Some((last, first)) = comma(text).filter(|_| !has_form && nature != Some(Nature::Organisation))
        {
            let (family, family_cut) = self::drafts(last, Some(WordKind::Family));
            let (given, given_cut) = self::drafts(first, Some(WordKind::Given));
            if given.iter().any(|draft| draft.kind.carries()) {
                drafts = [given, family].concat();
                cut = family_cut || given_cut;
            }
        }
        PartyName::made(exact::forms(text), drafts, cut, nature)
    }

    /// Reads the name of a person whose parts are known; any may be empty.
    pub fn of_parts(given: &str, middle: &str, family: &str) -> Self {
        let parts = [
            (given, Some(WordKind::Given)),
            (middle, None),
            (family, Some(WordKind::Family)),
        ];
        let read = parts.map(|(text, kind)| drafts(text, kind));
        let cut = read.iter().any(|(_, cut)| *cut);
        let drafts = read.into_iter().flat_map(|(drafts, _)| drafts).collect();
        let whole = format!("{given} {middle} {family}");
        PartyName::made(exact::forms(&whole), drafts, cut, Some(Nature::Person))
    }

    fn made(forms: Vec<String>, mut drafts: Vec<Draft>, cut: bool, nature: Option<Nature>) -> Self {
        fathers(&mut drafts);
        if matches!(nature, Some(Nature::Organisation | Nature::Vessel)) {
            drafts.iter_mut().for_each(Draft::as_number);
        }
        let cut = cut || drafts.len() > WORDS;
        drafts.truncate(WORDS);
        let legal = legal_of(&drafts);
        let words: Vec<Word> = drafts.into_iter().map(Draft::word).collect();
        PartyName {
            forms,
            initials: [false, true].map(|company| initials(&words, company)),
            spans: spans(&words),
            weight: words.iter().map(|word| word.weight).sum(),
            words,
            legal,
            nature,
            cut,
        }
    }

    /// Returns whether nothing can be compared in it.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }
}

fn initials(words: &[Word], company: bool) -> String {
    let counts = |word: &&Word| word.kind.carries() || (company && word.legal == Some(Legal::Any));
    let counting = words.iter().filter(counts);
    counting.filter_map(|word| word.text.chars().next()).collect()
}

/// The kind of liability of a name with several forms is that of the first which says one.
fn legal_of(drafts: &[Draft]) -> Option<Legal> {
    let mut forms = drafts.iter().filter_map(|draft| draft.legal);
    let first = forms.clone().next();
    forms.find(|form| *form != Legal::Any).or(first)
}

/// Returns what stands before and after the one comma of a name.
fn comma(text: &str) -> Option<(&str, &str)> {
    text.split_once(',').filter(|(_, first)| !first.contains(','))
}

/// A word while its name is read.
#[derive(Clone, Debug)]
struct Draft {
    text: String,
    kind: WordKind,
    legal: Option<Legal>,
    abjad: bool,
}

fn drafts(text: &str, part: Option<WordKind>) -> (Vec<Draft>, bool) {
    let (latin, cut) = latin::words(text);
    let texts: Vec<&str> = latin.iter().map(|word| word.text.as_str()).collect();
    let mut drafts: Vec<Draft> = Vec::with_capacity(latin.len());
    let mut at = 0;
    while let Some(word) = latin.get(at) {
        let rest = texts.get(at..).unwrap_or_default();
        let form = part.is_none().then(|| words::legal(rest, at == 0)).flatten();
        let Some((legal, count)) = form.filter(|(_, count)| *count < texts.len()) else {
            drafts.push(draft(word, part, at == 0));
            at += 1;
            continue;
        };
        let spelt = rest.get(..count).unwrap_or_default();
        drafts.push(Draft {
            text: spelt.join(" "),
            kind: WordKind::LegalForm,
            legal: Some(legal),
            abjad: word.abjad,
        });
        at += count;
    }
    tens(&mut drafts);
    (drafts, cut)
}

fn draft(word: &LatinWord, part: Option<WordKind>, first: bool) -> Draft {
    let text = words::written_out(&word.text).unwrap_or(&word.text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.len() - digits;
    let (text, kind) = match words::particle(text) {
        _ if let Some(number) = ordinal(text) => (number.to_owned(), WordKind::Number),
        _ if letters >= 2 && letters > digits && digits > 0 => (unmasked(text), WordKind::Word),
        _ if digits > 0 => (text.to_owned(), WordKind::Number),
        _ if let Some(number) = words::number(text) => (number.to_string(), WordKind::Number),
        _ if text.len() == 1 => (text.to_owned(), WordKind::Initial),
        // At the beginning it is Benjamin.
        Some(stands) if !(first && text == "ben") => (stands.to_owned(), WordKind::Particle),
        _ if words::is_title(text) => (text.to_owned(), WordKind::Title),
        _ if words::is_patronymic(text) => (text.to_owned(), WordKind::Patronymic),
        _ => (text.to_owned(), part.unwrap_or(WordKind::Word)),
    };
    Draft {
        text,
        kind,
        legal: None,
        abjad: word.abjad,
    }
}

/// 1st, 22nd.
fn ordinal(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = text.split_at(end);
    (!number.is_empty() && matches!(rest, "st" | "nd" | "rd" | "th")).then_some(number)
}

/// Digits that stand for the letters they look like.
fn unmasked(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Forty four is one number.
fn tens(drafts: &mut Vec<Draft>) {
    let value = |draft: &Draft| -> Option<u32> {
        let number = draft.text.parse().ok();
        number.filter(|_| draft.kind == WordKind::Number)
    };
    let mut at = 1;
    while at < drafts.len() {
        let pair = (drafts.get(at - 1).and_then(value), drafts.get(at).and_then(value));
        match (pair, drafts.get_mut(at - 1)) {
            ((Some(ten), Some(unit)), Some(first))
                if (20..100).contains(&ten) && ten % 10 == 0 && (1..10).contains(&unit) =>
            {
                first.text = (ten + unit).to_string();
                drafts.remove(at);
            }
            _ => at += 1,
        }
    }
}

/// Of "X bin Y" X is the given name and Y the father's; in a family name after a comma they are part of that.
fn fathers(drafts: &mut [Draft]) {
    let is_of = |draft: &Draft| {
        draft.kind == WordKind::Particle && matches!(draft.text.as_str(), words::SON_OF | words::DAUGHTER_OF)
    };
    let links: Vec<usize> = (0..drafts.len())
        .filter(|at| drafts.get(*at).is_some_and(is_of))
        .collect();
    for at in links {
        let next = drafts.get_mut(at + 1);
        let next = next.filter(|draft| matches!(draft.kind, WordKind::Word | WordKind::Given));
        let Some(next) = next else { continue };
        next.kind = WordKind::Patronymic;
        let before = at.checked_sub(1).and_then(|before| drafts.get_mut(before));
        if let Some(before) = before.filter(|draft| draft.kind == WordKind::Word) {
            before.kind = WordKind::Given;
        }
    }
}

impl Draft {
    /// In the name of a company or ship a Roman numeral is a number.
    fn as_number(&mut self) {
        let number = match (self.kind, self.text.as_str()) {
            (WordKind::Initial, "i") => "1",
            (WordKind::Initial, "v") => "5",
            (WordKind::Initial, "x") => "10",
            _ => return,
        };
        self.kind = WordKind::Number;
        self.text = number.to_owned();
    }

    fn word(self) -> Word {
        let sound = Sound::of(&self.text);
        Word {
            weight: rarity::weight(self.kind, &sound),
            called: if self.kind.is_name() {
                words::called(&self.text)
            } else {
                0
            },
            sound,
            text: self.text,
            kind: self.kind,
            abjad: self.abjad,
            legal: self.legal,
        }
    }
}

fn spans(words: &[Word]) -> Vec<Span> {
    let mut spans = Vec::new();
    for start in 0..words.len() {
        for count in 2..=JOINED {
            let Some(parts) = words.get(start..start + count) else {
                break;
            };
            let text: String = parts.iter().map(|word| word.text.as_str()).collect();
            let joins =
                parts.iter().all(|word| !word.text.contains(' ')) && text.len() <= super::sound::LENGTH;
            if joins {
                spans.push(Span {
                    start,
                    count,
                    sound: Sound::of(&text),
                    text,
                });
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, WordKind)> {
        let name = PartyName::new(text, None);
        name.words
            .into_iter()
            .map(|word| (word.text, word.kind))
            .collect()
    }

    fn kinds(text: &str) -> Vec<WordKind> {
        read(text).into_iter().map(|(_, kind)| kind).collect()
    }

    #[test]
    fn words_are_told_by_what_they_are() {
        use WordKind::{Family, Given, Initial, LegalForm, Number, Particle, Patronymic, Title, Word};
        assert_eq!(
            kinds("PUTIN, Vladimir Vladimirovich"),
            [Given, Patronymic, Family]
        );
        assert_eq!(kinds("Salman bin Muhammad"), [Given, Particle, Patronymic]);
        assert_eq!(kinds("Dr. J. Smith"), [Title, Initial, Word]);
        assert_eq!(kinds("Open Joint Stock Company Gazprom"), [LegalForm, Word]);
        assert_eq!(kinds("Brigade Forty-Four"), [Word, Number]);
        assert_eq!(kinds("Example Fund I, Ltd."), [Word, Word, Number, LegalForm]);
        assert_eq!(read("1st Bank Int’l")[0].0, "1");
        assert_eq!(read("Ig0r Sech1n")[1].0, "sechin");
        assert_eq!(kinds("CORP"), [Word]);
    }
}
