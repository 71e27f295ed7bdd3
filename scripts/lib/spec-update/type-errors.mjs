import typescript from "typescript";
import { projectFile } from "../openapi/project.mjs";

/** @type {Map<string, import("typescript").SourceFile | undefined>} Parsed once: no document changes these files. */
const parsed = new Map();

/**
 * Type-checks `src` together with generated files that are not in place yet.
 *
 * @param {ReadonlyMap<string, string>} generated content by path in the project
 * @returns {string[]} the errors as the compiler prints them, the first line of each
 */
export function typeErrorsWith(generated) {
  const { config } = typescript.readConfigFile(projectFile("tsconfig.json"), typescript.sys.readFile);
  const { options, fileNames } = typescript.parseJsonConfigFileContent(config, typescript.sys, projectFile(""));
  const contents = new Map([...generated].map(([name, content]) => [projectFile(name), content]));
  const host = typescript.createCompilerHost(options);
  const parse = host.getSourceFile;
  host.getCurrentDirectory = () => projectFile("");
  host.getSourceFile = (file, version) => {
    const content = contents.get(file);
    if (content !== undefined) return typescript.createSourceFile(file, content, version);
    if (!parsed.has(file)) parsed.set(file, parse(file, version));
    return parsed.get(file);
  };
  // Without the declarations of dependencies: no document changes them, and they take half of the time.
  const program = typescript.createProgram(fileNames, { ...options, skipLibCheck: true }, host);
  const printed = typescript.formatDiagnostics(typescript.getPreEmitDiagnostics(program), host);
  return printed.split("\n").filter((line) => /\berror TS\d+:/.test(line));
}
