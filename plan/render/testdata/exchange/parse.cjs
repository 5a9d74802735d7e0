// Parses PowerShell files with tree-sitter's grammar, and prints what it does not understand.
const fs = require('fs');
const { createRequire } = require('module');

const [modules, ...files] = process.argv.slice(2);
const load = createRequire(modules + '/');
const { Parser, Language } = load('web-tree-sitter');

function report(file, node) {
  if (node.type === 'ERROR' || node.isMissing) {
    console.log(`${file}:${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`);
    process.exitCode = 1;
  }
  node.children.forEach((child) => report(file, child));
}

(async () => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(load.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')));
  files.forEach((file) => report(file, parser.parse(fs.readFileSync(file, 'utf8')).rootNode));
})();
