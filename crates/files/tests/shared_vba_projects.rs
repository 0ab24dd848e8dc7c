//! VBA projects of the shared data: their p-code beside the listing that pcodedmp gives of the same files.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod shared;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use strongroom_files::{ModuleKind, VbaProject, read_vba};

/// Returns the projects of a document: of itself, or of the compound files in its package.
fn projects(bytes: &[u8]) -> Vec<VbaProject> {
    if let Some(projects) = read_vba(bytes) {
        return projects;
    }
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for index in 0..package.len() {
        let mut content = Vec::new();
        let read = package
            .by_index(index)
            .map(|mut member| member.read_to_end(&mut content));
        if read.is_ok() {
            found.extend(read_vba(&content).unwrap_or_default());
        }
    }
    found
}

/// Turns the hex text of a sample (Intel HEX) into its bytes.
fn bytes_of_hex(text: &str) -> Vec<u8> {
    let (mut bytes, mut base) = (Vec::new(), 0);
    for line in text.lines().filter_map(|line| line.trim().strip_prefix(':')) {
        let row: Vec<u8> = (0..line.len() / 2)
            .map(|at| u8::from_str_radix(&line[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let data = &row[4..4 + usize::from(row[0])];
        let offset = usize::from(u16::from_be_bytes([row[1], row[2]]));
        match row[3] {
            0 => {
                let start = base + offset;
                bytes.resize(bytes.len().max(start + data.len()), 0);
                bytes[start..start + data.len()].copy_from_slice(data);
            }
            2 => base = usize::from(u16::from_be_bytes([data[0], data[1]])) << 4,
            4 => base = usize::from(u16::from_be_bytes([data[0], data[1]])) << 16,
            _ => {}
        }
    }
    bytes
}

/// Returns name and content of every file of the shared data that may hold a project.
fn files(test: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in ["office", "formats/strelka"] {
        let Some(root) = shared::shared_data(folder, test) else {
            return Vec::new();
        };
        for path in shared::paths_below(&root) {
            let name = format!("{folder}/{}", path.strip_prefix(&root).unwrap().display());
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
    let Some(root) = shared::shared_data("formats/yara-x/vba", test) else {
        return Vec::new();
    };
    for (name, bytes) in samples(&root) {
        files.push((format!("formats/yara-x/vba/{name}"), bytes));
    }
    // Documents beside the shared ones, where there are some at hand.
    if let Some(more) = std::env::var_os("VBA_FILES") {
        let paths = shared::paths_below(Path::new(&more));
        files.extend(
            paths
                .iter()
                .map(|path| (path.display().to_string(), std::fs::read(path).unwrap())),
        );
    }
    files
}

/// Returns the samples of the yara-x module tests: name without its endings, and bytes.
fn samples(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut samples = BTreeMap::new();
    for path in shared::paths_below(root) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".in.zip") {
            let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
            let mut text = String::new();
            zip.by_index(0).unwrap().read_to_string(&mut text).unwrap();
            samples.insert(name.to_owned(), bytes_of_hex(&text));
        }
    }
    samples
}

/// The modules of a listing by pcodedmp: each module's lines with their instructions, in the order of the file.
fn reference(text: &str) -> Vec<Vec<Vec<String>>> {
    let mut modules: Vec<Vec<Vec<String>>> = Vec::new();
    for line in text.lines() {
        if let Some(instruction) = line.strip_prefix('\t') {
            // Its name for `Do Until` has a letter too many.
            let instruction = instruction.replace("DoUnitil", "DoUntil");
            if let Some(last) = modules.last_mut().and_then(|module| module.last_mut()) {
                last.push(instruction);
            }
        } else if line.starts_with("Line #") {
            modules.last_mut().unwrap().push(Vec::new());
        } else if line.ends_with(" bytes") && line.contains(" - ") {
            modules.push(Vec::new());
        }
    }
    modules
}

/// A declaration without its scope, parameters and types, of which pcodedmp leaves out what it does not know: the
/// word before the parameters.
fn bare(line: &str) -> String {
    let Some((mnemonic, declaration)) = line
        .split_once(' ')
        .filter(|(mnemonic, _)| matches!(*mnemonic, "FuncDefn" | "VarDefn"))
    else {
        return line.to_owned();
    };
    let name = match mnemonic {
        "FuncDefn" => declaration.trim_start_matches('(').split('(').next(),
        _ => declaration.trim_start_matches("(WithEvents) ").split(' ').next(),
    };
    let name = name.unwrap_or_default().split(" Lib ").next().unwrap_or_default();
    format!("{mnemonic} {}", name.rsplit(' ').next().unwrap_or_default())
}

/// Set `PCODEDMP` to the program to compare with it: its listings are not kept here, and no test needs them.
#[test]
fn the_listing_agrees_with_pcodedmp() {
    let test = "the_listing_agrees_with_pcodedmp";
    let Some(program) = std::env::var_os("PCODEDMP") else {
        eprintln!("SKIPPED: {test}: PCODEDMP names no program");
        return;
    };
    let (mut lines, mut same, mut more, mut modules, mut told) = (0, 0, 0, 0, 0);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files(test) {
        let ours: Vec<Vec<Vec<String>>> = projects(&bytes)
            .iter()
            .flat_map(|project| project.modules.iter())
            .map(|module| module.pcode.clone().unwrap_or_default())
            .collect();
        if ours.is_empty() {
            continue;
        }
        let path = folder.path().join(name.rsplit('/').next().unwrap());
        std::fs::write(&path, &bytes).unwrap();
        let output = Command::new(&program).arg("-d").arg(&path).output().unwrap();
        let theirs = reference(&String::from_utf8_lossy(&output.stdout));
        modules += theirs.len();
        if ours.len() != theirs.len() {
            println!("{name}: {} modules, pcodedmp {}", ours.len(), theirs.len());
        }
        for (number, (own, other)) in ours.iter().zip(&theirs).enumerate() {
            lines += other.len();
            for (at, expected) in other.iter().enumerate() {
                let is: Vec<&str> = own
                    .get(at)
                    .into_iter()
                    .flatten()
                    .map(|line| line.trim_end())
                    .collect();
                let should: Vec<&str> = expected.iter().map(|line| line.trim_end()).collect();
                let bared = |lines: &[&str]| lines.iter().map(|line| bare(line)).collect::<Vec<_>>();
                if is == should {
                    same += 1;
                } else if bared(&is) == bared(&should) {
                    more += 1;
                } else if told < 60 {
                    told += 1;
                    println!("{name} module {number} line {at}\n  ours   {is:?}\n  theirs {should:?}");
                }
            }
        }
    }
    println!(
        "p-code: {same} of {lines} lines of {modules} modules are listed as pcodedmp lists them, {more} more but for \
         types, scope and parameters of a declaration"
    );
    // Of a project that says it is not compiled nothing is listed here.
    assert!(same + more == lines || std::env::var_os("VBA_FILES").is_some());
}

/// Returns the logical lines of a source without its attributes, each without white space and in lower case.
fn logical_lines(source: &str) -> Vec<String> {
    let joined = source.replace("\r\n", "\n").replace(" _\n", " ");
    let bare = |line: &str| {
        line.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .to_lowercase()
    };
    let mut lines: Vec<String> = joined
        .split('\n')
        .filter(|line| !line.trim_start().to_lowercase().starts_with("attribute "))
        .map(bare)
        .collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

#[test]
fn what_is_decompiled_is_the_source() {
    let (mut all, mut same, mut told, mut unknown) = (0, 0, 0, 0);
    for (name, bytes) in files("what_is_decompiled_is_the_source") {
        for module in projects(&bytes).iter().flat_map(|project| project.modules.iter()) {
            let (Some(source), Some(decompiled)) = (&module.source, &module.decompiled) else {
                continue;
            };
            let source = logical_lines(source);
            if source.len() != decompiled.len() && source.len() + 1 != decompiled.len() {
                println!(
                    "{name} {}: {} lines, p-code {}",
                    module.name,
                    source.len(),
                    decompiled.len()
                );
            }
            for (number, line) in decompiled.iter().enumerate() {
                all += 1;
                unknown += usize::from(line.starts_with("' p-code"));
                let own: String = line
                    .chars()
                    .filter(|c| !c.is_whitespace())
                    .collect::<String>()
                    .to_lowercase();
                let expected = source.get(number).map_or("", String::as_str);
                if own == expected {
                    same += 1;
                } else if told < 100 {
                    told += 1;
                    println!(
                        "{name} {} line {number}\n  p-code {line}\n  source {expected}",
                        module.name
                    );
                }
            }
        }
    }
    println!(
        "p-code: {same} of {all} decompiled lines are the source's but for spacing, {unknown} are not understood"
    );
}

#[test]
fn no_benign_project_is_called_stomped() {
    let test = "no_benign_project_is_called_stomped";
    let (mut compiled, mut modules, mut stomped) = (0, 0, Vec::new());
    for (name, bytes) in files(test) {
        for module in projects(&bytes).iter().flat_map(|project| project.modules.iter()) {
            modules += 1;
            compiled += usize::from(module.pcode.as_ref().is_some_and(|lines| !lines.is_empty()));
            if let Some(only) = &module.stomped {
                stomped.push(format!("{name} {}: {only}", module.name));
            }
        }
    }
    println!(
        "p-code: {compiled} of {modules} modules are compiled, {} called stomped",
        stomped.len()
    );
    assert!(stomped.is_empty(), "{}", stomped.join("\n"));
}

/// The fields of a yara-x listing of a project.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fields {
    has_macros: bool,
    /// Name, type and code.
    modules: Vec<(String, String, String)>,
    /// `name`, `version`, `module_count` with their values.
    project: BTreeMap<String, String>,
    references: Vec<String>,
}

/// Lines without white space at their ends, blank ones at the end of the text left out.
fn trimmed(code: &str) -> String {
    let lines: Vec<&str> = code.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

fn fields_of_listing(text: &str) -> Fields {
    let mut fields = Fields::default();
    let unquoted = |value: &str| value.trim().trim_matches('"').to_owned();
    for line in text.lines() {
        if let Some(code) = line.strip_prefix("        ") {
            let code = format!("{code}\n");
            fields.modules.last_mut().unwrap().2 += &code;
        } else if let Some(value) = line.strip_prefix("has_macros: ") {
            fields.has_macros = value == "true";
        } else if let Some(value) = line.strip_prefix("  - name: ") {
            fields
                .modules
                .push((unquoted(value), String::new(), String::new()));
        } else if let Some(value) = line.strip_prefix("    type: ") {
            fields.modules.last_mut().unwrap().1 = value.to_owned();
        } else if let Some(value) = line.strip_prefix("      - ") {
            fields.references.push(unquoted(value));
        } else if let Some((key, value)) = line.trim().split_once(": ").filter(|(_, value)| *value != "|") {
            fields.project.insert(key.to_owned(), unquoted(value));
        }
    }
    for module in &mut fields.modules {
        module.2 = trimmed(&module.2);
    }
    fields
}

fn fields_of_project(projects: &[VbaProject]) -> Fields {
    let Some(project) = projects.first() else {
        return Fields::default();
    };
    let kind = |kind| match kind {
        ModuleKind::Standard => "MODULE_TYPE_STANDARD",
        ModuleKind::Unknown => "MODULE_TYPE_UNKNOWN",
        _ => "MODULE_TYPE_CLASS",
    };
    let modules = project.modules.iter().map(|module| {
        let code = trimmed(module.source.as_deref().unwrap_or_default());
        (module.name.clone(), kind(module.kind).to_owned(), code)
    });
    let information = &project.information;
    let (major, minor) = information.version.unwrap();
    Fields {
        has_macros: true,
        modules: modules.collect(),
        project: BTreeMap::from([
            ("name".to_owned(), information.name.clone().unwrap()),
            ("version".to_owned(), format!("{major}.{minor}")),
            (
                "module_count".to_owned(),
                information.module_count.unwrap().to_string(),
            ),
        ]),
        references: project
            .references
            .iter()
            .map(|known| known.name.clone())
            .collect(),
    }
}

#[test]
fn the_fields_are_those_that_yara_x_lists() {
    let Some(root) = shared::shared_data("formats/yara-x/vba", "the_fields_are_those_that_yara_x_lists")
    else {
        return;
    };
    let samples = samples(&root);
    let (mut same, mut wrong) = (0, Vec::new());
    for (name, bytes) in &samples {
        let listing = std::fs::read_to_string(root.join(format!("{name}.out"))).unwrap();
        let expected = fields_of_listing(&listing);
        let found = fields_of_project(&projects(bytes));
        if found == expected {
            same += 1;
        } else {
            wrong.push(format!("{name}\n  ours   {found:?}\n  theirs {expected:?}"));
        }
    }
    println!(
        "yara-x vba: {same} of {} samples have equal fields",
        samples.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
