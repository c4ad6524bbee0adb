//! A judge of pages: every tag closed in its order, every attribute quoted, nothing loaded from outside.

/// What is wrong with a page; none if nothing is.
pub fn fault(page: &str) -> Option<String> {
    let Some(body) = page.strip_prefix("<!DOCTYPE html>\n") else {
        return Some("no doctype".to_string());
    };
    for outside in ["http://", "https://", "//www.", "url(", "@import", "file:"] {
        if body.contains(outside) {
            return Some(format!("{outside} is in it"));
        }
    }
    let mut open: Vec<&str> = Vec::new();
    let mut rest = body;
    while let Some(start) = rest.find('<') {
        if rest[..start].contains('>') {
            return Some(format!("a > in the text {:?}", &rest[..start]));
        }
        rest = &rest[start + 1..];
        let Some(end) = rest.find('>') else { return Some(format!("no end of the tag {rest:.40?}")) };
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => {}
                opened => return Some(format!("</{name}> closes {opened:?}")),
            }
            continue;
        }
        let (tag, closes_itself) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = tag.split_whitespace().next().unwrap_or("");
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Some(format!("a tag {tag:?}"));
        }
        if let Some(fault) = attributes_fault(&tag[name.len()..]) {
            return Some(format!("{fault} in <{tag}>"));
        }
        if closes_itself {
            continue;
        }
        if ["script", "style"].contains(&name) {
            // Their contents are not tags; nothing in ours may end them early.
            let close = format!("</{name}>");
            let Some(end) = rest.find(&close) else { return Some(format!("no {close}")) };
            rest = &rest[end + close.len()..];
            continue;
        }
        open.push(name);
    }
    match open.last() {
        Some(name) => Some(format!("<{name}> is not closed")),
        None => (!rest.trim().is_empty()).then(|| format!("text after the end: {rest:?}")),
    }
}

/// Names, each with a value in double quotes, none twice.
fn attributes_fault(text: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once("=\"") else {
            return Some(format!("no value: {rest:?}"));
        };
        let Some((_, after)) = after.split_once('"') else { return Some(format!("no end of {name}")) };
        if names.contains(&name) || name.contains(['"', '<', ' ']) {
            return Some(format!("the attribute {name:?}"));
        }
        names.push(name);
        rest = after.trim_start();
    }
    None
}
