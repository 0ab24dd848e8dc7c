//! The walk that looks for signs: what it meets, and what that comes to together.

use super::super::ast::{
    Argument, BinaryOp, Command, Comparison, Element, Expr, ExprKind, Statement, StatementKind, SuffixKind,
};
use super::super::constant::{Constants, bare, sole, variable};
use super::super::visit::{Standing, Visitor, command_name, literal, walk_expression};
use super::Sign;
use super::within::{Seen, Within, walk_command, walk_statement};
use std::collections::{BTreeMap, BTreeSet};

/// Distinct numbers that an order is compared with before that counts as a list of commands.
const LEAST_COMMANDS: usize = 3;

/// The web's own answers (RFC 9110), which every script tells apart.
const STATUS: &[i64] = &[
    200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 408, 409, 410, 412,
    415, 418, 422, 423, 425, 429, 451, 500, 501, 502, 503, 504,
];

/// Where a thing was seen: in a loop, or in a function.
type Places = BTreeSet<(bool, usize)>;

pub(super) struct Look<'c> {
    constants: &'c Constants,
    found: BTreeSet<Sign>,
    /// The names of the functions, in lower case, in order.
    functions: Vec<String>,
    /// Who calls what: the caller's place and the name.
    calls: BTreeSet<(bool, usize, String)>,
    sleeps: Places,
    requests: Places,
    xors: Places,
    /// The numbers that each value is compared with.
    compared: BTreeMap<String, BTreeSet<i64>>,
    /// Variables that a user or the caller fills.
    asked: BTreeSet<String>,
    /// Variables that hold lists of URLs.
    lists: BTreeSet<String>,
    /// Variables that hold something random.
    random: BTreeSet<String>,
}

impl<'c> Look<'c> {
    pub(super) fn new(constants: &'c Constants) -> Self {
        Look {
            constants,
            found: BTreeSet::new(),
            functions: Vec::new(),
            calls: BTreeSet::new(),
            sleeps: Places::new(),
            requests: Places::new(),
            xors: Places::new(),
            compared: BTreeMap::new(),
            asked: BTreeSet::new(),
            lists: BTreeSet::new(),
            random: BTreeSet::new(),
        }
    }

    /// Forgets the order of the functions, for another walk over the same text.
    pub(super) fn begin_again(&mut self) {
        self.functions.clear();
    }

    /// Returns what was found, all of it considered.
    pub(super) fn concluded(mut self) -> BTreeSet<Sign> {
        let repeated = self.repeated();
        let in_loop = |places: &Places| {
            places
                .iter()
                .any(|(looped, function)| *looped || repeated.contains(function))
        };
        let seen = [
            (Sign::LoopedSleep, in_loop(&self.sleeps)),
            (Sign::LoopedRequests, in_loop(&self.requests)),
            (Sign::XoredBytes, in_loop(&self.xors)),
        ];
        let commands = self.compared.iter().any(|(value, numbers)| {
            !self.asked.contains(value) && !is_status(value) && numbers.len() >= LEAST_COMMANDS
        });
        let all = seen.into_iter().chain([(Sign::NumberedCommands, commands)]);
        self.found
            .extend(all.filter(|(_, stands)| *stands).map(|(sign, _)| sign));
        if self.requests.is_empty() {
            // Without the web, forms and images are some other file's business.
            self.found.remove(&Sign::FormByHand);
            self.found.remove(&Sign::ImageHead);
        }
        self.found
    }

    /// Returns the functions that are called out of a loop, or by one that is.
    fn repeated(&self) -> BTreeSet<usize> {
        let number = |name: &str| self.functions.iter().position(|own| own == name).map(|at| at + 1);
        let mut repeated = BTreeSet::new();
        let mut grown = true;
        while grown {
            let more: Vec<usize> = self
                .calls
                .iter()
                .filter(|(looped, caller, _)| *looped || repeated.contains(caller))
                .filter_map(|(_, _, name)| number(name))
                .collect();
            let before = repeated.len();
            repeated.extend(more);
            grown = repeated.len() > before;
        }
        repeated
    }

