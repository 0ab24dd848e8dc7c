//! Cuts an expanded line, or the lines of a bracket, into commands.

mod redirect;

/// Brackets and conditions inside each other.
const MOST_DEPTH: u32 = 48;

/// A command with what it reads and writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Carets are taken out.
    pub(super) text: String,
    /// Files that its output goes to; whether it is put behind what they hold.
    pub(super) outputs: Vec<(String, bool)>,
    pub(super) input: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Command(Command),
    /// Commands one behind the other.
    List(Vec<Node>),
    /// Each reads what the one before writes.
    Pipe(Vec<Node>),
    /// What runs where the command before it fails (`||`).
    Perhaps(Box<Node>),
    /// A bracket with its output.
    Bracket(Box<Node>, Vec<(String, bool)>),
    If {
        condition: Condition,
        then: Box<Node>,
        otherwise: Option<Box<Node>>,
    },
    For(Box<For>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) not: bool,
    pub(super) insensitive: bool,
    pub(super) test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Defined(String),
    Compare(String, String, String),
    /// What only the machine can tell.
    Machine,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct For {
    /// `f`, `l`, `d`, `r` or nothing.
    pub(super) kind: Option<char>,
    pub(super) options: String,
    pub(super) variable: char,
    pub(super) set: String,
    pub(super) body: Node,
}

/// Why a text could not be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A bracket is open at the end of the text.
    More,
    Deep,
    Syntax,
}

type Parse<T> = Result<T, Fault>;

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: u32,
}

/// Parses one command line; returns it with the line breaks that it spans.
pub(super) fn parse(text: &str) -> Parse<(Node, usize)> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
    };
    let node = parser.list(0)?;
    let taken = parser.chars.get(..parser.at).unwrap_or_default();
    Ok((node, taken.iter().filter(|c| **c == '\n').count()))
}

