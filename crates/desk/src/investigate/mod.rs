//! `investigate`: a folder with any mix of evidence becomes one case.
//!
//! The order is the campaign's: files and reports first, because they say what to look for in the logs; then the
//! ledger, whose drains say what to trace; then the lists, which say who stands at the ends. Everything is
//! recomputed at each run, which is why a run that was broken off can simply be made again: the ledger resumes
//! its import, the journal takes what is missing.

mod drained;
mod funds;
mod own;
mod parties;
mod sort;
mod traced;
mod wire;

use crate::examine::examine_all;
use crate::input::{Input, Inputs};
use crate::inspect::InspectOptions;
use crate::known::Known;
use crate::lists::{self, Loaded};
use crate::network::{SAFE_FILE, read_logs, read_safe_list};
use crate::progress::Progress;
use crate::reports;
use crate::watch_list::WATCH_LIST;
use anyhow::Context;
use sort::Sorted;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use strongroom_case::{self as case, Case, CaseGap, Converged, Entry, Facts, Grounds, Opened, Recorded};
use strongroom_model::{EvidenceId, Gap, Limits, Observable, ObservableType, Report, Why};
use strongroom_network::{Config, Network, SafeList};
use strongroom_screening::Purpose;

/// What an investigation did.
#[derive(Debug)]
pub struct Investigated {
    /// The case's entries.
    pub entries: Vec<Recorded>,
    /// What this run did to the case.
    pub converged: Converged,
    /// What could not be read from disk or was refused.
    pub errors: Vec<anyhow::Error>,
}

/// Investigates a folder; the case lies in a folder of its own.
///
/// Same evidence, same lists, same recorded decisions, same version: the same bytes in the case.
///
/// # Errors
/// Where the folder cannot be listed, or the case or its ledger cannot be written or is damaged.
pub fn investigate(
    folder: &Path,
    case_folder: &Path,
    options: &InspectOptions,
    progress: &Progress<'_>,
) -> anyhow::Result<Investigated> {
    let folder = fs::canonicalize(folder).with_context(|| folder.display().to_string())?;
    let safe = case_folder.join(SAFE_FILE);
    let given = safe.is_file().then(|| read_safe_list(&safe)).transpose()?;
    let (safe, safe_id) = given.unzip();
    let config = Config {
        safe: safe.unwrap_or_default(),
        ..Config::default()
    };
    let mut case = Case::open_or_create(case_folder)?;
    let mut inputs = Inputs::inside(&folder, Some(case_folder));
    let watched = case_folder.join(WATCH_LIST);
    if watched.is_file() {
        inputs.files.push(Input {
            name: WATCH_LIST.to_owned(),
            path: watched,
        });
    }
    let (files, cases) = own::without_cases(inputs.files, &options.limits);
    let mut inquiry = Inquiry::new(options, &config, progress);
    inquiry.facts.gaps.extend(cases);
    inquiry.complain(inputs.errors);
    inquiry.facts.decisions = decisions(case.entries());
    inquiry.look(Sorted::of(files), case_folder)?;
    let (facts, errors, hosts) = (inquiry.facts, inquiry.errors, inquiry.hosts);
    let is_safe = |observable: &Observable| stands_on(&config.safe, observable);
    let mut grounds = Grounds::new(&is_safe);
    grounds.hosts = hosts;
    let run = case::run(opened(&folder, options, safe_id), &facts, &grounds);
    let converged = case.converge(&run)?;
    reports::write(case_folder, case.entries())?;
    Ok(Investigated {
        entries: case.entries().to_vec(),
        converged,
        errors,
    })
}

fn decisions(entries: &[Recorded]) -> Vec<case::Decision> {
    let decision = |one: &Recorded| match &one.entry {
        Entry::Decision(decision) => Some(decision.clone()),
        _ => None,
    };
    entries.iter().filter_map(decision).collect()
}

fn opened(folder: &Path, options: &InspectOptions, safe: Option<EvidenceId>) -> Opened {
    let title = folder
        .file_name()
        .map_or_else(|| "case".into(), |name| name.to_string_lossy().into_owned());
    let limits = format!("{:?}", options.limits);
    let mut parameters = BTreeMap::from([
        ("limits".to_owned(), limits),
        ("timeout".to_owned(), format!("{} s", options.seconds)),
    ]);
    if let Some(safe) = safe {
        parameters.insert("safe list".to_owned(), safe.to_string());
    }
    Opened {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        title,
        parameters,
    }
}

fn stands_on(safe: &SafeList, observable: &Observable) -> bool {
    let host = observable.host();
    let name = host.as_ref().unwrap_or(observable);
    match name.kind() {
        ObservableType::Domain => safe.name(name.value()).is_some(),
        ObservableType::Ip => name.value().parse().is_ok_and(|ip| safe.address(ip).is_some()),
        _ => false,
    }
}

