//! Obfuscated macro sheets whose clear text is known: what is unfolded must be it, to the letter.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use strongroom_files::script::{Action, Text};
use strongroom_files::unfold_workbook;
use strongroom_model::Limits;

/// A generator of numbers that is the same everywhere (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// A sheet under construction: formulas down column 1, data in the others.
struct Sheet<'a> {
    dice: &'a mut Dice,
    formulas: Vec<(u32, String)>,
    cells: Vec<(u32, u32, String)>,
    row: u32,
}

impl Sheet<'_> {
    fn put(&mut self, formula: impl Into<String>) {
        self.formulas.push((self.row, formula.into()));
        self.row += 1;
    }

    /// Puts a value into a cell that nothing has yet, and returns its name.
    fn cell(&mut self, value: String) -> String {
        let (row, column) = (1 + self.dice.below(400) as u32, 3 + self.dice.below(60) as u32);
        if self.cells.iter().any(|(r, c, _)| (*r, *c) == (row, column)) {
            return self.cell(value);
        }
        self.cells.push((row, column, value));
        format!("R{row}C{column}")
    }

    /// Returns an expression for one character.
    fn character(&mut self, c: char) -> String {
        let code = u32::from(c);
        match self.dice.below(6) {
            0 => format!("CHAR({code})"),
            1 => {
                let more = 1 + self.dice.below(500) as u32;
                format!("CHAR({}-{more})", code + more)
            }
            2 => {
                let cell = self.cell(format!("{}", code * 3));
                format!("CHAR({cell}/3)")
            }
            3 => {
                let cell = self.cell(format!("\"x{}y\"", c.to_string().replace('"', "\"\"")));
                if c == '"' {
                    "CHAR(34)".into()
                } else {
                    format!("MID({cell},2,1)")
                }
            }
            4 => format!("CHAR(HEX2DEC(\"{code:X}\"))"),
            _ => format!("\"{}\"", c.to_string().replace('"', "\"\"")),
        }
    }

    /// Returns an expression for a text.
    fn text(&mut self, text: &str) -> String {
        let parts: Vec<String> = text.chars().map(|c| self.character(c)).collect();
        parts.join("&")
    }

    /// Joins a text in a loop over cells that hold its characters' codes, and returns the name that holds it.
    fn looped(&mut self, text: &str) -> String {
        let column = 70 + self.dice.below(20) as u32;
        let key = 1 + self.dice.below(200) as u32;
        for (at, c) in text.chars().enumerate() {
            self.cells
                .push((at as u32 + 1, column, format!("{}", u32::from(c) + key)));
        }
        let count = text.chars().count();
        self.put("SET.NAME(\"built\",\"\")");
        if self.dice.below(2) == 0 {
            self.put(format!("FOR(\"n\",1,{count})"));
            self.put(format!(
                "SET.NAME(\"built\",built&CHAR(INDEX(R1C{column}:R{count}C{column},n)-{key}))"
            ));
        } else {
            self.put("SET.VALUE(R1C95,1)");
            self.put(format!("WHILE(R1C95<={count})"));
            self.put(format!(
                "SET.NAME(\"built\",built&CHAR(OFFSET(R1C{column},R1C95-1,0)-{key}))"
            ));
            self.put("SET.VALUE(R1C95,R1C95+1)");
        }
        self.put("NEXT()");
        "built".into()
    }

    fn jump(&mut self) {
        let to = self.row + 2 + self.dice.below(30) as u32;
        self.put(format!("GOTO(R{to}C1)"));
        self.row = to;
    }

    fn finish(self) -> String {
        let mut text = "ID;PWXL;N;E\nO;L;E;D;V0\nNN;NAuto_Open;ER1C1\n".to_owned();
        let escaped = |text: &str| text.replace(';', ";;");
        for (row, column, value) in &self.cells {
            text += &format!("C;Y{row};X{column};K{}\n", escaped(value));
        }
        for (row, formula) in &self.formulas {
            text += &format!("C;Y{row};X1;K0;E{}\n", escaped(formula));
        }
        text + "E\n"
    }
}

fn obfuscated(command: &str, dice: &mut Dice) -> String {
    let style = dice.below(4);
    let mut sheet = Sheet {
        dice,
        formulas: Vec::new(),
        cells: Vec::new(),
        row: 1,
    };
    if sheet.dice.below(2) == 0 {
        sheet.put("IF(GET.WORKSPACE(42),,CLOSE(FALSE))");
    }
    sheet.jump();
    match style {
        0 => {
            let text = sheet.text(command);
            sheet.put(format!("EXEC({text})"));
        }
        1 => {
            let name = sheet.looped(command);
            sheet.jump();
            sheet.put(format!("EXEC({name})"));
        }
        2 => {
            let formula = format!("=EXEC(\"{}\")", command.replace('"', "\"\""));
            let text = sheet.text(&formula);
            let at = sheet.row + 3;
            sheet.put(format!("FORMULA({text},R{at}C1)"));
            sheet.put(format!("GOTO(R{at}C1)"));
            sheet.row = at + 1;
        }
        _ => {
            let half = command.char_indices().nth(command.chars().count() / 2).unwrap().0;
            let (first, second) = (sheet.text(&command[..half]), sheet.text(&command[half..]));
            let target = sheet.cell("0".into());
            sheet.put(format!("SET.VALUE({target},{first})"));
            sheet.put(format!("SET.NAME(\"rest\",{second})"));
            sheet.put(format!("FORMULA.FILL({target}&rest,{target})"));
            sheet.jump();
            sheet.put(format!("EXEC({target})"));
        }
    }
    sheet.put("HALT()");
    sheet.finish()
}

#[test]
fn what_is_unfolded_is_the_clear_text() {
    let commands = [
        "cmd /c echo hello > %TEMP%\\note.txt",
        "powershell -nop -c \"Write-Output 'a;b'\"",
        "rundll32 C:\\ProgramData\\x.dll,Start",
        "explorer \"https://a.example/q?a=1&b=2\"",
    ];
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut exact, mut claimed, mut all) = (0, 0, 0);
    for round in 0..100 {
        let command = format!("{} {round}", commands[round % commands.len()]);
        let text = obfuscated(&command, &mut dice);
        let unfolded = unfold_workbook(text.as_bytes(), &Limits::default()).unwrap();
        let started: Vec<&Text> = unfolded
            .effects
            .iter()
            .filter_map(|effect| match &effect.action {
                Action::Start { command } => Some(command),
                _ => None,
            })
            .collect();
        all += 1;
        claimed += started.iter().filter(|text| text.exact().is_some()).count();
        let right = started
            .iter()
            .filter(|text| text.exact() == Some(&command))
            .count();
        exact += right;
        if right != 1 {
            println!("{command}: {started:?}\n{text}");
        }
    }
    println!("generated macro sheets: {exact} of {all} commands recovered exactly, {claimed} claimed exact");
    assert_eq!(exact, claimed, "what is claimed exact is exact");
    assert!(exact * 100 >= all * 95, "{exact} of {all}");
}
