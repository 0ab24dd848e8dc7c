& (gcm *ke-expr*) "saps a.exe"
.((gv '*mdr*').Name[3,11,2] -join '') 'saps b.exe'
&(gal ie?) 'saps c.exe'
Set-Alias zz Start-Process; zz d.exe
