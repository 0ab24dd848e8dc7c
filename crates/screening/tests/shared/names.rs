//! Names for training and measuring: labelled pairs, the scores of OFAC's page, and the names of whole lists.

use std::path::Path;
use strongroom_screening::{List, ListFile, ListKind, Nature, OfacFiles, PartyName, Purpose};

/// A side of a labelled pair.
#[derive(Clone, Debug, Default)]
pub struct Side {
    pub name: String,
    pub given: String,
    pub middle: String,
    pub family: String,
}

impl Side {
    pub fn party(&self, nature: Option<Nature>) -> PartyName {
        if self.name.is_empty() {
            PartyName::of_parts(&self.given, &self.middle, &self.family)
        } else {
            PartyName::new(&self.name, nature)
        }
    }

    pub fn text(&self) -> String {
        if self.name.is_empty() {
            format!("{} {} {}", self.given, self.middle, self.family)
        } else {
            self.name.clone()
        }
    }
}

/// A labelled pair of `checks.yml`.
#[derive(Clone, Debug, Default)]
pub struct Check {
    pub matches: bool,
    pub schema: String,
    pub query: Side,
    pub candidate: Side,
}

impl Check {
    pub fn nature(&self) -> Option<Nature> {
        match self.schema.as_str() {
            "Person" => Some(Nature::Person),
            "Company" | "Organization" => Some(Nature::Organisation),
            "Vessel" => Some(Nature::Vessel),
            _ => None,
        }
    }
}

/// Reads the pairs: the file is of one layout, a key a line, with texts that may go on in the next.
pub fn checks(folder: &Path) -> Vec<Check> {
    let text = std::fs::read_to_string(folder.join("checks.yml")).expect("checks.yml is there");
    let mut checks: Vec<Check> = Vec::new();
    let mut in_candidate = false;
    let mut last: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') || trimmed == "checks:" {
            continue;
        }
        let (key, value) = trimmed.split_once(':').unwrap_or((trimmed, ""));
        let value = value.trim().trim_matches('"').to_owned();
        if key == "- match" {
            checks.push(Check {
                matches: value == "true",
                ..Check::default()
            });
            continue;
        }
        let Some(check) = checks.last_mut() else { continue };
        let side = if in_candidate {
            &mut check.candidate
        } else {
            &mut check.query
        };
        match key {
            "schema" => check.schema = value,
            "label" => {}
            "query" => in_candidate = false,
            "candidate" => in_candidate = true,
            "name" => side.name = value,
            "firstName" => side.given = value,
            "middleName" | "fatherName" => side.middle = value,
            "lastName" => side.family = value,
            _ => {
                assert_eq!(last.as_deref(), Some("name"), "{line}");
                side.name = format!("{} {trimmed}", side.name);
                continue;
            }
        }
        last = Some(key.to_owned());
    }
    checks
}

/// Returns query, result and score of OFAC's page; -1 where it gave none.
pub fn ofac_scores(folder: &Path) -> Vec<(String, String, i32)> {
    let text = std::fs::read(folder.join("ofac_fixtures.csv")).expect("ofac_fixtures.csv is there");
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| {
        let field = |at| row.get(at).unwrap_or_default().trim().to_owned();
        (field(0), field(1), field(2).parse().expect("a score"))
    })
    .collect()
}

/// The names of one entry.
#[derive(Clone, Debug)]
pub struct Listed {
    pub list: &'static str,
    pub nature: Option<Nature>,
    pub names: Vec<String>,
}

/// Returns OFAC's SDN and consolidated lists.
pub fn ofac_lists(lists: &Path) -> Vec<List> {
    let sets = [
        (
            "ofac-sdn",
            "ofac-sdn-2021",
            ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"],
        ),
        (
            "ofac-nonsdn",
            "ofac-nonsdn",
            [
                "cons_prim.csv",
                "cons_alt.csv",
                "cons_add.csv",
                "cons_comments.csv",
            ],
        ),
    ];
    let read = |(name, folder, files): (&str, &str, [&str; 4])| {
        let bytes = files.map(|file| std::fs::read(lists.join(folder).join(file)).expect("a list"));
        let [sdn, alt, add, comments] = &bytes;
        let file = |name, bytes| ListFile { name, bytes };
        let files = OfacFiles {
            sdn: file("sdn.csv", sdn),
            alt: Some(file("alt.csv", alt)),
            add: Some(file("add.csv", add)),
            comments: Some(file("sdn_comments.csv", comments)),
        };
        List::ofac(name, None, &files).expect("a list that is whole")
    };
    sets.into_iter().map(read).collect()
}

/// Returns the UN's list.
pub fn un_list(lists: &Path) -> List {
    let bytes = std::fs::read(lists.join("un/UN_consolidated.xml")).expect("the UN's list");
    let file = ListFile {
        name: "UN_consolidated.xml",
        bytes: &bytes,
    };
    List::read(ListKind::Un, "un", None, Purpose::Sanctions, file).expect("a list that is whole")
}

/// Returns the names of every entry of all lists.
pub fn listed(lists: &Path) -> Vec<Listed> {
    let mut all = Vec::new();
    let read = ofac_lists(lists).into_iter().chain([un_list(lists)]);
    for (list, name) in read.zip(["ofac-sdn", "ofac-nonsdn", "un"]) {
        for entry in list.entries() {
            let aliases = entry.aliases.iter().map(|alias| alias.name.clone());
            all.push(Listed {
                list: name,
                nature: entry.nature(),
                names: entry.party.iter().cloned().chain(aliases).collect(),
            });
        }
    }
    all
}
