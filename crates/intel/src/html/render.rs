//! A page as lines: headings and rows with the marks that Markdown has for them, each link's target behind the line
//! in which it stands.

use super::entity;
use super::tag::{self, Markup, Tag};

/// A text and where its pieces begin, in it and in the page.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub(super) bytes: Vec<u8>,
    pub(super) pieces: Vec<(usize, usize)>,
}

impl Pieces {
    fn push(&mut self, text: &[u8], at: usize) {
        self.pieces.push((self.bytes.len(), at));
        self.bytes.extend_from_slice(text);
    }

    fn is_at_line(&self) -> bool {
        self.bytes.last().is_none_or(|b| *b == b'\n')
    }
}

/// What a page shows, and what it hides.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    pub(super) shown: Pieces,
    pub(super) hidden: Pieces,
}

/// Elements without an end, sorted.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
];
/// Elements that are lines of their own, sorted.
const BLOCKS: [&str; 39] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "head",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "title",
    "ul",
];
/// Elements whose text is none of the page's.
const CODE: [&str; 3] = ["script", "style", "title"];
/// Open elements that are kept apart, and those that an end tag looks for its own among.
const DEEPEST: usize = 4096;
const NEAR: usize = 64;
/// Bytes of a link's target.
const LONGEST_LINK: usize = 8192;

/// Renders a page.
pub(super) fn render(text: &[u8]) -> Rendered {
    let mut page = Page {
        text,
        rendered: Rendered::default(),
        open: Vec::new(),
        hiding: 0,
        kept: 0,
        links: Vec::new(),
    };
    page.run();
    page.line(text.len());
    page.rendered
}

struct Element {
    name: String,
    hides: bool,
}

struct Page<'a> {
    text: &'a [u8],
    rendered: Rendered,
    open: Vec<Element>,
    /// How many open elements hide what is in them.
    hiding: usize,
    /// How many open elements keep their lines.
    kept: usize,
    /// Targets of links in this line, by their bytes.
    links: Vec<(usize, usize)>,
}

