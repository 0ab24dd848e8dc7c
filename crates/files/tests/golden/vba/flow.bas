Attribute VB_Name = "Module1"
' Errors, jumps and conditions that nobody can know.
Dim counter As Integer

Sub Auto_Open()
    Dim small As Integer, text As String
    On Error GoTo failed
    small = 32000
    small = small + 1000
    Shell "never reached"
    Exit Sub
failed:
    Shell "overflow handled"
    Resume more
more:
    On Error Resume Next
    counter = 1 \ 0
    If counter = 0 Then GoSub twice
    GoTo last
twice:
    counter = counter + 1
    Return
last:
    If Application.UserName = "analyst" Then
        text = "left"
    Else
        text = "right"
    End If
    Shell "known " & counter
    Shell "either " & text
    Select Case counter
        Case Is > 5: Shell "not this"
        Case 0 To 1: Shell "this"
        Case Else: Shell "nor that"
    End Select
    Do While counter < 2000000000
        counter = counter Mod 7
    Loop
    Shell "behind the endless loop"
End Sub
