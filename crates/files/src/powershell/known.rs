//! Values that are the same on every default Windows installation.

use super::value::{Object, Value};

/// Environment variables; those that depend on the user or the machine are not here.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("comspec", r"C:\Windows\system32\cmd.exe"),
    ("systemroot", r"C:\Windows"),
    ("windir", r"C:\Windows"),
    ("systemdrive", "C:"),
    ("programdata", r"C:\ProgramData"),
    ("allusersprofile", r"C:\ProgramData"),
    ("public", r"C:\Users\Public"),
    ("programfiles", r"C:\Program Files"),
    ("programfiles(x86)", r"C:\Program Files (x86)"),
    ("programw6432", r"C:\Program Files"),
    ("commonprogramfiles", r"C:\Program Files\Common Files"),
    ("commonprogramfiles(x86)", r"C:\Program Files (x86)\Common Files"),
    ("commonprogramw6432", r"C:\Program Files\Common Files"),
    ("os", "Windows_NT"),
    ("driverdata", r"C:\Windows\System32\Drivers\DriverData"),
];

/// Automatic and preference variables of Windows PowerShell.
const AUTOMATIC: &[(&str, &str)] = &[
    ("pshome", r"C:\Windows\System32\WindowsPowerShell\v1.0"),
    ("shellid", "Microsoft.PowerShell"),
    ("verbosepreference", "SilentlyContinue"),
    ("debugpreference", "SilentlyContinue"),
    ("warningpreference", "Continue"),
    ("erroractionpreference", "Continue"),
    ("progresspreference", "Continue"),
    ("informationpreference", "SilentlyContinue"),
    ("confirmpreference", "High"),
    ("psemailserver", ""),
];

const COUNTS: &[(&str, i32)] = &[
    ("maximumdrivecount", 4096),
    ("maximumaliascount", 4096),
    ("maximumerrorcount", 256),
    ("maximumfunctioncount", 4096),
    ("maximumvariablecount", 4096),
    ("maximumhistorycount", 4096),
    ("formatenumerationlimit", 4),
];

/// The automatic variables with their names as PowerShell writes them, for look-ups by wildcard.
pub(super) const NAMES: &[&str] = &[
    "args",
    "ConfirmPreference",
    "ConsoleFileName",
    "DebugPreference",
    "Error",
    "ErrorActionPreference",
    "ErrorView",
    "ExecutionContext",
    "false",
    "FormatEnumerationLimit",
    "HOME",
    "Host",
    "InformationPreference",
    "input",
    "MaximumAliasCount",
    "MaximumDriveCount",
    "MaximumErrorCount",
    "MaximumFunctionCount",
    "MaximumHistoryCount",
    "MaximumVariableCount",
    "MyInvocation",
    "NestedPromptLevel",
    "null",
    "OutputEncoding",
    "PID",
    "PROFILE",
    "ProgressPreference",
    "PSBoundParameters",
    "PSCommandPath",
    "PSCulture",
    "PSDefaultParameterValues",
    "PSEmailServer",
    "PSHOME",
    "PSScriptRoot",
    "PSSessionApplicationName",
    "PSSessionConfigurationName",
    "PSSessionOption",
    "PSUICulture",
    "PSVersionTable",
    "PWD",
    "ShellId",
    "StackTrace",
    "true",
    "VerbosePreference",
    "WarningPreference",
    "WhatIfPreference",
];

/// Returns an environment variable by its lower-case name.
pub(super) fn environment(name: &str) -> Option<Value> {
    lookup(ENVIRONMENT, name).map(Value::text)
}

/// Returns an automatic variable by its lower-case name; those that depend on the machine are unknown.
pub(super) fn automatic(name: &str) -> Option<Value> {
    match name {
        "null" => return Some(Value::Null),
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        "ofs" => return None,
        "executioncontext" => return Some(Object::new("executioncontext").value()),
        "host" | "pid" | "home" | "pwd" | "profile" | "psversiontable" | "myinvocation" | "psscriptroot"
        | "pscommandpath" | "error" | "?" | "^" | "$" | "psculture" | "psuiculture" | "stacktrace" => {
            return Some(Value::unknown(format!("${name}")));
        }
        _ => {}
    }
    if let Some(text) = lookup(AUTOMATIC, name) {
        return Some(Value::text(text));
    }
    COUNTS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|&(_, count)| Value::int(count))
}

fn lookup(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|&(_, value)| value)
}
