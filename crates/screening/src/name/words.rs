//! Words that mean the same in every name: legal forms, titles, particles, numbers, short forms. The tables are part of the
//! algorithm and frozen with it.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// What kind of liability a legal form stands for. Two names whose forms are of different kinds are two companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Legal {
    /// Limited liability: Ltd, GmbH, LLC, OOO.
    Limited,
    /// Shares: AG, S.A., plc, OAO.
    Stock,
    /// Partners: LP, KG.
    Partners,
    /// No profit: ANO, e.V.
    Charity,
    /// Company, corporation, incorporated: said of every kind.
    Any,
}

/// Legal forms by their words, longest first; one that is longer goes before its beginning.
const LEGAL: &[(&str, Legal)] = &[
    ("obshchestvo s ogranichennoy otvetstvennostyu", Legal::Limited),
    ("obshchestvo s ogranichennoi otvetstvennostiu", Legal::Limited),
    ("limited liability partnership", Legal::Partners),
    ("societatea cu raspundere limitata", Legal::Limited),
    ("sociedad de responsabilidad limitada", Legal::Limited),
    ("societe a responsabilite limitee", Legal::Limited),
    ("gesellschaft mit beschrankter haftung", Legal::Limited),
    ("spolka z ograniczona odpowiedzialnoscia", Legal::Limited),
    ("publichnoe aktsionernoe obshchestvo", Legal::Stock),
    ("otkrytoe aktsionernoe obshchestvo", Legal::Stock),
    ("zakrytoe aktsionernoe obshchestvo", Legal::Stock),
    ("public joint stock company", Legal::Stock),
    ("open joint stock company", Legal::Stock),
    ("closed joint stock company", Legal::Stock),
    ("private joint stock company", Legal::Stock),
    ("public limited company", Legal::Stock),
    ("limited liability company", Legal::Limited),
    ("limited liability co", Legal::Limited),
    ("private limited", Legal::Limited),
    ("aktsionernoe obshchestvo", Legal::Stock),
    ("joint stock company", Legal::Stock),
    ("joint stock co", Legal::Stock),
    ("limited partnership", Legal::Partners),
    ("sociedad anonima", Legal::Stock),
    ("societe anonyme", Legal::Stock),
    ("sherkat sahami khass", Legal::Stock),
    ("sherkat sahami aam", Legal::Stock),
    ("sherkat", Legal::Any),
    ("sp z o o", Legal::Limited),
    ("sp z oo", Legal::Limited),
    ("sp zoo", Legal::Limited),
    ("spol s r o", Legal::Limited),
    ("spol sro", Legal::Limited),
    ("sa de cv", Legal::Stock),
    ("s a de c v", Legal::Stock),
    ("s de rl de cv", Legal::Limited),
    ("s de rl", Legal::Limited),
    ("co ltd", Legal::Limited),
    ("company limited", Legal::Limited),
    ("co limited", Legal::Limited),
    ("company ltd", Legal::Limited),
    ("pty ltd", Legal::Limited),
    ("pte ltd", Legal::Limited),
    ("pvt ltd", Legal::Limited),
    ("sdn bhd", Legal::Limited),
    ("gmbh co kg", Legal::Partners),
    ("g m b h", Legal::Limited),
    ("l l c", Legal::Limited),
    ("s r l", Legal::Limited),
    ("o o o", Legal::Limited),
    ("s a", Legal::Stock),
    ("a g", Legal::Stock),
    ("a s", Legal::Stock),
    ("ltd", Legal::Limited),
    ("limited", Legal::Limited),
    ("ltda", Legal::Limited),
    ("limitada", Legal::Limited),
    ("llc", Legal::Limited),
    ("gmbh", Legal::Limited),
    ("ooo", Legal::Limited),
    ("too", Legal::Limited),
    ("tov", Legal::Limited),
    ("srl", Legal::Limited),
    ("sarl", Legal::Limited),
    ("sro", Legal::Limited),
    ("doo", Legal::Limited),
    ("ood", Legal::Limited),
    ("eood", Legal::Limited),
    ("kft", Legal::Limited),
    ("bv", Legal::Limited),
    ("bvba", Legal::Limited),
    ("bhd", Legal::Limited),
    ("fze", Legal::Limited),
    ("fzc", Legal::Limited),
    ("fzco", Legal::Limited),
    ("fz llc", Legal::Limited),
    ("oy", Legal::Limited),
    ("aps", Legal::Limited),
    ("sia", Legal::Limited),
    ("uab", Legal::Limited),
    ("eirl", Legal::Limited),
    ("aktiengesellschaft", Legal::Stock),
    ("aktiengeselschaft", Legal::Stock),
    ("ag", Legal::Stock),
    ("sa", Legal::Stock),
    ("sas", Legal::Stock),
    ("spa", Legal::Stock),
    ("nv", Legal::Stock),
    ("plc", Legal::Stock),
    ("jsc", Legal::Stock),
    ("ojsc", Legal::Stock),
    ("cjsc", Legal::Stock),
    ("pjsc", Legal::Stock),
    ("oao", Legal::Stock),
    ("zao", Legal::Stock),
    ("pao", Legal::Stock),
    ("oaoo", Legal::Stock),
    ("kgaa", Legal::Stock),
    ("ao", Legal::Stock),
    ("ooao", Legal::Stock),
    ("ab", Legal::Stock),
    ("asa", Legal::Stock),
    ("oyj", Legal::Stock),
    ("saog", Legal::Stock),
    ("sal", Legal::Stock),
    ("se", Legal::Stock),
    ("llp", Legal::Partners),
    ("lp", Legal::Partners),
    ("kg", Legal::Partners),
    ("ohg", Legal::Partners),
    ("ano", Legal::Charity),
    ("ev", Legal::Charity),
    ("nko", Legal::Charity),
    ("corporation", Legal::Any),
    ("company", Legal::Any),
    ("incorporated", Legal::Any),
    ("corp", Legal::Any),
    ("inc", Legal::Any),
    ("co", Legal::Any),
    ("cia", Legal::Any),
    ("compania", Legal::Any),
];

