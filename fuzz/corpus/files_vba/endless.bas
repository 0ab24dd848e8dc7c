Dim a(9)
Sub B()
Do
a(b) = a(b) & StrReverse(Mid("xyz", Rnd))
B
Loop
End Sub
