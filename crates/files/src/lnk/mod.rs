//! Windows shortcuts (MS-SHLLINK): what they start, and what about it is meant not to be seen.
//!
//! The command is a stage of its own and unfolds like one that a macro starts.

mod bytes;
mod command;
mod properties;
mod shortcut;
mod target;

pub use properties::{Properties, Property};
pub use shortcut::{Shortcut, Show, Tracker};
pub use target::{Info, Item, Named};

use crate::examine::{Carrier, Walk};
use crate::names::{base, claims_document, extension, hides_extension};
use crate::{hidden, kind_of, ole, rules, scan, unfold};
use command::Command;
use std::collections::BTreeSet;
use strongroom_model::{Finding, Gap, Kind, Observable, Report, Role, Rule, Span, Why};

/// Characters of a command that a finding shows.
const SHOWN: usize = 300;
/// Bytes behind a shortcut that may be left over.
const LEFT_OVER: usize = 1024;
/// Programs whose icon a reader takes for a document's.
const READERS: [&str; 12] = [
    "winword",
    "excel",
    "powerpnt",
    "wordpad",
    "notepad",
    "acrord32",
    "acrobat",
    "foxitreader",
    "msedge",
    "chrome",
    "iexplore",
    "hwp",
];

/// Reads a shortcut.
pub(crate) fn read_shortcut(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let Some(shortcut) = Shortcut::read(bytes) else {
        return report.gap(Gap::new("content", Why::Damaged, "no header of a shortcut"));
    };
    scan::note_bytes(bytes, report, walk);
    by_mail(report, walk);
    if let Some(path) = module(&shortcut) {
        let finding = Finding::of(&rules::SHORTCUT_MODULE, Span::whole()).fact("path", path.as_str());
        report.find(finding);
    }
    let commands = Command::all(&shortcut);
    if commands.is_empty() && !shortcut.whole {
        let why = "the shortcut's target cannot be read";
        report.gap(Gap::new("content", Why::Damaged, why));
    }
    for command in &commands {
        tell_command(&shortcut, command, report, walk);
    }
    two_targets(&commands, report);
    icon(&shortcut, &commands, report);
    if let Some(left) = &shortcut.properties.left {
        report.gap(Gap::new("content", Why::Unsupported, left));
    }
    if !shortcut.whole {
        let gap = Gap::new("content", Why::Truncated, "the shortcut is not read to its end");
        // The target and its arguments stand before everything that may be missing here.
        let told = shortcut.arguments.is_some() || shortcut.info.is_some();
        report.gap(if told { gap.harmless() } else { gap });
    }
    overlay(&shortcut, bytes, report, walk);
}

fn by_mail(report: &mut Report, walk: &Walk<'_>) {
    let name = report.evidence.name.clone();
    if walk.above().contains(&Carrier::Mail) {
        report.find(Finding::of(&rules::SHORTCUT_BY_MAIL, Span::whole()).fact("name", name.as_str()));
    }
    if hides_extension(&name) || claims_document(&name) {
        let finding = Finding::of(&rules::DISGUISED, Span::whole());
        report.find(finding.fact("kind", "lnk").fact("name", name));
    }
}

/// Tells an interpreter beside another target: one is shown, the other may be what starts.
fn two_targets(commands: &[Command], report: &mut Report) {
    let names: BTreeSet<String> = commands.iter().map(Command::name).collect();
    if names.len() > 1 && commands.iter().any(Command::interprets) {
        let names: Vec<String> = names.into_iter().collect();
        let finding = Finding::of(&rules::SHORTCUT_TARGETS, Span::whole());
        report.find(finding.fact("programs", names.join(", ")));
    }
}

/// Tells an icon of another machine, but where the target stands on the same one.
fn icon(shortcut: &Shortcut, commands: &[Command], report: &mut Report) {
    let host = |seen: &Observable| {
        let path = seen.value().trim_start_matches('\\');
        path.split('\\').next().unwrap_or_default().to_ascii_lowercase()
    };
    let icons = [&shortcut.icon, &shortcut.icon_environment];
    for seen in icons.into_iter().flatten().filter_map(|icon| ole::remote(icon)) {
        let targets = commands
            .iter()
            .filter_map(|command| ole::remote(&command.program));
        if targets
            .map(|target| host(&target))
            .any(|target| target == host(&seen))
        {
            continue;
        }
        let finding = Finding::of(&rules::SHORTCUT_ICON, Span::whole()).fact("path", seen.value());
        report.find(finding.observing(&seen));
        report.sight(seen, Role::Download);
    }
}

