//! `intel`: threat reports to observables.

use crate::input::{Input, InputError, Inputs};
use crate::progress::{Progress, Step};
use rayon::prelude::*;
use std::path::PathBuf;
use strongroom_model::{Limits, Report};

/// Reads the reports that the paths name; folders are walked. The answers come in order.
pub fn intel(paths: &[PathBuf], limits: &Limits, progress: &Progress<'_>) -> Vec<Result<Report, InputError>> {
    let inputs = Inputs::below(paths);
    progress(Step::Begin {
        what: "reading reports",
        total: inputs.files.len() as u64,
        bytes: false,
    });
    let read = |input: &Input| {
        let report = read_report(input, limits);
        progress(Step::Advance(1));
        report
    };
    let reports: Vec<_> = inputs.files.par_iter().map(read).collect();
    progress(Step::End);
    reports
        .into_iter()
        .chain(inputs.errors.into_iter().map(Err))
        .collect()
}

/// Reads one report.
pub fn read_report(input: &Input, limits: &Limits) -> Result<Report, InputError> {
    let content = input.read(limits)?;
    let mut report = strongroom_intel::examine(&input.name, &content.bytes, limits);
    report.gaps.extend(content.gap);
    Ok(report)
}
