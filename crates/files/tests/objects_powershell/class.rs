//! Classes, enumerations, `using namespace`, `data`, `trap`.

use super::{UNKNOWN, check, values};

#[test]
fn classes_have_properties_and_methods() {
    check(&[
        (
            "class C { [string]$u = 'a'; [void] Go() { iwr $this.u } }; [C]::new().Go()",
            "a",
        ),
        (
            "class C { static [string] U() { return 'a' } }; iwr ([C]::U())",
            "a",
        ),
        ("class C { static [string]$u = 'a' }; iwr ([C]::u)", "a"),
        (
            "class C { static [int]$n = 1 }; [C]::n = '5'; iwr ([C]::n + 1)",
            "6",
        ),
        (
            "class C { [string]$u; C([string]$h) { $this.u = \"$h/a\" } }; iwr ([C]::new('x')).u",
            "x/a",
        ),
        (
            "class C { [string]$u; C([string]$h) { $this.u = $h } }; $c = New-Object C 'x'; iwr $c.u",
            "x",
        ),
        ("class C { $u }; $c = [C]@{u='x'}; iwr $c.u", "x"),
        (
            "class C { [int]$n; C([int]$n) { $this.n = $n } }; $c = [C]'7'; iwr ($c.n + 1)",
            "8",
        ),
        (
            "class C { [int]$n; [string]$s }; $c = [C]::new(); iwr ('' + $c.n + '[' + $c.s + ']')",
            "0[]",
        ),
        (
            "class C { [int]$n }; $c = [C]::new(); $c.n = '5'; iwr ($c.n + 1)",
            "6",
        ),
        // Nothing comes out of a method but what it returns.
        (
            "class C { [string] M() { 'x'; $y = 1; return 'a'; 'z' } }; iwr ([C]::new().M())",
            "a",
        ),
        (
            "class C { [int] M() { foreach ($i in 1..5) { if ($i -eq 3) { return $i } } return 0 } }; iwr ([C]::new().M())",
            "3",
        ),
        (
            "class C { [int] M() { return '7' } }; iwr ([C]::new().M() + 1)",
            "8",
        ),
        (
            "class C { [int] M([int]$n) { if ($n -le 1) { return 1 } return $n * $this.M($n - 1) } }; iwr ([C]::new().M(5))",
            "120",
        ),
        (
            "class C { [string] M() { return '0' } [string] M($a) { return '1' } }; iwr ([C]::new().M(9))",
            "1",
        ),
        (
            "class C { [string] M([int]$a) { return 'i' } [string] M([string]$a) { return 's' } }; iwr ([C]::new().M('9'))",
            "s",
        ),
        (
            "class C { hidden [string]$u = 'a'; static hidden [string] M() { return 'b' } }; iwr ([C]::new().u + [C]::M())",
            "ab",
        ),
        ("class Name { }; iwr \"$([Name]::new())\"", "Name"),
        (
            "class C { [string] ToString() { return 'a' } }; iwr ([C]::new().ToString())",
            "a",
        ),
        ("class C { static $x = 'ab' }; iwr (([char[]][C]::x)[1])", "b"),
        ("class C { static $x = '5' }; iwr ([int][C]::x + 1)", "6"),
        (
            "class C { [byte[]] M([byte[]]$d) { return $d } }; iwr ([C]::new().M(@(96,99)) -join '')",
            "9699",
        ),
        (
            "class C { [int] M([int]$d) { $r = 0; for ($i=0; $i -lt $d; $i++) { $r += $i } return $r } }; iwr ([C]::new().M(4))",
            "6",
        ),
        (
            "class C { [byte[]] M([byte[]]$d) { $r = New-Object byte[] $d.Length; for ($i=0; $i -lt $d.Length; $i++) { $r[$i] = $d[$i] -bxor 1 } return $r } }; iwr (-join [char[]]([C]::new().M(@(96,99))))",
            "ab",
        ),
    ]);
}

#[test]
fn classes_are_derived() {
    check(&[
        (
            "class A { [string]$u = 'a' } class B : A { }; iwr ([B]::new()).u",
            "a",
        ),
        (
            "class A { [string] M() { return 'a' } } class B : A { [string] M() { return 'b' } }; iwr ([B]::new().M())",
            "b",
        ),
        (
            "class A { [string] M() { return $this.N() } [string] N() { return 'a' } } class B : A { [string] N() { return 'b' } }; iwr ([B]::new().M())",
            "b",
        ),
        (
            "class A { $u; A($x) { $this.u = $x } } class B : A { B($y) : base($y + '!') { } }; iwr ([B]::new('x')).u",
            "x!",
        ),
        (
            "class A { static [string] M() { return 'a' } } class B : A { }; iwr ([B]::M())",
            "a",
        ),
        (
            "class W : System.Net.WebClient { [void] Go() { $this.DownloadString('a') } }; [W]::new().Go()",
            "a",
        ),
        (
            "class A { [string] M() { return 'a' } } class B : A { [string] M() { return ([A]$this).M() } }; iwr ([B]::new().M())",
            UNKNOWN,
        ),
    ]);
    // A class that is its own base ends.
    assert!(values("class A : B { } class B : A { }; [A]::new()").is_empty());
}

