//! Scripts: run through the engines, followed to what they start and write, and judged by what they would do.
//!
//! A macro that starts `powershell -enc …` is two stages of one report: the macro, and the command that the
//! PowerShell engine unfolds. Nothing is started and nothing is written; the engines record.

mod acts;
mod batch;
mod commands;
mod entry;
mod judge;
mod sheets;
mod stages;

pub(crate) use batch::fetched_by_program;
pub(crate) use sheets::{read_sheets, read_sylk};

use crate::examine::{Carrier, Walk};
use crate::names::{extension, hides_extension};
use crate::ovba::Project;
use crate::rules;
use crate::text::decode_text;
use crate::vba::{Document, Module};
use stages::{Source, Stages};
use strongroom_model::{Finding, Kind, Report, Script, Span};

/// Reads a script that is a file of its own.
pub(crate) fn read_script(kind: Kind, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let text = decode_text(bytes);
    by_mail(kind, report, walk);
    let source = match kind {
        Kind::PowerShell => Source::PowerShell(text),
        Kind::Batch => Source::Batch(text),
        Kind::Vbs => Source::Basic {
            language: "vbs",
            modules: vec![Module {
                name: "script".into(),
                source: text,
            }],
            document: Document::default(),
        },
        _ => Source::Basic {
            language: "vba",
            modules: vec![Module {
                name: "module".into(),
                source: text,
            }],
            document: Document::default(),
        },
    };
    // A module of VBA by itself is a listing, nothing runs it; a macro's rules ask for a document around it.
    let document = false;
    run("content", source, document, report, walk);
}

/// Characters that a finding shows of what only p-code says.
const SHOWN: usize = 300;

/// Reads the macros of a document.
pub(crate) fn read_macros(
    name: &str,
    project: Project,
    document: Document,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    report.gaps.extend(project.gaps);
    let modules = with_code(project.modules);
    let compiled = with_code(project.compiled);
    let count = modules.len().max(compiled.len());
    if count > 0 {
        report.find(Finding::of(&rules::MACROS, Span::whole()).fact("modules", count));
    }
    for stomped in &project.stomped {
        let place = format!("{name}/{}", stomped.module);
        report.find(
            Finding::of(&rules::STOMPED, Span::bytes(place, 0, 0))
                .fact("module", stomped.module.as_str())
                .fact("only", stomped.difference.told(SHOWN))
                .fact("machine", stomped.machine.as_str()),
        );
    }
    for module in &project.unlisted {
        let place = format!("{name}/{module}");
        report.find(Finding::of(&rules::UNLISTED, Span::bytes(place, 0, 0)).fact("module", module.as_str()));
    }
    // The document lends itself to both programs; most have one.
    let lent = if compiled.is_empty() {
        Document::default()
    } else {
        document.clone()
    };
    let acts = run_macros(name, modules, document, report, walk);
    let hidden = run_macros(&format!("{name} p-code"), compiled, lent, report, walk);
    if !project.stomped.is_empty() {
        for act in hidden.iter().filter(|act| !acts.contains(act)) {
            report
                .find(Finding::of(&rules::STOMPED_ACTS, Span::bytes(name, 0, 0)).fact("what", act.as_str()));
        }
    }
}

/// Runs the modules of a project together and returns what they would do, in words.
fn run_macros(
    name: &str,
    modules: Vec<Module>,
    document: Document,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> Vec<String> {
    if modules.is_empty() {
        return Vec::new();
    }
    let source = Source::Basic {
        language: "vba",
        modules,
        document,
    };
    run(name, source, true, report, walk)
}

fn with_code(modules: Vec<Module>) -> Vec<Module> {
    modules
        .into_iter()
        .filter(|module| has_code(&module.source))
        .collect()
}

/// Reads a command line that something else than a script starts: a shortcut, a field, an object.
pub(crate) fn read_started(
    language: &'static str,
    name: &str,
    command: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let source = Source::Started {
        language,
        command: command.to_owned(),
    };
    run(name, source, false, report, walk);
}

/// A module of attributes, options and comments alone does nothing.
fn has_code(source: &str) -> bool {
    source
        .lines()
        .map(|line| line.trim().to_ascii_lowercase())
        .any(|line| {
            let idle = [
                "attribute ",
                "option ",
                "'",
                "rem ",
                "version ",
                "begin",
                "end",
                "multiuse",
            ];
            !line.is_empty() && !idle.iter().any(|start| line.starts_with(start))
        })
}

/// Returns the language in which the system runs a file of this name.
pub(crate) fn language_of_name(name: &str) -> Option<Kind> {
    Some(match extension(name)?.as_str() {
        "ps1" | "psm1" => Kind::PowerShell,
        "bat" | "cmd" => Kind::Batch,
        "vbs" => Kind::Vbs,
        _ => return None,
    })
}

fn by_mail(kind: Kind, report: &mut Report, walk: &Walk<'_>) {
    let name = report.evidence.name.clone();
    let tell = |rule| {
        Finding::of(rule, Span::whole())
            .fact("kind", kind.as_str())
            .fact("name", name.as_str())
    };
    if walk.above().contains(&Carrier::Mail) {
        report.find(tell(&rules::SCRIPT_BY_MAIL));
    }
    if hides_extension(&name) {
        report.find(tell(&rules::DISGUISED));
    }
}

/// Runs a script and returns what it would do, in words.
fn run(name: &str, source: Source, document: bool, report: &mut Report, walk: &mut Walk<'_>) -> Vec<String> {
    if let Err(gap) = walk.charge_script(name) {
        report.gap(gap);
        return Vec::new();
    }
    let stages = Stages::run(name, source, walk.limits());
    judge::judge(&stages, document, report, walk);
    let told = acts::told(&stages);
    for (path, content) in &stages.files {
        match walk.meter.charge_bytes(path, content.len() as u64) {
            Ok(()) => walk.child(report, Carrier::Script, path, content),
            Err(gap) => report.gap(gap),
        }
    }
    report.gaps.extend(stages.gaps);
    for stage in stages.stages {
        report.gaps.extend(stage.unfolded.gaps);
        report.scripts.push(Script {
            language: stage.language.into(),
            name: stage.name,
            layers: stage.unfolded.layers,
        });
    }
    told
}
