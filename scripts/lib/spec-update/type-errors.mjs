import { relative } from "node:path";
import typescript from "typescript";
import { projectFile } from "../openapi/project.mjs";

/** @type {Map<string, import("typescript").SourceFile | undefined>} Parsed once: no document changes these files. */
const parsed = new Map();

/**
 * Type-checks `src` together with generated files that are not in place yet.
 *
 * @param {ReadonlyMap<string, string>} generated content by path in the project
 * @returns {string[]} the errors, one line each, as the compiler prints them
 */
export function typeErrorsWith(generated) {
  const { config } = typescript.readConfigFile(projectFile("tsconfig.json"), typescript.sys.readFile);
  const { options, fileNames } = typescript.parseJsonConfigFileContent(config, typescript.sys, projectFile(""));
  const host = typescript.createCompilerHost(options);
  const contents = new Map([...generated].map(([name, content]) => [projectFile(name), content]));
  const parse = host.getSourceFile;
  host.getSourceFile = (file, version) => {
    const content = contents.get(file);
    if (content !== undefined) return typescript.createSourceFile(file, content, version);
    if (!parsed.has(file)) parsed.set(file, parse(file, version));
    return parsed.get(file);
  };
  const program = typescript.createProgram(fileNames, options, host);
  const sources = fileNames.flatMap((file) => program.getSourceFile(file) ?? []);
  const diagnostics = sources.flatMap((source) => [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
    ...program.getDeclarationDiagnostics(source),
  ]);
  return diagnostics.map(({ file, start = 0, code, messageText }) => {
    const { line = 0, character = 0 } = file?.getLineAndCharacterOfPosition(start) ?? {};
    const place = `${relative(projectFile(""), file?.fileName ?? "")}(${line + 1},${character + 1})`;
    return `${place}: error TS${code}: ${typescript.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
