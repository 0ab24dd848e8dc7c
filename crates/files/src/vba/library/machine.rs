//! Functions whose result depends on the machine, the time or the user: their results are unknown, except what
//! is the same everywhere.

use super::Arguments;
use crate::vba::convert::known;
use crate::vba::fault::Eval;
use crate::vba::value::Value;

/// Environment variables that have one value on every Windows.
const FIXED: &[(&str, &str)] = &[("os", "Windows_NT")];

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>) -> Option<Eval<Option<Value>>> {
    Some(match name {
        "environ" => environ(arguments),
        "doevents" => Ok(Some(Value::Integer(0))),
        "now" | "date" | "time" | "timer" | "rnd" | "dir" | "curdir" | "command" | "freefile" | "filelen"
        | "fileexists" | "getattr" | "lof" | "loc" | "eof" | "input" | "inputb" | "getsetting"
        | "weekdayname" | "filedatetime" | "formatnumber" | "formatdatetime" | "formatpercent"
        | "formatcurrency" | "strptr" | "varptr" | "objptr" | "varptrarray" | "cverr" | "iserror"
        | "error" | "spc" | "tab" | "getref" | "scriptengine" | "macid" | "loadpicture" | "qbcolor"
        | "partition" | "imestatus" | "fileattr" => Ok(None),
        "chdir" | "chdrive" | "mkdir" | "setattr" | "appactivate" | "sendkeys" | "unload" | "load"
        | "randomize" | "deletesetting" | "savepicture" | "loadlibrary" => Ok(Some(Value::Empty)),
        _ => return None,
    })
}

fn environ(arguments: &Arguments<'_>) -> Eval<Option<Value>> {
    let Some(name) = known(arguments.value(0)?).ok().flatten() else {
        return Ok(None);
    };
    let name = name.show().to_lowercase();
    let fixed = FIXED.iter().find(|(key, _)| *key == name);
    Ok(fixed.map(|(_, value)| Value::text(value)))
}