/// Legal forms of two letters that are names or particles elsewhere: they count at the end or beginning alone.
const AT_AN_END: [&str; 9] = ["ab", "ag", "ao", "as", "co", "oy", "sa", "se", "ev"];

/// What stands before or after a name and is none.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "professor",
    "eng",
    "engineer",
    "sir",
    "lord",
    "monsieur",
    "madame",
    "mme",
    "mister",
    "president",
    "prasident",
    "prezident",
    "minister",
    "king",
    "prince",
    "princess",
    "general",
    "gen",
    "colonel",
    "col",
    "major",
    "captain",
    "capt",
    "lt",
    "brigadier",
    "admiral",
    "sheikh",
    "shaikh",
    "shaykh",
    "sheik",
    "cheikh",
    "mullah",
    "mulla",
    "maulavi",
    "mawlawi",
    "maulawi",
    "mawlana",
    "maulana",
    "molavi",
    "qari",
    "hafiz",
    "haji",
    "hajji",
    "hadji",
    "hajj",
    "alhaj",
    "sayyid",
    "sayed",
    "sayyed",
    "seyyed",
    "syed",
    "ustad",
    "ustaz",
    "ayatollah",
    "imam",
    "emir",
    "amir",
    "senor",
    "herr",
    "frau",
    "don",
    "doctor",
    "jr",
    "sr",
    "mv",
    "mt",
    "ms",
    "ss",
    "esq",
    "phd",
    "hojatoleslam",
    "hojjatoleslam",
];

