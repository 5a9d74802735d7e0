// Parses PowerShell files with tree-sitter's grammar. Prints of each its name, what the grammar does not understand, and its code:
// every token in order, with S for each string and without comments, as one line of JSON.
const fs = require('fs');
const { createRequire } = require('module');

const [modules, ...files] = process.argv.slice(2);
const load = createRequire(modules + '/');
const { Parser, Language } = load('web-tree-sitter');

function read(node, found) {
  if (node.type === 'ERROR' || node.isMissing) {
    found.errors.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`);
  }
  if (node.type === 'comment') {
    return;
  }
  if (node.type === 'string_literal') {
    found.tokens.push(node.text.startsWith("'") ? 'S' : node.text);
    return;
  }
  if (node.childCount === 0) {
    found.tokens.push(node.text);
  }
  node.children.forEach((child) => read(child, found));
}

(async () => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(load.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')));
  for (const file of files) {
    const found = { errors: [], tokens: [] };
    const tree = parser.parse(fs.readFileSync(file, 'utf8'));
    read(tree.rootNode, found);
    tree.delete();
    console.log(JSON.stringify({ file, errors: found.errors, code: found.tokens.join(' ') }));
  }
})();
