//! What a script fetches, and whom it connects to.

use super::super::acts::{Act, url_of};
use super::super::commands::program;
use super::{Case, drop_path, observing, shown, tell};
use crate::rules;
use crate::script::{Action, Text};
use strongroom_model::{Observable, Report, Role, Rule};

impl Case<'_> {
    /// Machine code has one purpose: whom it calls gives it its orders, or what it runs next.
    fn code_calls(host: &str, act: &Act<'_>, seen: Option<Observable>, report: &mut Report) {
        tell(&rules::CODE_CALLS, act, report, |finding| {
            observing(finding.fact("host", shown(host)), seen.as_ref())
        });
        seen.into_iter().for_each(|seen| report.sight(seen, Role::C2));
    }

    pub(super) fn download(&self, act: &Act<'_>, url: &Text, to: Option<&Text>, report: &mut Report) {
        let runs = match to {
            Some(path) => self.started.holds(path),
            None => self.habits(act).runs_text,
        };
        self.fetches(act, url, runs, report);
        to.into_iter().for_each(|path| drop_path(path, report));
    }

    /// Something is fetched, and run where `runs` says so.
    pub(super) fn fetches(&self, act: &Act<'_>, url: &Text, runs: bool, report: &mut Report) {
        let seen = url_of(url);
        if act.is_machine_code() {
            Self::code_calls(&url.to_string(), act, seen.clone(), report);
        }
        let fact = shown(&url.to_string());
        let rule = match (self.by_macro(act), act.is_automatic()) {
            (true, true) => &rules::AUTO_RUN_DOWNLOAD,
            (true, false) => &rules::MACRO_DOWNLOAD,
            (false, _) => &rules::DOWNLOAD,
        };
        let mut find = |rule: &'static Rule| {
            tell(rule, act, report, |finding| {
                observing(finding.fact("url", fact.clone()), seen.as_ref())
            });
        };
        find(rule);
        if runs {
            let concealed = act.is_concealed();
            find(if concealed {
                &rules::CONCEALED_DOWNLOAD_RUN
            } else {
                &rules::DOWNLOAD_RUN
            });
        }
        let starts_downloader = act.stage.parent.is_some() || runs;
        if self.document && act.is_automatic() && starts_downloader {
            find(&rules::AUTO_RUN_DOWNLOADER);
        }
        match seen {
            Some(url) => report.sight(url, Role::Download),
            // An address that was written without `http://` is fetched by nobody, and still says whom to look for.
            None => url
                .exact()
                .and_then(|url| host_of(url.split(['/', '?']).find(|part| part.contains('.'))?))
                .into_iter()
                .for_each(|host| report.sight(host, Role::Mentioned)),
        }
    }

    /// A host or URL that stands somewhere; it may be anything, and is worth looking for.
    pub(super) fn named(host: &Text, report: &mut Report) {
        let text = host.to_string();
        let seen = Observable::url(&text).ok().filter(|_| text.contains("://"));
        let seen = seen.or_else(|| host_of(&text));
        seen.into_iter()
            .for_each(|seen| report.sight(seen, Role::Mentioned));
    }

    pub(super) fn connect(&self, act: &Act<'_>, host: &Text, port: Option<u16>, report: &mut Report) {
        let text = port.map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
        let seen = host_of(&text);
        if act.is_machine_code() {
            return Self::code_calls(&text, act, seen, report);
        }
        let habits = self.habits(act);
        let orders = habits.loops && (habits.runs_text || self.acts.iter().any(is_shell));
        if orders {
            tell(&rules::REVERSE_SHELL, act, report, |finding| {
                observing(finding.fact("host", text.clone()), seen.as_ref())
            });
        }
        if let Some(seen) = seen {
            report.sight(seen, if orders { Role::C2 } else { Role::Mentioned });
        }
    }
}

fn is_shell(act: &Act<'_>) -> bool {
    let Action::Start { command } = &act.effect.action else {
        return false;
    };
    matches!(
        program(&command.to_string()).as_str(),
        "cmd" | "powershell" | "pwsh" | "bash" | "sh"
    )
}

/// Returns the host or endpoint of a connection. Where somebody has put more than a host into its place
/// (`LHOST=a.example`, `htts://a.example`), it is what stands at the end.
fn host_of(text: &str) -> Option<Observable> {
    let host = |text: &str| {
        Observable::endpoint(text)
            .or_else(|_| Observable::ip(text))
            .or_else(|_| Observable::domain(text))
            .ok()
    };
    host(text).or_else(|| {
        let text = text.trim_end_matches('/');
        host(text.rsplit(['=', '/', '@', ' ']).next()?)
    })
}
