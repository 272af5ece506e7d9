//! The action for GitHub: what documents say of its inputs, and its steps as a runner takes them.

use rstest::rstest;
use saphyr::{LoadableYamlNode, Yaml};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const TOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const ACTION: &str = ".github/actions/shmconf";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(TOP).join(path)).expect("the file can be read")
}

fn yaml(text: &str) -> Yaml<'_> {
    Yaml::load_from_str(text).expect("it is YAML").into_iter().next().expect("it has a document")
}

fn keys(of: &Yaml<'_>) -> BTreeSet<String> {
    let entries = of.as_mapping().expect("it has entries");
    entries.keys().map(|key| key.as_str().expect("it is a word").to_owned()).collect()
}

/// The blocks of YAML in a page.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// Every step that uses the action, wherever it stands.
fn uses<'y, 't>(node: &'y Yaml<'t>, found: &mut Vec<&'y Yaml<'t>>) {
    if let Some(used) = node.as_mapping_get("uses").and_then(Yaml::as_str)
        && used.contains(ACTION)
    {
        found.push(node);
    }
    node.as_sequence().into_iter().flatten().for_each(|entry| uses(entry, found));
    node.as_mapping().into_iter().flat_map(|entries| entries.values()).for_each(|entry| uses(entry, found));
}

#[rstest]
#[case::the_readme("README.md", 1)]
#[case::the_page("docs/ci.md", 2)]
#[case::our_own_workflow(".github/workflows/ci.yml", 1)]
fn an_example_has_inputs_that_the_action_takes(#[case] path: &str, #[case] examples: usize) {
    let (action, page) = (text(&format!("{ACTION}/action.yml")), text(path));
    let action = yaml(&action);
    let inputs = action.as_mapping_get("inputs").expect("it has inputs");
    let is_required =
        |input: &&String| inputs.as_mapping_get(input).and_then(|input| input.as_mapping_get("required")).is_some();
    let (known, found) = (keys(inputs), blocks_or_whole(path, &page));
    let required: BTreeSet<&String> = known.iter().filter(is_required).collect();
    let mut seen = 0;
    for block in &found {
        let block = yaml(block);
        let mut steps = Vec::new();
        uses(&block, &mut steps);
        for step in steps {
            let given = keys(step.as_mapping_get("with").expect("it has inputs"));
            assert!(given.is_subset(&known), "{path}: {given:?}");
            assert!(required.iter().all(|input| given.contains(*input)), "{path}: {given:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, examples, "{path}");
}

fn blocks_or_whole<'p>(path: &str, page: &'p str) -> Vec<&'p str> {
    if path.ends_with(".md") { blocks(page) } else { vec![page] }
}

#[rstest]
#[case::inputs("inputs")]
#[case::outputs("outputs")]
fn the_page_has_a_row_for_each_of(#[case] what: &str) {
    let (action, page) = (text(&format!("{ACTION}/action.yml")), text("docs/ci.md"));
    let known = keys(yaml(&action).as_mapping_get(what).expect("it has them"));
    let missing: Vec<&String> = known.iter().filter(|name| !page.contains(&format!("\n| `{name}` |"))).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

/// What a step of the action leaves for the runner.
struct Step {
    folder: TempDir,
    output: Output,
}

impl Step {
    /// Runs the suite as the action does, with these inputs.
    fn run(inputs: &[(&str, &str)]) -> Step {
        let folder = tempfile::tempdir().expect("there is room");
        let program: PathBuf = assert_cmd::cargo::cargo_bin!("shmconf").into();
        let mut path = program.parent().expect("it lies in a folder").as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new(Path::new(TOP).join(ACTION).join("run"));
        command.current_dir(&folder).env("PATH", path).env("RUNNER_TEMP", folder.path()).env("STRICT", "false");
        for name in ["SUBJECT", "PROFILE", "BASELINE", "CASES", "ARGS"] {
            command.env(name, "");
        }
        for file in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
            command.env(file, folder.path().join(file));
        }
        let output = command.envs(inputs.iter().copied()).output().expect("it starts");
        Step { folder, output }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }
}

#[test]
fn a_job_gets_a_summary_annotations_a_report_and_the_exit_code() {
    let more = "exclusive/existing-name\n--seed=7";
    let step = Step::run(&[("SUBJECT", "mutant:excl-ignored"), ("PROFILE", "posix"), ("CASES", "4"), ("ARGS", more)]);
    assert_eq!(step.output.status.code(), Some(1), "{}", String::from_utf8_lossy(&step.output.stderr));
    assert!(step.file("GITHUB_STEP_SUMMARY").starts_with("## shmconf\n\n- ❌ mutant\\:excl-ignored does not conform"));
    let outputs = step.file("GITHUB_OUTPUT");
    let output = |name: &str| outputs.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    assert_eq!(output("exit-code"), Some("1"));
    let directory = Path::new(output("directory").expect("it is said"));
    for file in ["report.html", "report.json", "junit.xml", "summary.md", "traces.tar.gz"] {
        assert!(directory.join(file).is_file(), "{file} is missing");
    }
    assert!(step.said().contains("\n::error title=exclusive/existing-name fail on mutant%3Aexcl-ignored::"));
}

#[test]
fn what_a_run_says_is_no_command_to_the_runner() {
    let step = Step::run(&[("SUBJECT", "model:posix"), ("PROFILE", "posix"), ("ARGS", "names/empty")]);
    let said = step.said();
    let token = said.lines().next().and_then(|line| line.strip_prefix("::stop-commands::")).expect("it comes first");
    assert_eq!(token.len(), 32);
    let (run, after) = said.split_once(&format!("\n::{token}::\n")).expect("commands are heard again");
    assert!(run.contains("model:posix conforms to posix"), "{said}");
    assert!(after.lines().all(|line| line.starts_with("::")), "{said}");
}

#[rstest]
#[case::an_unknown_subject(&[("SUBJECT", "frob")])]
#[case::strictness_that_is_none(&[("SUBJECT", "libc"), ("STRICT", "maybe")])]
#[case::a_shell_within_an_input(&[("SUBJECT", "$(touch owned)"), ("PROFILE", "; touch owned"), ("ARGS", "`touch owned`")])]
fn a_wrong_input_ends_with_2(#[case] inputs: &[(&str, &str)]) {
    let step = Step::run(inputs);
    assert_eq!(step.output.status.code(), Some(2));
    assert!(step.file("GITHUB_OUTPUT").ends_with("exit-code=2\n"));
    assert!(!step.folder.path().join("owned").exists());
}
