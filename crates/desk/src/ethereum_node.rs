//! What is asked of a node of Ethereum, or of a chain like it: blocks, receipts and traces, many of each in one request.
//!
//! Traces are asked for as `trace_block`, or else as `debug_traceBlockByNumber`; a node that has neither does not show
//! transfers inside transactions, which the books tell as a gap.

use crate::account_chain::AccountNode;
use crate::ledger::ImportError;
use crate::node::{Node, NodeError};
use serde_json::Value;
use strongroom_ledger::ethereum::{Block, BlockParts, Books, Chain, Traces, quantity};
use strongroom_ledger::{Booked, Ledger};
use strongroom_model::{Gap, Why};

/// Blocks that are asked for at once, to begin with.
const AT_ONCE: u64 = 16;
/// How often a block is asked for again whose parts are of two blocks.
const TRIES: usize = 3;

/// A node of Ethereum, or of a chain like it.
#[derive(Debug)]
pub struct EthereumNode<'a> {
    node: &'a Node,
    chain: Chain,
    books: Books,
    tracing: Tracing,
    /// Whether receipts come by block; else each is asked for by itself.
    receipts: bool,
    /// Whether it takes many questions at once.
    batches: bool,
    /// Blocks that are asked for at once.
    at_once: u64,
}

/// How a node traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tracing {
    Parity,
    Calls,
    Not,
}

impl Tracing {
    fn question(self, number: u64) -> Option<(&'static str, String)> {
        // Nothing happens in the first block, and nodes refuse to trace it.
        match self {
            _ if number == 0 => None,
            Tracing::Parity => Some(("trace_block", at(number))),
            Tracing::Calls => Some((
                "debug_traceBlockByNumber",
                format!("[\"0x{number:x}\",{{\"tracer\":\"callTracer\"}}]"),
            )),
            Tracing::Not => None,
        }
    }
}

fn at(number: u64) -> String {
    format!("[\"0x{number:x}\"]")
}

fn whole(number: u64) -> (&'static str, String) {
    ("eth_getBlockByNumber", format!("[\"0x{number:x}\",true]"))
}

impl<'a> EthereumNode<'a> {
    /// Meets a node: it must be of the chain that is named, `ethereum` or `eip155-ID`.
    ///
    /// # Errors
    /// `OtherNode` for a node of another chain; where it cannot be asked.
    pub fn meet(node: &'a Node, name: &str) -> Result<Option<Self>, ImportError> {
        let Some((chain, id)) = Chain::named(name) else {
            return Ok(None);
        };
        let said = text(&node.call("eth_chainId", "[]")?, "eth_chainId")?;
        if quantity(&said) != Some(id) {
            return Err(ImportError::OtherNode {
                wanted: chain.name().to_owned(),
                said,
            });
        }
        let mut met = EthereumNode {
            node,
            books: Books::of(chain.clone()),
            chain,
            tracing: Tracing::Not,
            receipts: true,
            batches: true,
            at_once: AT_ONCE,
        };
        met.tracing = met.find_tracing()?;
        Ok(Some(met))
    }

