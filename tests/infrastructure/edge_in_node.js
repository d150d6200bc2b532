// Runs an edge function in a context that may not make code from text, as in CloudFront.
// Each line on stdin is a list of events, each line on stdout the list of what the function returned.
'use strict';

const fs = require('fs');
const readline = require('readline');
const vm = require('vm');

const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
vm.runInContext(fs.readFileSync(process.argv[2], 'utf8'), context, { filename: process.argv[2] });
const parse = vm.runInContext('JSON.parse', context);

function run(event) {
  const query = event.rawQueryString;
  if (query !== undefined) {
    event.request.rawQueryString = () => query;
  }
  return context.handler(event);
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(JSON.stringify(parse(line).map(run)) + '\n');
});
