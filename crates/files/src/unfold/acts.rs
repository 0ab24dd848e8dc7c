//! What the stages of a script do, put side by side: who starts what another wrote, who fetches, who sends.

use super::stages::{Stage, Stages};
use crate::names::base;
use crate::script::{Action, Effect, Text};
use aho_corasick::AhoCorasick;
use std::collections::BTreeSet;
use strongroom_model::{Observable, Span};

/// An effect with the stage that has it.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    /// The stage.
    pub stage: &'a Stage,
    /// The stage's number.
    pub number: usize,
    /// The effect.
    pub effect: &'a Effect,
}

impl Act<'_> {
    /// Returns where it stands: the layer is named by the stage and its number in it, the source being 0.
    pub fn at(&self) -> Span {
        Span::bytes(
            format!("{}#{}", self.stage.name, self.effect.layer),
            self.effect.start,
            self.effect.end,
        )
    }

    /// Returns whether it stands in a layer that had to be unpacked or computed first.
    pub fn is_concealed(&self) -> bool {
        const OPEN: [&str; 5] = ["source", "command", "stdin", "scriptblock", "deobfuscated"];
        let layer = self.stage.unfolded.layers.get(self.effect.layer);
        self.stage.language == "powershell" && layer.is_some_and(|layer| !OPEN.contains(&layer.by.as_ref()))
    }

    /// Returns whether machine code does it.
    pub fn is_machine_code(&self) -> bool {
        let layer = self.stage.unfolded.layers.get(self.effect.layer);
        layer.is_some_and(|layer| layer.by == "shellcode")
    }

    /// Returns whether it runs with nobody asked.
    pub fn is_automatic(&self) -> bool {
        self.stage.is_automatic(self.effect.layer, self.effect.start)
    }

    /// Returns the text of its layer.
    pub fn layer_text(&self) -> &str {
        self.stage
            .unfolded
            .layers
            .get(self.effect.layer)
            .map_or("", |layer| layer.text.as_str())
    }
}

/// Returns all effects of all stages in their order.
pub(super) fn acts(stages: &Stages) -> Vec<Act<'_>> {
    let of = |(number, stage)| -> Vec<Act<'_>> {
        let stage: &Stage = stage;
        let effects = stage.unfolded.effects.iter();
        effects
            .map(|effect| Act {
                stage,
                number,
                effect,
            })
            .collect()
    };
    stages.stages.iter().enumerate().flat_map(of).collect()
}

/// Returns what the stages do that reaches out of the script, in words, each once.
pub(super) fn told(stages: &Stages) -> Vec<String> {
    let mut told: Vec<String> = acts(stages)
        .iter()
        .filter_map(|act| in_words(&act.effect.action))
        .collect();
    told.sort();
    told.dedup();
    told
}

fn in_words(action: &Action) -> Option<String> {
    const SHOWN: usize = 300;
    let told = match action {
        Action::Download { url, .. } => format!("downloads {url}"),
        Action::Upload { url } => format!("sends to {url}"),
        Action::Connect { host, .. } => format!("connects to {host}"),
        Action::Name { host } => format!("names {host}"),
        Action::Listen { at } => format!("listens at {at}"),
        Action::Start { command } => format!("starts {command}"),
        Action::Write { path, .. } => format!("writes {path}"),
        Action::LoadCode { how, .. } => format!("loads code: {how}"),
        Action::Persist { how, .. } => format!("arranges to be started again: {how}"),
        Action::Disarm { what } => format!("switches a defence off: {what}"),
        Action::Delete { .. } | Action::CreateObject { .. } | Action::SetRegistry { .. } => return None,
    };
    Some(told.chars().take(SHOWN).collect())
}

/// Returns whether a stage's command came in base64.
pub(super) fn is_encoded(stage: &Stage) -> bool {
    stage
        .unfolded
        .layers
        .iter()
        .any(|layer| layer.by == "encoded-command")
}

