//! `lists …`.

use crate::args::{Lists as Args, PurposeArg};
use crate::paint::safe_line;
use crate::print;
use crate::terminal::Terminal;
use serde::Serialize;
use std::path::Path;
use strongroom_desk::{Outcome, Purpose, Shelf, ShelfRecord, Shelved, Shelving, shelve};
use strongroom_model::Limits;

/// The schema of what `add`, `update` and `show` answer.
const LISTS_SCHEMA: &str = "strongroom.lists/1";

/// A version on the shelf, as it goes out.
#[derive(Serialize)]
struct RecordLine<'a> {
    schema: &'static str,
    #[serde(flatten)]
    record: &'a ShelfRecord,
    /// Whether it is the version that is asked.
    in_force: bool,
    /// Of `add` and `update`: whether it was not there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<bool>,
}

/// Fills the shelf, or looks at it.
pub fn run(args: Args, terminal: &Terminal) -> anyhow::Result<Outcome> {
    match args {
        Args::Add {
            list,
            paths,
            shelf,
            date,
            purpose,
        } => {
            let shelving = Shelving {
                list,
                paths,
                date,
                purpose: Some(purpose.into()),
                may_shrink: false,
            };
            put(&shelf, &shelving, terminal)
        }
        Args::Update {
            list,
            paths,
            shelf,
            date,
            expect_loss,
        } => {
            let shelving = Shelving {
                list,
                paths,
                date,
                purpose: None,
                may_shrink: expect_loss,
            };
            put(&shelf, &shelving, terminal)
        }
        Args::Show { list, shelf } => show(&shelf, list.as_deref(), terminal),
        Args::Diff {
            list,
            shelf,
            from,
            to,
        } => {
            let diff = Shelf::open(&shelf)?.diff(&list, from, to)?;
            terminal.show(&diff, print::list_diff)?;
            Ok(Outcome::Nothing)
        }
    }
}

impl From<PurposeArg> for Purpose {
    fn from(purpose: PurposeArg) -> Self {
        match purpose {
            PurposeArg::Sanctions => Purpose::Sanctions,
            PurposeArg::Stolen => Purpose::StolenFunds,
            PurposeArg::Watch => Purpose::Watch,
        }
    }
}

fn put(shelf: &Path, shelving: &Shelving, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let (record, new) = match shelve(shelf, shelving, &Limits::default())? {
        Shelved::New(record) => (record, true),
        Shelved::Unchanged(record) => (record, false),
    };
    line(&record, true, Some(new), terminal)?;
    Ok(Outcome::Nothing)
}

fn show(shelf: &Path, list: Option<&str>, terminal: &Terminal) -> anyhow::Result<Outcome> {
    let shelf = Shelf::open(shelf)?;
    if let Some(list) = list {
        shelf.record(list, None)?;
    }
    let in_force = shelf.in_force();
    let asked = shelf
        .records()
        .iter()
        .filter(|record| list.is_none_or(|list| record.list == list));
    for record in asked {
        line(record, in_force.contains(&record), None, terminal)?;
    }
    Ok(Outcome::Nothing)
}

fn line(record: &ShelfRecord, in_force: bool, new: Option<bool>, terminal: &Terminal) -> anyhow::Result<()> {
    let line = RecordLine {
        schema: LISTS_SCHEMA,
        record,
        in_force,
        new,
    };
    terminal.show(&line, |line, paint| {
        let record = line.record;
        let mark = match line.new {
            Some(true) => paint.good("new"),
            Some(false) => paint.dim("unchanged"),
            None if line.in_force => paint.good("in force"),
            None => paint.dim("earlier"),
        };
        let date = record
            .date
            .as_deref()
            .map_or_else(String::new, |date| format!(", of {}", safe_line(date)));
        format!(
            "{mark}  {} {}  {} entries, {} addresses{date}, added {}\n{}\n",
            paint.bold(&safe_line(&record.list)),
            record.version,
            record.entries,
            record.addresses,
            record.added,
            paint.dim(&format!("  {}", record.sha256)),
        )
    })
}
