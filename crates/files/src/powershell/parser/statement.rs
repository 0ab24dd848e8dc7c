//! Statements: keywords, assignments, pipelines.

use super::super::ast::{Block, For, Function, Matching, Param, Statement, StatementKind, Switch};
use super::super::scanner::{is_blank, is_name};
use super::{Fault, Parse, Parser};
use std::rc::Rc;

impl Parser<'_, '_, '_> {
    pub(super) fn statement(&mut self) -> Parse<Statement> {
        let start = self.scan.at();
        self.skip_label();
        let flags = self.flags();
        let word = self.scan.peek_word();
        let kind = if self.is_keyword(&word) {
            self.keyword_statement(&word)?
        } else {
            None
        };
        let kind = match kind {
            Some(kind) => kind,
            None => self.pipeline_statement()?,
        };
        let mut kind = kind;
        if let (true, StatementKind::Enum(written)) = (flags, &mut kind)
            && let Some(written) = Rc::get_mut(written)
        {
            written.flags = true;
        }
        let place = self.place(start);
        self.end_statement()?;
        Ok(Statement { kind, place })
    }

    /// A keyword ends where its name does: `if(`, `for (`, but not `if-x` or `do.exe`.
    fn is_keyword(&self, word: &str) -> bool {
        let next = self
            .scan
            .rest()
            .get(word.len()..)
            .and_then(|rest| rest.chars().next());
        !word.is_empty()
            && next.is_none_or(|c| {
                matches!(
                    c,
                    '(' | '{'
                        | ';'
                        | '}'
                        | ')'
                        | '\n'
                        | '\r'
                        | '#'
                        | '$'
                        | '"'
                        | '\''
                        | '|'
                        | '['
                        | '<'
                        | '`'
                ) || is_blank(c)
            })
    }

    fn skip_label(&mut self) {
        let start = self.scan.at();
        if self.scan.eat(":") && !self.scan.take_while(is_name).is_empty() {
            self.scan.skip_lines();
            let word = self.scan.peek_word();
            if matches!(word.as_str(), "while" | "for" | "foreach" | "do" | "switch") {
                return;
            }
        }
        self.scan.go(start);
    }

    fn keyword_statement(&mut self, word: &str) -> Parse<Option<StatementKind>> {
        let start = self.scan.at();
        self.scan.eat_word(word);
        let kind = match word {
            "if" => self.if_statement()?,
            "while" => self.while_statement()?,
            "do" => self.do_statement()?,
            "for" => self.for_statement()?,
            "foreach" => self.foreach_statement()?,
            "switch" => self.switch_statement()?,
            "function" | "filter" | "workflow" => self.function_statement(word == "filter")?,
            "try" => self.try_statement()?,
            "trap" => self.trap_statement()?,
            "return" => StatementKind::Return(self.optional_statement()?),
            "throw" => StatementKind::Throw(self.optional_statement()?),
            "exit" => {
                self.optional_statement()?;
                StatementKind::Exit
            }
            "break" => self.jump(StatementKind::Break),
            "continue" => self.jump(StatementKind::Continue),
            "class" | "enum" | "configuration" => self.declaration(word)?,
            "using" => self.using(),
            "data" => match self.data() {
                Ok(data) => data,
                Err(_) => {
                    self.scan.go(start);
                    return Ok(None);
                }
            },
            _ => {
                self.scan.go(start);
                return Ok(None);
            }
        };
        Ok(Some(kind))
    }

    fn jump(&mut self, kind: StatementKind) -> StatementKind {
        self.scan.skip_blanks();
        self.scan.take_while(is_name);
        kind
    }

    fn optional_statement(&mut self) -> Parse<Option<Box<Statement>>> {
        self.scan.skip_blanks();
        match self.scan.peek() {
            None | Some('\n' | '\r' | ';' | '}' | ')') => Ok(None),
            Some(_) => Ok(Some(Box::new(self.nested(Self::inner_statement)?))),
        }
    }

    /// A statement without the check that it ends there.
    pub(super) fn inner_statement(&mut self) -> Parse<Statement> {
        let start = self.scan.at();
        let word = self.scan.peek_word();
        let kind = match word.as_str() {
            "if" | "switch" | "foreach" | "for" | "while" | "do" | "try" | "data"
                if self.is_keyword(&word) =>
            {
                self.keyword_statement(&word)?
            }
            _ => None,
        };
        let kind = match kind {
            Some(kind) => kind,
            None => self.pipeline_statement()?,
        };
        Ok(Statement {
            kind,
            place: self.place(start),
        })
    }

    /// A statement ends at a line's end, `;`, a closing bracket, `&&`, `||` or `&`.
    fn end_statement(&mut self) -> Parse<()> {
        self.scan.skip_blanks();
        match self.scan.peek() {
            None | Some('\n' | '\r' | ';' | '}' | ')') => Ok(()),
            Some('&') | Some('|') => {
                self.scan.take_while(|c| matches!(c, '&' | '|'));
                Ok(())
            }
            Some(_) if self.ended_by_block() => Ok(()),
            Some(_) => Err(Fault::Syntax("a statement goes on where it should end")),
        }
    }

    /// Behind the `}` of a block statement the next statement may follow at once.
    fn ended_by_block(&self) -> bool {
        let before = self.scan.source().get(..self.scan.at()).unwrap_or_default();
        before.trim_end().ends_with('}')
    }

    pub(super) fn braced_block(&mut self) -> Parse<Box<Block>> {
        let start = self.scan.at();
        if !self.scan.eat("{") {
            return Err(Fault::Syntax("a block is missing"));
        }
        let block = self.nested(|parser| Ok(Box::new(parser.block_body(Some('}')))))?;
        self.close("}", start)?;
        Ok(block)
    }

    fn block_after_lines(&mut self) -> Parse<Box<Block>> {
        self.scan.skip_lines();
        self.braced_block()
    }

    /// `( pipeline )`
    fn condition(&mut self) -> Parse<Statement> {
        self.scan.skip_lines();
        let start = self.scan.at();
        if !self.scan.eat("(") {
            return Err(Fault::Syntax("a condition is missing"));
        }
        self.scan.skip_lines();
        let statement = self.nested(Self::inner_statement)?;
        self.close(")", start)?;
        Ok(statement)
    }

    fn if_statement(&mut self) -> Parse<StatementKind> {
        let mut arms = vec![self.arm()?];
        let mut otherwise = None;
        loop {
            let before = self.scan.at();
            self.scan.skip_lines();
            if self.scan.eat_word("elseif") {
                arms.push(self.arm()?);
            } else if self.scan.eat_word("else") {
                otherwise = Some(self.block_after_lines()?);
                break;
            } else {
                self.scan.go(before);
                break;
            }
        }
        Ok(StatementKind::If { arms, otherwise })
    }

    /// A condition and the block behind it.
    fn arm(&mut self) -> Parse<(Statement, Block)> {
        Ok((self.condition()?, *self.block_after_lines()?))
    }

    fn while_statement(&mut self) -> Parse<StatementKind> {
        Ok(StatementKind::While {
            condition: Box::new(self.condition()?),
            body: self.block_after_lines()?,
        })
    }

    fn do_statement(&mut self) -> Parse<StatementKind> {
        let body = self.block_after_lines()?;
        self.scan.skip_lines();
        let until = self.scan.eat_word("until");
        if !until && !self.scan.eat_word("while") {
            return Err(Fault::Syntax("do without while or until"));
        }
        let condition = Box::new(self.condition()?);
        Ok(StatementKind::Do {
            body,
            condition,
            until,
        })
    }

    fn for_statement(&mut self) -> Parse<StatementKind> {
        self.scan.skip_lines();
        let start = self.scan.at();
        if !self.scan.eat("(") {
            return Err(Fault::Syntax("for without a list"));
        }
        let first = self.for_part()?;
        let condition = self.for_part()?;
        let step = self.for_part()?;
        self.close(")", start)?;
        Ok(StatementKind::For(Box::new(For {
            first,
            condition,
            step,
            body: self.block_after_lines()?,
        })))
    }

    fn for_part(&mut self) -> Parse<Option<Statement>> {
        self.scan.skip_lines();
        let part = match self.scan.peek() {
            Some(';' | ')') | None => None,
            Some(_) => Some(self.nested(Self::inner_statement)?),
        };
        self.scan.skip_blanks();
        self.scan.eat(";");
        Ok(part)
    }

    fn foreach_statement(&mut self) -> Parse<StatementKind> {
        self.scan.skip_lines();
        let start = self.scan.at();
        if !self.scan.eat("(") {
            return Err(Fault::Syntax("foreach without a list"));
        }
        self.scan.skip_lines();
        if !self.scan.eat("$") {
            return Err(Fault::Syntax("foreach without a variable"));
        }
        let variable = self
            .scan
            .variable()
            .ok_or(Fault::Syntax("a variable without a name"))?;
        self.scan.skip_lines();
        if !self.scan.eat_word("in") {
            return Err(Fault::Syntax("foreach without in"));
        }
        self.scan.skip_lines();
        let over = Box::new(self.nested(Self::inner_statement)?);
        self.close(")", start)?;
        Ok(StatementKind::Foreach {
            variable,
            over,
            body: self.block_after_lines()?,
        })
    }

    fn switch_statement(&mut self) -> Parse<StatementKind> {
        let mut matching = Matching::Exact;
        self.scan.skip_lines();
        while self.scan.eat("-") {
            match self.scan.take_while(is_name).to_ascii_lowercase().as_str() {
                option if !option.is_empty() && "wildcard".starts_with(option) => {
                    matching = Matching::Wildcard
                }
                option if !option.is_empty() && "regex".starts_with(option) => matching = Matching::Regex,
                _ => {}
            }
            self.scan.skip_lines();
        }
        let over = self.condition()?;
        self.scan.skip_lines();
        let start = self.scan.at();
        if !self.scan.eat("{") {
            return Err(Fault::Syntax("switch without a block"));
        }
        let mut switch = Switch {
            over,
            matching,
            arms: Vec::new(),
            otherwise: None,
        };
        while self.switch_arm(&mut switch)? {}
        self.close("}", start)?;
        Ok(StatementKind::Switch(Box::new(switch)))
    }

    fn switch_arm(&mut self, switch: &mut Switch) -> Parse<bool> {
        self.scan.skip_separators();
        if matches!(self.scan.peek(), None | Some('}')) {
            return Ok(false);
        }
        if self.scan.eat_word("default") {
            switch.otherwise = Some(self.block_after_lines()?);
            return Ok(true);
        }
        let label = self.nested(Self::command_argument)?;
        let block = self.block_after_lines()?;
        switch.arms.push((label, *block));
        Ok(true)
    }

    fn function_statement(&mut self, filter: bool) -> Parse<StatementKind> {
        self.scan.skip_lines();
        let name = self
            .scan
            .take_while(|c| !is_blank(c) && !matches!(c, '(' | '{' | '\n' | '\r' | ';'))
            .to_owned();
        if name.is_empty() {
            return Err(Fault::Syntax("a function without a name"));
        }
        self.scan.skip_lines();
        let params = match self.scan.peek() {
            Some('(') => self.parameter_list()?,
            _ => Vec::new(),
        };
        let mut body = self.block_after_lines()?;
        if !params.is_empty() {
            body.params = params;
        }
        Ok(StatementKind::Function(Rc::new(Function {
            name,
            body: Rc::new(*body),
            filter,
        })))
    }

    /// `( [type]$name = default, … )`
    pub(super) fn parameter_list(&mut self) -> Parse<Vec<Param>> {
        let start = self.scan.at();
        self.scan.eat("(");
        let mut params = Vec::new();
        loop {
            self.scan.skip_lines();
            match self.scan.peek() {
                None | Some(')') => break,
                Some(',') => {
                    self.scan.bump();
                }
                Some(_) => params.push(self.parameter()?),
            }
        }
        self.close(")", start)?;
        Ok(params)
    }

    fn parameter(&mut self) -> Parse<Param> {
        let mut kind = None;
        while self.scan.peek() == Some('[') {
            if let Some(name) = self.type_or_attribute()? {
                kind = Some(name);
            }
            self.scan.skip_lines();
        }
        if !self.scan.eat("$") {
            return Err(Fault::Syntax("a parameter without a variable"));
        }
        let name = self
            .scan
            .variable()
            .ok_or(Fault::Syntax("a parameter without a name"))?;
        self.scan.skip_lines();
        let default = if self.scan.eat("=") {
            self.scan.skip_lines();
            Some(self.nested(|parser| parser.expression_without_comma())?)
        } else {
            None
        };
        Ok(Param { name, kind, default })
    }

    fn try_statement(&mut self) -> Parse<StatementKind> {
        let body = self.block_after_lines()?;
        let mut catches = Vec::new();
        let mut finally = None;
        loop {
            let before = self.scan.at();
            self.scan.skip_lines();
            if self.scan.eat_word("catch") {
                self.skip_types()?;
                catches.push(*self.braced_block()?);
            } else if self.scan.eat_word("finally") {
                finally = Some(self.block_after_lines()?);
                break;
            } else {
                self.scan.go(before);
                break;
            }
        }
        Ok(StatementKind::Try {
            body,
            catches,
            finally,
        })
    }

    fn skip_types(&mut self) -> Parse<()> {
        self.scan.skip_lines();
        while matches!(self.scan.peek(), Some('[' | ',')) {
            if !self.scan.eat(",") {
                self.type_or_attribute()?;
            }
            self.scan.skip_lines();
        }
        Ok(())
    }

    fn trap_statement(&mut self) -> Parse<StatementKind> {
        self.skip_types()?;
        Ok(StatementKind::Trap(self.braced_block()?))
    }
}
