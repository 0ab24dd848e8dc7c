//! Findings and observables of a script, drawn from what its stages would do.

use super::acts::{Act, acts, is_encoded, is_started, loops, runs_text, url_of};
use super::commands::{bypasses, fetched, hides_window, program, proxy};
use super::stages::Stages;
use crate::examine::Walk;
use crate::script::{Action, Text};
use crate::{rules, scan};
use strongroom_model::{Finding, Observable, Report, Role, Rule, Span};

/// Characters of a command that a finding shows.
const SHOWN: usize = 300;

/// Judges the stages of one script; `document` says that a document carries it.
pub(super) fn judge(stages: &Stages, document: bool, report: &mut Report, walk: &Walk<'_>) {
    let acts = acts(stages);
    let entry = stages
        .stages
        .first()
        .and_then(|stage| stage.reach.entry.as_deref())
        .filter(|_| document);
    let case = Case {
        stages,
        acts: &acts,
        document,
    };
    if let Some(entry) = entry {
        let at = Span::bytes(stages.stages.first().map_or("", |stage| &stage.name), 0, 0);
        report.find(Finding::of(&rules::AUTO_RUN, at).fact("entry", entry));
    }
    for act in &acts {
        case.act(act, report);
    }
    case.encoded(report);
    case.orders(report);
    case.implant(report);
    for stage in &stages.stages {
        for layer in &stage.unfolded.layers {
            scan::note_script(&layer.text, report, walk);
            user_agents(&layer.text, report);
        }
    }
}

struct Case<'a> {
    stages: &'a Stages,
    acts: &'a [Act<'a>],
    document: bool,
}