    fn compare(&mut self, value: &Expr, number: Option<i64>) {
        let Some(number) = number.filter(|number| !STATUS.contains(number)) else {
            return;
        };
        if self.constants.number(value).is_none()
            && let Some(key) = key_of(value)
        {
            self.compared.entry(key).or_default().insert(number);
        }
    }

    fn chain(&mut self, first: &Expr, rest: &[(BinaryOp, Expr)], at: Standing) {
        let mut left = first;
        for (operator, right) in rest {
            match operator {
                BinaryOp::Compare(Comparison::Equal | Comparison::NotEqual, _) => {
                    self.compare(left, self.constants.number(right));
                    self.compare(right, self.constants.number(left));
                }
                BinaryOp::BitXor if self.is_key(left) || self.is_key(right) => {
                    self.xors.insert((at.looped, at.function));
                }
                _ => {}
            }
            left = right;
        }
    }

    /// Returns whether an operand is a key for bytes: a constant of two bytes at most, or a place in a list that a
    /// remainder gives.
    fn is_key(&self, operand: &Expr) -> bool {
        if let Some(number) = self.constants.number(operand) {
            return (1..=0xFFFF).contains(&number);
        }
        match &operand.kind {
            ExprKind::Cast(_, inner) => self.is_key(inner),
            ExprKind::Paren(statement) => sole(statement).is_some_and(|inner| self.is_key(inner)),
            ExprKind::Postfix(_, suffixes) => suffixes.iter().any(|suffix| {
                matches!(&suffix.kind, SuffixKind::Index(Expr { kind: ExprKind::Chain(_, rest), .. })
                    if rest.iter().any(|(operator, _)| *operator == BinaryOp::Remainder))
            }),
            _ => false,
        }
    }

    fn text(&mut self, text: &str) {
        let squeezed: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if squeezed.contains("multipart/form-data") || squeezed.contains("content-disposition:form-data") {
            self.found.insert(Sign::FormByHand);
        }
    }

    fn invoke(&mut self, base: &Expr, name: &Expr, arguments: &[Expr], at: Standing) {
        let Some(name) = self.constants.text(name).map(|name| name.to_ascii_lowercase()) else {
            return;
        };
        let place = (at.looped, at.function);
        let of_type = match &base.kind {
            ExprKind::Type(name) => name.to_ascii_lowercase(),
            _ => String::new(),
        };
        match name.as_str() {
            "sleep" | "delay" | "waitone" => {
                self.sleeps.insert(place);
            }
            "create" if of_type.contains("webrequest") => {
                self.requests.insert(place);
            }
            "uploadstring" | "uploaddata" | "uploadfile" | "uploadvalues" | "downloadstring"
            | "downloaddata" | "downloadfile" | "getresponse" | "getresponseasync" | "openread"
            | "openwrite" | "postasync" | "getasync" | "sendasync" | "send" | "getrequeststream" => {
                self.requests.insert(place);
            }
            "equals" => {
                let number = arguments
                    .first()
                    .and_then(|argument| self.constants.number(argument));
                self.compare(base, number);
            }
            _ => {}
        }
    }

