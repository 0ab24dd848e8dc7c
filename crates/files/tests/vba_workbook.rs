//! Macros of a workbook read its names, formulas, shapes and controls, and hand commands to Excel.

mod label;

#[allow(clippy::unwrap_used)]
mod package {
    use super::label::label;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    fn relations(rows: &[(&str, &str, &str)]) -> String {
        let rows: String = rows
            .iter()
            .map(|(id, kind, target)| {
                let kind = match kind.strip_prefix('+') {
                    Some(own) => format!("http://schemas.microsoft.com/office/2006/relationships/{own}"),
                    None => format!("{RELATIONS}/{kind}"),
                };
                format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
            })
            .collect();
        format!("<Relationships>{rows}</Relationships>")
    }

    /// Returns a workbook whose sheet has cells, names, a shape and a label, and whose project is this source.
    pub fn workbook(source: &str) -> Vec<u8> {
        let project =
            strongroom_files::write_vba_project(&[("Module1", source), ("Sheet1", "Option Explicit\n")]);
        let workbook = format!(
            "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"Data sheet\" sheetId=\"1\" r:id=\"rId1\"/></sheets>\
             <definedNames><definedName name=\"hidden_word\">'Data sheet'!$B$2</definedName>\
             <definedName name=\"said\">\"echo said\"</definedName></definedNames></workbook>"
        );
        let sheet = format!(
            "<worksheet xmlns:r=\"{RELATIONS}\"><sheetPr codeName=\"Sheet1\"/><sheetData>\
             <row r=\"1\"><c r=\"A1\"><v>7</v></c></row>\
             <row r=\"2\"><c r=\"B2\" t=\"str\"><v>echo named</v></c></row></sheetData>\
             <drawing r:id=\"rId1\"/><controls><control shapeId=\"1025\" r:id=\"rId2\" name=\"Label1\"/></controls></worksheet>"
        );
        let drawing = "<xdr:wsDr><xdr:twoCellAnchor><xdr:sp><xdr:nvSpPr><xdr:cNvPr id=\"2\" name=\"Box\" descr=\"echo alternative\"/></xdr:nvSpPr>\
             <xdr:txBody><a:p><a:r><a:t>echo boxed</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>";
        let control = format!(
            "<ax:ocx xmlns:r=\"{RELATIONS}\" ax:classid=\"{{978C9E23-D4B0-11CE-BF2D-00AA003F40D0}}\" ax:persistence=\"persistStreamInit\" r:id=\"rId1\"/>"
        );
        let types = "<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+xml\"/>\
             <Override PartName=\"/xl/vbaProject.bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/></Types>";
        let parts: Vec<(&str, Vec<u8>)> = vec![
            ("[Content_Types].xml", types.into()),
            (
                "_rels/.rels",
                relations(&[("rId1", "officeDocument", "xl/workbook.xml")]).into(),
            ),
            ("xl/workbook.xml", workbook.into()),
            (
                "xl/_rels/workbook.xml.rels",
                relations(&[
                    ("rId1", "worksheet", "worksheets/sheet1.xml"),
                    ("rId2", "+vbaProject", "vbaProject.bin"),
                ])
                .into(),
            ),
            ("xl/worksheets/sheet1.xml", sheet.into()),
            (
                "xl/worksheets/_rels/sheet1.xml.rels",
                relations(&[
                    ("rId1", "drawing", "../drawings/drawing1.xml"),
                    ("rId2", "control", "../activeX/activeX1.xml"),
                ])
                .into(),
            ),
            ("xl/drawings/drawing1.xml", drawing.into()),
            ("xl/activeX/activeX1.xml", control.into()),
            (
                "xl/activeX/_rels/activeX1.xml.rels",
                relations(&[("rId1", "+activeXControlBinary", "activeX1.bin")]).into(),
            ),
            ("xl/activeX/activeX1.bin", label("echo label")),
            ("xl/vbaProject.bin", project),
        ];
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }
}

use strongroom_files::examine;
use strongroom_model::Limits;

/// Returns what a macro that runs by itself starts in the workbook.
fn started(body: &str) -> Vec<String> {
    let source = format!("Sub Auto_Open()\n{body}\nEnd Sub\n");
    let report = examine("a.xlsm", &package::workbook(&source), &Limits::default());
    let mut reports: Vec<_> = vec![report];
    let mut found = Vec::new();
    while let Some(report) = reports.pop() {
        for finding in &report.findings {
            let start = "a macro that runs by itself starts ";
            found.extend(finding.title.strip_prefix(start).map(str::to_owned));
        }
        reports.extend(report.children);
    }
    found
}

#[test]
fn names_formulas_shapes_and_controls_are_read() {
    for (expression, expected) in [
        ("Range(\"hidden_word\").Value", "echo named"),
        ("Range(\"'Data sheet'!B2\")", "echo named"),
        ("[hidden_word]", "echo named"),
        ("[B2]", "echo named"),
        ("Names(\"hidden_word\").RefersToRange.Value", "echo named"),
        ("ThisWorkbook.Names(\"hidden_word\").RefersToRange", "echo named"),
        ("Evaluate(\"said\")", "echo said"),
        ("[said]", "echo said"),
        (
            "Application.Evaluate(\"\"\"echo \"\" & CHAR(65) & A1+1\")",
            "echo A8",
        ),
        ("ActiveSheet.Shapes(\"Box\").AlternativeText", "echo alternative"),
        (
            "Sheets(\"Data sheet\").Shapes(\"Box\").TextFrame.Characters.Text",
            "echo boxed",
        ),
        ("Sheet1.Label1.Caption", "echo label"),
        ("ActiveSheet.OLEObjects(\"Label1\").Object.Caption", "echo label"),
    ] {
        assert_eq!(
            started(&format!("Shell {expression}")),
            [expected],
            "{expression}"
        );
    }
}

#[test]
fn a_command_for_excel_is_done_where_it_stands() {
    assert_eq!(
        started("Application.ExecuteExcel4Macro \"EXEC(\"\"cmd /c echo four\"\")\""),
        ["cmd /c echo four"]
    );
    assert_eq!(
        started("x = ExecuteExcel4Macro(\"CHAR(101)&\"\"cho built\"\"\")\nShell x"),
        ["echo built"]
    );
    assert_eq!(
        started("x = ExecuteExcel4Macro(\"GET.WORKSPACE(1)\")\nShell \"echo on\""),
        ["echo on"]
    );
}
