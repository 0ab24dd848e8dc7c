//! The envelope of JSON-RPC (versions 1 and 2) around what a node was asked for.

use super::NodeFault;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Envelope<'a> {
    /// None where there is no such field; where it is there and null, its text is.
    #[serde(borrow, default, deserialize_with = "that_is_there")]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: i64,
    #[serde(default)]
    message: String,
}

fn that_is_there<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// Returns the text of what a node was asked for, out of its answer: `null` where the node says that there is no such thing.
///
/// # Errors
/// `Refused` where the node says that it cannot; `Shape` and `Field` where the text is no answer.
pub fn node_result(answer: &str) -> Result<&str, NodeFault> {
    let envelope: Envelope<'_> = serde_json::from_str(answer)?;
    match (envelope.error, envelope.result) {
        (Some(Refusal { code, message }), _) => Err(NodeFault::Refused { code, message }),
        (None, Some(result)) => Ok(result.get()),
        (None, None) => Err(NodeFault::Field("result")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_result_is_an_answer_and_an_absent_one_is_none() {
        let version_1 = "{\"result\": {\"value\": 0.10000000}, \"error\": null, \"id\": 1}";
        assert_eq!(node_result(version_1).unwrap(), "{\"value\": 0.10000000}");
        assert_eq!(
            node_result("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}").unwrap(),
            "null"
        );
        assert!(matches!(
            node_result("{\"id\":1,\"error\":null}"),
            Err(NodeFault::Field("result"))
        ));
        // A null result beside an error is the error.
        let refused = "{\"result\":null,\"error\":{\"code\":-8,\"message\":\"out of range\"},\"id\":1}";
        assert!(matches!(
            node_result(refused),
            Err(NodeFault::Refused { code: -8, .. })
        ));
        assert!(matches!(node_result("<html>"), Err(NodeFault::Shape(_))));
    }
}
