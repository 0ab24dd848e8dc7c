//! A blockchain node that the user names, asked over HTTP by JSON-RPC or by paths: the only thing that Strongroom ever connects to.
//!
//! Nothing found in evidence comes near this: the address is given on the command line, redirections are not followed, and
//! no proxy is taken from the environment. Answers are bounded.

use base64::Engine;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};
use std::time::Duration;
use strongroom_ledger::{NodeFault, node_result};
use ureq::Agent;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use url::Url;

/// Bytes of one answer. The largest block of Bitcoin with all previous outputs is under a tenth of it.
const ANSWER: u64 = 512 << 20;
/// A node that is starting, or that looks for a block on a slow disk, may take its time.
const PATIENCE: Duration = Duration::from_secs(120);

/// A node and how it is asked.
#[derive(Debug)]
pub struct Node {
    agent: Agent,
    /// Without name and password, as it stands in messages.
    url: String,
    authorization: Option<String>,
}

/// Why a node did not answer a question.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The address of the node is none.
    #[error("{0:?} is no address of a node: http://[NAME:PASSWORD@]HOST:PORT is expected, or https")]
    Address(String),
    /// The cookie file, in which a node leaves name and password, cannot be read.
    #[error("cannot read the node's cookie file {}", path.display())]
    Cookie {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// No connection, or it broke.
    #[error("the node at {url} does not answer {method}")]
    Unreachable {
        /// The node.
        url: String,
        /// What was asked.
        method: String,
        /// The cause.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The node wants another name or password.
    #[error("the node at {0} refuses name and password")]
    Refused(String),
    /// The answer is no JSON-RPC.
    #[error("the node at {url} answers {method} with status {status} and no JSON-RPC")]
    NotRpc {
        /// The node.
        url: String,
        /// What was asked.
        method: String,
        /// The HTTP status.
        status: u16,
    },
    /// The node has nothing at a path.
    #[error("the node at {url} answers {path} with status {status}: {message}")]
    Status {
        /// The node.
        url: String,
        /// What was asked.
        path: String,
        /// The HTTP status.
        status: u16,
        /// The node's words, where it has some.
        message: String,
    },
    /// The node answers that it cannot.
    #[error("the node at {url} answers {method} with error {code}: {message}")]
    Rpc {
        /// The node.
        url: String,
        /// What was asked.
        method: String,
        /// The node's code.
        code: i64,
        /// The node's words.
        message: String,
    },
}

/// Why a node that is asked by paths does not answer.
#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    message: String,
}

/// Which question of many an answer is for.
#[derive(Deserialize)]
struct Numbered {
    id: Option<usize>,
}

