//! Batch texts and command lines of `cmd`, evaluated.
//!
//! A line goes through the phases of `cmd`: `%name%` is put in, the line is cut into commands at `&`, `|` and brackets
//! outside quotes, carets are taken out, `for` variables and `!name!` are put in, and the command runs: `set`, `if`, `for`,
//! `call`, `goto`, `echo` into files and pipes, and `cmd` inside `cmd` are followed, every other program is a process that
//! is started. Nothing is performed. What the machine decides stays written as it is (`%USERNAME%`), a condition on it
//! takes both arms, and a jump under one goes both ways.
//!
//! Not here: what a started program does. PowerShell's own command lines go to its engine.

mod arithmetic;
mod expand;
mod loops;
mod parse;
mod shell;

use crate::script::Budget;
use shell::Shell;
use strongroom_model::Gap;

/// A process that is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Started {
    /// The command line, with all put in that is known.
    pub line: String,
    /// What flows into it.
    pub input: Option<String>,
    /// The byte range of the source line that starts it.
    pub at: (usize, usize),
}

/// What a text of commands came to.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// Processes in their order.
    pub started: Vec<Started>,
    /// Files that were written by `echo` and the like, whose content is known.
    pub files: Vec<(String, Vec<u8>)>,
    /// Files that are deleted, with their place.
    pub deleted: Vec<(String, (usize, usize))>,
    /// What was not evaluated.
    pub gaps: Vec<Gap>,
}

/// Runs the text of a batch file.
pub(crate) fn run_file(text: &str, budget: &mut Budget<'_>) -> Ran {
    let mut shell = Shell::of_file(budget);
    shell.file(text);
    shell.ran()
}

