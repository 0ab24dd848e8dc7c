//! The constants of the language, and names that belong to the host application.

use crate::vba::value::Value;

/// Returns the value of a constant of the language.
pub(in crate::vba) fn constant(name: &str) -> Option<Value> {
    let text = |text: &str| Some(Value::text(text));
    match name {
        "vbcrlf" | "vbnewline" => text("\r\n"),
        "vbcr" => text("\r"),
        "vblf" => text("\n"),
        "vbtab" => text("\t"),
        "vbback" => text("\u{8}"),
        "vbformfeed" => text("\u{c}"),
        "vbverticaltab" => text("\u{b}"),
        "vbnullchar" => text("\0"),
        "vbnullstring" => text(""),
        _ => number(name).map(Value::whole),
    }
}

fn number(name: &str) -> Option<i64> {
    Some(match name {
        "vbhide" | "vbbinarycompare" | "vbfalse" | "vbnormal" | "vbokonly" | "vbempty" | "vbblack" => 0,
        "vbnormalfocus" | "vbtextcompare" | "vbuppercase" | "vbreadonly" | "vbmethod" | "vbsunday"
        | "vbok" | "vbnull" | "vbokcancel" => 1,
        "vbminimizedfocus" | "vblowercase" | "vbhidden" | "vbget" | "vbdatabasecompare" | "vbinteger"
        | "vbcancel" => 2,
        "vbmaximizedfocus" | "vbpropercase" | "vblong" | "vbyesnocancel" => 3,
        "vbnormalnofocus" | "vbsystem" | "vblet" | "vbsingle" | "vbyesno" => 4,
        "vbdouble" | "vbretrycancel" => 5,
        "vbminimizednofocus" | "vbyes" => 6,
        "vbno" | "vbdate" => 7,
        "vbset" | "vbstring" => 8,
        "vbboolean" => 11,
        "vbdirectory" | "vbcritical" => 16,
        "vbbyte" => 17,
        "vbquestion" | "vbarchive" => 32,
        "vbexclamation" => 48,
        "vbinformation" | "vbunicode" => 64,
        "vbfromunicode" => 128,
        "vbusecompareoption" | "vbtrue" => -1,
        "vbobjecterror" => -2_147_221_504,
        "vbarray" => 8192,
        "vbred" => 255,
        "vbgreen" => 65280,
        "vbblue" => 16_711_680,
        "vbwhite" => 16_777_215,
        _ => return None,
    })
}

/// Returns whether a name belongs to the host application, so that its value is not known here.
pub(in crate::vba) fn is_host_name(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "application",
        "activedocument",
        "activeworkbook",
        "activesheet",
        "activecell",
        "activewindow",
        "activepresentation",
        "activeprinter",
        "thisdocument",
        "thisworkbook",
        "selection",
        "range",
        "cells",
        "rows",
        "columns",
        "sheets",
        "worksheets",
        "workbooks",
        "documents",
        "windows",
        "options",
        "normaltemplate",
        "system",
        "tasks",
        "names",
        "charts",
        "commandbars",
        "assistant",
        "addins",
        "templates",
        "userforms",
        "debug",
        "presentations",
        "currentdb",
        "docmd",
        "forms",
        "reports",
        "vbe",
        "fontnames",
        "languages",
        "usercontrol",
        "macrocontainer",
        "me",
        "session",
        "item",
        "event",
        "response",
        "request",
        "server",
        "window",
        "document",
    ];
    const PREFIXES: &[&str] = &["wd", "xl", "mso", "pp", "ol", "ac", "vb", "ad"];
    let prefixed = name.is_ascii() && PREFIXES.iter().any(|prefix| is_prefixed(name, prefix));
    NAMES.contains(&name) || prefixed
}

/// Only long names are constants of the host for sure: short ones may be anybody's variable.
fn is_prefixed(name: &str, prefix: &str) -> bool {
    let known = [
        "wdstory",
        "wdline",
        "wdformat",
        "wdopen",
        "wddo",
        "wdsave",
        "wdalert",
        "xlup",
        "xldown",
        "xltoleft",
        "xltoright",
        "xlvery",
        "xlsheet",
        "xlopen",
        "msofile",
        "msoautomation",
        "msotrue",
        "msofalse",
        "ppsave",
        "olmail",
        "olfolder",
        "adtype",
        "adsave",
        "admode",
        "vbext",
    ];
    name.starts_with(prefix) && known.iter().any(|known| name.starts_with(known))
}
