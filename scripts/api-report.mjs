// npm run api-report: writes api-report.d.ts, the public surface as one file to read, from the declarations that are published. Comments and
// @internal members are left out, and the types of the OpenAPI document, which follow it, are only named. With --check it writes nothing, and
// fails where the file is stale: a change of the surface is then a diff that somebody reads.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { bundleDeclarations, LIBRARY_PATHS } from "./lib/declarations.mjs";

const FILE = "api-report.d.ts";
const MODULES = { index: "rollout-client", testing: "rollout-client/testing" };
const DOCUMENT_TYPES = ["paths", "operations", "components"];

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const report = await writeReport();
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, report);
} else if (read(FILE) !== report) {
  console.error(`${FILE} is stale: the public surface has changed. Read the diff of: npm run api-report`);
  process.exitCode = 1;
}

async function writeReport() {
  const modules = [];
  for (const [entry, name] of Object.entries(MODULES)) {
    const bundle = await bundleDeclarations(entry);
    const { output } = await bundle.generate({ paths: LIBRARY_PATHS });
    await bundle.close();
    const [{ code, exports }] = output;
    const declarations = declarationsIn(code);
    declarations.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
    const visible = declarations.filter((declaration) => exports.includes(declaration.name));
    const hidden = declarations.filter((declaration) => !exports.includes(declaration.name));
    const body = [
      ...visible.map(({ text }) => `export ${text}`),
      "// Not exported, but named by the above:",
      ...hidden.map(({ text }) => text),
    ];
    modules.push(`declare module "${name}" {\n${body.join("\n").replace(/^(?=.)/gm, "  ")}\n}\n`);
  }
  return ["// By npm run api-report. Do not edit.\n", ...modules].join("\n");
}

/**
 * @param {string} code
 * @returns {{ name: string, text: string }[]}
 */
function declarationsIn(code) {
  const file = ts.createSourceFile("declarations.d.ts", code, ts.ScriptTarget.Latest, true);
  const printer = ts.createPrinter({ removeComments: true });
  return file.statements.flatMap((statement) => {
    const name = nameOf(statement);
    if (name === undefined) return [];
    if (DOCUMENT_TYPES.includes(name)) return [{ name, text: `interface ${name} {} // src/generated/openapi.ts` }];
    const { transformed } = ts.transform(statement, [withoutInternalMembers]);
    const text = printer.printNode(ts.EmitHint.Unspecified, transformed[0] ?? statement, file);
    return [{ name, text: text.replace(/^declare /, "").replaceAll("    ", "  ") }];
  });
}

/** @param {ts.Statement} statement */
function nameOf(statement) {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText();
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed ? statement.name?.text : undefined;
}

/** @type {ts.TransformerFactory<ts.Statement>} */
function withoutInternalMembers(context) {
  return (statement) =>
    ts.visitEachChild(
      statement,
      (node) => (ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "internal") ? undefined : node),
      context,
    );
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
