//! Destinations: where a control word leads the text behind it, and what is kept when that ends.

use super::field::Spelled;
use super::gathered::{Data, Field, Kind, Object};
use super::group::{Destination, Open};
use super::nibbles::Readings;
use super::prose::Prose;
use super::reader::{PARTS, Reader};
use encoding_rs::WINDOWS_1252;
use std::collections::BTreeSet;

impl Reader<'_> {
    /// Ends what the group at hand began, because it closes or leads elsewhere.
    pub(super) fn leave(&mut self) {
        if !std::mem::take(&mut self.group.ends) {
            return;
        }
        let taken = |prose: &mut Prose| std::mem::replace(prose, Prose::new(WINDOWS_1252)).into_text();
        match self.group.destination {
            Destination::Data(number) => {
                if let Some(data) = self.found.data.get_mut(number) {
                    data.end = self.at;
                }
            }
            Destination::Template => {
                let text = taken(&mut self.template);
                self.found.templates.push((self.at, text));
            }
            Destination::Identifier(number) => {
                let text = taken(&mut self.class);
                if let Some(object) = self.found.objects.get_mut(number) {
                    object.identifier = text;
                }
            }
            Destination::Class(number) => {
                let text = taken(&mut self.class);
                if let Some(object) = self.found.objects.get_mut(number) {
                    object.class = text.trim().to_owned();
                }
            }
            _ => {}
        }
    }

    /// Ends a field; the one around it remembers where the value belongs.
    pub(super) fn close_field(&mut self, number: usize) {
        let Some(field) = self.fields.get_mut(number).filter(|field| !field.done) else {
            return;
        };
        let whole = std::mem::replace(field, Open::new(field.start, WINDOWS_1252));
        field.done = true;
        let result = whole.result.into_text();
        if let Destination::Instruction(outer) = self.group.destination
            && let Some(outer) = self.fields.get_mut(outer)
        {
            let place = outer.instruction.place();
            outer.inner.push((place, self.found.fields.len()));
        }
        self.words.text(&result);
        self.found.fields.push(Field {
            start: whole.start,
            instruction: Spelled {
                text: whole.instruction.into_text(),
                inner: whole.inner,
            },
            result,
        });
    }

    pub(super) fn destination(&mut self, name: &[u8]) {
        self.leave();
        let next = self.tokens.at();
        let destination = match name {
            b"objdata" => self.data(Kind::Object, next),
            b"datastore" => self.data(Kind::Store, next),
            b"pict" => self.data(Kind::Picture, next),
            b"themedata" | b"colorschememapping" | b"fontemb" => self.data(Kind::Other, next),
            b"object" => {
                self.group.object = Some(self.new_object());
                Destination::Nowhere
            }
            b"objclass" => {
                let number = self.object();
                self.group.ends = true;
                Destination::Class(number)
            }
            b"oleclsid" => {
                let number = self.object();
                self.group.ends = true;
                Destination::Identifier(number)
            }
            b"template" => {
                self.group.ends = true;
                Destination::Template
            }
            b"field" => {
                self.group.field = self.field();
                Destination::Nowhere
            }
            b"fldinst" => self.instruction(),
            b"fldrslt" => self.result(),
            b"fonttbl" => Destination::Fonts,
            b"blipuid" | b"colortbl" | b"panose" | b"picprop" | b"sp" | b"sn" => Destination::Nowhere,
            // An object shows its result in its place.
            b"result" | b"shptxt" | b"dptxbxtext" => Destination::Words,
            _ => Destination::Words,
        };
        if destination == Destination::Words {
            self.words.char('\n');
        }
        self.group.destination = destination;
    }

    fn new_object(&mut self) -> usize {
        if self.found.objects.len() >= PARTS {
            self.found.too_many = true;
        } else {
            self.found.objects.push(Object::default());
        }
        self.found.objects.len().saturating_sub(1)
    }

    /// Returns the object around, or makes one for words that stand outside.
    fn object(&mut self) -> usize {
        match self.group.object {
            Some(number) => number,
            None => {
                let number = self.new_object();
                self.group.object = Some(number);
                number
            }
        }
    }

    pub(super) fn updates(&mut self) {
        let number = self.object();
        if let Some(object) = self.found.objects.get_mut(number) {
            object.updates = true;
        }
    }

    fn data(&mut self, kind: Kind, start: usize) -> Destination {
        if self.found.data.len() >= PARTS {
            self.found.too_many = true;
            return Destination::Nowhere;
        }
        self.group.ends = true;
        self.found.data.push(Data {
            kind,
            start,
            end: start,
            readings: Readings::default(),
            broken_by: BTreeSet::new(),
            binary: false,
            object: self.group.object,
        });
        Destination::Data(self.found.data.len() - 1)
    }

    fn field(&mut self) -> Option<usize> {
        if self.fields.len() >= PARTS {
            self.found.too_many = true;
            return None;
        }
        self.fields.push(Open::new(self.at, self.page));
        Some(self.fields.len() - 1)
    }

    /// The innermost field that is open; an instruction without a field around it is one of its own.
    fn open_field(&mut self) -> Option<usize> {
        let around = self.outer.iter().rev().map(|group| group.field).take(8);
        let around = std::iter::once(self.group.field).chain(around).flatten().next();
        around.or_else(|| {
            self.group.field = self.field();
            self.group.field
        })
    }

    fn instruction(&mut self) -> Destination {
        self.open_field()
            .map_or(Destination::Nowhere, Destination::Instruction)
    }

    fn result(&mut self) -> Destination {
        self.open_field().map_or(Destination::Words, Destination::Result)
    }
}