    /// Notes what a statement makes of digits and of chance together. It walks what the statement holds a second time,
    /// blocks inside blocks as often as they nest, which the parser bounds.
    fn order(&mut self, statement: &Statement) {
        if let StatementKind::Assign { target, value, .. } = &statement.kind {
            let within = self.within(|look| walk_statement(value, look));
            if let Some(name) = variable(target) {
                if within.random {
                    self.random.insert(name.clone());
                }
                if within.asks {
                    self.asked.insert(name.clone());
                }
                if within.urls >= 2 && within.commands == 0 {
                    self.lists.insert(name);
                }
            } else if within.random_used {
                // `$digits[$i] = $digits[$random]`
                let target_within = self.within(|look| walk_expression(target, look));
                if within.digits || target_within.digits {
                    self.found.insert(Sign::ShuffledDigits);
                }
            }
        }
        let StatementKind::Pipeline(elements) = &statement.kind else {
            return;
        };
        let mut digits = false;
        let mut list = false;
        for element in elements {
            match element {
                Element::Expression(expression, _) => {
                    digits |= self.constants.is_digits(expression) || self.one_of_digits(expression);
                    list |= variable(expression).is_some_and(|name| self.lists.contains(&name));
                }
                Element::Command(command) => match command_name(command).as_deref() {
                    Some("get-random") => {
                        if digits || self.takes(command, |look, value| look.constants.is_digits(value)) {
                            self.found.insert(Sign::ShuffledDigits);
                        }
                        let of_list = |look: &Self, value: &Expr| {
                            variable(value).is_some_and(|v| look.lists.contains(&v))
                        };
                        if list || self.takes(command, of_list) {
                            self.found.insert(Sign::Rotation);
                        }
                    }
                    Some("sort-object") if digits => {
                        let within = self.within(|look| walk_command(command, look));
                        if within.random {
                            self.found.insert(Sign::ShuffledDigits);
                        }
                    }
                    _ => {}
                },
            }
        }
    }

    fn within(&self, walk: impl FnOnce(&mut Within<'_>)) -> Seen {
        let mut within = Within {
            constants: self.constants,
            holders: &self.random,
            seen: Seen::default(),
        };
        walk(&mut within);
        within.seen
    }

    fn takes(&self, command: &Command, holds: impl Fn(&Self, &Expr) -> bool) -> bool {
        command.arguments.iter().any(|argument| match argument {
            Argument::Value(value)
            | Argument::Parameter {
                value: Some(value), ..
            } => holds(self, value),
            _ => false,
        })
    }

    /// `$digits[$random]`, or digits from which chance takes one.
    fn one_of_digits(&self, expression: &Expr) -> bool {
        match &expression.kind {
            ExprKind::Postfix(base, suffixes) => {
                self.constants.is_digits(base)
                    && suffixes.iter().any(|suffix| match &suffix.kind {
                        SuffixKind::Index(index) => {
                            let within = self.within(|look| walk_expression(index, look));
                            within.random || within.random_used
                        }
                        _ => false,
                    })
            }
            _ => false,
        }
    }
}

impl Visitor for Look<'_> {
    fn function(&mut self, name: &str) {
        self.functions.push(name.to_ascii_lowercase());
    }

    fn parameter(&mut self, name: &str, at: Standing) {
        // A function's own parameter is filled by the script; that of the script by who starts it.
        if at.function == 0 {
            self.asked.insert(bare(name));
        }
    }

    fn statement(&mut self, statement: &Statement, _: Standing) {
        self.order(statement);
        if let StatementKind::Switch(switch) = &statement.kind
            && let Some(over) = sole(&switch.over)
        {
            let numbers: Vec<Option<i64>> = switch.arms.iter().map(|(case, _)| self.case(case)).collect();
            for number in numbers {
                self.compare(over, number);
            }
        }
    }

    fn command(&mut self, command: &Command, at: Standing) {
        let written = command_name(command).or_else(|| {
            let text = self.constants.text(&command.name)?.to_ascii_lowercase();
            Some(super::super::names::alias(&text).map_or(text, str::to_ascii_lowercase))
        });
        let Some(name) = written else { return };
        let place = (at.looped, at.function);
        match name.as_str() {
            "start-sleep" | "timeout" | "ping" => {
                self.sleeps.insert(place);
            }
            "invoke-webrequest" | "invoke-restmethod" | "start-bitstransfer" | "curl.exe" => {
                self.requests.insert(place);
            }
            _ => {
                self.calls.insert((at.looped, at.function, name));
            }
        }
    }

