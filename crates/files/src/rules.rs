//! The rules of this room, each on behaviour or structure, none on a sample's name, hash or text.

use strongroom_model::{Rule, Severity};

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident, $techniques:expr, $title:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) static $name: Rule =
                Rule { code: $code, title: $title, severity: Severity::$severity, techniques: &$techniques };
        )*

        /// Every rule of this room, in the order of the table.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    // Files
    /// When a mail was sent, as its sender says.
    MAIL = "files.mail", Info, [], "a mail that its sender dates {sent}";
    /// A program that was handed in as such.
    EXECUTABLE = "files.executable", Info, [], "a program ({kind})";
    /// Archives of programs are common.
    EXECUTABLE_IN_ARCHIVE = "files.executable-in-archive", Low, ["T1204.002"], "a program ({kind}) in an archive: {name}";
    /// Nobody mails programs.
    EXECUTABLE_BY_MAIL = "files.executable-by-mail", High, ["T1566.001", "T1204.002"], "a program ({kind}) came by mail: {name}";
    /// Inside a document, behind an image, out of a script.
    EXECUTABLE_INSIDE = "files.executable-inside", High, ["T1027.009", "T1204.002"], "a program ({kind}) inside what is none: {name}";
    /// Under a document's name.
    DISGUISED = "files.disguised", Critical, ["T1036.007"], "what runs ({kind}) is named like a document: {name}";
    /// The format with macros under the name of one without.
    MACRO_FORMAT_HIDDEN = "files.macro-format-hidden", Medium, ["T1036.008"], "a document of a format with macros ({kind}) is named like one without: {name}";
    /// A script that came by mail.
    SCRIPT_BY_MAIL = "files.script-by-mail", Medium, ["T1566.001"], "a script ({kind}) came by mail: {name}";
    /// A file behind the end of an image.
    APPENDED = "files.appended", Medium, ["T1027.003"], "a file ({kind}) stands behind the end of the image";
    /// Bytes of a compound file that no stream has; Office does not read them.
    UNCLAIMED = "files.unclaimed", Info, ["T1027"], "{what} stands in bytes that no stream of the file has";
    /// An event of a document bound to a macro.
    DOCUMENT_EVENT = "files.document-event", Low, ["T1204.002"], "the document starts a macro by itself ({event}): {macro}";
    /// A shape that starts a program.
    ACTION_PROGRAM = "files.action-program", High, ["T1204.002"], "the presentation starts a program when {how}";
    /// A shape that starts a macro.
    ACTION_MACRO = "files.action-macro", Low, ["T1204.002"], "the presentation starts the macro {macro} when {how}";
    /// A link whose target is a command of the system.
    LINKED_COMMAND = "files.linked-command", High, ["T1204.002", "T1059"], "a link of the document is a command: {command}";
    /// A file that the message names and does not carry.
    ATTACHED_BY_REFERENCE = "files.attached-by-reference", Medium, ["T1187"], "the message attaches a file that stands elsewhere: {path}";
    /// A reminder whose sound is fetched from another machine with the reader's credentials.
    REMINDER_ELSEWHERE = "files.reminder-elsewhere", High, ["T1187"], "a reminder of the message plays a file of another machine: {path}";
    /// An archive behind another file; installers are such files.
    ARCHIVE_BEHIND = "files.archive-behind", Low, ["T1027.009"], "an archive stands behind the end of what is a file of its own ({kind})";
    /// Bytes behind the end of a tape archive; some programs put one archive behind the other.
    BEHIND_ARCHIVE = "files.behind-archive", Low, ["T1027.009"], "something ({kind}) stands behind the end of the archive";
    /// A whole text that spells another file, in base64 or in hexadecimal digits.
    SPELLED = "files.spelled", Low, ["T1027"], "the text spells a file ({kind}) in {how}";
    /// DDE.
    DDE = "files.dde", High, ["T1559.002"], "a field starts a program (DDE): {command}";
    /// A part on another machine, fetched on opening.
    REMOTE_PART = "files.remote-part", High, ["T1221"], "opening the document fetches its {what} from {url}";
    /// An object or frame linked from elsewhere.
    REMOTE_OBJECT = "files.remote-object", Medium, ["T1221"], "the document links an {what} from {url}";
    /// A protocol that hands the target to another program.
    PROTOCOL_HANDLER = "files.protocol-handler", High, ["T1203"], "a link hands its target to a program of the system: {target}";
    /// Excel 4.0 macros.
    MACRO_SHEET = "files.macro-sheet", Low, ["T1059"], "the workbook has an Excel 4.0 macro sheet: {name}";
    /// … that no menu shows.
    MACRO_SHEET_HIDDEN = "files.macro-sheet-hidden", Medium, ["T1564", "T1059"], "the macro sheet {name} is hidden so that only a macro can show it";
    /// A query that fetches when it is opened.
    WEB_QUERY = "files.web-query", Low, ["T1559"], "opening the query fetches {url}";
    /// A file packed into a document.
    PACKAGE = "files.package", Low, ["T1204.002"], "the document holds a file for the reader to open: {name}";
    /// A file packed into a document that runs.
    PACKAGE_RUNS = "files.package-runs", High, ["T1204.002"], "the document holds a file that runs when opened: {name}";
    /// The equation editor was withdrawn for its faults.
    EQUATION = "files.equation", Low, ["T1203"], "the document holds an object of the withdrawn equation editor";
    /// A script in a PDF.
    PDF_SCRIPT = "files.pdf-script", Low, ["T1059.007"], "the PDF has a script";
    /// A name or a matrix in an equation that is longer than the editor's room for it.
    EQUATION_OVERFLOW = "files.equation-overflow", Critical, ["T1203"], "an equation overflows the editor that shows it: {what}";
    /// A link that is followed to the web when the document is opened.
    LINK_FETCHES = "files.link-fetches", High, ["T1221", "T1203"], "opening the document fetches a linked {what} from {url}";
    /// … and whose class runs what it finds there.
    LINK_RUNS = "files.link-runs", Critical, ["T1221", "T1203"], "opening the document runs what a link names: {url}";
    /// A control with a past of faults.
    FAULTY_CLASS = "files.faulty-class", Medium, ["T1203"], "the document loads a control that is known for its faults: {class}";
    /// A class that no document needs.
    ALIEN_CLASS = "files.alien-class", High, ["T1203"], "the document loads a class that documents do not need: {class}";
    /// Word passes over what stands between the digits; no program writes it.
    BROKEN_DATA = "files.broken-data", High, ["T1027"], "an object's data is broken up by {how}";
    /// An object that is loaded without a click.
    OBJECT_UPDATES = "files.object-updates", Medium, ["T1203"], "an object is loaded as soon as the document opens: {class}";
    /// An object that is announced as another class.
    CLASS_MISMATCH = "files.class-mismatch", Medium, ["T1036"], "an object is announced as {announced} and is {class}";
    /// A file behind the end of a text.
    BEHIND_TEXT = "files.behind-text", Medium, ["T1027.003"], "a file ({kind}) stands behind the end of the text";
    /// Nobody mails shortcuts.
    SHORTCUT_BY_MAIL = "files.shortcut-by-mail", High, ["T1566.001", "T1204.002"], "a shortcut came by mail: {name}";
    /// A shortcut to an interpreter, with what it does.
    SHORTCUT_INTERPRETER = "files.shortcut-interpreter", Medium, ["T1204.002", "T1059"], "the shortcut has an interpreter run {command}";
    /// Blanks before the arguments push them out of the properties' sight.
    SHORTCUT_PADDED = "files.shortcut-padded", High, ["T1027", "T1204.002"], "blanks ({blanks}) hide what the shortcut does: {command}";
    /// Arguments that the properties do not show to their end.
    SHORTCUT_LONG = "files.shortcut-long", Medium, ["T1027"], "the shortcut's arguments are longer than its properties show: {command}";
    /// The window stays out of sight.
    SHORTCUT_UNSEEN = "files.shortcut-unseen", Medium, ["T1564.003"], "the shortcut starts its interpreter out of sight: {command}";
    /// The icon of a document on a command.
    SHORTCUT_DISGUISED = "files.shortcut-disguised", High, ["T1036"], "a shortcut with a document's icon ({icon}) runs {command}";
    /// Which of its targets a shortcut starts, its properties may not show.
    SHORTCUT_TARGETS = "files.shortcut-targets", Medium, ["T1036"], "the shortcut names more than one program: {programs}";
    /// An icon that is fetched with the reader's credentials as soon as the folder is seen.
    SHORTCUT_ICON = "files.shortcut-icon-elsewhere", Medium, ["T1187"], "showing the shortcut fetches its icon from {path}";
    /// A program of another machine.
    SHORTCUT_REMOTE = "files.shortcut-remote", Low, ["T1204.002"], "the shortcut leads to another machine: {path}";
    /// A program out of the web.
    SHORTCUT_FETCHES = "files.shortcut-fetches", High, ["T1204.002", "T1105"], "the shortcut starts a program from the web: {path}";
    /// A module that is loaded as soon as the shortcut is seen.
    SHORTCUT_MODULE = "files.shortcut-module", Critical, ["T1203"], "showing the shortcut's icon loads {path}";
    /// A file behind a shortcut.
    BEHIND_SHORTCUT = "files.behind-shortcut", High, ["T1027.009"], "a file ({kind}) stands behind the end of the shortcut";
    /// A PDF that starts a program.
    PDF_LAUNCH = "files.pdf-launch", High, ["T1204.002"], "the PDF starts a program";
    /// Encrypted.
    ENCRYPTED = "files.encrypted", Info, [], "the content is encrypted ({scheme})";
    /// A password on offer opened it.
    UNLOCKED = "files.unlocked", Info, [], "the password {password} opens it ({source})";
    /// The reader sees no lock, a scanner does: also how Excel protects a workbook's structure, so alone it says little.
    DEFAULT_PASSWORD = "files.default-password", Low, ["T1027.013"], "it is encrypted with a password that Office tries by itself ({password})";
    /// Encrypted for readers whom a server knows.
    RIGHTS = "files.rights-managed", Info, [], "the content is under rights management (IRM)";
    /// Macros at all.
    MACROS = "files.macros", Info, ["T1059.005"], "the document has macros in {modules} modules";

    // Macros
    /// A macro that runs by itself.
    AUTO_RUN = "macro.auto-run", Low, ["T1204.002", "T1059.005"], "a macro runs by itself ({entry})";
    /// … and starts a process.
    AUTO_RUN_START = "macro.auto-run-start", High, ["T1204.002", "T1059.005"], "a macro that runs by itself starts {command}";
    /// … and downloads.
    AUTO_RUN_DOWNLOAD = "macro.auto-run-download", High, ["T1204.002", "T1105"], "a macro that runs by itself downloads {url}";
    /// A macro that starts a process when its user asks.
    MACRO_START = "macro.start", Medium, ["T1059.005"], "a macro starts {command}";
    /// A macro that downloads when its user asks.
    MACRO_DOWNLOAD = "macro.download", Medium, ["T1105"], "a macro downloads {url}";
    /// What an auto-run macro starts downloads in turn, or what it downloads it starts.
    AUTO_RUN_DOWNLOADER = "macro.auto-run-downloader", Critical, ["T1204.002", "T1059.005", "T1105"], "a macro that runs by itself starts what downloads {url}";
    /// An auto-run macro that starts a concealed command.
    AUTO_RUN_CONCEALED = "macro.auto-run-concealed", Critical, ["T1204.002", "T1027.010"], "a macro that runs by itself starts a concealed command: {command}";
    /// An auto-run macro that writes a program or script and starts it.
    AUTO_RUN_DROP = "macro.auto-run-drop", Critical, ["T1204.002", "T1059.005"], "a macro that runs by itself writes {path} and starts it";
    /// Source and p-code are two programs.
    STOMPED = "macro.stomped", High, ["T1564.007"], "the compiled code of {module} ({machine}) is another program than its source; only the former has {only}";
    /// A module that runs and that the editor does not show.
    UNLISTED = "macro.unlisted", Medium, ["T1564"], "the list of modules for the editor leaves out {module}, which runs all the same";
    /// … and the one that runs does what the other does not.
    STOMPED_ACTS = "macro.stomped-acts", Critical, ["T1564.007", "T1059.005"], "the compiled macros do what their source does not: {what}";
    /// A macro that writes a script where temporary files lie, or under a name that chance gives, and has PowerShell run it
    /// against its policy.
    DROP_BYPASS = "macro.drop-bypass", Critical, ["T1059.001", "T1059.005", "T1036.005"], "a macro writes the script {path} and has PowerShell run it with its execution policy set aside";
    /// A document out of a document.
    DOCUMENT_REBUILT = "macro.document-rebuilt", High, ["T1027.009", "T1140"], "a macro puts together another document ({kind}) and writes it to {path}";

    // Scripts
    /// A command in base64.
    ENCODED_COMMAND = "script.encoded-command", Medium, ["T1027.010", "T1059.001"], "a PowerShell command comes encoded";
    /// Hidden window, policy set aside.
    HIDDEN = "script.hidden", Medium, ["T1564.003"], "PowerShell runs in a hidden window ({command})";
    /// The execution policy set aside.
    BYPASS = "script.bypass", Low, ["T1059.001"], "PowerShell sets its execution policy aside ({command})";
    /// Downloads.
    DOWNLOAD = "script.download", Medium, ["T1105"], "the script downloads {url}";
    /// Downloads and runs.
    DOWNLOAD_RUN = "script.download-run", High, ["T1105", "T1059"], "the script runs what it downloads from {url}";
    /// Downloads and runs, out of a concealed layer.
    CONCEALED_DOWNLOAD_RUN = "script.concealed-download-run", Critical, ["T1105", "T1027", "T1140"], "a concealed layer runs what it downloads from {url}";
    /// Writes a script or program and starts it.
    DROP_RUN = "script.drop-run", High, ["T1059", "T1036.005"], "the script writes {path} and starts it";
    /// Loads code into memory.
    LOAD_CODE = "script.load-code", High, ["T1620", "T1055"], "the script loads code into memory: {how}";
    /// Loads concealed code into memory.
    CONCEALED_LOAD_CODE = "script.concealed-load-code", Critical, ["T1620", "T1027", "T1140"], "a concealed layer loads code into memory: {how}";
    /// Text that is not known is run as code; download and run are told apart from it.
    RUN_UNKNOWN = "script.run-unknown", Low, ["T1059"], "the script runs a text that it gets elsewhere: {how}";
    /// Source text compiled at run time: administrators do it too.
    COMPILE = "script.compile", Medium, ["T1027.004"], "the script compiles code: {how}";
    /// Certificates unchecked.
    NO_CERTIFICATES = "script.no-certificates", Low, ["T1553.004"], "the script checks no certificates: {what}";
    /// Switches a defence off.
    DISARM = "script.disarm", High, ["T1562.001"], "the script switches a defence off: {what}";
    /// Arranges to be started again.
    PERSIST = "script.persist", Medium, ["T1547", "T1053.005"], "the script arranges to be started again: {how}";
    /// Sends and receives in a loop.
    C2 = "script.c2", High, ["T1071.001", "T1041"], "the script takes orders in a loop from {host}";
    /// A raw connection whose input is run.
    REVERSE_SHELL = "script.reverse-shell", Critical, ["T1059", "T1095"], "the script runs what a connection to {host} says";
    /// Machine code that the script runs connects or fetches.
    CODE_CALLS = "script.code-calls", Critical, ["T1620", "T1059", "T1095", "T1105"], "machine code that the script runs calls {host}";
    /// Machine code that the script runs waits for connections.
    CODE_LISTENS = "script.code-listens", Critical, ["T1620", "T1059", "T1095"], "machine code that the script runs waits for connections ({at})";
    /// Machine code that the script runs starts a process.
    CODE_STARTS = "script.code-starts", High, ["T1620", "T1059"], "machine code that the script runs starts {command}";
    /// Waits for connections.
    LISTEN = "script.listen", Low, ["T1095"], "the script waits for connections ({at})";
    /// A hand-made protocol: form-data by hand, a constant XOR, integer commands, a sleep.
    IMPLANT = "script.implant", High, ["T1071.001", "T1132.002", "T1573.001"], "the script speaks a protocol of its own making: {signs}";
    /// The same with nearly all of its parts.
    IMPLANT_WHOLE = "script.implant-whole", Critical, ["T1071.001", "T1132.002", "T1573.001", "T1041"], "the script is an implant with a protocol of its own: {signs}";
    /// A system program misused to fetch or run.
    PROXY = "script.proxy", High, ["T1218"], "{program} is made to fetch or run {url}";
    /// A script handed to a system program in its own command line.
    PROXY_INLINE = "script.proxy-inline", High, ["T1218.005", "T1059.005"], "{program} is made to run a script that stands in its command line";
    /// GIF, PNG or JPEG's first bytes before something else.
    IMAGE_UPLOAD = "script.image-upload", Medium, ["T1001.003", "T1041"], "the script sends data under the head of an image to {url}";
    /// Sends.
    UPLOAD = "script.upload", Low, ["T1041"], "the script sends data to {url}";
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_code_stands_once_and_every_technique_is_one() {
        let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), RULES.len());
        for rule in RULES {
            assert!(
                rule.techniques
                    .iter()
                    .all(|id| id.starts_with('T') && id.len() >= 5),
                "{}",
                rule.code
            );
        }
    }
}