impl Case<'_> {
    fn act(&self, act: &Act<'_>, report: &mut Report) {
        match &act.effect.action {
            Action::Download { url, to } => self.download(act, url, to.as_ref(), report),
            Action::Upload { url } => {
                let fact = url.to_string();
                tell(&rules::UPLOAD, act, report, |finding| finding.fact("url", fact));
                if let Some(url) = url_of(url) {
                    report.sight(url, Role::Mentioned);
                }
            }
            Action::Connect { host, port } => self.connect(act, host, *port, report),
            Action::Listen { at } => {
                let rule = if act.is_machine_code() {
                    &rules::CODE_LISTENS
                } else {
                    &rules::LISTEN
                };
                tell(rule, act, report, |finding| {
                    finding.fact("at", shown(&at.to_string()))
                });
            }
            Action::Start { command } => self.start(act, command, report),
            Action::Write { path, .. } => self.write(act, path, report),
            Action::Delete { .. } | Action::CreateObject { .. } => {}
            Action::LoadCode { how, .. } => {
                tell(load_rule(act, how), act, report, |f| f.fact("how", shown(how)))
            }
            Action::SetRegistry { key, .. } => {
                report.sight(Observable::registry(&key.to_string()), Role::Mentioned)
            }
            Action::Persist { how, .. } => tell(&rules::PERSIST, act, report, |finding| {
                finding.fact("how", shown(how))
            }),
            Action::Disarm { what } => {
                let rule = disarm_rule(what);
                tell(rule, act, report, |f| {
                    f.fact("what", shown(what)).fact("command", shown(what))
                });
            }
        }
    }

    /// Returns whether the act is the macro's own, not that of a command which it started.
    fn by_macro(&self, act: &Act<'_>) -> bool {
        self.document && act.stage.parent.is_none()
    }

    /// Machine code has one purpose: whom it calls gives it its orders, or what it runs next.
    fn code_calls(host: &str, act: &Act<'_>, seen: Option<Observable>, report: &mut Report) {
        tell(&rules::CODE_CALLS, act, report, |finding| {
            observing(finding.fact("host", shown(host)), seen.as_ref())
        });
        seen.into_iter().for_each(|seen| report.sight(seen, Role::C2));
    }

    fn download(&self, act: &Act<'_>, url: &Text, to: Option<&Text>, report: &mut Report) {
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
        let runs = match to {
            Some(path) => is_started(path, self.acts),
            None => runs_text(act.layer_text()),
        };
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
        to.into_iter().for_each(|path| drop_path(path, report));
    }

    fn connect(&self, act: &Act<'_>, host: &Text, port: Option<u16>, report: &mut Report) {
        let text = port.map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
        let seen = host_of(&text);
        if act.is_machine_code() {
            return Self::code_calls(&text, act, seen, report);
        }
        let layer = act.layer_text();
        let orders = loops(layer) && (runs_text(layer) || self.acts.iter().any(is_shell));
        if orders {
            tell(&rules::REVERSE_SHELL, act, report, |finding| {
                observing(finding.fact("host", text.clone()), seen.as_ref())
            });
        }
        if let Some(seen) = seen {
            report.sight(seen, if orders { Role::C2 } else { Role::Mentioned });
        }
    }

    fn start(&self, act: &Act<'_>, command: &Text, report: &mut Report) {
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
        for url in fetched(&line) {
            self.download(act, &Text::known(url.value()), None, report);
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

    fn write(&self, act: &Act<'_>, path: &Text, report: &mut Report) {
        let fact = path.to_string();
        drop_path(path, report);
        if is_started(path, self.acts) {
            let rule = if self.document && act.is_automatic() {
                &rules::AUTO_RUN_DROP
            } else {
                &rules::DROP_RUN
            };
            tell(rule, act, report, |finding| finding.fact("path", shown(&fact)));
        }
    }

    /// Commands that came in base64, and whether a macro that runs by itself started one.
    fn encoded(&self, report: &mut Report) {
        for stage in self.stages.stages.iter().filter(|stage| is_encoded(stage)) {
            let at = Span::bytes(format!("{}#0", stage.name), 0, 0);
            report.find(Finding::of(&rules::ENCODED_COMMAND, at.clone()));
            if self.document && stage.automatic {
                let line = stage.unfolded.layers.first().map_or("", |layer| &layer.text);
                report.find(Finding::of(&rules::AUTO_RUN_CONCEALED, at).fact("command", shown(line)));
            }
        }
    }

    /// Who sends and fetches in a loop and runs what is answered takes orders; then every URL of the layer is where
    /// they come from. To ask an interface again and again and to read its answers is an administrator's day.
    fn orders(&self, report: &mut Report) {
        for act in self
            .acts
            .iter()
            .filter(|act| matches!(act.effect.action, Action::Upload { .. }))
        {
            let layer = act.layer_text();
            let fetches = self.acts.iter().any(|other| {
                matches!(other.effect.action, Action::Download { .. }) && std::ptr::eq(other.stage, act.stage)
            });
            if !loops(layer) || !(fetches || reads_answers(layer)) || !self.obeys(act) {
                continue;
            }
            let Action::Upload { url } = &act.effect.action else {
                continue;
            };
            let own = url_of(url);
            let host = own
                .as_ref()
                .and_then(Observable::host)
                .map_or_else(|| url.to_string(), |host| host.value().to_owned());
            tell(&rules::C2, act, report, |finding| {
                observing(finding.fact("host", shown(&host)), own.as_ref())
            });
            let urls: Vec<Observable> = scan::urls(layer).map(|seen| seen.observable).chain(own).collect();
            urls.into_iter().for_each(|url| report.sight(url, Role::C2));
        }
    }

    /// Returns whether the act's stage runs what it cannot know before: text as code, or a command line of which a
    /// part is unknown.
    fn obeys(&self, act: &Act<'_>) -> bool {
        let own = self
            .acts
            .iter()
            .filter(|other| std::ptr::eq(other.stage, act.stage));
        let layer = act.layer_text();
        tells_commands_apart(layer)
            || runs_text(layer)
            || own.into_iter().any(|other| match &other.effect.action {
                Action::Start { command } => command.exact().is_none(),
                Action::LoadCode { .. } => true,
                _ => false,
            })
    }

    /// Signs of a protocol of the script's own making; four of them are no accident.
    fn implant(&self, report: &mut Report) {
        for stage in &self.stages.stages {
            for (number, layer) in stage.unfolded.layers.iter().enumerate() {
                let signs = signs_of_protocol(&layer.text);
                if signs.len() >= 4 {
                    let at = Span::bytes(format!("{}#{number}", stage.name), 0, layer.text.len());
                    report.find(Finding::of(&rules::IMPLANT, at).fact("signs", signs.join(", ")));
                    let urls: Vec<Observable> = scan::urls(&layer.text).map(|seen| seen.observable).collect();
                    urls.into_iter().for_each(|url| report.sight(url, Role::C2));
                    break;
                }
            }
        }
    }
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

/// A path of which a part is unknown is no observable: two of them would be equal and mean two files.
fn drop_path(path: &Text, report: &mut Report) {
    if let Some(path) = path.exact() {
        report.sight(Observable::path(path), Role::Dropped);
    }
}

fn tell(rule: &'static Rule, act: &Act<'_>, report: &mut Report, with: impl FnOnce(Finding) -> Finding) {
    let finding = with(Finding::of(rule, act.at()));
    if !report.findings.contains(&finding) {
        report.find(finding);
    }
}

/// An engine says `iex of …` where a text is run that it cannot know; everything else loads code that is none of
/// the script's own language.
fn load_rule(act: &Act<'_>, how: &str) -> &'static Rule {
    let lower = how.to_ascii_lowercase();
    if [
        "iex of",
        "scriptblock of",
        "invokescript of",
        "execute of",
        "eval of",
    ]
    .iter()
    .any(|run| lower.starts_with(run))
    {
        &rules::RUN_UNKNOWN
    } else if lower.contains("add-type") {
        &rules::COMPILE
    } else if act.is_concealed() {
        &rules::CONCEALED_LOAD_CODE
    } else {
        &rules::LOAD_CODE
    }
}

fn disarm_rule(what: &str) -> &'static Rule {
    let lower = what.to_ascii_lowercase();
    if lower.starts_with("execution policy") {
        &rules::BYPASS
    } else if lower.contains("certificate") {
        &rules::NO_CERTIFICATES
    } else {
        &rules::DISARM
    }
}

fn observing(finding: Finding, seen: Option<&Observable>) -> Finding {
    match seen {
        Some(seen) => finding.observing(seen),
        None => finding,
    }
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn starts_powershell(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.contains("powershell") || lower.contains("pwsh")
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

fn reads_answers(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "getresponse",
        "responsetext",
        "responsebody",
        "invoke-restmethod",
        "uploadstring",
        "uploaddata",
        ".content",
    ]
    .iter()
    .any(|mark| lower.contains(mark))
}

/// Returns the signs of a hand-made command protocol in a layer.
fn signs_of_protocol(text: &str) -> Vec<&'static str> {
    let lower: String = text.to_ascii_lowercase().split_whitespace().collect();
    let has = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let signs = [
        (
            "form data built by hand",
            has(&["content-disposition:form-data", "multipart/form-data"]),
        ),
        (
            "bytes under a constant XOR",
            has(&[
                "-bxor0x", "-bxor1", "-bxor2", "-bxor3", "-bxor4", "-bxor5", "-bxor6", "-bxor7", "-bxor8",
                "-bxor9",
            ]),
        ),
        ("commands told apart by number", tells_commands_apart(text)),
        (
            "names of shuffled digits",
            has(&["(48..57)|get-random", "48..57|get-random"]),
        ),
        (
            "a sleep between the questions",
            has(&["start-sleep", "thread]::sleep"]),
        ),
        ("questions in a loop", loops(text)),
        (
            "requests by hand",
            has(&["httpwebrequest", "net.webrequest]", "webrequest]::create"]),
        ),
    ];
    let found: Vec<&str> = signs
        .iter()
        .filter(|(_, stands)| *stands)
        .map(|(sign, _)| *sign)
        .collect();
    let telling = found
        .iter()
        .filter(|sign| signs.iter().take(4).any(|(name, _)| name == *sign))
        .count();
    // Loops and sleeps are everyday; at least two of the first four must stand.
    if telling >= 2 { found } else { Vec::new() }
}

/// Returns whether a text compares with three small numbers, or has a switch of three cases.
fn tells_commands_apart(text: &str) -> bool {
    let lower: String = text.to_ascii_lowercase().split_whitespace().collect();
    let compared = lower.match_indices("-eq").filter(|(at, mark)| {
        let rest = lower.get(at + mark.len()..).unwrap_or_default();
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        // Three digits are the web's own answers, such as 200 and 404.
        (1..3).contains(&digits) && !rest.starts_with('0')
    });
    compared.count() >= 3 || (lower.contains("switch(") && lower.matches("){").count() >= 3)
}

/// Adds the user agents that a layer spells out.
fn user_agents(text: &str, report: &mut Report) {
    for (at, _) in text.match_indices("Mozilla/").take(16) {
        let agent = text
            .get(at..)
            .and_then(|rest| rest.split(['"', '\'', '\r', '\n']).next())
            .unwrap_or_default();
        if (12..400).contains(&agent.len()) {
            report.sight(Observable::user_agent(agent), Role::Mentioned);
        }
    }
}
