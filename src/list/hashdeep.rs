//! The output of hashdeep, which names its columns in its head.
//!
//! Source: hashdeep's file `FILEFORMAT`: two lines begin with `%%%%`, the first with the version and
//! the second with the columns; lines that begin with `#` are comments; the size comes first and the
//! file name last, nothing is quoted, so that further commas belong to the name.

use std::io::BufRead;

use super::ListError;
use super::gather::Gathering;
use super::lines::Lines;
use super::row::Row;

/// How its first line begins.
pub(super) const MAGIC: &str = "%%%% HASHDEEP";

/// Reads what hashdeep writes; several of them may follow each other.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    gathering: &mut Gathering,
) -> Result<(), ListError> {
    let mut columns: Vec<String> = Vec::new();
    while let Some(line) = lines.next()? {
        let number = line.number;
        let Some(text) = line.text else {
            gathering.broken(number, "a line of more than 1 MiB");
            continue;
        };
        if let Some(head) = text.strip_prefix("%%%% ") {
            if !head.starts_with("HASHDEEP") {
                columns = head.split(',').map(|name| name.trim().to_owned()).collect();
            }
        } else if !text.trim().is_empty() && !text.starts_with('#') {
            add(gathering, number, &text, &columns);
        }
    }
    Ok(())
}

fn add(gathering: &mut Gathering, line: u64, text: &str, columns: &[String]) {
    let cells: Vec<&str> = text.splitn(columns.len().max(1), ',').collect();
    if columns.len() < 2 || cells.len() < columns.len() {
        return gathering.broken(line, "fewer columns than the line that begins with %%%% names");
    }
    let mut row = Row { line, ..Row::default() };
    let named = || columns.iter().map(String::as_str).zip(cells.iter().copied());
    if named().any(|(name, cell)| name == "size" && cell == "0") {
        // An empty file is in order where all files of a folder are listed, and nothing to search for.
        row.unmatchable.push("empty-file");
        return gathering.add(row);
    }
    for (name, text) in named() {
        match name {
            "size" => {}
            "filename" => row.file = Some(text),
            kind => row.give(kind, text),
        }
    }
    gathering.add(row);
}

#[cfg(test)]
mod tests {
    use super::super::ListFormat;
    use super::super::tests::{options, read};

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
    const SHA256: &str = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46bdeb16f2fa4c8c4a0c4f5f5";
    const HEAD: &str =
        "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n##\n";

    #[test]
    fn rows_give_their_digests_and_a_name_may_have_commas_and_quotation_marks() {
        let list =
            read(&format!("{HEAD}43,{MD5},{SHA256},/a, \"b\".jpg\n"), options(None)).unwrap();
        assert_eq!((list.format, list.counts.entries), (ListFormat::Hashdeep, 2));
        assert_eq!(list.entries.get(0).label.as_deref(), Some("/a, \"b\".jpg"));
    }

    #[test]
    fn other_digests_and_empty_files_are_counted_and_short_rows_are_broken() {
        let head = HEAD.replace("sha256", "tiger");
        let empty = format!("0,d41d8cd98f00b204e9800998ecf8427e,{SHA256},empty\n");
        let text = format!("{head}43,{MD5},aa,b\n{empty}");
        let list = read(&text, options(None)).unwrap();
        assert_eq!((list.counts.contributing, list.counts.unmatchable_rows), (1, 1));
        assert_eq!(
            (list.counts.unmatchable["tiger"], list.counts.unmatchable["empty-file"]),
            (1, 1)
        );
        let good = format!("43,{MD5},{SHA256},a\n").repeat(99);
        for bad in ["43,ab", &format!("43,{MD5},{},a", &SHA256[1..])] {
            let list = read(&format!("{HEAD}{good}{bad}\n"), options(None)).unwrap();
            assert_eq!((list.counts.broken, list.problems[0].line), (1, 104));
        }
    }
}
