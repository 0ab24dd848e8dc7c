//! OFAC's CSV set: `sdn.csv` (12 columns) with `alt.csv` (5), `add.csv` (6) and `sdn_comments.csv` (2), no header,
//! `-0- ` where nothing is known (Treasury, "SDN data specification"). The consolidated non-SDN list has the
//! same layout under other names.
//!
//! Strong aliases stand in `alt.csv`; weak ones and wallet addresses stand in the remarks alone, which are cut at
//! 1,000 characters and go on in `sdn_comments.csv`, in mid-word if need be.

pub(crate) mod advanced;
pub(crate) mod plain;
mod remarks;

use crate::entry::{Alias, AliasStrength, Entry, Place};
use crate::table::{Row, rows};
use crate::{ListError, ListFile};
use std::collections::HashMap;
use strongroom_model::{Gap, Why};

/// Where OFAC cuts the remarks.
const REMARKS: usize = 1_000;
/// The file that holds names and nothing else: without it addresses are still complete.
pub(crate) const NAMES_ALONE: &str = "alt.csv";
/// What stands where nothing is known.
const NOTHING: &str = "-0-";

/// Before an asset's code, in remarks, in papers and in types of features; asset codes are never listed here.
const ADDRESS: &str = "Digital Currency Address - ";

/// Returns a name as OFAC's table writes it: `LAST, First`.
fn known_as(last: Option<String>, first: Option<String>) -> Option<String> {
    match (last, first) {
        (Some(last), Some(first)) => Some(format!("{last}, {first}")),
        (one, None) | (None, one) => one,
    }
}

/// Returns the kind of an alias as the table writes it, of `A.K.A.` or `a.k.a.`; a name that is called a name is one more.
fn aka_kind(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "f.k.a." => "fka",
        "n.k.a." => "nka",
        _ => "aka",
    }
}

/// The files of one publication of the list. Without the last three the list loads and says what it lacks.
#[derive(Clone, Copy, Debug)]
pub struct OfacFiles<'a> {
    /// `sdn.csv`: the entries.
    pub sdn: ListFile<'a>,
    /// `alt.csv`: strong aliases.
    pub alt: Option<ListFile<'a>>,
    /// `add.csv`: postal addresses.
    pub add: Option<ListFile<'a>>,
    /// `sdn_comments.csv`: what the remarks had no room for.
    pub comments: Option<ListFile<'a>>,
}

/// Entries by their number while the other files are read onto them.
struct Set {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
}

/// Reads the set; refuses it whole for one broken line or one row that belongs to no entry.
pub(crate) fn read(files: &OfacFiles<'_>) -> Result<(Vec<Entry>, Vec<Gap>), ListError> {
    let mut set = Set::of(files.sdn)?;
    if let Some(file) = files.alt {
        set.read(file, 5, |entry, row| entry.aliases.extend(alias(row)))?;
    }
    if let Some(file) = files.add {
        set.read(file, 6, |entry, row| entry.places.extend(place(row)))?;
    }
    let cut = set.cut();
    match files.comments {
        Some(file) => set.read(file, 2, |entry, row| entry.remarks.push_str(row.raw(1)))?,
        None => set.drop_cut_phrases(),
    }
    for entry in &mut set.entries {
        remarks::read(files.sdn.name, entry)?;
    }
    let lacks = [
        lack(files.alt, NAMES_ALONE, "strong aliases are not known".to_owned()),
        lack(
            files.comments.or((cut == 0).then_some(files.sdn)),
            "sdn_comments.csv",
            format!("the remarks of {cut} entries are cut short, addresses and weak aliases with them"),
        ),
    ];
    Ok((set.entries, lacks.into_iter().flatten().collect()))
}

fn lack(file: Option<ListFile<'_>>, name: &str, what: String) -> Option<Gap> {
    file.is_none()
        .then(|| Gap::new(name, Why::Truncated, format!("the file was not given; {what}")))
}

impl Set {
    fn of(file: ListFile<'_>) -> Result<Self, ListError> {
        let mut set = Set {
            entries: Vec::new(),
            by_id: HashMap::new(),
        };
        for row in rows(file.name, file.bytes, Some(12))? {
            let entry = entry(file.name, &row)?;
            if set.by_id.insert(entry.id.clone(), set.entries.len()).is_some() {
                return Err(ListError::field(
                    file.name,
                    row.line,
                    "an entry number of its own",
                    &entry.id,
                ));
            }
            set.entries.push(entry);
        }
        if set.entries.is_empty() {
            return Err(ListError::Empty {
                file: file.name.to_owned(),
            });
        }
        Ok(set)
    }

    fn read(
        &mut self,
        file: ListFile<'_>,
        columns: usize,
        add: impl Fn(&mut Entry, &Row),
    ) -> Result<(), ListError> {
        for row in rows(file.name, file.bytes, Some(columns))? {
            let id = number(file.name, &row)?;
            let entry = self.by_id.get(id).and_then(|at| self.entries.get_mut(*at));
            let entry =
                entry.ok_or_else(|| ListError::field(file.name, row.line, "the number of an entry", id))?;
            add(entry, &row);
        }
        Ok(())
    }

    /// Returns how many entries have remarks as long as they get.
    fn cut(&self) -> usize {
        self.entries.iter().filter(|entry| is_cut(entry)).count()
    }

    /// Half an address is no address: without the rest, the phrase that was cut is left out.
    fn drop_cut_phrases(&mut self) {
        for entry in self.entries.iter_mut().filter(|entry| is_cut(entry)) {
            let whole = entry.remarks.rfind(';').unwrap_or(0);
            entry.remarks.truncate(whole);
        }
    }
}

fn is_cut(entry: &Entry) -> bool {
    entry.remarks.chars().count() >= REMARKS
}

fn number<'a>(file: &str, row: &'a Row) -> Result<&'a str, ListError> {
    let id = row.field(0);
    let is_number = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    is_number
        .then_some(id)
        .ok_or_else(|| ListError::field(file, row.line, "an entry number", id))
}

fn known(text: &str) -> Option<String> {
    (!text.is_empty() && text != NOTHING).then(|| text.to_owned())
}

fn entry(file: &str, row: &Row) -> Result<Entry, ListError> {
    let id = number(file, row)?.to_owned();
    let party =
        known(row.field(1)).ok_or_else(|| ListError::field(file, row.line, "a name", row.field(1)))?;
    Ok(Entry {
        id,
        line: row.line,
        party: Some(party),
        kind: known(row.field(2)),
        programs: known(row.field(3)).map_or_else(Vec::new, |text| programs(&text)),
        // Not trimmed: the next file goes on where this one was cut.
        remarks: known(row.field(11)).map_or_else(String::new, |_| row.raw(11).to_owned()),
        ..Entry::default()
    })
}

/// Several programs stand as `DPRK3] [CYBER2`.
fn programs(text: &str) -> Vec<String> {
    text.split("] [")
        .map(|program| program.trim_matches(['[', ']', ' ']).to_owned())
        .collect()
}

fn alias(row: &Row) -> Option<Alias> {
    Some(Alias {
        name: known(row.field(3))?,
        kind: row.field(2).to_owned(),
        strength: AliasStrength::Strong,
    })
}

fn place(row: &Row) -> Option<Place> {
    Place {
        street: known(row.field(2)),
        city: known(row.field(3)),
        country: known(row.field(4)),
    }
    .known()
}
