//! The samples of JSON in a page of documentation.

/// Returns every text between balanced braces of a page, its marks of HTML taken out.
pub fn objects(page: &str) -> Vec<String> {
    let mut text = String::new();
    for part in page.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    let text = text.replace("&quot;", "\"");
    let (mut found, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => {
                start = if depth == 0 { at } else { start };
                depth += 1;
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.push(text[start..=at].to_owned());
                }
            }
            _ => {}
        }
    }
    found
}