    fn expression(&mut self, expression: &Expr, at: Standing) {
        match &expression.kind {
            ExprKind::Chain(first, rest) => self.chain(first, rest, at),
            ExprKind::Postfix(base, suffixes) => {
                for suffix in suffixes {
                    if let SuffixKind::Invoke { name, arguments, .. } = &suffix.kind {
                        self.invoke(base, name, arguments, at);
                    }
                    if let SuffixKind::Index(index) = &suffix.kind
                        && self.constants.number(index).is_none()
                        && variable(base).is_some_and(|name| self.lists.contains(&name))
                    {
                        self.found.insert(Sign::Rotation);
                    }
                }
                if self.one_of_digits(expression) {
                    self.found.insert(Sign::ShuffledDigits);
                }
            }
            ExprKind::Hash(pairs) => {
                let numbers: BTreeSet<i64> = pairs
                    .iter()
                    .filter(|(_, value)| {
                        sole(value).is_some_and(|value| matches!(value.kind, ExprKind::ScriptBlock(_)))
                    })
                    .filter_map(|(key, _)| self.constants.number(key))
                    .collect();
                if numbers.len() >= LEAST_COMMANDS {
                    self.found.insert(Sign::NumberedCommands);
                }
            }
            ExprKind::Array(items) if is_image_head(&self.numbers(items)) => {
                self.found.insert(Sign::ImageHead);
            }
            ExprKind::Literal(_) | ExprKind::Expandable(_) => {
                if let Some(text) = self.constants.text(expression) {
                    self.text(&text);
                    if is_image_head(text.as_bytes()) {
                        self.found.insert(Sign::ImageHead);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Look<'_> {
    /// Returns the number of a case: written, or the number that its condition compares `$_` with.
    fn case(&self, case: &Expr) -> Option<i64> {
        if let ExprKind::ScriptBlock(block) = &case.kind
            && let [only] = block.statements.as_slice()
            && let Some(Expr {
                kind: ExprKind::Chain(_, rest),
                ..
            }) = sole(only)
            && let [(BinaryOp::Compare(Comparison::Equal, _), right)] = rest.as_slice()
        {
            return self.constants.number(right);
        }
        self.constants.number(case)
    }

    fn numbers(&self, items: &[Expr]) -> Vec<u8> {
        let byte = |item: &Expr| u8::try_from(self.constants.number(item)?).ok();
        items.iter().take(16).map_while(byte).collect()
    }
}

/// Returns whether bytes begin as GIF, PNG or JPEG do, and could not be anything else.
fn is_image_head(bytes: &[u8]) -> bool {
    [&b"GIF89a"[..], b"GIF87a", b"\x89PNG\r\n", b"\xFF\xD8\xFF"]
        .iter()
        .any(|head| bytes.starts_with(head))
}

/// Returns a name for a value that is compared: its variable, or its member's path.
fn key_of(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Variable(name) => Some(bare(name)),
        ExprKind::Cast(_, inner) => key_of(inner),
        ExprKind::Paren(statement) => key_of(sole(statement)?),
        ExprKind::Postfix(base, suffixes) => {
            let mut key = key_of(base)?;
            for suffix in suffixes {
                match &suffix.kind {
                    SuffixKind::Member { name, .. } | SuffixKind::Invoke { name, .. } => {
                        key.push('.');
                        key.push_str(&literal(name)?.to_ascii_lowercase());
                    }
                    SuffixKind::Index(_) => key.push_str("[]"),
                    SuffixKind::Increment(_) => return None,
                }
            }
            Some(key)
        }
        _ => None,
    }
}

/// Counts, exit codes and the web's answers are compared with numbers everywhere.
fn is_status(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    matches!(
        last,
        "count"
            | "length"
            | "statuscode"
            | "exitcode"
            | "lastexitcode"
            | "status"
            | "state"
            | "major"
            | "minor"
            | "build"
            | "drivetype"
            | "chassistypes"
            | "domainrole"
            | "dayofweek"
            | "month"
            | "day"
            | "hour"
            | "minute"
    )
}