fn guarded(node: Node, perhaps: bool) -> Node {
    if perhaps {
        Node::Perhaps(Box::new(node))
    } else {
        node
    }
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let stands = self.peek() == Some(c);
        self.at += usize::from(stands);
        stands
    }

    fn skip(&mut self, inside: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&inside) {
            self.at += 1;
        }
    }

    /// Returns the next word in lower case without taking it.
    fn word(&self) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default().iter();
        let letters = rest.skip_while(|c| matches!(c, '^')).take(16).copied();
        let mut word = String::new();
        for c in letters {
            match c {
                '^' => {}
                c if c.is_ascii_alphabetic() => word.push(c.to_ascii_lowercase()),
                ' ' | '\t' | '(' | '/' | '\n' | ',' | ';' | '=' => break,
                _ => return String::new(),
            }
        }
        word
    }

    fn eat_word(&mut self, word: &str) -> bool {
        if self.word() != word {
            return false;
        }
        let mut left = word.len();
        while left > 0 {
            left -= usize::from(self.peek() != Some('^'));
            self.at += 1;
        }
        true
    }

    /// Commands up to the line's end, or the bracket's.
    fn list(&mut self, brackets: u32) -> Parse<Node> {
        let (mut nodes, mut perhaps) = (Vec::new(), false);
        loop {
            self.skip(|c| matches!(c, ' ' | '\t' | ';' | ',' | '=' | '\r') || (brackets > 0 && c == '\n'));
            match self.peek() {
                None if brackets > 0 => return Err(Fault::More),
                None | Some('\n') => break,
                Some(')') if brackets > 0 => break,
                // A bracket that nothing has opened ends the line.
                Some(')') => {
                    self.skip(|c| c != '\n');
                    break;
                }
                Some('&' | '|') => {
                    perhaps = self.operator();
                    continue;
                }
                Some(_) => {}
            }
            let before = self.at;
            let node = self.pipe(brackets)?;
            nodes.push(guarded(node, std::mem::take(&mut perhaps)));
            if self.at == before {
                self.at += 1;
            }
        }
        Ok(match nodes.len() {
            1 => nodes.pop().unwrap_or(Node::List(Vec::new())),
            _ => Node::List(nodes),
        })
    }

    /// Passes over signs between commands; returns whether the last is `||`.
    fn operator(&mut self) -> bool {
        let mut either = false;
        while let Some(c @ ('&' | '|')) = self.peek() {
            self.at += 1;
            either = c == '|' && self.eat('|');
            self.skip(|c| matches!(c, ' ' | '\t'));
        }
        either
    }

    fn pipe(&mut self, brackets: u32) -> Parse<Node> {
        let mut parts = vec![self.unit(brackets)?];
        loop {
            self.skip(|c| matches!(c, ' ' | '\t'));
            let double = self.chars.get(self.at + 1) == Some(&'|');
            if self.peek() != Some('|') || double {
                break;
            }
            self.at += 1;
            self.skip(|c| matches!(c, ' ' | '\t'));
            parts.push(self.unit(brackets)?);
        }
        Ok(match parts.len() {
            1 => parts.pop().unwrap_or(Node::List(Vec::new())),
            _ => Node::Pipe(parts),
        })
    }

    fn unit(&mut self, brackets: u32) -> Parse<Node> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Fault::Deep);
        }
        self.skip(|c| matches!(c, ' ' | '\t' | '@' | ';' | ',' | '='));
        let node = if self.eat('(') {
            let inside = self.list(brackets + 1)?;
            self.eat(')');
            let mut outer = Command::default();
            self.redirections(&mut outer, None)?;
            Node::Bracket(Box::new(inside), outer.outputs)
        } else {
            match self.word().as_str() {
                "if" => self.condition(brackets)?,
                "for" => self.repeated(brackets)?,
                "rem" => {
                    self.skip(|c| c != '\n');
                    Node::List(Vec::new())
                }
                _ if self.peek() == Some(':') => {
                    self.skip(|c| c != '\n');
                    Node::List(Vec::new())
                }
                _ => Node::Command(self.command(brackets)?),
            }
        };
        self.depth -= 1;
        Ok(node)
    }

    fn blanks(&mut self) {
        self.skip(|c| matches!(c, ' ' | '\t' | ',' | ';' | '='));
    }

    /// A word of a condition: up to a blank or `==`, quotes kept.
    fn operand(&mut self) -> String {
        self.skip(|c| matches!(c, ' ' | '\t'));
        let (mut text, mut quoted) = (String::new(), false);
        while let Some(c) = self.peek() {
            let equals = c == '=' && self.chars.get(self.at + 1) == Some(&'=');
            if !quoted && (c.is_whitespace() || equals || (c == '(' && !text.is_empty())) {
                break;
            }
            quoted ^= c == '"';
            self.at += 1;
            if c == '^' && !quoted {
                if let Some(next) = self.peek() {
                    text.push(next);
                    self.at += 1;
                }
                continue;
            }
            text.push(c);
        }
        text
    }

    fn condition(&mut self, brackets: u32) -> Parse<Node> {
        self.eat_word("if");
        let (mut not, mut insensitive) = (false, false);
        loop {
            self.blanks();
            if self.eat_word("not") {
                not = !not;
            } else if self.peek() == Some('/') {
                self.at += 1;
                insensitive |= matches!(self.peek(), Some('i' | 'I'));
                self.skip(|c| c.is_ascii_alphabetic());
            } else {
                break;
            }
        }
        let test = match self.word().as_str() {
            "defined" => {
                self.eat_word("defined");
                Test::Defined(self.operand())
            }
            word @ ("exist" | "errorlevel" | "cmdextversion") => {
                let word = word.to_owned();
                self.eat_word(&word);
                self.operand();
                Test::Machine
            }
            _ => {
                let left = self.operand();
                self.skip(|c| matches!(c, ' ' | '\t'));
                let operator = if self.eat('=') {
                    self.eat('=');
                    "==".to_owned()
                } else {
                    self.operand().to_lowercase()
                };
                let right = self.operand();
                Test::Compare(left, operator, right)
            }
        };
        self.skip(|c| matches!(c, ' ' | '\t'));
        let then = self.arm(brackets)?;
        let before = self.at;
        self.skip(|c| matches!(c, ' ' | '\t'));
        let otherwise = if self.eat_word("else") {
            self.skip(|c| matches!(c, ' ' | '\t'));
            Some(Box::new(self.arm(brackets)?))
        } else {
            self.at = before;
            None
        };
        Ok(Node::If {
            condition: Condition {
                not,
                insensitive,
                test,
            },
            then: Box::new(then),
            otherwise,
        })
    }

    /// What a condition or a loop runs: a bracket, or all commands up to the line's end.
    fn arm(&mut self, brackets: u32) -> Parse<Node> {
        self.skip(|c| matches!(c, ' ' | '\t' | '@'));
        if self.peek() == Some('(') {
            return self.pipe(brackets);
        }
        let (mut nodes, mut perhaps) = (Vec::new(), false);
        loop {
            let node = self.pipe(brackets)?;
            nodes.push(guarded(node, perhaps));
            self.skip(|c| matches!(c, ' ' | '\t'));
            if !matches!(self.peek(), Some('&' | '|')) {
                break;
            }
            perhaps = self.operator();
            if matches!(self.peek(), None | Some('\n' | ')')) {
                break;
            }
        }
        Ok(Node::List(nodes))
    }

    fn repeated(&mut self, brackets: u32) -> Parse<Node> {
        self.eat_word("for");
        self.blanks();
        let mut kind = None;
        let mut options = String::new();
        while self.eat('/') {
            kind = self.peek().map(|c| c.to_ascii_lowercase());
            self.skip(|c| c.is_ascii_alphabetic());
            self.blanks();
            if self.peek() != Some('%') && self.peek() != Some('/') {
                options = self.operand();
                self.blanks();
            }
        }
        self.skip(|c| c == '%');
        let variable = self.peek().ok_or(Fault::Syntax)?;
        self.at += 1;
        self.blanks();
        if !self.eat_word("in") {
            return Err(Fault::Syntax);
        }
        self.blanks();
        if !self.eat('(') {
            return Err(Fault::Syntax);
        }
        let set = self.set_of_loop()?;
        self.skip(|c| matches!(c, ' ' | '\t' | ',' | ';' | '='));
        if !self.eat_word("do") {
            return Err(Fault::Syntax);
        }
        let body = self.arm(brackets)?;
        Ok(Node::For(Box::new(For {
            kind,
            options,
            variable,
            set,
            body,
        })))
    }

    /// What stands in the brackets of a loop; a caret is taken out once, since a command in it is parsed again.
    fn set_of_loop(&mut self) -> Parse<String> {
        let (mut text, mut quoted, mut open) = (String::new(), false, 1_u32);
        loop {
            let c = self.peek().ok_or(Fault::More)?;
            self.at += 1;
            match c {
                '"' => quoted = !quoted,
                '^' if !quoted => {
                    text.extend(self.peek());
                    self.at += 1;
                    continue;
                }
                '(' if !quoted => open += 1,
                ')' if !quoted => {
                    open -= 1;
                    if open == 0 {
                        return Ok(text);
                    }
                }
                _ => {}
            }
            text.push(if c == '\n' { ' ' } else { c });
        }
    }

    fn command(&mut self, brackets: u32) -> Parse<Command> {
        let mut command = Command::default();
        let mut quoted = false;
        while let Some(c) = self.peek() {
            match c {
                '\n' => break,
                '"' => {
                    quoted = !quoted;
                    command.text.push(c);
                    self.at += 1;
                }
                _ if quoted => {
                    command.text.push(c);
                    self.at += 1;
                }
                '^' => {
                    self.at += 1;
                    match self.peek() {
                        // A caret at the end joins the next line.
                        Some('\n') => self.at += 1,
                        Some(next) => {
                            command.text.push(next);
                            self.at += 1;
                        }
                        None => {}
                    }
                }
                '&' | '|' => break,
                ')' if brackets > 0 => break,
                '>' | '<' => {
                    // A digit that stands alone in front is the stream's number.
                    let mut before = command.text.chars().rev();
                    let stream = before.next().filter(char::is_ascii_digit);
                    let alone = before.next().is_none_or(|c| matches!(c, ' ' | '\t' | ')' | '"'));
                    let stream = stream.filter(|_| alone);
                    if stream.is_some() {
                        command.text.pop();
                    }
                    self.redirections(&mut command, stream)?;
                }
                c => {
                    command.text.push(c);
                    self.at += 1;
                }
            }
        }
        Ok(command)
    }
}