    /// Finds out how the node traces, by its last block: the state of old ones may be gone.
    fn find_tracing(&mut self) -> Result<Tracing, ImportError> {
        let tip = self.tip()?.max(1);
        for tracing in [Tracing::Parity, Tracing::Calls] {
            let Some((method, params)) = tracing.question(tip) else {
                continue;
            };
            match self.node.call(method, &params) {
                Ok(answer) if answer != "null" => return Ok(tracing),
                Ok(_) | Err(NodeError::Rpc { .. } | NodeError::NotRpc { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Tracing::Not)
    }

    /// Asks many questions at once. What the node refuses so is asked by itself, and from then on fewer at once.
    fn ask(&mut self, questions: &[(&str, String)]) -> Result<Vec<Result<String, NodeError>>, ImportError> {
        let together = match self.batches {
            true => self.node.call_all(questions),
            false => Ok(Vec::new()),
        };
        let mut answers = match together {
            Ok(answers) => answers.into_iter(),
            Err(NodeError::Rpc { .. } | NodeError::NotRpc { .. }) => {
                self.batches = false;
                Vec::new().into_iter()
            }
            Err(error) => return Err(error.into()),
        };
        let mut told = Vec::with_capacity(questions.len());
        let mut too_many = false;
        for (method, params) in questions {
            told.push(match answers.next() {
                Some(Ok(answer)) => Ok(answer),
                refused => {
                    let again = self.node.call(method, params);
                    too_many |= refused.is_some() && again.is_ok();
                    again
                }
            });
        }
        if too_many {
            self.at_once = (self.at_once / 2).max(1);
        }
        Ok(told)
    }

    /// Reads blocks; `None` stands where the node has none of the number.
    fn read(&mut self, numbers: &[u64]) -> Result<Vec<Option<Block>>, ImportError> {
        let mut questions = Vec::new();
        for number in numbers {
            questions.push(whole(*number));
            if self.receipts {
                questions.push(("eth_getBlockReceipts", at(*number)));
            }
            questions.extend(self.tracing.question(*number));
        }
        let mut answers = self.ask(&questions)?.into_iter();
        let mut blocks = Vec::with_capacity(numbers.len());
        let by_block = self.receipts;
        for number in numbers {
            let (method, _) = whole(*number);
            let block = value(&answers.next().unwrap_or_else(|| Ok("null".into()))?, method)?;
            let receipts = match by_block {
                true => answers.next(),
                false => None,
            };
            let traces = match self.tracing.question(*number) {
                Some(_) => answers.next(),
                None => None,
            };
            if block.is_null() {
                blocks.push(None);
                continue;
            }
            let receipts = self.receipts(&block, receipts)?;
            blocks.push(Some(self.block(*number, &block, &receipts, traces)?));
        }
        Ok(blocks)
    }

    /// Returns the receipts of a block, each asked for by itself where the node does not give them by block.
    fn receipts(
        &mut self,
        block: &Value,
        by_block: Option<Result<String, NodeError>>,
    ) -> Result<Value, ImportError> {
        match by_block {
            Some(Ok(answer)) if answer != "null" => return value(&answer, "eth_getBlockReceipts"),
            Some(Err(NodeError::Rpc { code, .. })) => self.receipts &= code != NO_METHOD,
            Some(Err(error)) => return Err(error.into()),
            Some(Ok(_)) | None => {}
        }
        let method = "eth_getTransactionReceipt";
        let listed = block.get("transactions").and_then(Value::as_array);
        let ids = listed.into_iter().flatten().filter_map(|one| one.get("hash"));
        let questions: Vec<_> = ids.map(|id| (method, format!("[{id}]"))).collect();
        let answers = self.ask(&questions)?;
        let receipts = answers.into_iter().map(|answer| value(&answer?, method));
        Ok(Value::Array(receipts.collect::<Result<_, _>>()?))
    }

    fn block(
        &self,
        number: u64,
        block: &Value,
        receipts: &Value,
        traces: Option<Result<String, NodeError>>,
    ) -> Result<Block, ImportError> {
        let id = block.get("hash");
        let mut gaps = Vec::new();
        let mut gap = |detail: String| {
            let place = format!("{} block {number}", self.chain.name());
            gaps.push(Gap::new(place, Why::Unsupported, detail));
        };
        let traces = match traces {
            None => None,
            Some(Ok(answer)) => match value(&answer, "its traces") {
                Ok(Value::Null) => None,
                Ok(traces) => Some(traces),
                Err(error) => {
                    gap(error.to_string());
                    None
                }
            },
            Some(Err(error @ NodeError::Rpc { .. })) => {
                gap(format!(
                    "its transfers inside transactions are not known: {error}"
                ));
                None
            }
            Some(Err(error)) => return Err(error.into()),
        };
        if number == 0 {
            gap("a node does not say to whom the chain gave its first coins: what such accounts pay is assumed".into());
        }
        let frames = traces.as_ref().and_then(Value::as_array);
        let parts = [receipts.as_array(), frames].into_iter().flatten().flatten();
        if parts
            .filter_map(|part| part.get("blockHash").filter(|hash| !hash.is_null()))
            .any(|part| Some(part) != id)
        {
            return Err(ImportError::TwoBlocks(number));
        }
        let parts = BlockParts {
            block,
            receipts: Some(receipts),
            traces: match (&traces, self.tracing) {
                (Some(traces), Tracing::Parity) => Traces::Parity(traces),
                (Some(traces), Tracing::Calls) => Traces::Calls(traces),
                (_, Tracing::Not) | (None, _) => Traces::None,
            },
        };
        let mut read = Block::of_rpc(&parts).map_err(|why| no_answer("eth_getBlockByNumber", why))?;
        if read.number != number {
            let why = format!("block {} came for block {number}", read.number);
            return Err(no_answer("eth_getBlockByNumber", why));
        }
        read.gaps.extend(gaps);
        Ok(read)
    }
}

/// The code of a method that a node does not have (JSON-RPC 2.0).
const NO_METHOD: i64 = -32601;

impl AccountNode for EthereumNode<'_> {
    fn chain(&self) -> &str {
        self.chain.name()
    }

    fn first(&self) -> u64 {
        0
    }

    fn open_books(&mut self, ledger: &Ledger) -> Result<(), ImportError> {
        let notes = ledger.notes(self.chain.name())?;
        self.books = Books::resumed(self.chain.clone(), notes);
        Ok(())
    }

    fn tip(&mut self) -> Result<u64, ImportError> {
        let method = "eth_blockNumber";
        let said = text(&self.node.call(method, "[]")?, method)?;
        quantity(&said).ok_or_else(|| no_answer(method, format!("{said:?} is no number")))
    }

    fn id_at(&mut self, number: u64) -> Result<Option<String>, ImportError> {
        let method = "eth_getBlockByNumber";
        let said = self.node.call(method, &format!("[\"0x{number:x}\",false]"))?;
        let said = value(&said, method)?;
        Ok(said.get("hash").and_then(Value::as_str).map(str::to_owned))
    }

    fn blocks(&mut self, from: u64, last: u64) -> Result<Vec<Booked>, ImportError> {
        let last = last.min(from.saturating_add(self.at_once - 1));
        let numbers: Vec<u64> = (from..=last).collect();
        let mut tries = TRIES;
        let blocks = loop {
            match self.read(&numbers) {
                Err(ImportError::TwoBlocks(_)) if tries > 1 => tries -= 1,
                other => break other?,
            }
        };
        // Where the chain became shorter in between, what is there is taken.
        let blocks: Vec<Block> = blocks.into_iter().map_while(|block| block).collect();
        if blocks.is_empty() {
            let why = format!("it has no block {from} any more");
            return Err(no_answer("eth_getBlockByNumber", why));
        }
        Ok(blocks.iter().map(|block| self.books.book(block)).collect())
    }
}

fn no_answer(method: &str, why: String) -> ImportError {
    ImportError::NoAnswer {
        method: method.to_owned(),
        why,
    }
}

fn value(text: &str, method: &str) -> Result<Value, ImportError> {
    serde_json::from_str(text).map_err(|error| no_answer(method, error.to_string()))
}

fn text(text: &str, method: &str) -> Result<String, ImportError> {
    serde_json::from_str(text).map_err(|error| no_answer(method, error.to_string()))
}
