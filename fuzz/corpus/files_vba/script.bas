' VBScript: statements outside of procedures, no types, a text that is run.
Option Explicit
Dim sh, code, i, text
Class Box
    Public Held
    Public Function Twice()
        Twice = Held & Held
    End Function
End Class
Set sh = CreateObject("WScript.Shell")
For i = 0 To 2 : text = text & Chr(97 + i) : Next
Dim b : Set b = New Box
b.Held = text
sh.Run "echo " & b.Twice(), 0
code = "sh.Run ""ec" & "ho from " & text & """"
ExecuteGlobal code
WScript.Quit
sh.Run "echo never"
