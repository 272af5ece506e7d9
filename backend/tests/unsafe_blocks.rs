//! The README accounts for every unsafe block.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The unsafe blocks and impls of each file, tests left out.
fn counted(folder: &Path, root: &Path, counts: &mut BTreeMap<String, usize>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().unwrap() != "fault" {
            counted(&path, root, counts);
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.file_name().unwrap() != "tests.rs"
        {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let count = code.matches("unsafe {").count() + code.matches("unsafe impl").count();
            if count > 0 {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                counts.insert(name.to_owned(), count);
            }
        }
    }
}

/// Rows of the README's table: files in backquotes, then how many blocks they have.
fn told(readme: &str) -> Vec<(Vec<String>, usize)> {
    let table = readme.split("## Unsafe code").nth(1).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let files = cells[1].split(", ").map(|file| file.trim_matches('`').to_owned());
        (files.collect(), cells[2].parse().unwrap())
    })
    .collect()
}

#[test]
fn every_unsafe_block_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = root.join("src");
    let mut counts = BTreeMap::new();
    counted(&source, &source, &mut counts);
    for (files, blocks) in told(&fs::read_to_string(root.join("README.md")).unwrap()) {
        let found: usize = files.iter().filter_map(|file| counts.remove(file)).sum();
        assert_eq!(found, blocks, "{files:?}");
    }
    assert_eq!(counts, BTreeMap::new(), "files that the table leaves out");
}