impl Page<'_> {
    fn out(&mut self) -> &mut Pieces {
        if self.hiding > 0 {
            &mut self.rendered.hidden
        } else {
            &mut self.rendered.shown
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            let rest = self.text.get(at..).unwrap_or_default();
            let length = memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
            self.words(at, at + length);
            at += length;
            at = match self.text.get(at) {
                Some(b'<') => self.markup(at),
                Some(_) => self.reference(at),
                None => at,
            };
        }
    }

    /// Takes text without markup.
    fn words(&mut self, start: usize, end: usize) {
        let words = self.text.get(start..end).unwrap_or_default();
        if words.is_empty() {
            return;
        }
        let blank = |b: &u8| match b {
            b'\n' | b'\r' | b'\t' => b' ',
            b => *b,
        };
        if self.kept > 0 {
            self.out().push(words, start);
        } else if !(words.iter().all(u8::is_ascii_whitespace) && self.out().is_at_line()) {
            let flat: Vec<u8> = words.iter().map(blank).collect();
            self.out().push(&flat, start);
        }
    }

    fn reference(&mut self, at: usize) -> usize {
        match entity::read(self.text.get(at..).unwrap_or_default()) {
            Some((character, length)) => {
                // A blank that does not break a line is a blank to whoever reads it.
                let character = if character == '\u{a0}' { ' ' } else { character };
                let mut letters = [0; 4];
                let letters = character.encode_utf8(&mut letters).as_bytes().to_vec();
                self.out().push(&letters, at);
                at + length
            }
            None => {
                self.out().push(b"&", at);
                at + 1
            }
        }
    }

    fn markup(&mut self, at: usize) -> usize {
        match tag::read(self.text, at) {
            None => {
                self.out().push(b"<", at);
                at + 1
            }
            Some((Markup::Other, next)) => next,
            Some((Markup::Close(name), next)) => {
                self.close(&name, at);
                next
            }
            Some((Markup::Open(tag), next)) if CODE.contains(&tag.name.as_str()) => {
                self.line(at);
                tag::closing(self.text, next, &tag.name)
            }
            Some((Markup::Open(tag), next)) => {
                self.begin(tag, at);
                next
            }
        }
    }

    fn begin(&mut self, tag: Tag, at: usize) {
        while self.open.last().is_some_and(|open| ends(&tag.name, &open.name)) {
            self.pop(at);
        }
        self.mark(&tag.name, at);
        let link = (tag.name == "a").then(|| tag.attribute("href")).flatten();
        if let Some((start, end)) =
            link.filter(|(start, end)| end - start <= LONGEST_LINK && self.hiding == 0)
        {
            self.links.push((start, end));
        }
        if VOID.binary_search(&tag.name.as_str()).is_ok() || self.open.len() >= DEEPEST {
            return;
        }
        let hides = self.hides(&tag);
        if hides {
            self.line(at);
        }
        self.hiding += usize::from(hides);
        self.kept += usize::from(keeps(&tag.name));
        self.open.push(Element {
            name: tag.name,
            hides,
        });
    }

    fn close(&mut self, name: &str, at: usize) {
        let near = self
            .open
            .iter()
            .rev()
            .take(NEAR)
            .position(|element| element.name == name);
        for _ in 0..near.map_or(0, |near| near + 1) {
            self.pop(at);
        }
        if keeps(name) {
            self.fence(at);
        } else if BLOCKS.binary_search(&name).is_ok() || heading(name).is_some() || name == "tr" {
            self.line(at);
        }
    }

    /// Ends the innermost element.
    fn pop(&mut self, at: usize) {
        let Some(element) = self.open.pop() else { return };
        if element.hides {
            self.line(at);
        }
        self.hiding -= usize::from(element.hides);
        self.kept -= usize::from(keeps(&element.name));
    }

    /// Begins the line or cell that an element is.
    fn mark(&mut self, name: &str, at: usize) {
        if let Some(level) = heading(name) {
            self.line(at);
            let mark = format!("{} ", "#".repeat(level));
            self.out().push(mark.as_bytes(), at);
        } else if keeps(name) {
            self.fence(at);
        } else if name == "tr" {
            self.line(at);
        } else if matches!(name, "td" | "th") {
            let mark: &[u8] = if self.out().is_at_line() { b"| " } else { b" | " };
            self.out().push(mark, at);
        } else if BLOCKS.binary_search(&name).is_ok() {
            self.line(at);
        }
    }

    /// Ends the line, and a list of listed text begins or ends.
    fn fence(&mut self, at: usize) {
        self.line(at);
        self.out().push(b"```\n", at);
    }

    /// Ends the line, if there is one; the targets of its links stand at its end.
    fn line(&mut self, at: usize) {
        for (start, end) in std::mem::take(&mut self.links) {
            self.link(start, end);
        }
        if !self.out().is_at_line() {
            self.out().push(b"\n", at);
        }
    }

    /// Takes the target of a link to another place.
    fn link(&mut self, start: usize, end: usize) {
        let target = self.text.get(start..end).unwrap_or_default().trim_ascii();
        let lower = target.get(..8).unwrap_or(target).to_ascii_lowercase();
        let skipped = if lower.starts_with(b"mailto:") { 7 } else { 0 };
        if skipped == 0 && memchr::memmem::find(target, b"://").is_none() {
            return;
        }
        let begin = start + self.text.get(start..end).unwrap_or_default().len() - target.len();
        self.rendered.shown.push(b" [](", start);
        let mut at = begin.min(end) + skipped;
        let end = begin.min(end) + target.len();
        while at < end {
            let rest = self.text.get(at..end).unwrap_or_default();
            let plain = memchr::memchr(b'&', rest).unwrap_or(rest.len());
            self.rendered
                .shown
                .push(rest.get(..plain).unwrap_or_default(), at);
            at += plain;
            if at < end {
                let (character, length) =
                    entity::read(self.text.get(at..end).unwrap_or_default()).unwrap_or(('&', 1));
                let mut letters = [0; 4];
                self.rendered
                    .shown
                    .push(character.encode_utf8(&mut letters).as_bytes(), at);
                at += length;
            }
        }
        self.rendered.shown.push(b")", end);
    }

    fn hides(&self, tag: &Tag) -> bool {
        if tag.name == "template" || tag.attribute("hidden").is_some() {
            return true;
        }
        let Some((start, end)) = tag.attribute("style") else {
            return false;
        };
        let style: Vec<u8> = self.text.get(start..end).unwrap_or_default().to_ascii_lowercase();
        let style: String = String::from_utf8_lossy(&style).split_whitespace().collect();
        let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
        rules.any(|(name, value)| match name {
            "display" => value.starts_with("none"),
            "visibility" => value.starts_with("hidden"),
            "opacity" => value.parse::<f32>() == Ok(0.0),
            "font-size" => {
                value
                    .trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%')
                    .parse::<f32>()
                    == Ok(0.0)
            }
            _ => false,
        })
    }
}

