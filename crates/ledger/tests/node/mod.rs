//! A local development node on loopback, and as much of a JSON-RPC client as the tests need.

mod code;
pub mod town;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A node that ends with the test.
pub struct Node {
    process: Child,
    pub address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Node {
    /// Starts a node with the rules of a fork; `None` where the program is not there.
    pub fn start(test: &str, fork: &str) -> Option<Node> {
        let program = std::env::var_os("ANVIL").filter(|program| Path::new(program).exists());
        let Some(program) = program else {
            assert!(
                std::env::var_os("CI").is_none(),
                "ANVIL names no program, and CI must have it"
            );
            eprintln!("SKIPPED: {test}: ANVIL names no program");
            return None;
        };
        let mut process = Command::new(program)
            .args(["--port", "0", "--host", "127.0.0.1", "--hardfork", fork])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .find_map(|line| line.unwrap().strip_prefix("Listening on ").map(str::to_owned))
            .expect("the node says where it listens");
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Node { process, address })
    }

    /// Asks the node; its error is the test's.
    pub fn ask(&self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Returns the node's answer in its envelope.
    pub fn answer(&self, method: &str, params: Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        serde_json::from_str(&post(&self.address, &body)).unwrap()
    }

    /// Sends a transaction, waits until it is mined, and returns its receipt.
    pub fn send(&self, from: &str, to: Option<&str>, value: u64, data: &str) -> Value {
        let mut transaction = json!({
            "from": from, "value": format!("0x{value:x}"), "data": data, "gas": "0xf4240",
            "gasPrice": "0x77359400",
        });
        if let Some(to) = to {
            transaction["to"] = to.into();
        }
        let id = self.ask("eth_sendTransaction", json!([transaction]));
        loop {
            let receipt = self.ask("eth_getTransactionReceipt", json!([id]));
            if !receipt.is_null() {
                return receipt;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

/// Returns what a server answers to a text.
pub fn post(address: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    // Version 1.0: the answer ends where the connection does, and is never sent in chunks.
    let head = "POST / HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ";
    write!(stream, "{head}{}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
