//! Readers and writers over streams, views of objects, keys out of passwords, hashes.

use super::{UNKNOWN, check};
use strongroom_files::powershell::unfold;
use strongroom_files::script::Budget;
use strongroom_model::Limits;

#[test]
fn numbers_are_read_and_written() {
    check(&[
        (
            "$m=New-Object IO.MemoryStream(,[byte[]](104,105)); $r=New-Object IO.BinaryReader($m); iwr (-join ($r.ReadBytes(2) | % {[char]$_}))",
            "hi",
        ),
        (
            "$r=[IO.BinaryReader]::new([IO.MemoryStream][byte[]](1,2,0,255,255,255,255)); iwr ('' + $r.ReadByte() + ' ' + $r.ReadInt16() + ' ' + $r.ReadInt32())",
            "1 2 -1",
        ),
        (
            "$r=[IO.BinaryReader]::new([IO.MemoryStream][byte[]](2,104,105)); iwr $r.ReadString()",
            "hi",
        ),
        (
            "$r=[IO.BinaryReader]::new([IO.MemoryStream][byte[]](104,105)); iwr (-join $r.ReadChars(2))",
            "hi",
        ),
        (
            "$m=[IO.MemoryStream][byte[]](1,2,3); $r=[IO.BinaryReader]::new($m); [void]$r.ReadByte(); $r.BaseStream.Position = 2; iwr $r.ReadByte()",
            "3",
        ),
        (
            "$m=[IO.MemoryStream]::new(); $w=[IO.BinaryWriter]::new($m); $w.Write([byte]1); $w.Write(2); $w.Write('hi'); $w.Flush(); iwr ($m.ToArray() -join ' ')",
            "1 2 0 0 0 2 104 105",
        ),
        (
            "$m=[IO.MemoryStream]::new(); $w=[IO.BinaryWriter]::new($m); $w.Write([byte[]](1,2,3),1,2); iwr ($m.ToArray() -join ' ')",
            "2 3",
        ),
        (
            "$r=[IO.BinaryReader]::new([IO.MemoryStream][byte[]](1)); iwr $r.ReadInt32()",
            UNKNOWN,
        ),
        (
            "$r=[IO.BinaryReader]::new([IO.MemoryStream][byte[]](1,2)); [void]$r.ReadDouble(); iwr $r.ReadByte()",
            UNKNOWN,
        ),
        (
            "iwr ([BitConverter]::ToUInt32([byte[]](1,0,0,255),0))",
            "4278190081",
        ),
        ("iwr ([BitConverter]::GetBytes([uint16]258) -join ' ')", "2 1"),
        ("iwr ([BitConverter]::ToString([byte[]](1,2,255),1))", "02-FF"),
    ]);
}

#[test]
fn texts_are_read_and_written() {
    check(&[
        (
            "$r=[IO.StringReader]\"a`r`n`nb\"; $l=@(); while (($x = $r.ReadLine()) -ne $null) { $l += $x }; iwr ($l -join '|')",
            "a||b",
        ),
        (
            "$l=[Collections.ArrayList]@('a','b'); [void]$l.Add('c'); iwr ($l -join '')",
            "abc",
        ),
        (
            "$l=[Collections.Generic.List[byte]][byte[]](1,2); $l.Add(3); iwr ($l -join '')",
            "123",
        ),
        (
            "$r=New-Object IO.StringReader('ab'); iwr ('' + $r.Peek() + ' ' + [char]$r.Read() + $r.ReadToEnd() + $r.Read())",
            "97 ab-1",
        ),
        (
            "$w=New-Object IO.StringWriter; $w.Write('a'); $w.WriteLine('b'); iwr $w.ToString().Length",
            "4",
        ),
        (
            "$r=New-Object IO.StreamReader([IO.MemoryStream][byte[]](104,105,10,97)); [void]$r.ReadLine(); iwr ($r.ReadLine() + $r.EndOfStream)",
            "aTrue",
        ),
        (
            "$m=[IO.MemoryStream][byte[]](1,2,3); [void]$m.Seek(-1,'End'); iwr $m.ReadByte()",
            "3",
        ),
        (
            "$m=[IO.MemoryStream][byte[]](1,2,3); [void]$m.Seek(1,[IO.SeekOrigin]::Begin); iwr $m.ReadByte()",
            "2",
        ),
        (
            "$m=[IO.MemoryStream][byte[]](1,2,3); $m.SetLength(2); iwr ($m.ToArray() -join '')",
            "12",
        ),
    ]);
}

