//! Refanging: the ways in which reports break addresses so that nobody clicks on them, undone, with a way back
//! to the places in the text.
//!
//! Not a rewriting of the report: only what stands between the characters of a host, a scheme or a mail address
//! is undone, and each undone place is remembered, since it says that the author means an indicator.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use std::borrow::Cow;
use std::sync::LazyLock;

/// What a broken form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A dot between two labels; white space around brackets goes with it.
    Dot,
    /// A backslash before a dot.
    EscapedDot,
    /// Between user and host.
    At,
    /// A part of what follows the scheme.
    Literal,
    /// A scheme with letters replaced.
    Scheme,
    /// A character that nobody sees, at which a page may break a line: no sign of a meaning.
    Unseen,
}

use Meaning::{At, Dot, EscapedDot, Literal, Scheme, Unseen};

/// Broken form, what is written instead, and what it stands for.
const FORMS: [(&str, &str, Meaning); 51] = [
    ("[.]", ".", Dot),
    ("(.)", ".", Dot),
    ("{.}", ".", Dot),
    ("[.", ".", Dot),
    (".]", ".", Dot),
    ("[ . ]", ".", Dot),
    ("[ .]", ".", Dot),
    ("[. ]", ".", Dot),
    ("[ dot ]", ".", Dot),
    ("( dot )", ".", Dot),
    ("[dot]", ".", Dot),
    ("(dot)", ".", Dot),
    ("{dot}", ".", Dot),
    ("<dot>", ".", Dot),
    ("<.>", ".", Dot),
    ("\\.", ".", EscapedDot),
    ("[ at ]", "@", At),
    ("[ @ ]", "@", At),
    ("[at]", "@", At),
    ("(at)", "@", At),
    ("{at}", "@", At),
    ("<at>", "@", At),
    ("[@]", "@", At),
    ("(@)", "@", At),
    ("{@}", "@", At),
    ("[://]", "://", Literal),
    ("[:]//", "://", Literal),
    ("(:)//", "://", Literal),
    ("[:]", ":", Literal),
    ("[:", ":", Literal),
    ("[/]", "/", Literal),
    (":// ", "://", Literal),
    ("hxxps", "https", Scheme),
    ("hxxp", "http", Scheme),
    ("htxps", "https", Scheme),
    ("htxp", "http", Scheme),
    ("h**ps", "https", Scheme),
    ("h**p", "http", Scheme),
    ("h__p", "http", Scheme),
    ("fxp", "ftp", Scheme),
    ("http[s]", "https", Scheme),
    ("hxxp[s]", "https", Scheme),
    ("h[xx]ps", "https", Scheme),
    ("h[xx]p", "http", Scheme),
    ("h[tt]ps", "https", Scheme),
    ("h[tt]p", "http", Scheme),
    ("\u{200b}", "", Unseen),
    ("\u{200c}", "", Unseen),
    ("\u{2060}", "", Unseen),
    ("\u{feff}", "", Unseen),
    ("\u{ad}", "", Unseen),
];

static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(FORMS.iter().map(|(form, _, _)| form))
        .expect("a few short patterns build")
});

/// An undone place: from here on, `refanged` in the result is `given` in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    begin: usize,
    refanged: usize,
    given: usize,
    unseen: bool,
}

/// A refanged text.
pub(crate) struct Refanged<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    steps: Vec<Step>,
}

