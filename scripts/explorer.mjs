// Puts all parts of the explorer into one file: `node explorer.mjs PAGE PARTS OUTPUT`.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const [page, parts, output] = process.argv.slice(2);
const text = (name) => fs.readFileSync(path.join(parts, name), "utf8");
const wasm = fs.readFileSync(path.join(parts, "model_bg.wasm"));
// A script ends at the first `</script`, wherever that stands in it.
const script = (code) => code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

const holes = {
  style: text("page.css"),
  worker: script(`${text("model.js")}\n${text("worker.js")}`),
  script: script(text("main.js")),
  // Packed, it takes a third of the room, also as letters.
  wasm: zlib.gzipSync(wasm, { level: 9 }).toString("base64"),
};
let html = fs.readFileSync(page, "utf8");
for (const [name, content] of Object.entries(holes)) {
  if (!html.includes(`/*${name}*/`)) throw new Error(`${page} has no place for ${name}`);
  html = html.replace(`/*${name}*/`, () => content);
}
fs.writeFileSync(output, html);
console.log(`${output}: ${html.length} bytes, with a model of ${wasm.length} bytes`);
