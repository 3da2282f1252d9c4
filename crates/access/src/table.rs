//! Tables of a TOML document: adds and removes one with the comments of the others in their places.
//!
//! What stands above a header belongs to its table, for `toml_edit`. People mean that of the lines right above it; what
//! a blank line separates from it is about more, and stays when the table goes.

use toml_edit::{DocumentMut, Item, RawString, Table, TableLike};

/// The table at a path, made if it is not there; nothing if something else is there.
pub(crate) fn at<'d>(
    document: &'d mut DocumentMut,
    path: &[&str],
) -> Option<&'d mut dyn TableLike> {
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for name in path {
        let item = table.entry(name).or_insert_with(|| {
            let mut between = Table::new();
            between.set_implicit(true);
            Item::Table(between)
        });
        table = item.as_table_like_mut()?;
    }
    Some(table)
}

/// Adds a table under a path, behind those that are there.
pub(crate) fn insert(document: &mut DocumentMut, path: &[&str], name: &str, mut table: Table) {
    // Comments of a document without tables are behind all that it has, and would get behind the first table.
    let comments = text(document.trailing());
    if !comments.trim().is_empty() && next(document.as_table(), isize::MIN).is_none() {
        table
            .decor_mut()
            .set_prefix(format!("{}\n\n", comments.trim_end()));
        document.set_trailing("");
    }
    if let Some(parent) = at(document, path) {
        parent.insert(name, Item::Table(table));
    }
}

/// Removes what is at a path under a name; says whether it was there.
pub(crate) fn remove(document: &mut DocumentMut, path: &[&str], name: &str) -> bool {
    let parent = path
        .iter()
        .try_fold(document.as_item_mut(), |item, name| below(item, name));
    let removed = parent.and_then(|parent| parent.as_table_like_mut()?.remove(name));
    if let Some(Item::Table(table)) = &removed {
        let above = table.decor().prefix().map_or_else(String::new, text);
        let kept = about_more(&above);
        if kept.contains('#') {
            put_above(document, table.position().unwrap_or(isize::MAX), kept);
        }
    }
    removed.is_some()
}

fn below<'i>(item: &'i mut Item, name: &str) -> Option<&'i mut Item> {
    item.as_table_like_mut()?.get_mut(name)
}

/// The lines up to the last blank one.
fn about_more(above: &str) -> &str {
    let mut length = 0;
    let mut end = 0;
    for line in above.split_inclusive('\n') {
        length += line.len();
        if line.trim().is_empty() {
            end = length;
        }
    }
    above.get(..end).unwrap_or_default()
}

/// Puts lines above the table that follows a position, or at the end.
fn put_above(document: &mut DocumentMut, position: isize, lines: &str) {
    match next(document.as_table(), position) {
        Some(following) => prepend(document.as_table_mut(), following, lines),
        None => {
            let joined = format!("{lines}{}", text(document.trailing()));
            document.set_trailing(joined);
        }
    }
}

/// The first position behind this one at which a header stands.
fn next(table: &Table, position: isize) -> Option<isize> {
    let below = table.iter().filter_map(|(_, item)| item.as_table());
    let of_table = |table: &Table| {
        let has_header = !table.is_implicit() && !table.is_dotted();
        let own = table.position().filter(|own| has_header && *own > position);
        own.into_iter().chain(next(table, position)).min()
    };
    below.filter_map(of_table).min()
}

fn prepend(table: &mut Table, position: isize, lines: &str) {
    for (_, item) in table.iter_mut() {
        let Some(table) = item.as_table_mut() else {
            continue;
        };
        if table.position() == Some(position) {
            let above = table.decor().prefix().map_or_else(String::new, text);
            let above = above.strip_prefix('\n').unwrap_or(&above);
            table.decor_mut().set_prefix(format!("{lines}{above}"));
            return;
        }
        prepend(table, position, lines);
    }
}

fn text(raw: &RawString) -> String {
    raw.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: impl Fn(&mut DocumentMut)) -> String {
        let mut document: DocumentMut = text.parse().expect(text);
        change(&mut document);
        let after = document.to_string();
        after.parse::<DocumentMut>().expect(&after);
        after
    }

    #[test]
    fn comments_about_more_stay() {
        for (before, after) in [
            ("[t.x]\n\n[t.b]\n", "\n[t.b]\n"),
            (
                "# About all.\n\n[t.x]\na = 1\n\n# About b.\n[t.b]\n",
                "# About all.\n\n# About b.\n[t.b]\n",
            ),
            (
                "# About all.\n\n# About x.\n[t.x]\n\n[t.b]\n",
                "# About all.\n\n[t.b]\n",
            ),
            (
                "[t.a]\n\n# The rest.\n\n[t.x]\n# The end.\n",
                "[t.a]\n\n# The rest.\n\n# The end.\n",
            ),
            (
                "[t.a]\n# About x.\n[t.x]\n[t.x.y]\n[t.c]\n",
                "[t.a]\n[t.c]\n",
            ),
            (
                "[t]\na = 1\nx = { b = 1 } # this\n# that\nc = 1\n",
                "[t]\na = 1\n# that\nc = 1\n",
            ),
        ] {
            let text = changed(before, |document| assert!(remove(document, &["t"], "x")));
            assert_eq!(text, after, "{before}");
        }
        let mut document: DocumentMut = "t = 1".parse().expect("TOML");
        assert!(!remove(&mut document, &["t"], "x") && !remove(&mut document, &["u"], "x"));
    }

    #[test]
    fn a_table_comes_behind_the_others() {
        for (before, after) in [
            ("", "[t.x]\n"),
            ("# Ours.\n", "# Ours.\n\n[t.x]\n"),
            ("v = 1\n\n# Ours.\n", "v = 1\n\n# Ours.\n\n[t.x]\n"),
            ("[t.a]\n\n[u]\n# End.\n", "[t.a]\n\n[t.x]\n\n[u]\n# End.\n"),
            ("[t]\na = {}\n", "[t]\na = {}\n\n[t.x]\n"),
            ("t = { a = {} }\n", "t = { a = {} , x = {} }\n"),
        ] {
            let text = changed(before, |document| {
                insert(document, &["t"], "x", Table::new())
            });
            assert_eq!(text, after, "{before}");
        }
    }
}