#[test]
fn objects_show_their_parts() {
    check(&[
        (
            "(New-Object Net.WebClient).PSObject.Methods['DownloadString'].Invoke('a')",
            "a",
        ),
        (
            "(New-Object Net.WebClient).PSObject.Methods.Item('DownloadString').Invoke('a')",
            "a",
        ),
        (
            "iwr ([pscustomobject]@{a='x'}).PSObject.Properties['A'].Value",
            "x",
        ),
        (
            "iwr (([pscustomobject]@{b='x';a='y'}).PSObject.Properties.Name -join '')",
            "ba",
        ),
        (
            "iwr (('{\"b\":\"x\",\"a\":\"y\"}' | ConvertFrom-Json).PSObject.Properties | % { $_.Name + $_.Value })",
            "bx ay",
        ),
        (
            "$o=[pscustomobject]@{a='x'}; $o.PSObject.Properties['a'].Value = 'y'; iwr $o.a",
            "y",
        ),
        ("iwr ('abc'.PSObject.BaseObject)", "abc"),
        (
            "iwr ((New-Object psobject -Property @{a=1;b=2}).PSObject.Properties.Name -join '')",
            UNKNOWN,
        ),
    ]);
}

#[test]
fn keys_are_derived_and_bytes_hashed() {
    check(&[
        (
            "$d=New-Object Security.Cryptography.Rfc2898DeriveBytes('pw',[Text.Encoding]::ASCII.GetBytes('saltsalt')); iwr (-join ($d.GetBytes(8) | % { $_.ToString('x2') }))",
            "565fa04b8c30109f",
        ),
        (
            "$d=[Security.Cryptography.Rfc2898DeriveBytes]::new('pw',[Text.Encoding]::ASCII.GetBytes('saltsalt'),1000); [void]$d.GetBytes(8); iwr (-join ($d.GetBytes(16) | % { $_.ToString('x2') }))",
            "510321ec3a0af83de85a02d7b1319b7e",
        ),
        (
            "$d=[Security.Cryptography.Rfc2898DeriveBytes]::new('pw',[Text.Encoding]::ASCII.GetBytes('saltsalt'),3,[Security.Cryptography.HashAlgorithmName]::SHA256); iwr (-join ($d.GetBytes(4) | % { $_.ToString('x2') }))",
            "1b0f49ee",
        ),
        (
            "$d=[Security.Cryptography.Rfc2898DeriveBytes]::new('pw',8); iwr ($d.GetBytes(4) -join '')",
            UNKNOWN,
        ),
        (
            "$d=[Security.Cryptography.Rfc2898DeriveBytes]::new($env:USERNAME,[byte[]](1,2,3,4,5,6,7,8)); iwr ($d.GetBytes(4) -join '')",
            UNKNOWN,
        ),
        (
            "$h=New-Object Security.Cryptography.HMACSHA256; $h.Key=[byte[]](107); iwr ([BitConverter]::ToString($h.ComputeHash([byte[]](97,98,99)),0,4))",
            "34-2E-51-9C",
        ),
        (
            "$h=New-Object Security.Cryptography.HMACSHA256(,[byte[]](107)); iwr ([BitConverter]::ToString($h.ComputeHash([byte[]](97,98,99)),0,4))",
            "34-2E-51-9C",
        ),
        (
            "$h=[Security.Cryptography.SHA1]::Create(); iwr ([BitConverter]::ToString($h.ComputeHash([byte[]](97,98,99),1,2),0,4))",
            "5B-25-05-03",
        ),
        (
            "$h=[Security.Cryptography.MD5]::Create(); iwr ([BitConverter]::ToString($h.ComputeHash([IO.MemoryStream][byte[]](97,98,99)),0,4))",
            "90-01-50-98",
        ),
        (
            "$h=New-Object Security.Cryptography.HMACSHA256; iwr ([BitConverter]::ToString($h.ComputeHash([byte[]](97))))",
            UNKNOWN,
        ),
    ]);
}

/// What a stream grows by is charged, however it grows.
#[test]
fn streams_that_grow_have_a_bound() {
    let limits = Limits {
        value_bytes: 1 << 20,
        ..Limits::default()
    };
    let grow = "$m=New-Object IO.MemoryStream; $m.Position=1000000; $m.WriteByte(1); $l+=,$m";
    let lengthen = "$m=New-Object IO.MemoryStream; $m.SetLength(1000000); $l+=,$m";
    for body in [grow, lengthen] {
        let unfolded = unfold(&format!("1..100 | % {{ {body} }}"), &mut Budget::new(&limits));
        assert!(!unfolded.gaps.is_empty(), "{body}");
    }
}
