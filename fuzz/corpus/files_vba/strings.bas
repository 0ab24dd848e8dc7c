Attribute VB_Name = "Module1"
Option Explicit
' Chr, Replace, Split and Xor put one harmless command together.

Function Turned(ByVal text As String) As String
    Turned = StrReverse(text)
End Function

Function Unmixed(numbers As Variant, key As Integer) As String
    Dim i As Long, out As String
    For i = LBound(numbers) To UBound(numbers)
        out = out & Chr(numbers(i) Xor key)
    Next i
    Unmixed = out
End Function

Sub AutoOpen()
    Dim parts As Variant, a$, b$
    a = Chr(&H63) & Chr(109) & "d"
    parts = Split("/c|echo|hello", "|")
    b = Join(parts, " ")
    Shell a & " " & b, vbHide
    Shell Replace("cQmQd /c QverQ", "Q", "")
    Shell Turned("rid c/ dmc")
    Shell Unmixed(Array(73, 71, 78, 10, 5, 73, 10, 79, 73, 66, 69), 42)
    Shell Unmixed(Array(73, 71, 78), 42) & " /c type " & Environ("TEMP") & "\notes.txt"
End Sub