/// The path of a module that the control panel loads to show its icon; the system's own are applets of a drive.
fn module(shortcut: &Shortcut) -> Option<String> {
    let mut items = shortcut.items.iter().chain(&shortcut.newer_items);
    items.find_map(|item| match item.named() {
        Named::Module(path) => {
            let drive = path.as_bytes().get(1) == Some(&b':') || path.starts_with('%');
            let applet = extension(&path).is_some_and(|extension| extension == "cpl" || extension == "dll");
            (!(drive && applet)).then_some(path)
        }
        _ => None,
    })
}

fn tell_command(shortcut: &Shortcut, command: &Command, report: &mut Report, walk: &mut Walk<'_>) {
    let line = command.line();
    let shown: String = line
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(SHOWN)
        .collect();
    let tell = |rule: &'static Rule| Finding::of(rule, Span::whole()).fact("command", shown.as_str());
    report.sight(Observable::path(&command.program), Role::Mentioned);
    remote(command, report);
    if let Some(blanks) = command.padding() {
        report.find(tell(&rules::SHORTCUT_PADDED).fact("blanks", blanks));
    }
    if !command.interprets() {
        return;
    }
    report.find(tell(&rules::SHORTCUT_INTERPRETER));
    if command.arguments.chars().count() > command::SHOWN {
        report.find(tell(&rules::SHORTCUT_LONG));
    }
    if shortcut.shown() == Show::Minimized {
        report.find(tell(&rules::SHORTCUT_UNSEEN));
    }
    if let Some(icon) = document_icon(shortcut) {
        report.find(tell(&rules::SHORTCUT_DISGUISED).fact("icon", icon));
    }
    unfold::read_started("shortcut", "command", &line, report, walk);
}

/// Tells a program on another machine; one that the web's folders bring is fetched from anywhere.
fn remote(command: &Command, report: &mut Report) {
    let Some(seen) = ole::remote(&command.program) else {
        return;
    };
    let lower = command.program.to_ascii_lowercase();
    let web = lower.contains("davwwwroot") || lower.contains('@') || seen.host().is_some();
    let rule = if web && crate::names::runs(&command.program) {
        &rules::SHORTCUT_FETCHES
    } else {
        &rules::SHORTCUT_REMOTE
    };
    report.find(
        Finding::of(rule, Span::whole())
            .fact("path", seen.value())
            .observing(&seen),
    );
    report.sight(seen, Role::Download);
}

/// Returns the icon where it is a document's.
fn document_icon(shortcut: &Shortcut) -> Option<&str> {
    let icon = shortcut
        .icon
        .as_deref()
        .or(shortcut.icon_environment.as_deref())?;
    let name = base(icon).to_ascii_lowercase();
    let stem = name.strip_suffix(".exe").unwrap_or(&name);
    let system = matches!(name.as_str(), "shell32.dll" | "imageres.dll");
    // The plain page, the page with text, the sheet.
    let page = system && matches!(shortcut.icon_index, 1 | 2 | 70 | 97 | 102);
    (claims_document(icon) || READERS.contains(&stem) || page).then_some(icon)
}

/// What stands behind a shortcut, or behind where it cannot be read any more, is for somebody who looks for it there.
fn overlay(shortcut: &Shortcut, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let start = shortcut.overlay.or(shortcut.unread);
    let Some((start, tail)) = start.and_then(|at| Some((at, bytes.get(at..)?))) else {
        return;
    };
    if tail.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
        return;
    }
    let found = match kind_of(tail) {
        Kind::Unknown | Kind::Text => hidden::first_file(tail),
        kind => Some((0, kind)),
    };
    match found {
        Some((at, kind)) => {
            let file = tail.get(at..).unwrap_or_default();
            let at = Span::bytes("content", start + at, bytes.len());
            report.find(Finding::of(&rules::BEHIND_SHORTCUT, at).fact("kind", kind.as_str()));
            ole::embed("behind the shortcut", file, report, walk);
        }
        None if tail.len() < LEFT_OVER => {}
        None => {
            let why = format!("{} bytes stand behind the shortcut", tail.len());
            report.gap(Gap::new("content", Why::Unsupported, why));
        }
    }
}

#[cfg(test)]
mod tests;
