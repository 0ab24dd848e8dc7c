//! The modules of one document as one platform compiles them.

use super::Module;
use super::ast::{Name, Procedure, Purpose, Unit};
use super::parse::{Platform, select, unit};
use super::token::{Lexeme, Token};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use strongroom_model::Gap;

/// A parsed module with the layer that holds its source.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The module's name in lower case.
    pub name: Name,
    /// The index of the layer of its source.
    pub layer: usize,
    /// The source.
    pub source: Rc<str>,
    /// The tree.
    pub unit: Unit,
    /// Procedures by name; a property may have two.
    procedures: BTreeMap<Name, Vec<Rc<Procedure>>>,
    /// The names that something is assigned to, and that are declared.
    assigned: BTreeSet<Name>,
    /// Where each constant stands among the module's.
    constants: BTreeMap<Name, usize>,
    /// How often each name stands in the source.
    mentioned: BTreeMap<Name, usize>,
}

impl Loaded {
    /// Returns the module of a source text as the platform compiles it, and what could not be parsed.
    pub(super) fn new(
        module: &Module,
        tokens: &[Token],
        layer: usize,
        platform: Platform,
        nesting: u32,
    ) -> (Vec<Self>, Vec<Gap>) {
        let kept = select(tokens, platform, nesting);
        let (parsed, gaps) = unit(&kept, &module.name, nesting);
        let source: Rc<str> = Rc::from(module.source.as_str());
        (
            Loaded::with_classes(&module.name, parsed, &kept, layer, &source),
            gaps,
        )
    }

    /// A class inside a VBScript text becomes a module of its own on the same layer.
    fn with_classes(
        name: &str,
        mut unit: Unit,
        tokens: &[Token],
        layer: usize,
        source: &Rc<str>,
    ) -> Vec<Self> {
        let classes = std::mem::take(&mut unit.classes);
        let mut loaded = vec![Loaded::of(
            Rc::from(name.to_lowercase()),
            unit,
            tokens,
            layer,
            source,
        )];
        for (name, class) in classes {
            loaded.extend(Loaded::with_classes(&name, class, tokens, layer, source));
        }
        loaded
    }

    /// Returns a module without declarations, for an expression that stands alone.
    pub(super) fn empty(layer: usize, source: &str) -> Self {
        Loaded::of(Rc::from(""), Unit::default(), &[], layer, &Rc::from(source))
    }

    fn of(name: Name, unit: Unit, tokens: &[Token], layer: usize, source: &Rc<str>) -> Self {
        let mut procedures: BTreeMap<Name, Vec<Rc<Procedure>>> = BTreeMap::new();
        for procedure in &unit.procedures {
            let named = procedures.entry(Rc::clone(&procedure.name)).or_default();
            named.push(Rc::clone(procedure));
        }
        let mut constants = BTreeMap::new();
        for (at, constant) in unit.constants.iter().enumerate() {
            constants.entry(Rc::clone(&constant.name)).or_insert(at);
        }
        Loaded {
            constants,
            name,
            layer,
            source: Rc::clone(source),
            procedures,
            assigned: assigned(tokens),
            mentioned: mentioned(tokens),
            unit,
        }
    }

    /// Returns the procedure of a name: for reading, or for `Let` and `Set` of a property.
    pub(super) fn procedure(&self, name: &str, put: bool) -> Option<&Rc<Procedure>> {
        self.procedures
            .get(name)?
            .iter()
            .find(|procedure| (procedure.purpose == Purpose::Put) == put)
    }

    /// Returns where the constant of a name stands among the module's.
    pub(super) fn constant(&self, name: &str) -> Option<usize> {
        self.constants.get(name).copied()
    }

    /// Returns whether the module assigns to the name somewhere.
    pub(super) fn assigns(&self, name: &str) -> bool {
        self.assigned.contains(name)
    }

    /// Returns whether the name of the procedure stands somewhere outside of it.
    pub(super) fn mentions(&self, name: &str, procedure: &Rc<Procedure>) -> bool {
        let own = self
            .unit
            .procedures
            .iter()
            .any(|other| Rc::ptr_eq(other, procedure));
        let inside = if own { self.inside(name, procedure) } else { 0 };
        self.mentioned.get(name).copied().unwrap_or(0) > inside
    }

    /// How often the name stands in the procedure itself: its head and the result it assigns.
    fn inside(&self, name: &str, procedure: &Procedure) -> usize {
        let text = self.source.get(procedure.start..procedure.end).unwrap_or("");
        let lower = text.to_lowercase();
        lower
            .split(|c: char| !super::lexer::is_name_part(c))
            .filter(|word| *word == name)
            .count()
    }
}

fn assigned(tokens: &[Token]) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    for pair in tokens.windows(2) {
        let [first, second] = pair else { continue };
        if let Lexeme::Word(name) = &first.lexeme
            && second.is_symbol("=")
        {
            names.insert(Rc::clone(name));
        }
    }
    names
}

fn mentioned(tokens: &[Token]) -> BTreeMap<Name, usize> {
    let mut names = BTreeMap::new();
    for token in tokens {
        if let Lexeme::Word(name) | Lexeme::Bracketed(name) = &token.lexeme {
            *names.entry(Rc::clone(name)).or_insert(0) += 1;
        }
    }
    names
}
