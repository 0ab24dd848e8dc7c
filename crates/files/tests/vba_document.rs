//! What a document holds for its macros to read is known to the evaluation; what it does not hold is not.

use std::rc::Rc;
use strongroom_files::script::{Action, Budget, Text};
use strongroom_files::vba::{Collection, Datum, Document, Item, Module, unfold_in};
use strongroom_model::Limits;

fn shape(name: &str, alternative: &str) -> Item {
    Item::named(name)
        .with_text("name", name)
        .with_text("alternativetext", alternative)
        .with_text("text", "in the box")
        .through(&["textframe", "textrange"])
        .defaulting("text")
}

fn property(name: &str, value: &str) -> Item {
    Item::named(name)
        .with_text("name", name)
        .with_text("value", value)
        .defaulting("value")
}

fn document() -> Document {
    let paragraph = |text: &str| {
        Item::default()
            .with_text("text", text)
            .through(&["range"])
            .defaulting("text")
    };
    let own = Item::default()
        .with_text("text", "first\rsecond\r")
        .through(&["range", "content"])
        .holding(
            "builtindocumentproperties",
            Collection::counted(vec![property("Title", "md /c echo")]),
        )
        .holding(
            "variables",
            Collection::named(vec![property("a", "va"), property("b", "vb")]),
        )
        .holding("shapes", Collection::named(vec![shape("Box 1", "alternative")]))
        .holding(
            "paragraphs",
            Collection::counted(vec![paragraph("first\r"), paragraph("second\r")]),
        );
    let text_box = Item::named("TextBox1")
        .with_text("text", "from a box")
        .with_text("value", "from a box")
        .with_text("tag", "tagged")
        .defaulting("value");
    let label = Item::named("Label1")
        .with_text("caption", "from a label")
        .defaulting("caption");
    let form = Item {
        members: Some("controls"),
        ..Item::named("UserForm1")
    }
    .with_text("caption", "a form")
    .holding(
        "controls",
        Collection {
            items: vec![Rc::new(text_box), Rc::new(label)],
            counted: false,
        },
    );
    Document {
        own: Rc::new(own),
        forms: vec![Rc::new(form)],
    }
}

const FORM: &str = "Attribute VB_Name = \"UserForm1\"\nAttribute VB_Base = \"0{1}{2}\"\n";
const OWN: &str = "Attribute VB_Name = \"ThisDocument\"\nAttribute VB_Base = \"1Normal.ThisDocument\"\n";

/// Returns what `Shell` is given in a module of its own.
fn shelled(body: &str) -> Vec<Text> {
    commands("Module1", &format!("Sub AutoOpen()\n{body}\nEnd Sub\n"))
}

fn commands(name: &str, source: &str) -> Vec<Text> {
    let module = |name: &str, source: &str| Module {
        name: name.into(),
        source: source.into(),
    };
    let mut modules = vec![module("UserForm1", FORM), module("ThisDocument", OWN)];
    match modules.iter_mut().find(|module| module.name == name) {
        Some(module) => module.source.push_str(source),
        None => modules.push(module(name, source)),
    }
    let limits = Limits::default();
    let unfolded = unfold_in(&modules, &document(), &mut Budget::new(&limits));
    assert_eq!(unfolded.gaps, [], "{source}");
    let effects = unfolded.effects.into_iter();
    let commands = effects.filter_map(|effect| match effect.action {
        Action::Start { command } => Some(command),
        _ => None,
    });
    commands.collect()
}

#[test]
fn every_way_to_a_stored_string_leads_to_it() {
    for (expression, expected) in [
        ("UserForm1.TextBox1.Text", "from a box"),
        ("UserForm1.TextBox1", "from a box"),
        ("UserForm1.TextBox1.Value", "from a box"),
        ("UserForm1.TextBox1.Tag", "tagged"),
        ("UserForm1.Controls(\"textbox1\").Text", "from a box"),
        ("UserForm1!TextBox1.Text", "from a box"),
        ("UserForm1.Label1 & \"!\"", "from a label!"),
        ("UserForm1.Caption", "a form"),
        ("Mid(UserForm1.TextBox1, 6)", "a box"),
        (
            "ActiveDocument.BuiltInDocumentProperties(\"title\")",
            "md /c echo",
        ),
        (
            "ActiveDocument.BuiltInDocumentProperties(\"Title\").Value",
            "md /c echo",
        ),
        ("ActiveDocument.BuiltInDocumentProperties(1)", "md /c echo"),
        (
            "Application.ActiveDocument.BuiltInDocumentProperties.Item(\"Title\")",
            "md /c echo",
        ),
        ("ThisDocument.Variables(\"b\").Value", "vb"),
        (
            "ThisDocument.Variables(\"a\") & ActiveDocument.Variables(\"b\")",
            "vavb",
        ),
        ("ActiveDocument.Shapes(1).AlternativeText", "alternative"),
        (
            "ActiveDocument.Shapes(\"Box 1\").TextFrame.TextRange.Text",
            "in the box",
        ),
        ("ActiveDocument.Paragraphs(2).Range.Text", "second\r"),
        ("ActiveDocument.Content.Text", "first\rsecond\r"),
        ("ActiveDocument.Range(6, 12).Text", "second"),
    ] {
        assert_eq!(
            shelled(&format!("Shell {expression}")),
            [Text::known(expected)],
            "{expression}"
        );
    }
}

