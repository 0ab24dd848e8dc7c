//! What a script starts, and what it writes to be started.

use super::super::acts::Act;
use super::super::commands::{
    bypasses, fetched, fetched_to, hides_window, inline_script, proxy, runs_file, shell_text,
};
use super::{Case, drop_path, shown, tell};
use crate::kind_of;
use crate::names::base;
use crate::rules;
use crate::script::Text;
use strongroom_model::{Finding, Kind, Report, Role};

impl Case<'_> {
    pub(super) fn start(&self, act: &Act<'_>, command: &Text, report: &mut Report) {
        let line = command.to_string();
        let fact = shown(&line);
        let with = |finding: Finding| finding.fact("command", fact.clone());
        if self.by_macro(act) {
            tell(
                if self.document && act.is_automatic() {
                    &rules::AUTO_RUN_START
                } else {
                    &rules::MACRO_START
                },
                act,
                report,
                with,
            );
        }
        if act.is_machine_code() {
            tell(&rules::CODE_STARTS, act, report, with);
        }
        if hides_window(&line) && starts_powershell(&line) {
            tell(&rules::HIDDEN, act, report, with);
        }
        if bypasses(&line) {
            tell(&rules::BYPASS, act, report, with);
        }
        let shell = shell_text(&line);
        let files = fetched_to(&shell);
        for (number, url) in fetched(&shell).into_iter().enumerate() {
            let runs = files.get(number).is_some_and(|file| self.runs(file));
            self.fetches(act, &Text::known(url.value()), runs, report);
        }
        if let Some((language, _)) = inline_script(&line) {
            tell(&rules::PROXY_INLINE, act, report, |finding| {
                finding.fact("program", "mshta").fact("language", language)
            });
        }
        if let Some((name, url)) = proxy(&line) {
            tell(&rules::PROXY, act, report, |finding| {
                finding
                    .fact("program", name)
                    .fact("url", url.value())
                    .observing(&url)
            });
            if self.document && act.is_automatic() {
                tell(&rules::AUTO_RUN_DOWNLOADER, act, report, |finding| {
                    finding.fact("url", url.value()).observing(&url)
                });
            }
            report.sight(url, Role::Download);
        }
    }

    /// Returns whether some command makes a fetched file executable or starts it.
    fn runs(&self, file: &str) -> bool {
        self.shell.iter().any(|line| runs_file(line, file))
    }

    /// What a macro writes that is a document itself.
    fn rebuilt(&self, act: &Act<'_>, path: &Text, content: Option<&[u8]>, report: &mut Report) {
        let kind = content.map(kind_of).filter(|kind| is_document(*kind));
        if let Some(kind) = kind.filter(|_| self.by_macro(act)) {
            tell(&rules::DOCUMENT_REBUILT, act, report, |finding| {
                finding
                    .fact("kind", kind.as_str())
                    .fact("path", shown(&path.to_string()))
            });
        }
    }

    /// A script of the macro's that PowerShell is made to run against its policy.
    fn drop_bypass(&self, act: &Act<'_>, path: &Text, report: &mut Report) {
        let whole = path.to_string().to_lowercase();
        let passing = path.exact().is_none()
            || ["temp", "tmp", "appdata", "public"]
                .iter()
                .any(|mark| whole.contains(mark));
        let name = base(&whole).trim().to_owned();
        let run = || {
            self.lines
                .iter()
                .any(|line| bypasses(line) && line.to_lowercase().contains(&name))
        };
        if self.by_macro(act) && passing && run() {
            tell(&rules::DROP_BYPASS, act, report, |finding| {
                finding.fact("path", shown(&path.to_string()))
            });
        }
    }

    pub(super) fn write(&self, act: &Act<'_>, path: &Text, content: Option<&[u8]>, report: &mut Report) {
        let fact = path.to_string();
        drop_path(path, report);
        self.rebuilt(act, path, content, report);
        if self.started.holds(path) {
            let rule = if self.document && act.is_automatic() {
                &rules::AUTO_RUN_DROP
            } else {
                &rules::DROP_RUN
            };
            tell(rule, act, report, |finding| finding.fact("path", shown(&fact)));
            self.drop_bypass(act, path, report);
        }
    }
}

fn starts_powershell(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.contains("powershell") || lower.contains("pwsh")
}

const fn is_document(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Doc
            | Kind::Docx
            | Kind::Docm
            | Kind::Xls
            | Kind::Xlsx
            | Kind::Xlsm
            | Kind::Xlsb
            | Kind::Ppt
            | Kind::Pptx
            | Kind::Pptm
            | Kind::Rtf
    )
}
