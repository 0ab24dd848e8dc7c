//! Patterns of STIX indicators (STIX 2.1, section 9): what they compare for equality.
//!
//! Not an evaluator: a comparison by `=` or `IN` names a value; one that is negated, or by any other operator, names
//! none. How comparisons are joined matters for a port alone, which belongs to the address beside it.

use crate::typed;
use strongroom_model::{Observable, ObservableType};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Path(String),
    Text(String),
    Word(String),
    /// An operator or bracket.
    Mark(char),
}

/// Returns what a pattern asks for.
pub(super) fn observables(pattern: &str) -> Vec<Observable> {
    let tokens = tokens(pattern);
    let mut found = Vec::new();
    // An observation, between square brackets, speaks of one thing.
    for observation in tokens.split(|token| *token == Token::Mark(']')) {
        let compared = comparisons(observation);
        for (path, value) in &compared {
            found.extend(kind(path).into_iter().find_map(|kind| typed::plain(kind, value)));
        }
        found.extend(endpoint(&compared));
    }
    found
}

/// Returns the paths of one observation with the values that they are compared with for equality.
fn comparisons(tokens: &[Token]) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = tokens.iter().peekable();
    while let Some(token) = rest.next() {
        let Token::Path(path) = token else { continue };
        match rest.next() {
            Some(Token::Mark('=')) => {
                if let Some(Token::Text(value) | Token::Word(value)) = rest.next() {
                    found.push((path.as_str(), value.as_str()));
                }
            }
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("IN") => {
                while let Some(token) =
                    rest.next_if(|token| !matches!(token, Token::Mark(')') | Token::Path(_)))
                {
                    if let Token::Text(value) = token {
                        found.push((path.as_str(), value.as_str()));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns the endpoint of an observation that names one address and one port of the same side.
fn endpoint(compared: &[(&str, &str)]) -> Option<Observable> {
    ["dst", "src"].into_iter().find_map(|side| {
        let one = |name: String| {
            let mut values = compared
                .iter()
                .filter(|(path, _)| *path == name)
                .map(|(_, value)| *value);
            values.next().filter(|_| values.next().is_none())
        };
        let host = one(format!("network-traffic:{side}_ref.value"))?;
        let port = one(format!("network-traffic:{side}_port"))?;
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        Observable::endpoint(&format!("{host}:{port}")).ok()
    })
}

/// Returns the types that a path's values may have.
fn kind(path: &str) -> Vec<ObservableType> {
    let Some((object, property)) = path.split_once(':') else {
        return Vec::new();
    };
    match (object, property) {
        ("url", "value") => vec![ObservableType::Url],
        ("domain-name", "value") => vec![ObservableType::Domain],
        ("ipv4-addr" | "ipv6-addr", "value") => vec![ObservableType::Ip],
        ("email-addr", "value") => vec![ObservableType::Email],
        ("email-message", property) if property.ends_with("_ref.value") => vec![ObservableType::Email],
        ("file" | "artifact", property) if property.starts_with("hashes") => vec![ObservableType::Hash],
        ("mutex", "name") => vec![ObservableType::Mutex],
        ("windows-registry-key", "key") => vec![ObservableType::Registry],
        ("directory", "path") | ("file", "parent_directory_ref.path") => vec![ObservableType::Path],
        ("network-traffic", "dst_ref.value" | "src_ref.value") => {
            vec![ObservableType::Ip, ObservableType::Domain]
        }
        ("network-traffic", property) if property.to_ascii_lowercase().contains("user-agent") => {
            vec![ObservableType::UserAgent]
        }
        ("user-agent", "string" | "value") => vec![ObservableType::UserAgent],
        (object, "value" | "address") if object.contains("wallet") => vec![ObservableType::Wallet],
        (object, "value" | "hash") if object.contains("transaction") => vec![ObservableType::Transaction],
        _ => Vec::new(),
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => tokens.push(Token::Text(quoted(&mut letters))),
            letter if letter.is_whitespace() => {}
            letter if letter.is_alphanumeric() || letter == '_' => {
                let mut word = String::from(letter);
                while let Some(next) =
                    letters.next_if(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '[' | '*'))
                {
                    word.push(next);
                    // A key in quotes, `hashes.'SHA-256'`; an index, `values[0]`.
                    match next {
                        '.' if letters.next_if_eq(&'\'').is_some() => word.push_str(&quoted(&mut letters)),
                        '[' => {
                            while let Some(inner) = letters.next_if(|c| *c != ']') {
                                word.push(inner);
                            }
                            word.extend(letters.next_if_eq(&']'));
                        }
                        _ => {}
                    }
                }
                tokens.push(if word.contains(':') {
                    Token::Path(word)
                } else {
                    Token::Word(word)
                });
            }
            '!' | '<' | '>' if letters.next_if(|c| matches!(c, '=' | '>')).is_some() => {
                tokens.push(Token::Mark('!'))
            }
            mark => tokens.push(Token::Mark(mark)),
        }
    }
    tokens
}

/// Reads to the quote that ends a text; `\'` and `\\` stand for themselves.
fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => break,
            '\\' => text.extend(letters.next()),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str) -> Vec<String> {
        observables(pattern)
            .iter()
            .map(|one| format!("{} {one}", one.kind().as_str()))
            .collect()
    }

    #[test]
    fn equality_names_a_value_and_nothing_else_does() {
        for (pattern, expected) in [
            ("[url:value = 'http://c2.example/a']", "url http://c2.example/a"),
            (
                "[domain-name:value='c2.example'] AND [x:y = 'z']",
                "domain c2.example",
            ),
            (
                "[file:hashes.'SHA-256' = 'A1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1']",
                "hash sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",
            ),
            (
                "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427f']",
                "hash md5:d41d8cd98f00b204e9800998ecf8427f",
            ),
            ("[mutex:name = 'a\\'b\\\\c']", "mutex a'b\\c"),
            (
                "[cryptocurrency-wallet:value = '1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu']",
                "wallet 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
            ),
        ] {
            assert_eq!(names(pattern), [expected], "{pattern}");
        }
        assert_eq!(
            names("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]"),
            ["ip 192.0.2.1", "ip 192.0.2.2"]
        );
        assert_eq!(
            names("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 8080]"),
            ["ip 192.0.2.1", "endpoint 192.0.2.1:8080"]
        );
        for pattern in [
            "[url:value != 'http://c2.example/a']",
            "[url:value NOT = 'http://c2.example/a']",
            "[url:value LIKE 'http://c2.example/%']",
            "[domain-name:value MATCHES 'c2.example']",
            "[ipv4-addr:value ISSUBSET '192.0.2.0/24']",
            "[file:size > 25]",
            "['",
        ] {
            assert_eq!(names(pattern), Vec::<String>::new(), "{pattern}");
        }
    }
}