/// Small words, each with what it stands for: forms of one word are one.
const PARTICLES: &[(&str, &str)] = &[
    ("bin", "bin"),
    ("ben", "bin"),
    ("ibn", "bin"),
    ("bint", "bint"),
    ("binti", "bint"),
    ("ould", "bin"),
    ("uld", "bin"),
    ("wuld", "bin"),
    ("al", "al"),
    ("el", "al"),
    ("ul", "al"),
    ("as", "al"),
    ("ar", "al"),
    ("ash", "al"),
    ("an", "al"),
    ("ad", "al"),
    ("at", "al"),
    ("az", "al"),
    ("eddin", "al"),
    ("de", "de"),
    ("del", "de"),
    ("della", "de"),
    ("di", "de"),
    ("da", "de"),
    ("do", "de"),
    ("dos", "de"),
    ("das", "de"),
    ("du", "de"),
    ("des", "de"),
    ("la", "la"),
    ("las", "la"),
    ("los", "la"),
    ("le", "la"),
    ("les", "la"),
    ("van", "von"),
    ("von", "von"),
    ("der", "der"),
    ("den", "der"),
    ("y", "and"),
    ("e", "and"),
    ("i", "and"),
    ("and", "and"),
    ("und", "and"),
    ("et", "and"),
    ("the", "the"),
    ("of", "of"),
    ("for", "for"),
    ("in", "in"),
    ("on", "on"),
    ("to", "to"),
    ("a", "a"),
    ("and", "and"),
];

/// Written before a father's name.
pub(super) const SON_OF: &str = "bin";
pub(super) const DAUGHTER_OF: &str = "bint";

/// How a Russian, Ukrainian or Belarusian patronymic ends.
const PATRONYMICS: [&str; 14] = [
    "ovich", "evich", "ovych", "evych", "ovitch", "evitch", "ovna", "evna", "ivna", "yevich", "yevna",
    "ichna", "inichna", "yovych",
];

/// Numbers in words; a ten and a unit that follows are one number.
const NUMBERS: &[(&str, u8)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("ii", 2),
    ("iii", 3),
    ("iv", 4),
    ("vi", 6),
    ("vii", 7),
    ("viii", 8),
    ("ix", 9),
];

/// Short forms of words of companies, written out.
const SHORT: &[(&str, &str)] = &[
    ("intl", "international"),
    ("int", "international"),
    ("natl", "national"),
    ("bros", "brothers"),
    ("mfg", "manufacturing"),
    ("univ", "university"),
    ("govt", "government"),
    ("dept", "department"),
    ("assn", "association"),
    ("assoc", "association"),
    ("inst", "institute"),
    ("ind", "industries"),
    ("inds", "industries"),
    ("engg", "engineering"),
    ("tech", "technology"),
    ("grp", "group"),
    ("bk", "bank"),
    ("st", "saint"),
    ("svcs", "services"),
    ("trdg", "trading"),
    ("gral", "general"),
    ("hldg", "holding"),
    ("hldgs", "holdings"),
];

/// Given names and what their bearers are called; the first of a row is the full name.
const CALLED: &[&[&str]] = &[
    &["alexander", "alex", "sasha", "aleksandr", "alexandr", "sacha"],
    &["andrew", "andy", "drew"],
    &["anthony", "tony", "antony", "antoine", "antonio"],
    &["barack", "barry"],
    &["benjamin", "ben", "benny", "bibi", "binyamin"],
    &["charles", "charlie", "chuck"],
    &["christopher", "chris", "kit"],
    &["daniel", "dan", "danny"],
    &["david", "dave", "davy"],
    &["dmitry", "dima", "dmitri", "dmitriy", "dmitrii"],
    &["donald", "don", "donny"],
    &["edward", "ed", "eddie", "ted", "ned"],
    &["elizabeth", "liz", "beth", "betty", "lisa", "eliza"],
    &["francisco", "paco", "pancho"],
    &["frederick", "fred", "freddy"],
    &["gregory", "greg"],
    &["guadalupe", "lupe"],
    &["ignacio", "nacho"],
    &["ivan", "vanya"],
    &["james", "jim", "jimmy", "jamie"],
    &["jennifer", "jenny", "jen"],
    &["jesus", "chucho", "chuy"],
    &["john", "jack", "johnny", "jon"],
    &["jonathan", "jon"],
    &["jose", "pepe"],
    &["joseph", "joe", "joey"],
    &["joshua", "josh"],
    &["katherine", "kate", "kathy", "katie"],
    &["konstantin", "kostya"],
    &["lawrence", "larry"],
    &["margaret", "maggie", "meg", "peggy"],
    &["matthew", "matt"],
    &["michael", "mike", "mick", "mickey"],
    &["mikhail", "misha"],
    &["nicholas", "nick", "nicky"],
    &["nikolai", "kolya", "nikolay"],
    &["patrick", "pat", "paddy"],
    &["peter", "pete"],
    &["philip", "phil"],
    &["rafael", "rafa"],
    &["richard", "rick", "dick", "rich", "richie"],
    &["robert", "bob", "rob", "bobby", "robbie"],
    &["ronald", "ron", "ronnie"],
    &["samuel", "sam", "sammy"],
    &["sergei", "seryozha", "sergey"],
    &["stephen", "steve", "steven"],
    &["theodore", "ted", "teddy"],
    &["thomas", "tom", "tommy"],
    &["timothy", "tim"],
    &["victoria", "vicky"],
    &["vladimir", "vova", "volodya"],
    &["william", "bill", "will", "billy", "willy"],
    &["yevgeny", "zhenya", "evgeny", "yevgeniy"],
    &["yuri", "yura", "yury"],
];

