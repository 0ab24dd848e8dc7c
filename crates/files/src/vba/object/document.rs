//! XML documents, as far as macros use them: nodes that turn text into bytes and back.

use super::invoke::Call;
use super::{Class, Object};
use crate::script::Action;
use crate::vba::convert::known;
use crate::vba::evaluate::Evaluator;
use crate::vba::evaluate::is_address;
use crate::vba::fault::Eval;
use crate::vba::value::{Array, Type, Value};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::rc::Rc;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Evaluator<'_, '_> {
    pub(super) fn document_method(&mut self, call: &Call<'_>) -> Eval<Option<Value>> {
        match call.member {
            "createelement" | "createnode" | "documentelement" | "appendchild" => Ok(Some(self.node(call))),
            "load" if is_address(&call.text(0)) => {
                let url = call.text(0);
                self.act(Action::Download { url, to: None }, call.at);
                Ok(Some(Value::unknown("load")))
            }
            "nodetypedvalue" => self.typed_value(call).map(Some),
            "text" => self.node_text(call).map(Some),
            _ => Ok(None),
        }
    }

    fn node(&mut self, call: &Call<'_>) -> Value {
        match call.value(0) {
            Value::Object(node) if call.member == "appendchild" => Value::Object(node),
            _ => self.allocate(Object::of(Class::Node)),
        }
    }

    fn data_type(&self, object: usize) -> String {
        let kind = self
            .field(object, "datatype")
            .and_then(|kind| known(&kind).ok().flatten());
        kind.map(|kind| kind.show().to_lowercase()).unwrap_or_default()
    }

    fn typed_value(&mut self, call: &Call<'_>) -> Eval<Value> {
        if let Some(bytes) = self.field(call.object, "nodetypedvalue") {
            return Ok(bytes);
        }
        let Some(text) = self.field(call.object, "text") else {
            return Ok(self.unknown_member(call));
        };
        let Some(text) = known(&text)?.map(|text| text.show()) else {
            return Ok(self.unknown_member(call));
        };
        self.budget.build(text.len().saturating_mul(size_of::<Value>()))?;
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = match self.data_type(call.object).as_str() {
            "bin.base64" => BASE64.decode(plain).ok(),
            "bin.hex" => hex(&plain),
            "" | "string" => return Ok(Value::units(text.encode_utf16().collect(), 3)),
            _ => None,
        };
        Ok(match bytes {
            Some(bytes) => Value::Array(Rc::new(Array::bytes(&bytes))),
            None => self.unknown_member(call),
        })
    }

    fn node_text(&mut self, call: &Call<'_>) -> Eval<Value> {
        let bytes = match self.field(call.object, "nodetypedvalue") {
            Some(Value::Array(array)) if array.kind == Type::Byte => array.as_bytes(),
            _ => None,
        };
        let text = bytes.and_then(|bytes| match self.data_type(call.object).as_str() {
            "bin.base64" => Some(lines(&BASE64.encode(bytes))),
            "bin.hex" => Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
            _ => None,
        });
        Ok(match text {
            Some(text) => Value::units(text.encode_utf16().collect(), 3),
            None => self
                .field(call.object, "text")
                .unwrap_or_else(|| self.unknown_member(call)),
        })
    }

    /// Text and typed value are two sides of one content: setting one takes the other away.
    pub(super) fn set_on_node(&mut self, object: usize, name: &str, value: Value) -> Eval<()> {
        let other = match name {
            "text" | "" => Some("nodetypedvalue"),
            "nodetypedvalue" => Some("text"),
            _ => None,
        };
        if let Some(held) = self.state.object_mut(object) {
            if let Some(other) = other {
                held.fields.remove(other);
            }
            held.set(if name.is_empty() { "text" } else { name }, value);
        }
        Ok(())
    }
}

/// MSXML breaks base64 into lines of 72 characters.
fn lines(text: &str) -> String {
    let mut broken = String::with_capacity(text.len() + text.len() / 72);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % 72 == 0 {
            broken.push('\n');
        }
        broken.push(c);
    }
    broken
}

fn hex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
