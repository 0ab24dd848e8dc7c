//! Examining a file of which nobody knows what it is: prose and feeds go to `intel`, anything else to `files`, and what may be
//! both to both.

use crate::input::{Input, InputError, Inputs};
use crate::inspect::{InspectOptions, inspect_file};
use crate::intel::{read_named, read_report};
use crate::known::Known;
use crate::progress::{Progress, Step};
use rayon::prelude::*;
use std::path::PathBuf;
use strongroom_model::{Kind, Report, Role};

/// Examines one file.
///
/// # Errors
/// Where the file cannot be read.
pub fn examine(input: &Input, options: &InspectOptions) -> Result<Report, InputError> {
    let mut report = inspect_file(input, options)?;
    match report.evidence.kind {
        kind if is_prose(kind) => read_report(input, &options.limits),
        Kind::Json => {
            let read = read_report(input, &options.limits)?;
            // JSON that is no feed is whatever it is.
            Ok(if read.evidence.kind == Kind::Json {
                read
            } else {
                report
            })
        }
        Kind::Html | Kind::Pdf => {
            // A page or document may act and report: what it says itself to be an indicator is one.
            for one in read_named(input, &options.limits)? {
                if one.tier.is_attributed() {
                    report.sight(one.observable, Role::Indicator);
                }
            }
            Ok(report)
        }
        _ => Ok(report),
    }
}

/// Examines files, many at once; the answers come in their order.
pub fn examine_all(
    inputs: &[Input],
    options: &InspectOptions,
    progress: &Progress<'_>,
) -> Vec<Result<Report, InputError>> {
    progress(Step::Begin {
        what: "examining",
        total: inputs.len() as u64,
        bytes: false,
    });
    let one = |input: &Input| {
        let report = examine(input, options);
        progress(Step::Advance(1));
        report
    };
    let reports = inputs.par_iter().map(one).collect();
    progress(Step::End);
    reports
}

/// Returns what is known from the files that the paths name, and which of them could not be read.
pub fn known_from(
    paths: &[PathBuf],
    options: &InspectOptions,
    progress: &Progress<'_>,
) -> (Known, Vec<InputError>) {
    let inputs = Inputs::below(paths);
    let mut errors = inputs.errors;
    let mut reports = Vec::new();
    for report in examine_all(&inputs.files, options, progress) {
        match report {
            Ok(report) => reports.push(report),
            Err(error) => errors.push(error),
        }
    }
    (Known::of(&reports), errors)
}

/// Kinds that people write and that name observables: nothing in them can run.
const fn is_prose(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Csv)
}