/// Returns the URL of a text that is known, or known beyond its host: part of a host is another host.
pub(super) fn url_of(text: &Text) -> Option<Observable> {
    let known = match text.exact() {
        Some(known) => known,
        None => {
            let start = text.known_start();
            let (_, behind) = start.split_once("://")?;
            behind.contains('/').then_some(start)?
        }
    };
    Observable::url(known).ok()
}

/// The names of files that some stage writes or fetches and some stage starts: a command names them.
#[derive(Debug, Default)]
pub(super) struct Started(BTreeSet<String>);

impl Started {
    /// Looks for every such name in every command, in one pass over each.
    pub fn of(acts: &[Act<'_>]) -> Self {
        let names: BTreeSet<String> = acts.iter().filter_map(|act| name_of(written(act)?)).collect();
        let names: Vec<String> = names.into_iter().collect();
        if names.is_empty() {
            return Started::default();
        }
        let Ok(search) = AhoCorasick::new(&names) else {
            // Only where the names together exceed the search's own bound, far above that of a script's values.
            return Started(names.into_iter().collect());
        };
        let mut found = BTreeSet::new();
        for act in acts {
            if let Action::Start { command } | Action::Persist { command, .. } = &act.effect.action {
                let line = command.to_string().to_lowercase();
                let hits = search.find_overlapping_iter(&line);
                found.extend(hits.map(|hit| hit.pattern().as_usize()));
            }
        }
        let name = |at: usize| names.get(at).cloned();
        Started(found.into_iter().filter_map(name).collect())
    }

    /// Returns whether some stage starts a file of this path.
    pub fn holds(&self, path: &Text) -> bool {
        name_of(path).is_some_and(|name| self.0.contains(&name))
    }
}

/// Returns the file that an act makes.
fn written<'a>(act: &Act<'a>) -> Option<&'a Text> {
    match &act.effect.action {
        Action::Write { path, .. } => Some(path),
        Action::Download { to, .. } => to.as_ref(),
        _ => None,
    }
}

/// Returns a file's name in lower case, if there is enough of it to be told from other words.
fn name_of(path: &Text) -> Option<String> {
    let path = path.to_string().to_lowercase();
    let name = base(&path).trim().to_owned();
    (name.chars().filter(|c| c.is_alphanumeric()).count() >= 2).then_some(name)
}

/// What the text of a layer does as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Habits {
    /// It repeats something until it is told to stop.
    pub loops: bool,
    /// It hands text to the interpreter to run it.
    pub runs_text: bool,
    /// It reads what a server answers.
    pub reads_answers: bool,
}

impl Habits {
    /// Returns the habits of a text.
    pub fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        Habits {
            loops: loops(&lower),
            runs_text: runs_text(&lower),
            reads_answers: reads_answers(&lower),
        }
    }
}

/// Returns whether a text in lower case repeats something until it is told to stop.
fn loops(lower: &str) -> bool {
    [
        "while", "for(;;)", "for (;;)", "do {", "do{", "do until", "do\r", "do\n", "loop",
    ]
    .iter()
    .any(|mark| lower.contains(mark))
}

/// Returns whether a text in lower case hands text to the interpreter to run it.
fn runs_text(lower: &str) -> bool {
    let lower = lower.replace(['`', '^'], "");
    let words = lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let mut words = words.filter(|word| !word.is_empty());
    words.any(|word| {
        matches!(
            word,
            "iex" | "invoke-expression" | "invokescript" | "executeglobal" | "scriptblock"
        )
    })
}

fn reads_answers(lower: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Part;

    #[test]
    fn part_of_a_host_is_no_url() {
        let begun = |start: &str| Text::known(start).then(Part::Unknown("$x".into()));
        assert!(url_of(&begun("https://api.example.co")).is_none());
        let url = url_of(&begun("https://api.example/v1/")).unwrap();
        assert_eq!(url.value(), "https://api.example/v1/");
    }
}
