//! The stages of a script: itself, then each command that it starts and each script that it writes.

use super::batch;
use super::commands::inline_script;
use super::entry::Reach;
use crate::names::{base, extension};
use crate::script::{Action, Budget, Effect, Text, Unfolded};
use crate::text::decode_text;
use crate::vba::{self, Document, Module};
use crate::workbook::Workbook;
use crate::{kind_of, powershell, xlm};
use std::collections::VecDeque;
use strongroom_model::{Gap, Kind, Layer, Limit, Limits};

/// What an engine is given.
pub(super) enum Source {
    /// A PowerShell text.
    PowerShell(String),
    /// A batch text.
    Batch(String),
    /// Modules of VBA, or a text of VBScript.
    Basic {
        /// `vba` or `vbs`.
        language: &'static str,
        /// The modules.
        modules: Vec<Module>,
        /// What the document around them holds.
        document: Document,
    },
    /// A workbook with sheets of Excel 4.0 macros.
    Sheets(Box<Workbook>),
    /// A command line that may start PowerShell.
    Command(String),
    /// A command line that something else than a script starts.
    Started {
        /// What starts it.
        language: &'static str,
        /// The command line.
        command: String,
    },
}

/// One script, unfolded.
pub(super) struct Stage {
    /// The language, as reports have it.
    pub language: &'static str,
    /// Where it stands: the stream, or the stage before and what it did.
    pub name: String,
    /// The stage that started or wrote it.
    pub parent: Option<usize>,
    /// What of it runs by itself.
    pub reach: Reach,
    /// Whether it was started or written by what runs by itself.
    pub automatic: bool,
    /// What the engine came to.
    pub unfolded: Unfolded,
}

impl Stage {
    /// Returns whether what stands at a byte of a layer runs with nobody asked.
    pub fn is_automatic(&self, layer: usize, start: usize) -> bool {
        self.automatic || self.reach.covers(layer, start)
    }
}

impl Stage {
    /// Returns whether loaded code was read as machine code: then what it does stands right behind it.
    fn was_read(&self, number: usize, code: &[u8]) -> bool {
        let next = self.unfolded.effects.get(number + 1);
        let layer = next.and_then(|effect| self.unfolded.layers.get(effect.layer));
        layer.is_some_and(|layer| layer.by == "shellcode") && !code.starts_with(b"MZ")
    }
}

/// All stages of one script, the first first.
pub(super) struct Stages {
    /// The stages in the order in which they were found.
    pub stages: Vec<Stage>,
    /// Files that a stage writes or loads and that are no script: path and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// Limits that were reached between the stages.
    pub gaps: Vec<Gap>,
}

/// A source that waits for its turn.
struct Waiting {
    name: String,
    parent: Option<usize>,
    automatic: bool,
    source: Source,
}

impl Stages {
    /// Runs a source and all that it starts, under one budget of steps and at most `limits.layers` stages.
    pub fn run(name: &str, source: Source, limits: &Limits) -> Stages {
        let mut all = Stages {
            stages: Vec::new(),
            files: Vec::new(),
            gaps: Vec::new(),
        };
        let mut budget = Budget::new(limits);
        let mut waiting = VecDeque::from([Waiting {
            name: name.to_owned(),
            parent: None,
            automatic: false,
            source,
        }]);
        while let Some(next) = waiting.pop_front() {
            if all.stages.len() as u64 >= u64::from(limits.layers) {
                all.gaps.push(Gap::limit(next.name, Limit::Layers, limits.layers));
                break;
            }
            if let Some(stage) = unfold(next, &mut budget) {
                all.follow(&stage, &mut waiting);
                all.stages.push(stage);
            }
        }
        all
    }

