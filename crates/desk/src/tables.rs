//! `ledger import` of files: each is told by its content. Transfer tables come in one by one; the tables of an export and the
//! answers of a NEM node belong together, whatever order they are given in, and come in behind them.

use crate::input::{Input, Inputs};
use crate::ledger::{ImportError, counting_rows, import};
use crate::progress::{Progress, Step};
use strongroom_ledger::{
    Imported, Ledger, LedgerError, Mapping, ethereum, is_about_export, nem, recognise_parquet,
};
use strongroom_model::{Gap, Limits};

/// Bytes that tell what a text is.
const HEAD: usize = 64 << 10;

/// The first bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";

/// What one import took, with the name that it goes by.
pub type FileImport = (String, Result<Imported, ImportError>);

/// What a file is.
enum Form {
    /// A transfer table as text, read as it streams.
    Table,
    /// A transfer table in Parquet.
    Parquet(Vec<u8>),
    /// A table of an export of an Ethereum chain.
    Export(Vec<u8>),
    /// An answer of a NEM node, or the nemesis block.
    Nem(Vec<u8>),
    /// What `ledger export` says of the tables beside it: nothing to import.
    About,
}

/// Imports files into a ledger of accounts. Returns what became of each, exports and answers of a node as one each.
pub fn import_files(
    ledger: &mut Ledger,
    inputs: &Inputs,
    limits: &Limits,
    progress: &Progress<'_>,
) -> Vec<FileImport> {
    let mut imports = Vec::new();
    let (mut export, mut answers) = (Vec::new(), Vec::new());
    for input in &inputs.files {
        let name = input.name.clone();
        let imported = match form(input, limits) {
            Ok(Form::Export(bytes)) => {
                export.push((name, bytes));
                continue;
            }
            Ok(Form::Nem(bytes)) => {
                answers.push((name, bytes));
                continue;
            }
            Ok(Form::About) => continue,
            Ok(Form::Parquet(bytes)) => counting_rows(progress, |told| {
                ledger.import_parquet(&name, &bytes, &Mapping::default(), told)
            })
            .map_err(ImportError::from),
            Ok(Form::Table) => import(ledger, input, progress),
            Err(error) => Err(error),
        };
        imports.push((name, imported));
    }
    if !export.is_empty() {
        imports.push((
            together("export", &export),
            import_export(ledger, &export, progress).map_err(ImportError::from),
        ));
    }
    if !answers.is_empty() {
        imports.push((
            together("NEM", &answers),
            import_answers(ledger, &answers, progress).map_err(ImportError::from),
        ));
    }
    imports
}

fn together(what: &str, files: &[(String, Vec<u8>)]) -> String {
    match files {
        [(name, _)] => name.clone(),
        [(first, _), others @ ..] => format!("{what} of {first} and {} more files", others.len()),
        [] => what.to_owned(),
    }
}

fn form(input: &Input, limits: &Limits) -> Result<Form, ImportError> {
    let head = input.head(HEAD)?;
    let whole = || -> Result<Vec<u8>, ImportError> {
        let content = input.read(limits)?;
        match content.gap {
            None => Ok(content.bytes),
            Some(gap) => Err(cut(input, &gap)),
        }
    };
    if head.starts_with(PARQUET) {
        let bytes = whole()?;
        return Ok(match ethereum::recognise(&bytes) {
            Some(_) if !recognise_parquet(&bytes) => Form::Export(bytes),
            _ => Form::Parquet(bytes),
        });
    }
    // Before transfer tables: their transactions look like one.
    if ethereum::recognise(&head).is_some() {
        return Ok(Form::Export(whole()?));
    }
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|byte| matches!(byte, b'{' | b'[') || !byte.is_ascii_graphic()) {
        let bytes = whole()?;
        if is_about_export(&bytes) {
            return Ok(Form::About);
        }
        if nem::recognise(&bytes) {
            return Ok(Form::Nem(bytes));
        }
    }
    Ok(Form::Table)
}

/// A file that is longer than what is read would be half an import.
fn cut(input: &Input, gap: &Gap) -> ImportError {
    ImportError::Ledger(LedgerError::NotATable {
        name: input.name.clone(),
        why: gap.why.clone(),
    })
}

fn import_export(
    ledger: &mut Ledger,
    files: &[(String, Vec<u8>)],
    progress: &Progress<'_>,
) -> Result<Imported, LedgerError> {
    let mut export = ethereum::Export::new();
    reading(files, progress, |name, bytes| export.add(name, bytes).map(|_| ()))?;
    let mut books = ethereum::Books::of(ethereum::Chain::ethereum());
    counting_rows(progress, |told| export.import(ledger, &mut books, told))
}

fn import_answers(
    ledger: &mut Ledger,
    files: &[(String, Vec<u8>)],
    progress: &Progress<'_>,
) -> Result<Imported, LedgerError> {
    let mut answers = nem::Answers::new();
    reading(files, progress, |name, bytes| answers.add(name, bytes))?;
    counting_rows(progress, |told| {
        answers.import(ledger, &mut nem::Books::new(), told)
    })
}

/// Hands files over one by one, and shows how far that is.
fn reading(
    files: &[(String, Vec<u8>)],
    progress: &Progress<'_>,
    mut add: impl FnMut(&str, &[u8]) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    progress(Step::Begin {
        what: "reading",
        total: files.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        bytes: true,
    });
    let read = files.iter().try_for_each(|(name, bytes)| {
        add(name, bytes)?;
        progress(Step::Advance(bytes.len() as u64));
        Ok(())
    });
    progress(Step::End);
    read
}
