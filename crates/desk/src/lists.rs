//! Lists: files that name wallets and parties, read from disk and put together into one set that can be asked.
//!
//! What a file is, its content tells. What it means to stand in a plain list of addresses, only its owner knows:
//! the caller says. A broken list is refused whole and named; the others are asked all the same.

use crate::input::{Input, InputError, Inputs};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use strongroom_model::{Limits, Report};
use strongroom_screening::{List, ListError, ListFile, ListKind, Lists, OfacFiles, Purpose, recognise};

/// Bytes that tell what a list is.
const HEAD: usize = 1 << 16;

/// Lists that can be asked, what stands in them as evidence, and what was refused.
#[derive(Debug)]
pub struct Loaded {
    /// The lists, in the order of their names.
    pub lists: Lists,
    /// One report for each file that was read.
    pub reports: Vec<Report>,
    /// What was refused, with its name.
    pub refused: Vec<Refused>,
}

/// A list that is not asked, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It could not be read from disk.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A line of it is broken.
    #[error("{name}: refused whole")]
    Broken {
        /// The name of the file.
        name: String,
        /// What is broken.
        #[source]
        cause: ListError,
    },
    /// Its content is no list that is known.
    #[error(
        "{name}: neither a list of parties, nor a list of addresses, nor a table of assets or tags (address, label, service)"
    )]
    NotAList {
        /// The name of the file.
        name: String,
    },
    /// Another file of the folder is the same part of OFAC's set: nothing says which of both counts.
    #[error("{name}: a second file of the same part of OFAC's set in one folder")]
    Twice {
        /// The name of the file.
        name: String,
    },
    /// A part of OFAC's set without `sdn.csv` beside it.
    #[error("{name}: part of OFAC's set without its sdn.csv beside it")]
    WithoutSdn {
        /// The name of the file.
        name: String,
    },
}

impl Refused {
    /// Returns the name of what was refused.
    pub fn name(&self) -> String {
        match self {
            Refused::Input(error) => error.path.display().to_string(),
            Refused::Broken { name, .. }
            | Refused::NotAList { name }
            | Refused::Twice { name }
            | Refused::WithoutSdn { name } => name.clone(),
        }
    }
}

/// Reads the lists that the paths name; a plain list of addresses means what the purpose says.
pub fn load(paths: &[(PathBuf, Purpose)], limits: &Limits) -> Loaded {
    let mut shelf = Shelf::default();
    for (path, purpose) in paths {
        let inputs = Inputs::below(std::slice::from_ref(path));
        shelf.refused.extend(inputs.errors.into_iter().map(Refused::from));
        for input in inputs.files {
            shelf.add(input, *purpose, limits);
        }
    }
    shelf.read(limits)
}

/// Reads the lists among files that were told apart already.
pub fn load_inputs(inputs: &[Input], purpose: Purpose, limits: &Limits) -> Loaded {
    let mut shelf = Shelf::default();
    for input in inputs {
        shelf.add(input.clone(), purpose, limits);
    }
    shelf.read(limits)
}

/// A list file in memory.
#[derive(Debug)]
struct Held {
    name: String,
    bytes: Vec<u8>,
    purpose: Purpose,
}

/// Files by what they are, OFAC's by the folder in which they stand together.
#[derive(Debug, Default)]
struct Shelf {
    ofac: BTreeMap<String, BTreeMap<ListKind, Held>>,
    plain: Vec<(ListKind, Held)>,
    refused: Vec<Refused>,
}

