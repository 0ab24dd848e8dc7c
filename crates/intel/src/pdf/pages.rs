//! The pages of a document (ISO 32000-1, section 7.7.3).

use super::object::{Dict, Object};
use super::store::Store;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Pages of one document, and levels of their tree.
const MOST: usize = 20_000;
const DEPTH: usize = 64;
/// Notes of one page that are looked at for links.
const LINKS: usize = 2_000;
/// Size of a page that says none: a letter's, in points.
const LETTER: (f64, f64) = (612.0, 792.0);

/// A page, with what it inherits.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The page as its tree names it: it is read when it is its turn.
    node: Object,
    resources: Rc<Object>,
    /// Width and height in points, without what is cut off.
    pub(super) size: (f64, f64),
}

/// Returns the pages in their order. Where the tree is damaged, those count that stand in the file.
pub(super) fn pages(store: &Store<'_>) -> Vec<Page> {
    let mut walk = Walk {
        store,
        pages: Vec::new(),
        seen: BTreeSet::new(),
    };
    let root = store.trailers().find_map(|dict| store.dict(&dict, "Root"));
    let root = root.or_else(|| all(store, "Catalog").next().map(|(_, dict)| dict));
    if let Some(tree) = root.and_then(|root| root.get("Pages").cloned()) {
        walk.node(&tree, &Inherited::default(), 0);
    }
    if walk.pages.is_empty() {
        for (number, dict) in all(store, "Page") {
            walk.page(&Object::Reference(number), &dict, &Inherited::default());
        }
    }
    walk.pages
}

/// Returns the dictionaries of a type.
fn all<'s>(store: &'s Store<'_>, kind: &'s str) -> impl Iterator<Item = (u32, Dict)> + 's {
    let is = move |dict: &Dict| store.field(dict, "Type").as_ref().and_then(Object::name) == Some(kind);
    let dict = |number| match store.get(number) {
        Some(Object::Dict(dict)) => Some((number, dict)),
        _ => None,
    };
    store.numbers().filter_map(dict).filter(move |(_, dict)| is(dict))
}

#[derive(Clone, Debug, Default)]
struct Inherited {
    resources: Option<Rc<Object>>,
    size: Option<(f64, f64)>,
}

struct Walk<'a, 's> {
    store: &'s Store<'a>,
    pages: Vec<Page>,
    seen: BTreeSet<u32>,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Object, above: &Inherited, depth: usize) {
        if let Object::Reference(number) = node
            && !self.seen.insert(*number)
        {
            return;
        }
        let Some(Object::Dict(dict)) = self.store.resolve(node) else {
            return;
        };
        if depth > DEPTH {
            return self.store.drop_rest();
        }
        let Some(Object::Array(kids)) = self.store.field(&dict, "Kids") else {
            return self.page(node, &dict, above);
        };
        let own = self.inherited(&dict, above);
        for kid in &kids {
            self.node(kid, &own, depth + 1);
        }
    }

    fn inherited(&self, dict: &Dict, above: &Inherited) -> Inherited {
        let corners = self
            .store
            .field(dict, "CropBox")
            .or_else(|| self.store.field(dict, "MediaBox"));
        let corners: Vec<f64> = corners
            .as_ref()
            .and_then(Object::array)
            .unwrap_or_default()
            .iter()
            .filter_map(|corner| self.store.resolve(corner)?.number())
            .collect();
        let size = match corners.as_slice() {
            [left, bottom, right, top] => Some(((right - left).abs(), (top - bottom).abs())),
            _ => above.size,
        };
        Inherited {
            resources: (dict.get("Resources").map(|own| Rc::new(own.clone())))
                .or_else(|| above.resources.clone()),
            size,
        }
    }

    fn page(&mut self, node: &Object, dict: &Dict, above: &Inherited) {
        if self.pages.len() >= MOST {
            return self.store.drop_rest();
        }
        let own = self.inherited(dict, above);
        self.pages.push(Page {
            node: node.clone(),
            resources: own.resources.unwrap_or_else(|| Rc::new(Object::Null)),
            size: own.size.unwrap_or(LETTER),
        });
    }
}

impl Page {
    fn dict(&self, store: &Store<'_>) -> Dict {
        match store.resolve(&self.node) {
            Some(Object::Dict(dict)) => dict,
            _ => Dict::default(),
        }
    }

    /// Returns what the page's content names.
    pub(super) fn resources(&self, store: &Store<'_>) -> Dict {
        match store.resolve(&self.resources) {
            Some(Object::Dict(dict)) => dict,
            _ => Dict::default(),
        }
    }

    /// Returns the page's content, its streams after each other.
    pub(super) fn content(&self, store: &Store<'_>) -> Vec<u8> {
        let dict = self.dict(store);
        let streams = match dict.get("Contents") {
            Some(Object::Reference(number)) => match store.get(*number) {
                Some(Object::Array(items)) => items,
                _ => vec![Object::Reference(*number)],
            },
            Some(Object::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        let mut bytes = Vec::new();
        for stream in &streams {
            if let Object::Reference(number) = stream
                && let Some((_, part)) = store.stream(*number)
            {
                bytes.extend(part);
                bytes.push(b'\n');
            }
        }
        bytes
    }

    /// Returns whether the page has pictures.
    pub(super) fn has_images(&self, store: &Store<'_>) -> bool {
        let objects = store.dict(&self.resources(store), "XObject").unwrap_or_default();
        objects.iter().any(|(_, object)| {
            let object = store.resolve(object);
            let kind = object
                .as_ref()
                .and_then(Object::dict)
                .and_then(|dict| store.field(dict, "Subtype"));
            kind.as_ref().and_then(Object::name) == Some("Image")
        })
    }

    /// Returns the targets of the page's links.
    pub(super) fn links(&self, store: &Store<'_>) -> Vec<String> {
        let notes = store.field(&self.dict(store), "Annots");
        let target = |note: &Object| {
            let Object::Dict(note) = store.resolve(note)? else {
                return None;
            };
            let action = store.dict(&note, "A")?;
            match store.field(&action, "URI")? {
                Object::Text(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
                _ => None,
            }
        };
        let notes = notes.as_ref().and_then(Object::array).unwrap_or_default();
        if notes.len() > LINKS {
            store.drop_rest();
        }
        notes.iter().take(LINKS).filter_map(target).collect()
    }
}