impl Node {
    /// Returns the node at an address. Name and password stand in the address, or in the cookie file that the node wrote.
    ///
    /// # Errors
    /// `Address` for what is no URL of HTTP; `Cookie` for a file that cannot be read.
    pub fn at(address: &str, cookie: Option<&Path>) -> Result<Self, NodeError> {
        let bad = || NodeError::Address(address.to_owned());
        let mut url = Url::parse(address).map_err(|_| bad())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(bad());
        }
        let named = match (url.username(), url.password()) {
            ("", None) => None,
            (name, password) => Some(format!("{name}:{}", password.unwrap_or_default())),
        };
        let secret = match cookie {
            Some(path) => Some(read_cookie(path)?),
            None => named,
        };
        // Without this the password would stand in every message.
        url.set_username("")
            .and_then(|()| url.set_password(None))
            .map_err(|()| bad())?;
        let encode = |secret| {
            format!(
                "Basic {}",
                base64::engine::general_purpose::STANDARD.encode(secret)
            )
        };
        let config = Agent::config_builder()
            .max_redirects(0)
            .proxy(None)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_per_read(Some(PATIENCE))
            .build();
        Ok(Node {
            agent: config.new_agent(),
            url: url.to_string(),
            authorization: secret.map(encode),
        })
    }

    /// Asks the node, with its parameters as a JSON array; returns the JSON of the result, as the node wrote it.
    ///
    /// # Errors
    /// Where the node cannot be reached, refuses, or answers with an error.
    pub fn call(&self, method: &str, params: &str) -> Result<String, NodeError> {
        let (status, text) = self.answer(method, "", Some(&question(1, method, params)))?;
        self.result(method, status, &text)
    }

    /// Asks many questions at once, each a method and its parameters as a JSON array; returns an answer for each, in their order.
    ///
    /// # Errors
    /// Where the node cannot be reached, refuses, or takes no questions at once.
    pub fn call_all(
        &self,
        questions: &[(&str, String)],
    ) -> Result<Vec<Result<String, NodeError>>, NodeError> {
        let Some((first, _)) = questions.first() else {
            return Ok(Vec::new());
        };
        let all: Vec<String> = (0..)
            .zip(questions)
            .map(|(number, (method, params))| question(number, method, params))
            .collect();
        let (status, text) = self.answer(first, "", Some(&format!("[{}]", all.join(","))))?;
        let Ok(answers) = serde_json::from_str::<Vec<&RawValue>>(&text) else {
            // One complaint stands for all.
            return Err(match self.result(first, status, &text) {
                Err(complaint) => complaint,
                Ok(_) => self.not_rpc(first, status),
            });
        };
        let mut told: Vec<_> = questions.iter().map(|_| None).collect();
        for answer in answers {
            let number = serde_json::from_str::<Numbered>(answer.get()).ok();
            let place = number
                .and_then(|number| number.id)
                .and_then(|id| told.get_mut(id).zip(questions.get(id)));
            if let Some((place, (method, _))) = place {
                *place = Some(self.result(method, status, answer.get()));
            }
        }
        let asked = told.into_iter().zip(questions);
        Ok(asked
            .map(|(told, (method, _))| told.unwrap_or_else(|| Err(self.not_rpc(method, status))))
            .collect())
    }

    /// Asks by a path below the node's address, with a body where one is sent; returns what the node answers with status 200.
    ///
    /// # Errors
    /// `Status` for any other; where the node cannot be reached or refuses.
    pub fn fetch(&self, path: &str, body: Option<&str>) -> Result<String, NodeError> {
        match self.answer(path, path, body)? {
            (200, text) => Ok(text),
            (status, text) => Err(NodeError::Status {
                url: self.url.clone(),
                path: path.to_owned(),
                status,
                message: serde_json::from_str(&text)
                    .map(|complaint: Complaint| complaint.message)
                    .unwrap_or_default(),
            }),
        }
    }

    /// Takes an answer out of its envelope.
    fn result(&self, method: &str, status: u16, text: &str) -> Result<String, NodeError> {
        match node_result(text) {
            Ok(result) => Ok(result.to_owned()),
            Err(NodeFault::Refused { code, message }) => Err(NodeError::Rpc {
                url: self.url.clone(),
                method: method.to_owned(),
                code,
                message,
            }),
            Err(_) => Err(self.not_rpc(method, status)),
        }
    }

    fn not_rpc(&self, method: &str, status: u16) -> NodeError {
        NodeError::NotRpc {
            url: self.url.clone(),
            method: method.to_owned(),
            status,
        }
    }

    /// Returns status and text of what the node answers at a path; `asked` stands in messages.
    fn answer(&self, asked: &str, path: &str, body: Option<&str>) -> Result<(u16, String), NodeError> {
        let (status, text) = self.send(path, body).map_err(|source| NodeError::Unreachable {
            url: self.url.clone(),
            method: asked.to_owned(),
            source: Box::new(source),
        })?;
        match status {
            401 | 403 => Err(NodeError::Refused(self.url.clone())),
            _ => Ok((status, text)),
        }
    }

    fn send(&self, path: &str, body: Option<&str>) -> Result<(u16, String), ureq::Error> {
        let url = match path {
            "" => self.url.clone(),
            path => format!("{}{path}", self.url.trim_end_matches('/')),
        };
        let authorization = self.authorization.as_deref();
        let mut answer = match body {
            Some(body) => {
                let mut request = self.agent.post(&url).header(CONTENT_TYPE, "application/json");
                if let Some(authorization) = authorization {
                    request = request.header(AUTHORIZATION, authorization);
                }
                request.send(body)?
            }
            None => {
                let mut request = self.agent.get(&url);
                if let Some(authorization) = authorization {
                    request = request.header(AUTHORIZATION, authorization);
                }
                request.call()?
            }
        };
        let text = answer.body_mut().with_config().limit(ANSWER).read_to_string()?;
        Ok((answer.status().as_u16(), text))
    }
}

fn question(number: usize, method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{number},"method":"{method}","params":{params}}}"#)
}

