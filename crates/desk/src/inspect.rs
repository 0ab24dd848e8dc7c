//! `inspect`: files to reports, many at once, in the order in which they were named.

use crate::input::{Input, InputError, Inputs};
use crate::progress::{Progress, Step};
use crate::queue::in_order;
use crate::watchdog::{self, Ended};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use strongroom_model::{Evidence, Gap, Kind, Limits, Report, Why};

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

/// Inspects the files that the paths name, many at once; folders are walked.
///
/// `each` takes one answer per file, in the order of the files and as soon as those before it are there; then the paths
/// that could not be listed. A path that cannot be read is an error of its own, and the rest go on. No more reports
/// are kept than a few per thread. Where `each` breaks, nothing further is begun.
pub fn inspect<B>(
    paths: &[PathBuf],
    options: &InspectOptions,
    progress: &Progress<'_>,
    mut each: impl FnMut(Result<Report, InputError>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let inputs = Inputs::below(paths);
    progress(Step::Begin {
        what: "inspecting",
        total: inputs.files.len() as u64,
        bytes: false,
    });
    let one = |number: usize| {
        let answer = inputs.files.get(number).map(|input| inspect_file(input, options));
        progress(Step::Advance(1));
        answer
    };
    let answers = in_order(inputs.files.len(), one, |answer| match answer {
        Some(answer) => each(answer),
        None => ControlFlow::Continue(()),
    });
    progress(Step::End);
    answers?;
    inputs.errors.into_iter().map(Err).try_for_each(each)
}

/// Inspects one file.
pub fn inspect_file(input: &Input, options: &InspectOptions) -> Result<Report, InputError> {
    let content = input.read(&options.limits)?;
    Ok(inspect_bytes(&input.name, content.bytes, content.gap, options))
}

/// Inspects bytes that somebody handed in under a name. A gap says that they are not all there is.
pub fn inspect_bytes(name: &str, bytes: Vec<u8>, gap: Option<Gap>, options: &InspectOptions) -> Report {
    let bytes = Arc::new(bytes);
    let (own_bytes, own_name, limits) = (Arc::clone(&bytes), name.to_owned(), options.limits.clone());
    let own = strongroom_files::Options {
        passwords: options.passwords.clone(),
    };
    let ended = watchdog::run(options.seconds, move || {
        strongroom_files::examine_with(&own_name, &own_bytes, &limits, &own)
    });
    let unread = |gap| {
        let mut report = Report::new(Evidence::of_bytes(name, Kind::Unknown, &bytes));
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
