import { type ChildProcess, execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

export const project: string = fileURLToPath(new URL("../..", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the scripts of this project need, in a folder of its own that goes when the test ends: they work on the folder they are in. */
export class ProjectCopy {
  readonly folder: string = mkdtempSync(join(tmpdir(), "rollout-client-copy-"));

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    for (const name of [".changeset", "package.json", "tsconfig.json", "openapi", "scripts", "src"]) {
      // Without what a benchmark has installed beside its scripts.
      cpSync(join(project, name), this.path(name), {
        recursive: true,
        filter: (path) => !path.endsWith("node_modules"),
      });
    }
    symlinkSync(join(project, "node_modules"), this.path("node_modules"));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  edit(name: string, change: (text: string) => string): void {
    const before = this.read(name);
    const after = change(before);
    expect(after, `the edit of ${name} changes it`).not.toBe(before);
    writeFileSync(this.path(name), after);
  }

  /** Makes a type-check of the copy quick, where the hand-written code is not the subject. */
  typeCheckOnlyGenerated(): void {
    this.edit("tsconfig.json", (text) => text.replace('"include": ["src"]', '"include": ["src/generated"]'));
    this.edit("tsconfig.json", (text) => text.replace('"lib": ["ES2022", "DOM", "DOM.Iterable"]', '"lib": ["ES2022"]'));
  }

  /** Every file that a script could write, by name. */
  files(): Map<string, string> {
    const names = ["openapi", "src", ".changeset"].flatMap((folder) => this.list(folder));
    return new Map(names.map((name) => [name, this.read(name)]));
  }

  list(folder: string): string[] {
    const names = readdirSync(this.path(folder), { recursive: true }).map((entry) => `${folder}/${entry}`);
    return names.filter((name) => statSync(this.path(name)).isFile());
  }

  run(script: string, ...options: string[]): Promise<Outcome> {
    return this.start(script, ...options).ended;
  }

  start(script: string, ...options: string[]): { child: ChildProcess; ended: Promise<Outcome> } {
    const program = execFile(process.execPath, [this.path(script), ...options], { cwd: this.folder });
    const printed = { stdout: "", stderr: "" };
    program.stdout?.on("data", (text) => {
      printed.stdout += text;
    });
    program.stderr?.on("data", (text) => {
      printed.stderr += text;
    });
    const ended = new Promise<Outcome>((resolve) => program.once("close", (code) => resolve({ code, ...printed })));
    return { child: program, ended };
  }
}