/// Runs one line as it is typed or handed to `cmd /c`: names that are not set stay as they are.
pub(crate) fn run_line(line: &str, budget: &mut Budget<'_>) -> Ran {
    let mut shell = Shell::of_line(budget);
    shell.line(line);
    shell.ran()
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Limits;

    fn lines(text: &str) -> Vec<String> {
        let limits = Limits::default();
        let ran = run_file(text, &mut Budget::new(&limits));
        ran.started.into_iter().map(|started| started.line).collect()
    }

    fn typed(line: &str) -> Vec<String> {
        let limits = Limits::default();
        let ran = run_line(line, &mut Budget::new(&limits));
        ran.started.into_iter().map(|started| started.line).collect()
    }

    #[test]
    fn variables_are_put_in_whole_cut_and_changed() {
        for (text, wanted) in [
            ("set a=power\nset \"b=shell\"\n%a%%b% -nop\n", "powershell -nop"),
            ("set x=abcpowerXshelldef\n%x:~3,5%%x:~-8,5% y\n", "powershell y"),
            ("set x=powXerXshXell\n%x:X=% y\n", "powershell y"),
            ("set x=--powershell\n%x:*-=% y\n", "-powershell y"),
            ("pow%nothing%ershell y\n", "powershell y"),
            ("p^o^wershell ^\ny\n", "powershell y"),
            (
                "setlocal enabledelayedexpansion\nset a=shell\nset b=power!a!\n!b! y\n",
                "powershell y",
            ),
            ("set a=%%b%%\nset b=powershell\ncall %a% y\n", "powershell y"),
            ("set /a n=(2+3)*4-1\nx%n%.exe\n", "x19.exe"),
            ("set /a \"n=0x10|1,m=n<<2\"\nx%m%.exe\n", "x68.exe"),
            ("@echo off & (powershell y)\n", "powershell y"),
            ("%ComSpec:~-7,1%owershell y\n", "cowershell y"),
        ] {
            assert_eq!(lines(text), [wanted], "{text}");
        }
    }

    #[test]
    fn loops_conditions_and_jumps_are_followed() {
        for (text, wanted) in [
            ("for %%i in (po wer) do set a=%%i\n%a%.exe\n", vec!["wer.exe"]),
            (
                "for /l %%i in (1,1,3) do x%%i.exe\n",
                vec!["x1.exe", "x2.exe", "x3.exe"],
            ),
            (
                "for /f \"tokens=2 delims=,\" %%i in (\"a,powershell,c\") do %%i y\n",
                vec!["powershell y"],
            ),
            (
                "for /f \"tokens=1,2 delims=-\" %%i in ('echo power-shell') do %%i%%j y\n",
                vec!["powershell y"],
            ),
            (
                "set q=power\nfor /f \"tokens=2 delims==\" %%i in ('set q') do %%ishell y\n",
                vec!["powershell y"],
            ),
            ("if \"a\"==\"a\" (x.exe) else (y.exe)\n", vec!["x.exe"]),
            ("if /i \"A\"==\"a\" x.exe\n", vec!["x.exe"]),
            ("if not defined q x.exe\n", vec!["x.exe"]),
            ("if 3 gtr 2 x.exe\n", vec!["x.exe"]),
            ("if exist c:\\q (x.exe) else y.exe\n", vec!["x.exe", "y.exe"]),
            (
                "goto b\n:a\nx.exe\nexit /b\n:b\ny.exe\ngoto a\n",
                vec!["y.exe", "x.exe"],
            ),
            ("call :s power\nexit /b\n:s\n%1shell y\n", vec!["powershell y"]),
            (
                "cmd /c \"set a=power&&call %%a%%shell y\"\n",
                vec!["powershell y"],
            ),
            ("cmd /v:on /c \"set a=power&&!a!shell y\"\n", vec!["powershell y"]),
            ("start \"\" /b /min powershell y\n", vec!["powershell y"]),
        ] {
            assert_eq!(lines(text), wanted, "{text}");
        }
        assert_eq!(
            typed("cmd /V /C\"set a=ell&&set b=powersh&&!b!!a! y\""),
            ["powershell y"]
        );
        assert_eq!(typed("for %i in (a) do %i.exe"), ["a.exe"]);
        assert_eq!(
            typed("cmd /c \"for /l %i in (3,-1,1) do @x%i\""),
            ["x3", "x2", "x1"]
        );
    }

    #[test]
    fn a_jump_that_nobody_decides_goes_both_ways() {
        for (text, wanted) in [
            (
                "set a=x\nif exist q goto b\nset a=y\n%a%1.exe\nexit /b\n:b\n%a%2.exe\n",
                vec!["y1.exe", "x2.exe"],
            ),
            (
                "set a=x\nver || goto b\nset a=y\n:b\n%a%.exe\n",
                vec!["y.exe", "x.exe"],
            ),
            (
                "call :s\n%a%.exe\nexit /b\n:s\nset a=x\nif exist q goto t\nexit /b\n:t\nset a=x\nexit /b\n",
                vec!["x.exe"],
            ),
            // A way that comes back to where it began ends there.
            (
                "set n=0\n:a\nset /a n+=1\nx.exe\nif exist q goto a\ny.exe\n",
                vec!["x.exe", "y.exe"],
            ),
            (
                "if exist q call :s\ny.exe\nexit /b\n:s\nexit /b\nz.exe\n",
                vec!["y.exe", "z.exe"],
            ),
        ] {
            assert_eq!(lines(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_loop_of_jumps_runs_as_often_as_it_says() {
        let text = "set n=0\n:a\nset /a n+=1\nif %n% lss 200 goto a\nx%n%.exe\n";
        assert_eq!(lines(text), ["x200.exe"]);
        let limits = Limits::default();
        for endless in [":a\nx.exe\ngoto a\n", "set n=0\n:a\nset /a n+=1\nx.exe\ngoto a\n"] {
            let ran = run_file(endless, &mut Budget::new(&limits));
            assert_eq!((ran.started.len(), ran.gaps.len()), (1, 0), "{endless}");
        }
    }

    #[test]
    fn labels_are_looked_for_from_here_on() {
        assert_eq!(
            lines("goto b\n:a\nx.exe\nexit /b\n:b\ngoto a\n:a\ny.exe\n"),
            ["y.exe", "x.exe"]
        );
    }

    #[test]
    fn streams_are_told_apart() {
        for (text, wanted) in [
            ("2>nul powershell y\n", vec!["powershell y"]),
            ("echo powershell y 2>nul | cmd\n", vec!["powershell y"]),
            (
                "echo powershell y>a 2>b\ncmd <a\ncmd <b\n",
                vec!["powershell y", "cmd"],
            ),
            ("echo powershell y>a^&b\ncmd <a^&b\n", vec!["powershell y"]),
            ("echo x1>a\nfor /f %%i in (a) do %%i.exe\n", vec!["x1.exe"]),
            ("set a=x\nset a=y | more\n%a%.exe\n", vec!["x.exe"]),
        ] {
            assert_eq!(lines(text), wanted, "{text}");
        }
    }

    #[test]
    fn numbers_and_names_are_what_cmd_makes_of_them() {
        for (text, wanted) in [
            ("if 010 equ 8 (x.exe) else y.exe\n", vec!["x.exe"]),
            ("if 0x10 gtr 15 (x.exe) else y.exe\n", vec!["x.exe"]),
            ("if a lss B (x.exe) else y.exe\n", vec!["x.exe", "y.exe"]),
            (
                "for %%i in (c:\\a\\power.txt) do %%~nishell%%~xi y\n",
                vec!["powershell.txt y"],
            ),
            (
                "set PowerX=1\nfor /f \"delims=X\" %%i in ('set p') do %%ishell y\n",
                vec!["Powershell y"],
            ),
        ] {
            assert_eq!(lines(text), wanted, "{text}");
        }
    }

    #[test]
    fn files_are_followed_through_names_and_ways() {
        let limits = Limits::default();
        let text = "<nul set /p=\"ab\">t\n<nul set /p =cd>>t\nren t u.vbs\n\
            if exist q (echo e>w) else echo f>w\ntype nul>v\n\
            certutil -decode \"%~f0\" own.bin\n\
            -----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        let ran = run_file(text, &mut Budget::new(&limits));
        let mut files: Vec<(String, String)> = ran
            .files
            .into_iter()
            .map(|(path, content)| (path, String::from_utf8(content).unwrap()))
            .collect();
        files.sort();
        let wanted = [
            ("own.bin", "hello"),
            ("u.vbs", "abcd"),
            ("v", ""),
            ("w", "e\r\n"),
            ("w", "f\r\n"),
        ];
        assert_eq!(
            files,
            wanted.map(|(path, text)| (path.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn what_echo_writes_is_known() {
        let limits = Limits::default();
        let text = "(echo a^&b\necho c) > %TEMP%\\x.vbs\necho d>>%TEMP%\\x.vbs\necho aGVsbG8=>q\ncertutil -decode q r.txt\n";
        let ran = run_file(text, &mut Budget::new(&limits));
        let file = |name: &str| {
            ran.files
                .iter()
                .find(|(path, _)| path == name)
                .map(|(_, content)| content.clone())
        };
        assert_eq!(file("%TEMP%\\x.vbs").unwrap(), b"a&b\r\nc\r\nd\r\n");
        assert_eq!(file("r.txt").unwrap(), b"hello");
        let piped = run_line("echo iex x | powershell -", &mut Budget::new(&limits));
        assert_eq!(piped.started[0].input.as_deref(), Some("iex x \r\n"));
    }

    #[test]
    fn what_does_not_end_ends_with_the_budget() {
        let limits = Limits {
            steps: 5_000,
            ..Limits::default()
        };
        for text in [
            ":a\ngoto a\n",
            ":a\ncall :a\n",
            "for /l %%i in (1,0,2) do x\n",
            "set a=%a%%a%x\n".repeat(400).as_str(),
        ] {
            let _ = run_file(text, &mut Budget::new(&limits));
        }
        let deep = "(".repeat(5_000);
        let _ = run_file(&deep, &mut Budget::new(&limits));
    }
}
