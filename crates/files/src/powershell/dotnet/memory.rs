//! Native memory: functions that scripts import to run code that is not a file.

use super::super::engine::Engine;
use super::super::value::Value;
use super::Given;
use crate::script::Action;

/// Native functions that make memory executable or run what was put there.
const LOADING: &[&str] = &[
    "virtualalloc",
    "virtualallocex",
    "virtualprotect",
    "virtualprotectex",
    "createthread",
    "createremotethread",
    "createremotethreadex",
    "writeprocessmemory",
    "queueuserapc",
    "ntcreatethreadex",
    "rtlcreateuserthread",
    "ntmapviewofsection",
    "ntallocatevirtualmemory",
    "etwpcreateetwthread",
    "callwindowproca",
    "enumwindows",
];

/// A function of a type that is not of the framework: native functions are known by name.
pub(super) fn native(
    engine: &mut Engine<'_, '_>,
    class: &str,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    match name {
        "memset" | "rtlfillmemory" => {
            let byte = arguments
                .get(1)
                .and_then(Value::integer_value)
                .and_then(|n| u8::try_from(n).ok());
            engine.poke(byte.as_slice());
        }
        "rtlmovememory" | "memcpy" | "copymemory" => {
            let bytes = arguments.get(1).and_then(Value::byte_list);
            engine.poke(bytes.as_deref().unwrap_or_default());
        }
        _ => call(engine, class, name),
    }
    engine.note();
    None
}

fn call(engine: &mut Engine<'_, '_>, class: &str, name: &str) {
    if !LOADING.contains(&name) {
        return;
    }
    let runs = name.contains("thread") || name.contains("apc");
    let code = if runs { engine.take_poked() } else { None };
    engine.effect(Action::LoadCode {
        how: format!("[{class}]::{name}"),
        code,
    });
}

/// Methods that put what is not known into the buffers that they are given.
pub(super) fn fill(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) {
    let fills = [
        "read",
        "receive",
        "beginread",
        "beginreceive",
        "nextbytes",
        "getbytes",
        "getnonzerobytes",
    ];
    if fills.iter().any(|start| name.starts_with(start)) {
        for argument in arguments {
            engine.forget_buffer(argument);
        }
    }
}

/// A method of something unknown: what it is called tells enough where it runs native code.
pub(super) fn unknown_call(engine: &mut Engine<'_, '_>, expression: &str, name: &str, arguments: &[Value]) {
    fill(engine, name, arguments);
    match name {
        "downloadstring" | "downloaddata" | "openread" | "downloadstringasync" | "getstringasync" => {
            if let Some(url) = arguments.first() {
                engine.effect(Action::Download {
                    url: url.to_text(),
                    to: None,
                });
            }
        }
        "downloadfile" => {
            if let Some(url) = arguments.first() {
                let to = arguments.get(1).map(Value::to_text);
                engine.effect(Action::Download {
                    url: url.to_text(),
                    to,
                });
            }
        }
        "uploadstring" | "uploaddata" | "uploadfile" | "uploadvalues" => {
            if let Some(url) = arguments.first() {
                engine.effect(Action::Upload { url: url.to_text() });
            }
        }
        "create" if expression.to_lowercase().contains("win32_process") => {
            if let Some(line) = arguments.first() {
                super::super::cmdlet::started(engine, &line.to_text());
            }
        }
        "setvalue" => super::reflection::disarm(engine, expression),
        _ => call(engine, "native", name),
    }
}

/// `[Runtime.InteropServices.Marshal]`
pub(super) fn marshal(engine: &mut Engine<'_, '_>, name: &str, arguments: &[Value]) -> Given {
    match (name, arguments) {
        ("copy", [bytes, ..]) => {
            let bytes = bytes.byte_list();
            engine.poke(bytes.as_deref().unwrap_or_default());
            Ok(Some(Value::Null))
        }
        ("writebyte", [.., byte]) => {
            let byte = byte.integer_value().and_then(|n| u8::try_from(n).ok());
            engine.poke(byte.as_slice());
            Ok(Some(Value::Null))
        }
        ("getdelegateforfunctionpointer", _) => {
            let code = engine.take_poked();
            engine.effect(Action::LoadCode {
                how: "Marshal::GetDelegateForFunctionPointer".to_owned(),
                code,
            });
            Ok(None)
        }
        // A secure string travels through these unchanged.
        (
            "securestringtobstr" | "securestringtoglobalallocunicode" | "securestringtocotaskmemunicode",
            [secret],
        ) => Ok(Some(secret.clone())),
        ("ptrtostringauto" | "ptrtostringbstr" | "ptrtostringuni", [Value::Object(secret), ..]) => {
            Ok(secret.borrow().fields.get("plain").cloned())
        }
        _ => Ok(None),
    }
}