    /// Puts what the stage starts and writes behind what is waiting.
    fn follow(&mut self, stage: &Stage, waiting: &mut VecDeque<Waiting>) {
        let parent = Some(self.stages.len());
        for (number, effect) in stage.unfolded.effects.iter().enumerate() {
            let name = |what: &str| format!("{} > {what}", stage.name);
            let automatic = stage.is_automatic(effect.layer, effect.start);
            match &effect.action {
                Action::Start { command } | Action::Persist { command, .. } => {
                    let line = command.to_string();
                    let source = match inline_script(&line) {
                        Some(("vbscript", code)) => basic(code),
                        _ => Source::Command(line),
                    };
                    waiting.push_back(Waiting {
                        name: name(&format!("command {}", number + 1)),
                        parent,
                        automatic,
                        source,
                    });
                }
                Action::Write {
                    path,
                    content: Some(content),
                } => {
                    let path = path.to_string();
                    let file = base(&path).to_owned();
                    match script_of(&path, content) {
                        Some(source) => waiting.push_back(Waiting {
                            name: name(&file),
                            parent,
                            automatic,
                            source,
                        }),
                        None => self.file(file, content),
                    }
                }
                Action::LoadCode { code: Some(code), .. } if !stage.was_read(number, code) => {
                    self.file("loaded code".to_owned(), code);
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, name: String, content: &[u8]) {
        let known = self.files.iter().any(|(_, file)| file == content);
        if !content.is_empty() && !known {
            self.files.push((name, content.to_vec()));
        }
    }
}

/// Returns a text of VBScript as a source. What closes the window that `mshta` opens for it is no part of it.
fn basic(code: &str) -> Source {
    let lower = code.to_ascii_lowercase();
    let end = ["(window.close)", ":window.close", ":close"]
        .iter()
        .find_map(|close| {
            lower
                .trim_end_matches([')', '(', ' ', ';'])
                .strip_suffix(close.trim_end_matches(')'))
        })
        .map_or(code.len(), str::len);
    Source::Basic {
        language: "vbs",
        modules: vec![Module {
            name: "script".into(),
            source: code.get(..end).unwrap_or(code).to_owned(),
        }],
        document: Document::default(),
    }
}

/// Returns the source of a written file that is a script, by what the system would run it as, else by content.
fn script_of(path: &str, content: &[u8]) -> Option<Source> {
    let text = || decode_text(content);
    let by_name = match extension(path).as_deref() {
        Some("ps1" | "psm1") => Some(Kind::PowerShell),
        Some("bat" | "cmd") => Some(Kind::Batch),
        Some("vbs") => Some(Kind::Vbs),
        _ => None,
    };
    Some(match by_name.unwrap_or_else(|| kind_of(content)) {
        Kind::PowerShell => Source::PowerShell(text()),
        Kind::Batch => Source::Batch(text()),
        Kind::Vbs => Source::Basic {
            language: "vbs",
            modules: vec![Module {
                name: "script".into(),
                source: text(),
            }],
            document: Document::default(),
        },
        _ => return None,
    })
}

/// What is started without a script around it is a layer of its own that starts one command.
fn started(command: String) -> Unfolded {
    let effect = Effect {
        action: Action::Start {
            command: Text::known(command.as_str()),
        },
        layer: 0,
        start: 0,
        end: command.len(),
    };
    let layer = Layer {
        by: "source".into(),
        text: command,
    };
    Unfolded {
        layers: vec![layer],
        effects: vec![effect],
        gaps: Vec::new(),
    }
}

fn unfold(next: Waiting, budget: &mut Budget<'_>) -> Option<Stage> {
    let mut reach = Reach::default();
    let (language, unfolded) = match next.source {
        Source::PowerShell(text) => ("powershell", powershell::unfold(&text, budget)),
        Source::Batch(text) => ("batch", batch::unfold(&text, budget)),
        Source::Basic {
            language,
            modules,
            document,
        } => {
            reach = Reach::of(&modules);
            (language, vba::unfold_in(&modules, &document, budget))
        }
        Source::Sheets(book) => {
            let evaluated = xlm::unfold(&book, budget);
            reach = Reach::new(evaluated.entry, evaluated.apart);
            ("xlm", evaluated.unfolded)
        }
        Source::Command(line) => ("powershell", powershell::unfold_command(&line, budget)?),
        Source::Started { language, command } => (language, started(command)),
    };
    Some(Stage {
        language,
        name: next.name,
        parent: next.parent,
        reach,
        automatic: next.automatic,
        unfolded,
    })
}