/// Returns the level of a heading.
fn heading(name: &str) -> Option<usize> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(usize::from(level - b'0')),
        _ => None,
    }
}

/// Returns whether the beginning of an element ends an open one (HTML, section 13.1.2.4): many pages leave those end tags out.
fn ends(begun: &str, open: &str) -> bool {
    let part = matches!(begun, "thead" | "tbody" | "tfoot");
    match open {
        "p" => {
            let block = BLOCKS.binary_search(&begun).is_ok() && begun != "br";
            block || heading(begun).is_some() || matches!(begun, "td" | "th" | "tr")
        }
        "li" | "option" => begun == open,
        "dt" | "dd" => matches!(begun, "dt" | "dd"),
        "td" | "th" => matches!(begun, "td" | "th" | "tr") || part,
        "tr" => begun == "tr" || part,
        "thead" | "tbody" => part,
        _ => false,
    }
}

/// Returns whether an element keeps the lines of its text.
fn keeps(name: &str) -> bool {
    matches!(name, "pre" | "textarea" | "listing" | "xmp")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        String::from_utf8(render(page.as_bytes()).shown.bytes).unwrap()
    }

    #[test]
    fn lists_of_names_are_sorted() {
        assert!(VOID.is_sorted() && BLOCKS.is_sorted());
    }

    #[test]
    fn a_page_becomes_lines_with_marks() {
        assert_eq!(
            shown(
                "<title>x</title><h2>IoCs</h2>\n<ul><li>c2[&#46;]example</li><li>a&amp;b</ul><script>if(a<b)</script>"
            ),
            "## IoCs\nc2[.]example\na&b\n"
        );
        assert_eq!(
            shown("<table><tr><th>Host<th>Note</tr><tr><td>c2.example</td><td>x</td></tr></table>"),
            "| Host | Note\n| c2.example | x\n"
        );
        assert_eq!(
            shown(
                "<p>see <a href='https://a.example/?x=1&amp;y'>this\nblog</a> now</p><a href='/own'>own</a>"
            ),
            "see this blog now [](https://a.example/?x=1&y)\nown\n"
        );
        assert_eq!(shown("<pre>a\nb</pre>"), "```\na\nb\n```\n");
        assert_eq!(shown("c2<wbr>.ex<b>am</b>ple"), "c2.example\n");
    }

    #[test]
    fn what_has_no_end_tag_ends_where_the_next_begins() {
        let page = render(b"<ul><li hidden>a<li>b<li><p hidden>c<li>d</ul><table><tr><td hidden>e<td>f<tr hidden><td>g<tr><td>h");
        assert_eq!(page.shown.bytes, b"b\nd\n| \n| f\n| h\n");
        assert_eq!(page.hidden.bytes, b"a\nc\ne\n| g\n");
        let page = render(b"<table><thead hidden><tr><th>a<tbody><tr hidden><td>b<tbody><tr><td>c</table>");
        assert_eq!(page.shown.bytes, b"| c\n");
        assert_eq!(page.hidden.bytes, b"| a\n| b\n");
        // More of them than an end tag looks back over.
        let menu = format!("<div hidden><ul>{}</ul></div>shown", "<li>x".repeat(100));
        assert_eq!(shown(&menu), "shown\n");
    }

    #[test]
    fn what_is_hidden_stands_apart() {
        let page = render(b"a<div style='color:red; display : none'>b<p>c</div>d<span hidden>e</span>");
        assert_eq!(page.shown.bytes, b"a\nd\n");
        assert_eq!(page.hidden.bytes, b"b\nc\ne\n");
    }
}
