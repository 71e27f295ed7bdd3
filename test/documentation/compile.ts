import { dirname, join } from "node:path";
import ts from "typescript";
import { root } from "./page.ts";

/**
 * Compiles modules that need not be on the disk, all in one program, with the settings of the tests. Gives what is wrong.
 * Only the entries are compiled, and what they import.
 */
export function compile(modules: ReadonlyMap<string, string>, entries: readonly string[]): string[] {
  const options = settings();
  const files = ts.createCompilerHost(options);
  const folders = new Set([...modules.keys()].flatMap(foldersOf));
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (file) => modules.has(file) || files.fileExists(file),
    directoryExists: (folder) => folders.has(folder) || (files.directoryExists?.(folder) ?? true),
    readFile: (file) => modules.get(file) ?? files.readFile(file),
    getSourceFile: (file, languageVersion, ...rest) => {
      const text = modules.get(file);
      if (text === undefined) return files.getSourceFile(file, languageVersion, ...rest);
      return ts.createSourceFile(file, text, languageVersion, true);
    },
  };
  const program = ts.createProgram(entries, options, host);
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getSourceFiles().flatMap((file) => (modules.has(file.fileName) ? diagnosticsOf(program, file) : [])),
  ];
  return found.map(describe);
}

function settings(): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.test.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(describe(diagnostic));
    },
  });
  if (config === undefined) throw new Error("tsconfig.test.json cannot be read");
  // An example ends when it has shown what it is about: what it declares last is for its reader to use.
  const ofExamples = { noUnusedLocals: false, noUnusedParameters: false };
  // Nor does an ordinary project import "./rollout.ts": its compiler and its bundler find that file by "./rollout.js", as Node does later.
  return { ...config.options, ...ofExamples, allowImportingTsExtensions: false };
}

function diagnosticsOf(program: ts.Program, file: ts.SourceFile): readonly ts.Diagnostic[] {
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  if (file === undefined || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName.slice(root.length)}, line ${line + 1} of the block: ${message}`;
}

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === root || folder === dirname(folder) ? [] : [folder, ...foldersOf(folder)];
}