fn read_cookie(path: &Path) -> Result<String, NodeError> {
    let text = std::fs::read_to_string(path).map_err(|source| NodeError::Cookie {
        path: path.to_owned(),
        source,
    })?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    /// A server on loopback that answers one question with the given status and body, and returns what it was asked.
    fn answering(status: &'static str, body: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let from = head.len();
                reader.read_line(&mut head).unwrap();
                if let Some((name, value)) = head[from..].split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut question = vec![0; length];
            reader.read_exact(&mut question).unwrap();
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
            head + &String::from_utf8(question).unwrap()
        });
        (address, server)
    }

    fn ask(status: &'static str, body: &'static str) -> Result<String, NodeError> {
        let (address, server) = answering(status, body);
        let node = Node::at(&format!("http://{address}"), None).unwrap();
        let answer = node.call("getblockcount", "[]");
        server.join().unwrap();
        answer
    }

    #[test]
    fn a_result_comes_as_the_node_wrote_it() {
        let (address, server) = answering(
            "200 OK",
            "{\"result\":{\"value\":0.10000000},\"error\":null,\"id\":1}",
        );
        let node = Node::at(&format!("http://user:secret@{address}"), None).unwrap();
        assert_eq!(
            node.call("getblock", "[\"00\",2]").unwrap(),
            "{\"value\":0.10000000}"
        );
        let asked = server.join().unwrap();
        assert!(
            asked
                .to_ascii_lowercase()
                .contains("authorization: basic dxnlcjpzzwnyzxq="),
            "{asked}"
        );
        assert!(asked.contains("\"params\":[\"00\",2]"), "{asked}");
    }

    #[test]
    fn many_questions_go_in_one_and_each_answer_finds_its_own() {
        let (address, server) = answering(
            "200 OK",
            r#"[{"id":2,"result":null},{"id":0,"result":{"a":1}},{"id":9,"result":7},{"id":1,"error":{"code":-32601,"message":"no"}}]"#,
        );
        let node = Node::at(&format!("http://{address}"), None).unwrap();
        let questions = ["a", "b", "c", "d"].map(|method| (method, "[]".to_owned()));
        let answers = node.call_all(&questions).unwrap();
        assert_eq!(answers[0].as_deref().unwrap(), "{\"a\":1}");
        assert!(matches!(&answers[1], Err(NodeError::Rpc { code: -32601, method, .. }) if method == "b"));
        assert_eq!(answers[2].as_deref().unwrap(), "null");
        assert!(matches!(answers[3], Err(NodeError::NotRpc { .. })));
        assert!(server.join().unwrap().contains("},{"));
        // A node that takes no questions at once complains once.
        let (address, server) = answering(
            "200 OK",
            r#"{"error":{"code":-32600,"message":"batch too large"}}"#,
        );
        let node = Node::at(&format!("http://{address}"), None).unwrap();
        let refused = node.call_all(&questions).unwrap_err();
        assert!(
            matches!(refused, NodeError::Rpc { code: -32600, .. }),
            "{refused}"
        );
        server.join().unwrap();
        assert!(node.call_all(&[]).unwrap().is_empty());
    }

    #[test]
    fn each_failure_has_its_own_error() {
        assert!(matches!(ask("401 Unauthorized", ""), Err(NodeError::Refused(_))));
        // Bitcoin Core answers an error with status 500 and a body.
        let complaint =
            "{\"result\":null,\"error\":{\"code\":-8,\"message\":\"Block height out of range\"},\"id\":1}";
        let error = ask("500 Internal Server Error", complaint).unwrap_err();
        assert!(matches!(&error, NodeError::Rpc { code: -8, .. }), "{error}");
        assert!(matches!(
            ask("200 OK", "<html>"),
            Err(NodeError::NotRpc { status: 200, .. })
        ));
        assert!(matches!(
            ask("302 Found", ""),
            Err(NodeError::NotRpc { status: 302, .. })
        ));
        assert_eq!(ask("200 OK", "{\"result\":null,\"error\":null}").unwrap(), "null");
        for address in ["127.0.0.1:8332", "ftp://127.0.0.1/", "", "http://"] {
            assert!(
                matches!(Node::at(address, None), Err(NodeError::Address(_))),
                "{address:?}"
            );
        }
        let unbound = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let node = Node::at(&format!("http://user:secret@{unbound}"), None).unwrap();
        let error = node.call("getblockcount", "[]").unwrap_err();
        assert!(matches!(error, NodeError::Unreachable { .. }));
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }

    #[test]
    fn name_and_password_come_from_the_cookie_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".cookie");
        assert!(matches!(
            Node::at("http://127.0.0.1:1", Some(&path)),
            Err(NodeError::Cookie { .. })
        ));
        std::fs::write(&path, "__cookie__:abc\n").unwrap();
        let node = Node::at("http://127.0.0.1:1", Some(&path)).unwrap();
        assert_eq!(node.authorization.as_deref(), Some("Basic X19jb29raWVfXzphYmM="));
    }
}