impl Shelf {
    fn add(&mut self, input: Input, purpose: Purpose, limits: &Limits) {
        let content = match input.read(limits) {
            Ok(content) => content,
            Err(error) => return self.refused.push(error.into()),
        };
        let kind = recognise(content.bytes.get(..HEAD).unwrap_or(&content.bytes));
        let held = Held {
            name: input.name,
            bytes: content.bytes,
            purpose,
        };
        // A list that was cut at a limit would answer "no hit" for what was cut off.
        let Some(kind) = kind.filter(|_| content.gap.is_none()) else {
            return self.refused.push(Refused::NotAList { name: held.name });
        };
        match kind {
            // Its tags' labels say who it is; the pack of actors names nobody's wallet.
            ListKind::ActorPack => {}
            ListKind::OfacSdn | ListKind::OfacAlt | ListKind::OfacAdd | ListKind::OfacComments => {
                let folder = held
                    .name
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder)
                    .to_owned();
                match self.ofac.entry(folder).or_default().entry(kind) {
                    Entry::Occupied(_) => self.refused.push(Refused::Twice { name: held.name }),
                    Entry::Vacant(free) => {
                        free.insert(held);
                    }
                }
            }
            _ => self.plain.push((kind, held)),
        }
    }

    fn read(mut self, limits: &Limits) -> Loaded {
        let mut lists = Vec::new();
        let mut reports = Vec::new();
        for set in std::mem::take(&mut self.ofac).into_values() {
            self.read_ofac(&set, limits, &mut lists, &mut reports);
        }
        for (kind, held) in std::mem::take(&mut self.plain) {
            let file = ListFile {
                name: &held.name,
                bytes: &held.bytes,
            };
            let list = List::read(kind, &held.name, None, held.purpose, file);
            self.keep(&held.name, list, &[file], limits, &mut lists, &mut reports);
        }
        lists.sort_by(|a: &List, b: &List| a.version().name.cmp(&b.version().name));
        reports.sort_by(|a: &Report, b: &Report| a.evidence.name.cmp(&b.evidence.name));
        Loaded {
            lists: Lists::new(lists),
            reports,
            refused: self.refused,
        }
    }

    fn read_ofac(
        &mut self,
        set: &BTreeMap<ListKind, Held>,
        limits: &Limits,
        lists: &mut Vec<List>,
        reports: &mut Vec<Report>,
    ) {
        let file = |kind| {
            set.get(&kind).map(|held: &Held| ListFile {
                name: &held.name,
                bytes: &held.bytes,
            })
        };
        let Some(sdn) = file(ListKind::OfacSdn) else {
            let orphans = set.values().map(|held| Refused::WithoutSdn {
                name: held.name.clone(),
            });
            return self.refused.extend(orphans);
        };
        let files = OfacFiles {
            sdn,
            alt: file(ListKind::OfacAlt),
            add: file(ListKind::OfacAdd),
            comments: file(ListKind::OfacComments),
        };
        let all: Vec<ListFile<'_>> = set
            .values()
            .map(|held| ListFile {
                name: &held.name,
                bytes: &held.bytes,
            })
            .collect();
        self.keep(
            sdn.name,
            List::ofac(sdn.name, None, &files),
            &all,
            limits,
            lists,
            reports,
        );
    }

    fn keep(
        &mut self,
        name: &str,
        list: Result<List, ListError>,
        files: &[ListFile<'_>],
        limits: &Limits,
        lists: &mut Vec<List>,
        reports: &mut Vec<Report>,
    ) {
        match list {
            Ok(list) => {
                reports.extend(files.iter().map(|file| list.report(*file, limits)));
                lists.push(list);
            }
            Err(cause) => self.refused.push(Refused::Broken {
                name: name.to_owned(),
                cause,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_editions_in_one_folder_are_not_one() {
        let folder = tempfile::tempdir().unwrap();
        let row = |number: u32| {
            format!(
                "{number},\"DOE, Jane\",\"individual\",\"CYBER2\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"-0-\"\r\n"
            )
        };
        for name in ["sdn-2023.csv", "sdn-2024.csv"] {
            std::fs::write(folder.path().join(name), row(1) + &row(2)).unwrap();
        }
        let loaded = load(
            &[(folder.path().to_owned(), Purpose::Sanctions)],
            &Limits::default(),
        );
        assert_eq!(loaded.lists.versions().len(), 1, "{:?}", loaded.refused);
        let refused = &loaded.refused[..];
        assert!(
            matches!(refused, [Refused::Twice { name }] if name.ends_with("sdn-2024.csv")),
            "{refused:?}"
        );
    }
}
