// Makes a report of 2,000 results in 12 columns of one with three subjects: `node check-page-large.mjs FROM TO`.
// The first subject's results are repeated; every fiftieth is one of the others', which fail.
import fs from "node:fs";

const [from, to] = process.argv.slice(2);
// JavaScript's numbers have 53 bits: longer ones of the report go through as text.
const quoted = fs.readFileSync(from, "utf8").replace(/(?<!\\)":\s*(-?\d{16,})/g, '":"integer $1"');
const document = JSON.parse(quoted);
const [conforms, ...others] = document.reports.map((report) => report.results);

function result(number, column) {
  const results = (number + column) % 50 === 0 ? others[column % others.length] : conforms;
  const at = number % results.length;
  const id = number < results.length ? results[at].id : `${results[at].id}-${number}`;
  return { ...results[at], id };
}
const report = (_, column) => ({
  ...document.reports[0],
  subject: `command:./adapter-${column + 1}`,
  results: Array.from({ length: 2000 }, (_, number) => result(number, column)),
});
const large = JSON.stringify({ ...document, reports: Array.from({ length: 12 }, report) });
fs.writeFileSync(to, large.replace(/"integer (-?\d+)"/g, "$1"));
