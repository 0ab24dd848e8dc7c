//! JSON, CSV, lines of names and values, XML.

use super::{UNKNOWN, check};

#[test]
fn json_is_read() {
    check(&[
        (
            "iwr ('{\"u\":\"http:\\/\\/a\"}' | ConvertFrom-Json).u",
            "http://a",
        ),
        ("iwr ('{\"u\":[\"x\",{\"v\":7}]}' | ConvertFrom-Json).u[1].v", "7"),
        ("iwr (ConvertFrom-Json '[1,2,3]')[1]", "2"),
        (
            "$j = ConvertFrom-Json '{\"a\":true,\"b\":null}'; iwr ('' + $j.a + $j.b)",
            "True",
        ),
        (
            "iwr (('{\"b\":1,\"a\":\"x\"}' | ConvertFrom-Json) -as [string])",
            "@{b=1; a=x}",
        ),
        ("iwr ('{', '\"a\":\"x\"', '}' | ConvertFrom-Json).a", "x"),
        (
            "iwr (('{\"a\":\"x\"}','{\"a\":\"y\"}' | ConvertFrom-Json).a -join '')",
            "xy",
        ),
        ("iwr ('{\"a\":\"\\u0041\\n\"}' | ConvertFrom-Json).a.Length", "2"),
        ("iwr ('{\"a\":\"x\"}' | ConvertFrom-Json -AsHashtable)['a']", "x"),
        // Releases read these as they like.
        ("iwr ('{\"a\":1.50}' | ConvertFrom-Json).a", UNKNOWN),
        (
            "iwr ('{\"a\":\"2020-01-02T03:04:05\"}' | ConvertFrom-Json).a",
            UNKNOWN,
        ),
        ("iwr ('{\"a\":1,\"A\":2}' | ConvertFrom-Json).a", UNKNOWN),
        ("iwr (\"{'a':1}\" | ConvertFrom-Json).a", UNKNOWN),
        ("iwr ($env:USERNAME | ConvertFrom-Json).a", UNKNOWN),
    ]);
}

#[test]
fn json_is_written() {
    check(&[
        (
            "iwr ([ordered]@{b='x\"';a=@(1,$true,$null)} | ConvertTo-Json -Compress)",
            "{\"b\":\"x\\\"\",\"a\":[1,true,null]}",
        ),
        ("iwr (1,2 | ConvertTo-Json -Compress)", "[1,2]"),
        ("iwr (ConvertTo-Json 'a')", "\"a\""),
        (
            "iwr ([pscustomobject]@{a=1} | ConvertTo-Json -Compress)",
            "{\"a\":1}",
        ),
        ("iwr (@{a=@{b=@{c=@{d=1}}}} | ConvertTo-Json -Compress)", UNKNOWN),
        ("iwr (@{a=1;b=2} | ConvertTo-Json -Compress)", UNKNOWN),
        ("iwr (@{a=1} | ConvertTo-Json)", UNKNOWN),
        ("iwr (ConvertTo-Json '<')", UNKNOWN),
    ]);
}

#[test]
fn lines_become_objects() {
    check(&[
        ("$c = \"u,v`nx,2\" | ConvertFrom-Csv; iwr ($c.u + $c.v)", "x2"),
        (
            "$c = 'u,v','x,2','y,3' | ConvertFrom-Csv; iwr ($c.u -join '')",
            "xy",
        ),
        (
            "$c = ConvertFrom-Csv 'x;2' -Delimiter ';' -Header a,b,c; iwr ('' + $c.a + $c.b + $c.c)",
            "x2",
        ),
        (
            "$c = 'u','\"a \"\"b\"\", c\"' | ConvertFrom-Csv; iwr $c.u",
            "a \"b\", c",
        ),
        (
            "$c = '#TYPE System.Object','u','x' | ConvertFrom-Csv; iwr $c.u",
            "x",
        ),
        ("$c = 'u,v','x,' | ConvertFrom-Csv; iwr ('[' + $c.v + ']')", "[]"),
        ("$c = 'u,v',' x,2' | ConvertFrom-Csv; iwr $c.u", UNKNOWN),
        (
            "$c = ConvertFrom-StringData \"u = http://a`n# x`nv=b=c\"; iwr ($c.u + $c.v)",
            "http://ab=c",
        ),
        ("$c = ConvertFrom-StringData 'u=a\\\\b\\x41'; iwr $c.u", "a\\bA"),
        ("$c = ConvertFrom-StringData \"u=1`nU=2\"; iwr $c.u", UNKNOWN),
        ("$c = ConvertFrom-StringData 'u'; iwr $c.u", UNKNOWN),
        ("data T { ConvertFrom-StringData 'u=a' }; iwr $T.u", "a"),
        ("$d = data { 'a' }; iwr $d", "a"),
    ]);
}

#[test]
fn documents_are_walked_by_name() {
    check(&[
        ("iwr ([xml]'<a><b>x</b></a>').a.b", "x"),
        ("iwr ([xml]'<a b=\"x\"/>').a.b", "x"),
        ("iwr ([xml]'<a><b>x</b><b>y</b></a>').a.b[1]", "y"),
        ("iwr (([xml]'<a><b>x</b><b>y</b></a>').a.b -join '')", "xy"),
        ("iwr ([xml]'<a><b c=\"1\">x</b></a>').a.b.'#text'", "x"),
        ("iwr ([xml]'<a><b c=\"1\">x</b></a>').a.b.InnerText", "x"),
        ("iwr ([xml]'<a><b>&lt;&#65;&amp;</b></a>').A.B", "<A&"),
        (
            "iwr ([xml]'<a><b><![CDATA[<x>]]></b></a>').a.b.'#cdata-section'",
            "<x>",
        ),
        (
            "$d = New-Object Xml.XmlDocument; $d.LoadXml('<a><b>x</b></a>'); iwr $d.a.b",
            "x",
        ),
        ("iwr ([xml]'<a><b>x</b></a>').DocumentElement.Name", "a"),
        (
            "iwr ([xml]'<a><b>x</b><c><b>y</b></c></a>').GetElementsByTagName('b')[1].InnerText",
            "y",
        ),
        ("iwr ([xml]'<a b=\"x\"/>').DocumentElement.GetAttribute('b')", "x"),
        (
            "iwr ([xml]\"<?xml version='1.0'?>`n<a>`n <b>x</b>`n</a>\").a.b",
            "x",
        ),
        ("[xml]$d = '<a><b>x</b></a>'; iwr $d.a.b", "x"),
        ("$d = [xml]'<a><b>x</b></a>'; $d.a.b = 'y'; iwr $d.a.b", UNKNOWN),
        (
            "$d = [xml]'<a b=\"x\"/>'; $d.a.SetAttribute('b','y'); iwr $d.a.b",
            UNKNOWN,
        ),
        ("iwr ([xml]'<a><b>x</a>').a.b", UNKNOWN),
        ("iwr ([xml]'<a><b>x</b></a>').OuterXml", UNKNOWN),
    ]);
}
