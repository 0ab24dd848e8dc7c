//! The HTTP clients: `Open` remembers, `Send` is what counts.

use super::invoke::Call;
use crate::script::Action;
use crate::vba::convert::{describe, text};
use crate::vba::evaluate::Evaluator;
use crate::vba::fault::Eval;
use crate::vba::value::Value;

impl Evaluator<'_, '_> {
    pub(super) fn http_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "open" => {
                self.set_field(call.object, "method", call.value(0));
                self.set_field(call.object, "url", call.value(1));
                Ok(Some(Value::Empty))
            }
            "send" => {
                self.send(call);
                Ok(Some(Value::Empty))
            }
            "setrequestheader" => {
                call.values.iter().for_each(|value| self.retire(value));
                Ok(Some(Value::Empty))
            }
            "responsebody" | "responsetext" | "responsestream" | "responsexml" => {
                Ok(Some(self.response(call)))
            }
            "status" => Ok(Some(Value::unknown("status"))),
            _ => Ok(None),
        }
    }

    fn send(&mut self, call: &Call<'_>) {
        let field = |name: &str| {
            self.field(call.object, name)
                .unwrap_or_else(|| Value::unknown(name))
        };
        let (method, url) = (text(&field("method")), text(&field("url")));
        let sends = method
            .exact()
            .is_some_and(|method| matches!(method.to_ascii_uppercase().as_str(), "POST" | "PUT" | "PATCH"));
        let body = call
            .values
            .first()
            .filter(|body| !matches!(body, Value::Missing | Value::Empty));
        if let Some(body) = body {
            self.retire(body);
        }
        self.act(
            if sends {
                Action::Upload { url }
            } else {
                Action::Download { url, to: None }
            },
            call.at,
        );
    }

    /// What a server answers is unknown; the expression says which.
    fn response(&self, call: &Call<'_>) -> Value {
        let url = self
            .field(call.object, "url")
            .map(|url| describe(&url))
            .unwrap_or_default();
        Value::unknown(&format!("{} of {}", call.member, url.trim_matches('"')))
    }
}