#[test]
fn objects_are_held_walked_over_and_passed_on() {
    let body = "Dim v, s\nFor Each v In ActiveDocument.Paragraphs\ns = s & v.Range.Text\nNext\nShell s";
    assert_eq!(shelled(body), [Text::known("first\rsecond\r")]);
    let body = "Set f = UserForm1\nWith f\nShell .TextBox1.Tag & .Label1.Caption\nEnd With";
    assert_eq!(shelled(body), [Text::known("taggedfrom a label")]);
    let body = "x = UserForm1.TextBox1\nShell x";
    assert_eq!(shelled(body), [Text::known("from a box")]);
}

#[test]
fn names_in_a_module_of_a_form_or_document_are_its_own() {
    let body = "Sub UserForm_Initialize()\nShell TextBox1 & Me.Label1.Caption\nEnd Sub\n";
    assert_eq!(
        commands("UserForm1", body),
        [Text::known("from a boxfrom a label")]
    );
    let body = "Sub Document_Open()\nShell Variables(\"a\") & Me.Shapes(1).Name\nEnd Sub\n";
    assert_eq!(commands("ThisDocument", body), [Text::known("vaBox 1")]);
}

#[test]
fn what_a_macro_writes_is_what_it_reads() {
    let body = "UserForm1.TextBox1.Text = \"new\"\nShell UserForm1.TextBox1.Value & UserForm1.TextBox1";
    assert_eq!(shelled(body), [Text::known("newnew")]);
    let body = "If Rnd > 0.5 Then UserForm1.TextBox1 = \"new\"\nShell UserForm1.TextBox1.Text";
    assert_eq!(shelled(body).len(), 1);
    assert_eq!(shelled(body)[0].exact(), None, "either may stand there");
    let body = "If Rnd > 0.5 Then\nUserForm1.Label1 = \"a\"\nElse\nUserForm1.Label1 = \"b\"\nEnd If\nShell UserForm1.Label1";
    assert_eq!(shelled(body)[0].exact(), None, "either may stand there");
}

#[test]
fn what_the_file_does_not_say_is_unknown() {
    for expression in [
        "UserForm1.TextBox9.Text",
        "UserForm1.Controls(0).Text",
        "ActiveDocument.BuiltInDocumentProperties(\"Subject\")",
        "ActiveDocument.Variables(1)",
        "ActiveDocument.Shapes(2).AlternativeText",
        "ActiveDocument.Paragraphs(3).Range.Text",
        "ActiveDocument.FullName",
    ] {
        let found = shelled(&format!("Shell {expression}"));
        assert_eq!(found.len(), 1, "{expression}");
        assert_eq!(found[0].exact(), None, "{expression}");
    }
    // Behind this, the active document is another.
    let body = "Documents.Add\nShell ActiveDocument.Variables(\"a\")\nShell ThisDocument.Variables(\"a\")";
    let found = shelled(body);
    assert_eq!((found[0].exact(), found[1].exact()), (None, Some("va")));
}

#[test]
fn a_number_and_a_truth_value_keep_their_types() {
    let own = Item::default().holding(
        "customdocumentproperties",
        Collection::counted(vec![
            Item::named("n")
                .with("value", Datum::Whole(65))
                .defaulting("value"),
            Item::named("b")
                .with("value", Datum::Bool(true))
                .defaulting("value"),
        ]),
    );
    let document = Document {
        own: Rc::new(own),
        forms: Vec::new(),
    };
    let module = Module {
        name: "M".into(),
        source: "Sub AutoOpen()\nSet p = ActiveDocument.CustomDocumentProperties\nShell Chr(p(\"n\")) & p(\"b\")\nEnd Sub\n".into(),
    };
    let limits = Limits::default();
    let unfolded = unfold_in(&[module], &document, &mut Budget::new(&limits));
    let command = Text::known("ATrue");
    assert_eq!(unfolded.effects[0].action, Action::Start { command });
}
