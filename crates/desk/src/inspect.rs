//! `inspect`: files to reports, many at once, in the order in which they were named.

use crate::input::{Input, InputError, Inputs};
use crate::progress::{Progress, Step};
use crate::watchdog::{self, Ended};
use rayon::prelude::*;
use std::path::PathBuf;
use strongroom_model::{Evidence, EvidenceId, Gap, Kind, Limits, Report, Why};

/// How files are inspected.
#[derive(Clone, Debug)]
pub struct InspectOptions {
    /// The bounds.
    pub limits: Limits,
    /// Seconds of wall time after which a file is given up on.
    pub seconds: u64,
    /// Passwords to try on what is locked.
    pub passwords: Vec<String>,
}

impl Default for InspectOptions {
    fn default() -> Self {
        InspectOptions {
            limits: Limits::default(),
            seconds: 300,
            passwords: Vec::new(),
        }
    }
}

/// Inspects the files that the paths name; folders are walked.
///
/// Returns one answer per file, in order. A path that cannot be read is an error of its own, and the rest go
/// on.
pub fn inspect(
    paths: &[PathBuf],
    options: &InspectOptions,
    progress: &Progress<'_>,
) -> Vec<Result<Report, InputError>> {
    let inputs = Inputs::below(paths);
    progress(Step::Begin {
        what: "inspecting",
        total: inputs.files.len() as u64,
        bytes: false,
    });
    let reports: Vec<_> = inputs
        .files
        .par_iter()
        .map(|input| {
            let report = inspect_file(input, options);
            progress(Step::Advance(1));
            report
        })
        .collect();
    progress(Step::End);
    reports
        .into_iter()
        .chain(inputs.errors.into_iter().map(Err))
        .collect()
}

/// Inspects one file.
pub fn inspect_file(input: &Input, options: &InspectOptions) -> Result<Report, InputError> {
    let content = input.read(&options.limits)?;
    Ok(inspect_bytes(&input.name, content.bytes, content.gap, options))
}

/// Inspects bytes that somebody handed in under a name. A gap says that they are not all there is.
pub fn inspect_bytes(name: &str, bytes: Vec<u8>, gap: Option<Gap>, options: &InspectOptions) -> Report {
    let (id, size) = (EvidenceId::of(&bytes), bytes.len() as u64);
    let (own_name, limits) = (name.to_owned(), options.limits.clone());
    let own = strongroom_files::Options {
        passwords: options.passwords.clone(),
    };
    let ended = watchdog::run(options.seconds, move || {
        strongroom_files::examine_with(&own_name, &bytes, &limits, &own)
    });
    let unread = |gap| {
        let mut report = Report::new(Evidence {
            id,
            name: name.to_owned(),
            size,
            kind: Kind::Unknown,
        });
        report.gap(gap);
        report
    };
    let mut report = match ended {
        Ended::Returned(report) => report,
        Ended::TimedOut => unread(Gap::new(
            "content",
            Why::TimedOut,
            format!("{} s of wall time", options.seconds),
        )),
        Ended::Panicked => unread(Gap::new(
            "content",
            Why::Unsupported,
            "the examination broke off: a bug of ours",
        )),
    };
    report.gaps.extend(gap);
    report
}