/// The tables by word.
struct Tables {
    legal: HashMap<&'static str, Vec<(&'static str, Legal)>>,
    titles: HashSet<&'static str>,
    particles: HashMap<&'static str, &'static str>,
    numbers: HashMap<&'static str, u8>,
    short: HashMap<&'static str, &'static str>,
    called: HashMap<&'static str, u64>,
}

fn tables() -> &'static Tables {
    static READ: OnceLock<Tables> = OnceLock::new();
    READ.get_or_init(|| {
        let mut legal: HashMap<&str, Vec<(&str, Legal)>> = HashMap::new();
        for (form, kind) in LEGAL {
            let first = form.split(' ').next().unwrap_or(form);
            legal.entry(first).or_default().push((form, *kind));
        }
        let mut called: HashMap<&str, u64> = HashMap::new();
        for (at, row) in CALLED.iter().enumerate() {
            for name in *row {
                *called.entry(name).or_default() |= 1 << at;
            }
        }
        Tables {
            legal,
            titles: TITLES.iter().copied().collect(),
            particles: PARTICLES.iter().copied().collect(),
            numbers: NUMBERS.iter().copied().collect(),
            short: SHORT.iter().copied().collect(),
            called,
        }
    })
}

/// Returns the legal form that the words begin with and how many words it takes. `first` says whether the words begin
/// the name.
pub(super) fn legal(words: &[&str], first: bool) -> Option<(Legal, usize)> {
    let forms = tables().legal.get(words.first()?)?;
    forms.iter().find_map(|(form, legal)| {
        let parts = form.split(' ');
        let count = parts.clone().count();
        let begins = words.len() >= count && words.iter().zip(parts).all(|(word, part)| *word == part);
        let at_an_end = first || count == words.len();
        (begins && (at_an_end || !AT_AN_END.contains(form))).then_some((*legal, count))
    })
}

pub(super) fn is_title(word: &str) -> bool {
    tables().titles.contains(word)
}

pub(super) fn particle(word: &str) -> Option<&'static str> {
    tables().particles.get(word).copied()
}

pub(super) fn is_patronymic(word: &str) -> bool {
    word.len() > 6 && PATRONYMICS.iter().any(|end| word.ends_with(end))
}

pub(super) fn number(word: &str) -> Option<u8> {
    tables().numbers.get(word).copied()
}

pub(super) fn written_out(word: &str) -> Option<&'static str> {
    tables().short.get(word).copied()
}

/// Returns the rows of [`CALLED`] that a word stands in, a bit each.
pub(super) fn called(word: &str) -> u64 {
    tables().called.get(word).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_legal_form_goes_before_its_beginning() {
        for (at, (form, _)) in LEGAL.iter().enumerate() {
            let words: Vec<&str> = form.split(' ').collect();
            let first = LEGAL.iter().position(|(other, _)| {
                let other: Vec<&str> = other.split(' ').collect();
                words.starts_with(&other)
            });
            assert_eq!(first, Some(at), "{form}");
        }
        assert_eq!(legal(&["co", "ltd"], false), Some((Legal::Limited, 2)));
        assert_eq!(legal(&["as", "ali"], false), None);
    }

    #[test]
    fn every_row_of_callings_has_a_bit() {
        assert!(CALLED.len() <= 64);
        assert!(called("bibi") & called("benjamin") != 0);
        assert_eq!(called("boris"), 0);
    }
}
