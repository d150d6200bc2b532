// Runs the script of the search box over a folder of objects, as if each text were typed by somebody new.
// Each line on stdin is a list of texts, each line on stdout the list of what was found and read for each.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';

const [, , script, folder] = process.argv;
const module = await import('data:text/javascript;base64,' + readFileSync(script).toString('base64'));
const sizes = new Map();

async function answer(text) {
  const read = {};
  const search = new module.Search(async (path) => {
    const body = readFileSync(folder + path); // throws if there is none, as a browser complains about a 404
    if (!sizes.has(path)) sizes.set(path, gzipSync(body).length);
    read[path] = sizes.get(path);
    return JSON.parse(body);
  });
  return { found: await search.find(text), read };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const text of JSON.parse(line)) answers.push(await answer(text));
  process.stdout.write(JSON.stringify(answers) + '\n');
}
