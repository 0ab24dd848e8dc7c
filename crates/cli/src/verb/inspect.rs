//! `inspect`.

use crate::args::{Inspect, VerdictArg};
use crate::print::{self, Count};
use crate::terminal::Terminal;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use strongroom_desk::{InputError, InspectOptions, Outcome, inspect, inspect_bytes};
use strongroom_model::{Gap, Limit, Report, Verdict};

/// Inspects files and prints what was asked for of each, in their order and as they are done.
pub fn run(args: Inspect, terminal: &Terminal) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        !(terminal.json && (args.script || args.layers || args.brief)),
        "--script, --layers and --brief print text, not JSON: all of it stands in the report that --json prints"
    );
    let options = InspectOptions {
        seconds: args.timeout,
        passwords: args.password.clone(),
        ..InspectOptions::default()
    };
    let (piped, paths): (Vec<PathBuf>, Vec<PathBuf>) = args
        .paths
        .iter()
        .cloned()
        .partition(|path| path == Path::new("-"));
    let mut printer = Printer::new(&args, terminal);
    if !piped.is_empty() {
        printer.take(Ok(standard_input(&options)?))?;
    }
    let broken = inspect(
        &paths,
        &options,
        &|step| terminal.follow(step),
        |answer| match printer.take(answer) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        },
    );
    match broken {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => printer.end(),
    }
}

/// What is printed of each report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Script,
    Layers,
    Line,
    Whole,
}

struct Printer<'a> {
    form: Form,
    only: &'a [VerdictArg],
    terminal: &'a Terminal,
    count: Count,
    outcome: Outcome,
    printed: bool,
}

impl<'a> Printer<'a> {
    fn new(args: &'a Inspect, terminal: &'a Terminal) -> Self {
        let many = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
        let form = if args.script {
            Form::Script
        } else if args.layers {
            Form::Layers
        } else if args.brief || (many && !args.full && !terminal.json) {
            Form::Line
        } else {
            Form::Whole
        };
        Printer {
            form,
            only: &args.verdict,
            terminal,
            count: Count::default(),
            outcome: Outcome::Nothing,
            printed: false,
        }
    }

    fn take(&mut self, answer: Result<Report, InputError>) -> anyhow::Result<()> {
        let report = match answer {
            Ok(report) => report,
            Err(error) => {
                self.count.failed += 1;
                self.outcome = self.outcome.and(self.terminal.complain_of([error]));
                return Ok(());
            }
        };
        let verdict = report.verdict();
        self.count.add(verdict);
        self.outcome = self.outcome.and(Outcome::of(verdict));
        if self.only.is_empty() || self.only.contains(&typed(verdict)) {
            self.show(&report)?;
        }
        Ok(())
    }

    fn show(&mut self, report: &Report) -> anyhow::Result<()> {
        let paint = self.terminal.paint;
        let text = match self.form {
            Form::Whole => return self.terminal.show(report, print::report),
            Form::Line => print::report_line(report, paint),
            Form::Layers => print::layers(report),
            Form::Script => print::unfolded(report),
        };
        // Scripts of several files are told apart as those of several stages are.
        if self.form == Form::Script && !text.is_empty() && self.printed {
            self.terminal.print("\n")?;
        }
        self.printed |= !text.is_empty();
        Ok(self.terminal.print(&text)?)
    }

    fn end(self) -> anyhow::Result<Outcome> {
        if self.form == Form::Line && self.count.total() > 1 {
            self.terminal.print(&self.count.line(self.terminal.paint))?;
        }
        Ok(self.outcome)
    }
}

const fn typed(verdict: Verdict) -> VerdictArg {
    match verdict {
        Verdict::Clean => VerdictArg::Clean,
        Verdict::NotCleared => VerdictArg::NotCleared,
        Verdict::Suspicious => VerdictArg::Suspicious,
        Verdict::Malicious => VerdictArg::Malicious,
    }
}

fn standard_input(options: &InspectOptions) -> anyhow::Result<Report> {
    let allowed = options.limits.input_bytes;
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(allowed + 1)
        .read_to_end(&mut bytes)?;
    let over = bytes.len() as u64 > allowed;
    bytes.truncate(allowed as usize);
    let gap = over.then(|| Gap::limit("content", Limit::InputBytes, allowed));
    Ok(inspect_bytes("-", bytes, gap, options))
}