/// An investigation under way.
struct Inquiry<'a> {
    options: &'a InspectOptions,
    config: &'a Config,
    progress: &'a Progress<'a>,
    facts: Facts,
    errors: Vec<anyhow::Error>,
    /// How many hosts the logs show.
    hosts: u64,
}

impl<'a> Inquiry<'a> {
    fn new(options: &'a InspectOptions, config: &'a Config, progress: &'a Progress<'a>) -> Self {
        Inquiry {
            options,
            config,
            progress,
            facts: Facts::default(),
            errors: Vec::new(),
            hosts: 0,
        }
    }

    fn limits(&self) -> &'a Limits {
        &self.options.limits
    }

    /// Keeps what could not be read, both as an error for whoever started this and as a gap of the case.
    fn complain<E: Into<anyhow::Error>>(&mut self, errors: impl IntoIterator<Item = E>) {
        for error in errors {
            let error = error.into();
            let gap = Gap::new("input", Why::Damaged, format!("{error:#}"));
            self.facts.gaps.push(CaseGap {
                of: "input".to_owned(),
                gap,
            });
            self.errors.push(error);
        }
    }

    fn look(&mut self, sorted: Sorted, case_folder: &Path) -> anyhow::Result<()> {
        self.complain(sorted.errors);
        self.examine(&sorted.files);
        let known = Known::of(&self.facts.reports);
        self.read_network(&sorted.logs, &known);
        let loaded = self.read_lists(&sorted.lists);
        self.follow_funds(&sorted.tables, &loaded, case_folder)?;
        self.name_wallets(&loaded);
        Ok(())
    }

    fn examine(&mut self, files: &[Input]) {
        for answer in examine_all(files, self.options, self.progress) {
            match answer {
                Ok(report) => self.facts.reports.push(report),
                Err(error) => self.complain([error]),
            }
        }
    }

    fn read_network(&mut self, logs: &[Input], known: &Known) {
        if logs.is_empty() {
            return;
        }
        let answer = read_logs(logs, known, (self.config, self.limits()), self.progress);
        self.complain(answer.errors);
        self.keep_network(answer.network);
    }

    fn keep_network(&mut self, network: Network) {
        self.hosts = network
            .beacons
            .iter()
            .chain(&network.set_aside)
            .map(|one| one.population)
            .max()
            .unwrap_or(0);
        self.facts.contacts = wire::contacts(&network);
        self.facts.beacons = wire::beacons(&network);
        self.facts.reports.push(network.report);
    }

    /// A plain list of addresses among evidence is what somebody published after a theft.
    fn read_lists(&mut self, files: &[Input]) -> Loaded {
        let mut loaded = lists::load_inputs(files, Purpose::StolenFunds, self.limits());
        self.complain(std::mem::take(&mut loaded.refused));
        self.facts.lists = loaded.lists.versions().iter().map(parties::list_used).collect();
        let gaps = loaded.reports.iter().flat_map(|report| {
            let of = |gap: &Gap| CaseGap {
                of: report.evidence.name.clone(),
                gap: gap.clone(),
            };
            report.gaps.iter().map(of)
        });
        self.facts.gaps.extend(gaps);
        loaded
    }

    fn follow_funds(&mut self, tables: &[Input], loaded: &Loaded, case_folder: &Path) -> anyhow::Result<()> {
        if tables.is_empty() {
            return Ok(());
        }
        let funds = funds::follow(tables, loaded, case_folder, self.limits(), self.progress)?;
        self.complain(funds.errors);
        self.facts.gaps.extend(funds.gaps);
        self.facts.drains = funds.drains;
        self.facts.traces = funds.traces;
        Ok(())
    }

    /// Asks the lists about every wallet of the case, and keeps the answer about those that the theft touched.
    fn name_wallets(&mut self, loaded: &Loaded) {
        let touched = funds::touched(&self.facts.drains, &self.facts.traces);
        let mut wallets = funds::ends(&self.facts.traces);
        wallets.extend(touched.iter().cloned());
        wallets.extend(named_in(&self.facts.reports));
        let answers = parties::ask(&loaded.lists, &wallets, &touched);
        self.facts.named = answers.named;
        self.facts.screened = answers.screened;
    }
}

fn named_in(reports: &[Report]) -> BTreeSet<Observable> {
    let parts = reports.iter().flat_map(Report::walk);
    let sighted = parts.flat_map(|part| {
        part.observables
            .iter()
            .map(|sighting| sighting.observable.clone())
    });
    sighted
        .filter(|observable| observable.kind() == ObservableType::Wallet)
        .collect()
}