/// What an arm on an unknown condition may have set is not known.
#[test]
fn what_an_arm_sets_is_not_known() {
    check(&[
        (
            "class C { $u = 'a' }; $c = [C]::new(); if ($env:USERNAME -eq 'x') { $c.u = 'b' }; iwr $c.u",
            UNKNOWN,
        ),
        (
            "class C { static $u = 'a' }; if ($env:USERNAME -eq 'x') { [C]::u = 'b' }; iwr ([C]::u)",
            UNKNOWN,
        ),
        (
            "class C { [string] M() { if ($env:USERNAME -eq 'x') { return 'a' } return 'b' } }; iwr ([C]::new().M())",
            UNKNOWN,
        ),
        (
            "$h = @{}; if ($env:USERNAME -eq 'x') { $h.u = 'b' }; iwr $h.u",
            UNKNOWN,
        ),
        (
            "class C { $u = 'a'; $v = 'b' }; $c = [C]::new(); if ($env:USERNAME -eq 'x') { $c.u = 'c' }; iwr $c.v",
            "b",
        ),
    ]);
}

#[test]
fn enumerations_have_values() {
    check(&[
        ("enum E { X; Y = 96; Z }; iwr ([char][int][E]::Z)", "a"),
        ("enum E { X; Y }; iwr ([E]::Y)", "Y"),
        ("enum E { X; Y }; iwr ([int][E]'y')", "1"),
        ("enum E { X; Y }; iwr ([E]1)", "Y"),
        (
            "enum E { X; Y }; [E]$e = 'Y'; if ($e -eq 'Y' -and $e -eq 1 -and $e -eq [E]::Y) { iwr $e.value__ }",
            "1",
        ),
        (
            "enum E { X; Y }; switch ([E]::Y) { 'X' { iwr 'x' } 'Y' { iwr 'y' } }",
            "y",
        ),
        ("[Flags()] enum F { A = 1; B = 2; C = 4 }; iwr ([F]5)", "A, C"),
        (
            "[Flags()] enum F { A = 1; B = 2 }; iwr ([F]'A,B' -band [F]::B)",
            "B",
        ),
        (
            "[Flags()] enum F { A = 1; B = 2 }; iwr ([F]::A -bor [F]::B).HasFlag([F]::B)",
            "True",
        ),
        ("enum E { X; Y }; iwr ([E].GetEnumNames() -join '')", "XY"),
        (
            "enum E { X = 5; Y = 2 }; iwr ([enum]::GetNames([E]) -join '')",
            "YX",
        ),
        ("enum E { X; Y }; iwr ([int][enum]::Parse([E],'Y'))", "1"),
        ("enum E { X; Y }; $h = @{ [E]::Y = 'a' }; iwr $h[[E]::Y]", "a"),
        ("enum E { X; Y }; function f([E]$e) { iwr ([int]$e) } f Y", "1"),
        (
            "iwr ([regex]::Replace('aXb','x','',[Text.RegularExpressions.RegexOptions]::IgnoreCase -bor [Text.RegularExpressions.RegexOptions]::Singleline))",
            "ab",
        ),
        ("enum E { X; Y }; iwr ([E]7)", UNKNOWN),
        ("enum E { X = $env:N; Y }; iwr ([int][E]::Y)", UNKNOWN),
    ]);
}

#[test]
fn names_are_cut_by_name_spaces() {
    check(&[
        (
            "using namespace System.Net\n(New-Object WebClient).DownloadString('a')",
            "a",
        ),
        (
            "using namespace System.Net; [WebClient]::new().DownloadString('a')",
            "a",
        ),
        (
            "using namespace System.Text; iwr ([Encoding]::ASCII.GetString(@(104,105)))",
            "hi",
        ),
        (
            "using namespace System.Text.RegularExpressions; iwr ([Regex]::Replace('ab','a',''))",
            "b",
        ),
    ]);
}

#[test]
fn failures_are_trapped_and_caught() {
    check(&[
        ("trap { iwr a; continue } throw 'x'", "a"),
        ("trap { continue } throw 'x'; iwr a", "a"),
        ("trap { iwr \"$_\"; break } throw 'a'; iwr b", "a"),
        ("function f { trap { continue } throw 'x'; iwr a } f", "a"),
        ("trap { iwr a; continue } 1/0", "a"),
        ("try { 1/0; iwr b } catch { iwr a }", "a"),
        ("$x = 1/0; iwr a", "a"),
        (
            "try { $x = 5 % 0 } catch { iwr $_.Exception.Message }",
            "Attempted to divide by zero.",
        ),
        ("try { throw 'a' } catch { iwr $_.Exception.Message }", "a"),
        (
            "try { throw [Exception]::new('a') } catch { iwr $_.Exception.Message }",
            "a",
        ),
        (
            "try { throw New-Object System.ArgumentException 'a' } catch { iwr $_ }",
            "a",
        ),
        ("try { try { throw 'a' } catch { throw } } catch { iwr $_ }", "a"),
        (
            "try { try { throw 'a' } finally { $x = 1 } iwr b } catch { iwr $_ }",
            "a",
        ),
        ("function f { 1/0; iwr b } try { f } catch { iwr a }", "a"),
    ]);
    assert!(values("trap { iwr a } 'nothing fails'").is_empty());
}