impl<'a> Refanged<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Self {
        let mut result = Refanged {
            bytes: Cow::Borrowed(text),
            steps: Vec::new(),
        };
        let mut bytes: Vec<u8> = Vec::new();
        let mut done = 0;
        for found in FINDER.find_iter(text) {
            let Some((_, instead, meaning)) = FORMS.get(found.pattern().as_usize()) else {
                continue;
            };
            let Some((start, end)) = meaning.extent(text, found.start(), found.end()) else {
                continue;
            };
            let Some(between) = text.get(done..start) else {
                continue;
            };
            bytes.extend_from_slice(between);
            let begin = bytes.len();
            bytes.extend_from_slice(instead.as_bytes());
            result.steps.push(Step {
                begin,
                refanged: bytes.len(),
                given: end,
                unseen: *meaning == Unseen,
            });
            done = end;
        }
        if !result.steps.is_empty() {
            bytes.extend_from_slice(text.get(done..).unwrap_or_default());
            result.bytes = Cow::Owned(bytes);
        }
        result
    }

    /// Returns the place in the text of a place in the result.
    pub(crate) fn place(&self, at: usize) -> usize {
        let after = self.steps.partition_point(|step| step.refanged <= at);
        match after.checked_sub(1).and_then(|last| self.steps.get(last)) {
            Some(step) => step.given + (at - step.refanged),
            None => at,
        }
    }

    /// Returns whether something was undone between two places of the result.
    pub(crate) fn is_defanged(&self, start: usize, end: usize) -> bool {
        let first = self.steps.partition_point(|step| step.begin < start);
        let steps = self.steps.get(first..).unwrap_or_default();
        steps
            .iter()
            .take_while(|step| step.begin < end)
            .any(|step| !step.unseen)
    }
}

impl Meaning {
    /// Returns the bytes that the form takes up, if what stands around it makes it one.
    fn extent(self, text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
        let before = text.get(..start)?;
        let after = text.get(end..)?;
        match self {
            Dot | At => {
                let start = start - trailing_blanks(before);
                let end = end + leading_blanks(after);
                let begins = text.get(..start)?.last().is_some_and(|b| is_label_end(*b));
                let goes_on = text.get(end..)?.first().is_some_and(|b| is_label(*b));
                (begins && goes_on).then_some((start, end))
            }
            EscapedDot => {
                let between = before.last().is_some_and(|b| is_label(*b));
                (between && after.first().is_some_and(|b| is_label(*b))).then_some((start, end))
            }
            Literal | Unseen => Some((start, end)),
            Scheme => {
                let alone = before.last().is_none_or(|b| !b.is_ascii_alphanumeric());
                let goes_on = after
                    .first()
                    .is_some_and(|b| matches!(b, b':' | b'[' | b'(' | b' '));
                (alone && goes_on).then_some((start, end))
            }
        }
    }
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'-')
}

fn is_label_end(byte: u8) -> bool {
    is_label(byte) || matches!(byte, b'}' | b'*' | b'>')
}

/// One blank; more of them part two things.
fn trailing_blanks(text: &[u8]) -> usize {
    usize::from(text.last() == Some(&b' '))
}

fn leading_blanks(text: &[u8]) -> usize {
    usize::from(text.first() == Some(&b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refanged(text: &str) -> String {
        String::from_utf8_lossy(&Refanged::of(text.as_bytes()).bytes).into_owned()
    }

    #[test]
    fn the_usual_ways_are_undone() {
        for text in [
            "hxxp://c2[.]example/a",
            "hXXp[:]//c2(.)example/a",
            "hxxp[://]c2{.}example/a",
            "http://c2[dot]example/a",
            "http://c2\\.example/a",
            "http://c2 [.] example/a",
            "h**p://c2[.example/a",
        ] {
            assert_eq!(
                refanged(text).to_ascii_lowercase(),
                "http://c2.example/a",
                "{text}"
            );
        }
        assert_eq!(
            refanged("a[at]b[.]example, a (at) b (dot) example"),
            "a@b.example, a@b.example"
        );
    }

    #[test]
    fn prose_stays_as_it_is() {
        for text in [
            "see [1]. Then",
            "(see above.) Then",
            "a[. ]",
            "at (at) ",
            "fxpost",
            "list [.]",
        ] {
            assert_eq!(refanged(text), text);
        }
    }

    #[test]
    fn places_lead_back_into_the_text() {
        let text = b"x hxxps://c2[.]example/a y";
        let refanged = Refanged::of(text);
        let at = memchr::memmem::find(&refanged.bytes, b"example").unwrap();
        assert_eq!(
            text.get(refanged.place(at)..).unwrap().get(..7),
            Some(&b"example"[..])
        );
        assert!(refanged.is_defanged(2, 10) && !refanged.is_defanged(0, 2));
        let end = refanged.bytes.len();
        assert_eq!(refanged.place(end), text.len());
    }
}
