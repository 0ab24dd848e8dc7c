//! The names that VBA itself reserves: numbers below 256 need no identifier of the project.

/// Returns a reserved name; VBA 7 has one fewer from number 195 on.
pub(super) fn reserved(number: usize, seven: bool) -> Option<&'static str> {
    let index = if seven && number >= 0xC3 {
        number - 1
    } else {
        number
    };
    NAMES.get(index).copied().filter(|name| !name.is_empty())
}

/// In the order of VBA 6.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "", "0", "Abs", "Access", "AddressOf", "Alias", "And", "Any", "Append", "Array", "As",
    "Assert", "B", "Base", "BF", "Binary", "Boolean", "ByRef", "Byte", "ByVal", "Call", "Case", "CBool",
    "CByte", "CCur", "CDate", "CDec", "CDbl", "CDecl", "ChDir", "CInt", "Circle", "CLng", "Close",
    "Compare", "Const", "CSng", "CStr", "CurDir", "CurDir$", "CVar", "CVDate", "CVErr", "Currency",
    "Database", "Date", "Date$", "Debug", "Decimal", "Declare", "DefBool", "DefByte", "DefCur",
    "DefDate", "DefDec", "DefDbl", "DefInt", "DefLng", "DefObj", "DefSng", "DefStr", "DefVar", "Dim",
    "Dir", "Dir$", "Do", "DoEvents", "Double", "Each", "Else", "ElseIf", "Empty", "End", "EndIf", "Enum",
    "Eqv", "Erase", "Error", "Error$", "Event", "WithEvents", "Explicit", "F", "False", "Fix", "For",
    "Format", "Format$", "FreeFile", "Friend", "Function", "Get", "Global", "Go", "GoSub", "Goto", "If",
    "Imp", "Implements", "In", "Input", "Input$", "InputB", "InputB", "InStr", "InputB$", "Int",
    "InStrB", "Is", "Integer", "Left", "Len", "LenB", "LBound", "Lib", "Let", "Line", "Like", "Load",
    "Local", "Lock", "Long", "Loop", "LSet", "Me", "Mid", "Mid$", "MidB", "MidB$", "Mod", "Module",
    "Name", "New", "Next", "Not", "Nothing", "Null", "Object", "On", "Open", "Option", "Optional", "Or",
    "Output", "ParamArray", "Preserve", "Print", "Private", "Property", "PSet", "Public", "Put",
    "RaiseEvent", "Random", "Randomize", "Read", "ReDim", "Rem", "Resume", "Return", "RGB", "RSet",
    "Scale", "Seek", "Select", "Set", "Sgn", "Shared", "Single", "Spc", "Static", "Step", "Stop",
    "StrComp", "String", "String$", "Sub", "Tab", "Text", "Then", "To", "True", "Type", "TypeOf",
    "UBound", "Unload", "Unlock", "Unknown", "Until", "Variant", "WEnd", "While", "Width", "With",
    "Write", "Xor", "#Const", "#Else", "#ElseIf", "#End", "#If", "Attribute", "VB_Base", "VB_Control",
    "VB_Creatable", "VB_Customizable", "VB_Description", "VB_Exposed", "VB_Ext_Key", "VB_HelpID",
    "VB_Invoke_Func", "VB_Invoke_Property", "VB_Invoke_PropertyPut", "VB_Invoke_PropertyPutRef",
    "VB_MemberFlags", "VB_Name", "VB_PredeclaredId", "VB_ProcData", "VB_TemplateDerived",
    "VB_VarDescription", "VB_VarHelpID", "VB_VarMemberFlags", "VB_VarProcData", "VB_UserMemID",
    "VB_VarUserMemID", "VB_GlobalNameSpace", ",", ".", "\"", "_", "!", "#", "&", "'", "(", ")", "*", "+",
    "-", "/", ":", ";", "<", "<=", "<>", "=", "=<", "=>", ">", "><", ">=", "?", "\\", "^", ":=",
];
