Sub A(
If Then (((((
For i = 1 To
"abc
#If Mac
End Sub
Next
End If _
