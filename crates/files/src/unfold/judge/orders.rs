//! Who takes orders: asks in a loop and runs what is answered, or speaks a protocol of its own making.

use super::super::acts::{Act, url_of};
use super::super::stages::Stage;
use super::{Case, observing, shown, tell};
use crate::powershell::{Sign, signs};
use crate::script::Action;
use crate::{rules, scan};
use std::collections::BTreeSet;
use strongroom_model::{Finding, Limits, Observable, Report, Role, Span};

/// Bytes of a text below which nobody writes a protocol.
const LEAST_TEXT: usize = 200;

impl Case<'_> {
    /// Who sends and fetches in a loop and runs what is answered takes orders; then every URL of the layer is where
    /// they come from. To ask an interface again and again and to read its answers is an administrator's day.
    pub(super) fn orders(&self, report: &mut Report) {
        for act in self
            .acts
            .iter()
            .filter(|act| matches!(act.effect.action, Action::Upload { .. }))
        {
            let habits = self.habits(act);
            let fetches = self.fetching.contains(&act.number);
            if !habits.loops || !(fetches || habits.reads_answers) || !self.obeys(act) {
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
            let urls: Vec<Observable> = scan::urls(act.layer_text())
                .map(|seen| seen.observable)
                .chain(own)
                .collect();
            urls.into_iter().for_each(|url| report.sight(url, Role::C2));
        }
    }

    /// Returns whether the act's stage runs what it cannot know before: text as code, or a command line of which a
    /// part is unknown.
    fn obeys(&self, act: &Act<'_>) -> bool {
        let told_apart = self
            .signs
            .get(act.number)
            .is_some_and(|signs| signs.contains(&Sign::NumberedCommands));
        told_apart || self.habits(act).runs_text || self.obedient.contains(&act.number)
    }

    /// What is sent by a stage that puts an image's head before data.
    pub(super) fn images(&self, report: &mut Report) {
        for act in self.acts {
            let under_head = self
                .signs
                .get(act.number)
                .is_some_and(|signs| signs.contains(&Sign::ImageHead));
            if let (Action::Upload { url }, true) = (&act.effect.action, under_head) {
                tell(&rules::IMAGE_UPLOAD, act, report, |finding| {
                    finding.fact("url", shown(&url.to_string()))
                });
            }
        }
    }

    /// Signs of a protocol of the script's own making: four of them, two of those telling, are no accident; five and
    /// three of those telling are an implant whole.
    pub(super) fn implant(&self, report: &mut Report) {
        for (stage, signs) in self.stages.stages.iter().zip(&self.signs) {
            let telling = signs.iter().filter(|sign| sign.is_telling()).count();
            let rule = match (signs.len(), telling) {
                (5.., 3..) => &rules::IMPLANT_WHOLE,
                (4.., 2..) => &rules::IMPLANT,
                _ => continue,
            };
            let words: Vec<&str> = signs.iter().map(|sign| sign.as_str()).collect();
            let (number, text) = fullest(stage);
            let at = Span::bytes(format!("{}#{number}", stage.name), 0, text.len());
            report.find(Finding::of(rule, at).fact("signs", words.join(", ")));
            let urls: Vec<Observable> = scan::urls(text).map(|seen| seen.observable).collect();
            urls.into_iter().for_each(|url| report.sight(url, Role::C2));
        }
    }
}

/// Returns the signs that the layers of a stage show together.
pub(super) fn signs_of(stage: &Stage, limits: &Limits) -> BTreeSet<Sign> {
    let layers = stage.unfolded.layers.iter();
    layers
        .filter(|layer| stage.language == "powershell" || layer.by == "evaluated")
        .filter(|layer| layer.text.len() >= LEAST_TEXT)
        .flat_map(|layer| signs(&layer.text, limits))
        .collect()
}

/// Returns the longest layer of a stage with its number, the last among equals: what came before it was its wrapping.
fn fullest(stage: &Stage) -> (usize, &str) {
    let layers = stage.unfolded.layers.iter().enumerate();
    layers
        .max_by_key(|(_, layer)| layer.text.len())
        .map_or((0, ""), |(number, layer)| (number, layer.text.as_str()))
}
