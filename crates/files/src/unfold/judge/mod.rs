//! Findings and observables of a script, drawn from what its stages would do.

mod fetch;
mod orders;
mod start;

use super::acts::{Act, Habits, Started, acts, is_encoded, url_of};
use super::commands::shell_text;
use super::stages::Stages;
use crate::examine::Walk;
use crate::powershell::Sign;
use crate::script::{Action, Text};
use crate::{rules, scan};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use strongroom_model::{Finding, Limits, Observable, Report, Role, Rule, Span};

/// Characters of a command that a finding shows.
const SHOWN: usize = 300;

/// Command lines that are searched for the name of a file.
const LINES: usize = 256;

/// Judges the stages of one script; `document` says that a document carries it.
pub(super) fn judge(stages: &Stages, document: bool, report: &mut Report, walk: &Walk<'_>) {
    let acts = acts(stages);
    let entry = stages
        .stages
        .first()
        .and_then(|stage| stage.reach.entry.as_deref())
        .filter(|_| document);
    let case = Case::of(stages, &acts, document, walk.limits());
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
    case.images(report);
    for stage in &stages.stages {
        for layer in &stage.unfolded.layers {
            scan::note_script(&layer.text, report, walk);
            user_agents(&layer.text, report);
        }
    }
}

/// What is judged, and what is known of it as a whole.
struct Case<'a> {
    stages: &'a Stages,
    acts: &'a [Act<'a>],
    document: bool,
    started: Started,
    /// The command lines that are started, each once.
    lines: BTreeSet<String>,
    /// The same as a shell parts them.
    shell: BTreeSet<String>,
    /// By stage and layer, each told where it is first asked for.
    habits: Vec<Vec<OnceCell<Habits>>>,
    /// By stage.
    signs: Vec<BTreeSet<Sign>>,
    /// The stages that fetch something.
    fetching: BTreeSet<usize>,
    /// The stages that start a command line or load code of which a part is unknown.
    obedient: BTreeSet<usize>,
}

impl<'a> Case<'a> {
    fn of(stages: &'a Stages, acts: &'a [Act<'a>], document: bool, limits: &Limits) -> Self {
        let habits = stages.stages.iter().map(|stage| {
            let layers = stage.unfolded.layers.iter();
            layers.map(|_| OnceCell::new()).collect()
        });
        let those = |does: fn(&Action) -> bool| {
            let acts = acts.iter().filter(|act| does(&act.effect.action));
            acts.map(|act| act.number).collect()
        };
        let lines = lines(acts);
        Case {
            stages,
            acts,
            document,
            started: Started::of(acts),
            shell: lines.iter().map(|line| shell_text(line)).collect(),
            lines,
            habits: habits.collect(),
            signs: stages
                .stages
                .iter()
                .map(|stage| orders::signs_of(stage, limits))
                .collect(),
            fetching: those(|action| matches!(action, Action::Download { .. })),
            obedient: those(|action| match action {
                Action::Start { command } => command.exact().is_none(),
                Action::LoadCode { .. } => true,
                _ => false,
            }),
        }
    }

    /// Returns the habits of the layer in which an act stands.
    fn habits(&self, act: &Act<'_>) -> Habits {
        let stage = self.habits.get(act.number);
        let layer = stage.and_then(|layers| layers.get(act.effect.layer));
        layer.map_or_else(Habits::default, |habits| {
            *habits.get_or_init(|| Habits::of(act.layer_text()))
        })
    }

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
            Action::Write { path, content } => self.write(act, path, content.as_deref(), report),
            Action::Name { host } => Self::named(host, report),
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
    pub(super) fn by_macro(&self, act: &Act<'_>) -> bool {
        self.document && act.stage.parent.is_none()
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
}

/// Returns the command lines that are started, each once; of very many the first.
fn lines(acts: &[Act<'_>]) -> BTreeSet<String> {
    let started = acts.iter().filter_map(|act| match &act.effect.action {
        Action::Start { command } => Some(command.to_string()),
        _ => None,
    });
    started.take(LINES).collect()
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
