//! Names that belong to the document around the project: the document itself, its forms and sheets, and what
//! stands in a form's or document's own module without an object before it.

use super::Evaluator;
use crate::vba::ast::Expr;
use crate::vba::fault::Eval;
use crate::vba::host::Item;
use crate::vba::program::Loaded;
use crate::vba::value::Value;
use std::rc::Rc;

impl Evaluator<'_, '_> {
    /// Returns what the module of a form, sheet or document stands for.
    fn owner(&mut self, unit: usize) -> Option<Rc<Item>> {
        while self.owners.len() < self.units.len() {
            let owner = self
                .units
                .get(self.owners.len())
                .and_then(|unit| self.owner_of(unit));
            self.owners.push(owner);
        }
        self.owners.get(unit)?.clone()
    }

    fn owner_of(&self, loaded: &Loaded) -> Option<Rc<Item>> {
        let named = self
            .document
            .form(&loaded.name)
            .or_else(|| self.document.sheet(&loaded.name));
        if let Some(item) = named {
            return Some(Rc::clone(item));
        }
        let of_document = match loaded.unit.host_class.as_deref() {
            Some(class) => is_document(class),
            // A listing without its attributes.
            None => matches!(&*loaded.name, "thisdocument" | "thisworkbook"),
        };
        of_document.then(|| Rc::clone(&self.document.own))
    }

    /// Returns the object that a module stands for.
    pub(super) fn module_object(&mut self, unit: usize) -> Option<Value> {
        let item = self.owner(unit)?;
        Some(self.item(&item))
    }

    /// Returns what a name stands for that the host application defines, where the file says what that is.
    pub(super) fn host_item(&mut self, name: &str, expr: &Expr) -> Eval<Option<Value>> {
        let own = Rc::clone(&self.document.own);
        Ok(match name {
            "thisdocument" | "thisworkbook" => Some(self.item(&own)),
            "activedocument" | "activeworkbook" | "activepresentation" if !self.state.elsewhere => {
                Some(self.item(&own))
            }
            "activesheet" if !self.state.elsewhere => self.active_sheet(),
            "sheets" | "worksheets" | "names" if !self.state.elsewhere => {
                let object = self.item(&own);
                return self.try_item(object, name, &[], expr);
            }
            _ => match self.unit_named(name) {
                Some(unit) => self.module_object(unit),
                // A form or sheet whose module has no code is there all the same.
                None => {
                    let document = self.document;
                    let found = document.form(name).or_else(|| document.sheet(name));
                    found.map(|item| self.item(item))
                }
            },
        })
    }

    /// The sheet that the file says is shown, while nothing has chosen another.
    fn active_sheet(&mut self) -> Option<Value> {
        let collection = self.document.own.collection("activesheet")?;
        let sheet = Rc::clone(collection.items.first()?);
        Some(self.item(&sheet))
    }

    /// `Range("A1")` and `Cells(1, 1)` without an object are cells of the active sheet.
    pub(super) fn active_cells(&mut self, name: &str, values: &[Value], expr: &Expr) -> Eval<Option<Value>> {
        if !matches!(name, "range" | "cells" | "evaluate") || self.state.elsewhere {
            return Ok(None);
        }
        let found = match self.active_sheet() {
            Some(sheet) => self.try_item(sheet, name, values, expr)?,
            None => None,
        };
        match (found, name, values) {
            (None, "evaluate", [text]) => self.formula_value(text),
            (found, ..) => Ok(found),
        }
    }

    /// `[A1]`: what stands between square brackets is a formula, where nothing has that name.
    pub(super) fn bracketed(&mut self, expr: &Expr) -> Eval<Option<Value>> {
        let source = self.source(expr);
        let inner = source.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match inner {
            Some(inner) => self.active_cells("evaluate", &[Value::text(inner)], expr),
            None => Ok(None),
        }
    }

    /// A member of the application that is a document, or of what its documents hold.
    pub(super) fn is_application(&mut self, object: &Expr) -> bool {
        let crate::vba::ast::Node::Name(name) = &object.node else {
            return false;
        };
        &**name == "application" && self.home(name).is_none()
    }

    /// A name without an object before it, in the module of a form, sheet or document.
    pub(super) fn own_member(&mut self, name: &str, values: &[Value], expr: &Expr) -> Eval<Option<Value>> {
        let unit = self.unit_index();
        let Some(object) = self.module_object(unit) else {
            return Ok(None);
        };
        self.try_item(object, name, values, expr)
    }

    /// After another document was opened or made, the active one may be that.
    pub(super) fn note_other_document(&mut self, name: &str, expr: &Expr) {
        let opens = matches!(
            name,
            "open" | "add" | "opentext" | "activate" | "select" | "close" | "opendatabase" | "openxml"
        );
        if !opens {
            return;
        }
        let source = self.source(expr).to_lowercase();
        self.state.elsewhere |= ["document", "workbook", "presentation", "window", "sheet"]
            .iter()
            .any(|word| source.contains(word));
    }
}

/// Whether the base of a module, as `VB_Base` says it, is the class of a document: Word's, Excel's workbook.
fn is_document(base: &str) -> bool {
    let upper = base.to_ascii_uppercase();
    upper.contains("00020906") || upper.contains("00020819") || upper.contains("THISDOCUMENT")
}
